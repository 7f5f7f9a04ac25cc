"""Who an access key belongs to: the account itself, an operator's key, or temporary credentials.

A call that the first key signs asks nobody, one of another key asks once, temporary credentials ask for their role and
for the identity behind them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from cognito_site import keyring
from cognito_site.contract import errors
from identitypools.domain import access, access_keys, arns, sessions
from identitypools.domain.policies import documents
from identitypools.domain.policies.documents import Policy
from identitypools.domain.policies.statements import EVERYBODY, Principal
from identitypools.domain.sessions import ASSUMED_ROLE, ROOT, USER, Session
from identitypools.models import AccessKey

PRINCIPAL_TYPES = {ROOT: "Account", USER: "User", ASSUMED_ROLE: "AssumedRole"}


@dataclass(frozen=True, slots=True)
class Caller:
    """``context`` holds the condition keys of the principal, ``principals`` the names that a trust policy may know it
    by. ``session`` is there for temporary credentials; ``use_is_due``: that the key was used should be written down."""

    arn: str
    account: str
    user_id: str
    access_key_id: str
    secret: str = field(repr=False)
    principal_kind: str = ROOT
    policies: tuple[Policy, ...] = ()
    session_policies: tuple[Policy, ...] | None = None
    context: Mapping[str, str | list[str]] = field(default_factory=dict)
    session: Session | None = None
    use_is_due: bool = False

    @property
    def is_root(self) -> bool:
        return self.principal_kind == ROOT

    @property
    def principals(self) -> frozenset[Principal]:
        names = {self.arn, arns.root(), self.account, str(self.context.get("aws:PrincipalArn", self.arn))}
        return frozenset({EVERYBODY, *(("AWS", name) for name in names)})


def first_key() -> tuple[str, str]:
    """Id and secret of the first operator's key pair: from the environment, else made of the key ring."""
    place = settings.POOLHOUSE
    if place.access_key_id and place.secret_access_key:
        return place.access_key_id, place.secret_access_key
    letters = base64.b32encode(keyring.derive("first-access-key-id")[:10]).decode()
    return f"AKIA{letters}", base64.b64encode(keyring.derive("first-secret-access-key")[:30]).decode()


def find(access_key_id: str, session_token: str | None) -> Caller:
    """Raises UnrecognizedClient, in the same words whatever is wrong, and ExpiredCredentials."""
    if session_token:
        return _of_session(sessions.opened(access_key_id, session_token))
    known, secret = first_key()
    if access_key_id == known:
        return _root(known, secret)
    key = _enabled_key(access_key_id)
    return _user(key, key.key_id, access_keys.secret_of(key), use_is_due=not access_keys.is_remembered(key))


def proved(caller: Caller) -> None:
    """The signature was right."""
    if caller.use_is_due:
        access_keys.remember_use(caller.access_key_id)


def proof_of_first_key() -> str:
    """Temporary credentials of the first key live no longer than its secret."""
    return keyring.digest("\0".join(first_key())).hex()


def _root(key_id: str, secret: str, session: Session | None = None) -> Caller:
    account = arns.account()
    context = {"aws:PrincipalArn": arns.root(), "aws:PrincipalAccount": account, "aws:userid": account}
    return Caller(arns.root(), account, account, key_id, secret, context=context, session=session)


def _enabled_key(key_id: str) -> AccessKey:
    key = access.find_access_key(key_id)
    if key is None or not key.enabled:
        raise errors.unrecognized_client()
    return key


def _user(
    key: AccessKey, key_id: str, secret: str, session: Session | None = None, *, use_is_due: bool = False
) -> Caller:
    return Caller(
        arn=key.arn,
        account=arns.account(),
        user_id=key.user_id,
        access_key_id=key_id,
        secret=secret,
        principal_kind=USER,
        policies=_in_use(key.policies.values()),
        context={**_principal(USER, key.arn, key.user_id), "aws:username": key.name},
        session=session,
        use_is_due=use_is_due,
    )


# --- temporary credentials ------------------------------------------------------------------------------------------


def _of_session(session: Session) -> Caller:
    if session.grant.kind == ASSUMED_ROLE:
        return _assumed_role(session)
    if session.grant.kind == USER:
        return _user(_enabled_key(session.grant.owner), session.access_key_id, session.secret, session)
    if session.grant.owner_proof != proof_of_first_key():
        raise errors.unrecognized_client()
    return _root(session.access_key_id, session.secret, session)


def _assumed_role(session: Session) -> Caller:
    grant = session.grant
    role = access.find_role_by_id(grant.owner)
    if role is None or str(role.generation) != grant.owner_proof:
        raise errors.unrecognized_client()
    if grant.identity is not None and not _is_alive(*grant.identity):
        raise errors.unrecognized_client()
    user_id = f"{role.role_id}:{grant.name}"
    return Caller(
        arn=arns.assumed_role(role.name, grant.name),
        account=arns.account(),
        user_id=user_id,
        access_key_id=session.access_key_id,
        secret=session.secret,
        principal_kind=ASSUMED_ROLE,
        policies=_in_use(role.policies.values()),
        session_policies=None if grant.policies is None else _in_use(grant.policies),
        context={**_principal(ASSUMED_ROLE, role.arn, user_id), **_of_grant(session)},
        session=session,
    )


def _is_alive(identity_id: str, generation: int) -> bool:
    identity = access.find_identity(identity_id)
    return identity is not None and not identity.disabled and identity.generation == generation


def _principal(kind: str, arn: str, user_id: str) -> dict[str, str | list[str]]:
    return {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": arns.account(),
        "aws:PrincipalType": PRINCIPAL_TYPES[kind],
        "aws:userid": user_id,
    }


def _of_grant(session: Session) -> dict[str, str | list[str]]:
    """What conditions may ask about how the session came to be."""
    grant = session.grant
    told: dict[str, str | list[str]] = {f"aws:PrincipalTag/{key}": value for key, value in grant.tags.items()}
    told |= grant.federated
    told["aws:TokenIssueTime"] = session.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if grant.provider:
        told["aws:FederatedProvider"] = grant.provider
    if grant.source_identity:
        told["aws:SourceIdentity"] = grant.source_identity
    return told


def _in_use(texts: Iterable[str]) -> tuple[Policy, ...]:
    return tuple(map(documents.permissions_in_use, texts))
