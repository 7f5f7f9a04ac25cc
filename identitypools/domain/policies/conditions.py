"""Conditions: an operator, a key of the request, and the values that it may have.

Three outcomes, not two: what cannot be decided (a date that is none; many values where the operator is made for one) is
None, and the statement takes it to the caller's disadvantage.
"""

from __future__ import annotations

import base64
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from identitypools.domain.policies import templates
from identitypools.domain.policies.templates import Context
from identitypools.domain.policies.wildcards import ArnGlob, Glob

# Whether a value of the request is one that the policy names. Raises ValueError for a value of another type.
Accepts = Callable[[str, Context], bool]
# Reads a value of a document of some version. Raises ValueError for one of another type.
Reads = Callable[[str, str], Accepts]


# --- values ---------------------------------------------------------------------------------------------------------


def _typed(parse: Callable[[str], Any], compare: Callable[[Any, Any], bool]) -> Reads:
    """Types whose values hold no variable."""

    def read(text: str, _: str) -> Accepts:
        wanted = parse(text)
        return lambda value, _: compare(parse(value), wanted)

    return read


def _text(compare: Callable[[str, str], bool]) -> Reads:
    def read(text: str, version: str) -> Accepts:
        template = templates.parse(text, version, wildcards=False)
        return lambda value, context: compare(value, template.text(context))

    return read


def _pattern(kind: type[Glob] | type[ArnGlob]) -> Reads:
    def read(text: str, version: str) -> Accepts:
        template = templates.parse(text, version, wildcards=True)
        if template.is_fixed:
            fixed = kind(template.tokens({}))
            return lambda value, _: fixed.matches(value)
        return lambda value, context: kind(template.tokens(context)).matches(value)

    return read


def _address(text: str, _: str) -> Accepts:
    network = ip_network(text, strict=False)
    return lambda value, _: ip_address(value) in network


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    """ISO 8601 or seconds since 1970."""
    if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]+)?", text, re.ASCII):
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _same_folded(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


# --- operators ------------------------------------------------------------------------------------------------------

_ORDERS = {
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_POSITIVE: dict[str, Reads] = {
    "StringEquals": _text(operator.eq),
    "StringEqualsIgnoreCase": _text(_same_folded),
    "StringLike": _pattern(Glob),
    "ArnEquals": _pattern(ArnGlob),
    "ArnLike": _pattern(ArnGlob),
    "NumericEquals": _typed(_number, operator.eq),
    "DateEquals": _typed(_moment, operator.eq),
    "Bool": _typed(_boolean, operator.eq),
    "BinaryEquals": _typed(_bytes, operator.eq),
    "IpAddress": _address,
    **{f"Numeric{name}": _typed(_number, order) for name, order in _ORDERS.items()},
    **{f"Date{name}": _typed(_moment, order) for name, order in _ORDERS.items()},
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
_PINNING = ("StringEquals", "StringEqualsIgnoreCase", "StringLike")
IF_EXISTS = "IfExists"
ALL, ANY = "ForAllValues", "ForAnyValue"


class UnknownOperator(ValueError):
    """A condition that nobody can judge."""


@dataclass(frozen=True, slots=True)
class Condition:
    """``pins``: it can only hold for a key that is there and has one of a few values, whatever the request fills in."""

    key: str
    accepts: tuple[Accepts, ...]
    is_negated: bool
    quantifier: str
    if_exists: bool
    pins: bool

    def holds(self, context: Context) -> bool | None:
        given = context.get(self.key)
        if not given:
            return self._without_value()
        try:
            if self.quantifier == ALL:
                return all(self._is_wanted(value, context) for value in given)
            if self.quantifier == ANY:
                return any(self._is_wanted(value, context) for value in given)
            return self._is_wanted(given[0], context) if len(given) == 1 else None
        except ValueError:
            return None

    def _without_value(self) -> bool:
        if self.quantifier == ANY:
            return self.if_exists
        return self.quantifier == ALL or self.if_exists or self.is_negated

    def _is_wanted(self, value: str, context: Context) -> bool:
        """Among the policy's values, or, negated, none of them. All are looked at: what cannot be resolved must not
        depend on their order."""
        return (True in [accepts(value, context) for accepts in self.accepts]) != self.is_negated


@dataclass(frozen=True, slots=True)
class Null:
    """``"true"``: the key must be absent."""

    key: str
    absent: frozenset[bool]
    pins: bool = False

    def holds(self, context: Context) -> bool | None:
        return (not context.get(self.key)) in self.absent


def read(name: str, key: str, values: tuple[str, ...], version: str) -> Condition | Null:
    """Raises ValueError, and UnknownOperator for an operator that is none."""
    if name == "Null":
        return Null(key.lower(), frozenset(_boolean(value) for value in values))
    quantifier, _, rest = name.rpartition(":")
    base = rest.removesuffix(IF_EXISTS)
    positive = _NEGATED.get(base, base)
    if quantifier not in ("", ALL, ANY) or positive not in _POSITIVE or (":" in name and not quantifier):
        raise UnknownOperator(name)
    return Condition(
        key=key.lower(),
        accepts=tuple(_POSITIVE[positive](value, version) for value in values),
        is_negated=base in _NEGATED,
        quantifier=quantifier,
        if_exists=rest != base,
        pins=base in _PINNING and rest == base and quantifier != ALL and all(map(_is_specific, values)),
    )


def _is_specific(value: str) -> bool:
    """Not a wildcard alone, and no variable: ``${cognito-identity.amazonaws.com:aud}`` would always be right."""
    return bool(value.strip("*?")) and "$" not in value


def known(context: Mapping[str, str | list[str] | tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Condition keys as they are compared: in lower case, each with all of its values."""
    return {key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in context.items()}
