"""Whether a caller's policies let them do something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_site.contract import errors
from identitypools.domain.callers import Caller


def authorize(caller: Caller, action: str, resource: str, context: Mapping[str, Any]) -> None:
    """The account's own keys may do everything."""
    if not caller.is_root:
        because = f" because no identity-based policy allows the {action} action"
        raise errors.access_denied(caller.arn, action, resource, because)
