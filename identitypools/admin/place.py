"""An identity pool as a place of the console."""

from __future__ import annotations

import re
from typing import cast

from django.http import HttpRequest

from cognito_site.console import places
from cognito_site.console.places import Kind
from identitypools.domain import access
from identitypools.models import IdentityPool

POOL_ID = re.compile(r"[a-z0-9-]{1,40}:[0-9a-f-]{36}")

IDENTITY_POOL = places.register(
    Kind(
        noun="identity pool",
        nouns="Identity pools",
        ids=POOL_ID,
        permission="identitypools.view_identitypool",
        find=access.find_pool,
        listed=lambda most: access.pools()[:most],
    )
)


def pool_of(request: HttpRequest) -> IdentityPool:
    """Where the request is; pages of a pool are reached in one only."""
    place = places.of(request)
    assert place is not None
    return cast(IdentityPool, place.row)
