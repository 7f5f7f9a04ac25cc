"""Access keys: key pairs of operators' tools and of back ends. A secret is shown once, when it is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import navigation, rights
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.marks import column, copyable, day, mono, named, pill, tags, when
from cognito_site.console.navigation import Entry
from cognito_site.console.objects import ObjectAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab, Tab
from cognito_site.console.visits import Visit
from identitypools.admin import documents
from identitypools.admin.documents import DocumentField
from identitypools.domain import access, access_keys
from identitypools.models import AccessKey

MAY = {
    "pools": "User pools: everything",
    "people": "User pools: users and groups, not settings",
    "everything": "Everything, roles and keys included",
    "own": "What the policy below says",
}
DOCUMENTS = {
    "pools": documents.allowing("cognito-idp:*"),
    "people": documents.allowing(
        "cognito-idp:Admin*", "cognito-idp:List*", "cognito-idp:Describe*", "cognito-idp:Get*"
    ),
    "everything": documents.allowing("*"),
}
NAME = forms.RegexField(
    r"\A[a-zA-Z0-9_+=,.@-]{1,64}\Z",
    label="Name",
    help_text="Who or what uses it. It is the user's name in its ARN.",
    error_messages={"invalid": "Letters, digits and _+=,.@- only, up to 64."},
)


class NewKeyForm(ConsoleForm):
    name = NAME
    may = forms.ChoiceField(choices=list(MAY.items()), initial="pools", label="May do", widget=forms.RadioSelect)
    document = DocumentField(
        required=False, label="Policy", help_text="Only for the last choice: a permissions policy, in IAM's language."
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("may") == "own" and not given.get("document"):
            self.add_error("document", "Write the policy, or choose one above.")
        return given


class NewKey(Adding):
    title, button = "Add an access key", "Add access key"
    intro = (
        "A key pair signs calls of SDKs, CLI and infrastructure tools. Whoever holds it may do what its policy says."
    )
    form_class = NewKeyForm
    is_guarded = shows_secret = True

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        text = given["document"] if given["may"] == "own" else DOCUMENTS[given["may"]]
        made = access_keys.create(given["name"], {"console": text})
        return Made(made.key, {"Access key id": made.key.key_id, "Secret access key": made.secret})


class KeyTab(Tab):
    name, label, template = "key", "Overview", "console/identitypools/access_key.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        key: AccessKey = visit.row
        shown = [(name, documents.indented(text)) for name, text in sorted(key.policies.items())]
        return {"key": key, "policies": shown}


class PoliciesForm(ConsoleForm):
    def prepare(self) -> None:
        for name in sorted(self.visit.row.policies) or ["console"]:
            self.fields[name] = DocumentField(label=name, required=False)


class Policies(FormTab):
    """An emptied policy is taken away."""

    name, label, form_class = "policies", "Permissions", PoliciesForm
    is_guarded = True
    note = "From the next call on. Without any policy the key may do nothing."

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {name: documents.indented(text) for name, text in visit.row.policies.items()}

    def save(self, visit: Visit, given: dict[str, Any]) -> str | None:
        access_keys.set_policies(visit.row, {name: text for name, text in given.items() if text.strip()})
        return None


class RenameForm(ConsoleForm):
    name = NAME


class Rename(Deed):
    name, label, button, way_back = "rename", "Rename", "Rename", "Keep the name"
    form_class = RenameForm

    def happens(self, row: Any) -> list[str]:
        return ["The user's ARN changes with the name; policies that name the old ARN do not mean it any more."]

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"name": visit.row.name}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        before = visit.row.name
        access_keys.rename(visit.row, given["name"])
        return Done(f"The key {before} is called {given['name']}.")


class Disable(Deed):
    name, label, button, way_back = "disable", "Disable", "Disable", "Leave it enabled"
    is_destructive = True

    def applies(self, row: AccessKey) -> bool:
        return row.enabled

    def happens(self, row: Any) -> list[str]:
        return [
            "Calls that are signed with it are refused at once, and credentials that were got with it stop working."
        ]

    def stays(self, row: Any) -> list[str]:
        return ["It can be enabled again."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        access_keys.disable(visit.row)
        return Done(f"The key {visit.row} is disabled.")


class Enable(Deed):
    name, label, button, way_back = "enable", "Enable", "Enable", "Leave it disabled"
    is_guarded = True

    def applies(self, row: AccessKey) -> bool:
        return not row.enabled

    def happens(self, row: Any) -> list[str]:
        return ["Calls that are signed with it are performed again, as far as its policies allow."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        access_keys.enable(visit.row)
        return Done(f"The key {visit.row} is enabled.")


class DeleteKey(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete access key", "Keep the key"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete the key {row}?"

    def happens(self, row: Any) -> list[str]:
        return ["Calls that are signed with it are refused for ever. To be sure that nobody uses it, disable it first."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        access_keys.delete(visit.row)
        return Done(f"The key {visit.row} is deleted.", url=visit.admin.url("changelist"))


class AccessKeyAdmin(ObjectAdmin):
    segment, noun, nouns, icon = "access-keys", "access key", "access keys", "key"
    about = "Key pairs that sign calls of the API. A key may do what its policies say, beyond the role of who made it."
    list_display = ("key", "key_id_shown", "state", "policies_shown", "used", "created")
    search_help_text = "Part of a name, or a key id"
    tabs = (KeyTab(), Policies(), ChangesTab())
    deeds = (Rename(), Enable(), Disable(), DeleteKey())
    adding = NewKey()

    def rows(self, request: HttpRequest) -> QuerySet[AccessKey]:
        return access.access_keys().defer("secret")

    def find(self, request: HttpRequest, rows: QuerySet[AccessKey], typed: str) -> QuerySet[AccessKey]:
        return rows.filter(name__icontains=typed) | rows.filter(pk=typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        key: AccessKey = visit.row
        return {"heading": key.name, "below": copyable(key.key_id, "access key id"), "pills": [self.state(key)]}

    @column("access key", order="name")
    def key(self, row: AccessKey) -> SafeString:
        return named(row.name)

    @column("key id")
    def key_id_shown(self, row: AccessKey) -> SafeString:
        return mono(row.key_id)

    @column("state")
    def state(self, row: AccessKey) -> SafeString:
        return pill("ok", "Enabled") if row.enabled else pill("off", "Disabled")

    @column("policies")
    def policies_shown(self, row: AccessKey) -> SafeString:
        return tags(sorted(row.policies))

    @column("last used")
    def used(self, row: AccessKey) -> SafeString:
        return when(row.last_used_at)

    @column("created")
    def created(self, row: AccessKey) -> SafeString:
        return day(row.created_at)


console.register(AccessKey, AccessKeyAdmin)
rights.register(
    "Access keys",
    {
        "identitypools.view_accesskey": "See access keys and what they may do, but no secret",
        "identitypools.add_accesskey": "Add access keys. A key may do what its policy says, beyond this role",
        "identitypools.change_accesskey": "Change what access keys may do, disable and enable them",
        "identitypools.delete_accesskey": "Delete access keys",
    },
)
navigation.register(
    None, 31, "", Entry("Access keys", "identitypools_accesskey_changelist", "key", "identitypools.view_accesskey")
)
