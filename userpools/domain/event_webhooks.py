"""Webhooks for events, as operators set them up: an address, a secret that is shown once, and the kinds of events."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cognito_site import keyring, outgoing
from cognito_site.contract import errors
from userpools.domain import access, events, notifications
from userpools.models import UserPool

MOST = 10
LONGEST_URL = 2048


@transaction.atomic
def add(pool: UserPool, url: str, kinds: Iterable[str] = ()) -> tuple[str, str]:
    """Id and secret. Without kinds it hears of everything. Raises InvalidParameter."""
    wanted = sorted(set(kinds))
    _check(url, wanted)
    locked = access.locked_pool(pool)
    if len(locked.event_webhooks) >= MOST:
        raise errors.event_webhook_refused(f"the user pool has {MOST} already")
    webhook_id, secret = secrets.token_hex(8), f"whsec_{secrets.token_urlsafe(32)}"
    sealed = keyring.seal(secret.encode(), notifications.secret_context(webhook_id))
    hook = {"id": webhook_id, "url": url, "kinds": wanted, "secret": base64.b64encode(sealed).decode()}
    _save(pool, locked, [*locked.event_webhooks, hook])
    return webhook_id, secret


@transaction.atomic
def remove(pool: UserPool, webhook_id: str) -> None:
    """What is on its way to it does not leave any more. Raises InvalidParameter for one that is not there."""
    locked = access.locked_pool(pool)
    if notifications.find(locked, webhook_id) is None:
        raise errors.event_webhook_refused(f"there is no webhook {webhook_id}")
    _save(pool, locked, [hook for hook in locked.event_webhooks if hook["id"] != webhook_id])


def _save(pool: UserPool, locked: UserPool, hooks: list[notifications.Webhook]) -> None:
    pool.event_webhooks = locked.event_webhooks = hooks
    locked.modified_at = timezone.now()
    locked.save(update_fields=["event_webhooks", "modified_at"])


def _check(url: str, kinds: list[str]) -> None:
    if unknown := next((kind for kind in kinds if kind not in events.KINDS), None):
        raise errors.event_webhook_refused(f"nothing of the kind {unknown} happens")
    if urlsplit(url).scheme != "https" and not settings.POOLHOUSE.allow_private_network:
        raise errors.event_webhook_refused("its address must begin with https://")
    if len(url) > LONGEST_URL:
        raise errors.event_webhook_refused(f"its address is longer than {LONGEST_URL} characters")
    try:
        outgoing.check(url)
    except outgoing.Forbidden as refused:
        raise errors.event_webhook_refused(str(refused).rstrip(".")) from None
