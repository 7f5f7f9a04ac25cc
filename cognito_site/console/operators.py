"""Operators: Django's users who may log in here. They are switched off, never deleted: the log names them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest

from cognito_site.console import changes, rights, second_factors, sessions
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.marks import column, named, pill, quiet, tags, when
from cognito_site.console.objects import ObjectAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab, Tab
from cognito_site.console.visits import Visit

NAME_HELP = "What they log in with; it also stands in the log beside what they did."


def _actor(visit: Visit) -> User:
    return sessions.operator(visit.request)


class RolesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class OperatorForm(ConsoleForm):
    first_name = forms.CharField(max_length=150, required=False)
    last_name = forms.CharField(max_length=150, required=False)
    email = forms.EmailField(required=False, label="E-mail")
    roles = RolesField(required=False, help_text="What all of an operator's roles allow together.")
    is_superuser = forms.BooleanField(
        required=False,
        label="May do everything",
        help_text="Whatever the roles say, also what comes with later versions.",
    )

    def prepare(self) -> None:
        actor = _actor(self.visit)
        self.fields["roles"].choices = [(role.name, role.name) for role in rights.grantable_roles(actor)]  # type: ignore[attr-defined]
        if not actor.is_superuser:
            del self.fields["is_superuser"]


class NewOperatorForm(OperatorForm):
    username = forms.CharField(
        max_length=150, label="Login", help_text=NAME_HELP, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        strip=False,
        label="First password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 8 characters, not a common one. They can change it themselves.",
    )
    field_order = ("username", "password")

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        User.username_validator(name)
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError("There is an operator of this name.")
        return name

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, User(username=self.cleaned_data.get("username", "")))
        return password


def _give(operator: User, given: dict[str, Any], roles: list[Group]) -> None:
    """Roles that the actor cannot grant are not in the form, and stay as they are."""
    offered = {role.pk for role in roles}
    chosen = [role for role in roles if role.name in given["roles"]]
    operator.groups.set([*operator.groups.exclude(pk__in=offered), *chosen])


class NewOperator(Adding):
    title, button = "Add an operator", "Add operator"
    intro = "Somebody who logs in here. They set up a second factor at their first login."
    form_class = NewOperatorForm
    is_guarded = True

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        fields = {name: given.get(name, False) for name in ("first_name", "last_name", "email", "is_superuser")}
        operator = User.objects.create_user(given["username"], password=given["password"], is_staff=True, **fields)
        _give(operator, given, rights.grantable_roles(_actor(visit)))
        return Made(operator)


class OperatorTab(Tab):
    name, label, template = "operator", "Overview", "console/operator_tab.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        return {
            "authenticator": second_factors.authenticator(visit.row),
            "codes_left": second_factors.recovery_codes_left(visit.row),
            "rights": rights.sentences(rights.held_by(visit.row)),
            "done": changes.told(visit.request, changes.by(visit.row)[:20]),
        }


class EditOperator(FormTab):
    name, label, form_class = "edit", "Name and roles", OperatorForm
    is_guarded = True

    def initial(self, visit: Visit) -> dict[str, Any]:
        row = cast(User, visit.row)
        names = {name: getattr(row, name) for name in ("first_name", "last_name", "email", "is_superuser")}
        return {**names, "roles": [role.name for role in row.groups.order_by("name")]}

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        operator, actor = cast(User, visit.row), _actor(visit)
        rights.check_operator(actor, operator)
        if operator == actor and given.get("is_superuser", actor.is_superuser) != actor.is_superuser:
            visit.refuse("Somebody else must take this from you, or nobody could give it back.")
        for name in ("first_name", "last_name", "email"):
            setattr(operator, name, given[name])
        operator.is_superuser = given.get("is_superuser", operator.is_superuser)
        operator.save(update_fields=["first_name", "last_name", "email", "is_superuser"])
        _give(operator, given, rights.grantable_roles(actor))


class PasswordForm(ConsoleForm):
    password = forms.CharField(
        strip=False, label="New password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def whose_password(self) -> str:
        return str(self.visit.row.get_username())

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.visit.row)
        return password


class SetOperatorPassword(Deed):
    name, label, button, way_back = "password", "Set a password", "Set password", "Keep the password"
    form_class, is_guarded = PasswordForm, True

    def happens(self, row: Any) -> list[str]:
        return ["The old password stops working, and every session of this operator ends."]

    def stays(self, row: Any) -> list[str]:
        return ["Their second factor stays as it is."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        rights.check_operator(_actor(visit), visit.row)
        visit.row.set_password(given["password"])
        visit.row.save(update_fields=["password"])
        return Done(f"{visit.row} has a new password.")


class RemoveSecondFactor(Deed):
    name, label, button, way_back = "remove-second-factor", "Remove the second factor", "Remove it", "Keep it"
    is_guarded = is_destructive = True

    def applies(self, row: Any) -> bool:
        return second_factors.is_enrolled(row)

    def happens(self, row: Any) -> list[str]:
        return [
            "The authenticator app and the recovery codes stop working; sessions that they opened end.",
            "At the next login the password alone leads to setting up a new one.",
        ]

    def stays(self, row: Any) -> list[str]:
        return ["Make sure that it is really this person who asks: until then, the password is all that protects them."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        rights.check_operator(_actor(visit), visit.row)
        second_factors.remove_all(visit.row)
        return Done(f"The second factor of {visit.row} is removed.")


class SwitchOff(Deed):
    name, label, button, way_back = "switch-off", "Switch off", "Switch off", "Leave it on"
    is_guarded = is_destructive = True

    def applies(self, row: Any) -> bool:
        return bool(row.is_active)

    def happens(self, row: Any) -> list[str]:
        return ["They cannot log in any more; open sessions end with their next click."]

    def stays(self, row: Any) -> list[str]:
        return ["What they did stays in the log under their name. Operators are never deleted."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        rights.check_operator(_actor(visit), visit.row)
        if visit.row == _actor(visit):
            visit.refuse("Nobody switches off their own account.")
        _switch(visit.row, is_active=False)
        return Done(f"{visit.row} is switched off.")


class SwitchOn(Deed):
    name, label, button = "switch-on", "Switch on", "Switch on"
    is_guarded = True

    def applies(self, row: Any) -> bool:
        return not row.is_active

    def happens(self, row: Any) -> list[str]:
        return ["They can log in again, with the password, the second factor and the roles that they had."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        rights.check_operator(_actor(visit), visit.row)
        _switch(visit.row, is_active=True)
        return Done(f"{visit.row} is switched on.")


def _switch(operator: User, *, is_active: bool) -> None:
    operator.is_active = is_active
    operator.save(update_fields=["is_active"])


class OperatorAdmin(ObjectAdmin):
    segment, noun, nouns, icon = "operators", "operator", "operators", "shield"
    list_display = ("person", "state", "factor", "roles", "last_seen")
    search_help_text = "Login, name or e-mail"
    tabs = (OperatorTab(), EditOperator(), ChangesTab())
    deeds = (SetOperatorPassword(), RemoveSecondFactor(), SwitchOff(), SwitchOn())
    adding = NewOperator()

    def rows(self, request: HttpRequest) -> QuerySet[User]:
        return User.objects.filter(is_staff=True).order_by("username").prefetch_related("groups")

    def find(self, request: HttpRequest, rows: QuerySet[User], typed: str) -> QuerySet[User]:
        named = rows.filter(username__icontains=typed) | rows.filter(email__icontains=typed)
        return named | rows.filter(last_name__icontains=typed) | rows.filter(first_name__icontains=typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        below = visit.row.get_full_name() or visit.row.email
        return {"heading": visit.row.get_username(), "pills": [self.state(visit.row)], "below": below}

    @column("operator")
    def person(self, row: User) -> str:
        return named(row.get_username(), row.get_full_name() or row.email)

    @column("state")
    def state(self, row: User) -> str:
        return pill("ok", "Active") if row.is_active else pill("off", "Switched off")

    @column("second factor")
    def factor(self, row: User) -> str:
        return "Authenticator app" if second_factors.is_enrolled(row) else quiet("None yet")

    @column("roles")
    def roles(self, row: User) -> str:
        return tags(["Everything"] if row.is_superuser else [role.name for role in row.groups.all()])

    @column("last login")
    def last_seen(self, row: User) -> str:
        return when(row.last_login)


console.register(User, OperatorAdmin)
rights.register(
    "Operators",
    {
        "auth.view_user": "See operators, what they may do and what they did",
        "auth.add_user": "Add operators, with no more rights than their own",
        "auth.change_user": "Change operators, their passwords and second factors, and switch them off",
    },
)
