"""Where flows call a pool's Lambda triggers: one function for each point, called by every flow that reaches it.

This version performs no trigger. A pool may keep a ``LambdaConfig``, but a function that could have refused, changed or
sent something must not be skipped in silence: where a flow reaches a trigger that is configured, it fails and says so.
"""

from __future__ import annotations

from cognito_site.contract import errors
from userpools.models import AppClient, User, UserPool
from userpools.values import Context

PRE_SIGN_UP = "PreSignUp"
POST_CONFIRMATION = "PostConfirmation"
PRE_AUTHENTICATION = "PreAuthentication"
POST_AUTHENTICATION = "PostAuthentication"
PRE_TOKEN_GENERATION = "PreTokenGeneration"
CUSTOM_MESSAGE = "CustomMessage"
USER_MIGRATION = "UserMigration"

SETTINGS = {
    PRE_SIGN_UP: ("pre_sign_up",),
    POST_CONFIRMATION: ("post_confirmation",),
    PRE_AUTHENTICATION: ("pre_authentication",),
    POST_AUTHENTICATION: ("post_authentication",),
    PRE_TOKEN_GENERATION: ("pre_token_generation", "pre_token_generation_config"),
    CUSTOM_MESSAGE: ("custom_message",),
    USER_MIGRATION: ("user_migration",),
}
SENDERS = {"EMAIL": ("CustomEmailSender", "custom_email_sender"), "SMS": ("CustomSMSSender", "custom_sms_sender")}


def is_configured(pool: UserPool, trigger: str) -> bool:
    configured = pool.settings.get("lambda_config") or {}
    return any(configured.get(setting) for setting in SETTINGS[trigger])


def _call(pool: UserPool, trigger: str) -> None:
    if is_configured(pool, trigger):
        raise errors.trigger_not_performed(trigger)


def pre_sign_up(pool: UserPool, source: str, attributes: dict[str, str], context: Context) -> None:
    """Before anything of a new user is stored. ``source``: ``SignUp`` or ``AdminCreateUser``."""
    _call(pool, PRE_SIGN_UP)


def post_confirmation(user: User, source: str, context: Context) -> None:
    """After the commit: a failure reaches the caller and undoes nothing. ``source``: ``ConfirmSignUp`` or
    ``ConfirmForgotPassword``."""
    _call(user.pool, POST_CONFIRMATION)


def pre_authentication(user: User, client: AppClient, context: Context) -> None:
    _call(user.pool, PRE_AUTHENTICATION)


def post_authentication(user: User, client: AppClient, context: Context) -> None:
    _call(user.pool, POST_AUTHENTICATION)


def pre_token_generation(user: User, client: AppClient, source: str, context: Context) -> None:
    _call(user.pool, PRE_TOKEN_GENERATION)


def pre_token_generation_for_machine(client: AppClient) -> None:
    """Only version V3_0 of the event is sent for tokens without a user."""
    configured = (client.pool.settings.get("lambda_config") or {}).get("pre_token_generation_config") or {}
    if configured.get("lambda_version") == "V3_0":
        raise errors.trigger_not_performed(PRE_TOKEN_GENERATION)


def user_migration(pool: UserPool, source: str, name: str, context: Context) -> None:
    """Somebody unknown signs in or forgot a password. ``source``: ``Authentication`` or ``ForgotPassword``."""
    _call(pool, USER_MIGRATION)


def custom_message(user: User, source: str, context: Context) -> None:
    """Before a message is rendered. ``source`` is the kind of the message."""
    _call(user.pool, CUSTOM_MESSAGE)


def custom_sender(user: User, medium: str) -> None:
    """Whether a function of the pool replaces delivery by ``medium``."""
    name, setting = SENDERS[medium]
    if (user.pool.settings.get("lambda_config") or {}).get(setting):
        raise errors.trigger_not_performed(name)
