"""The decision (AWS: "Policy evaluation logic"): an explicit deny, else an allow, else no.

deny in any policy  -> denied, whatever else is said
no allow in the principal's policies -> denied
session policies, and none of them allows -> denied
else allowed
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum

from identitypools.domain.policies.documents import Policy
from identitypools.domain.policies.statements import Request


class Decision(Enum):
    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    NOT_ALLOWED = "not allowed"


def decide(policies: Iterable[Policy], request: Request, pinned: Collection[frozenset[str]] = ()) -> Decision:
    """``pinned``: groups of condition keys, in lower case; a statement must tie one key of each to values if it is to
    allow anything."""
    applying = [statement for policy in policies for statement in policy.statements if statement.applies(request)]
    if not all(statement.allows for statement in applying):
        return Decision.DENIED
    return Decision.ALLOWED if any(statement.pins(pinned) for statement in applying) else Decision.NOT_ALLOWED
