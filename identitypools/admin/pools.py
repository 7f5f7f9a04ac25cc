"""Identity pools: all of them outside, and the settings of one inside of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import changes, navigation, overview, places, rights
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.marks import column, copyable, day, mono, named, pill
from cognito_site.console.navigation import Entry
from cognito_site.console.overview import Panel
from cognito_site.console.place_rows import PlaceRowAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab
from cognito_site.console.visits import Visit
from identitypools.admin import pool_forms
from identitypools.admin.place import IDENTITY_POOL, pool_of
from identitypools.domain import access, identity_pools, pool_roles
from identitypools.models import IdentityPool

MOST_LISTED = 100


class NewIdentityPool(Adding):
    title, button = "Add an identity pool", "Add identity pool"
    intro = "Trades tokens of user pools for temporary credentials of a role."
    form_class = pool_forms.NewIdentityPoolForm

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        settings = {
            "allow_unauthenticated_identities": given["allow_guests"],
            "cognito_identity_providers": pool_forms.providers(None, given["clients"]),
        }
        pool = identity_pools.create(given["name"], settings, {})
        return Made(pool, url=f"{places.inside(pool.pk, 'identitypools_identitypool_change')}?tab=roles")


class General(FormTab):
    name, label, form_class = "general", "General", pool_forms.GeneralForm
    template = "console/identitypools/general.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        return {"pool": visit.row}

    def initial(self, visit: Visit) -> dict[str, Any]:
        pool: IdentityPool = visit.row
        return {
            "name": pool.name,
            "clients": pool_forms.chosen_clients(pool),
            "allow_guests": pool.allows_guests,
            "allow_classic_flow": pool.allows_classic_flow,
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> str | None:
        pool: IdentityPool = visit.row
        changed = {
            "allow_unauthenticated_identities": given["allow_guests"],
            "allow_classic_flow": given["allow_classic_flow"],
            "cognito_identity_providers": pool_forms.providers(pool, given["clients"]),
        }
        identity_pools.change(pool, given["name"], changed)
        return None


class Roles(FormTab):
    name, label, form_class = "roles", "Roles", pool_forms.RolesForm
    is_guarded = True
    note = "A role decides what the credentials may do. Credentials that are out already keep theirs until they expire."

    def initial(self, visit: Visit) -> dict[str, Any]:
        pool: IdentityPool = visit.row
        types = {provider: _said(mapping) for provider, mapping in pool.role_mappings.items()}
        return {
            **{name: pool.roles.get(name, "") for name in (pool_roles.AUTHENTICATED, pool_roles.UNAUTHENTICATED)},
            **{f"mapping {provider}": types.get(provider, "") for provider in pool_forms.mappable(pool)},
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> str | None:
        pool: IdentityPool = visit.row
        kinds = (pool_roles.AUTHENTICATED, pool_roles.UNAUTHENTICATED)
        chosen = {kind: given[kind] for kind in kinds if given[kind]}
        mappings: dict[str, Any] = {}
        for provider in pool_forms.mappable(pool):
            wanted = given[f"mapping {provider}"]
            if wanted == "Rules":
                mappings[provider] = pool.role_mappings[provider]
            elif wanted:
                kind, _, resolution = wanted.partition(" ")
                mappings[provider] = {"type": kind, "ambiguous_role_resolution": resolution}
        pool_roles.assign(pool, chosen, mappings)
        return None


def _said(mapping: dict[str, Any]) -> str:
    if mapping["type"] == "Rules":
        return "Rules"
    return f"{mapping['type']} {mapping['ambiguous_role_resolution']}"


class DeleteIdentityPool(Deed):
    name, label, verb, button = "delete", "Delete this pool", "delete", "Delete identity pool"
    way_back = "Keep the pool"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete {row.name}?"

    def happens(self, row: IdentityPool) -> list[str]:
        return [
            f"Its {row.identities.count():,} identities are gone, and credentials that they hold stop working here.",
            "Who comes back later is somebody new: what is kept under an identity's id is out of reach.",
        ]

    def stays(self, row: Any) -> list[str]:
        return ["User pools, roles and access keys stay."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        identity_pools.delete(visit.row)
        return Done(f"The identity pool {visit.row.name} is deleted.", url=places.outside("index"))


class IdentityPoolAdmin(PlaceRowAdmin):
    segment, inner_segment = "identity-pools", "identity-pool"
    noun, nouns, icon = "identity pool", "identity pools", "identity"
    place_kind = IDENTITY_POOL
    empty = "An identity pool trades tokens for temporary credentials of a role. Most applications need none."
    list_display = ("pool", "pool_id", "guests", "created")
    search_help_text = "Name or id"
    tabs = (General(), Roles(), ChangesTab())
    deeds = (DeleteIdentityPool(),)
    adding = NewIdentityPool()

    def rows(self, request: HttpRequest) -> QuerySet[IdentityPool]:
        return access.pools()

    def find(self, request: HttpRequest, rows: QuerySet[IdentityPool], typed: str) -> QuerySet[IdentityPool]:
        return rows.filter(name__icontains=typed) | rows.filter(pk=typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        pool: IdentityPool = visit.row
        return {"heading": pool.name, "below": copyable(pool.pk, "identity pool id"), "pills": [self.guests(pool)]}

    @column("identity pool", order="name")
    def pool(self, row: IdentityPool) -> SafeString:
        return named(row.name)

    @column("id")
    def pool_id(self, row: IdentityPool) -> SafeString:
        return mono(row.pk)

    @column("guests")
    def guests(self, row: IdentityPool) -> SafeString:
        return pill("info", "Guests welcome") if row.allows_guests else pill("ok", "No guests")

    @column("created")
    def created(self, row: IdentityPool) -> SafeString:
        return day(row.created_at)


def _overview(request: HttpRequest) -> dict[str, Any]:
    pool, may = pool_of(request), request.user.has_perm
    return {
        "pool": pool,
        "identities": pool.identities.count() if may("identitypools.view_identity") else None,
        "believes": dict(pool_forms.client_choices()),
        "clients": pool_forms.chosen_clients(pool),
        "others": pool.other_providers,
        "changes": changes.in_place(pool.pk)[:6] if may("console.view_change") else None,
    }


def _outside(request: HttpRequest) -> dict[str, Any]:
    found = list(access.pools()[: MOST_LISTED + 1])
    return {
        "pools": found[:MOST_LISTED],
        "has_more": len(found) > MOST_LISTED,
        "may_add": request.user.has_perm("identitypools.add_identitypool"),
    }


console.register(IdentityPool, IdentityPoolAdmin)
rights.register(
    "Identity pools",
    {
        "identitypools.view_identitypool": "Enter identity pools and see their settings",
        "identitypools.add_identitypool": "Add identity pools",
        "identitypools.change_identitypool": "Change identity pools, and which roles they give to whom",
        "identitypools.delete_identitypool": "Delete identity pools",
    },
)
VIEW = "identitypools.view_identitypool"
overview.register(Panel(IDENTITY_POOL, 10, "console/identitypools/overview.html", _overview, VIEW))
overview.register(Panel(None, 20, "console/identitypools/pools.html", _outside, VIEW))
navigation.register(None, 21, "", Entry("Identity pools", "identitypools_identitypool_changelist", "identity", VIEW))
navigation.register(IDENTITY_POOL, 10, "", Entry("Overview", "index", "home"))
navigation.register(IDENTITY_POOL, 30, "", Entry("Pool settings", "identitypools_identitypool_change", "sliders", VIEW))
navigation.register(IDENTITY_POOL, 50, "What happened", Entry("Changes", "changes", "history", "console.view_change"))
