"""What every request meets: health, static files, headers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.test import Client

from cognito_site import static_tree
from tests.server import ROOT, environment


@pytest.mark.django_db
def test_it_is_alive_and_ready(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"database": "ok", "cache": "ok"}


@pytest.mark.django_db
def test_alive_but_not_ready_without_database(client: Client) -> None:
    with patch.object(connection, "cursor", side_effect=DatabaseError("password=hunter2")):
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "failed", "cache": "ok"})


@pytest.mark.django_db
def test_not_ready_while_the_cache_forgets(client: Client) -> None:
    with patch.object(cache, "set"):
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "cache": "failed"})


@pytest.mark.django_db
def test_static_files_may_be_kept_for_ever(client: Client) -> None:
    answer = client.get(f"{settings.STATIC_URL}admin/css/base.css")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"/*")
    answer.close()
    assert "immutable" in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer


def test_static_files_of_another_version_lead_to_ours(client: Client) -> None:
    answer = client.get("/static/0123456789ab/admin/css/base.css")
    assert (answer.status_code, answer["Location"]) == (302, f"{settings.STATIC_URL}admin/css/base.css")


@pytest.mark.parametrize("name", ["nothing.css", "../../pyproject.toml", "..%2f..%2fpyproject.toml"])
def test_what_is_no_static_file_is_not_served(client: Client, name: str) -> None:
    answer = client.get(f"{settings.STATIC_URL}{name}", follow=True)
    assert answer.status_code == 404


def test_the_name_of_the_static_tree_changes_with_any_file(tmp_path: Path) -> None:
    sheet = tmp_path / "pages" / "sheet.css"
    sheet.parent.mkdir()
    names = []
    for content in ("a { color: red }", "a { color: blue }"):
        sheet.write_text(content)
        names.append(static_tree.fingerprint([tmp_path]))
    sheet.rename(tmp_path / "pages" / "other.css")
    names.append(static_tree.fingerprint([tmp_path]))
    assert len(set(names)) == 3


EMBEDDED = """
import time
from datetime import timedelta
import cognito_site.wsgi
from cognito_site.celery import after_commit, app, periodic
done = []
@app.task
def once(number): done.append(number)
@periodic(every=timedelta(seconds=1))
def again(): done.append("again")
after_commit(once, 7)
give_up = time.monotonic() + 10
while not (7 in done and done.count("again") > 1) and time.monotonic() < give_up:
    time.sleep(0.02)
print(sorted(set(map(str, done))))
"""


def test_without_a_broker_tasks_and_the_clock_run_in_the_process_that_serves(tmp_path: Path) -> None:
    """In a process of its own: the threads would stay."""
    alone = {**environment(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    run = subprocess.run(
        [sys.executable, "-c", EMBEDDED], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "['7', 'again']"
