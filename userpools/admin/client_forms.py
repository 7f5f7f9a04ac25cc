"""Forms of app clients: settings that are in effect, with AWS's bounds from the contract."""

from __future__ import annotations

from typing import Any

from django import forms

from cognito_site.console import contract_fields as contract
from cognito_site.console.forms import ConsoleForm
from userpools.domain import client_rules, resource_servers, schema
from userpools.models import AppClient, UserPool

CREATE = "CreateUserPoolClient"
KINDS = {
    "web": "Web server: keeps a secret",
    "public": "Browser, mobile or desktop app: cannot keep a secret",
    "machine": "Machine: signs in as itself, for nobody",
}
FLOWS = {
    "ALLOW_USER_SRP_AUTH": "Password by SRP: it never leaves the device",
    "ALLOW_USER_PASSWORD_AUTH": "Password, sent as it is",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH": "Password, by a server with an access key",
    "ALLOW_REFRESH_TOKEN_AUTH": "Refresh tokens by InitiateAuth",
}
UNITS = {"seconds": "seconds", "minutes": "minutes", "hours": "hours", "days": "days"}
GRANTS = {
    "code": "Authorization code: the one to choose",
    "implicit": "Implicit: tokens in the address bar, for old applications only",
    "client_credentials": "Client credentials: a machine as itself",
}
URL_HELP = "One per line: https, http on localhost, or a scheme of the app's own."


def scopes_of(pool: UserPool) -> list[tuple[str, str]]:
    own = sorted(resource_servers.scopes(pool))
    return [(scope, scope) for scope in (*sorted(client_rules.BUILT_IN_SCOPES), *own)]


