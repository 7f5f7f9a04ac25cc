"""Values that tables and rules share. Pure Python: no table, no request, no rule of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    minimum_length: int = 8
    require_uppercase: bool = True
    require_lowercase: bool = True
    require_numbers: bool = True
    require_symbols: bool = True
    temporary_password_validity_days: int = 7
    password_history_size: int = 0


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, as far as the rules may know: nothing here came from a body that the caller could forge, except
    ``client_metadata``, which is passed on to triggers as it came. ``actor`` is the ARN of an administrator who acts
    on somebody's account, and empty when people act on their own."""

    ip: str = ""
    user_agent: str = ""
    client_metadata: dict[str, str] | None = None
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a code went: the masked destination, ``EMAIL`` or ``SMS``, and the attribute that holds the address."""

    destination: str
    medium: str
    attribute: str
