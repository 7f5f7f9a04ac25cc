"""A pool that verifies addresses, and channels that lead to sinks on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from pytest_django import Settings

from cognito_site.transports.targets import Webhook
from tests.cast import Stage, set_stage
from tests.messages import sinks
from tests.messages.sinks import Mailbox, Receiver

Place = Callable[..., None]


@pytest.fixture
def place(settings: Settings) -> Place:
    """Changes what the environment says."""

    def change(**values: Any) -> None:
        settings.POOLHOUSE = replace(settings.POOLHOUSE, **values)

    return change


@pytest.fixture
def mailbox(place: Place) -> Iterator[Mailbox]:
    with sinks.mailbox() as found:
        place(email=found.target)
        yield found


@pytest.fixture
def texts(place: Place) -> Iterator[Receiver]:
    """The webhook that text messages go to."""
    with sinks.receiver() as found:
        place(sms=Webhook(f"{found.url}/sms"))
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with sinks.receiver() as found:
        yield found


@pytest.fixture
def verifying(cognito: Any, public: Any) -> Stage:
    return set_stage(cognito, public, AutoVerifiedAttributes=["email", "phone_number"])
