from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Stage
from tests.identitypools.cast import Harbour, build_harbour


@pytest.fixture
def harbour(stage: Stage, identity: Any, public_identity: Any, iam: Any) -> Harbour:
    """alice is a user of its user pool."""
    stage.user()
    return build_harbour(stage, identity, public_identity, iam)
