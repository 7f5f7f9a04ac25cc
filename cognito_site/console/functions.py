"""Functions of the installation: where their ARNs lead, and who may say so.

The rights are the installation's, not a pool's: who says where an ARN leads decides which code runs on this machine and
who gets what people type. Entries of the file and of folders are shown beside those of the database, and changed where
they are written.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now

from cognito_site.celery import has_broker
from cognito_site.console import answers, function_forms, function_uses, function_words, navigation, rights
from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.function_forms import KIND, SETTINGS, ChangedFunctionForm, NewFunctionForm
from cognito_site.console.function_uses import Use
from cognito_site.console.function_words import KINDS, Said
from cognito_site.console.marks import copyable, pill
from cognito_site.console.navigation import Entry
from cognito_site.console.objects import ObjectAdmin
from cognito_site.console.site import console
from cognito_site.console.tabs import ChangesTab, Tab
from cognito_site.console.visits import Visit
from cognito_site.functions import arns, function_file, registered, registry
from cognito_site.functions.local import logs
from cognito_site.functions.targets import Folder, Unacceptable
from cognito_site.models import Function

SHOWN_OF_A_LOG = 16 * 1024


def _choices(visit: Visit, chosen: str) -> dict[str, Any]:
    """Links that choose the kind of a form, and keep what else was asked."""
    asked = visit.request.GET.copy()
    links = []
    for kind, label in KINDS.items():
        asked[KIND] = kind
        links.append((f"?{asked.urlencode()}", label, kind == chosen))
    return {"kinds": links, "folders": function_forms.folders()}


def _register(visit: Visit, arn: str, settings: dict[str, Any]) -> str:
    """Where it leads then, in words."""
    try:
        target = registered.register(arn, settings)
    except Unacceptable as refused:
        visit.refuse(str(refused))
    return function_words.led_to(target)


class NewFunction(Adding):
    title, button = "Add a function", "Add function"
    intro = (
        "Says where the ARN of a function leads, for all pools, in place of what functions.toml and the folders say."
    )
    form_class = NewFunctionForm
    template = "console/function_add.html"
    is_guarded = shows_secret = True

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"arn": visit.request.GET.get("arn", "")}

    def context(self, visit: Visit) -> dict[str, Any]:
        asked = visit.request.GET.get(KIND, "")
        return _choices(visit, asked if asked in KINDS else "folder")

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        arn, settings = given["arn"], given[SETTINGS]
        where = _register(visit, arn, settings)
        shown = _made_here(settings, given.get("secret"))
        return Made(Function.objects.get(pk=arn), shown, sentence=f"Registered {arn}: {where}")


def _made_here(settings: dict[str, Any], *known: str | None) -> dict[str, str]:
    """The secret of a webhook, where nobody knows it yet."""
    secret = settings.get("secret")
    return {"Secret of the webhook": secret} if secret and secret not in known else {}


# --- one of them ----------------------------------------------------------------------------------------------------


def _entries_of(arn: str) -> list[registry.Entry]:
    return [entry for entry in registry.entries() if entry.arn == arn]


def _said_of(visit: Visit) -> list[Said]:
    """The entry that counts, and those that it hides."""
    every = function_words.every(list(registry.entries()), function_uses.of(visit.request))
    return [each for each in every if each.arn == visit.row.arn]


def _uses_of(mine: list[Said]) -> list[Use]:
    return [use for each in mine for use in each.uses]


class Where(Tab):
    name, label, template = "where", "Where it leads", "console/function.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        mine = _said_of(visit)
        return {
            "function": visit.row,
            "leads": mine[:1],
            "hidden": mine[1:],
            "uses": _uses_of(mine),
            "is_registered": _is_registered(visit.row),
            "register_url": visit.admin.url("add") if visit.may("add") else "",
        }


class Log(Tab):
    """A handler that prints events prints what people typed, so it takes more than the right to look."""

    name, label, template, permission = "log", "Log", "console/function_log.html", "change"

    def context(self, visit: Visit) -> dict[str, Any]:
        name = arns.parse(visit.row.arn)
        assert name is not None
        return {
            "is_local": any(isinstance(entry.target, Folder) for entry in _entries_of(visit.row.arn)),
            "log": logs.end_of(name.name, SHOWN_OF_A_LOG),
            "path": logs.path_of(name.name),
            "read_at": now(),
            "has_workers": has_broker(),
        }


def _is_registered(row: Function) -> bool:
    return not row._state.adding


class RegisteredDeed(Deed):
    """Of what is in the database; the rest is changed where it is written."""

    is_guarded = True

    def applies(self, row: Function) -> bool:
        return _is_registered(row)


class LeadElsewhere(RegisteredDeed):
    name, label, button, way_back = "lead", "Change where it leads", "Save", "Leave it as it is"
    form_class, is_main = ChangedFunctionForm, True
    template = "console/function_lead.html"

    def title(self, row: Function) -> str:
        return f"Where {function_words.name_of(row.arn)} leads"

    def happens(self, row: Function) -> list[str]:
        return [f"Calls go there at once; on other machines within {registered.SECONDS} seconds."]

    def initial(self, visit: Visit) -> dict[str, Any]:
        return function_forms.shown(function_forms.kept(visit.row))

    def context(self, visit: Visit) -> dict[str, Any]:
        asked = visit.request.GET.get(KIND, "")
        return _choices(visit, asked if asked in KINDS else function_forms.kind_of(visit.row.settings))

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        arn, before, after = visit.row.arn, function_forms.kept(visit.row), given[SETTINGS]
        if before == after:
            visit.refuse("Nothing was different, so nothing was changed.")
        where = _register(visit, arn, after)
        shown = _made_here(after, before.get("secret"), given.get("secret"))
        return Done(f"{arn} leads to: {where}", shown, logged=f"{arn}: {function_words.compared(before, after)}")


class NewSecret(RegisteredDeed):
    name, label, button, way_back = "new-secret", "Make a new secret", "Make a new secret", "Keep the secret"
    shows_secret = True

    def applies(self, row: Function) -> bool:
        return super().applies(row) and "webhook" in row.settings

    def happens(self, row: Function) -> list[str]:
        return [
            "A new secret is made and shown to you once. From now on it signs what is sent.",
            "The receiver refuses what is signed, until it knows the new one.",
        ]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        after = {**function_forms.kept(visit.row), "secret": function_forms.new_secret()}
        _register(visit, visit.row.arn, after)
        return Done(f"Made a new secret for {visit.row.arn}", _made_here(after))


class Remove(RegisteredDeed):
    name, label, verb, button, way_back = "delete", "Remove", "delete", "Remove it", "Keep it"
    is_destructive = True

    def title(self, row: Function) -> str:
        return f"Remove {function_words.name_of(row.arn)}?"

    def happens(self, row: Function) -> list[str]:
        others = [entry for entry in registry.entries() if entry.source != registry.DATABASE]
        entry = registry.entry_of(row.arn, others)
        if entry is None:
            return ["Nothing else says where it leads: calls fail with AccessDeniedException."]
        said = function_words.said(entry)
        return [f"From then on {said.source} says where it leads: {said.kind} {said.where}{said.problem}."]

    def stays(self, row: Function) -> list[str]:
        return ["Pools keep the ARN in their settings. Folders and their logs stay on the disk."]

    def context(self, visit: Visit) -> dict[str, Any]:
        uses = _uses_of(_said_of(visit))
        if not uses:
            return {}
        named = ", ".join(dict.fromkeys(f"{use.name or 'a pool'} ({use.occasion})" for use in uses))
        return {"warning": f"It is asked: {named}."}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        registered.unregister(visit.row.arn)
        return Done(f"Removed {visit.row.arn}", url=visit.admin.url("changelist"))


class FunctionAdmin(ObjectAdmin):
    segment, noun, nouns, icon = "functions", "function", "functions", "bolt"
    about = (
        "Code of yours that pools ask at certain moments of a sign-in. Pools name it by an ARN; here is where it leads."
    )
    tabs = (Where(), Log(), ChangesTab())
    deeds = (LeadElsewhere(), NewSecret(), Remove())
    adding = NewFunction()

    def rows(self, request: HttpRequest) -> QuerySet[Function]:
        return Function.objects.all()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Not a table of the database: what is written elsewhere is here, too."""
        Visit(request, self, None).check("view")
        entries, uses = list(registry.entries()), function_uses.of(request)
        context = {
            "title": "Functions",
            "functions": function_words.every(entries, uses),
            "rest": [function_words.said(entry) for entry in entries if entry.is_for_all],
            "nowhere": function_words.nowhere(entries, uses),
            "directory": function_file.folders(),
            "may_add": self.has_add_permission(request),
        }
        return answers.page(request, "console/functions.html", {**self.frame(request), **context})

    def visit(self, request: HttpRequest, object_id: str) -> Visit:
        """Also of what is no row: a folder has a page, a log, and what operators did to its ARN before."""
        visit = Visit(request, self, None)
        visit.check("view")
        arn = object_id.replace("\0", "")
        row = Function.objects.filter(pk=arn).first() or Function(arn=arn, settings={})
        if not _is_registered(row) and (arns.parse(arn) is None or not _entries_of(arn)):
            raise Http404("There is no such function.")
        return Visit(request, self, row)

    def header(self, visit: Visit) -> dict[str, Any]:
        arn = visit.row.arn
        return {"heading": function_words.name_of(arn), "below": copyable(arn, "ARN"), "pills": self._pills(arn)}

    def _pills(self, arn: str) -> list[Any]:
        entry = next(iter(_entries_of(arn)), None)
        if entry is None:
            return []
        said = function_words.said(entry)
        return [pill("bad", "Problem") if said.problem else pill("ok", said.kind)]


console.register(Function, FunctionAdmin)
rights.register(
    "Functions of the installation",
    {
        "cognito_site.view_function": "See where functions lead: folders and addresses, but no secret",
        "cognito_site.add_function": (
            "Say where functions lead. This decides which code runs on this machine, and who gets what people type: it "
            "is worth more than this role"
        ),
        "cognito_site.change_function": (
            "Change where functions lead, which is worth more than this role, and read what local ones printed"
        ),
        "cognito_site.delete_function": "Remove functions from the database",
    },
)
navigation.register(
    None, 40, "Code", Entry("Functions", "cognito_site_function_changelist", "bolt", "cognito_site.view_function")
)
