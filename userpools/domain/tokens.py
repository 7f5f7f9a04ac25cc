"""Tokens: the one place that issues them, for every door, and ends them. (``presented`` believes them.)

All tokens of a sign-in are a *family* (``TokenFamily``). Access and ID tokens are JWTs that anybody may check without
asking us; whenever they come back to us the family is asked too, so that a revoked one stops working at once. Refresh
tokens are random; only their SHA-256 is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cognito_site import keyring, lookups
from cognito_site.contract import errors
from cognito_site.prepared import Prepared
from userpools.domain import claims as claim_sets
from userpools.domain import events, keys
from userpools.domain.triggers import token_claims
from userpools.models import AppClient, AuthorizationCode, RefreshToken, TokenFamily, User
from userpools.values import Context

REFRESH_TOKEN_BYTES = 48
LONGEST_REFRESH_TOKEN = 200
REMEMBER_USE_AFTER = timedelta(minutes=5)
ASKED_TWICE = timedelta(seconds=10)
ID, ACCESS = "id", "access"
REFRESH_TRIGGER = "TokenGeneration_RefreshTokens"


_refresh_token = Prepared(
    lambda: RefreshToken.objects.select_related("family__user").filter(digest=b"a digest", family__client="a client id")
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in or refresh gives. ``expires_in``: seconds, of the access token. ``family``: of a new sign-in."""

    access_token: str
    expires_in: int
    id_token: str | None = None
    refresh_token: str | None = None
    family: TokenFamily | None = None


# --- issuing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Grant:
    """What was proved, and for whom the tokens are."""

    client: AppClient
    user: User
    source: str
    scopes: list[str]
    authenticated_at: datetime
    methods: tuple[str, ...] = ("pwd",)
    nonce: str = ""
    trigger: str = "TokenGeneration_Authentication"


def _new_refresh_token(family: TokenFamily) -> str:
    token = secrets.token_urlsafe(REFRESH_TOKEN_BYTES)
    RefreshToken.objects.create(digest=keyring.digest(token), family=family, created_at=timezone.now())
    return token


def _start_family(grant: Grant, context: Context) -> tuple[TokenFamily, str]:
    now = timezone.now()
    family = TokenFamily(
        pool=grant.client.pool,
        client=grant.client,
        user=grant.user,
        source=grant.source,
        scopes=grant.scopes,
        methods=list(grant.methods),
        nonce=grant.nonce,
        authenticated_at=grant.authenticated_at,
        created_at=now,
        last_used_at=now,
        expires_at=now + grant.client.refresh_token_lifetime,
        ip=context.ip,
        user_agent=context.user_agent[:400],
    )
    family.save(force_insert=True)
    return family, _new_refresh_token(family)


def _sign(family: TokenFamily, groups: claim_sets.Groups, overrides: token_claims.Overrides) -> Tokens:
    """Access and ID token of a family whose user and client were just read; after the commit, for signatures take
    longer than everything that holds a row. An ID token needs ``openid``, but at the API, where scopes are not asked
    for."""
    user, client, now = family.user, family.client, timezone.now()
    access_token = keys.sign(user.pool, ACCESS, claim_sets.access(family, user, groups, now, overrides))
    id_token = None
    if family.source == TokenFamily.Source.API or "openid" in family.scopes:
        claims = claim_sets.identity(family, user, groups, now, access_token, overrides)
        id_token = keys.sign(user.pool, ID, claims)
    return Tokens(access_token, int(client.access_token_lifetime.total_seconds()), id_token)


def issue(grant: Grant, context: Context, commit: Callable[[TokenFamily], None]) -> Tokens:
    """The only way to a new family. ``commit`` spends what proved the grant, in the same transaction.

    The user's row is written first, which holds it until the commit: whoever disables the user waits, and then finds
    this family and revokes it.
    """
    groups = claim_sets.groups_of(grant.user)
    overrides = _overrides(grant.user, grant.scopes, groups, grant.trigger, context.at(grant.client.pk))
    with transaction.atomic():
        _hold_able(grant.user)
        family, refresh_token = _start_family(grant, context)
        commit(family)
    signed = _sign(family, groups, overrides)
    return Tokens(signed.access_token, signed.expires_in, signed.id_token, refresh_token, family)


def _overrides(
    user: User, scopes: list[str], groups: claim_sets.Groups, trigger: str, context: Context
) -> token_claims.Overrides:
    asked = token_claims.GroupsAsked(groups.names, groups.roles, groups.preferred_role)
    return token_claims.pre_token_generation(user, trigger, asked, scopes, context)


def _hold_able(user: User) -> None:
    able = User.objects.filter(pk=user.pk, enabled=True).exclude(status=User.Status.RESET_REQUIRED)
    if not able.update(failed_attempts=0, locked_until=None):
        now = lookups.one(User.objects.filter(pk=user.pk))
        if now is None:
            raise errors.user_not_found()
        _check_able(now)


def _check_able(user: User) -> None:
    if not user.enabled:
        raise errors.user_disabled()
    if user.must_reset_password:
        raise errors.password_reset_required()


def issue_to_machine(client: AppClient, scopes: list[str], context: Context) -> Tokens:
    """Client credentials: an access token with custom scopes, and nothing else."""
    overrides = token_claims.pre_token_generation_for_machine(client, scopes, context.at(client.pk))
    token = keys.sign(client.pool, ACCESS, claim_sets.machine(client, scopes, timezone.now(), overrides))
    return Tokens(token, int(client.access_token_lifetime.total_seconds()))


# --- refreshing -----------------------------------------------------------------------------------------------------


