"""JSON to functions and back. What comes back is held against limits before anything looks at it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from cognito_site.functions.outcomes import FunctionFailed, Garbled

LARGEST_ANSWER = 1024 * 1024
DEEPEST = 32
LONGEST_NUMBER = 400
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def written(event: dict[str, Any]) -> bytes:
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def read(body: bytes) -> Any:
    """Raises FunctionFailed for what is too large, in AWS's words, and Garbled for what is no JSON."""
    if len(body) > LARGEST_ANSWER:
        raise too_large(len(body))
    try:
        text = body.decode()
        found = _decoder.decode(text)
        texts = list(_texts(found, DEEPEST))
    except (ValueError, RecursionError):
        raise Garbled("Invalid JSON") from None
    # Written as they are, neither gets past the decoders; only an escape can hide them.
    if "\\u" in text and any(_UNSTORABLE.search(part) for part in texts):
        raise Garbled("Invalid JSON")
    return found


def failure(body: bytes, log: str = "") -> FunctionFailed:
    """What a runtime reports when the handler raised."""
    told = read(body)
    if not isinstance(told, dict):
        return FunctionFailed("", "", log)
    return FunctionFailed(_text(told.get("errorMessage")), _text(told.get("errorType")), log)


def too_large(size: int) -> FunctionFailed:
    return FunctionFailed(
        f"Response payload size ({size} bytes) exceeded maximum allowed payload size ({LARGEST_ANSWER} bytes).",
        "Function.ResponseSizeTooLarge",
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        if not depth:
            raise ValueError("too deep")
        if isinstance(value, dict):
            yield from value
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _texts(entry, depth - 1)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("too long")
    return int(digits)


def _float(digits: str) -> float:
    """What is too large for one would become infinite, which is no JSON any more."""
    found = float(digits)
    if not math.isfinite(found):
        raise ValueError("too large")
    return found


_decoder = json.JSONDecoder(parse_constant=_refuse, parse_int=_int, parse_float=_float)
