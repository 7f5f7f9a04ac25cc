"""``manage.py up``: everything between an empty directory and a Poolhouse that serves."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cognito_site import first_start, server, start_lock


class Command(BaseCommand):
    help = "Migrates the database, sets up a new one, and serves until Ctrl-C."
    # They are for `make check`: a start is to be quick.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        listen = server.addresses(settings.POOLHOUSE)
        self._prepare_apart()
        self.stdout.write(f"\n  Serving on {settings.POOLHOUSE.public_url}   (Ctrl-C stops)\n\n")
        # Workers are forked: what is still in the buffer would be printed by each.
        self.stdout.flush()
        server.serve(settings.POOLHOUSE, listen)

    def _prepare_apart(self) -> None:
        """In a process of its own: what migrations take of memory would otherwise be every worker's for good. Nothing
        is connected yet that two processes could share."""
        child = os.fork()
        if not child:
            with start_lock.alone():
                self._prepare()
            self.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(os.waitstatus_to_exitcode(status))

    def _prepare(self) -> None:
        if _has_to_migrate():
            call_command("migrate", interactive=False, verbosity=0)
        if first_start.prepare():
            self.stdout.write(f"\n{first_start.welcome()}\n")


def _has_to_migrate() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
