"""``manage.py rotate_identity_keys [--prepare] [--remove KID]``"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from identitypools.domain import signing_keys


class Command(BaseCommand):
    help = (
        "Rotates the key that signs the OpenID tokens of identity pools. With --prepare it only publishes the next "
        "key: run that first, wait as long as verifiers cache the JWKS, then rotate. The old key stays published until "
        "its last token has expired."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prepare", action="store_true", help="only publish the key that will sign next")
        parser.add_argument("--remove", metavar="KID", help="emergency: this key's tokens stop working at once")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["remove"]:
            if not signing_keys.remove(options["remove"]):
                raise CommandError(f"There is no key {options['remove']}.")
            self.stdout.write("The key is gone, and another signs in its place.")
        elif options["prepare"]:
            signing_keys.prepare_rotation()
            self.stdout.write("The next key is published.")
        else:
            signing_keys.rotate()
            self.stdout.write("A new key signs; the old one stays published for a day.")
