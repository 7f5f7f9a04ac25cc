"""Roles: who may become them, and what they may do."""

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
from cognito_site.console.marks import column, copyable, day, mono, named, tags
from cognito_site.console.navigation import Entry
from cognito_site.console.objects import ObjectAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab, Tab
from cognito_site.console.visits import Visit
from identitypools.admin import documents
from identitypools.admin.documents import DocumentField
from identitypools.domain import access, roles
from identitypools.models import Role

NAME = {"service": "iam", "says": "Letters, digits and _+=,.@- only."}
TRUST_HELP = "Who may become the role: a trust policy, in IAM's language."
POLICY_HELP = "What the role may do: a permissions policy, in IAM's language."


def _text(operation: str, path: str, **options: Any) -> forms.CharField:
    return contract.text(operation, path, **NAME, **options)


class NewRoleForm(ConsoleForm):
    role_name = _text("CreateRole", "role_name", label="Name")
    description = forms.CharField(required=False, max_length=1000)
    pool = forms.ChoiceField(
        required=False,
        label="For",
        help_text="Writes the trust policy. Without one, write it below.",
    )
    trust = DocumentField(required=False, label="Trust policy", help_text=TRUST_HELP)

    def prepare(self) -> None:
        found = [(pool.pk, pool.name) for pool in access.pools()[:100]]
        members = [(f"members {pk}", f"Who signed in, through {name}") for pk, name in found]
        guests = [(f"guests {pk}", f"Guests, through {name}") for pk, name in found]
        self.fields["pool"].choices = [("", "Whom the policy below says"), *members, *guests]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        kind, _, pool_id = given.get("pool", "").partition(" ")
        if kind and not given.get("trust"):
            given["trust"] = documents.trust_of(access.pool(pool_id), guests=kind == "guests")
        if not given.get("trust"):
            self.add_error("trust", "Choose a pool above, or write the policy.")
        return given


class NewRole(Adding):
    title, button = "Add a role", "Add role"
    intro = "A role is what temporary credentials may do. It may do nothing until it has a policy."
    form_class = NewRoleForm
    is_guarded = True

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        return Made(roles.create(given["role_name"], given["trust"], description=given["description"]))


class Permissions(Tab):
    name, label, template = "permissions", "Permissions", "console/identitypools/role.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        role: Role = visit.row
        shown = [(name, documents.indented(text)) for name, text in sorted(role.policies.items())]
        return {"role": role, "policies": shown, "may_change": visit.may("change")}


class TrustForm(ConsoleForm):
    trust = DocumentField(label="Trust policy", help_text=TRUST_HELP)


class Trust(FormTab):
    name, label, form_class = "trust", "Trust", TrustForm
    is_guarded = True

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"trust": documents.indented(visit.row.trust)}

    def save(self, visit: Visit, given: dict[str, Any]) -> str | None:
        roles.set_trust(visit.row, given["trust"])
        return None


class PolicyForm(ConsoleForm):
    policy_name = _text("PutRolePolicy", "policy_name", label="Name")
    document = DocumentField(label="Policy", help_text=POLICY_HELP)


class PutPolicy(Deed):
    name, label, button, way_back = "put-policy", "Add or replace a policy", "Save policy", "Leave the role as it is"
    form_class, is_guarded, is_main = PolicyForm, True, True

    def title(self, row: Any) -> str:
        return f"A policy of {row}"

    def happens(self, row: Any) -> list[str]:
        return ["Credentials of this role may do from now on what its policies say, also those that are out already."]

    def initial(self, visit: Visit) -> dict[str, Any]:
        wanted = visit.request.GET.get("policy", "")
        text = visit.row.policies.get(wanted)
        example = documents.allowing("cognito-idp:DescribeUserPool")
        return {"policy_name": wanted, "document": documents.indented(text) if text else example}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        roles.put_policy(visit.row, given["policy_name"], given["document"])
        return Done(f"Saved the policy {given['policy_name']} of the role {visit.row}.")


class PolicyNameForm(ConsoleForm):
    policy_name = forms.ChoiceField(label="Policy", widget=forms.RadioSelect)

    def prepare(self) -> None:
        names = sorted(self.visit.row.policies)
        self.fields["policy_name"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]


class DeletePolicy(Deed):
    name, label, button, way_back = "delete-policy", "Take a policy away", "Take it away", "Keep it"
    form_class = PolicyNameForm
    is_guarded = is_destructive = True

    def applies(self, row: Role) -> bool:
        return bool(row.policies)

    def happens(self, row: Any) -> list[str]:
        return ["What only this policy allows is refused from now on, also to credentials that are out already."]

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"policy_name": visit.request.GET.get("policy", "")}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        roles.delete_policy(visit.row, given["policy_name"])
        return Done(f"Took the policy {given['policy_name']} of the role {visit.row} away.")


class RevokeSessions(Deed):
    name, label, button, way_back = "revoke", "Revoke credentials", "Revoke now", "Leave them"

    def happens(self, row: Any) -> list[str]:
        return ["All credentials that were issued for this role so far stop working here at once."]

    def stays(self, row: Any) -> list[str]:
        return ["Applications get new ones when they ask again."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        roles.revoke_sessions(visit.row)
        return Done(f"What was issued for the role {visit.row} is revoked.")


class DeleteRole(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete role", "Keep the role"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete the role {row}?"

    def happens(self, row: Any) -> list[str]:
        return ["Credentials of the role stop working here at once, and pools that give it give none."]

    def stays(self, row: Any) -> list[str]:
        return ["Identity pools and groups keep its ARN; a new role of the same name takes its place."]

    def warning(self, row: Role) -> str:
        return "It still has policies. Take them away first." if row.policies else ""

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        roles.delete(visit.row)
        return Done(f"The role {visit.row} is deleted.", url=visit.admin.url("changelist"))


class RoleAdmin(ObjectAdmin):
    segment, noun, nouns, icon = "iam-roles", "role", "roles", "shield"
    about = (
        "What temporary credentials may do: identity pools give roles to people, STS to whoever the trust policy names."
    )
    empty = "A role says what temporary credentials may do. Identity pools give roles to people."
    list_display = ("role", "arn_shown", "policies_shown", "created")
    search_help_text = "Part of a name"
    tabs = (Permissions(), Trust(), ChangesTab())
    deeds = (PutPolicy(), DeletePolicy(), RevokeSessions(), DeleteRole())
    adding = NewRole()

    def rows(self, request: HttpRequest) -> QuerySet[Role]:
        return access.roles()

    def find(self, request: HttpRequest, rows: QuerySet[Role], typed: str) -> QuerySet[Role]:
        return rows.filter(name__icontains=typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        return {"heading": visit.row.name, "below": copyable(visit.row.arn, "ARN")}

    @column("role", order="name")
    def role(self, row: Role) -> SafeString:
        return named(row.name, row.description[:80])

    @column("ARN")
    def arn_shown(self, row: Role) -> SafeString:
        return mono(row.arn)

    @column("policies")
    def policies_shown(self, row: Role) -> SafeString:
        return tags(sorted(row.policies))

    @column("created")
    def created(self, row: Role) -> SafeString:
        return day(row.created_at)


console.register(Role, RoleAdmin)
rights.register(
    "Roles of credentials",
    {
        "identitypools.view_role": "See roles, whom they trust and what they may do",
        "identitypools.add_role": "Add roles",
        "identitypools.change_role": "Change whom roles trust and what they may do, and revoke credentials of them",
        "identitypools.delete_role": "Delete roles",
    },
)
navigation.register(
    None, 30, "Credentials", Entry("Roles", "identitypools_role_changelist", "shield", "identitypools.view_role")
)
