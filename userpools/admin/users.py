"""The users of a pool."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from cognito_site.console import contract_fields as contract
from cognito_site.console import navigation, rights
from cognito_site.console.adding import Adding, Made
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.lists import Chip
from cognito_site.console.marks import column, day, pill, quiet, tags
from cognito_site.console.navigation import Entry
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab
from cognito_site.console.visits import Visit
from userpools.admin import user_bulk, user_factors, user_tabs, user_words
from userpools.admin import user_deeds as deeds
from userpools.admin.people import address_of, avatar_of, face_of, name_of
from userpools.admin.place import USER_POOL, InPool, context, pool_of
from userpools.domain import passwords, user_search, users
from userpools.domain.users import Invitation
from userpools.models import User

MOST_CHOICES = 30
INVITE = {
    "any": "Invite them by text message, else by e-mail",
    "EMAIL": "Invite them by e-mail",
    "SMS": "Invite them by text message",
    "": "Do not write: show me the temporary password once",
}


class NewUserForm(ConsoleForm):
    username = contract.text("AdminCreateUser", "username", label="Username", says="No spaces.")
    email = forms.EmailField(required=False, label="E-mail", max_length=2048)
    phone_number = forms.CharField(
        required=False, label="Phone number", max_length=2048, help_text="International form, such as +4917012345678."
    )
    name = forms.CharField(required=False, label="Name", max_length=2048)
    is_verified = forms.BooleanField(
        required=False,
        initial=True,
        label="The addresses are known to be theirs",
        help_text="Only a verified address signs in or receives a reset code.",
    )
    invite = forms.ChoiceField(choices=list(INVITE.items()), initial="any", required=False, widget=forms.RadioSelect)

    def prepare(self) -> None:
        assert self.visit.place is not None
        named_by = self.visit.place.row.username_attributes
        if named_by:
            words = {"email": "e-mail address", "phone_number": "phone number"}
            self.fields["username"].label = " or ".join(words[name] for name in named_by).capitalize()
            self.fields["username"].help_text = "They sign in with it; the username will be a number."
            for name in named_by:
                del self.fields[name]


class NewUser(Adding):
    title, button = "Add a user", "Add user"
    intro = "They get a temporary password, and replace it when they first sign in."
    form_class = NewUserForm
    is_one_write = False
    shows_secret = True

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        pool = pool_of(visit.request)
        attributes = {name: given[name] for name in ("email", "phone_number", "name") if given.get(name)}
        if given["is_verified"]:
            named_by = [name for name in pool.username_attributes if ("@" in given["username"]) == (name == "email")]
            channels = [name for name in ("email", "phone_number") if name in attributes or name in named_by]
            attributes |= dict.fromkeys(named_by, given["username"])
            attributes |= {f"{channel}_verified": "true" for channel in channels}
        password = passwords.generate(pool.password_policy)
        mediums = () if given["invite"] in ("any", "") else (given["invite"],)
        invitation = Invitation(password, mediums, is_sent=bool(given["invite"]))
        user = users.create(pool, given["username"], attributes, invitation, context(visit.request))
        return Made(user, {} if given["invite"] else {"Temporary password": password})


class Status(Chip):
    title, parameter_name = "status", "status"

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [(status.value, words) for status, (_, words) in user_words.STATUSES.items()]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(status=value)


class InGroup(Chip):
    title, parameter_name = "group", "group"

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        if not request.user.has_perm("userpools.view_group"):
            return []
        found = pool_of(request).groups.order_by("name").values_list("pk", "name")[:MOST_CHOICES]
        return [(str(pk), name) for pk, name in found]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(memberships__group=value)


class Problem(Chip):
    """No index leads to these, so they are not counted before they are chosen."""

    title, parameter_name, is_counted = "problem", "problem", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [("locked", "Locked now"), ("disabled", "Disabled"), ("unverified", "No verified address")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "locked":
            return rows.filter(locked_until__gt=timezone.now())
        if value == "disabled":
            return rows.filter(enabled=False)
        verified = rows.filter(attributes__email_verified="true") | rows.filter(
            attributes__phone_number_verified="true"
        )
        return rows.exclude(pk__in=verified.order_by().values("pk"))


class UserAdmin(InPool):
    segment, noun, nouns, icon = "users", "user", "users", "users"
    empty = "Add one, or let people sign up: the pool's domain has the page."
    list_display = ("person", "state", "second_factor", "in_groups", "created")
    search_help_text = "Beginning of a name, e-mail, phone, or a sub"
    chips = (Status, InGroup, Problem)
    actions = user_bulk.ACTIONS
    tabs = (
        user_tabs.Overview(),
        user_tabs.Profile(),
        user_factors.SecondFactors(),
        user_tabs.Groups(),
        user_tabs.SignIns(),
        user_tabs.Messages(),
        user_tabs.FunctionCalls(),
        ChangesTab(),
    )
    deeds = (
        deeds.SignOutEverywhere(),
        deeds.SendReset(),
        deeds.Unlock(),
        deeds.Confirm(),
        deeds.SetTemporaryPassword(),
        deeds.SetPassword(),
        deeds.ResendInvitation(),
        deeds.RemoveAuthenticator(),
        deeds.EndSignIn(),
        deeds.Enable(),
        deeds.Disable(),
        deeds.DeleteUser(),
    )
    adding = NewUser()

    def rows(self, request: HttpRequest) -> QuerySet[User]:
        secrets = ("password", "srp_salt", "srp_verifier")
        return pool_of(request).users.order_by("-pk").defer(*secrets).prefetch_related("groups")

    def prepared(self, request: HttpRequest, row: User) -> User:
        row.pool = pool_of(request)
        return row

    def pseudonym(self, row: User) -> str:
        return str(row.sub)

    def find(self, request: HttpRequest, rows: QuerySet[User], typed: str) -> QuerySet[User]:
        return user_search.lookup(rows, typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        user: User = visit.row
        name, address = name_of(user), address_of(user)
        return {
            "heading": name,
            "face": avatar_of(user),
            "pills": [self.state(user)],
            "below": address if address != name else user.username if user.username != name else "",
        }

    @column("user")
    def person(self, row: User) -> SafeString:
        return face_of(row)

    @column("status")
    def state(self, row: User) -> SafeString:
        return pill(*user_words.pill_of(row))

    @column("second factor")
    def second_factor(self, row: User) -> str:
        return user_words.factors_of(row) or quiet("None")

    @column("groups")
    def in_groups(self, row: User) -> SafeString:
        return tags(group.name for group in row.groups.all())

    @column("created")
    def created(self, row: User) -> SafeString:
        return day(row.created_at)


console.register(User, UserAdmin)
rights.register(
    "Users",
    {
        "userpools.view_user": "See users, their attributes and what they are signed in on",
        "userpools.add_user": "Add users, and see a new temporary password once",
        "userpools.change_user": "Change users: attributes, passwords, second factors, sign-ins, enabled or not",
        "userpools.delete_user": "Delete users",
    },
)
navigation.register(
    USER_POOL, 20, "People", Entry("Users", "userpools_user_changelist", "users", "userpools.view_user")
)
