"""One statement: whom, what, on what, and when; and whether it speaks of a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from identitypools.domain.policies.conditions import Condition, Null
from identitypools.domain.policies.templates import Context, Template, Unresolvable
from identitypools.domain.policies.wildcards import ArnGlob, Glob

# Whoever signs with a key of an account. ("Federated", name) is somebody whom an identity provider vouches for.
EVERYBODY = ("AWS", "*")
Principal = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    """``resource`` is None where the policy is the resource's own; ``principals`` are all the names that a trust policy
    may know the caller by, and empty where a policy is the caller's own."""

    action: str
    resource: str | None
    context: Context
    principals: frozenset[Principal] = frozenset()

    @property
    def is_federated(self) -> bool:
        return any(kind == "Federated" for kind, _ in self.principals)


@dataclass(frozen=True, slots=True)
class Actions:
    """Names are not told apart by case."""

    patterns: tuple[Glob, ...]
    are_excluded: bool

    def include(self, action: str) -> bool:
        folded = action.lower()
        return any(pattern.matches(folded) for pattern in self.patterns) != self.are_excluded


@dataclass(frozen=True, slots=True)
class Resource:
    """``is_any`` is a lone star."""

    template: Template
    fixed: ArnGlob | None
    is_any: bool

    def matches(self, arn: str, context: Context) -> bool:
        if self.is_any:
            return True
        return (self.fixed or ArnGlob(self.template.tokens(context))).matches(arn)


@dataclass(frozen=True, slots=True)
class Resources:
    patterns: tuple[Resource, ...]
    are_excluded: bool

    def include(self, arn: str, context: Context) -> bool:
        """All are looked at: a variable without a value must not depend on their order."""
        return (True in [pattern.matches(arn, context) for pattern in self.patterns]) != self.are_excluded


@dataclass(frozen=True, slots=True)
class Principals:
    names: frozenset[Principal]
    are_excluded: bool

    def include(self, request: Request, *, everybody: bool) -> bool:
        """``everybody``: whether a star also means those whom a provider vouches for. It denies them, but to let them
        in their provider must be named."""
        named = not self.names.isdisjoint(request.principals) or (
            EVERYBODY in self.names and (everybody or not request.is_federated)
        )
        return named != self.are_excluded


@dataclass(frozen=True, slots=True)
class Statement:
    allows: bool
    actions: Actions
    resources: Resources | None = None
    principals: Principals | None = None
    conditions: tuple[Condition | Null, ...] = field(default=())

    def applies(self, request: Request) -> bool:
        """A condition that cannot be decided keeps an Allow from applying, and lets a Deny apply."""
        if not (self.actions.include(request.action) and self._speaks_of(request)):
            return False
        try:
            if self.resources is not None and not self.resources.include(request.resource or "", request.context):
                return False
            outcomes = [condition.holds(request.context) for condition in self.conditions]
        except Unresolvable:
            return False
        return all(outcomes) if self.allows else False not in outcomes

    def _speaks_of(self, request: Request) -> bool:
        return self.principals is None or self.principals.include(request, everybody=not self.allows)

    def pins(self, groups: Iterable[frozenset[str]]) -> bool:
        """Whether it can only apply where one key of each group has one of a few values."""
        pinned = {condition.key for condition in self.conditions if condition.pins}
        return all(group & pinned for group in groups)
