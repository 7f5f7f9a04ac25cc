"""What an identity is given: its OpenID token (the classic flow), or temporary credentials (the enhanced flow).

Both begin alike: no login is a guest, logins lead to an identity, and a token of our own (a developer's user has one)
speaks for the one identity that it names.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cognito_site.contract import errors
from identitypools.domain import (
    access,
    arns,
    assuming,
    identities,
    logins,
    managed_policies,
    open_id_tokens,
    pool_roles,
    principal_tags,
    web_identities,
)
from identitypools.domain.assuming import Wish
from identitypools.domain.logins import Proof
from identitypools.domain.open_id_tokens import OpenIdToken, TokenRefused
from identitypools.domain.sessions import Credentials
from identitypools.models import Identity, IdentityPool

Logins = Mapping[str, str]

SESSION_NAME = "CognitoIdentityCredentials"


@dataclass(frozen=True, slots=True)
class Visitor:
    """An identity, and what it was shown to be. ``token``: by a token of our own."""

    identity: Identity
    amr: list[str]
    tags: dict[str, str] = field(default_factory=dict)
    proofs: Sequence[Proof] = ()
    token: OpenIdToken | None = None

    @property
    def is_guest(self) -> bool:
        return self.amr == [open_id_tokens.GUEST]


# --- who it is ------------------------------------------------------------------------------------------------------


def identity_of(pool: IdentityPool, given: Logins) -> Identity:
    """GetId."""
    if not given:
        return identities.guest(pool)
    if arns.SERVICE in given:
        return _of_our_token(pool, given).identity
    return identities.by_logins(pool, logins.prove(pool, given))


def _visitor(identity: Identity, given: Logins) -> Visitor:
    if not given:
        identities.check_guest(identity)
        return Visitor(identity, [open_id_tokens.GUEST])
    proofs = logins.prove(identity.pool, given)
    found = identities.by_logins(identity.pool, proofs, identity)
    return Visitor(found, logins.amr(proofs), principal_tags.of_proofs(identity.pool, proofs), proofs)


def _visitor_with_token(identity: Identity, given: Logins) -> Visitor:
    token = _of_our_token(identity.pool, given)
    if token.identity.pk != identity.pk:
        raise errors.logins_do_not_match()
    return Visitor(token.identity, token.amr, token.tags, token=token)


def _of_our_token(pool: IdentityPool, given: Logins) -> OpenIdToken:
    if len(given) > 1:
        raise errors.our_token_not_alone()
    try:
        token = open_id_tokens.read(given[arns.SERVICE])
    except TokenRefused as refused:
        if refused.reason == "expired":
            raise errors.login_token_expired(int(time.time()), refused.expired_at) from None
        if refused.reason == "gone":
            raise errors.logins_do_not_match() from None
        raise errors.login_token_not_ours() from None
    if token.pool.pk != pool.pk:
        raise errors.logins_do_not_match()
    return token


# --- what it gets ---------------------------------------------------------------------------------------------------


def open_id_token(identity_id: str, given: Logins) -> tuple[Identity, str]:
    """The classic flow. A token of our own gives no other: it would never end."""
    identity = access.identity(identity_id)
    if not identity.pool.allows_classic_flow:
        raise errors.classic_flow_not_enabled()
    if identity.pool.role_mappings:
        raise errors.classic_flow_with_role_mappings()
    if arns.SERVICE in given:
        raise errors.provider_not_supported()
    visitor = _visitor(identity, given)
    token = open_id_tokens.issue(visitor.identity, visitor.amr, open_id_tokens.SECONDS, visitor.tags)
    return visitor.identity, token


def for_identity(identity_id: str, given: Logins, custom_role: str | None) -> tuple[Identity, Credentials]:
    """The enhanced flow: an OpenID token that nobody sees, traded for a role that the pool chooses."""
    identity = access.identity(identity_id)
    visitor = (_visitor_with_token if arns.SERVICE in given else _visitor)(identity, given)
    role = _role(visitor, custom_role)
    web_identity = web_identities.of_identity(visitor.identity, visitor.amr, visitor.tags)
    wish = Wish(SESSION_NAME)
    if visitor.is_guest:
        wish = Wish(SESSION_NAME, policy=managed_policies.GUEST_SESSION, policy_arns=(managed_policies.GUESTS,))
    try:
        return visitor.identity, assuming.by_web_identity(role, web_identity, wish).credentials
    except errors.AccessDenied:
        raise errors.invalid_pool_roles() from None


def _role(visitor: Visitor, custom: str | None) -> str:
    pool = visitor.identity.pool
    if visitor.is_guest:
        return pool_roles.of_guest(pool, custom)
    if visitor.token is not None:
        return pool_roles.of_token(pool, visitor.amr, custom)
    return pool_roles.choose(pool, visitor.proofs, custom)


def unlink(identity_id: str, given: Logins, providers: Sequence[str]) -> None:
    """Only whoever has logins of the identity may take some away."""
    identity = access.identity(identity_id)
    names = logins.plain(providers)
    if arns.SERVICE in given:
        identities.unlink_own(_visitor_with_token(identity, given).identity, names)
    else:
        identities.unlink(identity, logins.prove(identity.pool, given), names)
