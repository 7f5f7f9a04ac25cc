"""Static files that were asked for under another tree's name.

While a new version is rolled out, a page of one node fetches its style sheets from another: they get what that
node has.
"""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect


def moved(request: HttpRequest, tree: str, name: str) -> HttpResponseRedirect:
    here = f"{settings.STATIC_URL}{name}"
    if request.path == here:
        raise Http404
    return HttpResponseRedirect(here)
