"""A noun of the console: its list, its page of tabs, what can be done to it, and how a new one is made.

Permissions are Django's (``app.view_model`` and so on), asked at every page; outside of its kind of place a noun does
not exist. Nothing is saved by a model form: pages call the domain of their app.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, reverse

from cognito_site.console import answers, deeds, places
from cognito_site.console.adding import Adding
from cognito_site.console.deeds import Deed
from cognito_site.console.lists import Chip, CountedUpTo, Rows
from cognito_site.console.places import Kind
from cognito_site.console.tabs import Tab
from cognito_site.console.visits import Visit

View = Callable[..., HttpResponse]


class ObjectAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """``segment`` is the list's place in the path, ``noun`` and ``nouns`` are its words. A noun without tabs has no
    page of its own."""

    kind: ClassVar[Kind | None] = None
    segment: ClassVar[str]
    noun: ClassVar[str]
    nouns: ClassVar[str]
    icon: ClassVar[str] = "dot"
    add_segment: ClassVar[str] = "new"
    about: ClassVar[str] = ""
    empty: ClassVar[str] = "Nothing here yet."
    tabs: ClassVar[tuple[Tab, ...]] = ()
    deeds: ClassVar[tuple[Deed, ...]] = ()
    adding: ClassVar[Adding | None] = None

    actions: Any = None
    chips: ClassVar[tuple[type[Chip], ...]] = ()
    paginator: ClassVar[Any] = CountedUpTo
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    sortable_by: ClassVar[Any] = ()
    change_list_template = "console/list.html"

    # --- rows -------------------------------------------------------------------------------------------------------

    def rows(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of the place, from its row."""
        raise NotImplementedError

    def find(self, request: HttpRequest, rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
        """What the field above the list does; ``search_help_text`` shows it."""
        return rows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.rows(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        typed = search_term.strip().replace("\0", "")
        return (self.find(request, queryset, typed) if typed else queryset), False

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[Rows]:
        return Rows

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self.chips

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Stock admin lets any column of the table be asked about, letter by letter: also a hash, also by who may only
        look."""
        return lookup in {chip.parameter_name for chip in self.chips}

    # --- permissions ------------------------------------------------------------------------------------------------

    def is_here(self, request: HttpRequest) -> bool:
        place = places.of(request)
        return (place.kind if place else None) is self.kind

    def may(self, request: HttpRequest, verb: str) -> bool:
        return self.is_here(request) and request.user.has_perm(f"{self.opts.app_label}.{verb}_{self.opts.model_name}")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changing without looking is not offered as a role, so the permission to look is asked alone."""
        return self.may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.adding is not None and self.may(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "delete")

    def has_view_or_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "view")

    # --- addresses --------------------------------------------------------------------------------------------------

    def view_name(self, view: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{view}"

    def url(self, view: str, *arguments: object) -> str:
        return reverse(f"admin:{self.view_name(view)}", args=arguments)

    def mounted(self) -> list[URLPattern | URLResolver]:
        """Its pages, below its segment."""
        return [path(f"{self.segment}/", include(self.get_urls()))]

    def get_urls(self) -> list[URLPattern]:
        found = [path("", self.page(self.changelist_view), name=self.view_name("changelist"))]
        if self.adding is not None:
            found.append(path(f"{self.add_segment}/", self.page(self._add), name=self.view_name("add")))
        if self.tabs:
            found.append(path("<str:object_id>/", self.page(self._object), name=self.view_name("change")))
        return [*found, *self.more_urls(), *(self._deed_url(deed) for deed in self.deeds)]

    def more_urls(self) -> Iterable[URLPattern]:
        return ()

    def _deed_url(self, deed: Deed) -> URLPattern:
        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            return deeds.answer(deed, self.visit(request, object_id))

        name = self.view_name(deed.name.replace("-", "_"))
        return path(f"<str:object_id>/{deed.name}/", self.page(view), name=name)

    def page(self, view: View) -> View:
        """``view`` for operators who are in, where the noun is. What it shows and does asks for permissions itself."""

        def here(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
            if not self.is_here(request):
                raise Http404(f"There are no {self.nouns} here.")
            return view(request, *arguments, **named)

        guarded: View = self.admin_site.admin_view(here)
        return guarded

    # --- pages ------------------------------------------------------------------------------------------------------

    def frame(self, request: HttpRequest) -> dict[str, Any]:
        """What every page about this noun is rendered with."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "admin": self,
            "list_url": self.url("changelist"),
            "add_url": self.url("add") if self.adding is not None else "",
        }

    def visit(self, request: HttpRequest, object_id: str) -> Visit:
        """The row of an address, for an operator who may see it."""
        visit = Visit(request, self, None)
        visit.check("view")
        try:
            row: Model | None = self.rows(request).filter(pk=object_id.replace("\0", "")).first()
        except (ValueError, ValidationError, OverflowError):
            row = None
        if row is None:
            raise Http404(f"There is no such {self.noun}.")
        return Visit(request, self, self.prepared(request, row))

    def prepared(self, request: HttpRequest, row: Any) -> Any:
        """Rows that know their parent spare a query for it."""
        return row

    def pseudonym(self, row: Any) -> str:
        """What the log calls a person."""
        return ""

    def header(self, visit: Visit) -> dict[str, Any]:
        """``heading``, ``pills``, ``below``: what stands above the tabs."""
        return {"heading": str(visit.row)}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        given = {
            **self.frame(request),
            "title": self.nouns.capitalize(),
            **(extra_context or {}),
        }
        return super().changelist_view(request, given)

    def _object(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.object_page(self.visit(request, object_id))

    def object_page(self, visit: Visit) -> HttpResponse:
        request = visit.request
        shown = [tab for tab in self.tabs if visit.may(tab.permission)]
        tab = next((tab for tab in shown if tab.name == request.GET.get("tab")), shown[0])
        answer = tab.answer(visit)
        if isinstance(answer, HttpResponse):
            return answer
        offered = [each for each in self.deeds if each.is_listed and visit.may(each.verb) and each.applies(visit.row)]
        context = {
            "tab": tab,
            "tabs": shown,
            "title": str(visit.row),
            "original": visit.row,
            "visit": visit,
            "buttons": [(deed, visit.url(deed.name.replace("-", "_"))) for deed in offered if deed.is_main],
            "menu": [(deed, visit.url(deed.name.replace("-", "_"))) for deed in offered if not deed.is_main],
            **self.header(visit),
            **answer,
        }
        return answers.page(request, "console/object.html", {**self.frame(request), **context})

    def _add(self, request: HttpRequest) -> HttpResponse:
        if self.adding is None or not self.has_add_permission(request):
            raise PermissionDenied(f"Your role does not let you add {self.nouns}.")
        return self.adding.answer(Visit(request, self, None))
