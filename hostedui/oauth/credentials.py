"""How a client introduces itself at the token and revocation endpoints: in the Authorization header, or in the body."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from oauthlib.oauth2.rfc6749 import errors

from hostedui.oauth.parameters import Parameters
from userpools.domain import access, client_secrets
from userpools.models import AppClient

CLIENT_ID = re.compile(r"[\w+]{1,128}", re.ASCII)
LONGEST_HEADER = 2048


@dataclass(frozen=True, slots=True)
class Credentials:
    client_id: str
    secrets: tuple[str, ...] = ()
    """The one secret that was sent, in the readings it may have."""


def read(header: str, body: Parameters) -> Credentials:
    """Raises InvalidRequest for two ways at once, InvalidClient for what cannot be read."""
    basic = _basic(header)
    if basic is None:
        secret = body.get("client_secret")
        return Credentials(body.get("client_id", ""), (secret,) if secret else ())
    if "client_secret" in body:
        raise errors.InvalidRequestError("Send the client secret in one place only.")
    if body.get("client_id", basic.client_id) != basic.client_id:
        raise errors.InvalidClientError
    return basic


def _basic(header: str) -> Credentials | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode() if len(header) <= LONGEST_HEADER else ""
    except (binascii.Error, ValueError):
        text = ""
    client_id, colon, secret = text.partition(":")
    if not colon:
        raise errors.InvalidClientError
    # RFC 6749 section 2.3.1 encodes both as in a form; most clients do not. A secret may hold a plus.
    return Credentials(unquote_plus(client_id), tuple(dict.fromkeys(filter(None, (secret, unquote_plus(secret))))))


def find_client(client_id: str, pool_id: str) -> AppClient | None:
    """A client of this pool only: its neighbours' do not exist here."""
    found = access.find_client(client_id) if CLIENT_ID.fullmatch(client_id) else None
    return found if found is not None and found.pool_id == pool_id else None


def prove(client: AppClient, given: Credentials) -> bool:
    """A client with a secret has sent it; one without has sent none, and has proved nothing by that."""
    if not client.has_secret:
        return not given.secrets
    return any(client_secrets.matches(client, secret) for secret in given.secrets)
