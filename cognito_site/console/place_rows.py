"""The noun that is itself a place, such as a user pool: listed and made outside, looked at and changed inside."""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from cognito_site.console import deeds, places
from cognito_site.console.deeds import Deed
from cognito_site.console.objects import ObjectAdmin, View
from cognito_site.console.places import Kind
from cognito_site.console.visits import Visit


class PlaceRowAdmin(ObjectAdmin):
    """``inner_segment`` is where, inside of the place, its own page is."""

    place_kind: ClassVar[Kind]
    inner_segment: ClassVar[str]

    def is_here(self, request: HttpRequest) -> bool:
        place = places.of(request)
        return place is None or place.kind is self.place_kind

    def mounted(self) -> list[URLPattern | URLResolver]:
        found: list[URLPattern | URLResolver] = [
            path(f"{self.segment}/", self._outside(self.changelist_view), name=self.view_name("changelist")),
            path(f"{self.inner_segment}/", self._inside(self._own_page), name=self.view_name("change")),
        ]
        if self.adding is not None:
            found.append(path(f"{self.segment}/new/", self._outside(self._add), name=self.view_name("add")))
        return [*found, *(self._own_deed(deed) for deed in self.deeds)]

    def url(self, view: str, *arguments: object) -> str:
        """Of what is outside from inside, and the other way round."""
        if view in ("changelist", "add"):
            return places.outside(self.view_name(view))
        return places.inside(arguments[0], self.view_name(view))

    def own(self, request: HttpRequest) -> Visit:
        """The place's own row."""
        place = places.of(request)
        assert place is not None
        visit = Visit(request, self, place.row)
        visit.check("view")
        return visit

    def _own_page(self, request: HttpRequest) -> HttpResponse:
        return self.object_page(self.own(request))

    def _own_deed(self, deed: Deed) -> URLPattern:
        def view(request: HttpRequest) -> HttpResponse:
            return deeds.answer(deed, self.own(request))

        name = self.view_name(deed.name.replace("-", "_"))
        return path(f"{self.inner_segment}/{deed.name}/", self._inside(view), name=name)

    def _outside(self, view: View) -> View:
        def outside(request: HttpRequest) -> HttpResponse:
            if places.of(request) is not None:
                raise Http404(f"The {self.nouns} are not in one of them.")
            return view(request)

        return self.page(outside)

    def _inside(self, view: View) -> View:
        def inside(request: HttpRequest) -> HttpResponse:
            if places.of(request) is None:
                raise Http404(f"This page is in a {self.noun}.")
            return view(request)

        return self.page(inside)
