"""App clients: what an application needs to know, and what it may do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import changes, navigation, rights
from cognito_site.console.marks import column, day, mono, named, quiet
from cognito_site.console.navigation import Entry
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, Tab
from cognito_site.console.visits import Visit
from userpools.admin import client_settings, snippets
from userpools.admin.client_deeds import DeleteClient, NewClient, RemoveSecret, RotateSecret, ShowSecret, ending
from userpools.admin.place import USER_POOL, InPool, pool_of
from userpools.domain import client_secrets, domain_hosts
from userpools.models import AppClient

PRIVATE = ("http://localhost", "http://127.0.0.1", "http://[::1]")


class QuickStart(Tab):
    name, label, template = "start", "Quick start", "console/userpools/client_start.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        client: AppClient = visit.row
        languages = snippets.languages(client)
        wanted = visit.request.GET.get("language", "")
        language = wanted if wanted in languages else snippets.PYTHON
        return {
            "client": client,
            "secrets": [(secret, ending(secret.id)) for secret in client_secrets.listed(client)],
            "may_change": visit.may("change"),
            "way": snippets.way(client),
            "languages": languages,
            "language": language,
            "code": snippets.of(client, language),
            "checks": _checks(client),
            "latest": changes.of(client)[:4],
        }


def _checks(client: AppClient) -> list[tuple[bool, str, str]]:
    """Whether it is fine, what is looked at, and why."""
    urls = [*client.callback_urls, *client.logout_urls]
    local = [url for url in urls if url.startswith(PRIVATE)]
    found = [(not local, "Addresses are for everybody", "some lead to the visitor's own machine" if local else "")]
    found = found if urls else []
    implicit = "implicit" in client.oauth_flows
    if client.oauth_flows:
        said = "the implicit grant puts tokens into the address bar" if implicit else ""
        found.append((not implicit, "Tokens stay out of addresses", said))
    plain = "ALLOW_USER_PASSWORD_AUTH" in client.auth_flows
    found.append((not plain, "Passwords are not sent as they are", "USER_PASSWORD_AUTH is allowed" if plain else ""))
    hides = client.hides_user_existence
    found.append((hides, "It does not tell who has an account", "" if hides else "unknown names are refused by name"))
    double = len(client.secrets) > 1
    if client.has_secret:
        found.append((not double, "One secret is in use", "two work: a rotation is not finished" if double else ""))
    return found


def sign_in_url(client: AppClient) -> str:
    """Of the hosted page, for a client that may use it in a pool that has one."""
    domain = client.pool.domains.first()
    if domain is None or "code" not in client.oauth_flows or not client.callback_urls:
        return ""
    asked = {
        "client_id": client.pk,
        "response_type": "code",
        "scope": " ".join(client.oauth_scopes),
        "redirect_uri": client.callback_urls[0],
    }
    return f"{domain_hosts.public_address(client.pool)}/oauth2/authorize?{urlencode(asked)}"


class AppClientAdmin(InPool):
    segment, noun, nouns, icon = "app-clients", "app client", "app clients", "window"
    empty = "An app client is how one of your apps introduces itself. Web server or browser?"
    list_display = ("client", "client_id_shown", "secret", "ways", "created")
    search_help_text = "Name or client id"
    tabs = (
        QuickStart(),
        client_settings.Settings(),
        client_settings.OAuth(),
        client_settings.Attributes(),
        ChangesTab(),
    )
    deeds = (RotateSecret(), ShowSecret(), RemoveSecret(), DeleteClient())
    adding = NewClient()

    def rows(self, request: HttpRequest) -> QuerySet[AppClient]:
        return pool_of(request).clients.all()

    def prepared(self, request: HttpRequest, row: AppClient) -> AppClient:
        row.pool = pool_of(request)
        return row

    def find(self, request: HttpRequest, rows: QuerySet[AppClient], typed: str) -> QuerySet[AppClient]:
        return rows.filter(name__icontains=typed) | rows.filter(pk__startswith=typed)

    def header(self, visit: Visit) -> dict[str, Any]:
        client: AppClient = visit.row
        kind = "Confidential client: it keeps a secret" if client.has_secret else "Public client: it has no secret"
        url = sign_in_url(client)
        return {"heading": client.name, "below": kind, "links": [("Try its sign-in page", url)] if url else []}

    @column("app client", order="name")
    def client(self, row: AppClient) -> SafeString:
        return named(row.name)

    @column("client id")
    def client_id_shown(self, row: AppClient) -> SafeString:
        return mono(row.pk)

    @column("secret")
    def secret(self, row: AppClient) -> str:
        return {0: quiet("none"), 1: "one"}.get(len(row.secrets), "two")

    @column("signs in by")
    def ways(self, row: AppClient) -> str:
        words = {"code": "hosted pages", "implicit": "hosted pages", "client_credentials": "client credentials"}
        found = {words[flow] for flow in row.oauth_flows}
        is_machine = "client_credentials" in row.oauth_flows
        return ", ".join(sorted(found | (set() if is_machine else {"API"})))

    @column("created")
    def created(self, row: AppClient) -> SafeString:
        return day(row.created_at)


console.register(AppClient, AppClientAdmin)
rights.register(
    "App clients",
    {
        "userpools.view_appclient": "See app clients and their settings, but no secret",
        "userpools.add_appclient": "Add app clients, and see the new secret once",
        "userpools.change_appclient": "Change app clients, and show and rotate their secrets",
        "userpools.delete_appclient": "Delete app clients",
    },
)
navigation.register(
    USER_POOL,
    30,
    "Sign-in",
    Entry("App clients", "userpools_appclient_changelist", "window", "userpools.view_appclient"),
)