class NewClientForm(ConsoleForm):
    name = contract.text(CREATE, "client_name", label="Name", help_text="Operators see it; people who sign in do not.")
    application = forms.ChoiceField(choices=list(KINDS.items()), initial="web", widget=forms.RadioSelect)
    callback_urls = contract.lines(
        CREATE, "callback_urls", required=False, label="Send people back to", help_text=URL_HELP
    )
    scopes = forms.MultipleChoiceField(
        required=False,
        label="A machine may ask for",
        widget=forms.CheckboxSelectMultiple,
        help_text="Scopes of the pool's resource servers; only for machines.",
    )

    def prepare(self) -> None:
        assert self.visit.place is not None
        own = sorted(resource_servers.scopes(self.visit.place.row))
        self.fields["scopes"].choices = [(scope, scope) for scope in own]  # type: ignore[attr-defined]
        if not own:
            del self.fields["scopes"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("application") == "machine" and not given.get("scopes"):
            self.add_error(
                "application", "A machine needs a scope: add a resource server first, then choose its scopes."
            )
        return given


def new_settings(given: dict[str, Any]) -> dict[str, Any]:
    """Of the kinds that the form offers."""
    if given["application"] == "machine":
        return {**_GUARDED, "generate_secret": True, **_oauth("client_credentials", given["scopes"])}
    flows = {"explicit_auth_flows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
    pages = _oauth("code", ["openid", "email", "profile"]) if given["callback_urls"] else {}
    if pages:
        pages |= {"callback_urls": given["callback_urls"], "supported_identity_providers": ["COGNITO"]}
    return {**_GUARDED, **flows, **pages, "generate_secret": given["application"] == "web"}


# As AWS's own console sets them: an application does not tell who has an account.
_GUARDED: dict[str, Any] = {"prevent_user_existence_errors": "ENABLED", "enable_token_revocation": True}


def _oauth(grant: str, scopes: list[str]) -> dict[str, Any]:
    return {
        "allowed_o_auth_flows_user_pool_client": True,
        "allowed_o_auth_flows": [grant],
        "allowed_o_auth_scopes": scopes,
    }


class ClientSettingsForm(ConsoleForm):
    client_name = contract.text(CREATE, "client_name", label="Name")
    explicit_auth_flows = contract.several(
        CREATE,
        "explicit_auth_flows",
        FLOWS,
        label="Sign-in by API",
        required=False,
        help_text="The hosted pages need none of these.",
    )
    prevent_user_existence_errors = forms.BooleanField(
        required=False,
        label="Do not tell who has an account",
        help_text="Unknown names are refused like wrong passwords.",
    )
    auth_session_validity = contract.whole_number(
        CREATE, "auth_session_validity", label="Minutes for a sign-in", help_text="Between one step and the next."
    )
    access_token_validity = contract.whole_number(CREATE, "access_token_validity", label="Access token")
    access_token_unit = contract.choice(CREATE, "token_validity_units.access_token", UNITS, label="in")
    id_token_validity = contract.whole_number(CREATE, "id_token_validity", label="ID token")
    id_token_unit = contract.choice(CREATE, "token_validity_units.id_token", UNITS, label="in")
    refresh_token_validity = contract.whole_number(CREATE, "refresh_token_validity", label="Refresh token")
    refresh_token_unit = contract.choice(CREATE, "token_validity_units.refresh_token", UNITS, label="in")
    enable_token_revocation = forms.BooleanField(required=False, label="Refresh tokens can be revoked")
    rotates = forms.BooleanField(
        required=False,
        label="A refresh token is good once",
        help_text="Each use gives the next one; a replay ends the sign-in. Excludes refreshing by InitiateAuth.",
    )
    grace = contract.whole_number(
        CREATE,
        "refresh_token_rotation.retry_grace_period_seconds",
        required=False,
        label="Grace in seconds",
        help_text="How long an old one still works, for answers that got lost.",
    )
    sections = (
        ("The client", ("client_name",)),
        ("Sign-in by API", ("explicit_auth_flows", "prevent_user_existence_errors", "auth_session_validity")),
        (
            "How long tokens live",
            (
                *("access_token_validity", "access_token_unit", "id_token_validity", "id_token_unit"),
                *("refresh_token_validity", "refresh_token_unit"),
            ),
        ),
        ("Refresh tokens", ("enable_token_revocation", "rotates", "grace")),
    )

    def prepare(self) -> None:
        """Flows that this page does not offer, such as custom ones, stay if they are there."""
        client: AppClient = self.visit.row
        others = [(flow, flow) for flow in sorted(client.auth_flows - FLOWS.keys())]
        self.fields["explicit_auth_flows"].choices = [*FLOWS.items(), *others]  # type: ignore[attr-defined]


class OAuthForm(ConsoleForm):
    offers = forms.BooleanField(
        required=False, label="Uses the hosted pages or OAuth", help_text="Nothing below has an effect without it."
    )
    callback_urls = contract.lines(
        CREATE, "callback_urls", required=False, label="Send people back to", help_text=URL_HELP
    )
    default_redirect_uri = contract.text(
        CREATE, "default_redirect_uri", required=False, label="If none is asked for", widget=forms.TextInput
    )
    logout_urls = contract.lines(CREATE, "logout_urls", required=False, label="After signing out", help_text=URL_HELP)
    grants = contract.several(CREATE, "allowed_o_auth_flows", GRANTS, required=False, label="Grants")
    scopes = forms.MultipleChoiceField(required=False, label="May ask for", widget=forms.CheckboxSelectMultiple)
    is_local = forms.BooleanField(required=False, label="People of this pool sign in with their password")
    sections = (
        ("", ("offers",)),
        ("Addresses", ("callback_urls", "default_redirect_uri", "logout_urls")),
        ("What it may ask for", ("grants", "scopes", "is_local")),
    )

    def prepare(self) -> None:
        """A scope that is gone stays listed while the client has it."""
        client: AppClient = self.visit.row
        known = scopes_of(client.pool)
        gone = [(scope, f"{scope} (gone)") for scope in client.oauth_scopes if scope not in dict(known)]
        self.fields["scopes"].choices = [*known, *gone]  # type: ignore[attr-defined]


class ClientAttributesForm(ConsoleForm):
    read_attributes = forms.MultipleChoiceField(
        required=False,
        label="May read",
        widget=forms.CheckboxSelectMultiple,
        help_text="In ID tokens and user info. None ticked: all of them.",
    )
    write_attributes = forms.MultipleChoiceField(
        required=False,
        label="People may write through it",
        widget=forms.CheckboxSelectMultiple,
        help_text="Required ones must be among them. None ticked: all of them.",
    )

    def prepare(self) -> None:
        defined = schema.definitions(self.visit.row.pool)
        names = [name for name, attribute in defined.items() if not attribute.developer_only and name != "sub"]
        readable = [(name, name) for name in names]
        self.fields["read_attributes"].choices = readable  # type: ignore[attr-defined]
        self.fields["write_attributes"].choices = [  # type: ignore[attr-defined]
            (name, name) for name in names if name not in client_rules.NEVER_WRITABLE
        ]
