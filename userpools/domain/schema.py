"""Which attributes the users of a pool may have: AWS's standard ones, and what the pool said about them and added.

``UserPool.schema`` keeps only what the pool said, as entries in the contract's members (snake_case); an entry stays
word for word as it was given, with AWS's defaults filled in, because it is described that way ever after. Nothing is
removed from a schema and no entry changes: custom attributes are added, and that is all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cognito_site.contract import errors
from userpools.models import UserPool

Entry = dict[str, Any]

LONGEST_VALUE = 2048
MOST_CUSTOM_ATTRIBUTES = 50
CUSTOM = "custom:"
DEVELOPER_ONLY = "dev:custom:"
BOUNDS = {
    "String": ("string_attribute_constraints", "min_length", "max_length"),
    "Number": ("number_attribute_constraints", "min_value", "max_value"),
}
# Not what int() reads: it takes digits of any script, and underscores.
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Attribute:
    """``name`` as users carry it, with its prefix. ``minimum`` and ``maximum`` bound the length of a String and the
    value of a Number; None where nothing does."""

    name: str
    type: str
    mutable: bool
    required: bool
    developer_only: bool
    minimum: int | None = None
    maximum: int | None = None

    @property
    def is_custom(self) -> bool:
        return self.name.startswith((CUSTOM, DEVELOPER_ONLY))


def _standard(name: str, attribute_type: str = "String", **constraints: str) -> Entry:
    is_sub = name == "sub"
    entry = {
        "name": name,
        "attribute_data_type": attribute_type,
        "developer_only_attribute": False,
        "mutable": not is_sub,
        "required": is_sub,
    }
    return {**entry, BOUNDS[attribute_type][0]: constraints} if constraints else entry


def _text(name: str, shortest: str = "0", longest: str = str(LONGEST_VALUE)) -> Entry:
    return _standard(name, min_length=shortest, max_length=longest)


STANDARD: Mapping[str, Entry] = MappingProxyType(
    {
        entry["name"]: entry
        for entry in (
            _text("sub", shortest="1"),
            _text("name"),
            _text("given_name"),
            _text("family_name"),
            _text("middle_name"),
            _text("nickname"),
            _text("preferred_username"),
            _text("profile"),
            _text("picture"),
            _text("website"),
            _text("email"),
            _standard("email_verified", "Boolean"),
            _text("gender"),
            _text("birthdate", shortest="10", longest="10"),
            _text("zoneinfo"),
            _text("locale"),
            _text("phone_number"),
            _standard("phone_number_verified", "Boolean"),
            _text("address"),
            _standard("updated_at", "Number", min_value="0"),
        )
    }
)


# --- reading --------------------------------------------------------------------------------------------------------


def entries(pool: UserPool) -> list[Entry]:
    """The whole schema as it is described: the standard attributes, then the custom ones in the order they came."""
    said = {entry["name"]: entry for entry in pool.schema}
    return list({**STANDARD, **said}.values())


def definitions(pool: UserPool) -> Mapping[str, Attribute]:
    """By name. Read for every user that is written, so it is kept for each schema that was met."""
    return _definitions(json.dumps(pool.schema)) if pool.schema else _STANDARD_ATTRIBUTES


@lru_cache(maxsize=1000)
def _definitions(said: str) -> Mapping[str, Attribute]:
    changed = {entry["name"]: _attribute(entry) for entry in json.loads(said)}
    return MappingProxyType({**_STANDARD_ATTRIBUTES, **changed})


def _attribute(entry: Entry) -> Attribute:
    minimum, maximum = _bounds(entry)
    return Attribute(
        entry["name"],
        entry["attribute_data_type"],
        entry["mutable"],
        entry["required"],
        entry["developer_only_attribute"],
        minimum,
        maximum,
    )


def _bounds(entry: Entry) -> tuple[int | None, int | None]:
    constraints, low, high = BOUNDS.get(entry["attribute_data_type"], ("", "", ""))
    said = entry.get(constraints, {})
    return _number(said.get(low)), _number(said.get(high))


def _number(said: str | None) -> int | None:
    if not said:
        return None
    if not WHOLE_NUMBER.fullmatch(said):
        raise ValueError(said)
    return int(said)


_STANDARD_ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType(
    {name: _attribute(entry) for name, entry in STANDARD.items()}
)


# --- writing --------------------------------------------------------------------------------------------------------


def created(given: Iterable[Entry]) -> list[Entry]:
    """What a new pool keeps: a name of a standard attribute changes that one, any other is a custom attribute."""
    return _added([], [_changed_standard(entry) if _name(entry) in STANDARD else _custom(entry) for entry in given])


def extended(pool: UserPool, given: Iterable[Entry]) -> list[Entry]:
    """What the pool keeps after custom attributes were added; here ``email`` is one, ``custom:email``."""
    return _added(pool.schema, [_custom(entry) for entry in given])


def _name(given: Entry) -> str:
    if "name" not in given:
        raise errors.attribute_name_missing()
    return str(given["name"])


def _added(kept: list[Entry], new: list[Entry]) -> list[Entry]:
    names = {entry["name"] for entry in kept}
    for entry in new:
        if entry["name"] in names:
            raise errors.attribute_exists(entry["name"])
        names.add(entry["name"])
    if sum(name not in STANDARD for name in names) > MOST_CUSTOM_ATTRIBUTES:
        raise errors.count_limit_exceeded("custom attributes", MOST_CUSTOM_ATTRIBUTES)
    return [*kept, *new]


def _changed_standard(given: Entry) -> Entry:
    standard = STANDARD[given["name"]]
    given_type = given.get("attribute_data_type", standard["attribute_data_type"])
    if given_type != standard["attribute_data_type"] or given.get("developer_only_attribute"):
        raise errors.standard_attribute_changed(given["name"])
    entry = {**standard, **_without_empty_constraints(given)}
    if standard["name"] == "sub" and entry != standard:
        raise errors.standard_attribute_changed("sub")
    return _checked(entry)


def _custom(given: Entry) -> Entry:
    attribute_type = given.get("attribute_data_type")
    if attribute_type is None:
        raise errors.attribute_type_missing()
    if given.get("required"):
        raise errors.required_custom_attribute()
    defaults: Entry = {"developer_only_attribute": False, "mutable": True, "required": False}
    # AWS shows the constraints of a custom attribute even when there are none.
    empty: Entry = {BOUNDS[attribute_type][0]: {}} if attribute_type in BOUNDS else {}
    prefix = DEVELOPER_ONLY if given.get("developer_only_attribute") else CUSTOM
    entry = {**defaults, **empty, **_without_empty_constraints(given), "name": prefix + _name(given)}
    return _checked(entry)


def _without_empty_constraints(given: Entry) -> Entry:
    return {member: value for member, value in given.items() if value != {}}


def _checked(entry: Entry) -> Entry:
    name = entry["name"]
    for attribute_type, (constraints, *_) in BOUNDS.items():
        if constraints in entry and attribute_type != entry["attribute_data_type"]:
            raise errors.invalid_constraints(attribute_type, name)
    try:
        minimum, maximum = _bounds(entry)
    except ValueError:
        raise errors.invalid_constraints(entry["attribute_data_type"], name) from None
    if entry["attribute_data_type"] == "String":
        _check_lengths(name, minimum, maximum)
    if minimum is not None and maximum is not None and maximum < minimum:
        raise errors.bounds_crossed("length" if entry["attribute_data_type"] == "String" else "value", name)
    return entry


def _check_lengths(name: str, minimum: int | None, maximum: int | None) -> None:
    if (minimum or 0) < 0 or (maximum or 0) < 0:
        raise errors.invalid_constraints("String", name)
    if max(minimum or 0, maximum or 0) > LONGEST_VALUE:
        raise errors.attribute_too_long(name)


def is_expected(pool: UserPool, name: str) -> bool:
    """Whether most users of the pool will have this attribute: it is proved, required, or signed in with."""
    used = (*pool.auto_verified_attributes, *pool.username_attributes, *pool.alias_attributes)
    return name in used or definitions(pool)[name].required
