"""The parts of a user's page."""

from __future__ import annotations

from typing import Any

from django import forms

from cognito_site.console.forms import ConsoleForm, Sections
from cognito_site.console.tabs import FormTab, Tab
from cognito_site.console.visits import Visit
from userpools.admin import happenings, timeline, user_words
from userpools.admin.people import name_of
from userpools.admin.place import context
from userpools.domain import attribute_changes, groups, lockout, schema, tokens
from userpools.domain.schema import Attribute
from userpools.domain.triggers import log
from userpools.models import User

MOST_LISTED = 50
MOST_GROUPS_IN_A_FORM = 200


class Overview(Tab):
    """Opens with the answer."""

    name, label, template = "overview", "Overview", "console/userpools/user.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        user: User = visit.row
        answer = user_words.answer(user, name_of(user))
        offered = {deed.name: deed for deed in visit.admin.deeds if visit.may(deed.verb) and deed.applies(user)}
        helps = [offered[name] for name in answer.deeds if name in offered]
        return {
            "user_shown": user,
            "answer": answer,
            "answer_deeds": [(deed, visit.url(deed.name.replace("-", "_"))) for deed in helps],
            "timeline": timeline.of(visit),
            "filters": happenings.FILTERS,
            "sees_events": visit.may("userpools.view_event"),
            "sees_clients": visit.may("userpools.view_appclient"),
            "sees_messages": visit.may("userpools.view_message"),
            "factors": user_words.factors_in_force(user),
            "families": [(each, happenings.device_of(each.user_agent)) for each in tokens.living(user)[:5]],
            "may_change": visit.may("change"),
            "free_guesses": lockout.FREE_GUESSES,
        }


# --- attributes -----------------------------------------------------------------------------------------------------

CONTACT = ("email", "email_verified", "phone_number", "phone_number_verified")
NAMES = ("name", "given_name", "family_name", "middle_name", "nickname", "preferred_username")
BOOLEAN = [("", "–"), ("true", "yes"), ("false", "no")]


class ProfileForm(ConsoleForm):
    """A field for each attribute of the pool's schema. Emptied fields take the attribute away."""

    def prepare(self) -> None:
        user: User = self.visit.row
        for attribute in schema.definitions(user.pool).values():
            if attribute.name != "sub":
                self.fields[attribute.name] = _field(attribute, user)

    def layout(self) -> Sections:
        custom = tuple(name for name in self.fields if ":" in name)
        others = tuple(name for name in self.fields if name not in (*CONTACT, *NAMES, *custom))
        return (("How to reach them", CONTACT), ("Name", NAMES), ("This pool's own", custom), ("More", others))


def _field(attribute: Attribute, user: User) -> forms.Field:
    is_set = bool(user.attributes.get(attribute.name))
    options: dict[str, Any] = {
        "label": attribute.name,
        "required": attribute.required and is_set,
        "disabled": not attribute.mutable and is_set,
        "help_text": "" if attribute.mutable else "Cannot be changed once it has a value.",
    }
    if attribute.type == "Boolean":
        return forms.ChoiceField(choices=BOOLEAN, **options)
    return forms.CharField(max_length=schema.LONGEST_VALUE, **options)


class Profile(FormTab):
    name, label, form_class = "profile", "Attributes", ProfileForm
    is_one_write = keeps_values = False
    note = "A changed address is unverified again unless you say that it is verified; the pool may send it a code."

    def initial(self, visit: Visit) -> dict[str, Any]:
        names = schema.definitions(visit.row.pool)
        return {name: visit.row.attributes.get(name, "") for name in names if name != "sub"}

    def save(self, visit: Visit, given: dict[str, Any]) -> str | None:
        before = self.initial(visit)
        changed = {name: value for name, value in given.items() if value != before[name]}
        sent = attribute_changes.update(visit.row, changed, context(visit.request))
        places = " and ".join(delivery.destination for delivery in sent)
        return f"Saved. A code to prove the new address is on its way to {places}." if places else None


# --- groups ---------------------------------------------------------------------------------------------------------


class GroupsForm(ConsoleForm):
    groups = forms.MultipleChoiceField(required=False, label="Is in", widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        user: User = self.visit.row
        known = user.pool.groups.order_by("name").values_list("name", "description")[:MOST_GROUPS_IN_A_FORM]
        shown = {name: f"{name}: {description}" if description else name for name, description in known}
        for group in user.groups.all():
            shown.setdefault(group.name, group.name)
        self.fields["groups"].choices = list(shown.items())  # type: ignore[attr-defined]


class Groups(FormTab):
    """Who is in a group is the group's to say, so the right to change groups is asked."""

    name, label, form_class = "groups", "Groups", GroupsForm
    permission, verb = "userpools.view_group", "userpools.change_group"
    note = "The next tokens say it; tokens that are out already do not change."

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"groups": [group.name for group in visit.row.groups.order_by("name")]}

    def save(self, visit: Visit, given: dict[str, Any]) -> str | None:
        user: User = visit.row
        before, wanted = set(self.initial(visit)["groups"]), set(given["groups"])
        for group in user.pool.groups.filter(name__in=before ^ wanted):
            group.pool = user.pool
            change = groups.add if group.name in wanted else groups.remove
            change(group, user, context(visit.request))
        return None


# --- what they are signed in on, what was written to them and asked about them --------------------------------------


class SignIns(Tab):
    name, label, template = "sign-ins", "Signed in on", "console/userpools/sign_ins.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        living = tokens.living(visit.row)[:MOST_LISTED]
        return {
            "families": [(each, happenings.device_of(each.user_agent)) for each in living],
            "may_change": visit.may("change"),
        }


class Messages(Tab):
    name, label, template = "messages", "Messages", "console/userpools/user_messages.html"
    permission = "userpools.view_message"

    def context(self, visit: Visit) -> dict[str, Any]:
        found = visit.row.messages.order_by("-created_at")[:MOST_LISTED]
        return {
            "messages_shown": [
                (message, happenings.KINDS.get(message.kind, message.kind), *happenings.STATES[message.status])
                for message in found
            ]
        }


class FunctionCalls(Tab):
    name, label, template = "calls", "Function calls", "console/userpools/user_calls.html"
    permission = "userpools.view_functioncall"

    def context(self, visit: Visit) -> dict[str, Any]:
        found = log.about(visit.row.pool, visit.row.username).defer("event", "result", "output")
        return {"calls": found[:MOST_LISTED]}
