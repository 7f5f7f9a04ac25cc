"""``manage.py functions list | add | remove | log | test``"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cognito_site.functions import arns, invocation, registered, registry, targets
from cognito_site.functions.local import logs
from cognito_site.functions.outcomes import Failure, FunctionFailed, NotAnswered
from cognito_site.functions.registry import Entry
from cognito_site.functions.targets import Endpoint, Target, Unacceptable, Webhook

SHOWN_OF_A_LOG = 16 * 1024
KEY = "manage.py functions test"


class Command(BaseCommand):
    help = "Says where the ARNs of functions lead (docs/functions.md), and calls one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every function that an operator registered, and every folder")
        self._add_add(verbs.add_parser("add", help="say where an ARN leads, in place of what was said before"))
        verbs.add_parser("log", help="the end of what a folder's function wrote").add_argument("name")
        verbs.add_parser("remove", help="forget an ARN").add_argument("arn")
        test = verbs.add_parser("test", help="call a function with an event and print its answer")
        test.add_argument("arn")
        test.add_argument("event", nargs="?", type=Path, help="a file with the event, JSON; else standard input")

    def _add_add(self, add: ArgumentParser) -> None:
        add.add_argument("arn")
        kind = add.add_mutually_exclusive_group(required=True)
        kind.add_argument("--endpoint", metavar="URL", help="speaks Lambda's Invoke API; empty for AWS itself")
        kind.add_argument("--webhook", metavar="URL", help="gets the event, signed with --secret")
        kind.add_argument("--folder", metavar="NAME", help="inside of DATA_DIR/functions")
        for name in ("region", "access-key-id", "secret-access-key", "session-token", "function-name"):
            add.add_argument(f"--{name}", help="of an endpoint")
        add.add_argument("--secret", help="of a webhook")
        add.add_argument("--handler", help="of a folder, as in app.handler")
        add.add_argument("--runtime", choices=("python", "node"), help="of a folder")
        add.add_argument("--memory-mb", type=int, help="of a folder")
        add.add_argument("--set", action="append", metavar="NAME=VALUE", help="a variable of a folder's environment")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        deeds = {"list": self._list, "add": self._add, "remove": self._remove, "test": self._test, "log": self._log}
        try:
            deeds[verb](options)
        except Unacceptable as refused:
            raise CommandError(str(refused)) from None

    def _list(self, options: dict[str, Any]) -> None:
        for entry in registry.entries():
            self.stdout.write(_line(entry))

    def _add(self, options: dict[str, Any]) -> None:
        names = {*targets.MEMBERS, *chain.from_iterable(targets.MEMBERS.values())} - {"environment"}
        given = {name: options[name] for name in names if options[name] is not None}
        if options["set"]:
            given["environment"] = dict(_pair(text) for text in options["set"])
        target = registered.register(options["arn"], given)
        self.stdout.write(_line(Entry(options["arn"], "database", target)))

    def _remove(self, options: dict[str, Any]) -> None:
        if not registered.unregister(options["arn"]):
            raise CommandError(f"{options['arn']} is not in the database.")
        self.stdout.write("It is forgotten. The file and the folders are looked at from now on.")

    def _log(self, options: dict[str, Any]) -> None:
        parsed = arns.parse(options["name"])
        name = parsed.name if parsed else options["name"]
        if not arns.NAME.fullmatch(name):
            raise CommandError(f"{name} is not the name of a function.")
        self.stdout.write(logs.end_of(name, SHOWN_OF_A_LOG), ending="")

    def _test(self, options: dict[str, Any]) -> None:
        arn = options["arn"] if ":" in options["arn"] else arns.of_name(options["arn"])
        try:
            answer = invocation.invoke(arn, _event(options["event"]), key=KEY)
        except Failure as failure:
            raise CommandError(f"{failure.log}\n{_said(failure)}".strip()) from None
        self.stderr.write(answer.log)
        self.stderr.write(f"{answer.seconds * 1000:.1f} ms, attempt {answer.attempts}")
        self.stdout.write(json.dumps(answer.value, indent=2, ensure_ascii=False))


def _line(entry: Entry) -> str:
    where = _where(entry.target) if entry.target else f"CANNOT BE USED: {entry.problem}"
    return f"{entry.arn}\n    {where}   ({entry.source})"


def _where(target: Target) -> str:
    if isinstance(target, Webhook):
        return f"webhook {target.url}"
    if isinstance(target, Endpoint):
        return f"endpoint {target.url or 'AWS'}"
    return f"folder {target.directory}   {target.handler}, {target.runtime}, {target.memory_mb} MB"


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"--set {text}: NAME=VALUE, please")
    return name, value


def _event(path: Path | None) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text() if path else sys.stdin.read() or "{}")
    except (OSError, ValueError) as failure:
        raise CommandError(f"The event cannot be read: {failure}") from None
    if not isinstance(found, dict):
        raise CommandError("An event is a JSON object.")
    return found


def _said(failure: Failure) -> str:
    if isinstance(failure, FunctionFailed):
        return f"The function failed: {failure.error_type}: {failure.error_message}"
    if isinstance(failure, NotAnswered):
        return f"No answer: {failure}"
    return f"The answer is no JSON that can be used: {failure}"
