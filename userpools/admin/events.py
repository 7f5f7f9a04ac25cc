"""What happened in a pool, event by event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import navigation, rights
from cognito_site.console.lists import Chip
from cognito_site.console.marks import column, pill, quiet, when
from cognito_site.console.navigation import Entry
from cognito_site.console.site import console
from userpools.admin import happenings
from userpools.admin.people import face_of, linked_face
from userpools.admin.place import USER_POOL, InPool, pool_of
from userpools.domain import activity
from userpools.models import Event


class Outcome(Chip):
    title, parameter_name, is_counted = "outcome", "outcome", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [("failed", "Failed"), ("passed", "Went well")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(passed=value == "passed")


class Kind(Chip):
    title, parameter_name, is_counted = "what", "kind", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [(kind, words.deed) for kind, words in happenings.WORDS.items()]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(kind=value)


class Reason(Chip):
    """Comes from the overview; its choices are the reasons of the day, so it is offered only where one is chosen."""

    title, parameter_name, is_counted = "because", "reason", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        chosen = request.GET.get("reason", "").replace("\0", "")[:200]
        return [(chosen, chosen)] if chosen else []

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(reason=value)


class EventAdmin(InPool):
    segment, noun, nouns, icon = "events", "event", "events", "activity"
    empty = "The first sign-in will show up here within a second."
    about = "The newest of them; all of a user's are on the user's page."
    list_display = ("what", "outcome", "user_shown", "through", "origin", "at")
    list_display_links = None
    search_help_text = "User, client id or IP address"
    chips = (Outcome, Kind, Reason)

    def rows(self, request: HttpRequest) -> QuerySet[Event]:
        return activity.recent(pool_of(request)).select_related("user")

    def find(self, request: HttpRequest, rows: QuerySet[Event], typed: str) -> QuerySet[Event]:
        return activity.lookup(pool_of(request), rows, typed)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        may_look = request.user.has_perm("userpools.view_user")
        return tuple("user_linked" if name == "user_shown" and may_look else name for name in self.list_display)

    @column("what happened")
    def what(self, row: Event) -> str:
        return happenings.of_event(row).text

    @column("outcome")
    def outcome(self, row: Event) -> SafeString:
        if row.passed is None:
            return quiet("–")
        return pill("ok", "Went well") if row.passed else pill("bad", row.reason or "Failed")

    @column("user")
    def user_shown(self, row: Event) -> SafeString:
        return face_of(row.user) if row.user else quiet("–")

    @column("user")
    def user_linked(self, row: Event) -> SafeString:
        return linked_face(row.user) if row.user else quiet("–")

    @column("through")
    def through(self, row: Event) -> str:
        return row.actor or row.client or quiet("–")

    @column("from")
    def origin(self, row: Event) -> str:
        return " · ".join(filter(None, (row.ip, happenings.device_of(row.user_agent)))) or quiet("–")

    @column("when")
    def at(self, row: Event) -> SafeString:
        return when(row.created_at)


console.register(Event, EventAdmin)
rights.register("Events", {"userpools.view_event": "See who signed in, from where, and what failed"})
navigation.register(
    USER_POOL,
    50,
    "What happened",
    Entry("Events", "userpools_event_changelist", "activity", "userpools.view_event"),
    Entry("Function calls", "userpools_functioncall_changelist", "bolt", "userpools.view_functioncall"),
    Entry("Changes", "changes", "history", "console.view_change"),
)
