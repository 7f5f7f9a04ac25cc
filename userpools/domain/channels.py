"""E-mail addresses and phone numbers: the two channels that codes and messages travel by, their formats and masks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.domain import schema
from userpools.models import UserPool
from userpools.values import Delivery

EMAIL = "email"
PHONE_NUMBER = "phone_number"
CHANNELS = (EMAIL, PHONE_NUMBER)
MEDIUMS = {EMAIL: "EMAIL", PHONE_NUMBER: "SMS"}
ATTRIBUTES = {medium: attribute for attribute, medium in MEDIUMS.items()}

LONGEST_EMAIL = 320
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"[^\s\x00-\x1f\x7f\"(),:;<>@\[\\\]]{{1,64}}@(?:{_LABEL}\.)+{_LABEL}")
_PHONE_NUMBER = re.compile(r"\+[0-9]{1,15}")


def is_email(text: str) -> bool:
    return len(text) <= LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_phone_number(text: str) -> bool:
    """E.164. Numbers that no carrier gave out pass: tests live on them."""
    return _PHONE_NUMBER.fullmatch(text) is not None


IS_FORMAT = {EMAIL: is_email, PHONE_NUMBER: is_phone_number}


def check_format(channel: str, text: str) -> None:
    if not IS_FORMAT[channel](text):
        raise errors.invalid_email() if channel == EMAIL else errors.invalid_phone_number()


def channel_of(name: str) -> str | None:
    """The channel whose format ``name`` has."""
    return next((channel for channel in CHANNELS if IS_FORMAT[channel](name)), None)


def verified(channel: str) -> str:
    """The attribute that says whether the address of ``channel`` was proved."""
    return f"{channel}_verified"


# --- masks ----------------------------------------------------------------------------------------------------------


def mask(channel: str, address: str) -> str:
    return _masked_email(address) if channel == EMAIL else _masked_phone_number(address)


def _masked_email(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain[:1]}***"


def _masked_phone_number(number: str) -> str:
    digits = number.removeprefix("+")
    shown = digits[-4:] if len(digits) > 4 else ""
    return f"+{'*' * (len(digits) - len(shown))}{shown}"


def delivery(channel: str, address: str) -> Delivery:
    return Delivery(mask(channel, address), MEDIUMS[channel], channel)


# --- who does not exist ---------------------------------------------------------------------------------------------


def _surprise(pool: UserPool, channel: str) -> tuple[bool, bool, int]:
    """The smaller, the more users have an address of ``channel`` that is proved. A sign-up that has both proves the
    phone number."""
    everybody_has_it = schema.definitions(pool)[channel].required
    order = 1 if channel == EMAIL else 0 if everybody_has_it else 2
    return channel not in pool.auto_verified_attributes, not schema.is_expected(pool, channel), order


def simulated_delivery(pool: UserPool, name: str, offered: Iterable[str]) -> Delivery:
    """What a user ``name`` would be told, if there were one: the same at every request, and different in every pool.
    By the channel that users are likeliest to have: one that nobody has would tell that there is nobody.

    A name that is an address stands for itself; for any other, letters and digits are drawn from the key ring.
    """
    likely = sorted(offered, key=lambda channel: _surprise(pool, channel))
    typed = channel_of(name)
    if typed in likely:
        return delivery(typed, pool.fold(name))
    channel = likely[0] if likely else EMAIL
    drawn = keyring.fingerprint(f"{pool.pk}\0{pool.fold(name)}", "simulated-destination")
    if channel == PHONE_NUMBER:
        return delivery(channel, f"+{10**10 + int.from_bytes(drawn[:4], 'big') % 10**10}")
    letters = [chr(ord("a") + byte % 26) for byte in drawn[:2]]
    return delivery(channel, f"{letters[0]}@{letters[1]}.example")
