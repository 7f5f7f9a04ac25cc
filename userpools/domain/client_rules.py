"""What the settings of an app client may not say. ``check`` holds a client that is about to be saved, complete, against
every rule, whether it is being created, updated or registered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from cognito_site.contract import errors
from userpools.domain import redirect_urls, resource_servers, schema
from userpools.models import AppClient
from userpools.models.app_client import LEGACY_FLOWS

SHORTEST_TOKEN, LONGEST_TOKEN = timedelta(minutes=5), timedelta(days=1)
SHORTEST_REFRESH, LONGEST_REFRESH = timedelta(hours=1), timedelta(days=3650)
OPENID = "openid"
NEED_OPENID = frozenset({"phone", "email", "profile"})
BUILT_IN_SCOPES = NEED_OPENID | {OPENID, "aws.cognito.signin.user.admin"}
LOCAL_PROVIDER = "COGNITO"
# Poolhouse itself says whether an address was verified, and who somebody is.
NEVER_WRITABLE = frozenset({"sub", "email_verified", "phone_number_verified"})


def check(client: AppClient) -> None:
    for rule in RULES:
        rule(client)


def _sign_in_flows(client: AppClient) -> None:
    flows = set(client.settings.get("explicit_auth_flows", ()))
    legacy = flows & LEGACY_FLOWS.keys()
    if legacy and legacy != flows:
        raise errors.legacy_flows_mixed()
    if client.rotates_refresh_tokens and "ALLOW_REFRESH_TOKEN_AUTH" in flows:
        raise errors.rotation_excludes_refresh_flow()
    if "ALLOW_USER_AUTH" in flows and client.pool.settings["user_pool_tier"] == "LITE":
        raise errors.feature_unavailable("ALLOW_USER_AUTH", "LITE")


def _lifetimes(client: AppClient) -> None:
    refresh = client.refresh_token_lifetime
    short = (client.access_token_lifetime, client.id_token_lifetime)
    if not all(SHORTEST_TOKEN <= lifetime <= LONGEST_TOKEN for lifetime in short):
        raise errors.token_validity_out_of_range()
    if not SHORTEST_REFRESH <= refresh <= LONGEST_REFRESH:
        raise errors.token_validity_out_of_range()
    if refresh < max(short):
        raise errors.refresh_token_shorter()


def _oauth_flows(client: AppClient) -> None:
    flows = client.settings.get("allowed_o_auth_flows", [])
    if client.offers_oauth and not (flows and client.oauth_scopes):
        raise errors.oauth_flows_and_scopes_required()
    if "client_credentials" in flows and len(flows) > 1:
        raise errors.client_credentials_not_alone()
    if "client_credentials" in flows and not client.has_secret:
        raise errors.client_credentials_without_secret()


def _scopes(client: AppClient) -> None:
    scopes = set(client.oauth_scopes)
    custom = scopes - BUILT_IN_SCOPES
    unknown = custom - resource_servers.scopes(client.pool) if custom else set()
    if unknown:
        raise errors.scopes_do_not_exist(sorted(unknown))
    if scopes & NEED_OPENID and OPENID not in scopes:
        raise errors.scopes_need_openid(sorted(scopes & NEED_OPENID))


def _redirects(client: AppClient) -> None:
    for url in (*client.callback_urls, *client.logout_urls):
        redirect_urls.check(url)
    default = client.settings.get("default_redirect_uri")
    if default is not None and default not in client.callback_urls:
        raise errors.default_redirect_not_registered()


def _providers(client: AppClient) -> None:
    for name in client.settings.get("supported_identity_providers", ()):
        if name != LOCAL_PROVIDER:
            raise errors.provider_not_found(name, client.pool.pk)


def _attributes(client: AppClient) -> None:
    deed = "creating" if client._state.adding else "updating"
    known = {name: found for name, found in schema.definitions(client.pool).items() if not found.developer_only}
    if not set(client.settings.get("read_attributes", ())) <= known.keys():
        raise errors.client_attributes_refused("read", deed)
    writable = set(client.settings.get("write_attributes", ()))
    required = {name for name, found in known.items() if found.required} - NEVER_WRITABLE
    if writable and not (required <= writable <= known.keys() - NEVER_WRITABLE):
        raise errors.client_attributes_refused("write", deed)


def _context_data(client: AppClient) -> None:
    if client.settings["enable_propagate_additional_user_context_data"] and not client.has_secret:
        raise errors.context_data_without_secret()


RULES: tuple[Callable[[AppClient], None], ...] = (
    _sign_in_flows,
    _lifetimes,
    _oauth_flows,
    _scopes,
    _redirects,
    _providers,
    _attributes,
    _context_data,
)
