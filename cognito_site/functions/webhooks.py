"""A function behind an address: the event is posted, signed; what comes back is the answer.

It is signed as every post of ours is (``cognito_site.signatures``). The event id is the same at every attempt.
"""

from __future__ import annotations

from cognito_site import outgoing
from cognito_site.functions import payloads
from cognito_site.functions.outcomes import (
    ACCESS_DENIED,
    NOT_FOUND,
    SERVICE,
    SOCKET_TIMEOUT,
    THROTTLED,
    Answer,
    FunctionFailed,
    Garbled,
    NotAnswered,
)
from cognito_site.functions.targets import Webhook
from cognito_site.signatures import EVENT_ID, signed

_NAMES = {401: ACCESS_DENIED, 403: ACCESS_DENIED, 404: NOT_FOUND, 410: NOT_FOUND, 408: SOCKET_TIMEOUT, 429: THROTTLED}
# "Not now" in the language of HTTP.
_PASSING = frozenset({408, 409, 425, 429})


def ask(webhook: Webhook, event_id: str, body: bytes, seconds: float) -> Answer:
    """One attempt. Raises what outcomes has."""
    headers = {"Content-Type": "application/json", EVENT_ID: event_id, **signed(webhook.secret, body)}
    try:
        answer = outgoing.post(webhook.url, body, headers, seconds, payloads.LARGEST_ANSWER)
    except outgoing.Forbidden as refused:
        raise NotAnswered(ACCESS_DENIED, str(refused), is_final=True) from None
    except outgoing.TooLarge as failure:
        raise payloads.too_large(failure.size) from None
    except outgoing.Failed as failure:
        raise NotAnswered(SOCKET_TIMEOUT if failure.is_late else SERVICE, str(failure)) from None
    if answer.is_success:
        return Answer(payloads.read(answer.body))
    raise _refused(answer)


def _refused(answer: outgoing.Answer) -> FunctionFailed | NotAnswered:
    """4xx with an ``errorMessage`` is the function's own no."""
    is_ours = 400 <= answer.status < 500
    if is_ours and answer.status not in _PASSING:
        try:
            if isinstance(told := payloads.read(answer.body), dict) and "errorMessage" in told:
                return payloads.failure(answer.body)
        except (Garbled, FunctionFailed):
            pass
    name = _NAMES.get(answer.status, SERVICE)
    is_final = is_ours and answer.status not in _PASSING
    return NotAnswered(name, f"the webhook answered {answer.status}", is_final=is_final)
