"""Fixtures of the pages' tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.cast import Stage
from tests.hostedui.app import DOMAIN_HOME, App, open_app
from tests.hostedui.visitor import Visitor


@pytest.fixture(autouse=True)
def no_page_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A fault of ours ends at the application as ``server_error``: no test may take that for an answer."""
    yield
    ours = [record for record in caplog.get_records("call") if record.name in ("poolhouse.pages", "django.request")]
    assert not [record.getMessage() for record in ours if record.levelname == "ERROR"]


@pytest.fixture
def visitor(db: None) -> Visitor:
    return Visitor()


@pytest.fixture
def app(stage: Stage) -> App:
    """A pool with pages, a client, and alice."""
    stage.user()
    return open_app(stage)


@pytest.fixture(params=["below the issuer", "at the domain"])
def anywhere(app: App, request: pytest.FixtureRequest) -> App:
    """The same app, in both places where a pool's pages are."""
    return app if request.param == "below the issuer" else replace(app, home=DOMAIN_HOME)


@pytest.fixture
def secure(settings: Any) -> str:
    """An installation behind https; the address of its root."""
    settings.POOLHOUSE = replace(settings.POOLHOUSE, public_url="https://login.example.com")
    settings.CSRF_COOKIE_NAME = "__Host-csrf"
    settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME = "__Host-operator"
    return "https://login.example.com"
