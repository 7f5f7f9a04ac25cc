"""The documentation says what is: pages that are made from code are up to date, and every promise has its proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from cognito_site.contract import services
from cognito_site.wire import registry
from tests import documents


@pytest.mark.parametrize("path", documents.PAGES, ids=lambda path: path.name)
def test_pages_that_are_made_from_code_are_up_to_date(path: Path) -> None:
    assert path.read_text() == documents.PAGES[path](), "`make docs` writes it anew."


def test_every_performed_operation_has_a_proof() -> None:
    proved = documents.proofs()
    unproved = sorted(key for key in registry.performed() if key not in proved)
    assert not unproved, "Mark the test that proves its effect: @pytest.mark.proves(...)."


def test_only_operations_are_proved() -> None:
    known = {(service, name) for service in services.NAMES for name in services.service(service).operations}
    assert set(documents.proofs()) <= known


def test_a_name_of_two_services_is_proved_for_each() -> None:
    proved = documents.proofs()
    for name in ("TagResource", "UntagResource", "ListTagsForResource"):
        assert proved["cognito-idp", name][0].startswith("tests/operations/test_user_pools.py")
        assert proved["cognito-identity", name][0].startswith("tests/identitypools/test_identity_pools.py")
    assert proved["cognito-idp", "CreateGroup"][0].startswith("tests/operations/")
