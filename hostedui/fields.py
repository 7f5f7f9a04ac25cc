"""Fields of the pages' forms: how each is labelled, filled in by browsers, cleaned, and refused when it cannot be read.

What a value must be is the domain's to say; here are only its shape and its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from hostedui.words import Words
from userpools.domain import channels
from userpools.values import PasswordPolicy

LONGEST_ATTRIBUTE = 2048
LONGEST_CODE = 2048
LONGEST_NAME = 128
LONGEST_PASSWORD = 256

_BETWEEN_DIGITS = re.compile(r"[\s\-().\u2010-\u2015\u200e\u200f\u202a-\u202e]+")
_WRITTEN_AS_PHONE_NUMBER = re.compile(r"\+?[0-9]{3,}")


def digits_together(typed: str) -> str:
    """``typed`` without what people put between digits, and with its digits in the spelling of the wire."""
    return "".join(_plain(character) for character in _BETWEEN_DIGITS.sub("", typed))


def _plain(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None else str(digit)


def phone_number(typed: str) -> str:
    number = digits_together(typed)
    return f"+{number[2:]}" if number.startswith("00") else number


# --- plain fields ---------------------------------------------------------------------------------------------------


class LineField(forms.CharField):
    """A label, perhaps a hint, an input, perhaps what is wrong with it."""

    empty: Words = _("Fill this in to continue.")

    def __init__(self, label: Words, *, hint: Words = "", **options: Any) -> None:
        attributes = {"class": "input", **options.pop("attributes", {})}
        widget = options.pop("widget", forms.TextInput)(attrs=attributes)
        shortest = options.pop("min_length", None)
        super().__init__(label=label, help_text=hint, widget=widget, **options)
        self.shortest = shortest
        self.error_messages["required"] = self.empty

    def clean(self, value: Any) -> str:
        """Lengths are counted after cleaning, by Python's measure and AWS's: in characters."""
        cleaned = self.cleaned(super().clean(value))
        if cleaned and self.shortest and len(cleaned) < self.shortest:
            raise ValidationError(too_short(self.shortest))
        return cleaned

    def cleaned(self, typed: str) -> str:
        return typed

    def run_validators(self, value: Any) -> None:
        if self.max_length is not None and len(value) > self.max_length:
            raise ValidationError(too_long(self.max_length))
        if "\0" in value:
            raise ValidationError(_("This holds a character that can’t be used. Type it again."))


def too_long(n: int) -> Words:
    return format_lazy(ngettext_lazy("Use at most {n} character.", "Use at most {n} characters.", n), n=n)


def too_short(n: int) -> Words:
    return format_lazy(ngettext_lazy("Use at least {n} character.", "Use at least {n} characters.", n), n=n)


class EmailField(LineField):
    def __init__(self, label: Words, **options: Any) -> None:
        spelled = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
        attributes = {**spelled, "autocomplete": "email", **options.pop("attributes", {})}
        super().__init__(label, widget=forms.EmailInput, attributes=attributes, **options)

    def cleaned(self, typed: str) -> str:
        if typed and not channels.is_email(typed):
            raise ValidationError(_("Enter the whole address, such as name@example.com."))
        return typed


class PhoneNumberField(LineField):
    def __init__(self, label: Words, **options: Any) -> None:
        spelled = {"type": "tel", "inputmode": "tel", "dir": "ltr"}
        attributes = {**spelled, "autocomplete": "tel", **options.pop("attributes", {})}
        super().__init__(label, attributes=attributes, **options)

    def cleaned(self, typed: str) -> str:
        number = phone_number(typed)
        if number and not channels.is_phone_number(number):
            raise ValidationError(_("Enter the number with its country code, such as +351 912 345 678."))
        return number


class DateField(LineField):
    """The browser's own date field; where there is none, a line of text in the same spelling."""

    def __init__(self, label: Words, **options: Any) -> None:
        attributes = {"type": "date", **options.pop("attributes", {})}
        super().__init__(label, attributes=attributes, **options)

    def cleaned(self, typed: str) -> str:
        if typed and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", typed):
            raise ValidationError(_("Enter a whole date, such as 1990-03-25."))
        return typed


