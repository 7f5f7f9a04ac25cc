"""What messages say where a pool has no words of its own.

For e-mail a subject, which is also the heading, a sentence that leads to the code, and one below it; for text messages
one sentence, in plain quotation marks: one curly mark makes two messages out of one. ``{####}`` is the code or the
temporary password, ``{app}`` what the pool is called. The catalogues are in ``userpools/locale``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"

UNASKED = _("If you didn’t ask for it, you can ignore this message. Don’t give the code to anybody.")


@dataclass(frozen=True, slots=True)
class Wording:
    """``button`` is on a link that takes the place of the code."""

    subject: Words
    lead: Words
    below: Words
    text: Words = ""
    button: Words = ""


SIGN_UP = Wording(
    subject=_("Confirm your account"),
    lead=_("Enter this code to confirm your account. It works for 24 hours."),
    below=_("If you didn’t create an account, you can ignore this message. Don’t give the code to anybody."),
    text=_("{app}: {####} is your code to confirm your account."),
)
LINK = Wording(
    subject=_("Confirm your account"),
    lead=_("Open this link to confirm your account. It works for 24 hours."),
    below=_("If you didn’t create an account, you can ignore this message."),
    button=_("Confirm your account"),
)
PASSWORD_RESET = Wording(
    subject=_("Reset your password"),
    lead=_("Enter this code to choose a new password. It works for 1 hour."),
    below=_("If you didn’t ask for it, your password is still good, and you can ignore this message."),
    text=_("{app}: {####} is your code to choose a new password. Don't give it to anybody."),
)
ADDRESS = Wording(
    subject=_("Confirm your email address"),
    lead=_("Enter this code to confirm that this address is yours. It works for 24 hours."),
    below=UNASKED,
    text=_("{app}: {####} is your code to confirm that this number is yours."),
)
SIGN_IN = Wording(
    subject=_("Your sign-in code"),
    lead=_("Enter this code to finish signing in. It works for a few minutes."),
    below=_(
        "If you aren’t signing in right now, somebody may know your password: change it. Don’t give the code to"
        " anybody."
    ),
    text=_("{app}: {####} is your code to sign in. Don't give it to anybody."),
)
INVITATION = Wording(
    subject=_("Your temporary password"),
    lead=_(
        "An account was made for you. Sign in with this name and this password, then choose a password of your own."
    ),
    below="",
    text=_("{app}: your username is {username} and your temporary password is {####}"),
)
USERNAME = _("Username")
TEMPORARY_PASSWORD = _("Temporary password")

KINDS: Mapping[str, Wording] = {
    "SignUp": SIGN_UP,
    "ResendCode": SIGN_UP,
    "ForgotPassword": PASSWORD_RESET,
    "UpdateUserAttribute": ADDRESS,
    "VerifyUserAttribute": ADDRESS,
    "AdminCreateUser": INVITATION,
    "Authentication": SIGN_IN,
}


def good_for(days: int) -> str:
    """Of a temporary password, in the language that is active. Empty for one that does not last a day."""
    if not days:
        return ""
    return ngettext("The password works for {n} day.", "The password works for {n} days.", days).format(n=days)
