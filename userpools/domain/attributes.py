"""The attributes of a user: which values the pool's schema accepts, and who may write which.

Values are text, as on the wire. What is wrong with several attributes is told at once, a line for each, in AWS's words
where they are known. Changing them is in ``attribute_changes``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cognito_site.contract import errors
from userpools.domain import channels, schema
from userpools.domain.schema import Attribute
from userpools.models import AppClient, User, UserPool

SUB = "sub"
# Whatever a client's WriteAttributes say: only Poolhouse and administrators say what is proved.
NEVER_BY_USERS = frozenset({SUB, "identities", *map(channels.verified, channels.CHANNELS)})
DEVELOPER_ONLY = "dev:"

Given = Mapping[str, str]


# --- who may read ---------------------------------------------------------------------------------------------------


def readable(user: User, client: AppClient) -> dict[str, str]:
    """Without ``sub``, which everybody may read."""
    return {name: value for name, value in user.attributes.items() if _may_read(client, name)}


def _may_read(client: AppClient, name: str) -> bool:
    return not name.startswith(DEVELOPER_ONLY) and client.may_read(name)


# --- who may write --------------------------------------------------------------------------------------------------


def may_write(client: AppClient, name: str) -> bool:
    """Whether users may write ``name`` through ``client``."""
    return name not in NEVER_BY_USERS and not name.startswith(DEVELOPER_ONLY) and client.may_write(name)


def check_writable(client: AppClient, names: Iterable[str]) -> None:
    if not all(may_write(client, name) for name in names):
        raise errors.unauthorized_attribute()


# --- values ---------------------------------------------------------------------------------------------------------


def for_sign_up(client: AppClient, given: Given) -> dict[str, str]:
    """What a new user brings through ``client``. Required attributes are not asked for here: ``check_required``."""
    check_writable(client, given)
    return _accepted(client.pool, given)


def for_new_user(pool: UserPool, given: Given) -> dict[str, str]:
    """What an administrator gives a new user: also what proves an address, and not yet everything that is required."""
    accepted = _accepted(pool, given)
    check_addresses(accepted, accepted)
    return accepted


def for_completion(pool: UserPool, given: Given) -> dict[str, str]:
    """What a user adds at the first sign-in: also immutable attributes, for they have no value yet."""
    return _accepted(pool, given)


def check_required(pool: UserPool, attributes: Given) -> None:
    missing = [name for name in _required(pool) if not attributes.get(name)]
    if missing:
        raise errors.attributes_refused(f"{name}: The attribute is required" for name in missing)


def for_change(pool: UserPool, given: Given) -> dict[str, str]:
    """New values of a user who exists; an empty one takes the attribute away."""
    defined = schema.definitions(pool)
    locked = [name for name in given if name in defined and not defined[name].mutable]
    emptied = [name for name, value in given.items() if not value and name in defined and name not in locked]
    if locked:
        raise errors.attributes_refused(f"user.{name}: Attribute cannot be updated." for name in locked)
    check_removable(pool, emptied)
    return {**_accepted(pool, given), **dict.fromkeys(emptied, "")}


def check_removable(pool: UserPool, names: Iterable[str]) -> None:
    lines = list(filter(None, (_why_not_removable(pool, name) for name in names)))
    if lines:
        raise errors.invalid_user_attributes(lines)


def _why_not_removable(pool: UserPool, name: str) -> str | None:
    attribute = schema.definitions(pool).get(name)
    if attribute is None:
        return f"user.{name}: Attribute does not exist in the schema."
    if attribute.required or not attribute.mutable:
        return f"user.{name}: Attribute cannot be deleted."
    return None


def check_addresses(given: Given, attributes: Given) -> None:
    """Nothing is proved about an address that is not there. ``attributes``: as they will be."""
    if channels.verified(channels.EMAIL) in given and not attributes.get(channels.EMAIL):
        raise errors.email_needed_to_verify()
    if channels.verified(channels.PHONE_NUMBER) in given and not attributes.get(channels.PHONE_NUMBER):
        raise errors.phone_needed_to_verify()


def _accepted(pool: UserPool, given: Given) -> dict[str, str]:
    """``given`` as it is stored, without empty values."""
    defined = schema.definitions(pool)
    lines = list(filter(None, (_why_refused(defined.get(name), name, value) for name, value in given.items())))
    if lines:
        raise errors.attributes_refused(lines)
    for channel in channels.CHANNELS:
        if given.get(channel):
            channels.check_format(channel, given[channel])
    return {name: _stored(defined[name], value) for name, value in given.items() if value}


def _stored(attribute: Attribute, value: str) -> str:
    """Clients write Python's ``True`` as well as JSON's ``true``."""
    return value.lower() if attribute.type == "Boolean" else value


def _why_refused(attribute: Attribute | None, name: str, value: str) -> str | None:
    if attribute is None:
        return f"user.{name}: Attribute does not exist in the schema."
    if name == SUB:
        return f"user.{name}: Attribute cannot be updated."
    reason = _misfit(attribute, value) if value else None
    return f"user.{name}: {reason}" if reason else None


def _misfit(attribute: Attribute, value: str) -> str | None:
    if attribute.type == "Boolean":
        return None if value.lower() in ("true", "false") else "Value must be true or false."
    if attribute.type == "Number":
        return _misfit_of_number(attribute, value)
    if attribute.type == "String":
        return _out_of_bounds(attribute, len(value), "have length")
    return None


def _misfit_of_number(attribute: Attribute, value: str) -> str | None:
    if not schema.WHOLE_NUMBER.fullmatch(value):
        return "Value must be a whole number."
    return _out_of_bounds(attribute, int(value), "have value")


def _out_of_bounds(attribute: Attribute, size: int, what: str) -> str | None:
    if attribute.minimum is not None and size < attribute.minimum:
        return f"Value must {what} greater than or equal to {attribute.minimum}."
    if attribute.maximum is not None and size > attribute.maximum:
        return f"Value must {what} less than or equal to {attribute.maximum}."
    return None


# --- what is required -----------------------------------------------------------------------------------------------


def _required(pool: UserPool) -> list[str]:
    return [name for name, attribute in schema.definitions(pool).items() if attribute.required and name != SUB]


def missing_required(user: User) -> list[str]:
    """What an administrator left out when creating ``user``; NEW_PASSWORD_REQUIRED asks for it."""
    return [name for name in _required(user.pool) if not user.attributes.get(name)]