class CodeField(LineField):
    """One field for the whole code, however it was typed or pasted."""

    empty = _("Enter the code.")

    def __init__(self, label: Words, **options: Any) -> None:
        spelled = {"class": "input code", "inputmode": "numeric", "dir": "ltr", "spellcheck": "false"}
        attributes = {**spelled, "autocomplete": "one-time-code"}
        super().__init__(label, attributes=attributes, max_length=LONGEST_CODE, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No ``maxlength``: it would cut what is pasted with spaces."""
        return {}

    def cleaned(self, typed: str) -> str:
        code = digits_together(typed)
        if not re.fullmatch("[0-9]+", code):
            raise ValidationError(_("Enter the digits of the code, nothing else."))
        return code


# --- sign-in names --------------------------------------------------------------------------------------------------

USERNAME, EMAIL, PHONE_NUMBER = "username", channels.EMAIL, channels.PHONE_NUMBER
NAMES: Mapping[frozenset[str], Words] = {
    frozenset({USERNAME}): _("Username"),
    frozenset({EMAIL}): _("Email address"),
    frozenset({PHONE_NUMBER}): _("Mobile number"),
    frozenset({EMAIL, PHONE_NUMBER}): _("Email address or mobile number"),
    frozenset({USERNAME, EMAIL}): _("Username or email address"),
    frozenset({USERNAME, PHONE_NUMBER}): _("Username or mobile number"),
    frozenset({USERNAME, EMAIL, PHONE_NUMBER}): _("Username, email address or mobile number"),
}


class NameField(LineField):
    """What people sign in with: ``kinds`` of ``username``, ``email`` and ``phone_number``. It is looked up as it was
    typed, apart from what people put between the digits of a phone number."""

    empty = _("Enter the name you sign in with.")

    def __init__(self, kinds: frozenset[str], **options: Any) -> None:
        spelled = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        attributes = {**spelled, **_KEYBOARDS.get(kinds, {})}
        super().__init__(NAMES[kinds], attributes=attributes, max_length=LONGEST_NAME, **options)
        self.kinds = kinds

    def cleaned(self, typed: str) -> str:
        if PHONE_NUMBER in self.kinds and _WRITTEN_AS_PHONE_NUMBER.fullmatch(phone_number(typed)):
            return phone_number(typed)
        return typed


_KEYBOARDS: Mapping[frozenset[str], Mapping[str, str]] = {
    frozenset({EMAIL}): {"type": "email", "inputmode": "email", "dir": "ltr"},
    frozenset({PHONE_NUMBER}): {"type": "tel", "inputmode": "tel", "dir": "ltr"},
}


# --- passwords ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """A line under a new password. ``kind`` is known to hosted.js; the domain decides."""

    kind: str
    words: Words
    minimum: int = 0


def rules(policy: PasswordPolicy) -> tuple[Rule, ...]:
    length = policy.minimum_length
    characters = format_lazy(ngettext_lazy("{n} character", "{n} characters", length), n=length)
    wanted = (
        (length > 1, Rule("length", characters, length)),
        (policy.require_lowercase, Rule("lower", _("Lower-case letter"))),
        (policy.require_uppercase, Rule("upper", _("Upper-case letter"))),
        (policy.require_numbers, Rule("number", _("Number"))),
        (policy.require_symbols, Rule("symbol", _("Symbol, like ! or ?"))),
    )
    return tuple(rule for is_wanted, rule in wanted if is_wanted)


class PasswordField(LineField):
    empty = _("Enter your password.")

    def __init__(self, label: Words, *, autocomplete: str = "current-password") -> None:
        attributes = {"autocomplete": autocomplete}
        super().__init__(
            label, widget=forms.PasswordInput, attributes=attributes, max_length=LONGEST_PASSWORD, strip=False
        )


class NewPasswordField(PasswordField):
    empty = _("Choose a password.")

    def __init__(self, label: Words, policy: PasswordPolicy) -> None:
        super().__init__(label, autocomplete="new-password")
        self.rules = rules(policy)
        self.widget.attrs["minlength"] = policy.minimum_length

    def cleaned(self, typed: str) -> str:
        if typed != typed.strip():
            raise ValidationError(_("A password can’t begin or end with a space."))
        return typed


class PasswordAgainField(PasswordField):
    empty = _("Enter the new password once more.")

    def __init__(self, label: Words) -> None:
        super().__init__(label, autocomplete="new-password")
