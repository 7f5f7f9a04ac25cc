"""App clients: settings complete with AWS's defaults, held against ``client_rules`` before they are saved."""

from __future__ import annotations

import secrets
import string
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import access, client_rules, client_secrets
from userpools.models import AppClient, UserPool
from userpools.models.app_client import DEFAULT_REFRESH_DAYS, UNITS

Settings = dict[str, Any]

REGULAR = "REGULAR"
MOST_CLIENTS = 1000
ID_ALPHABET = string.ascii_lowercase + string.digits
ID_LENGTH = 26

DEFAULTS: Settings = {
    "refresh_token_validity": 0,
    "token_validity_units": {},
    "allowed_o_auth_flows_user_pool_client": False,
    "enable_token_revocation": True,
    "enable_propagate_additional_user_context_data": False,
    "auth_session_validity": 3,
}


def completed(given: Settings) -> Settings:
    """What was given, unaltered, and AWS's defaults. A refresh token's validity of 0 asks for the default, 30 days."""
    settings = deepcopy({**DEFAULTS, **given})
    unit = settings["token_validity_units"].get("refresh_token", "days")
    settings["refresh_token_validity"] = (
        settings["refresh_token_validity"] or DEFAULT_REFRESH_DAYS * UNITS["days"] // UNITS[unit]
    )
    return settings


def _new_id() -> str:
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


def _wanted_secret(given: Settings) -> str | None:
    """Whether a client is confidential is decided when it is made, for ever."""
    generate, own = given.pop("generate_secret", False), given.pop("client_secret", None)
    if given.pop("publish_secrets_in_aws_secrets_manager", False):
        raise errors.not_performed("PublishSecretsInAWSSecretsManager")
    if generate and own:
        raise errors.secret_given_and_generated()
    return client_secrets.generate() if generate else own


@transaction.atomic
def create(pool: UserPool, name: str, given: Settings) -> AppClient:
    given = dict(given)
    secret = _wanted_secret(given)
    if pool.clients.count() >= MOST_CLIENTS:
        raise errors.count_limit_exceeded("app clients in a user pool", MOST_CLIENTS)
    now = timezone.now()
    client = AppClient(client_id=_new_id(), pool=pool, name=name, created_at=now, modified_at=now)
    client.settings = completed(given)
    client.secrets = [client_secrets.sealed(client.client_id, secret, now)] if secret else []
    client_rules.check(client)
    client.save(force_insert=True)
    return client


@transaction.atomic
def update(client: AppClient, name: str | None, given: Settings) -> AppClient:
    """A full replacement: what the caller did not name falls back to its default. The secrets stay."""
    given = dict(given)
    _wanted_secret(given)
    client = access.locked_client(client)
    client.settings = completed(given)
    client.name = name or client.name
    client_rules.check(client)
    client.modified_at = timezone.now()
    client.save(update_fields=["name", "settings", "modified_at"])
    return client


@transaction.atomic
def change(client: AppClient, changes: Settings, *, name: str | None = None) -> AppClient:
    """An extension, for the console: what is not named stays as it is; a member that is None is taken away."""
    client = access.locked_client(client)
    given = {**client.settings, **changes}
    client.settings = completed({member: value for member, value in given.items() if value is not None})
    client.name = name or client.name
    client_rules.check(client)
    client.modified_at = timezone.now()
    client.save(update_fields=["name", "settings", "modified_at"])
    return client


def of_type(pool: UserPool, client_type: str | None) -> QuerySet[AppClient]:
    """Nothing registers clients dynamically yet: all of them are ``REGULAR``."""
    return pool.clients.all() if client_type in (None, REGULAR) else pool.clients.none()


def delete(client: AppClient) -> None:
    client.delete()
