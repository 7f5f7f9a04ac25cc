"""A few rounds of the ordeal."""

from __future__ import annotations

import pytest

from tests.backends import programs
from tests.crash import ordeal

pytestmark = pytest.mark.server


@pytest.mark.skipif(programs.redis() is None, reason="Redis is killed here: apt-get install -y redis-server")
def test_REL_04_no_death_of_a_web_process_a_worker_or_the_broker_loses_a_message() -> None:
    outcome = ordeal.run(5, seed=7, has_broker=True)
    assert outcome.problems == []
    assert outcome.answered > 20


def test_REL_04_no_death_of_the_one_process_loses_a_message() -> None:
    outcome = ordeal.run(3, seed=7, has_broker=False)
    assert outcome.problems == []
    assert outcome.answered > 20
