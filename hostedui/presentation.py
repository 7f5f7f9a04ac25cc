"""The hosted pages: what each one shows, and how it becomes HTML.

A view makes the page that it wants, with plain values, and renders it::

    frame = Frame(app_name=client.name, language=languages.choose(...), address=request.get_full_path())
    form = SignInForm(request.POST or None, names={"email"})
    ...
    except errors.Refusal as refusal:
        alert = form.tell(words.told(refusal, Place(form.kinds, forgot_url=..., sign_up_url=...)))
    return HttpResponse(render(SignIn(form=form, alert=alert, forgot_url=...), frame, request))

Each page below names the template that it fills; inside it is ``page``, beside ``frame``. An address that is empty is
not offered. Every form posts to the address that it was fetched from, except "send a new code", which posts to
``resend_url``. No page with a form may say ``Referrer-Policy: no-referrer`` (``headers.referrer``): browsers would post
it with ``Origin: null``, which Django's CSRF check refuses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import segno
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from cognito_site.languages import LANGUAGES, Language
from hostedui import languages, words
from hostedui.forms import (
    CodeForm,
    EmailSetupForm,
    FactorForm,
    ForgotPasswordForm,
    NewPasswordForm,
    PageForm,
    ResetPasswordForm,
    SignInForm,
    SignUpForm,
    TotpSetupForm,
)
from hostedui.words import Told, Words

# --- the frame: what surrounds every page ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LanguageLink:
    language: Language
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """``address`` is the path and query of the page, for the language menu. ``terms_url`` and ``privacy_url`` are the
    client's, where it has them; ``brand_stylesheet`` sets values of the tokens."""

    app_name: str
    language: Language
    address: str = ""
    terms_url: str = ""
    privacy_url: str = ""
    brand_stylesheet: str = ""

    @property
    def languages(self) -> list[LanguageLink]:
        """Bytes of a ``state`` that are no UTF-8 survive the change."""
        given = parse_qsl(urlsplit(self.address).query, errors="surrogateescape")
        query = [pair for pair in given if pair[0] != languages.PARAMETER]
        return [
            LanguageLink(each, "?" + urlencode([*query, (languages.PARAMETER, each.code)], errors="surrogateescape"))
            for each in LANGUAGES
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    template: ClassVar[str]
    heading: ClassVar[Words]
    alert: Told | None = None

    @property
    def is_refused(self) -> bool:
        """The title begins with "Error:"."""
        form: PageForm | None = getattr(self, "form", None)
        return (self.alert is not None and self.alert.kind == "error") or (form is not None and form.is_refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step(Page):
    """A page after the first: ``account`` is the name that was typed at the first, ``leave_url`` where "Not you?" leads
    (it ends what was begun). ``minutes``: how long a sign-in that goes on still waits."""

    account: str = ""
    leave_url: str = ""


def render(page: Page, frame: Frame, request: HttpRequest) -> str:
    """``page`` in the language of ``frame``. What was worded before, lazily, is worded now."""
    with translation.override(frame.language.catalogue):
        found = get_template(f"hostedui/{page.template}.html")
        return str(found.render({"page": page, "frame": frame}, request))


# --- signing in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn(Page):
    template = "sign_in"
    heading = _("Sign in")
    form: SignInForm
    forgot_url: str = ""
    sign_up_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totp(_Step):
    """SOFTWARE_TOKEN_MFA. ``device_name`` is FRIENDLY_DEVICE_NAME."""

    template = "totp"
    heading = _("Enter your code")
    form: CodeForm
    device_name: str = ""
    minutes: int
    choose_url: str = ""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a code went: a masked destination, and ``EMAIL`` or ``SMS``."""

    medium: str
    destination: str

    @property
    def masked(self) -> str:
        return masked(self.destination)


# What pages of codes say where the code is.
CODE_HEADINGS = {"EMAIL": _("Check your email"), "SMS": _("Check your messages")}


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCode(_Step):
    """SMS_MFA and EMAIL_OTP. The code lives as long as the page waits."""

    template = "message_code"
    form: CodeForm
    sent: Destination
    minutes: int
    resend_url: str
    choose_url: str = ""

    @property
    def heading(self) -> Words:  # type: ignore[override]
        return CODE_HEADINGS[self.sent.medium]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSetup(_Step):
    """MFA_SETUP by an address that codes are sent to."""

    template = "email_setup"
    heading = _("Add your email address")
    form: EmailSetupForm
    minutes: int
    other_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpSetup(_Step):
    """MFA_SETUP. ``key`` is the secret in base32, ``uri`` what the QR code says (``factors.provisioning_uri``)."""

    template = "totp_setup"
    heading = _("Set up an authenticator app")
    form: TotpSetupForm
    minutes: int
    key: str
    uri: str
    other_url: str = ""

    @property
    def key_in_groups(self) -> str:
        return " ".join(self.key[start : start + 4] for start in range(0, len(self.key), 4))

    @property
    def qr(self) -> SafeString:
        """Markup made of numbers only; presentation attributes, which no Content-Security-Policy refuses."""
        code = segno.make(self.uri, error="l", boost_error=False, micro=False)
        drawn = code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)
        return mark_safe(drawn)  # noqa: S308


@dataclass(frozen=True, slots=True)
class Option:
    """A way to confirm a sign-in: ``value`` is what the form posts as ``factor``; ``sent_to`` a masked destination."""

    value: str
    sent_to: str = ""

    @property
    def icon(self) -> str:
        return {"SMS_MFA": "message", "EMAIL_OTP": "mail"}.get(self.value, "app")

    @property
    def masked(self) -> str:
        return masked(self.sent_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseMfa(_Step):
    """SELECT_MFA_TYPE."""

    template = "choose_mfa"
    heading = _("Confirm it’s you")
    form: FactorForm
    options: Iterable[Option]
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword(_Step):
    """NEW_PASSWORD_REQUIRED."""

    template = "new_password"
    heading = _("Choose a new password")
    form: NewPasswordForm
    minutes: int


# --- accounts -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp(Page):
    template = "sign_up"
    heading = _("Create your account")
    form: SignUpForm
    sign_in_url: str = ""


@dataclass(frozen=True, slots=True)
class Sent(Destination):
    """``hours``: how long the code works."""

    hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(_Step):
    """``sent`` is None where nobody knows: who comes from the sign-in page got the code some time ago. ``form`` is None
    where a link was sent."""

    template = "confirm"
    form: CodeForm | None
    sent: Sent | None = None
    resend_url: str = ""

    @property
    def heading(self) -> Words:  # type: ignore[override]
        return CODE_HEADINGS[self.sent.medium] if self.sent else _("Confirm your account")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgotPassword(Page):
    template = "forgot_password"
    heading = _("Reset your password")
    form: ForgotPasswordForm
    sign_in_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword(_Step):
    """``sent`` is None after an administrator began the reset. It is told also where there is no such account."""

    template = "reset_password"
    heading = _("Choose a new password")
    form: ResetPasswordForm
    sent: Sent | None = None
    resend_url: str = ""


# --- pages that report ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOut(Page):
    template = "signed_out"
    heading = _("You’re signed out")
    sign_in_url: str = ""
    app_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLink(Page):
    """Where a confirmation link leads."""

    template = "confirm_link"
    heading = _("Confirm your account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(Page):
    """After a confirmation link. After a typed code the sign-in page says it: ``alert=words.CONFIRMED``."""

    template = "confirmed"
    heading = _("Your account is confirmed")
    sign_in_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFailed(Page):
    template = "link_failed"
    heading = _("This link doesn’t work any more")
    sign_in_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure(Page):
    """``code``: an OAuth error code, or one that ``words.failure`` knows; ``back_url`` only an address that is known to
    be the app's."""

    template = "failure"
    code: str
    reference: str
    time: datetime
    back_url: str = ""

    @property
    def words(self) -> words.Failure:
        return words.failure(self.code)

    @property
    def heading(self) -> Words:  # type: ignore[override]
        return self.words.heading


def masked(destination: str) -> str:
    """The domain's mask with bullets in place of asterisks, of a length that says nothing."""
    if destination.startswith("+"):
        return f"+••• ••• •{destination[-2:]}"
    return destination.replace("***", "•••")
