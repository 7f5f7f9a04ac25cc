"""InboundFederation: what another provider said about somebody, as a function wants it read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from userpools.domain.triggers.calls import INBOUND_FEDERATION, Moment, ask, structure
from userpools.models import UserPool
from userpools.values import Context


def inbound_federation(
    pool: UserPool, provider: tuple[str, str], user_name: str, said: Mapping[str, Any], context: Context
) -> dict[str, Any] | None:
    """The provider's attributes that replace ``said``; None: as they are. ``provider``: its name and its type.
    ``said`` holds ``tokenResponse``, ``idToken`` and ``userInfo``, or ``samlResponse``."""
    if not INBOUND_FEDERATION.is_configured(pool):
        return None
    name, kind = provider
    request = {"providerName": name, "providerType": kind, "attributes": dict(said)}
    source = "InboundFederation_ExternalProvider"
    response = ask(Moment(pool, INBOUND_FEDERATION, source, user_name, context), request)
    return structure(response, "userAttributesToMap") or None
