"""Where the two servers are installed."""

from __future__ import annotations

import shutil
from pathlib import Path


def redis() -> Path | None:
    return _on_path("redis-server")


def postgres() -> Path | None:
    """Debian keeps them off the PATH, one directory for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return found[-1] if found else _on_path("postgres")


def missing() -> list[str]:
    return [name for name, path in {"postgres": postgres(), "redis-server": redis()}.items() if path is None]


def _on_path(name: str) -> Path | None:
    path = shutil.which(name)
    return Path(path) if path else None
