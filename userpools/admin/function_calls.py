"""The log of a pool's functions, and calling them again.

Who may look sees what functions were asked and answered, where passwords, answers and codes are masked. Calling one,
and reading what it printed, takes more: a call does whatever the function does, and a handler prints what it likes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cognito_site.console import function_words, rights
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.lists import Chip
from cognito_site.console.marks import column, pill, quiet, when
from cognito_site.console.site import console
from cognito_site.console.tabs import Tab
from cognito_site.console.visits import Visit
from userpools.admin import call_differences, call_events, trigger_words
from userpools.admin.call_events import EventForm
from userpools.admin.people import name_of
from userpools.admin.place import InPool, pool_of
from userpools.domain import access
from userpools.domain.triggers import log, trials
from userpools.domain.triggers.calls import TRIGGERS
from userpools.models import FunctionCall, UserPool
from userpools.models.function_call import FAILED

DOCUMENTS = ("event", "result", "output")
SHORT_ERROR = 60


class Outcome(Chip):
    title, parameter_name, is_counted = "outcome", "outcome", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [("failed", "Failed"), ("answered", "Answered")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(FAILED) if value == "failed" else rows.filter(error="")


class AtTrigger(Chip):
    """Of those that the pool has now, and the one that was asked for."""

    title, parameter_name, is_counted = "trigger", "trigger", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        pool, asked = pool_of(request), request.GET.get("trigger", "")
        names = [name for name, trigger in TRIGGERS.items() if trigger.is_configured(pool) or name == asked]
        return [(name, name) for name in names]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(source__in=TRIGGERS[value].sources)


class Source(Chip):
    title, parameter_name, is_counted = "source", "source", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        asked, trigger = request.GET.get("source", ""), TRIGGERS.get(request.GET.get("trigger", ""))
        offered = trigger.sources if trigger else tuple(trials.sources(pool_of(request)))
        found = [*offered, *([asked] if asked in trigger_words.OF_SOURCE and asked not in offered else [])]
        return [(source, source) for source in found]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(source=value)


class AskedBy(Chip):
    title, parameter_name, is_counted = "asked by", "by", False

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        return [("pool", "The pool"), ("operator", "An operator, as a trial")]

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(is_trial=value == "operator")


# --- calling --------------------------------------------------------------------------------------------------------


class NewTrial(Adding):
    title, button = "Test a function", "Test a function"
    intro = "Asks a function of this pool with an event of yours, and shows what it says."
    form_class, is_one_write = EventForm, False
    template = "console/userpools/call_new.html"

    def _source(self, visit: Visit) -> str:
        sources = trials.sources(pool_of(visit.request))
        asked = visit.request.GET.get("source", "")
        return asked if asked in sources else next(iter(sources), "")

    def initial(self, visit: Visit) -> dict[str, Any]:
        source = self._source(visit)
        return {"event": call_events.indented(trials.sample(pool_of(visit.request), source))} if source else {}

    def context(self, visit: Visit) -> dict[str, Any]:
        pool, source = pool_of(visit.request), self._source(visit)
        trigger = trigger_words.of_source(source)
        return {
            "sources": trials.sources(pool),
            "source": source,
            "words": trigger_words.WORDS[trigger.name] if trigger else None,
            "arn": trigger.arn(pool) if trigger else None,
            "triggers_url": f"{reverse('admin:userpools_userpool_change')}?tab=triggers",
        }

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        call = trials.run(pool_of(visit.request), given["event"])
        return Made(call, sentence=f"Called {_named(call)} for {call.source}, as a trial")


class SendAgain(Deed):
    name, label, verb, button, way_back = "send-again", "Send again", "add", "Call the function", "Do not call it"
    form_class, is_one_write, is_main = EventForm, False, True

    def title(self, row: FunctionCall) -> str:
        return f"Send {row.source} again"

    def happens(self, row: FunctionCall) -> list[str]:
        return [
            "The function that the pool names now gets the event below, and does whatever it does.",
            f"What is masked stays masked: it gets {log.MASK} in place of passwords, answers and codes.",
        ]

    def stays(self, row: FunctionCall) -> list[str]:
        return ["Nothing comes of its answer: nobody is signed in, nothing is stored but this call in the log."]

    def context(self, visit: Visit) -> dict[str, Any]:
        pool, call = pool_of(visit.request), visit.row
        trigger = trials.sources(pool).get(call.source)
        if trigger is None:
            return {"warning": "The pool asks no function at this moment any more."}
        arn = trigger.arn(pool)
        moved = "" if arn == call.arn else f"Then {call.arn} was asked; now the pool names {arn}."
        return {"warning": moved}

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"event": call_events.indented(visit.row.event)}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        call = trials.run(pool_of(visit.request), given["event"])
        return Done(
            f"Called {_named(call)} for {call.source} once more, as a trial", url=visit.admin.url("change", call.pk)
        )


def _named(call: FunctionCall) -> str:
    return function_words.name_of(call.arn)


# --- looking --------------------------------------------------------------------------------------------------------


class CallTab(Tab):
    name, label, template = "call", "Call", "console/userpools/call.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        call: FunctionCall = visit.row
        trigger = trigger_words.of_source(call.source)
        return {
            "call": call,
            "function": _named(call),
            "event": call_events.indented(call.event),
            "result": call_events.indented(call.result),
            "words": trigger_words.WORDS[trigger.name] if trigger else None,
            "may_call": visit.may("add"),
            **_answer(call, is_read=trigger is None or trigger.name not in trigger_words.UNREAD),
            **_whose(visit, call),
        }


def _answer(call: FunctionCall, *, is_read: bool) -> dict[str, Any]:
    """``said``: what is to be said of an answer that asks for nothing."""
    if not call.passed:
        return {}
    if not isinstance(call.result, dict):
        return {"said": "The answer is no event, but the whole event is what functions give back.", "is_wrong": True}
    response = call.result.get("response")
    if response is not None and not isinstance(response, dict):
        return {"said": "The response in the answer is no object, so the answer is not understood.", "is_wrong": True}
    changed = call_differences.between(call.event.get("response"), response) if response is not None else []
    said = "" if changed else "The answer asks for nothing: its response is as it was sent, or missing."
    return {
        "changed": changed,
        "said": said if is_read else "Nobody reads the answer of a custom sender.",
        "elsewhere": call_differences.outside_of_response(call.event, call.result),
    }


def _whose(visit: Visit, call: FunctionCall) -> dict[str, Any]:
    """Links to what the event is about, for who may follow them."""
    pool = pool_of(visit.request)
    user = access.find_user(pool, call.user_name) if visit.may("userpools.view_user") else None
    client = _client(visit, pool, call.event.get("callerContext"))
    sees_functions = visit.may("cognito_site.view_function")
    return {
        "person": (reverse("admin:userpools_user_change", args=[user.pk]), name_of(user)) if user else None,
        "client": (reverse("admin:userpools_appclient_change", args=[client.pk]), client.name) if client else None,
        "function_url": function_words.page_of(call.arn) if sees_functions else "",
    }


def _client(visit: Visit, pool: UserPool, caller: Any) -> Any:
    client_id = caller.get("clientId") if isinstance(caller, dict) else None
    if not isinstance(client_id, str) or not visit.may("userpools.view_appclient"):
        return None
    return pool.clients.filter(pk=client_id).first()


class FunctionCallAdmin(InPool):
    segment, noun, nouns, icon = "calls", "call", "calls of functions", "bolt"
    about = "What functions were asked and answered within a week: the newest, and by user name also the older ones."
    empty = (
        "Your code, asked at thirteen moments of a sign-in: Triggers, among the pool's settings, says which. "
        "Start with a function that only logs."
    )
    list_display = ("what", "outcome", "about_whom", "took", "at")
    list_per_page = 50
    search_help_text = "User name, or who is found by it"
    chips = (Outcome, AtTrigger, Source, AskedBy)
    tabs = (CallTab(),)
    deeds = (SendAgain(),)
    adding = NewTrial()

    def rows(self, request: HttpRequest) -> QuerySet[FunctionCall]:
        return pool_of(request).function_calls.all()

    def get_queryset(self, request: HttpRequest) -> QuerySet[FunctionCall]:
        """For the list. A name is found by its index, however old."""
        pool = pool_of(request)
        rows = pool.function_calls.all() if request.GET.get("q", "").strip() else log.recent(pool)
        return rows.defer(*DOCUMENTS)

    def find(self, request: HttpRequest, rows: QuerySet[FunctionCall], typed: str) -> QuerySet[FunctionCall]:
        pool = pool_of(request)
        user = access.find_user(pool, typed)
        names = (typed, user.username) if user else (typed,)
        return rows & log.about(pool, *names)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        may_look = request.user.has_perm("userpools.view_user")
        return tuple("about_linked" if name == "about_whom" and may_look else name for name in self.list_display)

    def header(self, visit: Visit) -> dict[str, Any]:
        call: FunctionCall = visit.row
        pills = [pill("ok", "Answered") if call.passed else pill("bad", "Failed"), *_trial(call)]
        return {"heading": call.source, "pills": pills, "below": _spent(call)}

    @column("call")
    def what(self, row: FunctionCall) -> SafeString:
        return format_html('<b>{}</b><span class="sub">{}</span>', row.source, _named(row))

    @column("outcome")
    def outcome(self, row: FunctionCall) -> SafeString:
        error = row.error if len(row.error) <= SHORT_ERROR else f"{row.error[:SHORT_ERROR]}…"
        said = pill("ok", "Answered") if row.passed else pill("bad", error)
        return format_html_join(" ", "{}", ((each,) for each in (said, *_trial(row))))

    @column("about")
    def about_whom(self, row: FunctionCall) -> str:
        return row.user_name or quiet("–")

    @column("about")
    def about_linked(self, row: FunctionCall) -> SafeString:
        query = urlencode({"q": row.user_name})
        return format_html('<a href="?{}">{}</a>', query, row.user_name) if row.user_name else quiet("–")

    @column("took")
    def took(self, row: FunctionCall) -> str:
        return _spent(row)

    @column("when")
    def at(self, row: FunctionCall) -> SafeString:
        return when(row.created_at)


def _trial(call: FunctionCall) -> list[SafeString]:
    return [pill("info", "Trial")] if call.is_trial else []


def _spent(call: FunctionCall) -> str:
    attempts = f" · {call.attempts} attempts" if call.attempts > 1 else ""
    return f"{call.milliseconds:,} ms{attempts}"


console.register(FunctionCall, FunctionCallAdmin)
rights.register(
    "Calls of functions",
    {
        "userpools.view_functioncall": (
            "See what functions were asked and answered, with people's attributes, but no password and no code"
        ),
        "userpools.add_functioncall": "Call functions, with events of their own, and read what functions printed",
    },
)
