"""Where the lines of a log group go: to a file of its name in ``DATA_DIR/logs``, or to the address that
``POOLHOUSE_LOG_TARGETS`` names for it. As well as it goes: a log that cannot be written stops nobody."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings

from cognito_site import outgoing

SECONDS = 5
log = logging.getLogger("poolhouse.logs")


def write(group: str, record: dict[str, Any]) -> None:
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    url = dict(settings.POOLHOUSE.log_targets).get(group)
    try:
        if url is not None:
            _post(url, line)
        else:
            _append(path_of(group), line)
    except (OSError, outgoing.Forbidden, outgoing.Failed) as failure:
        log.warning("A line for the log group %s is lost: %s", group, failure)


def path_of(group: str) -> Path:
    """A group's name leads nowhere else, whatever is in it."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", group).strip("-.")[:200] or "log"
    return Path(settings.POOLHOUSE.data_dir) / "logs" / f"{name}.jsonl"


def _append(path: Path, line: bytes) -> None:
    """In one call, so that lines of several processes do not mix; opened each time, so that it may be moved away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)


def _post(url: str, line: bytes) -> None:
    answer = outgoing.post(url, line, {"Content-Type": "application/x-ndjson"}, SECONDS)
    if not answer.is_success:
        raise outgoing.Failed(f"it answered {answer.status}")
