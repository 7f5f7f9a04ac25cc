"""Temporary credentials: issued, and opened again at every call that is signed with them.

::

    session token = base64(sealed(compressed(everything there is to know)))     sealed for its own access key id

There is no table. The token carries the secret and what the credentials stand for, sealed by the key ring, so a dump of
the database holds none of it, nobody can read or change a token, and one that is sent with another access key does not
open. It names the ``generation`` of its role and of its identity: raise that of a row, or delete the row, and every
token that was issued for it is worthless at the next call.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import time
import zlib
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from cognito_site import keyring
from cognito_site.contract import errors
from identitypools.domain import arns

LONGEST_TOKEN = 32_768
# What AWS packs policies and tags into is not known; this is what they may take here, compressed.
PACKED_BYTES = 4096
ASSUMED_ROLE, USER, ROOT = "assumed-role", "user", "root"


@dataclass(frozen=True, slots=True)
class Grant:
    """What credentials are for. ``owner``: the role's id, or the access key they were got with, and ``owner_proof``
    what must still be true of it; ``identity``: an identity's id and generation, where one stands behind them."""

    kind: str
    owner: str
    owner_proof: str
    name: str = ""
    provider: str = ""
    source_identity: str = ""
    policies: list[str] | None = None
    tags: dict[str, str] = field(default_factory=dict)
    transitive_tag_keys: list[str] = field(default_factory=list)
    federated: dict[str, list[str]] = field(default_factory=dict)
    identity: tuple[str, int] | None = None

    @property
    def packed_percent(self) -> int:
        """Of the room that there is for session policies and tags."""
        text = json.dumps([self.policies or [], self.tags], separators=(",", ":"))
        used = len(zlib.compress(text.encode())) if self.policies or self.tags else 0
        return math.ceil(100 * used / PACKED_BYTES)


@dataclass(frozen=True, slots=True)
class Session:
    access_key_id: str
    secret: str = field(repr=False)
    issued_at: datetime
    grant: Grant


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key_id: str
    secret: str = field(repr=False)
    session_token: str = field(repr=False)
    expires_at: datetime


def issue(grant: Grant, seconds: int) -> Credentials:
    """Raises PackedPolicyTooLarge."""
    if grant.packed_percent > 100:
        raise errors.session_too_large(grant.packed_percent)
    key_id, secret, now = arns.unique_id("ASIA"), arns.secret(), int(time.time())
    content = json.dumps([secret, now, now + seconds, asdict(grant)], separators=(",", ":"))
    sealed = keyring.seal(zlib.compress(content.encode()), _context(key_id))
    token = base64.b64encode(sealed).decode()
    return Credentials(key_id, secret, token, datetime.fromtimestamp(now + seconds, UTC))


def opened(access_key_id: str, token: str) -> Session:
    """Raises UnrecognizedClient for what is not a token of this key, ExpiredCredentials. Says nothing of the rows that
    the session stands for."""
    try:
        sealed = base64.b64decode(token[:LONGEST_TOKEN], validate=True)
        content = zlib.decompress(keyring.unseal(sealed, _context(access_key_id)))
    except (binascii.Error, ValueError, keyring.CannotUnseal):
        raise errors.unrecognized_client() from None
    secret, issued_at, expires_at, grant = json.loads(content)
    if time.time() >= expires_at:
        raise errors.expired_credentials()
    return Session(access_key_id, secret, datetime.fromtimestamp(issued_at, UTC), _grant(grant))


def _grant(members: dict[str, object]) -> Grant:
    identity = members.pop("identity")
    return Grant(**members, identity=tuple(identity) if isinstance(identity, list) else None)  # type: ignore[arg-type]


def _context(access_key_id: str) -> str:
    return f"session:{access_key_id}"
