"""A slow or dead function costs its own callers, and nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from cognito_site.functions import breaker, gate, invocation
from cognito_site.functions.breaker import Breaker
from cognito_site.functions.gate import Gate
from cognito_site.functions.outcomes import FunctionFailed, NotAnswered
from tests.functions.conftest import Write, invoke

A, B, C, D = (f"arn:aws:lambda:us-east-1:000000000000:function:{name}" for name in "abcd")
ECHO = "def lambda_handler(event, context): return event"
SLEEP = "import time\ndef lambda_handler(event, context): time.sleep(event['seconds'])"


@contextmanager
def inside(guard: Gate, *visits: tuple[str, str]) -> Iterator[None]:
    with ExitStack() as stack:
        for function, owner in visits:
            stack.enter_context(guard.entered(function, owner))
        yield


def is_full(guard: Gate, function: str, owner: str) -> bool:
    try:
        with guard.entered(function, owner):
            return False
    except NotAnswered as failure:
        return failure.name == "TooManyRequestsException"


# --- places -----------------------------------------------------------------------------------------------------------


def test_one_pool_and_one_function_get_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE_SECONDS", 0.01)
    guard = Gate(8)
    with inside(guard, *[(A, "one")] * 4):
        assert is_full(guard, B, "one"), "another function of the same pool"
        assert is_full(guard, A, "two"), "the same function for another pool"
        assert not is_full(guard, B, "two")
    assert not is_full(guard, A, "one")


def test_one_thread_always_stays_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE_SECONDS", 0.01)
    guard = Gate(4)
    with inside(guard, (A, "one"), (A, "one"), (B, "two")):
        assert is_full(guard, C, "three")


@pytest.mark.parametrize("threads", [1, 2])
def test_few_threads(threads: int) -> None:
    guard = Gate(threads)
    assert not is_full(guard, A, "one")


def test_functions_that_are_slow_share_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(gate, "SLOW_SECONDS", 0.0)
    guard = Gate(6)
    for function in (A, B, C, D):
        assert not is_full(guard, function, "any")
    monkeypatch.setattr(gate, "SLOW_SECONDS", 1.0)
    with inside(guard, (A, "one"), (B, "two"), (C, "three")):
        assert is_full(guard, D, "four"), "it was slow, as the others were"
        assert not is_full(guard, "quick", "four")
    assert not is_full(guard, D, "four"), "and was quick this time"
    with inside(guard, (A, "one"), (B, "two"), (C, "three")):
        assert not is_full(guard, D, "four")


def test_who_finds_no_place_waits_a_moment() -> None:
    guard = Gate(2)
    with ThreadPoolExecutor(1) as threads, inside(guard, (A, "one")):
        waiting = threads.submit(is_full, guard, A, "one")
        time.sleep(0.1)
        assert not waiting.done()
    assert waiting.result() is False


def test_but_not_behind_a_slow_one() -> None:
    guard = Gate(2)
    with inside(guard, (A, "one")):
        time.sleep(gate.SLOW_SECONDS + 0.05)
        begun = time.monotonic()
        assert is_full(guard, A, "one")
        assert time.monotonic() - begun < 0.4


# --- the circuit breaker ----------------------------------------------------------------------------------------------


def fail(circuits: Breaker, failure: Exception) -> str:
    try:
        with circuits.watching(A):
            raise failure
    except (NotAnswered, FunctionFailed) as raised:
        return str(raised)


LATE = NotAnswered("Socket timeout while invoking Lambda function")
OPEN = "ServiceException: it did not answer several times and is left alone for a while"


def test_the_breaker_opens_and_lets_one_try() -> None:
    circuits = Breaker()
    assert [fail(circuits, LATE) for _ in range(4)] == [str(LATE)] * 3 + [OPEN]
    with circuits.watching(B):
        pass
    later = time.monotonic() + breaker.FIRST_PAUSE_SECONDS + 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breaker.time, "monotonic", lambda: later)
        with circuits.watching(A):
            assert fail(circuits, LATE) == OPEN, "one at a time"
        assert fail(circuits, LATE) == str(LATE), "that answered: closed"


def test_the_breaker_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    circuits, now = Breaker(), 1000.0
    monkeypatch.setattr(breaker.time, "monotonic", lambda: now)
    for _ in range(3):
        fail(circuits, LATE)
    pauses = []
    for _ in range(6):
        begun = now
        while fail(circuits, LATE) == OPEN:
            now += 1
        pauses.append(now - begun)
    assert pauses == [5, 10, 20, 40, 60, 60]


@pytest.mark.parametrize("failure", [FunctionFailed("no"), NotAnswered("AccessDeniedException", is_final=True)])
def test_what_answers_at_once_opens_nothing(failure: Exception) -> None:
    circuits = Breaker()
    assert {fail(circuits, failure) for _ in range(10)} == {str(failure)}


def test_an_answer_in_between_starts_the_count_again() -> None:
    circuits = Breaker()
    for _ in range(5):
        assert [fail(circuits, LATE) for _ in range(2)] == [str(LATE)] * 2
        assert fail(circuits, FunctionFailed("no")) == "no"


# --- together, with real functions ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("impatient")
def test_a_dead_function_is_left_alone(write: Write) -> None:
    arn = write(SLEEP)
    for _ in range(3):
        with pytest.raises(NotAnswered, match="Socket timeout"):
            invoke(arn, seconds=60)
    begun = time.monotonic()
    with pytest.raises(NotAnswered, match=r"^ServiceException: it did not answer several times"):
        invoke(arn, seconds=60)
    assert time.monotonic() - begun < 0.4
    assert invoke(write(ECHO, name="other"), n=1).value == {"n": 1}


@pytest.mark.usefixtures("impatient")
def test_TRG_04_two_hundred_callers_of_a_slow_function_and_another_pool(write: Write, settings: Settings) -> None:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, threads=4)
    slow, quick = write(SLEEP, name="slow"), write(ECHO, name="quick")
    invoke(quick, key="other")
    refused: list[str] = []

    def call_slow(_: int) -> None:
        with pytest.raises(NotAnswered) as failed:
            invoke(slow, key="pool", seconds=60)
        refused.append(failed.value.name)

    with ThreadPoolExecutor(50) as threads:
        begun = time.monotonic()
        callers = [threads.submit(call_slow, number) for number in range(200)]
        waits = [_timed(lambda: invoke(quick, key="other")) for _ in range(20)]
        _all(callers)
    assert sorted(waits)[10] < 0.5
    assert len(refused) == 200
    assert refused.count("TooManyRequestsException") > 150
    assert time.monotonic() - begun < 30


def _timed(deed: Callable[[], Any]) -> float:
    begun = time.monotonic()
    deed()
    return time.monotonic() - begun


def _all(futures: list[Future[None]]) -> None:
    for future in futures:
        future.result()


# --- the database -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_TRG_04_nobody_calls_inside_of_a_transaction(write: Write) -> None:
    arn = write(ECHO)
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside of a transaction"):
        invoke(arn)
    assert invoke(arn, n=1).value == {"n": 1}


def test_TRG_04_nor_inside_of_one_below_a_test_cases_own(write: Write) -> None:
    arn = write(ECHO)
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside of a transaction"):
        invoke(arn)
    assert invoke(arn, n=1).value == {"n": 1}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("'pool' not in __import__('django.db').db.connection.settings_dict['OPTIONS']", reason="SQLite")
def test_TRG_04_no_connection_is_held_meanwhile(write: Write) -> None:
    arn = write(SLEEP)
    invoke(arn, seconds=0)
    connection.close()
    pool = connection.pool
    idle = pool.get_stats()["pool_available"]
    seen: list[int] = []
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(_call_and_close, arn)
        time.sleep(0.3)
        seen.append(pool.get_stats()["pool_available"])
        call.result()
    assert seen == [max(idle, 1)]


def _call_and_close(arn: str) -> None:
    try:
        invoke(arn, seconds=0.6)
    finally:
        connection.close()


def test_the_gate_knows_the_threads_of_the_process(settings: Settings) -> None:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, threads=10)
    invocation.forget()
    assert (invocation._gate()._all, invocation._gate()._share) == (9, 5)
