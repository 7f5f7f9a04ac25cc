"""What operators do to several users at once: those of one page of the list, by name, after a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from cognito_site.console import changes
from cognito_site.console.visits import REFUSALS
from userpools.admin.people import name_of
from userpools.admin.place import context, pool_of
from userpools.domain import recovery, tokens, users
from userpools.models import User
from userpools.values import Context

MOST = 100
CONFIRMED = "confirmed"
Deed = Callable[[User, Context], Any]


def _action(name: str, label: str, deed: Deed, said: str, logged: str, stays: str) -> Any:
    """``said`` and ``logged`` name the deed in the past: of how many, and of one."""

    @admin.action(description=label, permissions=["change"])
    def act(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        chosen = list(queryset[: MOST + 1])
        if len(chosen) > MOST:
            messages.error(request, f"At most {MOST} users at once. Nothing was changed.")
            return None
        for user in chosen:
            user.pool = pool_of(request)
        if CONFIRMED in request.POST:
            _perform(request, chosen, deed, said, logged)
            return None
        frame = {**model_admin.frame(request), "title": f"{label}?", "chosen": chosen, "action": name}
        return TemplateResponse(request, "console/userpools/bulk.html", {**frame, "label": label, "stays": stays})

    act.__name__ = name
    return act


def _perform(request: HttpRequest, chosen: list[User], deed: Deed, said: str, logged: str) -> None:
    """One after the other, each a transaction of its own: what is refused for one does not stop the others."""
    done, refused = 0, list[str]()
    for user in chosen:
        try:
            deed(user, context(request))
        except REFUSALS as refusal:
            refused.append(f"{name_of(user)}: {refusal.message}")
        else:
            done += 1
            changes.record(request, user, logged, named=str(user.sub))
    if done:
        messages.success(request, f"{said} {done} user{'' if done == 1 else 's'}.")
    for line in refused[:20]:
        messages.error(request, line)


ACTIONS = [
    _action(
        "sign_out_everywhere",
        "Sign out everywhere",
        tokens.sign_out_everywhere,
        "Signed out",
        "Signed out everywhere",
        "Passwords stay. Access tokens that are checked offline live until they expire.",
    ),
    _action(
        "send_reset",
        "Send password resets",
        recovery.require_reset,
        "Sent a password reset to",
        "Sent a reset code",
        "Their passwords stop working now. They stay signed in where they are.",
    ),
    _action(
        "disable",
        "Disable",
        users.disable,
        "Disabled",
        "Disabled the account",
        "The accounts stay, and can be enabled again.",
    ),
    _action("enable", "Enable", users.enable, "Enabled", "Enabled the account", "Tokens from before stay dead."),
]
