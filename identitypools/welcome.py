"""What the first operator is told of the first access key, in lines that a shell can take."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from cognito_site import first_start
from cognito_site.first_start import Part, Place
from identitypools.domain import callers, signing_keys


def lines() -> Iterable[str]:
    """A secret that came from the environment is not printed into logs: whoever set it has it."""
    key_id, secret = callers.first_key()
    shown = "$POOLHOUSE_SECRET_ACCESS_KEY" if settings.POOLHOUSE.secret_access_key else secret
    place = settings.POOLHOUSE
    return [
        f"export AWS_ENDPOINT_URL={place.public_url} AWS_DEFAULT_REGION={place.region}",
        f"export AWS_ACCESS_KEY_ID={key_id} AWS_SECRET_ACCESS_KEY={shown}",
    ]


first_start.register(
    Part(Place.ACCESS_KEY, "First access key, which may do everything", lines, prepare=signing_keys.ensure)
)
