"""``python -m bench.fill POOL FIRST END``: many users at once, straight into the tables of the server's database."""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from userpools.models import SignInName, User, UserPool  # noqa: E402

BATCH = 2000


def fill(pool: UserPool, first: int, end: int) -> None:
    now = timezone.now()
    for start in range(first, end, BATCH):
        users = [
            User(
                pool=pool,
                username=f"user-{number}",
                status=User.Status.CONFIRMED,
                attributes={"email": f"user-{number}@example.com", "email_verified": "true"},
                created_at=now,
                modified_at=now,
            )
            for number in range(start, min(start + BATCH, end))
        ]
        User.objects.bulk_create(users)
        SignInName.objects.bulk_create(
            SignInName(pool=pool, user=user, kind=SignInName.Kind.USERNAME, name=user.username) for user in users
        )


if __name__ == "__main__":
    fill(UserPool.objects.get(pk=sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
