"""How long an operator is believed.

::

    password ---> second factor ---> in the console ---> out: idle for an hour, twelve hours old, or logged out
        |              ^                    |
        +--> enrol ----+                    +--> proved again, before a secret is shown or something is destroyed

A session gets a new key at each step. Without a second factor nobody is in, but for the first minutes of an embedded
Poolhouse on somebody's own machine (``enrolment_may_wait``).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, User
from django.http import HttpRequest
from django.utils import timezone
from django_otp import login as remember_device
from django_otp.models import Device

from cognito_site.console import second_factors
from cognito_site.environment import is_loopback_host

LONGEST_SECONDS = 12 * 60 * 60
IDLE_SECONDS = 60 * 60
FRESH_SECONDS = 10 * 60
HALFWAY_SECONDS = 10 * 60
NOTE_USE_AFTER = 60

BEGAN, SEEN, PROVED, LATER = "console-began", "console-seen", "console-proved", "console-enrols-later"


def _now() -> int:
    return int(timezone.now().timestamp())


def operator(request: HttpRequest) -> User:
    """Of a request that has one."""
    user = request.user
    assert isinstance(user, User)
    return user


# --- steps ----------------------------------------------------------------------------------------------------------


def begin(request: HttpRequest) -> None:
    """After ``django.contrib.auth.login``, which made the session new."""
    request.session[BEGAN] = request.session[SEEN] = request.session[PROVED] = _now()


def prove(request: HttpRequest, device: Device | None) -> None:
    """``device`` None: by password, where there is no second factor."""
    if device is not None:
        remember_device(request, device)
        request.session.pop(LATER, None)
    request.session.cycle_key()
    request.session[PROVED] = _now()


def put_enrolment_off(request: HttpRequest) -> None:
    request.session[LATER] = True


# --- questions ------------------------------------------------------------------------------------------------------


def is_operator(user: AbstractBaseUser | object) -> bool:
    return bool(getattr(user, "is_active", False) and getattr(user, "is_staff", False))


def is_in(request: HttpRequest) -> bool:
    if not is_operator(request.user):
        return False
    if request.user.is_verified():  # type: ignore[union-attr]
        return True
    return bool(request.session.get(LATER)) and enrolment_may_wait(request) and not _is_enrolled(request)


def _is_enrolled(request: HttpRequest) -> bool:
    return second_factors.is_enrolled(operator(request))


def enrolment_may_wait(request: HttpRequest) -> bool:
    """Only where nobody but this machine can reach the console: see docs/decisions. A proxy that makes it reachable
    shows in the host or in the address."""
    place = settings.POOLHOUSE
    host = request.get_host().rpartition(":")[0] or request.get_host()
    is_here = is_loopback_host(host.strip("[]")) and is_loopback_host(request.META.get("REMOTE_ADDR", ""))
    return bool(place.is_loopback and place.is_embedded and is_here)


def is_fresh(request: HttpRequest) -> bool:
    return _now() - int(request.session.get(PROVED, 0)) < FRESH_SECONDS


def is_halfway(request: HttpRequest) -> bool:
    """The password was right a moment ago."""
    return is_operator(request.user) and _now() - int(request.session.get(BEGAN, 0)) < HALFWAY_SECONDS


def is_over(request: HttpRequest) -> bool:
    now, session = _now(), request.session
    return bool(now - session.get(BEGAN, 0) > LONGEST_SECONDS or now - session.get(SEEN, 0) > IDLE_SECONDS)


def note_use(request: HttpRequest) -> None:
    """Coarse on purpose: not every page is a write."""
    if _now() - request.session.get(SEEN, 0) > NOTE_USE_AFTER:
        request.session[SEEN] = _now()
