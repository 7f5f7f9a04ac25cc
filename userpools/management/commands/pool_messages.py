"""``manage.py pool_messages list|name|put|sms-per-day POOL ...``"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cognito_site.contract import errors
from cognito_site.languages import LANGUAGES
from userpools.domain import access, message_texts, sendable
from userpools.domain.message_texts import Texts
from userpools.models import UserPool

DEFAULT = "default"


def count(text: str) -> int | None:
    return None if text == DEFAULT else max(0, int(text))


class Command(BaseCommand):
    help = "What a pool calls itself in messages, its own words for each language, and its text messages of a day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        named = {deed: deeds.add_parser(deed) for deed in ("list", "name", "put", "sms-per-day")}
        for each in named.values():
            each.add_argument("pool", metavar="POOL")
        named["name"].add_argument("name", metavar="NAME", help="what people read as the app's name; empty: the pool's")
        named["sms-per-day"].add_argument("count", type=count, help=f"a number, or {DEFAULT}: the installation's")
        put = named["put"]
        put.add_argument("language", choices=[language.code for language in LANGUAGES])
        put.add_argument("kind", choices=message_texts.KINDS)
        put.add_argument("--subject", default="")
        put.add_argument("--email", type=Path, metavar="FILE", help="HTML, with {####} where the code goes")
        put.add_argument("--sms", default="", help="with {####}; without any of the three the pool says nothing itself")

    def handle(self, *args: Any, **options: Any) -> None:
        deeds = {"list": self._list, "name": self._name, "put": self._put, "sms-per-day": self._sms_per_day}
        try:
            deeds[options["deed"]](access.pool(options["pool"]), options)
        except errors.Refusal as refusal:
            raise CommandError(refusal.message) from None
        except OSError as failure:
            raise CommandError(f"{failure.filename}: {failure.strerror}") from None

    def _list(self, pool: UserPool, options: dict[str, Any]) -> None:
        self.stdout.write(f"name         {pool.shown_name}")
        self.stdout.write(f"sms-per-day  {DEFAULT if pool.sms_per_day is None else pool.sms_per_day}")
        for language, kinds in sorted(pool.message_texts.items()):
            for kind, texts in sorted(kinds.items()):
                self.stdout.write(f"{language:12} {kind}: {', '.join(sorted(texts))}")

    def _name(self, pool: UserPool, options: dict[str, Any]) -> None:
        message_texts.call(pool, options["name"])

    def _put(self, pool: UserPool, options: dict[str, Any]) -> None:
        markup = options["email"].read_text() if options["email"] else ""
        texts = Texts(options["subject"], markup, options["sms"])
        message_texts.put(pool, options["language"], options["kind"], texts)

    def _sms_per_day(self, pool: UserPool, options: dict[str, Any]) -> None:
        sendable.change_budget(pool, options["count"])
