"""Labels of pools and roles, and session tags: which keys and how many."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from cognito_site.contract import errors
from identitypools.domain import access
from identitypools.models import IdentityPool

MOST_TAGS = 50
RESERVED = "aws:"


def of_pairs(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """IAM's and STS's lists of keys and values; keys are not told apart by case."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if key.lower() in map(str.lower, found):
            raise errors.tag_key_twice()
        found[key] = value
    return found


def checked(labels: dict[str, str]) -> dict[str, str]:
    if len(labels) > MOST_TAGS:
        raise errors.too_many_tags(MOST_TAGS)
    for key in labels:
        if key.lower().startswith(RESERVED):
            raise errors.reserved_tag(key)
    return labels


@transaction.atomic
def add(pool: IdentityPool, labels: dict[str, str]) -> None:
    pool = access.locked_pool(pool)
    pool.tags = checked({**pool.tags, **labels})
    pool.save(update_fields=["tags"])


@transaction.atomic
def remove(pool: IdentityPool, keys: Iterable[str]) -> None:
    pool = access.locked_pool(pool)
    gone = set(keys)
    pool.tags = {key: value for key, value in pool.tags.items() if key not in gone}
    pool.save(update_fields=["tags"])
