"""Forms of the console: sections of fields, a help text under each, and what is wrong where it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms import BoundField

if TYPE_CHECKING:
    from cognito_site.console.visits import Visit

Sections = tuple[tuple[str, tuple[str, ...]], ...]


class ConsoleForm(forms.Form):
    """``visit`` is whose form it is, and about what. Fields that no section names come first, without a heading."""

    sections: ClassVar[Sections] = ()

    def __init__(self, data: Any = None, *, visit: Visit, **options: Any) -> None:
        super().__init__(data, label_suffix="", **options)
        self.visit = visit
        self.prepare()

    def prepare(self) -> None:
        """For choices that depend on the visit."""

    def whose_password(self) -> str:
        """The login for which a password is set."""
        return ""

    def layout(self) -> Sections:
        return self.sections

    def shown(self) -> Iterator[tuple[str, list[BoundField]]]:
        named = {name for _, names in self.layout() for name in names}
        others = [self[name] for name in self.fields if name not in named]
        if others:
            yield "", others
        for title, names in self.layout():
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield title, fields

    def clean(self) -> dict[str, Any]:
        """Boxes have no order of their own: what is ticked comes in the order of the boxes."""
        super().clean()
        self.cleaned_data |= {name: self._in_order(name, value) for name, value in self.cleaned_data.items()}
        return self.cleaned_data

    def before(self) -> dict[str, Any]:
        """What stood in the fields, to be compared with what was cleaned."""
        return {name: self._in_order(name, value) for name, value in self.initial.items() if name in self.fields}

    def _in_order(self, name: str, value: Any) -> Any:
        field = self.fields[name]
        if not isinstance(field, forms.MultipleChoiceField):
            return value
        ticked = set(value or ())
        return [choice for choice, _ in field.choices if choice in ticked]  # type: ignore[misc, union-attr]

    def labels(self) -> dict[str, str]:
        return {name: str(field.label or name) for name, field in self.fields.items()}

    def disable(self) -> None:
        """For whoever may only look."""
        for field in self.fields.values():
            field.disabled = True


class NoFields(ConsoleForm):
    """A question that is answered by its button."""


class Lines(forms.CharField):
    """A list, one entry a line; ``entry`` checks each."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "mono"})

    def __init__(self, *, entry: forms.CharField, most: int, **options: Any) -> None:
        self.entry, self.most = entry, most
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(f"At most {self.most} lines; these are {len(value)}.")
        for line in value:
            self._check(line)

    def run_validators(self, value: Any) -> None:
        """Of the entries, in ``validate``."""

    def _check(self, line: str) -> None:
        try:
            self.entry.clean(line)
        except forms.ValidationError as refused:
            raise forms.ValidationError(f"{line[:80]}: {' '.join(refused.messages)}") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.to_python(initial or []) != self.to_python(data))
