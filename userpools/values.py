"""Values that tables and rules share. Pure Python: no table, no request, no rule of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace


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
    ``client_metadata`` and ``validation_data``, which are passed on to triggers as they came. ``actor`` is the ARN of
    an administrator who acts on somebody's account, and empty when people act on their own; ``client`` is the id of the
    app client that they came through, ``language`` the code of the one in which they read a page."""

    ip: str = ""
    user_agent: str = ""
    client_metadata: dict[str, str] | None = None
    validation_data: dict[str, str] | None = None
    actor: str = ""
    client: str = ""
    language: str = ""

    def at(self, client: str) -> Context:
        return replace(self, client=client)

    def beginning(self) -> Context:
        """What a caller says when a sign-in begins is validation data, and nobody's metadata (AWS: InitiateAuth)."""
        return replace(self, client_metadata=None, validation_data=self.client_metadata)

    def without_metadata(self) -> Context:
        return replace(self, client_metadata=None, validation_data=None)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a code went: the masked destination, ``EMAIL`` or ``SMS``, and the attribute that holds the address."""

    destination: str
    medium: str
    attribute: str
