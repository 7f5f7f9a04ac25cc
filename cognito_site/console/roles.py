"""Roles: Django's groups, as sentences that say what an operator may do."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import navigation, rights, sessions
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.marks import column, tags
from cognito_site.console.navigation import Entry
from cognito_site.console.objects import ObjectAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab, Tab
from cognito_site.console.visits import Visit


def _actor(visit: Visit) -> User:
    return sessions.operator(visit.request)


class RoleForm(ConsoleForm):
    """One group of boxes for each noun, with the rights that the actor has."""

    name = forms.CharField(max_length=150, help_text="Such as “Support” or “Auditor”.")

    def prepare(self) -> None:
        held = rights.held_by(_actor(self.visit))
        for noun, found in rights.by_noun().items():
            offered = [(right.permission, right.sentence) for right in found if right.permission in held]
            if offered:
                self.fields[f"rights-{noun}"] = forms.MultipleChoiceField(
                    choices=offered, required=False, label=noun, widget=forms.CheckboxSelectMultiple
                )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = Group.objects.filter(name__iexact=name)
        if self.visit.row is not None:
            others = others.exclude(pk=self.visit.row.pk)
        if others.exists():
            raise forms.ValidationError("There is a role of this name.")
        return name


def _chosen(given: dict[str, Any]) -> list[str]:
    return [permission for name, values in given.items() if name.startswith("rights-") for permission in values]


class NewRole(Adding):
    title, button = "Add an operator role", "Add role"
    intro = "A role is a list of what its operators may do. They see and find nothing else."
    form_class = RoleForm
    is_guarded = True

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        role = Group.objects.create(name=given["name"])
        rights.set_rights(_actor(visit), role, _chosen(given))
        return Made(role)


class RoleTab(Tab):
    name, label, template = "role", "Overview", "console/role_tab.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        role = cast(Group, visit.row)
        return {"rights": rights.sentences(rights.of_role(role)), "members": role.user_set.order_by("username")[:100]}


class EditRole(FormTab):
    name, label, form_class = "edit", "Name and rights", RoleForm
    is_guarded = True

    def initial(self, visit: Visit) -> dict[str, Any]:
        held = rights.of_role(visit.row)
        chosen = {
            f"rights-{noun}": [right.permission for right in found if right.permission in held]
            for noun, found in rights.by_noun().items()
        }
        return {"name": visit.row.name, **chosen}

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        rights.check_role(_actor(visit), visit.row)
        visit.row.name = given["name"]
        visit.row.save(update_fields=["name"])
        rights.set_rights(_actor(visit), visit.row, _chosen(given))


class DeleteRole(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete role", "Keep it"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete the role {row}?"

    def happens(self, row: Any) -> list[str]:
        return [f"{row.user_set.count()} operators have it, and lose what only it lets them do."]

    def stays(self, row: Any) -> list[str]:
        return ["The operators stay, with their other roles."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        rights.check_role(_actor(visit), visit.row)
        visit.row.delete()
        return Done(f"The role {visit.row} is deleted.", url=visit.admin.url("changelist"))


class RoleAdmin(ObjectAdmin):
    segment, noun, nouns, icon = "roles", "operator role", "operator roles", "shield"
    about = "What operators may do. An operator with several roles may do what any of them allows."
    list_display = ("name", "allows")
    tabs = (RoleTab(), EditRole(), ChangesTab())
    deeds = (DeleteRole(),)
    adding = NewRole()

    def rows(self, request: HttpRequest) -> QuerySet[Group]:
        return Group.objects.order_by("name").prefetch_related("permissions__content_type")

    def header(self, visit: Visit) -> dict[str, Any]:
        return {"heading": visit.row.name, "below": "Role"}

    @column("lets operators")
    def allows(self, row: Group) -> SafeString:
        held = {f"{each.content_type.app_label}.{each.codename}" for each in row.permissions.all()}
        nouns = [noun for noun, found in rights.by_noun().items() if {right.permission for right in found} & held]
        return tags(nouns)


console.register(Group, RoleAdmin)
rights.register(
    "Roles",
    {
        "auth.view_group": "See roles and what they allow",
        "auth.add_group": "Add roles, with no more rights than their own",
        "auth.change_group": "Change roles that allow no more than their own",
        "auth.delete_group": "Delete roles",
    },
)
rights.register("Changes", {"console.view_change": "See who changed what"})
navigation.register(None, 10, "", Entry("Overview", "index", "home"))
navigation.register(
    None,
    90,
    "Operators",
    Entry("Operators", "auth_user_changelist", "users", "auth.view_user"),
    Entry("Operator roles", "auth_group_changelist", "shield", "auth.view_group"),
    Entry("Changes", "changes", "history", "console.view_change"),
)
