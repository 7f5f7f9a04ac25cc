"""How the pages ask for attributes of the standard schema. Custom attributes never appear on pages, as on AWS's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hostedui.fields import LONGEST_ATTRIBUTE, DateField, EmailField, LineField, PhoneNumberField
from hostedui.words import Words

WITH_COUNTRY_CODE = _("With the country code, such as +351.")
FOR_A_CODE = _("We send a code here to confirm it.")
FOR_A_CODE_WITH_COUNTRY_CODE = _("We send a code here to confirm it. With the country code, such as +351.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attribute that a page asks for: its name, the lengths that the schema allows, whether a code goes to it."""

    name: str
    minimum: int | None = None
    maximum: int | None = None
    is_verified: bool = False


def _line(label: Words, autocomplete: str, **attributes: str) -> Callable[..., LineField]:
    def field(wanted: Wanted, **options: Any) -> LineField:
        spelled = {"autocomplete": autocomplete, **attributes}
        return LineField(label, attributes=spelled, **_lengths(wanted), **options)

    return field


def _lengths(wanted: Wanted) -> dict[str, Any]:
    return {"min_length": wanted.minimum, "max_length": min(wanted.maximum or LONGEST_ATTRIBUTE, LONGEST_ATTRIBUTE)}


def _email(wanted: Wanted, **options: Any) -> LineField:
    return EmailField(_("Email address"), hint=FOR_A_CODE if wanted.is_verified else "", **_lengths(wanted), **options)


def _phone_number(wanted: Wanted, **options: Any) -> LineField:
    hint = FOR_A_CODE_WITH_COUNTRY_CODE if wanted.is_verified else WITH_COUNTRY_CODE
    return PhoneNumberField(_("Mobile number"), hint=hint, **_lengths(wanted), **options)


def _birthdate(wanted: Wanted, **options: Any) -> LineField:
    return DateField(_("Date of birth"), attributes={"autocomplete": "bday"}, **options)


def _address(wanted: Wanted, **options: Any) -> LineField:
    spelled = {"autocomplete": "street-address", "rows": "3"}
    return LineField(_("Address"), widget=forms.Textarea, attributes=spelled, **_lengths(wanted), **options)


def _hinted(label: Words, hint: Words, autocomplete: str, **attributes: str) -> Callable[..., LineField]:
    ask = _line(label, autocomplete, autocapitalize="none", spellcheck="false", **attributes)
    return lambda wanted, **options: ask(wanted, hint=hint, **options)


# The order is the pages': who you are, how you are reached, the rest.
ASKED: Mapping[str, Callable[..., LineField]] = {
    "given_name": _line(_("Given name"), "given-name"),
    "family_name": _line(_("Family name"), "family-name"),
    "name": _line(_("Full name"), "name"),
    "middle_name": _line(_("Middle name"), "additional-name"),
    "nickname": _line(_("Nickname"), "nickname"),
    "preferred_username": _line(_("Display name"), "nickname", autocapitalize="none", spellcheck="false"),
    "email": _email,
    "phone_number": _phone_number,
    "birthdate": _birthdate,
    "gender": _line(_("Gender"), "sex"),
    "address": _address,
    "website": _line(_("Website"), "url", inputmode="url", dir="ltr", autocapitalize="none"),
    "profile": _line(_("Address of your profile page"), "url", inputmode="url", dir="ltr", autocapitalize="none"),
    "picture": _line(_("Address of your picture"), "photo", inputmode="url", dir="ltr", autocapitalize="none"),
    "zoneinfo": _hinted(_("Time zone"), _("Such as Europe/Lisbon."), "off", dir="ltr"),
    "locale": _hinted(_("Language"), _("Such as en or pt-BR."), "language", dir="ltr"),
    "updated_at": _hinted(
        _("Time of the last change"), _("In seconds since 1970."), "off", inputmode="numeric", dir="ltr"
    ),
}
# Side by side where the form is wide enough and both are asked.
PAIR = ("given_name", "family_name")


def fields(wanted: Iterable[Wanted]) -> dict[str, LineField]:
    """A field for each attribute that pages can ask for, in the order of the pages."""
    by_name = {each.name: each for each in wanted}
    return {name: ask(by_name[name]) for name, ask in ASKED.items() if name in by_name}
