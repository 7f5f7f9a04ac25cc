"""The console as one site: what is on it is what apps registered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django_otp.admin import OTPAdminSite

from cognito_site.console import account, answers, history, navigation, overview, places, search, sessions, sign_in
from cognito_site.console.objects import ObjectAdmin


class Console(OTPAdminSite):  # type: ignore[misc]
    """Django's admin, with its pages about applications and its shortcuts left out: what nobody needs is not served."""

    site_title = site_header = "Poolhouse"
    site_url = None
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return sessions.is_in(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return navigation.of(request) if sessions.is_in(request) else []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        known = super().each_context(request)
        known.pop("log_entries")
        return {**known, "place": places.of(request), "is_proved": request.user.is_verified()}  # type: ignore[union-attr]

    def get_urls(self) -> list[Any]:
        steps = [
            path("login/", sign_in.password, name="login"),
            path("second-factor/", sign_in.second_factor, name="second_factor"),
            path("enrol/", sign_in.enrol, name="enrol"),
            path("recovery-codes/", sign_in.recovery_codes, name="recovery_codes"),
            path("prove/", sign_in.prove, name="prove"),
            path("logout/", sign_in.leave, name="logout"),
        ]
        pages = [
            path("", self.admin_view(self.index), name="index"),
            path("search/", self.admin_view(self.search), name="search"),
            path("changes/", self.admin_view(self.changes), name="changes"),
            path("account/", self.admin_view(self.account), name="account"),
            path("account/password/", self.admin_view(self.password_change), name="password_change"),
            path("jsi18n/", self.admin_view(self.i18n_javascript, cacheable=True), name="jsi18n"),
        ]
        return [*steps, *pages, *(url for each in self._registry.values() for url in self._mounted(each))]

    def _mounted(self, model_admin: Any) -> list[Any]:
        assert isinstance(model_admin, ObjectAdmin), "Pages of the console are ObjectAdmins: they ask for permissions."
        return model_admin.mounted()

    # --- pages of the site itself -----------------------------------------------------------------------------------

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        place = places.of(request)
        context = {"title": place.name if place else "All pools", "panels": overview.of(request)}
        return answers.page(request, "console/overview.html", {**self.each_context(request), **context})

    def search(self, request: HttpRequest) -> HttpResponse:
        return search.page(request, self.each_context(request))

    def changes(self, request: HttpRequest) -> HttpResponse:
        return history.page(request, self.each_context(request))

    def account(self, request: HttpRequest) -> HttpResponse:
        return account.page(request, self.each_context(request))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return account.password_page(request, self.each_context(request))


console = Console("admin")
