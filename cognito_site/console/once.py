"""A page that shows a secret in answer to a POST must not show a second one when it is loaded again: its form carries a
ticket that is good once."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

TICKETS = "console-tickets"
MOST_OPEN = 20


def ticket(request: HttpRequest) -> str:
    made = secrets.token_urlsafe(12)
    request.session[TICKETS] = [*request.session.get(TICKETS, ()), made][-MOST_OPEN:]
    return made


def take(request: HttpRequest, given: str) -> bool:
    still_open = list(request.session.get(TICKETS, ()))
    if given not in still_open:
        return False
    request.session[TICKETS] = [each for each in still_open if each != given]
    return True
