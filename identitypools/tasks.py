"""What the clock does for identity pools. Temporary credentials expire by themselves: they have no rows."""

from __future__ import annotations

from datetime import timedelta

from cognito_site.celery import periodic
from identitypools.domain import signing_keys


@periodic(timedelta(hours=6))
def forget_retired_keys_of_identity_pools() -> None:
    signing_keys.forget_retired()
