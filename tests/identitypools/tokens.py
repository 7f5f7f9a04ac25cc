"""Looks into JSON Web Tokens, as an app would."""

from __future__ import annotations

import base64
import json
from typing import Any


def part(token: str, place: int) -> dict[str, Any]:
    text = token.split(".")[place]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def header_of(token: str) -> dict[str, Any]:
    return part(token, 0)


def claims_of(token: str) -> dict[str, Any]:
    return part(token, 1)
