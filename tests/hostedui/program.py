"""How an application talks to the endpoints that are for programs: forms in, JSON out, no cookie."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client

from tests.hostedui.app import App
from tests.hostedui.visitor import FORM


@dataclass
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.told["error"]


def call(
    app: App, method: str, path: str, body: str | dict[str, str] = "", content_type: str = FORM, **headers: str
) -> Answered:
    text = body if isinstance(body, str) else urlencode(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    home = urlsplit(app.home)
    there = {"HTTP_HOST": home.netloc} if "Host" not in named else {}
    answer = Client().generic(method, f"{home.path}{path}", text, content_type=content_type, headers=named, **there)
    return Answered(answer.status_code, dict(answer.headers.items()), answer.content)


def token(app: App, **form: str) -> Answered:
    """``basic`` is what stands in the Authorization header; the client id is in the form unless that is there."""
    basic = form.pop("basic", "")
    named = {} if basic else {"client_id": app.client_id}
    return call(app, "POST", "/oauth2/token", {**named, **form}, **({"Authorization": basic} if basic else {}))


def basic(client_id: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{client_id}:{secret}'.encode()).decode()}"
