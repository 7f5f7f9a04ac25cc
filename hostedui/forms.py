"""The forms of the hosted pages. They shape and clean what was typed; the domain decides whether it is right.

A form is built from plain descriptions (which names a pool signs in with, which attributes it requires, its password
policy), never from a request, and hands plain values back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from hostedui import attributes
from hostedui.attributes import Wanted
from hostedui.fields import (
    EMAIL,
    LONGEST_NAME,
    PHONE_NUMBER,
    USERNAME,
    CodeField,
    LineField,
    NameField,
    NewPasswordField,
    PasswordAgainField,
    PasswordField,
)
from hostedui.words import Told, Words
from userpools.values import PasswordPolicy

Data = Mapping[str, Any] | None
SIX_DIGITS = _("6-digit code")
LONGEST_DEVICE_NAME = 60


class PageForm(forms.Form):
    """``marked`` names fields that are wrong without a sentence of their own: the alert above the form has it."""

    marked: tuple[str, ...] = ()

    def __init__(self, data: Data = None, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="%s")  # type: ignore[arg-type]

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or self.marked)

    def tell(self, told: Told) -> Told | None:
        """Puts ``told`` at the field that it concerns; gives it back when none of them is here, for the page's
        ``alert``."""
        self.marked = tuple(name for name in told.marks if name in self.fields)
        field = next((name for name in told.fields if name in self.fields), None)
        if field is None:
            return told
        self.add_error(field, told.sentence)
        return None

    def is_wrong(self, field: BoundField) -> bool:
        return bool(field.errors) or field.name in self.marked

    def is_first_wrong(self, field: BoundField) -> bool:
        """Which field gets the focus after a refusal."""
        with_errors = [name for name in self.fields if name in self.errors]
        return field.name == next(iter([*with_errors, *self.marked]), None)

    def bound(self, names: Iterable[str]) -> list[BoundField]:
        return [self[name] for name in names if name in self.fields]


class SignInForm(PageForm):
    def __init__(self, data: Data = None, *, names: Iterable[str] = (USERNAME,), **options: Any) -> None:
        super().__init__(data, **options)
        self.kinds = frozenset(names)
        self.fields["username"] = NameField(self.kinds)
        self.fields["password"] = PasswordField(_("Password"))


class ForgotPasswordForm(PageForm):
    def __init__(self, data: Data = None, *, names: Iterable[str] = (USERNAME,), **options: Any) -> None:
        super().__init__(data, **options)
        self.kinds = frozenset(names)
        self.only_kind = next(iter(self.kinds)) if len(self.kinds) == 1 else ""
        self.fields["username"] = NameField(self.kinds)


class CodeForm(PageForm):
    """A code from an authenticator app, or the one that confirms an account."""

    def __init__(self, data: Data = None, *, label: Words = SIX_DIGITS, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["code"] = CodeField(label)


class TotpSetupForm(PageForm):
    code = CodeField(SIX_DIGITS)
    device_name = LineField(
        _("Name of this app"),
        hint=_("Helps you tell your apps apart."),
        required=False,
        max_length=LONGEST_DEVICE_NAME,
        attributes={"autocomplete": "off"},
    )


class EmailSetupForm(PageForm):
    """The address that codes are sent to from now on."""

    def __init__(self, data: Data = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields.update(attributes.fields([Wanted(EMAIL)]))


class FactorForm(PageForm):
    """The choice among ``offered``, in the words of SELECT_MFA_TYPE. Each option is a button of the page."""

    def __init__(self, data: Data = None, *, offered: Iterable[str], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["factor"] = forms.ChoiceField(choices=[(factor, factor) for factor in offered])


# --- passwords ------------------------------------------------------------------------------------------------------


class _TwiceForm(PageForm):
    """A new password, typed twice."""

    def add_password(self, policy: PasswordPolicy) -> None:
        self.fields["new_password"] = NewPasswordField(_("New password"), policy)
        self.fields["new_password_again"] = PasswordAgainField(_("New password again"))

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        again = given.get("new_password_again")
        if again and again != given.get("new_password", again):
            self.add_error("new_password_again", _("The two passwords differ. Type the new one again."))
        return given


class NewPasswordForm(_TwiceForm):
    """In place of a temporary password, with the attributes that are still missing."""

    def __init__(
        self, data: Data = None, *, policy: PasswordPolicy, missing: Iterable[Wanted] = (), **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.add_password(policy)
        self.missing = attributes.fields(missing)
        self.fields.update(self.missing)

    def attributes(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.missing}


class ResetPasswordForm(_TwiceForm):
    def __init__(self, data: Data = None, *, policy: PasswordPolicy, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["code"] = CodeField(SIX_DIGITS)
        self.add_password(policy)


# --- sign-up --------------------------------------------------------------------------------------------------------


class SignUpForm(PageForm):
    """Every attribute that the pool requires, the name to sign in with, a password.

    ``names``: what a new user's username is: ``username``, or where users are named by their address ``email``,
    ``phone_number`` or both. An address that is asked for as an attribute already is not asked for a second time:
    it is the username.
    """

    def __init__(
        self,
        data: Data = None,
        *,
        names: Iterable[str] = (USERNAME,),
        wanted: Iterable[Wanted] = (),
        policy: PasswordPolicy,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        kinds = frozenset(names)
        asked = attributes.fields(_with_address(kinds, wanted))
        self.name_field = next((name for name in (EMAIL, PHONE_NUMBER) if name in kinds and name in asked), "username")
        self.attribute_names = tuple(asked)
        self.pair = attributes.PAIR if set(attributes.PAIR) <= asked.keys() else ()
        if self.name_field == "username":
            asked = {**_first(asked, self.pair), "username": _new_name(kinds), **asked}
        else:
            asked[self.name_field].widget.attrs["autocomplete"] = "username"
        self.fields.update(asked)
        self.fields["password"] = NewPasswordField(_("Password"), policy)

    def username(self) -> str:
        return str(self.cleaned_data[self.name_field])

    def attributes(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.attribute_names}

    def paired(self) -> list[BoundField]:
        return self.bound(self.pair)

    def others(self) -> list[BoundField]:
        return self.bound(name for name in self.fields if name not in self.pair)


def _with_address(kinds: frozenset[str], wanted: Iterable[Wanted]) -> list[Wanted]:
    """Where one kind of address is the username, it is asked for whether or not the schema requires it."""
    listed = list(wanted)
    unlisted = kinds - {USERNAME} - {each.name for each in listed}
    return [*listed, *(Wanted(name) for name in unlisted)] if len(kinds) == 1 else listed


def _first(asked: dict[str, LineField], names: Iterable[str]) -> dict[str, LineField]:
    return {name: asked[name] for name in names}


def _new_name(kinds: frozenset[str]) -> LineField:
    if kinds != {USERNAME}:
        return NameField(kinds)
    spelled = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return LineField(_("Username"), max_length=LONGEST_NAME, attributes=spelled)
