"""``manage.py event_webhooks list|add|remove POOL ...``"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cognito_site.contract import errors
from userpools.domain import access, event_webhooks, events
from userpools.models import UserPool


class Command(BaseCommand):
    help = (
        "Webhooks that hear what happens in a user pool. Requests are signed with the secret that `add` prints, once: "
        "X-Poolhouse-Signature is v1= and the HMAC-SHA256 of X-Poolhouse-Timestamp, a full stop and the body."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        deeds.add_parser("list").add_argument("pool", metavar="POOL")
        add = deeds.add_parser("add")
        add.add_argument("pool", metavar="POOL")
        add.add_argument("url", metavar="URL")
        add.add_argument("--kind", action="append", default=[], choices=sorted(events.KINDS), help="may be repeated")
        remove = deeds.add_parser("remove")
        remove.add_argument("pool", metavar="POOL")
        remove.add_argument("webhook", metavar="WEBHOOK", help="its id, as list shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            pool = access.pool(options["pool"])
            {"list": self._list, "add": self._add, "remove": self._remove}[options["deed"]](pool, options)
        except errors.Refusal as refusal:
            raise CommandError(refusal.message) from None

    def _list(self, pool: UserPool, options: dict[str, Any]) -> None:
        for hook in pool.event_webhooks:
            self.stdout.write(f"{hook['id']}  {hook['url']}  {', '.join(hook['kinds']) or 'everything'}")

    def _add(self, pool: UserPool, options: dict[str, Any]) -> None:
        webhook_id, secret = event_webhooks.add(pool, options["url"], options["kind"])
        self.stdout.write(f"{webhook_id} hears of {', '.join(options['kind']) or 'everything'}.\nsecret {secret}")

    def _remove(self, pool: UserPool, options: dict[str, Any]) -> None:
        event_webhooks.remove(pool, options["webhook"])
        self.stdout.write(f"{options['webhook']} hears nothing any more.")
