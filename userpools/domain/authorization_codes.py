"""Authorization codes: what a browser carries from a finished sign-in to the application, for tokens.

A code is random, kept as its SHA-256, good once and for five minutes, for the client and the address that asked for it.
``spend`` comes first and is final: whatever is refused after it leaves the code dead (RFC 9700 section 4.5). A replay
may come before the tokens of the first exchange are there: it leaves a mark, and who finds the mark gets none.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from cognito_site import keyring, lookups
from userpools.domain import claims, events, tokens
from userpools.models import AppClient, AuthorizationCode, TokenFamily, User
from userpools.values import Context

CODE_BYTES = 32
LONGEST_CODE = 200
LIFETIME = timedelta(minutes=5)
ATTRIBUTES = {**claims.ADDRESS_SCOPES, "profile": tuple(claims.PROFILE - {"address"})}
PAGES_TRIGGER = "TokenGeneration_HostedAuth"


class CodeRefused(ValueError):
    """Unknown, another client's, expired, used, or ended with the user's sign-ins."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who signed in, how and when, and what the application asked for."""

    client: AppClient
    user: User
    scopes: list[str]
    methods: tuple[str, ...]
    authenticated_at: datetime
    nonce: str = ""

    def grant(self) -> tokens.Grant:
        return tokens.Grant(
            client=self.client,
            user=self.user,
            source=TokenFamily.Source.HOSTED,
            scopes=self.scopes,
            authenticated_at=self.authenticated_at,
            methods=self.methods,
            nonce=self.nonce,
            trigger=PAGES_TRIGGER,
        )


def issue(approval: Approval, redirect_uri: str, code_challenge: str = "") -> str:
    """``code_challenge``: of PKCE, S256; empty where the application sent none."""
    code, now = secrets.token_urlsafe(CODE_BYTES), timezone.now()
    AuthorizationCode.objects.create(
        digest=keyring.digest(code),
        client=approval.client,
        user=approval.user,
        redirect_uri=redirect_uri,
        scopes=approval.scopes,
        nonce=approval.nonce,
        code_challenge=code_challenge,
        methods=list(approval.methods),
        authenticated_at=approval.authenticated_at,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return code


def spend(client: AppClient, code: str, context: Context) -> AuthorizationCode:
    """Of several exchanges at once one succeeds. Another client's attempt leaves the code alive; a second one of its
    own client ends what the first one got. Raises CodeRefused."""
    rows = AuthorizationCode.objects.select_related("user", "family")
    row = lookups.one(rows.filter(digest=keyring.digest(code), client=client)) if len(code) <= LONGEST_CODE else None
    if row is None:
        raise CodeRefused("unknown")
    row.client, row.user.pool = client, client.pool
    now = timezone.now()
    living = AuthorizationCode.objects.filter(pk=row.pk, spent_at=None, expires_at__gt=now)
    if living.update(spent_at=now):
        return row
    if not AuthorizationCode.objects.filter(pk=row.pk).exclude(spent_at=None).update(replayed_at=now):
        raise CodeRefused("expired")
    family = TokenFamily.objects.filter(authorizationcode=row).first()
    if family is not None:
        _end(family, row, context)
    raise CodeRefused("used")


@transaction.atomic
def _end(family: TokenFamily, row: AuthorizationCode, context: Context) -> None:
    if family.is_revoked:
        return
    tokens.revoke(family)
    reason = "An authorization code was used a second time."
    events.record(row.user.pool, row.user, events.REVOKE_TOKENS, reason=reason, client=row.client.pk, context=context)


def exchange(row: AuthorizationCode, context: Context) -> tokens.Tokens:
    """The tokens of a code that was spent a moment ago: dead ones, if it was spent again meanwhile. Raises CodeRefused,
    if the user was signed out meanwhile."""
    approval = Approval(row.client, row.user, row.scopes, tuple(row.methods), row.authenticated_at, row.nonce)
    return tokens.issue(approval.grant(), context, partial(_keep_family, row, context))


def _keep_family(row: AuthorizationCode, context: Context, family: TokenFamily) -> None:
    """A second use finds the family, or the family finds the second use."""
    code = AuthorizationCode.objects.filter(pk=row.pk)
    if not code.update(family=family):
        raise CodeRefused("ended")
    if code.exclude(replayed_at=None).exists():
        _end(family, row, context)


def _no_code(family: TokenFamily) -> None:
    """The implicit grant spends nothing."""


def issue_tokens_at_once(approval: Approval, context: Context) -> tokens.Tokens:
    """The implicit grant: no code, and no refresh token that anybody would get to know."""
    issued = tokens.issue(approval.grant(), context, _no_code)
    return tokens.Tokens(issued.access_token, issued.expires_in, issued.id_token)


def may_read(client: AppClient, scopes: list[str]) -> bool:
    """AWS: "Token endpoint", invalid_grant: a scope that names attributes needs read access to all of them."""
    asked = {name for scope in scopes for name in ATTRIBUTES.get(scope, ())}
    return all(map(client.may_read, asked))
