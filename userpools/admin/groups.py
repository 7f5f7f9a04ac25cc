"""Groups, and who is in them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import contract_fields as contract
from cognito_site.console import navigation, rights
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.lists import CountedUpTo
from cognito_site.console.marks import column, day, mono, named, quiet
from cognito_site.console.navigation import Entry
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab, Tab
from cognito_site.console.visits import Visit
from userpools.admin.people import UserNameForm, face_of, user_named
from userpools.admin.place import USER_POOL, InPool, context, pool_of
from userpools.domain import groups
from userpools.models import Group

CREATE = "CreateGroup"


class GroupForm(ConsoleForm):
    description = contract.text(CREATE, "description", required=False, label="Description")
    precedence = contract.whole_number(
        CREATE,
        "precedence",
        required=False,
        label="Precedence",
        help_text="Of several roles, the group with the lowest number decides.",
    )
    role_arn = contract.text(
        CREATE,
        "role_arn",
        required=False,
        label="Role",
        widget=forms.TextInput(attrs={"class": "mono", "spellcheck": "false"}),
        says="A role's ARN looks like arn:aws:iam::000000000000:role/name.",
        help_text="The ARN of a role that identity pools give to its members.",
    )


class NewGroupForm(GroupForm):
    group_name = contract.text(
        CREATE, "group_name", label="Name", says="No spaces.", help_text="Tokens carry it as cognito:groups. It stays."
    )
    field_order = ("group_name",)


class NewGroup(Adding):
    title, button = "Add a group", "Add group"
    intro = "A group marks users in their tokens, and may give them a role in identity pools."
    form_class = NewGroupForm

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        return Made(groups.create(pool_of(visit.request), given.pop("group_name"), context(visit.request), **given))


class Members(Tab):
    name, label, template = "members", "Members", "console/userpools/members.html"
    permission = "userpools.view_user"

    def context(self, visit: Visit) -> dict[str, Any]:
        found = CountedUpTo(visit.row.members.order_by("username"), 50)
        shown = found.get_page(visit.request.GET.get("page"))
        return {"members": [(user, face_of(user)) for user in shown], "shown": shown, "may_change": visit.may("change")}


class Edit(FormTab):
    name, label, form_class = "edit", "Settings", GroupForm

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {name: getattr(visit.row, name) for name in GroupForm.base_fields}

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        groups.update(visit.row, context(visit.request), **given)


class AddMember(Deed):
    name, label, button, way_back = "add-member", "Add a member", "Add to the group", "Leave the group as it is"
    form_class, is_main = UserNameForm, True

    def title(self, row: Any) -> str:
        return f"Add somebody to {row}"

    def happens(self, row: Any) -> list[str]:
        return ["The group is in the tokens that they get from now on."]

    def stays(self, row: Any) -> list[str]:
        return ["Tokens that they hold already do not change."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        user = user_named(visit.request, given["username"])
        groups.add(visit.row, user, context(visit.request))
        return Done(f"{user} is in {visit.row}.", logged=f"Added {user.sub}")


class RemoveMember(Deed):
    name, label, button, way_back = "remove-member", "Remove a member", "Remove from the group", "Leave them in"
    form_class = UserNameForm

    def title(self, row: Any) -> str:
        return f"Remove somebody from {row}"

    def happens(self, row: Any) -> list[str]:
        return ["The group, and its role, are missing from the tokens that they get from now on."]

    def stays(self, row: Any) -> list[str]:
        return ["Tokens that they hold already keep it until they expire."]

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"username": visit.request.GET.get("username", "")}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        user = user_named(visit.request, given["username"])
        groups.remove(visit.row, user, context(visit.request))
        return Done(f"{user} is not in {visit.row} any more.", logged=f"Took {user.sub} out")


class DeleteGroup(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete group", "Keep the group"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete the group {row}?"

    def happens(self, row: Any) -> list[str]:
        return ["The group is missing from all tokens from now on, and so is its role."]

    def stays(self, row: Any) -> list[str]:
        return ["Its members stay, with their other groups."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        groups.delete(visit.row, context(visit.request))
        return Done(f"The group {visit.row} is deleted.", url=visit.admin.url("changelist"))


class GroupAdmin(InPool):
    segment, noun, nouns, icon = "groups", "group", "groups", "group"
    empty = "Groups sort users, mark their tokens, and give them roles in identity pools."
    list_display = ("group", "precedence_shown", "role", "created")
    search_help_text = "Beginning of a name"
    tabs = (Members(), Edit(), ChangesTab())
    deeds = (AddMember(), RemoveMember(), DeleteGroup())
    adding = NewGroup()

    def rows(self, request: HttpRequest) -> QuerySet[Group]:
        return pool_of(request).groups.all()

    def prepared(self, request: HttpRequest, row: Group) -> Group:
        row.pool = pool_of(request)
        return row

    def find(self, request: HttpRequest, rows: QuerySet[Group], typed: str) -> QuerySet[Group]:
        return rows.filter(name__istartswith=typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        return {"heading": visit.row.name, "below": visit.row.description}

    @column("group", order="name")
    def group(self, row: Group) -> SafeString:
        return named(row.name, row.description[:80])

    @column("precedence")
    def precedence_shown(self, row: Group) -> str:
        return str(row.precedence) if row.precedence is not None else quiet("none")

    @column("role")
    def role(self, row: Group) -> SafeString:
        return mono(row.role_arn) if row.role_arn else quiet("none")

    @column("created")
    def created(self, row: Group) -> SafeString:
        return day(row.created_at)


console.register(Group, GroupAdmin)
rights.register(
    "Groups",
    {
        "userpools.view_group": "See groups, and with the right to see users also their members",
        "userpools.add_group": "Add groups",
        "userpools.change_group": "Change groups and who is in them",
        "userpools.delete_group": "Delete groups",
    },
)
navigation.register(USER_POOL, 21, "", Entry("Groups", "userpools_group_changelist", "group", "userpools.view_group"))
