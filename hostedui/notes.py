"""What a page leaves for a later one, in the browser: sealed, for this pool and this purpose, for a while.

So names of people are in no address, and nobody but this pool can have written what comes back. It is a convenience and
no proof: whoever deletes or keeps such a note gains nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cognito_site import keyring
from hostedui import cookies
from hostedui.visit import Visit


def leave(response: HttpResponse, request: Visit, kind: str, note: dict[str, Any], lifetime: timedelta) -> None:
    until = (timezone.now() + lifetime).timestamp()
    sealed = keyring.seal(json.dumps({"until": until, "note": note}).encode(), _context(request, kind))
    value = base64.urlsafe_b64encode(sealed).decode()
    cookies.put(response, request.pool_site, kind, value, int(lifetime.total_seconds()))


def find(request: Visit, kind: str) -> dict[str, Any]:
    """Empty where there is none that holds."""
    try:
        sealed = base64.urlsafe_b64decode(request.COOKIES.get(kind, ""))
        kept = json.loads(keyring.unseal(sealed, _context(request, kind)))
    except (binascii.Error, ValueError, keyring.CannotUnseal):
        return {}
    return dict(kept["note"]) if kept["until"] > timezone.now().timestamp() else {}


def _context(request: Visit, kind: str) -> str:
    return f"pages:{request.pool_site.pool_id}:{kind}"
