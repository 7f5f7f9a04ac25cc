"""User pools: all of them outside, and the settings of one inside of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import navigation, rights
from cognito_site.console.marks import column, copyable, day, mono, named, pill
from cognito_site.console.navigation import Entry
from cognito_site.console.place_rows import PlaceRowAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab, Tab
from cognito_site.console.visits import Visit
from userpools.admin import pool_forms
from userpools.admin.place import USER_POOL
from userpools.admin.pool_deeds import AddAttribute, DeletePool, NewPool
from userpools.admin.pool_factors import SecondFactors
from userpools.admin.triggers import Triggers
from userpools.domain import access, schema, user_pools
from userpools.models import UserPool


class General(FormTab):
    name, label, form_class = "general", "General", pool_forms.GeneralForm
    template = "console/userpools/general.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        pool: UserPool = visit.row
        return {"pool": pool, "sign_in_names": _sign_in_names(pool)}

    def initial(self, visit: Visit) -> dict[str, Any]:
        pool: UserPool = visit.row
        return {
            "name": pool.name,
            "deletion_protection": pool.is_deletion_protected,
            "user_pool_tier": pool.settings["user_pool_tier"],
            "tags": pool_forms.text_of(pool.tags),
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        changes = {
            "deletion_protection": "ACTIVE" if given["deletion_protection"] else "INACTIVE",
            "user_pool_tier": given["user_pool_tier"],
        }
        user_pools.change(visit.row, changes, name=given["name"], labels=pool_forms.labels_of(given["tags"]))


def _sign_in_names(pool: UserPool) -> str:
    words = {"email": "e-mail address", "phone_number": "phone number", "preferred_username": "preferred username"}
    if pool.username_attributes:
        return " or ".join(words[name] for name in pool.username_attributes)
    return ", ".join(["username", *(f"{words[name]} (verified)" for name in pool.alias_attributes)])


class Passwords(FormTab):
    name, label, form_class = "passwords", "Passwords", pool_forms.PasswordsForm
    note = "Passwords that people have already stay good; the rules are for new ones."

    def initial(self, visit: Visit) -> dict[str, Any]:
        policy = visit.row.password_policy
        return {name: getattr(policy, name) for name in pool_forms.PasswordsForm.base_fields}

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        kept = visit.row.settings["policies"]
        policy = {**kept["password_policy"], **given}
        if not given["password_history_size"] and "password_history_size" not in kept["password_policy"]:
            del policy["password_history_size"]
        user_pools.change(visit.row, {"policies": {**kept, "password_policy": policy}})


class SignUp(FormTab):
    name, label, form_class = "sign-up", "Sign-up", pool_forms.SignUpForm

    def initial(self, visit: Visit) -> dict[str, Any]:
        pool: UserPool = visit.row
        return {
            "is_open": not pool.admins_only_create_users,
            "auto_verified_attributes": pool.auto_verified_attributes,
            "verified_before_update": pool.attributes_verified_before_update,
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        kept = visit.row.settings
        invitations = {**kept["admin_create_user_config"], "allow_admin_create_user_only": not given["is_open"]}
        update = {"attributes_require_verification_before_update": given["verified_before_update"]}
        changes: dict[str, Any] = {
            "admin_create_user_config": invitations,
            "auto_verified_attributes": given["auto_verified_attributes"],
        }
        if given["verified_before_update"] or "user_attribute_update_settings" in kept:
            changes["user_attribute_update_settings"] = update
        user_pools.change(visit.row, changes)


class Attributes(Tab):
    name, label, template = "attributes", "Attributes", "console/userpools/attributes.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        defined = schema.definitions(visit.row).values()
        return {
            "attributes": sorted(defined, key=lambda attribute: not attribute.is_custom),
            "add_url": visit.url("add_attribute") if visit.may("change") else "",
        }


class Templates(FormTab):
    name, label, form_class = "templates", "Message templates", pool_forms.TemplatesForm

    def initial(self, visit: Visit) -> dict[str, Any]:
        settings = visit.row.settings
        said = settings.get("verification_message_template", {})
        invitation = settings["admin_create_user_config"].get("invite_message_template", {})
        members = ("email_subject", "email_message", "sms_message")
        return {
            **{member: said.get(member, "") for member in members},
            "invitation_subject": invitation.get("email_subject", ""),
            "invitation_email": invitation.get("email_message", ""),
            "invitation_sms": invitation.get("sms_message", ""),
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        settings = visit.row.settings
        members = ("email_subject", "email_message", "sms_message")
        template = {**settings["verification_message_template"], **{member: given[member] for member in members}}
        invitation = {
            "email_subject": given["invitation_subject"],
            "email_message": given["invitation_email"],
            "sms_message": given["invitation_sms"],
        }
        config = {**settings["admin_create_user_config"], "invite_message_template": _said(invitation)}
        if not config["invite_message_template"]:
            del config["invite_message_template"]
        changes = {"verification_message_template": _said(template), "admin_create_user_config": config}
        user_pools.change(visit.row, changes)


def _said(texts: dict[str, Any]) -> dict[str, Any]:
    return {member: text for member, text in texts.items() if text}


class UserPoolAdmin(PlaceRowAdmin):
    segment, inner_segment = "user-pools", "settings"
    noun, nouns, icon = "user pool", "user pools", "pool"
    place_kind = USER_POOL
    empty = "A user pool is a directory of people. Add one to have somewhere to sign up."
    list_display = ("pool", "pool_id", "protection", "created")
    search_help_text = "Name or id"
    tabs = (General(), Passwords(), SignUp(), SecondFactors(), Attributes(), Templates(), Triggers(), ChangesTab())
    deeds = (AddAttribute(), DeletePool())
    adding = NewPool()

    def rows(self, request: HttpRequest) -> QuerySet[UserPool]:
        return access.pools()

    def find(self, request: HttpRequest, rows: QuerySet[UserPool], typed: str) -> QuerySet[UserPool]:
        return rows.filter(name__icontains=typed) | rows.filter(pk=typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        pool: UserPool = visit.row
        pills = [self.protection(pool)] if pool.is_deletion_protected else []
        return {"heading": pool.name, "pills": pills, "below": copyable(pool.pk, "pool id")}

    @column("pool", order="name")
    def pool(self, row: UserPool) -> SafeString:
        return named(row.name)

    @column("id")
    def pool_id(self, row: UserPool) -> SafeString:
        return mono(row.pk)

    @column("deletion")
    def protection(self, row: UserPool) -> SafeString:
        return pill("ok", "Protected") if row.is_deletion_protected else pill("off", "Allowed")

    @column("created")
    def created(self, row: UserPool) -> SafeString:
        return day(row.created_at)


console.register(UserPool, UserPoolAdmin)
rights.register(
    "User pools",
    {
        "userpools.view_userpool": "Enter user pools, and see their settings, groups' names and numbers",
        "userpools.add_userpool": "Add user pools",
        "userpools.change_userpool": "Change the settings of user pools",
        "userpools.delete_userpool": "Delete user pools, with everybody in them",
    },
)
navigation.register(
    None, 20, "Directories", Entry("User pools", "userpools_userpool_changelist", "pool", "userpools.view_userpool")
)
navigation.register(USER_POOL, 10, "", Entry("Overview", "index", "home"))
navigation.register(
    USER_POOL, 35, "", Entry("Pool settings", "userpools_userpool_change", "sliders", "userpools.view_userpool")
)
