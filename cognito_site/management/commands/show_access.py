"""``manage.py show_access``: the welcome of the first start, again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cognito_site import first_start


class Command(BaseCommand):
    help = "Prints the endpoint, the first access key, the console's login and the demo's sign-in page."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"\n{first_start.welcome()}\n")
