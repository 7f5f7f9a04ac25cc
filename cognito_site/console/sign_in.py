"""How operators come in: password, then second factor; whoever has none enrols one. ``sessions`` draws the steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login as start_session
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from cognito_site.console import answers, changes, guesses, places, second_factors, sessions
from cognito_site.console.guesses import TooManyGuesses

WRONG_CODE = "This code is not right. Codes change every 30 seconds, and each works once."


def _outside(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """Pages around the console, without its navigation."""
    frame = {"title": title, "site_title": "Poolhouse", "site_header": "Poolhouse", "has_permission": False}
    return answers.page(request, template, {**frame, "next": answers.wanted_next(request), **context})


# --- password -------------------------------------------------------------------------------------------------------


class PasswordForm(AdminAuthenticationForm):
    """Guesses are counted before they are checked."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        name, ip = self.cleaned_data.get("username", ""), str(self.request.META.get("REMOTE_ADDR", ""))
        counts = guesses.at_password(name, ip)
        try:
            guesses.count(counts)
        except TooManyGuesses as refused:
            raise ValidationError(str(refused)) from None
        found: dict[str, Any] = super().clean()
        guesses.forgive(counts)
        return found


@never_cache
def password(request: HttpRequest) -> HttpResponse:
    if request.method == "GET" and sessions.is_in(request):
        return answers.see_other(answers.wanted_next(request))
    form = PasswordForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        start_session(request, form.get_user())
        sessions.begin(request)
        return answers.see_other(_second_step(request))
    return _outside(request, "console/sign_in.html", "Log in", form=form)


def _second_step(request: HttpRequest) -> str:
    step = "second_factor" if second_factors.is_enrolled(sessions.operator(request)) else "enrol"
    return answers.on_the_way(step, answers.wanted_next(request))


def _back_to_password(request: HttpRequest) -> HttpResponse:
    logout(request)
    return answers.see_other(answers.on_the_way("login", answers.wanted_next(request)))


@never_cache
def leave(request: HttpRequest) -> HttpResponse:
    """A POST, so that no foreign page logs anybody out."""
    if request.method == "POST":
        logout(request)
    return answers.see_other(places.outside("login"))


# --- second factor --------------------------------------------------------------------------------------------------


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def proves(self, request: HttpRequest) -> bool:
        """By an app, or by a code of the recovery sheet; puts the reason on the form where it does not."""
        try:
            device = second_factors.prove(sessions.operator(request), self.cleaned_data["code"])
        except TooManyGuesses as refused:
            self.add_error("code", str(refused))
            return False
        if device is None:
            self.add_error("code", WRONG_CODE)
            return False
        sessions.prove(request, device)
        return True


@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    if not sessions.is_halfway(request):
        return _back_to_password(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.proves(request):
        return answers.see_other(answers.wanted_next(request))
    return _outside(request, "console/second_factor.html", "Second step", form=form)


# --- enrolling ------------------------------------------------------------------------------------------------------


@never_cache
def enrol(request: HttpRequest) -> HttpResponse:
    """Whoever has a second factor must have proved it, lately, to replace it: a password alone may not."""
    if not (sessions.is_in(request) or sessions.is_halfway(request)):
        return _back_to_password(request)
    operator = sessions.operator(request)
    if second_factors.is_enrolled(operator):
        if not sessions.is_in(request):
            return answers.see_other(answers.on_the_way("second_factor", answers.wanted_next(request)))
        if not sessions.is_fresh(request):
            return answers.see_other(answers.on_the_way("prove", request.get_full_path()))
    if request.method == "POST" and "later" in request.POST and sessions.enrolment_may_wait(request):
        sessions.put_enrolment_off(request)
        return answers.see_other(answers.wanted_next(request))
    return _enrol(request)


def _enrol(request: HttpRequest) -> HttpResponse:
    operator = sessions.operator(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _confirms(form, request):
        return answers.see_other(answers.on_the_way("recovery_codes", answers.wanted_next(request)))
    device = second_factors.offered(operator)
    return _outside(
        request,
        "console/enrol.html",
        "Set up a second factor",
        form=form,
        may_wait=sessions.enrolment_may_wait(request) and not second_factors.is_enrolled(operator),
        qr_code=second_factors.qr_code(device, operator.get_username()),
        key=second_factors.readable_key(device),
    )


def _confirms(form: CodeForm, request: HttpRequest) -> bool:
    operator = sessions.operator(request)
    try:
        device = second_factors.confirm(operator, form.cleaned_data["code"].replace(" ", ""))
    except TooManyGuesses as refused:
        form.add_error("code", str(refused))
        return False
    if device is None:
        form.add_error("code", WRONG_CODE)
        return False
    sessions.prove(request, device)
    changes.record(request, operator, "Set up an authenticator app")
    return True


@never_cache
def recovery_codes(request: HttpRequest) -> HttpResponse:
    if not sessions.is_in(request):
        return _back_to_password(request)
    if not sessions.is_fresh(request):
        return answers.see_other(answers.on_the_way("prove", request.get_full_path()))
    operator, codes = sessions.operator(request), list[str]()
    if request.method == "POST" and second_factors.is_enrolled(operator):
        codes = second_factors.new_recovery_codes(operator)
        changes.record(request, operator, "Made new recovery codes")
    left = second_factors.recovery_codes_left(operator)
    return _outside(request, "console/recovery_codes.html", "Recovery codes", codes=codes, left=left)


# --- proving again --------------------------------------------------------------------------------------------------


class OwnPasswordForm(forms.Form):
    password = forms.CharField(
        strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
    )

    def proves(self, request: HttpRequest) -> bool:
        operator = sessions.operator(request)
        counts = guesses.at_password(operator.get_username(), str(request.META.get("REMOTE_ADDR", "")))
        try:
            guesses.count(counts)
        except TooManyGuesses as refused:
            self.add_error("password", str(refused))
            return False
        if not operator.check_password(self.cleaned_data["password"]):
            self.add_error("password", "This is not your password.")
            return False
        guesses.forgive(counts)
        sessions.prove(request, None)
        return True


@never_cache
def prove(request: HttpRequest) -> HttpResponse:
    """Before a secret is shown or something is destroyed: a second factor, or the password of whoever has none."""
    if not sessions.is_in(request):
        return _back_to_password(request)
    is_enrolled = second_factors.is_enrolled(sessions.operator(request))
    form: CodeForm | OwnPasswordForm = (CodeForm if is_enrolled else OwnPasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.proves(request):
        return answers.see_other(answers.wanted_next(request))
    return _outside(request, "console/prove.html", "Confirm that it is you", form=form, way_back=places.ROOT)


def ask_for_proof(request: HttpRequest) -> HttpResponse:
    return answers.see_other(answers.on_the_way("prove", request.get_full_path()))
