"""Whose account a code is for, between the page that sent it and the page that takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse

from hostedui import cookies, notes, visit
from hostedui.oauth.authorization import Authorization
from hostedui.presentation import Sent
from hostedui.views import pages
from hostedui.visit import Visit
from userpools.domain import codes
from userpools.values import Delivery

LIFETIME = timedelta(hours=1)
PURPOSES = {cookies.CONFIRMING: codes.Purpose.SIGN_UP, cookies.RESETTING: codes.Purpose.PASSWORD_RESET}
PATHS = {cookies.CONFIRMING: "/confirm", cookies.RESETTING: "/confirmForgotPassword"}


@dataclass(frozen=True, slots=True)
class Pending:
    """``sent`` is None where nobody knows: who comes from the sign-in page got the code some time ago."""

    name: str
    sent: Sent | None = None


def confirm(request: Visit, asked: Authorization, name: str, delivery: Delivery | None = None) -> HttpResponse:
    return _sent_to(cookies.CONFIRMING, request, asked, name, delivery)


def reset(request: Visit, asked: Authorization, name: str, delivery: Delivery | None = None) -> HttpResponse:
    return _sent_to(cookies.RESETTING, request, asked, name, delivery)


def _sent_to(kind: str, request: Visit, asked: Authorization, name: str, delivery: Delivery | None) -> HttpResponse:
    response = pages.go_on(visit.at(request.pool_site, PATHS[kind], asked.query))
    sent = [delivery.medium, delivery.destination] if delivery else None
    notes.leave(response, request, kind, {"client": asked.client.pk, "name": name, "sent": sent}, LIFETIME)
    return response


def of(request: Visit, asked: Authorization, kind: str) -> Pending | None:
    note = notes.find(request, kind)
    if note.get("client") != asked.client.pk:
        return None
    return Pending(note["name"], _sent(kind, *note["sent"]) if note["sent"] else None)


def _sent(kind: str, medium: str, destination: str) -> Sent:
    hours = int(codes.LIFETIMES[PURPOSES[kind]].total_seconds() // 3600)
    return Sent(medium, destination, hours)
