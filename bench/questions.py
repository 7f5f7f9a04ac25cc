"""``python -m bench.questions SCENE``: how often each request asks the database, counted in process on the database of
a running server, and printed as JSON. The marks of transactions are not counted."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import srp_client  # noqa: E402
from bench.load import Request  # noqa: E402
from bench.rows import ROWS  # noqa: E402
from bench.scene import Scene, headers_of  # noqa: E402

MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SET ")


def send(client: Client, request: Request) -> bytes:
    parts = urlsplit(request.url)
    headers = {**request.headers, "Host": parts.netloc}
    kind = headers.pop("Content-Type", "application/octet-stream")
    method = "POST" if request.body else "GET"
    answer = client.generic(method, parts.path, request.body, kind, headers=headers)
    if answer.status_code != 200:
        raise RuntimeError(f"{request.url} refused: {answer.content!r}")
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


def count(deed: Callable[[], object]) -> int:
    """The second time: what a process remembers, it knows by then."""
    deed()
    with CaptureQueriesContext(connection) as captured:
        deed()
    return sum(not query["sql"].startswith(MARKS) for query in captured.captured_queries)


def main(scene: Scene) -> dict[str, int]:
    client = Client()

    def post(operation: str, document: dict[str, Any]) -> dict[str, Any]:
        request = Request(f"{scene.url}/", headers_of(operation), json.dumps(document))
        found: dict[str, Any] = json.loads(send(client, request))
        return found

    def deed(request: Callable[[Scene], Request] | None) -> Callable[[], object]:
        if request is None:
            return srp_client.signing_in(scene, "alice", post)
        asked = request(scene)
        return lambda: send(client, asked)

    return {row.name: count(deed(row.request)) for row in ROWS}


if __name__ == "__main__":
    print(json.dumps(main(Scene(**json.loads(sys.argv[1])))))
