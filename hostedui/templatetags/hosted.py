"""Components of the hosted pages, for their templates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from hostedui.forms import PageForm

register = template.Library()

ALERT = "alert"


@register.simple_tag
def icon(name: str, turned: str = "") -> SafeString:
    """A symbol of the sprite. ``turned`` ones point where reading goes."""
    classes = f"icon {turned}".strip()
    sheet = static("hostedui/sprite.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, sheet, name)


@register.filter
def strong(text: object) -> SafeString:
    """A name of somebody else's in one of our sentences: bold, and with a direction of its own."""
    return format_html('<b dir="auto">{}</b>', text)


@register.filter
def destination(masked: str) -> SafeString:
    """An address or a number, which reads from left to right in every language."""
    return format_html('<b><bdi dir="ltr">{}</bdi></b>', masked)


@register.inclusion_tag("hostedui/parts/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, hint, input, what is wrong with it, and a new password's rules."""
    form = cast(PageForm, bound.form)
    rules = getattr(bound.field, "rules", ())
    return {
        "field": bound,
        "input": bound.as_widget(attrs=_attributes(form, bound, rules)),
        "rules": rules,
        "reveals": bound.widget_type == "password" and bound.name != "new_password_again",
    }


def _attributes(form: PageForm, bound: BoundField, rules: Iterable[object]) -> dict[str, str | bool]:
    described = _described_by(form, bound, rules)
    wrong = form.is_wrong(bound)
    return {
        **({"aria-describedby": described} if described else {}),
        **({"aria-invalid": "true"} if wrong else {}),
        **({"autofocus": True} if wrong and form.is_first_wrong(bound) else {}),
    }


def _described_by(form: PageForm, bound: BoundField, rules: Iterable[object]) -> str:
    """The order in which it is read: what is wrong, what it is for, what it must be."""
    parts = (
        (bound.errors, f"{bound.name}-problem"),
        (not bound.errors and bound.name in form.marked, ALERT),
        (bound.help_text, f"{bound.name}-hint"),
        (rules, f"{bound.name}-rules"),
    )
    return " ".join(identifier for applies, identifier in parts if applies)
