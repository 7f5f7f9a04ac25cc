"""What an operator can do to an object, each with a page that says what will happen and what will not, before it does.

A deed is a small class: what it is called, when it applies, what it says, and ``perform``, which calls the domain. The
page, the permission, the fresh proof of identity, the log and the way back are the same for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse

from cognito_site.console import answers, once, sign_in
from cognito_site.console.forms import ConsoleForm, NoFields
from cognito_site.console.visits import REFUSALS, Visit


@dataclass(frozen=True, slots=True)
class Done:
    """``sentence`` is said, and logged where ``logged`` is empty: the log names people by pseudonyms. ``shown`` are
    secrets by their label, shown in this answer and never again. ``url`` is where to go on, else back to the object.
    """

    sentence: str
    shown: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    logged: str = ""


class Deed:
    """``verb`` is the permission it needs, ``button`` names verb and object, ``way_back`` says what stays. ``template``
    is the page that asks.

    ``is_guarded``: asks for a fresh proof first. ``is_one_write``: nothing but the database is waited for, so the deed
    and its entry in the log are one transaction. ``shows_secret``: its form is good once. ``is_main``: a button of its
    own in the header; others are in the menu, unless ``is_listed`` is false: then a link elsewhere says to what.
    ``is_destructive``: what is gone is gone.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    verb: ClassVar[str] = "change"
    button: ClassVar[str] = ""
    way_back: ClassVar[str] = "Leave it as it is"
    form_class: ClassVar[type[ConsoleForm]] = NoFields
    template: ClassVar[str] = "console/confirm.html"
    is_guarded: ClassVar[bool] = False
    is_one_write: ClassVar[bool] = True
    shows_secret: ClassVar[bool] = False
    is_main: ClassVar[bool] = False
    is_listed: ClassVar[bool] = True
    is_destructive: ClassVar[bool] = False

    def applies(self, row: Any) -> bool:
        """Whether it is offered. The domain refuses what it does not allow, whatever is offered."""
        return True

    def title(self, row: Any) -> str:
        return f"{self.label}?"

    def happens(self, row: Any) -> list[str]:
        return []

    def stays(self, row: Any) -> list[str]:
        return []

    def warning(self, row: Any) -> str:
        """Why it will be refused, if that is known."""
        return ""

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {}

    def context(self, visit: Visit) -> dict[str, Any]:
        """What else the template shows."""
        return {}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        raise NotImplementedError

    def record(self, visit: Visit, done: Done) -> None:
        visit.record(done.logged or done.sentence)


def answer(deed: Deed, visit: Visit) -> HttpResponse:
    visit.check(deed.verb)
    if not deed.applies(visit.row):
        visit.say("This has been done already, or does not apply any more.")
        return answers.see_other(visit.url())
    if deed.is_guarded and not visit.is_fresh:
        return sign_in.ask_for_proof(visit.request)
    data = visit.request.POST if visit.request.method == "POST" else None
    form = deed.form_class(data, initial=deed.initial(visit), visit=visit)
    if data is not None and form.is_valid():
        done = _performed(deed, visit, form)
        if done is not None:
            return _answered(visit, done)
    return _question(deed, visit, form)


def _performed(deed: Deed, visit: Visit, form: ConsoleForm) -> Done | None:
    if deed.shows_secret and not once.take(visit.request, visit.request.POST.get("ticket", "")):
        form.add_error(None, "This was sent already, and is not done twice. Look at the object before you do it again.")
        return None
    # What a deed deletes has no key afterwards, and the log needs one.
    before = replace(visit, row=copy(visit.row))
    try:
        with transaction.atomic() if deed.is_one_write else nullcontext():
            done = deed.perform(visit, form.cleaned_data)
            deed.record(before, done)
    except REFUSALS as refusal:
        form.add_error(None, refusal.message)
        return None
    return done


def _answered(visit: Visit, done: Done) -> HttpResponse:
    if done.shown:
        return secret_page(visit, done)
    visit.say(done.sentence)
    return answers.see_other(done.url or visit.url())


def secret_page(visit: Visit, done: Done) -> HttpResponse:
    context = {"title": done.sentence, "shown": done.shown, "way_on": done.url or visit.url()}
    return answers.page(visit.request, "console/secret.html", {**visit.admin.frame(visit.request), **context})


def _question(deed: Deed, visit: Visit, form: ConsoleForm) -> HttpResponse:
    row = visit.row
    context = {
        "title": deed.title(row),
        "deed": deed,
        "form": form,
        "happens": deed.happens(row),
        "stays": deed.stays(row),
        "warning": deed.warning(row),
        "button": deed.button or deed.label,
        "ticket": once.ticket(visit.request) if deed.shows_secret else "",
        "original": row,
        "original_url": visit.url(),
        **deed.context(visit),
    }
    return answers.page(visit.request, deed.template, {**visit.admin.frame(visit.request), **context})
