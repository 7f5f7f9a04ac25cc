"""Which second factors confirm a user's sign-ins, and which of them is asked first."""

from __future__ import annotations

from typing import Any

from django import forms

from cognito_site.console.forms import ConsoleForm
from cognito_site.console.tabs import FormTab
from cognito_site.console.visits import Visit
from userpools.admin import user_words
from userpools.admin.place import context
from userpools.domain import factors
from userpools.models import User

NONE = ("", "None: whoever has several is asked to choose")


class FactorsForm(ConsoleForm):
    """Factors that can be asked for now, and those that were enabled before."""

    enabled = forms.MultipleChoiceField(
        required=False, label="Confirms sign-ins", widget=forms.CheckboxSelectMultiple, choices=[]
    )
    preferred = forms.ChoiceField(required=False, label="Asked first", widget=forms.RadioSelect, choices=[])

    def prepare(self) -> None:
        user: User = self.visit.row
        missing = user_words.missing_factors(user)
        offered = [
            (factor, user_words.factor_of(user, factor))
            for factor in factors.FACTORS
            if factor not in missing or factor in user.enabled_mfa
        ]
        self.fields["enabled"].choices = offered  # type: ignore[attr-defined]
        self.fields["preferred"].choices = [NONE, *offered]  # type: ignore[attr-defined]
        self.fields["enabled"].help_text = " ".join(missing.values())
        if not offered:
            del self.fields["preferred"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("preferred") and given["preferred"] not in given.get("enabled", ()):
            self.add_error("preferred", "This one does not confirm sign-ins: tick it above, too.")
        return given


class SecondFactors(FormTab):
    name, label, form_class = "factors", "Second factors", FactorsForm
    is_guarded = True
    note = "Where the pool requires a second factor, having one is enough: it is asked for also where it is not ticked."

    def initial(self, visit: Visit) -> dict[str, Any]:
        user: User = visit.row
        return {"enabled": list(user.enabled_mfa), "preferred": user.preferred_mfa}

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        user: User = visit.row
        before, after = (
            _wishes(user.enabled_mfa, user.preferred_mfa),
            _wishes(given["enabled"], given.get("preferred", "")),
        )
        wishes = {factor: wish for factor, wish in after.items() if wish != before[factor]}
        factors.set_preference(user, wishes, context(visit.request))


def _wishes(enabled: list[str], preferred: str) -> dict[str, tuple[bool, bool]]:
    """What is not named stays, so only what changes is."""
    return {factor: (factor in enabled, factor == preferred) for factor in factors.FACTORS}
