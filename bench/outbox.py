"""``python -m bench.outbox COUNT``: so many messages in the outbox of the server's database, and how many are left."""

from __future__ import annotations

import os
import sys
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from cognito_site import keyring  # noqa: E402
from userpools.domain import messages, user_pools  # noqa: E402
from userpools.models import Message, User, UserPool  # noqa: E402
from userpools.values import Context  # noqa: E402

BATCH = 1000


def fill(pool: UserPool, count: int) -> None:
    """As ``messages.send`` writes them, but many at once, and nobody is told."""
    now = timezone.now()
    user = User.objects.create(pool=pool, username="sailor", attributes={}, created_at=now, modified_at=now)
    letter = messages.compose(user, "ForgotPassword", messages.EMAIL, Context())
    packed = messages._packed(messages.render(letter, "123456"))
    for start in range(0, count, BATCH):
        Message.objects.bulk_create(_row(user, number, packed) for number in range(start, start + BATCH))


def _row(user: User, number: int, packed: bytes) -> Message:
    row_id, now = uuid4(), timezone.now()
    row = messages._row(user, "ForgotPassword", messages.EMAIL, f"sailor-{number}@example.com", now, row_id)
    row.content = keyring.seal(packed, messages._context(row_id))
    return row


if __name__ == "__main__":
    if len(sys.argv) > 1:
        fill(user_pools.create("drain", {}), int(sys.argv[1]))
    print(Message.objects.exclude(status=Message.Status.SENT).count())
