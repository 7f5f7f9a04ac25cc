"""Small pieces of HTML that lists and headers are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import admin
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil

Shown = TypeVar("Shown", bound=Callable[..., Any])
TINTS = 4


def column(heading: str, order: str | None = None) -> Callable[[Shown], Shown]:
    """A column of a list; ``order`` is the column of the table that it is sorted by."""
    return admin.display(description=heading, ordering=order)


def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="i" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("console/icons.svg"), name
    )


def pill(tone: str, text: str) -> SafeString:
    """A state: ``ok``, ``info``, ``warn``, ``bad``, ``off``. Never the colour alone: the word says it."""
    return format_html('<span class="pill pill-{}">{}</span>', tone, text)


def quiet(text: str) -> SafeString:
    return format_html('<span class="quiet">{}</span>', text)


def tags(names: Iterable[str]) -> SafeString:
    return format_html_join(" ", '<span class="tag">{}</span>', ((name,) for name in names)) or quiet("–")


def mono(text: str) -> SafeString:
    return format_html('<span class="mono">{}</span>', text)


def copyable(text: str, what: str) -> SafeString:
    """``what`` is read aloud."""
    return format_html(
        '<span class="mono copyable"><span>{0}</span><button type="button" class="copy" data-copy="{0}"'
        ' aria-label="Copy {1}" hidden>{2}</button></span>',
        text,
        what,
        icon("copy"),
    )


def initials(name: str) -> str:
    words = [word for word in name.replace(".", " ").replace("@", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def avatar(name: str, seed: int = 0, size: str = "") -> SafeString:
    """``size`` is empty or ``big``."""
    tint = (seed or sum(map(ord, name))) % TINTS
    return format_html('<span class="avatar {} tint-{}" aria-hidden="true">{}</span>', size, tint, initials(name))


def named(name: str, below: str = "", seed: int = 0) -> SafeString:
    return format_html(
        '<span class="person">{}<span><b>{}</b><span class="sub">{}</span></span></span>',
        avatar(name, seed),
        name,
        below,
    )


def when(moment: datetime | None, never: str = "never") -> SafeString:
    """How long ago, with the exact time in UTC for who asks."""
    if moment is None:
        return quiet(never)
    exact = f"{moment:%d %b %Y, %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, _relative(moment))


def _relative(moment: datetime) -> str:
    now = timezone.now()
    if abs((now - moment).total_seconds()) < 60:
        return "just now" if moment <= now else "in a moment"
    return f"{timesince(moment, now, depth=1)} ago" if moment <= now else f"in {timeuntil(moment, now, depth=1)}"


def day(moment: datetime) -> SafeString:
    exact = f"{moment:%d %b %Y, %H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, f"{moment:%d %b %Y}")
