"""Whether a caller's policies let them do something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone

from cognito_site.contract import errors
from identitypools.domain import access, arns
from identitypools.domain.callers import Caller
from identitypools.domain.policies import conditions
from identitypools.domain.policies.evaluation import Decision, decide
from identitypools.domain.policies.statements import Request
from identitypools.domain.sessions import ASSUMED_ROLE

# What GetSessionToken gives may do no more of IAM and STS than this (AWS: "Comparing AWS STS credentials").
OF_STS_WITH_SESSION = ("sts:AssumeRole", "sts:GetCallerIdentity")


def authorize(caller: Caller, action: str, resource: str, context: Mapping[str, Any]) -> None:
    """Raises AccessDenied in AWS's words. The account itself may do everything."""
    _check_kind_of_credentials(caller, action, resource)
    if not caller.is_root:
        _judge(caller, action, resource, context)


def may_pass(caller: Caller, roles: Iterable[str], service: str, context: Mapping[str, Any]) -> None:
    """Who gives a role to others must be allowed to: else a pool, or a group, would be a way to any role."""
    if not caller.is_root:
        for role in roles:
            _judge(caller, "iam:PassRole", role, {**context, "iam:PassedToService": f"{service}.amazonaws.com"})


def _judge(caller: Caller, action: str, resource: str, context: Mapping[str, Any]) -> None:
    request = Request(action, resource, conditions.known({**now(), **caller.context, **context}))
    judged = [("identity-based", caller.policies), ("session", caller.session_policies)]
    decisions = {kind: decide(policies, request) for kind, policies in judged if policies is not None}
    for kind, decision in decisions.items():
        if decision is Decision.DENIED:
            raise errors.access_denied(caller.arn, action, resource, f" with an explicit deny in {_a(kind)} policy")
    for kind, decision in decisions.items():
        if decision is Decision.NOT_ALLOWED:
            because = f" because no {kind} policy allows the {action} action"
            raise errors.access_denied(caller.arn, action, resource, because)


def now() -> dict[str, str]:
    """Condition keys that are true of every request at this moment."""
    moment = timezone.now()
    return {
        "aws:CurrentTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": str(int(moment.timestamp())),
        "aws:RequestedRegion": settings.POOLHOUSE.region,
        "aws:SecureTransport": str(settings.POOLHOUSE.is_secure).lower(),
    }


def role_arn(name: str, path: str = "/") -> str:
    """The ARN that a policy must allow for a role, whether or not it exists: callers name it without its path."""
    role = access.find_role(name)
    return role.arn if role is not None else f"arn:aws:iam::{arns.account()}:role{path}{name}"


def _check_kind_of_credentials(caller: Caller, action: str, resource: str) -> None:
    is_own = caller.session is None or caller.principal_kind == ASSUMED_ROLE
    if not is_own and action.startswith(("iam:", "sts:")) and action not in OF_STS_WITH_SESSION:
        raise errors.access_denied(caller.arn, action, resource, " with credentials of GetSessionToken")


def _a(kind: str) -> str:
    return f"an {kind}" if kind == "identity-based" else f"a {kind}"
