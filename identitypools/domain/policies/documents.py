"""Reads a policy document, strictly: as IAM does when one is stored, and again, with the same code, when it is used.

A document is kept as the text that was given. One that does not parse when it is used (an older version of Poolhouse
may have accepted it) denies everything: half of a policy may be worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cognito_site.contract import errors
from identitypools.domain.policies import conditions, templates
from identitypools.domain.policies.conditions import Condition, Null, UnknownOperator
from identitypools.domain.policies.statements import (
    EVERYBODY,
    Actions,
    Principal,
    Principals,
    Resource,
    Resources,
    Statement,
)
from identitypools.domain.policies.wildcards import ARN_SEGMENTS, ArnGlob, Glob, tokens

VERSIONS = ("2008-10-17", "2012-10-17")
MEMBERS = {"Version", "Id", "Statement"}
STATEMENT_MEMBERS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
PRINCIPAL_KINDS = {"AWS", "Federated", "Service", "CanonicalUser"}
SYNTAX = "Syntax errors in policy."
_SID = re.compile(r"\A[A-Za-z0-9]*\Z")
_ACTION = re.compile(r"\A[A-Za-z0-9-]+:[A-Za-z0-9*?]+\Z")
_ACCOUNT = re.compile(r"\A[0-9]{12}\Z")
_KEY = re.compile(r"\A[^\s:]+:[^\s]+\Z")


@dataclass(frozen=True, slots=True)
class Policy:
    statements: tuple[Statement, ...]


def permissions(text: str) -> Policy:
    """What a principal may do. Raises MalformedPolicyDocument."""
    return _policy(text, _of_permissions)


def trust(text: str) -> Policy:
    """Who may become a role. Raises MalformedPolicyDocument."""
    return _policy(text, _of_trust)


@lru_cache(maxsize=256)
def permissions_in_use(text: str) -> Policy:
    return _or_nothing(permissions, text)


@lru_cache(maxsize=256)
def trust_in_use(text: str) -> Policy:
    return _or_nothing(trust, text)


def _or_nothing(read: Callable[[str], Policy], text: str) -> Policy:
    try:
        return read(text)
    except errors.MalformedPolicyDocument:
        return Policy((Statement(allows=False, actions=_actions({"Action": "*"})),))


# --- the document ---------------------------------------------------------------------------------------------------

_Members = Mapping[str, Any]


def _policy(text: str, scope: Callable[[_Members, str], dict[str, Any]]) -> Policy:
    document = _object(_json(text), MEMBERS)
    version = document.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        raise errors.malformed_policy("The policy must contain a valid version string")
    found = document.get("Statement")
    given = [_object(entry, STATEMENT_MEMBERS) for entry in ([found] if isinstance(found, dict) else _list(found))]
    _check_ids(given)
    return Policy(tuple(_statement(members, version, scope) for members in given))


def _json(text: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise errors.malformed_policy(SYNTAX)
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=unique)
    except (ValueError, RecursionError):
        raise errors.malformed_policy("This policy contains invalid Json") from None


def _object(value: Any, members: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict) or not value.keys() <= members:
        raise errors.malformed_policy(SYNTAX)
    return value


def _list(value: Any) -> list[Any]:
    """Never empty: nothing is left out by accident."""
    if not isinstance(value, list) or not value:
        raise errors.malformed_policy(SYNTAX)
    return value


def _texts(value: Any) -> list[str]:
    found = [value] if isinstance(value, str) else _list(value)
    if not all(isinstance(entry, str) and entry for entry in found):
        raise errors.malformed_policy(SYNTAX)
    return found


def _check_ids(statements: Iterable[_Members]) -> None:
    ids = [members["Sid"] for members in statements if members.get("Sid") not in (None, "")]
    if not all(isinstance(entry, str) and _SID.match(entry) for entry in ids):
        raise errors.malformed_policy("Statement IDs (SID) must be alpha-numeric.")
    if len(set(ids)) != len(ids):
        raise errors.malformed_policy("Statement IDs (SID) in a single policy must be unique.")


def _statement(members: _Members, version: str, scope: Callable[[_Members, str], dict[str, Any]]) -> Statement:
    effect = members.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise errors.malformed_policy(SYNTAX if effect is None else f"Invalid effect: {effect}")
    actions = _actions(members)
    found = tuple(_conditions(members.get("Condition", {}), version))
    return Statement(allows=effect == "Allow", actions=actions, conditions=found, **scope(members, version))


def _of_permissions(members: _Members, version: str) -> dict[str, Any]:
    if {"Principal", "NotPrincipal"} & members.keys():
        raise errors.malformed_policy("Policy document should not specify a principal.")
    return {"resources": _resources(members, version)}


def _of_trust(members: _Members, version: str) -> dict[str, Any]:
    if {"Resource", "NotResource"} & members.keys():
        raise errors.malformed_policy("Has prohibited field Resource")
    for action in _texts(members.get("Action", members.get("NotAction"))):
        if not action.lower().startswith("sts:"):
            raise errors.malformed_policy("AssumeRole policy may only specify STS AssumeRole actions.")
    return {"principals": _principals(members)}


def _one_of(members: _Members, name: str, what: str) -> tuple[Any, bool]:
    """The value of ``name`` or of its opposite, of which there must be exactly one; and which it was."""
    opposite = f"Not{name}"
    if (name in members) == (opposite in members):
        raise errors.malformed_policy(what)
    return members.get(name, members.get(opposite)), opposite in members


# --- what, on what, whom --------------------------------------------------------------------------------------------


def _actions(members: _Members) -> Actions:
    value, are_excluded = _one_of(members, "Action", "Policy statement must contain actions.")
    found = _texts(value)
    for action in found:
        if action != "*" and not _ACTION.match(action):
            raise errors.malformed_policy(
                "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
                if ":" not in action
                else f"The action {action} is not valid."
            )
    return Actions(tuple(Glob(tokens(action.lower())) for action in found), are_excluded)


def _resources(members: _Members, version: str) -> Resources:
    value, are_excluded = _one_of(members, "Resource", "Policy statement must contain resources.")
    return Resources(tuple(_resource(text, version) for text in _texts(value)), are_excluded)


def _resource(text: str, version: str) -> Resource:
    """Variables stand behind the fifth colon only, so what they bring cannot become an account or a service."""
    segments = text.split(":", ARN_SEGMENTS - 1)
    is_whole = len(segments) == ARN_SEGMENTS or segments[-1].endswith("*")
    if text != "*" and (segments[0] != "arn" or len(segments) < 3 or not is_whole):
        raise errors.malformed_policy(f'Resource {text} must be in ARN format or "*".')
    has_early_variable = version == templates.WITH_VARIABLES and any("${" in part for part in segments[:5])
    try:
        template = templates.parse(text, version, wildcards=True)
    except ValueError:
        has_early_variable = True
    if has_early_variable:
        raise errors.malformed_policy(f"The policy variables of resource {text} are not valid.")
    fixed = ArnGlob(template.tokens({})) if template.is_fixed else None
    return Resource(template, fixed, is_any=text == "*")


def _principals(members: _Members) -> Principals:
    value, are_excluded = _one_of(members, "Principal", "Missing required field Principal")
    if are_excluded and members.get("Effect") == "Allow":
        raise errors.malformed_policy("Allow with NotPrincipal is not allowed.")
    if value == "*":
        return Principals(frozenset({EVERYBODY}), are_excluded)
    named = _object(value, PRINCIPAL_KINDS)
    if not named:
        raise errors.malformed_policy("Missing required field Principal")
    return Principals(frozenset(_named(named)), are_excluded)


def _named(named: _Members) -> Iterable[Principal]:
    for kind, value in named.items():
        for name in _texts(value):
            is_arn = name.startswith("arn:") and not set("*?") & set(name)
            if kind == "AWS" and not (name == "*" or is_arn or _ACCOUNT.match(name)):
                raise errors.malformed_policy(f'Invalid principal in policy: "AWS":"{name}"')
            if kind != "AWS" and set("*?") & set(name):
                raise errors.malformed_policy(f'Invalid principal in policy: "{kind.upper()}":"{name}"')
            yield kind, name


# --- when -----------------------------------------------------------------------------------------------------------


def _conditions(block: Any, version: str) -> Iterable[Condition | Null]:
    if not isinstance(block, dict):
        raise errors.malformed_policy(SYNTAX)
    for name, keys in block.items():
        if not isinstance(keys, dict) or not keys:
            raise errors.malformed_policy(SYNTAX)
        for key, values in keys.items():
            yield _condition(name, key, values, version)


def _condition(name: str, key: str, values: Any, version: str) -> Condition | Null:
    if not _KEY.match(key):
        raise errors.malformed_policy(f"Invalid Condition key: {key}")
    given = _list(values) if isinstance(values, list) else [values]
    try:
        return conditions.read(name, key, tuple(map(_plain, given)), version)
    except UnknownOperator:
        raise errors.malformed_policy(f"Invalid Condition type : {name}.") from None
    except ValueError:
        raise errors.malformed_policy(f"Invalid value of the condition {name} {key}.") from None


def _plain(value: Any) -> str:
    """Numbers and booleans may stand without quotes."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise errors.malformed_policy(SYNTAX)
