"""What the pages say to a refusal: what happened, then what to do.

The domain refuses in AWS's words, which are for programs; here each refusal that a visitor can meet has its sentence.
What is said about a wrong name or password never depends on whether the account exists: only the refusals that a
LEGACY client gets are worded otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cognito_site.contract import errors
from cognito_site.contract.errors import Refusal

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"


@dataclass(frozen=True, slots=True)
class Told:
    """``sentence`` stands at the first of ``fields`` that the page has, else in an alert, after ``lead`` in bold.

    ``marks`` are fields that are shown as wrong without a sentence; ``kind`` is ``error``, ``warn`` or ``good``;
    ``links`` are the addresses that the text names in braces.
    """

    lead: Words
    text: Words
    fields: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    kind: str = "error"
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> SafeString | Words:
        """Only our own words are markup: addresses are escaped."""
        return format_html(str(self.text), **self.links) if self.links else self.text


@dataclass(frozen=True, slots=True)
class Place:
    """What a sentence depends on: the kinds of names that the page asks for, where its links lead (empty: there is no
    such page), the shortest password, and whether the code that it asks for was sent in a message."""

    names: frozenset[str] = frozenset({"username"})
    forgot_url: str = ""
    sign_in_url: str = ""
    sign_up_url: str = ""
    minimum_length: int = 8
    sent_code: bool = False


Say = Callable[[Place, Refusal], Told]


def told(refusal: Refusal, place: Place) -> Told:
    """The sentence for this reason, else for this kind of refusal, else that something went wrong."""
    say = _BY_REASON.get((refusal.code, refusal.message)) or _BY_CODE.get(refusal.code) or _always(UNKNOWN)
    return say(place, refusal)


def _always(what: Told) -> Say:
    def say(place: Place, refusal: Refusal) -> Told:
        return what

    return say


# --- signing in -----------------------------------------------------------------------------------------------------

_INCORRECT: Mapping[frozenset[str], Words] = {
    frozenset({"email"}): _("Incorrect email address or password."),
    frozenset({"phone_number"}): _("Incorrect mobile number or password."),
}
_NOBODY: Mapping[frozenset[str], Words] = {
    frozenset({"email"}): _("There is no account with this email address."),
    frozenset({"phone_number"}): _("There is no account with this mobile number."),
}


def _incorrect(place: Place, refusal: Refusal) -> Told:
    lead = _INCORRECT.get(place.names, _("Incorrect username or password."))
    marks = ("password", "username")
    if not place.forgot_url:
        return Told(lead, _("Check both and try again."), marks=marks)
    advice = _('Check both and try again, or <a href="{url}">reset your password</a>.')
    return Told(lead, advice, marks=marks, links={"url": place.forgot_url})


def _nobody(place: Place, refusal: Refusal) -> Told:
    lead = _NOBODY.get(place.names, _("There is no account with this username."))
    if not place.sign_up_url:
        return Told(lead, _("Check it and try again."), marks=("username",))
    advice = _('Check it and try again, or <a href="{url}">create an account</a>.')
    return Told(lead, advice, marks=("username",), links={"url": place.sign_up_url})


TOO_MANY_ATTEMPTS = Told(_("Too many attempts."), _("Wait a while, then try again."))
TOO_FAST = Told(_("Too much is going on right now."), _("Wait a moment, then try again."))
DISABLED = Told(_("This account is turned off."), _("Ask whoever runs this app to turn it on again."))
EXPIRED_PASSWORD = Told(_("Your temporary password has expired."), _("Ask whoever created your account for a new one."))
WAITED_TOO_LONG = Told(_("This page has waited too long."), _("Start signing in again."), kind="warn")
NO_SECOND_STEP = Told(
    _("A second step is needed, and none is set up that works here."), _("Ask whoever runs this app for help.")
)
UNCONFIRMED = Told(_("Your account isn’t confirmed yet."), _("Ask whoever runs this app to confirm it."), kind="warn")
NOT_POSSIBLE = Told(_("That isn’t possible here."), _("Ask whoever runs this app for help."))
UNKNOWN = Told(_("That didn’t work."), _("Try again. If it happens again, ask whoever runs this app for help."))

# --- codes ----------------------------------------------------------------------------------------------------------

WRONG_CODE = Told(
    _("That code didn’t work."),
    _("That code isn’t right or has expired. Enter the newest one, or send a new code."),
    fields=("code",),
)
WRONG_APP_CODE = Told(
    _("That code didn’t work."),
    _("That code isn’t right. Wait for the next one in the app, then enter it."),
    fields=("code",),
)
USED_APP_CODE = Told(
    _("That code didn’t work."),
    _("That code was used already. Wait for the next one in the app, then enter it."),
    fields=("code",),
)
NOT_SENT = Told(_("We couldn’t send the code."), _("Try again in a few minutes."))
NOWHERE_TO_SEND = Told(
    _("There is no confirmed address that we could send a code to."), _("Ask whoever runs this app for help.")
)
ASK_FOR_RESET = Told(_("This password can’t be reset here."), _("Ask whoever runs this app for a new one."))


def _second_factor(place: Place, refusal: Refusal) -> Told:
    return WRONG_CODE if place.sent_code else WRONG_APP_CODE


def _confirmed_already(place: Place, refusal: Refusal) -> Told:
    lead = _("This account is confirmed already.")
    if not place.sign_in_url:
        return Told(lead, _("You can sign in."), kind="warn")
    return Told(lead, _('<a href="{url}">Sign in</a> to continue.'), kind="warn", links={"url": place.sign_in_url})


# --- accounts -------------------------------------------------------------------------------------------------------

_TAKEN: Mapping[str, tuple[tuple[str, ...], Words, Words]] = {
    "email": (
        ("email", "username"),
        _('An account with this email address exists already. <a href="{url}">Sign in</a>, or use another one.'),
        _("An account with this email address exists already. Use another one."),
    ),
    "phone_number": (
        ("phone_number", "username"),
        _('An account with this mobile number exists already. <a href="{url}">Sign in</a>, or use another one.'),
        _("An account with this mobile number exists already. Use another one."),
    ),
    "username": (
        ("username", "email", "phone_number"),
        _('An account with this name exists already. <a href="{url}">Sign in</a>, or choose another one.'),
        _("An account with this name exists already. Choose another one."),
    ),
}
_TAKEN_KIND = re.compile(r"An account with the (?:given )?(email|phone_number)\b")


def _taken(place: Place, refusal: Refusal) -> Told:
    found = _TAKEN_KIND.match(refusal.message)
    fields, with_link, without = _TAKEN[found.group(1) if found else "username"]
    said = Told(_("This account exists already."), without, fields=fields)
    return replace(said, text=with_link, links={"url": place.sign_in_url}) if place.sign_in_url else said


CLOSED = Told(_("New accounts can’t be created here."), _("Ask whoever runs this app for one."))
NOT_AN_EMAIL = Told(
    _("That email address can’t be used."),
    _("Enter the whole address, such as name@example.com."),
    fields=("email", "username"),
)
NOT_A_NUMBER = Told(
    _("That mobile number can’t be used."),
    _("Enter the number with its country code, such as +351 912 345 678."),
    fields=("phone_number", "username"),
)
NOT_THIS_NAME = Told(
    _("That name can’t be used."), _("This name can’t be used here. Choose another one."), fields=("username",)
)
_NOT_PERFORMED = errors.not_performed("").message
_REFUSED_ATTRIBUTE = re.compile(r"(?:^|: |\n)(?:user\.)?([a-z_]+): ")


def _parameter(place: Place, refusal: Refusal) -> Told:
    """Attributes are refused by line, ``user.<name>: <why>``."""
    names = tuple(_REFUSED_ATTRIBUTE.findall(refusal.message))
    lead, advice = _("Some of this can’t be used."), _("This can’t be used as it is. Check it and try again.")
    if not names and refusal.message.startswith("Username"):
        return NOT_THIS_NAME
    if refusal.message.endswith(_NOT_PERFORMED):
        return NOT_POSSIBLE
    return Told(lead, advice, fields=names, marks=names) if names else Told(lead, _("Check it and try again."))


# --- passwords ------------------------------------------------------------------------------------------------------

_PASSWORD = ("new_password", "password")
_BROKEN_RULES: Mapping[str, Words] = {
    "Password must have uppercase characters": _("This password has no upper-case letter. Add one."),
    "Password must have lowercase characters": _("This password has no lower-case letter. Add one."),
    "Password must have numeric characters": _("This password has no number. Add one."),
    "Password must have symbol characters": _("This password has no symbol. Add one, like ! or ?."),
}
USED_PASSWORD = Told(
    _("That password can’t be used."),
    _("You have used this password before. Choose one that is new."),
    fields=_PASSWORD,
)


def _too_short(n: int) -> Words:
    sentence = ngettext_lazy(
        "This password is too short. Use at least {n} character.",
        "This password is too short. Use at least {n} characters.",
        n,
    )
    return format_lazy(sentence, n=n)


def _password(place: Place, refusal: Refusal) -> Told:
    rule = refusal.message.partition(": ")[2]
    sentence = _BROKEN_RULES.get(rule, _("This password can’t be used. Choose another one."))
    if rule == "Password not long enough":
        sentence = _too_short(place.minimum_length)
    return Told(_("That password can’t be used."), sentence, fields=_PASSWORD)


# --- functions of the app ---------------------------------------------------------------------------------------------

_SAID_BY_FUNCTION = re.compile(r"[A-Za-z]+ failed with error (.+)\.", re.DOTALL)


def _function(place: Place, refusal: Refusal) -> Told:
    """What the app's own function says to its users, as on AWS's pages; never as markup."""
    said = _SAID_BY_FUNCTION.fullmatch(refusal.message)
    return Told(NOT_POSSIBLE.lead, said.group(1)) if said else NOT_POSSIBLE


# --- which refusal is which -----------------------------------------------------------------------------------------

_BY_REASON: Mapping[tuple[str, str], Say] = {
    (reason.code, reason.message): say
    for reason, say in (
        (errors.incorrect_username_or_password(), _incorrect),
        (errors.password_attempts_exceeded(), _always(TOO_MANY_ATTEMPTS)),
        (errors.user_disabled(), _always(DISABLED)),
        (errors.temporary_password_expired(), _always(EXPIRED_PASSWORD)),
        (errors.invalid_session(), _always(WAITED_TOO_LONG)),
        (errors.session_expired(), _always(WAITED_TOO_LONG)),
        (errors.session_used(), _always(WAITED_TOO_LONG)),
        (errors.challenge_mismatch(), _always(WAITED_TOO_LONG)),
        (errors.sign_up_not_permitted(), _always(CLOSED)),
        (errors.password_cannot_be_reset(), _always(ASK_FOR_RESET)),
        (errors.contact_administrator(), _always(ASK_FOR_RESET)),
        (errors.cannot_confirm("CONFIRMED"), _confirmed_already),
        (errors.user_already_confirmed(), _confirmed_already),
        (errors.mfa_code_mismatch(), _second_factor),
        (errors.software_token_used(), _always(USED_APP_CODE)),
        (errors.no_recovery_channel(), _always(NOWHERE_TO_SEND)),
        (errors.auto_verification_off(), _always(NOWHERE_TO_SEND)),
        (errors.invalid_email(), _always(NOT_AN_EMAIL)),
        (errors.invalid_phone_number(), _always(NOT_A_NUMBER)),
    )
}
_BY_CODE: Mapping[str, Say] = {
    kind.code: say
    for kind, say in (
        (errors.UserNotFound, _nobody),
        (errors.UserNotConfirmed, _always(UNCONFIRMED)),
        (errors.UsernameExists, _taken),
        (errors.AliasExists, _taken),
        (errors.CodeMismatch, _always(WRONG_CODE)),
        (errors.ExpiredCode, _always(WRONG_CODE)),
        (errors.EnableSoftwareTokenMfa, _always(WRONG_APP_CODE)),
        (errors.SoftwareTokenMfaNotFound, _always(WAITED_TOO_LONG)),
        (errors.InvalidUserPoolConfiguration, _always(NO_SECOND_STEP)),
        (errors.CodeDeliveryFailure, _always(NOT_SENT)),
        (errors.LimitExceeded, _always(TOO_MANY_ATTEMPTS)),
        (errors.TooManyFailedAttempts, _always(TOO_MANY_ATTEMPTS)),
        (errors.TooManyRequests, _always(TOO_FAST)),
        (errors.InvalidPassword, _password),
        (errors.PasswordHistoryPolicyViolation, _always(USED_PASSWORD)),
        (errors.InvalidParameter, _parameter),
        (errors.UserLambdaValidation, _function),
        (errors.UnexpectedLambda, _always(NOT_POSSIBLE)),
        (errors.InvalidLambdaResponse, _always(NOT_POSSIBLE)),
    )
}

# --- good news ------------------------------------------------------------------------------------------------------

CODE_SENT = Told(_("A new code is on its way."), _("Only the newest one works."), kind="good")
LINK_SENT = Told(_("A new link is on its way."), _("Only the newest one works."), kind="good")
PASSWORD_SAVED = Told(_("Password saved."), _("Sign in with the new one."), kind="good")
CONFIRMED = Told(_("Your account is confirmed."), _("Sign in to continue."), kind="good")
CREATED = Told(
    _("Your account is created."), _("Whoever runs this app has to confirm it. Then you can sign in."), kind="good"
)

# --- pages that cannot continue -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Failure:
    heading: Words
    sentence: Words


_CANNOT_CONTINUE = _("Sign-in can’t continue")
_NOT_UNDERSTOOD = Failure(
    _CANNOT_CONTINUE,
    _("The app sent you here with a request that can’t be answered. Nothing is wrong with your account."),
)
_FAILURES: Mapping[str, Failure] = {
    "redirect_mismatch": Failure(
        _CANNOT_CONTINUE,
        _("The app sent you here with an address that isn’t registered. Nothing is wrong with your account."),
    ),
    "invalid_client": Failure(
        _CANNOT_CONTINUE, _("The app that sent you here isn’t known. Nothing is wrong with your account.")
    ),
    "login_unavailable": Failure(
        _("There’s no sign-in page for this app"),
        _("The app isn’t set up for signing in here. Nothing is wrong with your account."),
    ),
    "no_domain": Failure(
        _("There’s no sign-in page here"),
        _("Whoever runs this app hasn’t set up its sign-in pages. Nothing is wrong with your account."),
    ),
    "stale_form": Failure(
        _("This page has waited too long"),
        _("Go back and start again. If that doesn’t help, allow cookies for this site."),
    ),
    "not_found": Failure(_("There’s nothing at this address"), _("It may be mistyped, or the link is too old.")),
    "too_many_requests": Failure(_("Too much is going on right now"), _("Wait a moment, then try again.")),
    "server_error": Failure(
        _("Something went wrong on our side"), _("Nothing is wrong with your account. Try again in a few minutes.")
    ),
}


INVALID_REQUEST = "invalid_request"


def failure(code: str) -> Failure:
    """The words of the error page for an OAuth error code, or one of the codes above."""
    return _FAILURES.get(code, _NOT_UNDERSTOOD)


def known_code(code: str) -> str:
    """Whoever makes a link to the error page writes nothing of his own on it."""
    return code if code in _FAILURES else INVALID_REQUEST
