"""What the tokens of a user say (oauth-and-hosted-ui.md section 7; AWS: "Understanding user pool JSON web tokens")."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.db.models import F

from cognito_site.prepared import Prepared
from userpools.domain import attributes
from userpools.domain.triggers.token_claims import IN_ACCESS_TOKENS, IN_ID_TOKENS, NONE, Overrides
from userpools.models import AppClient, Group, TokenFamily, User

SELF_SERVICE = "aws.cognito.signin.user.admin"
ADDRESS_SCOPES = {"email": ("email", "email_verified"), "phone": ("phone_number", "phone_number_verified")}
VERIFIED = ("email_verified", "phone_number_verified")
PROFILE = frozenset(
    [
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
        "address",
    ]
)


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a user, best precedence first, and the roles that identity pools read."""

    names: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    preferred_role: str = ""

    def overridden(self, overrides: Overrides) -> Groups:
        """In tokens; nobody's membership changes."""
        asked = overrides.groups
        return Groups(asked.names, asked.roles, asked.preferred_role) if asked is not None else self


_groups = Prepared(
    lambda: Group.objects.filter(memberships__user=0).order_by(F("precedence").asc(nulls_last=True), "name")
)


def groups_of(user: User) -> Groups:
    groups = _groups.all(memberships__user=user.pk)
    best = {group.role_arn for group in groups if group.role_arn and group.precedence == groups[0].precedence}
    return Groups(
        [group.name for group in groups],
        list(dict.fromkeys(group.role_arn for group in groups if group.role_arn)),
        best.pop() if len(best) == 1 else "",
    )


def visible(client: AppClient, user: User, scopes: Iterable[str] | None) -> dict[str, str]:
    """The attributes that ``client`` may read and ``scopes`` ask for. None, for a sign-in by API, and scopes of which
    none means attributes ask for all."""
    readable = attributes.readable(user, client)
    asked = {"profile", *ADDRESS_SCOPES}.intersection(scopes or ())
    if not asked:
        return readable
    wanted = {name for scope, names in ADDRESS_SCOPES.items() if scope in asked for name in names}
    if "profile" in asked:
        wanted |= PROFILE | {name for name in readable if name.startswith("custom:")}
    return {name: value for name, value in readable.items() if name in wanted}


def _typed(name: str, value: str) -> Any:
    if name in VERIFIED:
        return value == "true"
    if name == "address":
        return {"formatted": value}
    if name == "updated_at":
        return int(value) if value.isdecimal() else value
    return value


def _common(family: TokenFamily, user: User, now: int, lifetime: int, groups: Groups) -> dict[str, Any]:
    claims: dict[str, Any] = {"sub": str(user.sub)}
    if groups.names:
        claims["cognito:groups"] = groups.names
    claims["iss"] = user.pool.issuer
    if family.client.revokes_tokens:
        claims["origin_jti"] = str(family.id)
    claims["event_id"] = str(family.event_id)
    return claims | {"auth_time": int(family.authenticated_at.timestamp()), "iat": now, "exp": now + lifetime}


def access(
    family: TokenFamily, user: User, groups: Groups, now: datetime, overrides: Overrides = NONE
) -> dict[str, Any]:
    client = family.client
    lifetime = int(client.access_token_lifetime.total_seconds())
    claims = _common(family, user, int(now.timestamp()), lifetime, groups.overridden(overrides))
    claims |= {
        "client_id": client.client_id,
        "token_use": "access",
        "scope": " ".join(overrides.scopes(family.scopes)),
        "jti": str(uuid4()),
        "username": user.username,
    }
    if family.source == TokenFamily.Source.HOSTED:
        claims["version"] = 2
    if family.device_key:
        claims["device_key"] = family.device_key
    return overrides.access.applied(claims, IN_ACCESS_TOKENS)


def identity(
    family: TokenFamily,
    user: User,
    groups: Groups,
    now: datetime,
    access_token: str,
    overrides: Overrides = NONE,
) -> dict[str, Any]:
    client, groups = family.client, groups.overridden(overrides)
    hosted = family.source == TokenFamily.Source.HOSTED
    lifetime = int(client.id_token_lifetime.total_seconds())
    claims = _common(family, user, int(now.timestamp()), lifetime, groups)
    claims |= {"aud": client.client_id, "token_use": "id", "jti": str(uuid4()), "cognito:username": user.username}
    if hosted:
        claims["at_hash"] = half_hash(access_token)
    if family.nonce:
        claims["nonce"] = family.nonce
    if groups.roles:
        claims["cognito:roles"] = groups.roles
    if groups.preferred_role:
        claims["cognito:preferred_role"] = groups.preferred_role
    shown = visible(client, user, family.scopes if hosted else None)
    claims |= {name: _typed(name, value) for name, value in shown.items()}
    return overrides.identity.applied(claims, IN_ID_TOKENS)


def machine(client: AppClient, scopes: list[str], now: datetime, overrides: Overrides = NONE) -> dict[str, Any]:
    """Of client credentials: no user, so no groups and nothing to revoke."""
    issued = int(now.timestamp())
    claims = {
        "sub": client.client_id,
        "token_use": "access",
        "scope": " ".join(overrides.scopes(scopes)),
        "auth_time": issued,
        "iss": client.pool.issuer,
        "exp": issued + int(client.access_token_lifetime.total_seconds()),
        "iat": issued,
        "version": 2,
        "jti": str(uuid4()),
        "client_id": client.client_id,
    }
    return overrides.access.applied(claims, IN_ACCESS_TOKENS)


def half_hash(token: str) -> str:
    """``at_hash`` (OpenID Connect Core 3.1.3.6)."""
    return base64.urlsafe_b64encode(sha256(token.encode()).digest()[:16]).rstrip(b"=").decode()


def family_key(claims: dict[str, Any]) -> tuple[str, UUID] | None:
    """How a token leads to its family: by ``origin_jti``, or by ``event_id`` when its client does not revoke tokens."""
    for claim, column in (("origin_jti", "pk"), ("event_id", "event_id")):
        if isinstance(claims.get(claim), str):
            try:
                return column, UUID(claims[claim])
            except ValueError:
                return None
    return None
