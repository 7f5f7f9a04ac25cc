"""The secrets of an app client: at most two, so that one can be replaced while the other still works.

Any of them proves the client, at every door: as ``SECRET_HASH``, as a member of a body, and in Basic authentication.
All of them are compared, in constant time, so that the time tells neither how much of a guess was right nor which one.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import string
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from cognito_site.remembered import Remembered
from userpools.domain import access
from userpools.models import AppClient

ALPHABET = string.ascii_lowercase + string.digits
LENGTH = 52
MOST_SECRETS = 2

# The key is the sealed text itself, at its place, so an entry can never be out of date, only unused.
_opened: Remembered[str, str] = Remembered(3600, 4000)


@dataclass(frozen=True, slots=True)
class ClientSecret:
    id: str
    created_at: datetime
    value: str | None = None
    """None where the value is nobody's business."""


def generate() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def sealed(client_id: str, value: str, now: datetime, taken: frozenset[str] = frozenset()) -> dict[str, str]:
    """What ``AppClient.secrets`` keeps of a secret. Its id tells the millisecond of its creation, as AWS's does."""
    moment = int(now.timestamp() * 1000)
    while f"{client_id}--{moment}" in taken:
        moment += 1
    secret_id = f"{client_id}--{moment}"
    kept = base64.b64encode(keyring.seal(value.encode(), _context(client_id, secret_id))).decode()
    return {"id": secret_id, "sealed": kept, "created_at": now.isoformat()}


def _context(client_id: str, secret_id: str) -> str:
    return f"client-secret:{client_id}:{secret_id}"


def _open(client: AppClient, entry: dict[str, str]) -> str:
    context = _context(client.client_id, entry["id"])
    key = f"{context}:{entry['sealed']}"
    value = _opened.get(key)
    if value is None:
        value = _opened.put(key, keyring.unseal(base64.b64decode(entry["sealed"]), context).decode())
    return value


def current(client: AppClient) -> str | None:
    """The secret that the settings of a confidential client show: the oldest that still works."""
    return _open(client, client.secrets[0]) if client.secrets else None


def matches(client: AppClient, secret: str) -> bool:
    """Whether ``secret`` is one of the client's. A client without a secret is matched by none."""
    given = secret.encode()
    found = [hmac.compare_digest(_open(client, entry).encode(), given) for entry in client.secrets]
    return any(found)


def secret_hash(secret: str, name: str, client_id: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), f"{name}{client_id}".encode(), "sha256")).decode()


def secret_hash_matches(client: AppClient, given: str, *names: str) -> bool:
    """Whether ``given`` is the ``SECRET_HASH`` of one of the client's secrets for one of the names of a user: clients
    hash the name that the person typed, or the username that a challenge told them."""
    hashes = [secret_hash(_open(client, entry), name, client.client_id) for entry in client.secrets for name in names]
    found = [hmac.compare_digest(expected.encode(), given.encode()) for expected in hashes]
    return any(found)


def check_secret_hash(client: AppClient, given: str | None, *names: str) -> None:
    """Raises NotAuthorized unless ``given`` proves a client that has a secret. A client without one proves nothing by
    a hash, and none is asked of it."""
    if not client.has_secret:
        return
    if not given:
        raise errors.secret_hash_missing(client.client_id)
    if not secret_hash_matches(client, given, *names):
        raise errors.secret_hash_wrong(client.client_id)


def check_secret_hash_on_refresh(client: AppClient, given: str | None, *names: str) -> None:
    """As ``check_secret_hash``, in the words that a refresh uses; ``names`` is empty for an unknown refresh token."""
    try:
        check_secret_hash(client, given, *names)
    except errors.NotAuthorized:
        if given:
            raise errors.secret_hash_wrong_on_refresh(client.client_id) from None
        raise


def proves(client: AppClient, given: str | None) -> bool:
    """Whether ``given`` is what a client must show that sends its secret itself; a public client shows nothing."""
    return matches(client, given or "") if client.has_secret else True


def check_secret(client: AppClient, given: str | None) -> None:
    """Raises NotAuthorized."""
    if client.has_secret and not given:
        raise errors.secret_missing(client.client_id)
    if not proves(client, given):
        raise errors.secret_wrong(client.client_id)


# --- administration -------------------------------------------------------------------------------------------------


def listed(client: AppClient) -> list[ClientSecret]:
    return [ClientSecret(entry["id"], datetime.fromisoformat(entry["created_at"])) for entry in client.secrets]


def reveal(client: AppClient, secret_id: str) -> str:
    """For an operator who asked to see it."""
    entry = next((entry for entry in client.secrets if entry["id"] == secret_id), None)
    if entry is None:
        raise errors.client_secret_not_found(secret_id)
    return _open(client, entry)


@transaction.atomic
def add(client: AppClient, value: str | None) -> ClientSecret:
    """``value`` None: one is generated, and shown this once."""
    client = access.locked_client(client)
    if len(client.secrets) >= MOST_SECRETS:
        raise errors.count_limit_exceeded("secrets of a client", MOST_SECRETS)
    if not client.secrets:
        raise errors.client_has_no_secret()
    now = timezone.now()
    generated = None if value else generate()
    taken = frozenset(entry["id"] for entry in client.secrets)
    entry = sealed(client.client_id, value or generated or "", now, taken)
    _save(client, [*client.secrets, entry], now)
    return ClientSecret(entry["id"], now, generated)


@transaction.atomic
def delete(client: AppClient, secret_id: str) -> None:
    client = access.locked_client(client)
    kept = [entry for entry in client.secrets if entry["id"] != secret_id]
    if len(kept) == len(client.secrets):
        raise errors.client_secret_not_found(secret_id)
    if not kept:
        raise errors.last_client_secret()
    _save(client, kept, timezone.now())


def _save(client: AppClient, kept: list[dict[str, str]], now: datetime) -> None:
    client.secrets, client.modified_at = kept, now
    client.save(update_fields=["secrets", "modified_at"])
