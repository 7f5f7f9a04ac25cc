"""User pools of this installation as login providers.

Each has two names: AWS's, which SDKs build themselves (``cognito-idp.<region>.amazonaws.com/<pool>``), and its issuer
without the scheme, which Amplify takes from the token. Both mean the same pool; the first is how logins are kept.
"""

from __future__ import annotations

import re

from django.conf import settings

from cognito_site.contract import errors
from userpools.domain import access
from userpools.models import UserPool

_POOL_ID = re.compile(r"[a-z0-9-]{1,40}_[0-9A-Za-z]{1,55}")


def canonical(pool_id: str) -> str:
    return f"cognito-idp.{pool_id.partition('_')[0]}.amazonaws.com/{pool_id}"


def names(pool: UserPool) -> tuple[str, str]:
    return canonical(pool.pk), pool.issuer.partition("://")[2]


def pool_id(name: str) -> str | None:
    """The id of the user pool that ``name`` means, whether or not there is one; None for another kind of provider."""
    place, _, found = name.rpartition("/")
    ours = settings.POOLHOUSE.public_url.partition("://")[2]
    if not _POOL_ID.fullmatch(found):
        return None
    return found if place == ours or name == canonical(found) else None


def plain(name: str) -> str:
    """One name for each provider."""
    found = pool_id(name)
    return canonical(found) if found else name


def find(name: str) -> UserPool | None:
    found = pool_id(name)
    return _pool(found) if found else None


def of_issuer(issuer: str) -> UserPool | None:
    scheme, _, name = issuer.partition("://")
    pool = find(name) if scheme == settings.POOLHOUSE.scheme else None
    return pool if pool is not None and pool.issuer == issuer else None


def _pool(pool_id: str) -> UserPool | None:
    try:
        return access.pool(pool_id)
    except errors.ResourceNotFound:
        return None
