"""Second factors of a user: which are registered, which are in force, and authenticator apps (RFC 6238).

An authenticator app is registered in two steps: a key is *offered*, and counts for nothing until a code proves that the
app has it. Only then does it replace an earlier one.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any
from urllib.parse import quote

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django_otp.oath import TOTP

from cognito_site import keyring, lookups
from cognito_site.contract import errors
from userpools.domain import channels, events, lockout
from userpools.models import TotpToken, User
from userpools.values import Context

KEY_BYTES = 32  # 52 characters of base32, as Cognito gives
STEP = 30
DIGITS = 6
TOLERANCE = 1
TOTP_MFA, SMS_MFA, EMAIL_MFA = User.Mfa.TOTP.value, User.Mfa.SMS.value, User.Mfa.EMAIL.value
FACTORS = (SMS_MFA, TOTP_MFA, EMAIL_MFA)
ADDRESS_OF = {SMS_MFA: channels.PHONE_NUMBER, EMAIL_MFA: channels.EMAIL}


def _context(user: User) -> str:
    return f"totp:{user.sub}"


def offer_totp(user: User) -> str:
    """A new key in base32 without padding; replaces an offer that was never proved. Raises SoftwareTokenMFANotFound
    when the pool does not offer authenticator apps, ConcurrentModification when two offers race."""
    if not user.pool.offers_totp:
        raise errors.software_token_mfa_not_enabled()
    key = secrets.token_bytes(KEY_BYTES)
    try:
        with transaction.atomic():
            TotpToken.objects.filter(user=user, confirmed=False).delete()
            TotpToken.objects.create(user=user, key=keyring.seal(key, _context(user)), created_at=timezone.now())
    except IntegrityError:
        raise errors.ConcurrentModification("Another software token is being associated.") from None
    return base64.b32encode(key).decode().rstrip("=")


def offered_key(user: User) -> str | None:
    """The key that waits for its proof, to show it again on a page."""
    offered = lookups.one(user.totp_tokens.filter(confirmed=False))
    return base64.b32encode(_key(offered)).decode().rstrip("=") if offered else None


def provisioning_uri(issuer: str, account: str, key: str) -> str:
    """What the QR code says (Google Authenticator's key URI format)."""
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?secret={key}&issuer={quote(issuer)}"


def confirm_totp(user: User, code: str, context: Context, friendly_name: str = "") -> None:
    """Proves the offered key. Raises EnableSoftwareTokenMFA for a wrong code."""
    offered = lookups.one(user.totp_tokens.filter(confirmed=False))
    if offered is None:
        raise errors.software_token_mfa_not_enabled()
    offered.user = user
    with lockout.guess(offered):
        step = _step_of(offered, code)
        if step is None:
            raise errors.software_token_mismatch()
    with transaction.atomic():
        user.totp_tokens.filter(confirmed=True).delete()
        kept = TotpToken.objects.filter(pk=offered.pk, confirmed=False).update(
            confirmed=True, last_step=step, friendly_name=friendly_name, failed_attempts=0, locked_until=None
        )
        if not kept:
            raise errors.ConcurrentModification("Another software token was associated meanwhile.")
        _record(user, context, added=[TOTP_MFA])


def read_once(user: User) -> None:
    """Before a step of a sign-in, whose challenges all ask which factors there are."""
    if is_owed(user):
        prefetch_related_objects([user], "totp_tokens")


def totp_of(user: User) -> TotpToken | None:
    return next((token for token in user.totp_tokens.all() if token.confirmed), None)


def check_totp(token: TotpToken, code: str) -> None:
    """Accepts each code once, also when two nodes see it at the same time. Raises CodeMismatch, or ExpiredCode for a
    code that was used already."""
    with lockout.guess(token):
        step = _step_of(token, code)
        if step is None:
            raise errors.mfa_code_mismatch()
        if not TotpToken.objects.filter(pk=token.pk, last_step__lt=step).update(last_step=step):
            raise errors.software_token_used()
    lockout.forgive(token)


def _key(token: TotpToken) -> bytes:
    return keyring.unseal(bytes(token.key), _context(token.user))


def _step_of(token: TotpToken, code: str) -> int | None:
    """The time step that ``code`` belongs to, of those near enough."""
    if len(code) != DIGITS or not (code.isascii() and code.isdecimal()):
        return None
    totp = TOTP(_key(token), step=STEP, digits=DIGITS)
    if not totp.verify(int(code), tolerance=TOLERANCE):
        return None
    # verify() leaves the difference in ``drift``, and t() adds it.
    return int(totp.t())


def code_at(key: str, drift: int = 0) -> str:
    """The code of a base32 key now; for demonstrations and tests."""
    try:
        raw = base64.b32decode(key + "=" * (-len(key) % 8))
    except binascii.Error as error:
        raise ValueError("not base32") from error
    return f"{TOTP(raw, step=STEP, digits=DIGITS, drift=drift).token():0{DIGITS}d}"


# --- preferences ----------------------------------------------------------------------------------------------------


def is_owed(user: User) -> bool:
    """Whether a sign-in of ``user`` is over only after a second factor."""
    return user.pool.mfa == "ON" or (user.pool.mfa == "OPTIONAL" and bool(user.enabled_mfa))


def in_force(user: User) -> list[str]:
    """The factors that can confirm a sign-in of ``user`` now. In an OPTIONAL pool one counts once its owner enabled it;
    in an ON pool having it is enough."""
    usable = [factor for factor in FACTORS if has(user, factor)]
    return [factor for factor in usable if user.pool.mfa == "ON" or factor in user.enabled_mfa]


def has(user: User, factor: str) -> bool:
    """Something to ask with, and a pool that asks."""
    if factor not in user.pool.second_factors:
        return False
    return totp_of(user) is not None if factor == TOTP_MFA else bool(user.attributes.get(ADDRESS_OF[factor]))


def can_be_set_up(user: User) -> list[str]:
    """In the sign-in itself, where the pool requires a factor and the user has none."""
    if user.pool.mfa != "ON":
        return []
    return [factor for factor in FACTORS if factor in user.pool.second_factors and not has(user, factor)]


def configured(user: User) -> list[str]:
    """What the user could sign in or confirm a sign-in with, in the words of GetUserAuthFactors."""
    found = ["PASSWORD"] if user.has_password else []
    return [*found, "SOFTWARE_TOKEN"] if totp_of(user) is not None else found


def remove_totp(user: User, context: Context) -> None:
    """AdminDeleteSoftwareToken: the app, and the wish to be asked for it."""
    with transaction.atomic():
        user.totp_tokens.all().delete()
        _store(user, [factor for factor in user.enabled_mfa if factor != TOTP_MFA], user.preferred_mfa)
        _record(user, context, removed=[TOTP_MFA])


def set_preference(user: User, wishes: dict[str, tuple[bool, bool]], context: Context) -> None:
    """``wishes`` maps a factor to (enabled, preferred); factors not named stay. Raises InvalidParameter."""
    _check_wishes(user, wishes)
    enabled = [factor for factor in user.enabled_mfa if factor not in wishes]
    enabled += [factor for factor, (wanted, _) in wishes.items() if wanted]
    preferred = next((factor for factor, (_, wanted) in wishes.items() if wanted), None)
    if preferred is None:
        lost = user.preferred_mfa in wishes
        preferred = "" if lost else user.preferred_mfa
    if user.pool.mfa == "ON" and user.enabled_mfa and not enabled:
        raise errors.InvalidParameter("MFA is required in this user pool: one factor must stay enabled.")
    with transaction.atomic():
        _store(user, enabled, preferred)
        _record(user, context, enabled=user.enabled_mfa, preferred=user.preferred_mfa)


def _check_wishes(user: User, wishes: dict[str, tuple[bool, bool]]) -> None:
    if sum(preferred for _, preferred in wishes.values()) > 1:
        raise errors.InvalidParameter("Only one MFA method can be preferred.")
    for factor, (enabled, preferred) in wishes.items():
        if preferred and not enabled:
            raise errors.InvalidParameter(f"{factor} must be enabled to be preferred.")
        if enabled:
            _check_usable(user, factor)


def _check_usable(user: User, factor: str) -> None:
    if factor not in user.pool.second_factors:
        raise errors.no_delivery_config(factor)
    if not has(user, factor):
        raise errors.software_token_not_verified() if factor == TOTP_MFA else errors.no_delivery_config(factor)


def set_text_messages(user: User, context: Context, *, wanted: bool) -> None:
    """SetUserSettings: what there was before there were other factors."""
    set_preference(user, {SMS_MFA: (wanted, False)}, context)


def _store(user: User, enabled: list[str], preferred: str) -> None:
    user.enabled_mfa = enabled
    user.preferred_mfa = preferred if preferred in enabled else ""
    user.modified_at = timezone.now()
    user.save(update_fields=["enabled_mfa", "preferred_mfa", "modified_at"])


def _record(user: User, context: Context, **detail: Any) -> None:
    events.record(user.pool, user, events.CHANGE_FACTORS, client=context.client, context=context, detail=detail)
