"""Becoming a role for a while: by a web identity, or by somebody who signs (identity-pools.md, section 9).

The role's trust policy decides, by an explicit allow; session tags and a source identity need an allow of their own.
Whoever is refused is not told whether the role exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cognito_site.contract import errors
from identitypools.domain import access, arns, authorization, callers, managed_policies, sessions
from identitypools.domain.callers import Caller
from identitypools.domain.policies import conditions, documents
from identitypools.domain.policies.evaluation import Decision, decide
from identitypools.domain.policies.statements import Principal, Request
from identitypools.domain.sessions import ASSUMED_ROLE, ROOT, USER, Credentials, Grant
from identitypools.domain.web_identities import WebIdentity
from identitypools.models import Role

SECONDS = 3600
LONGEST_CHAINED = 3600
LONGEST_OF_ROOT = 3600
SESSION_TOKEN_SECONDS = 43_200
LONGEST_SESSION_POLICY = 2048


@dataclass(frozen=True, slots=True)
class Wish:
    """What whoever becomes a role asks for. ``context`` holds the condition keys of the request."""

    session_name: str
    seconds: int = SECONDS
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    external_id: str = ""
    source_identity: str = ""
    context: Mapping[str, str] = field(default_factory=dict)

    def keys(self, tags: Mapping[str, str]) -> dict[str, str | list[str]]:
        """Condition keys of the request that would set ``tags``."""
        told: dict[str, str | list[str]] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        told |= {**self.context, "sts:RoleSessionName": self.session_name}
        if tags:
            told["aws:TagKeys"] = list(tags)
        if self.transitive_tag_keys:
            told["sts:TransitiveTagKeys"] = list(self.transitive_tag_keys)
        if self.external_id:
            told["sts:ExternalId"] = self.external_id
        if self.source_identity:
            told["sts:SourceIdentity"] = self.source_identity
        return told


@dataclass(frozen=True, slots=True)
class Assumed:
    credentials: Credentials
    role: Role
    grant: Grant

    @property
    def arn(self) -> str:
        return arns.assumed_role(self.role.name, self.grant.name)

    @property
    def role_id(self) -> str:
        return f"{self.role.role_id}:{self.grant.name}"


# --- by a web identity ----------------------------------------------------------------------------------------------


def by_web_identity(role_arn: str, identity: WebIdentity, wish: Wish) -> Assumed:
    """Raises AccessDenied, ValidationError, MalformedPolicyDocument, PackedPolicyTooLarge."""
    actions = ["sts:AssumeRoleWithWebIdentity", *(["sts:TagSession"] if identity.tags else [])]
    role = access.find_role_by_arn(role_arn)
    context = {**identity.keys, **wish.keys(identity.tags)}
    if role is None or not _trusts(role, actions, identity.principals, context, identity.pinned):
        raise errors.may_not_assume("AssumeRoleWithWebIdentity")
    _check_duration(role, wish)
    grant = Grant(
        kind=ASSUMED_ROLE,
        owner=role.role_id,
        owner_proof=str(role.generation),
        name=wish.session_name,
        provider=identity.provider,
        policies=_session_policies(wish),
        tags=dict(identity.tags),
        federated={key: [value] if isinstance(value, str) else value for key, value in identity.keys.items()},
        identity=identity.identity,
    )
    return Assumed(sessions.issue(grant, wish.seconds), role, grant)


# --- by somebody who signs ------------------------------------------------------------------------------------------


def by_caller(role_arn: str, caller: Caller, wish: Wish) -> Assumed:
    """The caller's own policies allowed ``sts:AssumeRole`` already."""
    if caller.is_root:
        raise errors.root_cannot_assume()
    _check_tags(wish)
    inherited, source = _inherited(caller, wish)
    actions = ["sts:TagSession"] * bool(wish.tags) + ["sts:SetSourceIdentity"] * bool(wish.source_identity)
    for action in actions:
        authorization.authorize(caller, action, role_arn, wish.keys(wish.tags))
    role = access.find_role_by_arn(role_arn)
    context = {**caller.context, **wish.keys(wish.tags)}
    if role is None or not _trusts(role, ["sts:AssumeRole", *actions], caller.principals, context):
        raise errors.access_denied(caller.arn, "sts:AssumeRole", role_arn)
    _check_duration(role, wish)
    _check_chaining(caller, wish)
    session = caller.session.grant if caller.session else None
    grant = Grant(
        kind=ASSUMED_ROLE,
        owner=role.role_id,
        owner_proof=str(role.generation),
        name=wish.session_name,
        source_identity=source,
        policies=_session_policies(wish),
        tags={**wish.tags, **inherited},
        transitive_tag_keys=sorted({*wish.transitive_tag_keys, *inherited}),
        identity=session.identity if session else None,
    )
    return Assumed(sessions.issue(grant, wish.seconds), role, grant)


