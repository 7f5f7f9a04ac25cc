"""Labels that operators put on a pool; policies and people read them, Poolhouse does not."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from cognito_site.contract import errors
from userpools.domain import access
from userpools.models import UserPool

MOST_TAGS = 50
RESERVED = "aws:"


def checked(labels: dict[str, str]) -> dict[str, str]:
    if len(labels) > MOST_TAGS:
        raise errors.too_many_tags(MOST_TAGS)
    for key in labels:
        if key.lower().startswith(RESERVED):
            raise errors.reserved_tag(key)
    return labels


@transaction.atomic
def add(pool: UserPool, labels: dict[str, str]) -> None:
    pool = access.locked_pool(pool)
    pool.tags = checked({**pool.tags, **labels})
    pool.save(update_fields=["tags"])


@transaction.atomic
def remove(pool: UserPool, keys: Iterable[str]) -> None:
    pool = access.locked_pool(pool)
    gone = set(keys)
    pool.tags = {key: value for key, value in pool.tags.items() if key not in gone}
    pool.save(update_fields=["tags"])
