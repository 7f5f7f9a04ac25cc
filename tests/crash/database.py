"""``python -m tests.crash.database [--dead]``, beside the Poolhouse of the environment: prints what its database holds.

With ``--dead`` the leases of workers that died end now, as they would within a minute: whoever asks knows that all who
live have nothing to do.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from userpools.models import Message, User  # noqa: E402


def main() -> None:
    if "--dead" in sys.argv:
        Message.objects.filter(status=Message.Status.PENDING).update(leased_until=None, due_at=timezone.now())
    users = {str(sub): name for sub, name in User.objects.values_list("sub", "username")}
    rows = Message.objects.values_list("id", "user__sub", "destination", "medium", "status", "attempts")
    messages = [[str(value) for value in row] for row in rows]
    print(json.dumps({"users": users, "messages": messages}))


if __name__ == "__main__":
    main()
