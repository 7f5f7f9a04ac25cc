"""The inbox: what was written to people, and the one at hand to read.

Who may look at messages sees to whom and why; what a message says carries codes and temporary passwords, with which
somebody could take an account over, so opening one needs the right to change, and is written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.clickjacking import xframe_options_sameorigin

from cognito_site.console import answers, changes, navigation, rights, sessions
from cognito_site.console.lists import Chip
from cognito_site.console.marks import column, icon, pill, when
from cognito_site.console.navigation import Entry
from cognito_site.console.site import console
from userpools.admin import happenings
from userpools.admin.place import USER_POOL, InPool, pool_of
from userpools.domain import inbox, messages, outbox
from userpools.models import Message

OPENED = "open"
# Nothing of the message runs, loads or leads anywhere; its own colours and sizes are all it has.
BODY_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"


class State(Chip):
    title, parameter_name, is_counted = "state", "state", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [(status.value, words) for status, (_, words) in happenings.STATES.items()]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(status=value)


class Medium(Chip):
    title, parameter_name, is_counted = "way", "way", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [(Message.Medium.EMAIL.value, "E-mail"), (Message.Medium.SMS.value, "Text message")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(medium=value)


class Kind(Chip):
    title, parameter_name, is_counted = "because", "kind", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return list(happenings.KINDS.items())

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(kind=value)


class MessageAdmin(InPool):
    segment, noun, nouns, icon = "messages", "message", "messages", "mail"
    empty = (
        "Mails and texts land here first, also before there is a mail server: a sign-up on the hosted page makes one."
    )
    list_display = ("state", "at")
    list_display_links = None
    list_per_page = 25
    search_help_text = "Address, name or sub of the user"
    chips = (State, Medium, Kind)
    change_list_template = "console/userpools/inbox.html"

    def rows(self, request: HttpRequest) -> QuerySet[Message]:
        return pool_of(request).messages.order_by("-created_at").defer("content")

    def find(self, request: HttpRequest, rows: QuerySet[Message], typed: str) -> QuerySet[Message]:
        return inbox.lookup(pool_of(request), rows, typed)

    def more_urls(self) -> Iterable[URLPattern]:
        return [
            path(
                "<uuid:message_id>/body/", self.page(xframe_options_sameorigin(self.body)), name=self.view_name("body")
            ),
            path("<uuid:message_id>/try-again/", self.page(self.try_again), name=self.view_name("try_again")),
        ]

    # --- reading ----------------------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """``open`` names the message at hand; the list would take it for a filter."""
        asked = request.GET.copy()
        wanted = str(asked.pop(OPENED, [""])[0])
        request.GET = asked  # type: ignore[assignment]
        setattr(request, OPENED, wanted)
        context = dict(extra_context or {})
        if self.may(request, "view") and wanted:
            context |= self._reading(request, self._message(request, wanted))
        return super().changelist_view(request, context)

    def _message(self, request: HttpRequest, message_id: object) -> Message:
        visit = self.visit(request, str(message_id))
        found: Message = visit.row
        return found

    def _reading(self, request: HttpRequest, message: Message) -> dict[str, Any]:
        may_open = self.may(request, "change")
        content = self._opened(request, message) if may_open else None
        tone, state = happenings.STATES[Message.Status(message.status)]
        return {
            "reading": message,
            "content": content,
            "may_open": may_open,
            "because": happenings.KINDS.get(message.kind, message.kind),
            "state": pill(tone, state),
            "can_be_sent": may_open and outbox.can_be_tried_again(message),
            "has_expired": message.expires_at is not None and message.expires_at <= timezone.now(),
            "sees_users": request.user.has_perm("userpools.view_user"),
        }

    def _opened(self, request: HttpRequest, message: Message) -> messages.Content:
        content = messages.open(message)
        if content.text and not changes.of(message).filter(user=sessions.operator(request)).exists():
            _record(request, message, "Read a message")
        return content

    def body(self, request: HttpRequest, message_id: object) -> HttpResponse:
        """The mail as its reader sees it, shut into a sandbox of its own."""
        message = self._message(request, message_id)
        if not self.may(request, "change"):
            raise PermissionDenied("Your role does not open messages: they carry codes.")
        content = self._opened(request, message)
        if not content.html:
            raise Http404("This message has no HTML.")
        page = answers.page(request, "console/userpools/mail.html", {"content": content})
        page.headers["Content-Security-Policy"] = BODY_POLICY
        return page

    def try_again(self, request: HttpRequest, message_id: object) -> HttpResponse:
        message = self._message(request, message_id)
        if not self.may(request, "change") or request.method != "POST":
            raise PermissionDenied("Your role does not send messages again.")
        if outbox.try_again(message):
            _record(request, message, "Sent a message again")
            self.message_user(request, "It is sent again within seconds.")
        else:
            self.message_user(request, "There is nothing left to send.")
        return answers.see_other(f"{self.url('changelist')}?{OPENED}={message.pk}")

    # --- columns ----------------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The first column links to the list itself with a message open, and marks the one that is."""
        opened, asked = getattr(request, OPENED, ""), request.GET.urlencode()

        @column("message")
        def message(row: Message) -> SafeString:
            return _row(row, f"{asked}&" if asked else "", is_open=str(row.pk) == opened)

        return [message, "state", "at"]

    @column("state")
    def state(self, row: Message) -> SafeString:
        return pill(*happenings.STATES[Message.Status(row.status)])

    @column("written")
    def at(self, row: Message) -> SafeString:
        return when(row.created_at)


def _record(request: HttpRequest, message: Message, sentence: str) -> None:
    """About whom the message is written to, if that is a user."""
    changes.record(request, message, sentence, named=str(message.user.sub if message.user else message.pk))


def _row(row: Message, asked: str, *, is_open: bool) -> SafeString:
    return format_html(
        '<a class="mailrow" href="?{}{}={}"{}><span class="avatar" aria-hidden="true">{}</span>'
        '<span><b>{}</b><span class="sub">{}</span></span></a>',
        *(asked, OPENED, row.pk, mark_safe(' aria-current="true"') if is_open else ""),
        *(icon("phone" if row.medium == Message.Medium.SMS else "mail"), happenings.KINDS.get(row.kind, row.kind)),
        row.destination,
    )


console.register(Message, MessageAdmin)
rights.register(
    "Messages",
    {
        "userpools.view_message": "See to whom messages went, why and when, but not what they say",
        "userpools.change_message": "Open messages, with the codes and passwords in them, and send waiting ones again",
    },
)
navigation.register(
    USER_POOL,
    40,
    "Messages",
    Entry("Messages", "userpools_message_changelist", "mail", "userpools.view_message"),
)
