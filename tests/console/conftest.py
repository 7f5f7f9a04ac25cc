"""dana may do everything; vera may look at everything; nobody else is an operator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from cognito_site.console import rights
from cognito_site.functions import invocation, registered
from cognito_site.functions.local.warm import warm
from tests.cast import Stage
from tests.console.desk import Desk, hire, sit_down
from tests.triggers.conftest import Functions


@pytest.fixture
def dana(stage: Stage) -> Desk:
    return sit_down(hire("dana", is_superuser=True, first_name="Dana", last_name="Okafor"))


@pytest.fixture
def vera(stage: Stage) -> Desk:
    """Whatever there is to see, and nothing to change."""
    views = [permission for permission in rights.known() if permission.partition(".")[2].startswith("view_")]
    return sit_down(hire("vera", *views))


@pytest.fixture
def pool_url(stage: Stage) -> str:
    return f"/admin/{stage.pool_id}/"


@pytest.fixture
def functions(stage: Stage, settings: Settings, tmp_path: Path) -> Iterator[Functions]:
    """Real handlers, in a data directory of their own."""
    settings.POOLHOUSE = replace(settings.POOLHOUSE, data_dir=tmp_path)
    invocation.forget()
    registered.forget()
    yield Functions(stage, tmp_path)
    warm.end_all()
    invocation.forget()
    registered.forget()
