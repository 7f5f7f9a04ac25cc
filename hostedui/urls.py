"""A pool's own tree, at the root of its domains and below its issuer."""

from __future__ import annotations

from django.urls import path, re_path

from hostedui.oauth import discovery, endpoints
from hostedui.views import by_link, conversation, failures, passwords, sign_in, sign_out, sign_up

PROGRAMS: dict[str, endpoints.Endpoint] = {
    "/oauth2/token": endpoints.token,
    "/oauth2/userInfo": endpoints.user_info,
    "/oauth2/revoke": endpoints.revoke,
    "/.well-known/openid-configuration": discovery.openid_configuration,
    "/.well-known/jwks.json": discovery.jwks,
}

urlpatterns = [
    path("oauth2/authorize", sign_in.authorize),
    path("authorize", sign_in.authorize),
    path("login", sign_in.login),
    path("logout", sign_out.logout),
    path("signup", sign_up.signup),
    path("confirm", sign_up.confirm),
    path("resendcode", sign_up.resend),
    path("mfa", conversation.step),
    path("mfa/setup", conversation.step),
    path("mfa/email", conversation.step),
    path("mfa/again", conversation.step),
    path("mfa/choose", conversation.step),
    path("error", failures.error),
    # AWS's own documentation does not agree on the capitals of these.
    re_path(r"^(?i:changePassword)$", conversation.step),
    re_path(r"^(?i:confirmUser)/?$", by_link.confirm_user),
    re_path(r"^(?i:forgotPassword)$", passwords.forgot),
    re_path(r"^(?i:forgotPassword)/resend$", passwords.resend),
    re_path(r"^(?i:confirmForgotPassword)$", passwords.reset),
]
handler400 = failures.bad_request
handler404 = failures.not_found
handler500 = failures.server_error