def session_token(caller: Caller, seconds: int) -> Credentials:
    """GetSessionToken: the caller's own rights, for a while."""
    if caller.session is not None:
        raise errors.not_with_session_credentials("GetSessionToken")
    if caller.is_root:
        grant = Grant(kind=ROOT, owner=caller.access_key_id, owner_proof=callers.proof_of_first_key())
        return sessions.issue(grant, min(seconds, LONGEST_OF_ROOT))
    return sessions.issue(Grant(kind=USER, owner=caller.access_key_id, owner_proof=""), seconds)


def _inherited(caller: Caller, wish: Wish) -> tuple[dict[str, str], str]:
    """Transitive tags and the source identity follow a chain of roles, and nobody in it may change them."""
    if caller.session is None:
        return {}, wish.source_identity
    before = caller.session.grant
    if before.source_identity and wish.source_identity not in ("", before.source_identity):
        raise errors.source_identity_fixed()
    inherited = {key: before.tags[key] for key in before.transitive_tag_keys}
    taken = {key.lower() for key in inherited}
    for key in wish.tags:
        if key.lower() in taken:
            raise errors.transitive_tag_overridden(key)
    return inherited, wish.source_identity or before.source_identity


# --- both -----------------------------------------------------------------------------------------------------------


def _trusts(
    role: Role,
    actions: list[str],
    principals: frozenset[Principal],
    context: Mapping[str, str | list[str]],
    pinned: tuple[frozenset[str], ...] = (),
) -> bool:
    """``pinned``: what the statement that lets the principal in must name; tags come with whom it let in."""
    policy = documents.trust_in_use(role.trust)
    known = conditions.known({**authorization.now(), **context})
    first, *others = [Request(action, None, known, principals) for action in actions]
    return decide([policy], first, pinned) is Decision.ALLOWED and all(
        decide([policy], request) is Decision.ALLOWED for request in others
    )


def _check_duration(role: Role, wish: Wish) -> None:
    if wish.seconds > role.max_session_seconds:
        raise errors.duration_exceeds_role()


def _check_chaining(caller: Caller, wish: Wish) -> None:
    if caller.principal_kind == ASSUMED_ROLE and wish.seconds > LONGEST_CHAINED:
        raise errors.duration_exceeds_chaining()


def _check_tags(wish: Wish) -> None:
    if not set(wish.transitive_tag_keys) <= wish.tags.keys():
        raise errors.transitive_tag_unknown()


def _session_policies(wish: Wish) -> list[str] | None:
    """None: the role's own policies decide alone."""
    if wish.policy is not None:
        if len(wish.policy) > LONGEST_SESSION_POLICY:
            raise errors.session_policy_too_long(LONGEST_SESSION_POLICY)
        documents.permissions(wish.policy)
    own = [] if wish.policy is None else [wish.policy]
    found = [*own, *map(managed_policies.document, wish.policy_arns)]
    return found or None
