"""``DATA_DIR/functions.toml``: where ARNs lead, written by whoever may write in the data directory. Read again when it
changes. One wrong entry is wrong for its own ARN only.

::

    ["arn:aws:lambda:us-east-1:000000000000:function:greet"]
    folder = "greet"
    environment = { GREETING = "Ahoy" }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from cognito_site.functions import arns, targets
from cognito_site.functions.targets import Target, Unacceptable

FILE_NAME = "functions.toml"
Entries = Mapping[str, Target | Unacceptable]

_read: dict[Path, tuple[tuple[int, ...], Entries | Unacceptable]] = {}


def folders() -> Path:
    """Where folders are looked for."""
    directory: Path = settings.POOLHOUSE.data_dir / "functions"
    return directory


def find(arn: str) -> Target | None:
    """Raises Unacceptable."""
    found = entries().get(arn)
    if isinstance(found, Unacceptable):
        raise Unacceptable(f"{FILE_NAME}: {arn}: {found}")
    return found


def entries() -> Entries:
    path = settings.POOLHOUSE.data_dir / FILE_NAME
    try:
        state = path.stat()
    except OSError:
        return {}
    stamp = (state.st_mtime_ns, state.st_size, state.st_ino)
    if path not in _read or _read[path][0] != stamp:
        _read[path] = (stamp, _parsed(path))
    found = _read[path][1]
    if isinstance(found, Unacceptable):
        raise found
    return found


def _parsed(path: Path) -> Entries | Unacceptable:
    try:
        tables = tomllib.loads(path.read_text())
    except (OSError, ValueError) as failure:
        return Unacceptable(f"{FILE_NAME} cannot be read: {failure}")
    return {arn: _entry(arn, table) for arn, table in tables.items()}


def _entry(arn: str, table: Any) -> Target | Unacceptable:
    if arns.parse(arn) is None or not isinstance(table, Mapping):
        return Unacceptable('tables named after an ARN, please, as in ["arn:aws:lambda:…:function:greet"]')
    try:
        return targets.made_of(table, folders())
    except Unacceptable as refused:
        return refused
