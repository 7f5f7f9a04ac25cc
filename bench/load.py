"""One request, over and over, by wrk."""

from __future__ import annotations

import re
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

CONNECTIONS = 8
SECONDS = 6
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Request:
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def script(self) -> str:
        lines = [f'wrk.method = "{"POST" if self.body else "GET"}"', f"wrk.body = [==[{self.body}]==]"]
        lines += [f'wrk.headers["{name}"] = [==[{value}]==]' for name, value in self.headers.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Measured:
    """Requests a second; milliseconds."""

    rate: float
    p50: float
    p99: float


def run(request: Request, connections: int = CONNECTIONS, seconds: int = SECONDS) -> Measured:
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory, "request.lua")
        script.write_text(request.script)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), request.url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in printed:
        raise RuntimeError(f"{request.url} refused some, such as this one: {_refusal(request)}\n{printed}")
    return Measured(
        float(_found(r"Requests/sec:\s+([\d.]+)", printed)[0]),
        _milliseconds(*_found(r"50%\s+([\d.]+)(us|ms|s)", printed)),
        _milliseconds(*_found(r"99%\s+([\d.]+)(us|ms|s)", printed)),
    )


def _refusal(request: Request) -> str:
    asked = urllib.request.Request(request.url, request.body.encode() or None, request.headers)
    try:
        with urllib.request.urlopen(asked) as answer:
            return f"{answer.status}, this time"
    except urllib.error.HTTPError as refused:
        return f"{refused.code} {refused.read().decode()}"


def _found(pattern: str, text: str) -> tuple[str, ...]:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk printed something else:\n{text}")
    return match.groups()


def _milliseconds(number: str, unit: str) -> float:
    return float(number) * UNITS[unit]
