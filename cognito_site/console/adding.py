"""How a new object is made: a form, a call into the domain, and perhaps a secret that is shown this once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.contrib.admin.models import ADDITION
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse

from cognito_site.console import answers, changes, deeds, once, sign_in
from cognito_site.console.deeds import Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.visits import REFUSALS, Visit


@dataclass(frozen=True, slots=True)
class Made:
    """``shown`` as in ``Done``; ``url``: where to go on, else to the new object. ``sentence`` is said and logged, where
    "Created", the noun and the name do not say enough."""

    row: Model
    shown: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    sentence: str = ""


class Adding:
    """``template``, ``is_guarded``, ``is_one_write`` and ``shows_secret`` as in ``Deed``."""

    title: ClassVar[str]
    button: ClassVar[str]
    intro: ClassVar[str] = ""
    form_class: ClassVar[type[ConsoleForm]]
    template: ClassVar[str] = "console/add.html"
    is_guarded: ClassVar[bool] = False
    is_one_write: ClassVar[bool] = True
    shows_secret: ClassVar[bool] = False

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {}

    def context(self, visit: Visit) -> dict[str, Any]:
        """What else the template shows."""
        return {}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        raise NotImplementedError

    def answer(self, visit: Visit) -> HttpResponse:
        if self.is_guarded and not visit.is_fresh:
            return sign_in.ask_for_proof(visit.request)
        data = visit.request.POST if visit.request.method == "POST" else None
        form = self.form_class(data, initial=self.initial(visit), visit=visit)
        made = self._made(visit, form) if data is not None and form.is_valid() else None
        if made is not None:
            return self._answered(visit, made)
        ticket = once.ticket(visit.request) if self.shows_secret else ""
        context = {"title": self.title, "adding": self, "form": form, "ticket": ticket, **self.context(visit)}
        return answers.page(visit.request, self.template, {**visit.admin.frame(visit.request), **context})

    def _made(self, visit: Visit, form: ConsoleForm) -> Made | None:
        if self.shows_secret and not once.take(visit.request, visit.request.POST.get("ticket", "")):
            form.add_error(
                None, "This was sent already, and is not done twice. Look at the list before you do it again."
            )
            return None
        try:
            with transaction.atomic() if self.is_one_write else nullcontext():
                made = self.perform(visit, form.cleaned_data)
                named = visit.admin.pseudonym(made.row) or str(made.row)
                sentence = made.sentence or f"Created {visit.admin.noun} {named}"
                changes.record(visit.request, made.row, sentence, ADDITION, named)
        except REFUSALS as refusal:
            form.add_error(None, refusal.message)
            return None
        return made

    def _answered(self, visit: Visit, made: Made) -> HttpResponse:
        url = made.url or visit.admin.url("change", made.row.pk)
        sentence = f"{made.sentence or f'Created {visit.admin.noun} {made.row}'}."
        if made.shown:
            return deeds.secret_page(Visit(visit.request, visit.admin, made.row), Done(sentence, made.shown, url))
        visit.say(sentence)
        return answers.see_other(url)
