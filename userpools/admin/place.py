"""A user pool as a place of the console, and who acts there."""

from __future__ import annotations

import re
from typing import ClassVar, cast

from django.http import HttpRequest

from cognito_site.console import places, sessions
from cognito_site.console.objects import ObjectAdmin
from cognito_site.console.places import Kind
from userpools.domain import access
from userpools.models import UserPool
from userpools.values import Context

POOL_ID = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}_[0-9A-Za-z]{1,55}")

USER_POOL = places.register(
    Kind(
        noun="user pool",
        nouns="User pools",
        ids=POOL_ID,
        permission="userpools.view_userpool",
        find=access.find_pool,
        listed=lambda most: access.pools()[:most],
    )
)


def pool_of(request: HttpRequest) -> UserPool:
    """Where the request is; pages of a pool are reached in one only."""
    place = places.of(request)
    assert place is not None
    return cast(UserPool, place.row)


def context(request: HttpRequest) -> Context:
    return Context(
        ip=str(request.META.get("REMOTE_ADDR", "")),
        user_agent=request.headers.get("User-Agent", ""),
        actor=f"operator/{sessions.operator(request).get_username()}",
    )


class InPool(ObjectAdmin):
    """A noun that lives in a pool."""

    kind: ClassVar[Kind | None] = USER_POOL
