"""The console's front door: lets nobody pass who is not in, finds the place that the path names, and puts the headers
on every answer, refusals included."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirect

from cognito_site.console import answers, places, refused, sessions

Answer = Callable[[HttpRequest], HttpResponseBase]

STEPS = ("login/", "second-factor/", "enrol/", "recovery-codes/", "prove/", "logout/")
HEADERS = {
    "Content-Security-Policy": answers.POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def operators_only(others: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        if _is_elsewhere(request):
            return others(request)
        if request.path_info == places.ROOT.rstrip("/"):
            return HttpResponseRedirect(places.ROOT)
        response = _answered(request, others)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


def _is_elsewhere(request: HttpRequest) -> bool:
    """Pools' pages are trees of their own, at hosts and paths of their own: there is no console in them."""
    is_ours = request.path_info == places.ROOT.rstrip("/") or request.path_info.startswith(places.ROOT)
    return not is_ours or hasattr(request, "urlconf")


def _answered(request: HttpRequest, others: Answer) -> HttpResponseBase:
    if sessions.is_operator(request.user):
        if sessions.is_over(request):
            logout(request)
        else:
            sessions.note_use(request)
    if not sessions.is_in(request) and request.path_info[len(places.ROOT) :] not in STEPS:
        return answers.see_other(answers.on_the_way("login", request.get_full_path()))
    try:
        places.enter(request)
    except Http404 as missing:
        with places.prefix(places.ROOT):
            return refused.not_found(request, missing)
    place = places.of(request)
    with places.prefix(place.url if place else places.ROOT):
        return others(request)
