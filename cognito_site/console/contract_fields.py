"""Fields of forms that know AWS's bounds from the contract: lengths, patterns, numbers and enumerations are written
down nowhere else. A path is the member's place in an operation's input, in Python's spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from botocore import xform_name
from django import forms
from django.core.exceptions import ValidationError

from cognito_site.console.forms import Lines
from cognito_site.contract import patterns, services
from cognito_site.contract.services import Shape
from cognito_site.contract.validation import LONGEST_TEXT

SHORT_TEXT = 200


@cache
def shape_of(operation: str, path: str, service: str = "cognito-idp") -> Shape:
    """What a list holds counts as the list's own place in the path."""
    found = services.service(service).operations[operation].input
    for step in path.split("."):
        assert found is not None, f"{operation} has no {path}"
        structure = found.member or found
        found = next(member for name, member in structure.members.items() if xform_name(name) == step)
    assert found is not None
    return found


def text(operation: str, path: str, *, service: str = "cognito-idp", says: str = "", **options: Any) -> forms.CharField:
    """``says``: the pattern in words, for who broke it."""
    return text_of(shape_of(operation, path, service), says=says, **options)


def text_of(shape: Shape, *, says: str = "", **options: Any) -> forms.CharField:
    longest = shape.maximum or LONGEST_TEXT
    if longest > SHORT_TEXT:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
    pattern = patterns.SAID.get(shape.name, shape.pattern)
    return forms.CharField(
        min_length=shape.minimum,
        max_length=longest,
        validators=[_like(pattern, says)] if pattern else [],
        **options,
    )


def _like(pattern: str, says: str) -> Callable[[str], None]:
    matches = patterns.matcher(pattern)

    def check(value: str) -> None:
        if not matches(value):
            raise ValidationError(says or "This contains something that is not accepted here.")

    return check


def whole_number(operation: str, path: str, *, service: str = "cognito-idp", **options: Any) -> forms.IntegerField:
    shape = shape_of(operation, path, service)
    return forms.IntegerField(min_value=shape.minimum, max_value=shape.maximum, **options)


def choice(
    operation: str, path: str, labels: Mapping[str, str], *, service: str = "cognito-idp", **options: Any
) -> forms.ChoiceField:
    """``labels`` give the values that are offered their words; each must be one of the contract's."""
    return forms.ChoiceField(choices=_choices(shape_of(operation, path, service), labels), **options)


def several(
    operation: str, path: str, labels: Mapping[str, str], *, service: str = "cognito-idp", **options: Any
) -> forms.MultipleChoiceField:
    shape = shape_of(operation, path, service)
    options.setdefault("widget", forms.CheckboxSelectMultiple)
    return forms.MultipleChoiceField(choices=_choices(shape.member or shape, labels), **options)


def _choices(shape: Shape, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    unknown = set(labels) - set(shape.enum or labels)
    assert not unknown, f"The contract's {shape.name} has no {sorted(unknown)}."
    return list(labels.items())


def lines(operation: str, path: str, *, service: str = "cognito-idp", says: str = "", **options: Any) -> Lines:
    shape = shape_of(operation, path, service)
    assert shape.member is not None
    return Lines(entry=text_of(shape.member, says=says), most=shape.maximum or 100, **options)
