"""Identities of a pool, and the logins that lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import navigation, rights
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.lists import Chip
from cognito_site.console.marks import column, copyable, mono, pill, tags, when
from cognito_site.console.navigation import Entry
from cognito_site.console.objects import ObjectAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, Tab
from cognito_site.console.visits import Visit
from identitypools.admin.place import IDENTITY_POOL, pool_of
from identitypools.domain import identities
from identitypools.models import Identity


def state_of(identity: Identity) -> tuple[str, str]:
    if identity.parent_id:
        return "off", "Merged"
    if identity.disabled:
        return "off", "Disabled"
    return ("info", "Guest") if identity.is_guest else ("ok", "Signed in")


class Kind(Chip):
    title, parameter_name, is_counted = "kind", "kind", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [("guest", "Guests"), ("member", "Signed in"), ("disabled", "Merged or disabled")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if value == "disabled":
            return rows.filter(disabled=True)
        return rows.filter(disabled=False, is_guest=value == "guest")


class Logins(Tab):
    name, label, template = "logins", "Logins", "console/identitypools/identity.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        identity: Identity = visit.row
        return {
            "identity": identity,
            "logins": identity.logins.order_by("pk")[:100],
            "merged": identity.merged.order_by("pk")[:20],
        }


class Revoke(Deed):
    name, label, button, way_back = "revoke", "Revoke credentials", "Revoke now", "Leave them"
    is_main = True

    def happens(self, row: Any) -> list[str]:
        return ["Credentials and tokens that were issued to this identity so far stop working here at once."]

    def stays(self, row: Any) -> list[str]:
        return ["The identity and its logins stay: whoever signs in again gets new credentials."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        identities.revoke(visit.row)
        return Done(f"What was issued to {visit.row} is revoked.")


class DeleteIdentity(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete identity", "Keep the identity"
    is_guarded = is_destructive = True

    def happens(self, row: Any) -> list[str]:
        return [
            "Credentials that it holds stop working here at once.",
            "Its logins lead to a new identity the next time, with another id: data kept under the old one is lost.",
        ]

    def stays(self, row: Any) -> list[str]:
        return ["The users behind its logins stay in their user pools."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        identities.delete([visit.row.pk])
        return Done(f"The identity {visit.row} is deleted.", url=visit.admin.url("changelist"))


class IdentityAdmin(ObjectAdmin):
    kind = IDENTITY_POOL
    segment, noun, nouns, icon = "identities", "identity", "identities", "identity"
    empty = "An identity is made when an application asks for one, with a token or as a guest."
    list_display = ("identity", "state", "providers", "changed")
    search_help_text = "Identity id, or a user's sub"
    chips = (Kind,)
    tabs = (Logins(), ChangesTab())
    deeds = (Revoke(), DeleteIdentity())

    def rows(self, request: HttpRequest) -> QuerySet[Identity]:
        return pool_of(request).identities.prefetch_related("logins")

    def prepared(self, request: HttpRequest, row: Identity) -> Identity:
        row.pool = pool_of(request)
        return row

    def find(self, request: HttpRequest, rows: QuerySet[Identity], typed: str) -> QuerySet[Identity]:
        return identities.lookup(pool_of(request), rows, typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        return {"heading": "Identity", "below": copyable(visit.row.pk, "identity id"), "pills": [self.state(visit.row)]}

    @column("identity")
    def identity(self, row: Identity) -> SafeString:
        return mono(row.pk)

    @column("state")
    def state(self, row: Identity) -> SafeString:
        return pill(*state_of(row))

    @column("logins")
    def providers(self, row: Identity) -> SafeString:
        return tags(login.provider.rpartition("/")[2] for login in row.logins.all())

    @column("changed")
    def changed(self, row: Identity) -> SafeString:
        return when(row.modified_at)


console.register(Identity, IdentityAdmin)
rights.register(
    "Identities",
    {
        "identitypools.view_identity": "See identities and the logins that lead to them",
        "identitypools.change_identity": "Revoke what was issued to identities",
        "identitypools.delete_identity": "Delete identities",
    },
)
navigation.register(
    IDENTITY_POOL,
    20,
    "People",
    Entry("Identities", "identitypools_identity_changelist", "identity", "identitypools.view_identity"),
)
