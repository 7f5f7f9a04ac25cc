"""The parts of an object's page. A tab shows something; a form tab also changes it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse

from cognito_site.console import answers, changes, sign_in
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.visits import REFUSALS, Visit


class Tab:
    """``permission`` is needed to see it, beside the permission to see the object."""

    name: ClassVar[str]
    label: ClassVar[str]
    template: ClassVar[str]
    permission: ClassVar[str] = "view"

    def context(self, visit: Visit) -> dict[str, Any]:
        return {}

    def answer(self, visit: Visit) -> dict[str, Any] | HttpResponse:
        if visit.request.method == "POST":
            raise PermissionDenied("There is nothing to change here.")
        return self.context(visit)


class FormTab(Tab):
    """``verb`` is the permission to save. A guarded form is opened only by who just proved to be who they are;
    ``is_one_write`` as of deeds."""

    template = "console/form_tab.html"
    form_class: ClassVar[type[ConsoleForm]]
    verb: ClassVar[str] = "change"
    button: ClassVar[str] = "Save"
    is_guarded: ClassVar[bool] = False
    is_one_write: ClassVar[bool] = True
    note: ClassVar[str] = ""
    keeps_values: ClassVar[bool] = True

    def initial(self, visit: Visit) -> dict[str, Any]:
        raise NotImplementedError

    def save(self, visit: Visit, given: dict[str, Any]) -> str | None:
        """What to say of it, if more than that it is saved."""
        raise NotImplementedError

    def answer(self, visit: Visit) -> dict[str, Any] | HttpResponse:
        is_post = visit.request.method == "POST"
        if is_post:
            visit.check(self.verb)
        if self.is_guarded and visit.may(self.verb) and not visit.is_fresh:
            return sign_in.ask_for_proof(visit.request)
        form = self._form(visit)
        if is_post and form.is_valid() and self._saved(visit, form):
            return answers.see_other(visit.request.get_full_path())
        may_save = visit.may(self.verb)
        if not may_save:
            form.disable()
        return {**self.context(visit), "form": form, "button": self.button if may_save else "", "note": self.note}

    def _form(self, visit: Visit) -> ConsoleForm:
        data = visit.request.POST if visit.request.method == "POST" else None
        return self.form_class(data, initial=self.initial(visit), visit=visit)

    def _saved(self, visit: Visit, form: ConsoleForm) -> bool:
        said = changes.compared if self.keeps_values else changes.named
        changed = said(form.labels(), form.before(), form.cleaned_data)
        if not changed:
            visit.say("Nothing was different, so nothing was changed.")
            return True
        try:
            with transaction.atomic() if self.is_one_write else nullcontext():
                outcome = self.save(visit, form.cleaned_data)
                visit.record(changed)
        except REFUSALS as refusal:
            form.add_error(None, refusal.message)
            return False
        visit.say(outcome or "Saved.")
        return True


class ChangesTab(Tab):
    """What operators did to this object, from the log."""

    name, label, template = "changes", "Changes", "console/changes_tab.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        return {"changes": changes.told(visit.request, changes.of(visit.row)[:100])}
