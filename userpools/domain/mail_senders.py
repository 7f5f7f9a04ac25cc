"""Whom an e-mail comes from and where an answer goes: the pool's EmailConfiguration, else the installation's address.

AWS sends as SourceArn says, and takes ``From`` where it belongs to that. Here the mail server is the installation's,
whatever the pool's sending account, so both are honoured with any account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import getaddresses
from typing import Any

from userpools.domain import channels
from userpools.models import UserPool

_IDENTITY = re.compile(r":identity/(.+)\Z")
_LINE_BREAK = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Sender:
    """Empty: the installation's, nowhere else, none."""

    address: str = ""
    reply_to: str = ""
    configuration_set: str = ""


def of_pool(pool: UserPool) -> Sender:
    said: Mapping[str, Any] = pool.settings["email_configuration"]
    address = said.get("from") or _identity(said.get("source_arn", ""))
    return Sender(address, said.get("reply_to_email_address", ""), said.get("configuration_set", ""))


def _identity(arn: str) -> str:
    """An identity that is an address speaks for itself; one that is a domain says not who in it."""
    found = _IDENTITY.search(arn)
    return found[1] if found and channels.is_email(found[1]) else ""


def is_sender(text: str) -> bool:
    """``a@b.c`` or ``Name <a@b.c>``, on one line."""
    found = getaddresses([text])
    return len(found) == 1 and not _LINE_BREAK.search(text) and channels.is_email(found[0][1])