def _find(client: AppClient, token: str) -> RefreshToken | None:
    if len(token) > LONGEST_REFRESH_TOKEN:
        return None
    found = _refresh_token.one(digest=keyring.digest(token), family__client=client.pk)
    if found is not None:
        found.family.client, found.family.user.pool = client, client.pool
    return found


def owner(client: AppClient, token: str) -> User | None:
    """Whose refresh token this is, living or dead."""
    found = _find(client, token)
    return found.family.user if found is not None else None


def _check_alive(family: TokenFamily) -> None:
    if family.is_revoked:
        raise errors.refresh_token_revoked()
    if family.expires_at <= timezone.now():
        raise errors.refresh_token_expired()
    _check_able(family.user)


def refresh(client: AppClient, token: str, context: Context) -> Tokens:
    """New access and ID tokens; with rotation also a new refresh token, while the old one lives its grace time on.

    Raises NotAuthorized for whatever is not a living refresh token of ``client``, RefreshTokenReuse for one that was
    exchanged longer ago than the grace time.
    """
    found = _find(client, token)
    if found is None:
        raise errors.invalid_refresh_token()
    family = found.family
    _check_alive(family)
    groups = claim_sets.groups_of(family.user)
    overrides = _overrides(family.user, family.scopes, groups, REFRESH_TRIGGER, context.at(client.pk))
    if token_claims.is_asked(client.pool):
        _check_still_alive(family)
    fresh = _rotate(found, client) if client.rotates_refresh_tokens else None
    _remember_use(family)
    signed = _sign(family, groups, overrides)
    return Tokens(signed.access_token, signed.expires_in, signed.id_token, fresh)


def _check_still_alive(family: TokenFamily) -> None:
    """After a function that took its time."""
    now = lookups.one(TokenFamily.objects.select_related("user").filter(pk=family.pk))
    if now is None:
        raise errors.invalid_refresh_token()
    _check_alive(now)


def _rotate(token: RefreshToken, client: AppClient) -> str:
    try:
        with transaction.atomic():
            _spend(token, client.rotation_grace)
            return _new_refresh_token(token.family)
    except errors.RefreshTokenReuse:
        _end_if_stolen(token, client.rotation_grace)
        raise


def _spend(token: RefreshToken, grace: timedelta) -> None:
    """One statement spends a token, so of several exchanges at once one wins; the others live off the grace time, and
    have none where it is zero, whatever their clocks say: who waited for the winner began before it."""
    if RefreshToken.objects.filter(pk=token.pk, rotated_at=None).update(rotated_at=timezone.now()):
        return
    spent_at = RefreshToken.objects.values_list("rotated_at", flat=True).get(pk=token.pk)
    if spent_at is not None and (not grace or spent_at + grace <= timezone.now()):
        raise errors.refresh_token_reused()


def _end_if_stolen(token: RefreshToken, grace: timedelta) -> None:
    """After a reuse was refused, outside the transaction that refused it: somebody may hold a copy, so the family ends
    (RFC 9700 section 4.14.2). A reuse within seconds is a client that asked twice, not a thief."""
    if token.rotated_at is not None and token.rotated_at + grace + ASKED_TWICE < timezone.now():
        end(token.family, Context(), "A refresh token was used a second time.")


def _remember_use(family: TokenFamily) -> None:
    """Coarse on purpose: a refresh that writes costs more than one that does not."""
    now = timezone.now()
    if family.last_used_at + REMEMBER_USE_AFTER < now:
        TokenFamily.objects.filter(pk=family.pk).update(last_used_at=now)


# --- revoking -------------------------------------------------------------------------------------------------------


def revoke(family: TokenFamily) -> bool:
    """Whether it was alive."""
    return bool(TokenFamily.objects.filter(pk=family.pk, revoked_at=None).update(revoked_at=timezone.now()))


def forget_codes(user: User) -> None:
    """Authorization codes of which no tokens came yet, also those whose exchange is on its way: it finds them gone, or
    its family is found here."""
    AuthorizationCode.objects.filter(user=user, family=None).delete()


def revoke_all(user: User) -> int:
    """Every token that the user holds now, or could fetch. Returns how many families died."""
    forget_codes(user)
    return user.token_families.filter(revoked_at=None).update(revoked_at=timezone.now())


@transaction.atomic
def sign_out_everywhere(user: User, context: Context) -> None:
    """GlobalSignOut. The cookie of the hosted pages stays, as in Cognito."""
    ended = revoke_all(user)
    events.record(user.pool, user, events.SIGN_OUT, context=context, detail={"sign_ins": ended})


def living(user: User) -> QuerySet[TokenFamily]:
    """The sign-ins that can still be refreshed, the one used last first."""
    families = user.token_families.filter(revoked_at=None, expires_at__gt=timezone.now())
    return families.select_related("client").order_by("-last_used_at")


@transaction.atomic
def end(family: TokenFamily, context: Context, reason: str = "") -> None:
    """One sign-in, and it is remembered."""
    if revoke(family):
        pool, client = family.user.pool, family.client_id
        events.record(pool, family.user, events.REVOKE_TOKENS, reason=reason, client=client, context=context)


def revoke_refresh_token(client: AppClient, token: str, context: Context) -> None:
    """RevokeToken and ``/oauth2/revoke``. Unknown and dead tokens are a success (RFC 7009 section 2.2)."""
    if not client.revokes_tokens:
        raise errors.UnsupportedOperation("Token revocation is not enabled for this client.")
    if token.count(".") == 2:
        raise errors.unsupported_token_type()
    found = _find(client, token)
    if found is not None:
        end(found.family, context)
