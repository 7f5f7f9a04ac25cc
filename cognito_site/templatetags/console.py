"""Components of the console, for its templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.safestring import SafeString

from cognito_site.console import marks, places
from cognito_site.console.places import Kind, Place

register = template.Library()

register.simple_tag(marks.icon, name="icon")
register.simple_tag(marks.pill, name="pill")
register.simple_tag(marks.copyable, name="copyable")
register.simple_tag(marks.avatar, name="avatar")
register.simple_tag(places.outside, name="outside")
register.simple_tag(places.inside, name="inside")


@register.filter
def ago(moment: datetime | None) -> SafeString:
    return marks.when(moment)


@register.filter
def lasting(period: timedelta) -> str:
    """In the largest unit that says it exactly."""
    seconds = int(period.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}{'s' if seconds > size else ''}"
    return "no time"


@register.filter
def seconds(count: int) -> str:
    return str(lasting(timedelta(seconds=count)))


@register.filter
def grouped(number: int) -> str:
    return f"{number:,}"


@register.filter
def named(names: Mapping[str, str], key: str) -> str:
    """What ``key`` is called; empty where nobody knows."""
    return names.get(key, "")


@register.simple_tag(takes_context=True)
def place_menu(context: dict[str, Any]) -> list[tuple[Kind, list[Place]]]:
    request: HttpRequest = context["request"]
    return places.menu(request)


@register.inclusion_tag("console/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, widget, help and what is wrong. Boxes stand before their label; groups of boxes are a fieldset."""
    return {"field": bound, "is_box": bound.widget_type == "checkbox", "is_group": bound.use_fieldset}
