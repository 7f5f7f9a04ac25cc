"""``manage.py rotate_signing_keys [POOL ...] [--prepare] [--remove KID]``"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cognito_site.contract import errors
from userpools.domain import access, keys
from userpools.models import UserPool


class Command(BaseCommand):
    help = (
        "Rotates the two signing keys of pools. With --prepare it only publishes the next keys: run that first, wait "
        "as long as your apps cache the JWKS, then rotate. Without, a verifier that caches for hours may refuse new "
        "tokens until it reads again. Old keys stay published until their last token has expired."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pools", nargs="*", metavar="POOL", help="pool ids; none: every pool")
        parser.add_argument("--prepare", action="store_true", help="only publish the keys that will sign next")
        parser.add_argument("--remove", metavar="KID", help="emergency: this key's tokens stop working at once")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            self._remove(options["remove"])
            return
        for pool in self._pools(options["pools"]):
            if options["prepare"]:
                keys.prepare_rotation(pool)
                self.stdout.write(f"{pool.id}: the next keys are published.")
            else:
                keys.rotate(pool)
                self.stdout.write(f"{pool.id}: new keys sign; the old ones stay published for a day.")

    def _pools(self, ids: list[str]) -> list[UserPool]:
        if not ids:
            return list(UserPool.objects.all())
        try:
            return [access.pool(pool_id) for pool_id in ids]
        except errors.ResourceNotFound as refusal:
            raise CommandError(refusal.message) from None

    def _remove(self, kid: str) -> None:
        pool = keys.remove(kid)
        if pool is None:
            raise CommandError(f"No pool has a key {kid}.")
        self.stdout.write(f"{pool.id}: the key is gone, and a new one signs in its place.")
