"""Operators' second factors: an authenticator app (RFC 6238), and recovery codes for the day it is lost.

An app is *offered* a key, which counts for nothing until a code proves that the app has it; then it replaces an earlier
one. Every code, of either kind, works once: it is spent by one statement.
"""

from __future__ import annotations

import base64
import secrets
from urllib.parse import quote

import segno
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_otp.models import Device
from django_otp.oath import TOTP

from cognito_site import keyring
from cognito_site.console import guesses
from cognito_site.console.models import Authenticator, RecoveryCode, RecoverySheet

KEY_BYTES = 20
DIGITS = 6
STEP = 30
TOLERANCE = 1
CODES_ON_A_SHEET = 10
ISSUER = "Poolhouse"


# --- authenticator apps ---------------------------------------------------------------------------------------------


def authenticator(operator: User) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=operator.pk, confirmed=True).first()


def is_enrolled(operator: User) -> bool:
    return Authenticator.objects.filter(user_id=operator.pk, confirmed=True).exists()


def offered(operator: User) -> Authenticator:
    """The key that waits for its proof; a new one where there is none."""
    waiting = Authenticator.objects.filter(user_id=operator.pk, confirmed=False)
    found = waiting.first()
    if found is not None:
        return found
    key = keyring.seal(secrets.token_bytes(KEY_BYTES), _context(operator.pk))
    try:
        with transaction.atomic():
            made = Authenticator(user_id=operator.pk, confirmed=False, name="Authenticator app", key=key)
            made.created_at = timezone.now()
            made.save(force_insert=True)
            return made
    except IntegrityError:
        return waiting.get()


def confirm(operator: User, typed: str) -> Authenticator | None:
    """The app, now in force. None: the code is wrong. Raises TooManyGuesses."""
    waiting = offered(operator)
    counts = guesses.at_second_factor(operator.pk)
    guesses.count(counts)
    step = _step_of(waiting, typed)
    if step is None:
        return None
    with transaction.atomic():
        Authenticator.objects.filter(user_id=operator.pk, confirmed=True).delete()
        waiting.confirmed, waiting.last_step = True, step
        waiting.save(update_fields=["confirmed", "last_step"])
    guesses.forgive(counts)
    return waiting


def _context(operator_id: int) -> str:
    return f"operator-totp:{operator_id}"


def _key(device: Authenticator) -> bytes:
    return keyring.unseal(bytes(device.key), _context(device.user_id))


def _step_of(device: Authenticator, typed: str) -> int | None:
    """The time step that a code belongs to, of those near enough."""
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdecimal()):
        return None
    totp = TOTP(_key(device), step=STEP, digits=DIGITS)
    return int(totp.t() + totp.drift) if totp.verify(int(typed), tolerance=TOLERANCE) else None


def readable_key(device: Authenticator) -> str:
    """In base32, for people who cannot scan."""
    text = base64.b32encode(_key(device)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def qr_code(device: Authenticator, account: str) -> str:
    """The key as SVG (Google Authenticator's key URI format)."""
    key = base64.b32encode(_key(device)).decode()
    uri = f"otpauth://totp/{ISSUER}:{quote(account)}?secret={key}&issuer={ISSUER}"
    return str(segno.make(uri, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=True))


# --- recovery codes -------------------------------------------------------------------------------------------------


@transaction.atomic
def new_recovery_codes(operator: User) -> list[str]:
    """Replace the ones before; shown this once. The sheet stays: a session may have been proved by it."""
    made = {"name": "Recovery codes", "created_at": timezone.now()}
    sheet, _ = RecoverySheet.objects.update_or_create(user_id=operator.pk, defaults=made)
    sheet.codes.all().delete()
    codes = [_new_code() for _ in range(CODES_ON_A_SHEET)]
    RecoveryCode.objects.bulk_create([RecoveryCode(sheet=sheet, fingerprint=_fingerprint(code)) for code in codes])
    return codes


def recovery_codes_left(operator: User) -> int:
    return RecoveryCode.objects.filter(sheet__user_id=operator.pk).count()


def _new_code() -> str:
    """50 bits that people can type."""
    letters = base64.b32encode(secrets.token_bytes(7)).decode().lower()[:10]
    return f"{letters[:5]}-{letters[5:]}"


def _fingerprint(code: str) -> bytes:
    return keyring.fingerprint("".join(filter(str.isalnum, code.lower())), "operator-recovery-code")


# --- proving --------------------------------------------------------------------------------------------------------


def prove(operator: User, typed: str) -> Device | None:
    """The device that ``typed`` came from, six digits or a recovery code. None: it is wrong. Raises TooManyGuesses."""
    counts = guesses.at_second_factor(operator.pk)
    guesses.count(counts)
    typed = typed.replace(" ", "")
    device = _proved_by_app(operator, typed) if typed.isdecimal() else _proved_by_sheet(operator, typed)
    if device is not None:
        guesses.forgive(counts)
    return device


def _proved_by_app(operator: User, typed: str) -> Device | None:
    device = authenticator(operator)
    step = _step_of(device, typed) if device is not None else None
    if device is None or step is None:
        return None
    spent = Authenticator.objects.filter(pk=device.pk, confirmed=True, last_step__lt=step).update(last_step=step)
    return device if spent else None


def _proved_by_sheet(operator: User, typed: str) -> Device | None:
    sheet = RecoverySheet.objects.filter(user_id=operator.pk).first()
    if sheet is None or not sheet.codes.filter(fingerprint=_fingerprint(typed)).delete()[0]:
        return None
    return sheet


@transaction.atomic
def remove_all(operator: User) -> None:
    """Whoever lost everything enrols anew; sessions that they proved end with the devices."""
    Authenticator.objects.filter(user_id=operator.pk).delete()
    RecoverySheet.objects.filter(user_id=operator.pk).delete()
