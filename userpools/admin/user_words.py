"""Why somebody cannot sign in, in words for the person at the telephone, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.timesince import timeuntil

from userpools.domain import factors, standing
from userpools.domain.standing import Finding, Matter, Reason, Verdict
from userpools.models import User

STATUSES = {
    User.Status.CONFIRMED: ("ok", "Confirmed"),
    User.Status.UNCONFIRMED: ("warn", "Unconfirmed"),
    User.Status.FORCE_CHANGE_PASSWORD: ("warn", "Must change password"),
    User.Status.RESET_REQUIRED: ("warn", "Reset required"),
    User.Status.EXTERNAL_PROVIDER: ("info", "Federated"),
}
FACTORS = {User.Mfa.TOTP: "Authenticator app", User.Mfa.SMS: "Text message", User.Mfa.EMAIL: "E-mail"}

# What is fine, by matter.
FINE = {
    Matter.ENABLED: "The account is enabled",
    Matter.LOCK: "Not locked",
    Matter.PASSWORD: "A password is set",
    Matter.CONFIRMATION: "The sign-up is confirmed",
    Matter.SECOND_FACTOR: "No second factor is missing",
    Matter.RECOVERY: "A verified address can receive a reset code",
}


@dataclass(frozen=True, slots=True)
class Said:
    """``title`` ends "<name> ...", ``check`` is the line of the list, ``advice`` what to do, ``deeds`` the names of the
    deeds that help, best first."""

    title: str
    check: str
    advice: str
    deeds: tuple[str, ...] = ()


REASONS = {
    Reason.DISABLED: Said(
        "cannot sign in: the account is disabled",
        "The account is disabled",
        "An operator or an application with a key switched it off. All tokens were revoked then.",
        ("enable",),
    ),
    Reason.LOCKED: Said(
        "cannot sign in for another {until}",
        "Locked after wrong passwords",
        "Too many wrong passwords in a row. The lock ends by itself; it does not say who typed them.",
        ("unlock", "send-reset"),
    ),
    Reason.FACTOR_LOCKED: Said(
        "cannot sign in for another {until}",
        "Locked after wrong codes",
        "The password was right, but too many codes of the authenticator app were wrong.",
        ("unlock", "remove-authenticator"),
    ),
    Reason.NO_PASSWORD: Said(
        "cannot sign in: there is no password",
        "No password is set",
        "The account was made without one.",
        ("set-temporary-password",),
    ),
    Reason.TEMPORARY_PASSWORD: Said(
        "", "A temporary password waits to be replaced", "Signing in asks for a new password first."
    ),
    Reason.TEMPORARY_PASSWORD_EXPIRED: Said(
        "cannot sign in: the temporary password has expired",
        "The temporary password has expired",
        "The invitation was not used in time. Sending it again makes a new password.",
        ("resend-invitation", "set-temporary-password"),
    ),
    Reason.RESET_REQUIRED: Said(
        "cannot sign in: the password must be reset first",
        "The password must be reset",
        "A code went to them; with it they choose a new password. Sending again makes a new code.",
        ("send-reset", "set-temporary-password"),
    ),
    Reason.UNCONFIRMED: Said(
        "cannot sign in: the sign-up was never confirmed",
        "The sign-up is not confirmed",
        "They signed up, and did not type the code that proves their address.",
        ("confirm",),
    ),
    Reason.FACTOR_MISSING: Said(
        "", "A second factor is missing", "The pool requires one: the next sign-in asks to set it up."
    ),
    Reason.FACTOR_NOT_OFFERED: Said(
        "cannot sign in: a second factor is owed, and none can be asked for",
        "No second factor can be asked for",
        "What is owed is not offered by the pool. Its settings say which factors there are.",
    ),
    Reason.NO_RECOVERY_CHANNEL: Said(
        "",
        "No verified address can receive a reset code",
        "If they forget the password they cannot reset it by themselves.",
    ),
    Reason.NO_SELF_SERVICE: Said("", "Only operators reset passwords in this pool", "The pool's settings say so."),
}


@dataclass(frozen=True, slots=True)
class Check:
    """``mark``: fine, broken, or warn."""

    mark: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """``tone``: ok, warn or bad."""

    tone: str
    title: str
    text: str
    checks: list[Check]
    deeds: tuple[str, ...] = ()


def answer(user: User, name: str) -> Answer:
    findings = standing.of(user)
    checks = [_check(finding) for finding in findings]
    stopping = standing.obstacle(findings)
    if stopping is not None and stopping.reason is not None:
        said = REASONS[stopping.reason]
        title = said.title.format(until=_time_left(stopping.until))
        return Answer("bad", f"{name} {title}", said.advice, checks, said.deeds)
    asking = [finding for finding in findings if finding.verdict == Verdict.ASKS and finding.reason]
    if asking:
        text = " ".join(REASONS[finding.reason].advice for finding in asking if finding.reason)
        return Answer("warn", f"{name} can sign in, and is asked for something first", text, checks)
    return Answer("ok", f"Nothing stands in the way of {name}", "A right password signs in.", checks)


def _check(finding: Finding) -> Check:
    if finding.reason is None:
        return Check("fine", FINE[finding.matter])
    mark = "broken" if finding.verdict == Verdict.STOPS else "warn"
    return Check(mark, REASONS[finding.reason].check, _until(finding.until))


def _until(moment: datetime | None) -> str:
    if moment is None:
        return ""
    word = "until" if moment > timezone.now() else "since"
    return f"{word} {moment:%d %b %Y, %H:%M} UTC"


def _time_left(moment: datetime | None) -> str:
    if moment is None:
        return "while"
    seconds = (moment - timezone.now()).total_seconds()
    return f"{max(1, round(seconds))} seconds" if seconds < 90 else str(timeuntil(moment, depth=1))


def pill_of(user: User) -> tuple[str, str]:
    """What matters most about an account, in a word."""
    if not user.enabled:
        return "off", "Disabled"
    if user.locked_until is not None and user.locked_until > timezone.now():
        return "bad", "Locked"
    return STATUSES[User.Status(user.status)]


# --- second factors -------------------------------------------------------------------------------------------------

# Where a factor cannot be asked for: the pool does not offer it, or the user has nothing to ask with.
NOT_OFFERED = {
    User.Mfa.TOTP: "The pool offers no authenticator apps.",
    User.Mfa.SMS: "The pool confirms no sign-ins by text message.",
    User.Mfa.EMAIL: "The pool confirms no sign-ins by e-mail.",
}
NOT_HAD = {
    User.Mfa.TOTP: "They have set up no authenticator app: they do that themselves.",
    User.Mfa.SMS: "They have no phone number.",
    User.Mfa.EMAIL: "They have no e-mail address.",
}


def factors_of(user: User) -> str:
    """As the row has it: for lists."""
    return ", ".join(FACTORS.get(User.Mfa(factor), factor) for factor in user.enabled_mfa)


def factor_of(user: User, factor: str) -> str:
    """With what it goes to."""
    if factor == User.Mfa.TOTP:
        token = factors.totp_of(user)
        name = f" “{token.friendly_name[:40]}”" if token and token.friendly_name else ""
        return f"Authenticator app{name}"
    address = user.attributes.get(factors.ADDRESS_OF[factor])
    return f"{FACTORS[User.Mfa(factor)]}{f' to {address}' if address else ''}"


def factors_in_force(user: User) -> list[tuple[str, bool]]:
    """What confirms a sign-in now, each with whether it is asked first."""
    return [(factor_of(user, factor), factor == user.preferred_mfa) for factor in factors.in_force(user)]


def missing_factors(user: User) -> dict[str, str]:
    """Why a factor cannot be asked for."""
    reasons = {factor: _reason(user, factor) for factor in factors.FACTORS}
    return {factor: reason for factor, reason in reasons.items() if reason}


def _reason(user: User, factor: str) -> str:
    if factor not in user.pool.second_factors:
        return NOT_OFFERED[User.Mfa(factor)]
    return "" if factors.has(user, factor) else NOT_HAD[User.Mfa(factor)]
