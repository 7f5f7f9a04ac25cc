"""Where the keys of the ring come from: the environment, else a file that the embedded mode makes once.

Knows no Django, because Django's own settings need a key.
"""

from __future__ import annotations

import base64
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cognito_site.environment import ConfigurationError, Environment
from cognito_site.variables import KEY_BYTES, SqliteTarget, key_ring

FILE_NAME = "secret.keys"


def ring_of(environment: Environment) -> tuple[bytes, ...]:
    """The ring that was configured, else the file's."""
    return environment.secret_keys or _ring_in(environment.data_dir / FILE_NAME, environment)


def new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).rstrip(b"=").decode()


# A ring has a handful of keys, and purposes are words of the code, never of a request.
@lru_cache(maxsize=256)
def derived(key: bytes, purpose: str) -> bytes:
    """A key of the ring is never used itself."""
    return HKDF(SHA256(), 32, salt=None, info=f"poolhouse:{purpose}".encode()).derive(key)


def _ring_in(path: Path, environment: Environment) -> tuple[bytes, ...]:
    try:
        if not path.exists():
            _refuse_to_orphan(environment)
            _create(path)
        return key_ring(path.read_text().strip())
    except OSError as refused:
        raise ConfigurationError(
            f"DATA_DIR={str(path.parent)!r} cannot be used: {refused.strerror or refused}"
        ) from None
    except ValueError as refused:
        raise ConfigurationError(f"{path} is damaged: {refused}. Put the file back from a backup.") from None


def _refuse_to_orphan(environment: Environment) -> None:
    """A new ring beside an old database would lock every secret in it away for good."""
    database = environment.database
    if isinstance(database, SqliteTarget) and database.path.exists() and database.path.stat().st_size:
        raise ConfigurationError(
            f"{database.path} is there, but {FILE_NAME} is not: put it back from a backup, or give its keys in"
            " POOLHOUSE_SECRET_KEYS"
        )


def _create(path: Path) -> None:
    """Whole or not at all, also when two processes start at once: ``link`` refuses to replace."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{FILE_NAME}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(new_key() + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
