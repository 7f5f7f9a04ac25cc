"""One ordeal from beginning to end, and its audit."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.scene import keys_of
from cognito_site import key_file
from tests import server
from tests.crash import load
from tests.crash.house import House, wait_for
from tests.crash.load import Load
from tests.messages import sinks
from tests.messages.sinks import Mailbox, Receiver, part

SAMPLE = 20
SLOW_SECONDS = 0.03
SWEEP_SECONDS = 6
LONGEST_LEASE_SECONDS = 75


@dataclass
class Outcome:
    rounds: int
    tries: int
    answered: int
    delivered: int
    repeated: int
    deaths: dict[str, int]
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        deaths = ", ".join(f"{name} {count}x" for name, count in self.deaths.items())
        told = f"{self.rounds} rounds ({deaths}): {self.answered} of {self.tries} calls answered, "
        return f"{told}{self.delivered} messages delivered, {self.repeated} of them more than once"


@dataclass
class Arrivals:
    """By key: what each of the two sinks got."""

    mailbox: Mailbox
    receiver: Receiver

    def of_mail(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for mail in list(self.mailbox.mails):
            found[str(mail["Message-ID"])[1:].partition("@")[0]].append(part(mail, "plain"))
        return found

    def of_texts(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for request in list(self.receiver.requests):
            found[request.headers["Idempotency-Key"]].append(request.body.decode())
        return found


def run(rounds: int, seed: int, *, has_broker: bool, is_patient: bool = False) -> Outcome:
    """``is_patient``: waits for leases of the dead to end by themselves."""
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="poolhouse-crash-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        arrivals = Arrivals(stack.enter_context(sinks.mailbox()), stack.enter_context(sinks.receiver()))
        # So that workers die in the middle of a message, too.
        arrivals.mailbox.seconds = arrivals.receiver.seconds = SLOW_SECONDS
        house = stack.enter_context(_built(directory, arrivals, has_broker))
        client_id = load.make_pool(house.url, _keys(house))
        _kill(house, client_id, rounds, seed, signing_up := Load(house.url, client_id))
        database = _settled(house, is_patient)
        outcome = _audited(database, signing_up, arrivals)
        outcome.rounds, outcome.deaths = rounds, {each.name: each.deaths for each in house.parts}
        outcome.problems += _unconfirmed(house, client_id, signing_up, arrivals)
        return outcome


@contextmanager
def _built(directory: Path, arrivals: Arrivals, has_broker: bool) -> Iterator[House]:
    variables = {
        "EMAIL_URL": f"smtp://127.0.0.1:{arrivals.mailbox.port}",
        "SMS_URL": f"{arrivals.receiver.url}/sms",
        "POOLHOUSE_SMS_PER_DAY": "1000000",
        "POOLHOUSE_SECRET_KEYS": key_file.new_key(),
    }
    environment = server.environment(directory, **variables)
    if not has_broker:
        environment = {name: value for name, value in environment.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    house = House(directory, environment, has_broker)
    try:
        house.build()
        yield house
    finally:
        house.tear_down()


def _keys(house: House) -> tuple[str, str]:
    shown = subprocess.run(
        [sys.executable, "manage.py", "show_access"],
        cwd=server.ROOT,
        env=house.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return keys_of(shown)


def _kill(house: House, client_id: str, rounds: int, seed: int, signing_up: Load) -> None:
    chance = random.Random(seed)
    signing_up.start()
    try:
        for number in range(rounds):
            time.sleep(chance.uniform(0.5, 2))
            victim = house.strike(chance)
            print(f"round {number + 1}: {victim} was killed, {len(signing_up.answered)} answered", flush=True)
            if victim == "web":
                house.wait_until_ready()
    finally:
        signing_up.stop()


def _settled(house: House, is_patient: bool) -> dict[str, Any]:
    """Everybody lives, and nobody has anything to do any more."""
    house.wait_until_ready()
    time.sleep(LONGEST_LEASE_SECONDS if is_patient else SWEEP_SECONDS)
    found = _look(house, *([] if is_patient else ["--dead"]))

    def is_settled() -> bool:
        nonlocal found
        found = _look(house)
        return not any(status == "pending" for *_, status, _ in found["messages"])

    wait_for(is_settled, "Messages are left that nobody sends.", 120)
    return found


def _look(house: House, *flags: str) -> dict[str, Any]:
    printed = subprocess.run(
        [sys.executable, "-m", "tests.crash.database", *flags],
        cwd=server.ROOT,
        env=house.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


# --- the audit --------------------------------------------------------------------------------------------------------


def _audited(database: dict[str, Any], signing_up: Load, arrivals: Arrivals) -> Outcome:
    mails, texts = arrivals.of_mail(), arrivals.of_texts()
    arrived = {**mails, **texts}
    rows = {row[0]: row for row in database["messages"]}
    outcome = Outcome(
        rounds=0,
        tries=signing_up.tries,
        answered=len(signing_up.answered),
        delivered=len(arrived),
        repeated=sum(len(copies) > 1 for copies in arrived.values()),
        deaths={},
    )
    sent_to = Counter((sub, destination) for _, sub, destination, *_ in rows.values())
    outcome.problems = [
        *(f"refused: {each}" for each in signing_up.refused),
        *(f"{each} was answered, and is gone" for each in signing_up.answered if each.sub not in database["users"]),
        *(
            f"{each} has {sent_to[each.sub, each.destination]} messages"
            for each in signing_up.answered
            if sent_to[each.sub, each.destination] != 1
        ),
        *(f"{row} was not sent" for row in rows.values() if row[4] != "sent"),
        *(f"{key} never arrived" for key in rows if key not in arrived),
        *(f"{key} arrived, and is in no outbox" for key in arrived if key not in rows),
        *(f"{key} arrived in two versions" for key, copies in arrived.items() if len(set(copies)) > 1),
    ]
    return outcome


def _unconfirmed(house: House, client_id: str, signing_up: Load, arrivals: Arrivals) -> list[str]:
    """Codes of a sample do what they are for."""
    cognito, problems = load.public_client(house.url), []
    texts = {json.loads(copies[0])["to"]: json.loads(copies[0])["body"] for copies in arrivals.of_texts().values()}
    mails = {str(mail["To"]): part(mail, "plain") for mail in arrivals.mailbox.mails}
    for each in signing_up.answered[-SAMPLE:]:
        said = {**texts, **mails}.get(each.destination, "")
        try:
            cognito.confirm_sign_up(ClientId=client_id, Username=each.username, ConfirmationCode=_code(said))
        except Exception as failure:
            problems.append(f"{each} cannot confirm: {failure}")
    return problems


def _code(text: str) -> str:
    found = re.search(r"\b[0-9]{6}\b", text)
    return found[0] if found else "none"
