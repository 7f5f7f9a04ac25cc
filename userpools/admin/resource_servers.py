"""Resource servers: the APIs of the applications, and the scopes that tokens carry for them."""

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
from cognito_site.console.marks import column, mono, named, tags
from cognito_site.console.navigation import Entry
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, FormTab
from cognito_site.console.visits import Visit
from userpools.admin.place import USER_POOL, InPool, pool_of
from userpools.domain import resource_servers
from userpools.domain.resource_servers import Scope
from userpools.models import ResourceServer

CREATE = "CreateResourceServer"
_NAME = contract.text(CREATE, "scopes.scope_name", says="a scope's name has no spaces, quotes or slashes")
_DESCRIPTION = contract.text(CREATE, "scopes.scope_description")
MOST_SCOPES = contract.shape_of(CREATE, "scopes").maximum or 100


class ScopesField(forms.CharField):
    """One scope a line: its name, a space, and what it is for."""

    widget = forms.Textarea(attrs={"rows": 5, "class": "mono", "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        if len(lines) > MOST_SCOPES:
            raise forms.ValidationError(f"At most {MOST_SCOPES} scopes; these are {len(lines)}.")
        for line in lines:
            self._check(line)
        return "\n".join(lines)

    def _check(self, line: str) -> None:
        name, _, description = line.partition(" ")
        try:
            _NAME.clean(name)
            _DESCRIPTION.clean(description)
        except forms.ValidationError as refused:
            said = " ".join(refused.messages) if description else "say after the name what it is for"
            raise forms.ValidationError(f"{line[:80]}: {said}") from None


def scopes_of(text: str) -> list[Scope]:
    pairs = (line.partition(" ") for line in text.splitlines())
    return [{"name": name, "description": description.strip()} for name, _, description in pairs]


class ServerForm(ConsoleForm):
    name = contract.text(CREATE, "name", label="Name", widget=forms.TextInput)
    scopes = ScopesField(
        required=False,
        label="Scopes",
        help_text="One per line: a name, then what it is for, as in: read Read all orders",
    )


class NewServerForm(ServerForm):
    identifier = contract.text(
        CREATE,
        "identifier",
        label="Identifier",
        widget=forms.TextInput(attrs={"class": "mono"}),
        help_text="Often the API's address. Scopes are called identifier/scope in tokens. It stays.",
    )
    field_order = ("identifier",)


class NewServer(Adding):
    title, button = "Add a resource server", "Add resource server"
    intro = "A resource server is an API of yours. Its scopes say what a token lets its bearer do there."
    form_class = NewServerForm

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        pool, scopes = pool_of(visit.request), scopes_of(given["scopes"])
        return Made(resource_servers.create(pool, given["identifier"], given["name"], scopes))


class Edit(FormTab):
    name, label, form_class = "edit", "Scopes", ServerForm
    note = "A scope that is taken away is missing from tokens at once. Clients keep it listed."

    def initial(self, visit: Visit) -> dict[str, Any]:
        scopes = "\n".join(f"{scope['name']} {scope['description']}" for scope in visit.row.scopes)
        return {"name": visit.row.name, "scopes": scopes}

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        resource_servers.update(visit.row, given["name"], scopes_of(given["scopes"]))


class DeleteServer(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete resource server", "Keep it"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete {row.identifier}?"

    def happens(self, row: Any) -> list[str]:
        return [f"Its {len(row.scopes)} scopes are missing from all tokens from now on: applications lose access."]

    def stays(self, row: Any) -> list[str]:
        return ["Tokens that were issued already carry them until they expire."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        resource_servers.delete(visit.row)
        return Done(f"The resource server {visit.row} is deleted.", url=visit.admin.url("changelist"))


class ResourceServerAdmin(InPool):
    segment, noun, nouns, icon = "resource-servers", "resource server", "resource servers", "server"
    empty = "An API of yours that tokens are for: name it, and say which scopes it knows."
    list_display = ("server", "identifier_shown", "scopes_shown")
    tabs = (Edit(), ChangesTab())
    deeds = (DeleteServer(),)
    adding = NewServer()

    def rows(self, request: HttpRequest) -> QuerySet[ResourceServer]:
        return pool_of(request).resource_servers.all()

    def prepared(self, request: HttpRequest, row: ResourceServer) -> ResourceServer:
        row.pool = pool_of(request)
        return row

    def header(self, visit: Visit) -> dict[str, Any]:
        return {"heading": visit.row.name, "below": visit.row.identifier}

    @column("resource server", order="name")
    def server(self, row: ResourceServer) -> SafeString:
        return named(row.name)

    @column("identifier")
    def identifier_shown(self, row: ResourceServer) -> SafeString:
        return mono(row.identifier)

    @column("scopes")
    def scopes_shown(self, row: ResourceServer) -> SafeString:
        names = [scope["name"] for scope in row.scopes]
        return tags(names[:6] + ([f"and {len(names) - 6} more"] if len(names) > 6 else []))


console.register(ResourceServer, ResourceServerAdmin)
rights.register(
    "Resource servers",
    {
        "userpools.view_resourceserver": "See resource servers and their scopes",
        "userpools.add_resourceserver": "Add resource servers",
        "userpools.change_resourceserver": "Change resource servers and their scopes",
        "userpools.delete_resourceserver": "Delete resource servers",
    },
)
navigation.register(
    USER_POOL,
    32,
    "",
    Entry("Resource servers", "userpools_resourceserver_changelist", "server", "userpools.view_resourceserver"),
)
