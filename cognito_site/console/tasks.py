"""What the clock does for the console."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command

from cognito_site.celery import periodic
from cognito_site.console import guesses


@periodic(every=timedelta(hours=1))
def sweep() -> None:
    guesses.forget_quiet()
    call_command("clearsessions")
