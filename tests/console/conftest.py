"""dana may do everything; vera may look at everything; nobody else is an operator."""

from __future__ import annotations

import pytest

from cognito_site.console import rights
from tests.cast import Stage
from tests.console.desk import Desk, hire, sit_down


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
