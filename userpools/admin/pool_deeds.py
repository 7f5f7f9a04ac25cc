"""What is done to a pool as a whole."""

from __future__ import annotations

from typing import Any

from django import forms

from cognito_site.console import places
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.visits import Visit
from userpools.admin import pool_forms
from userpools.domain import schema, user_pools
from userpools.models import UserPool


class NewPool(Adding):
    title, button = "Add a user pool", "Add user pool"
    intro = "A directory of people, with its own rules, clients and keys. Nothing is shared between pools."
    form_class = pool_forms.NewPoolForm

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        wants_email = given["sign_in_with"] in ("alias", "email", "either") or "email" in given["required"]
        settings = {
            **pool_forms.NAME_SETTINGS[given["sign_in_with"]],
            "username_configuration": {"case_sensitive": not given["ignore_case"]},
            "auto_verified_attributes": ["email"] if wants_email else ["phone_number"],
            "admin_create_user_config": {"allow_admin_create_user_only": not given["is_open"]},
            "deletion_protection": "ACTIVE" if given["is_protected"] else "INACTIVE",
        }
        required: list[schema.Entry] = [{"name": name, "required": True} for name in given["required"]]
        pool = user_pools.create(given["name"], settings, required)
        return Made(pool, url=places.inside(pool.pk, "index"))


class AddAttribute(Deed):
    name, label, button, way_back = "add-attribute", "Add an attribute", "Add attribute", "Leave the schema as it is"
    form_class = pool_forms.NewAttributeForm

    def title(self, row: Any) -> str:
        return "Add an attribute"

    def happens(self, row: Any) -> list[str]:
        return ["Users of this pool can carry one more value. It cannot be renamed, changed or removed afterwards."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        entry: schema.Entry = {name: given[name] for name in ("name", "attribute_data_type", "mutable")}
        constraints, low, high = schema.BOUNDS.get(given["attribute_data_type"], ("", "", ""))
        bounds = {low: given["minimum"], high: given["maximum"]}
        said = {name: str(bound) for name, bound in bounds.items() if bound is not None}
        if constraints and said:
            entry[constraints] = said
        user_pools.add_custom_attributes(visit.row, [entry])
        return Done(f"Added the attribute {schema.CUSTOM}{given['name']}.", url=f"{visit.url()}?tab=attributes")


class DeletePoolForm(ConsoleForm):
    typed = forms.CharField(label="Type the name of the pool", widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed != self.visit.row.name:
            raise forms.ValidationError(f"The pool is called {self.visit.row.name}.")
        return typed


class DeletePool(Deed):
    name, label, verb, button = "delete", "Delete this pool", "delete", "Delete the pool and everybody in it"
    way_back = "Keep the pool"
    form_class = DeletePoolForm
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete {row.name}?"

    def happens(self, row: UserPool) -> list[str]:
        return [
            f"{row.users.count():,} users lose their accounts, and {row.clients.count()} applications their sign-in.",
            "Groups, resource servers, messages and the record of what happened go with it. Nothing brings them back.",
            "Tokens that applications check by themselves stay valid until they expire.",
        ]

    def stays(self, row: UserPool) -> list[str]:
        return ["Other pools, and identity pools that trust this one, stay; nobody comes in through it any more."]

    def warning(self, row: UserPool) -> str:
        if row.is_deletion_protected:
            return "This pool is protected from deletion. Switch that off under General first."
        return "This pool has a domain. Delete the domain first." if row.domains.exists() else ""

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        pool_id = visit.row.pk
        user_pools.delete(visit.row)
        return Done(f"The user pool {visit.row.name} ({pool_id}) is deleted.", url=places.outside("index"))
