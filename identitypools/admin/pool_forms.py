"""Forms of identity pools."""

from __future__ import annotations

from typing import Any

from django import forms

from cognito_site.console import contract_fields as contract
from cognito_site.console.forms import ConsoleForm
from identitypools.domain import access, user_pool_providers
from identitypools.models import IdentityPool
from userpools.domain import access as user_pools

CREATE, SERVICE = "CreateIdentityPool", "cognito-identity"
MOST_CLIENTS = 300
NO_ROLE = [("", "None: they get no credentials")]
MAPPINGS = {
    "": "the role above",
    "Token AuthenticatedRole": "the role that the token names, else the one above",
    "Token Deny": "the role that the token names, else none",
}


def name(**options: Any) -> forms.CharField:
    says = "Letters, digits, spaces and _+=,.@- only."
    return contract.text(CREATE, "identity_pool_name", service=SERVICE, says=says, label="Name", **options)


def client_choices() -> list[tuple[str, str]]:
    """Of all user pools: value ``<pool id> <client id>``."""
    found = user_pools.clients_of(user_pools.pools()).order_by("pool__name", "name")[:MOST_CLIENTS]
    return [(f"{client.pool_id} {client.pk}", f"{client.pool.name}: {client.name}") for client in found]


def chosen_clients(pool: IdentityPool) -> list[str]:
    pairs = [
        (user_pool_providers.pool_id(entry.get("provider_name", "")), entry.get("client_id", ""))
        for entry in pool.user_pool_providers
    ]
    return [f"{pool_id} {client_id}" for pool_id, client_id in pairs if pool_id]


def providers(pool: IdentityPool | None, chosen: list[str]) -> list[dict[str, Any]]:
    """In the order of the boxes. An entry that was there keeps what else it said; foreign ones stay."""
    before = pool.user_pool_providers if pool is not None else []
    known = {
        f"{user_pool_providers.pool_id(entry.get('provider_name', ''))} {entry.get('client_id', '')}": entry
        for entry in before
    }
    foreign = [entry for entry in before if not user_pool_providers.pool_id(entry.get("provider_name", ""))]
    return [*(known.get(each) or _provider(each) for each in chosen), *foreign]


def _provider(chosen: str) -> dict[str, Any]:
    pool_id, _, client_id = chosen.partition(" ")
    return {"provider_name": user_pool_providers.canonical(pool_id), "client_id": client_id}


class _Clients(ConsoleForm):
    def prepare(self) -> None:
        offered = client_choices()
        row: IdentityPool | None = self.visit.row
        gone = [each for each in chosen_clients(row) if each not in dict(offered)] if row is not None else []
        choices = [*offered, *((each, f"{each} (gone)") for each in gone)]
        self.fields["clients"].choices = choices  # type: ignore[attr-defined]


class NewIdentityPoolForm(_Clients):
    name = name()
    clients = forms.MultipleChoiceField(
        required=False,
        label="Believes users of",
        widget=forms.CheckboxSelectMultiple,
        help_text="App clients of user pools whose ID tokens lead to an identity.",
    )
    allow_guests = forms.BooleanField(
        required=False, label="Guests are welcome", help_text="Whoever shows no token gets an identity, too."
    )


class GeneralForm(_Clients):
    name = name()
    clients = forms.MultipleChoiceField(required=False, label="Believes users of", widget=forms.CheckboxSelectMultiple)
    allow_guests = forms.BooleanField(required=False, label="Guests are welcome")
    allow_classic_flow = forms.BooleanField(
        required=False,
        label="The classic flow is allowed",
        help_text="Applications ask STS for credentials themselves, with a token of the pool.",
    )


class RolesForm(ConsoleForm):
    authenticated = forms.ChoiceField(required=False, label="Who signed in becomes")
    unauthenticated = forms.ChoiceField(required=False, label="A guest becomes")

    def prepare(self) -> None:
        """A field for each provider that a mapping can be about; one with rules of its own stays as it is."""
        pool: IdentityPool = self.visit.row
        roles = [(role.arn, role.name) for role in access.roles()]
        gone = [(arn, f"{arn} (gone)") for arn in pool.roles.values() if arn not in dict(roles)]
        for field in ("authenticated", "unauthenticated"):
            self.fields[field].choices = [*NO_ROLE, *roles, *gone]  # type: ignore[attr-defined]
        for provider in mappable(pool):
            mapping = pool.role_mappings.get(provider, {})
            rules = [("Rules", "rules of its own, set by the API")] if mapping.get("type") == "Rules" else []
            self.fields[f"mapping {provider}"] = forms.ChoiceField(
                choices=[*MAPPINGS.items(), *rules], required=False, label=_called(provider)
            )


def mappable(pool: IdentityPool) -> list[str]:
    """As role mappings name them."""
    own = [f"{entry.get('provider_name', '')}:{entry.get('client_id', '')}" for entry in pool.user_pool_providers]
    return [*own, *(name for name in pool.role_mappings if name not in own)]


def _called(provider: str) -> str:
    """A client of ours by its name."""
    place, _, client_id = provider.rpartition(":")
    client = user_pools.find_client(client_id) if user_pool_providers.pool_id(place) else None
    return f"{client.pool.name}: {client.name} becomes" if client is not None else f"{provider} becomes"
