"""The console's tree, at the root of every place. ``middleware`` hangs it there."""

from __future__ import annotations

from django.urls import path

from cognito_site.console import refused
from cognito_site.console.site import console

urlpatterns = [path("", console.urls)]

handler403 = refused.forbidden
handler404 = refused.not_found
handler500 = refused.failed
