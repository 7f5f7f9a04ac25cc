"""The domains under which a pool's pages are found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings as django_settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import contract_fields as contract
from cognito_site.console import navigation, rights
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.marks import column, copyable, day, named, pill
from cognito_site.console.navigation import Entry
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, Tab
from cognito_site.console.visits import Visit
from userpools.admin.app_clients import sign_in_url
from userpools.admin.place import USER_POOL, InPool, pool_of
from userpools.domain import domain_hosts, domains
from userpools.domain.domains import Wish
from userpools.models import Domain

CREATE = "CreateUserPoolDomain"
# Whoever terminates TLS for a name of its own has the certificate; the contract asks for its name.
_NO_CERTIFICATE = "arn:aws:acm:{region}:{account}:certificate/00000000-0000-4000-8000-000000000000"


class NewDomainForm(ConsoleForm):
    kind = forms.ChoiceField(
        choices=[("prefix", "A name below this installation's"), ("custom", "A host name of its own")],
        initial="prefix",
        widget=forms.RadioSelect,
        label="Kind",
    )
    domain = contract.text(
        CREATE,
        "domain",
        label="Domain",
        says="Lower-case letters, digits, hyphens; a host name also has dots.",
        help_text="For a host name of its own, DNS and the proxy in front must lead it here.",
    )


class NewDomain(Adding):
    title, button = "Add a domain", "Add domain"
    intro = "With a domain the pool has sign-in pages and OAuth endpoints. A pool has at most one of each kind."
    form_class = NewDomainForm

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        place = django_settings.POOLHOUSE
        certificate = _NO_CERTIFICATE.format(region=place.region, account=place.account_id)
        config = {"certificate_arn": certificate} if given["kind"] == "custom" else None
        wish = Wish(custom_domain_config=config, takes_released=True)
        return Made(domains.create(pool_of(visit.request), given["domain"], wish))


class Addresses(Tab):
    name, label, template = "addresses", "Addresses", "console/userpools/domain.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        domain: Domain = visit.row
        clients = domain.pool.clients.all()[:50] if visit.may("userpools.view_appclient") else []
        links = [(client, sign_in_url(client)) for client in clients]
        return {
            "domain": domain,
            "address": domain_hosts.address(domain),
            "public_address": domain_hosts.public_address(domain.pool),
            "issuer": domain.pool.issuer,
            "links": [(client, url) for client, url in links if url],
        }


class DeleteDomain(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete domain", "Keep the domain"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete the domain {row}?"

    def happens(self, row: Domain) -> list[str]:
        others = row.pool.domains.exclude(pk=row.pk).exists()
        alone = "The pool has no sign-in pages any more: nobody signs in, signs up or resets a password on the web."
        return [
            f"Nothing answers at {domain_hosts.address(row)} any more; an operator may give the name to any pool.",
            *([] if others else [alone]),
        ]

    def stays(self, row: Any) -> list[str]:
        return ["Users, clients and tokens stay, and so does signing in by API."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        done = Done(f"The domain {visit.row} is deleted.", url=visit.admin.url("changelist"))
        domains.delete(visit.row)
        return done


class DomainAdmin(InPool):
    segment, noun, nouns, icon = "domains", "domain", "domains", "globe"
    add_segment = "+"  # a domain may be called "new"
    empty = "Without a domain the pool has no sign-in pages. A prefix is enough to begin with."
    list_display = ("domain", "kind_shown", "created")
    tabs = (Addresses(), ChangesTab())
    deeds = (DeleteDomain(),)
    adding = NewDomain()

    def rows(self, request: HttpRequest) -> QuerySet[Domain]:
        return pool_of(request).domains.order_by("is_custom")

    def prepared(self, request: HttpRequest, row: Domain) -> Domain:
        row.pool = pool_of(request)
        return row

    def header(self, visit: Visit) -> dict[str, Any]:
        address = domain_hosts.address(visit.row)
        return {"heading": visit.row.name, "below": copyable(address, "address"), "pills": [self.kind_shown(visit.row)]}

    @column("domain")
    def domain(self, row: Domain) -> SafeString:
        return named(row.name, domain_hosts.address(row))

    @column("kind")
    def kind_shown(self, row: Domain) -> SafeString:
        return pill("info", "Own host name") if row.is_custom else pill("ok", "Prefix")

    @column("created")
    def created(self, row: Domain) -> SafeString:
        return day(row.created_at)


console.register(Domain, DomainAdmin)
rights.register(
    "Domains",
    {
        "userpools.view_domain": "See domains and the addresses of sign-in pages",
        "userpools.add_domain": "Add domains",
        "userpools.delete_domain": "Delete domains, and with them the sign-in pages",
    },
)
navigation.register(
    USER_POOL, 33, "", Entry("Domains", "userpools_domain_changelist", "globe", "userpools.view_domain")
)
