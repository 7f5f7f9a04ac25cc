"""Every door of Poolhouse, by path. Pools' domains are told apart by host, in ``hostedui.middleware``; the console
hangs its own tree below ``/admin/``, in ``cognito_site.console.middleware``."""

from django.urls import include, path
from django.views.generic import RedirectView

from cognito_site import health, static_views
from hostedui.views import demo

urlpatterns = [
    # Whoever opens the endpoint in a browser is an operator.
    path("", RedirectView.as_view(url="/admin/")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("", include("identitypools.discovery")),
    path("api/", include("userpools.api.urls")),
    path("demo/callback", demo.callback),
    path("static/<slug:tree>/<path:name>", static_views.moved),
]
