"""An operator's own account: password, second factor, recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse

from cognito_site.console import answers, changes, guesses, places, second_factors, sessions
from cognito_site.console.guesses import TooManyGuesses


def _check_outside(request: HttpRequest) -> None:
    if places.of(request) is not None:
        raise Http404("Your account is not in a pool.")


def page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    _check_outside(request)
    operator = sessions.operator(request)
    context = {
        "title": "Your account",
        "authenticator": second_factors.authenticator(operator),
        "codes_left": second_factors.recovery_codes_left(operator),
        "roles": operator.groups.order_by("name"),
    }
    return answers.page(request, "console/account.html", {**frame, **context})


class OwnPasswordChange(PasswordChangeForm):
    """The old password is a guess like any other."""

    ip = ""

    def clean_old_password(self) -> str:
        counts = guesses.at_password(self.user.get_username(), self.ip)
        try:
            guesses.count(counts)
        except TooManyGuesses as refused:
            raise ValidationError(str(refused)) from None
        found = str(super().clean_old_password())
        guesses.forgive(counts)
        return found


def password_page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    _check_outside(request)
    operator = sessions.operator(request)
    form = OwnPasswordChange(operator, request.POST or None)
    form.ip = str(request.META.get("REMOTE_ADDR", ""))
    if request.method == "POST" and form.is_valid():
        form.save()
        update_session_auth_hash(request, operator)
        changes.record(request, operator, "Changed their password")
        return answers.see_other(places.outside("account"))
    return answers.page(request, "console/password.html", {**frame, "title": "Change your password", "form": form})
