"""Events that an operator writes: JSON in a form, held against limits, with a sentence for whatever is wrong."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from cognito_site.console.forms import ConsoleForm
from cognito_site.functions import payloads
from cognito_site.functions.outcomes import Failure
from userpools.admin.place import pool_of
from userpools.domain.triggers import trials

LARGEST = 256 * 1024
MOST_NAMED = 8


class EventField(forms.CharField):
    widget = forms.Textarea(
        attrs={"rows": 24, "class": "mono event", "spellcheck": "false", "autocomplete": "off", "wrap": "off"}
    )

    def clean(self, value: Any) -> dict[str, Any]:
        return _parsed(super().clean(value))


def _parsed(text: str) -> dict[str, Any]:
    body = text.encode(errors="surrogatepass")
    if len(body) > LARGEST:
        raise forms.ValidationError(f"An event has {LARGEST // 1024} KB at most; this one has {len(body) // 1024}.")
    try:
        found = payloads.read(body)
    except Failure:
        raise forms.ValidationError(_why(text)) from None
    if not isinstance(found, dict):
        raise forms.ValidationError("An event is an object: it begins with { and ends with }.")
    return found


def _why(text: str) -> str:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as failure:
        return f"This is no JSON. Line {failure.lineno}, column {failure.colno}: {failure.msg}."
    except (ValueError, RecursionError):
        return f"This has a number that is too long, or more than {payloads.DEEPEST} levels."
    if _is_deeper(found, payloads.DEEPEST):
        return f"An event has {payloads.DEEPEST} levels at most."
    return "This has a number or a character that JSON does not carry, such as NaN or \\u0000."


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    below = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in below)


class EventForm(ConsoleForm):
    event = EventField(label="Event", help_text="JSON, as the function gets it.")

    def clean_event(self) -> dict[str, Any]:
        """No function is led to another pool by an event of this one."""
        event: dict[str, Any] = self.cleaned_data["event"]
        pool = pool_of(self.visit.request)
        source, sources = event.get("triggerSource"), list(trials.sources(pool))
        if not isinstance(source, str) or source not in sources:
            raise forms.ValidationError(_about_sources(sources))
        if event.get("userPoolId") != pool.pk:
            raise forms.ValidationError(f"userPoolId is {pool.pk} here: a function is asked about its own pool.")
        if not isinstance(event.get("userName"), str):
            raise forms.ValidationError("userName is a text.")
        return event


def _about_sources(sources: list[str]) -> str:
    if not sources:
        return "This pool asks no function. Its triggers say which one is asked when."
    more = f" and {len(sources) - MOST_NAMED} others" if len(sources) > MOST_NAMED else ""
    return f"triggerSource is one of those that this pool asks functions for: {', '.join(sources[:MOST_NAMED])}{more}."


def indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
