"""Where an ARN leads: values, made of what an operator wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from django.conf import settings

from cognito_site import outgoing, variables

Runtime = Literal["python", "node"]

DEFAULT_MEMORY_MB = 256
SMALLEST_MEMORY_MB, LARGEST_MEMORY_MB = 64, 10_240
SHORTEST_SECRET = 16
# What folders hold by convention: the file, the handler, the runtime.
HANDLERS: Mapping[str, tuple[str, Runtime]] = {
    "lambda_function.py": ("lambda_function.lambda_handler", "python"),
    "index.mjs": ("index.handler", "node"),
    "index.js": ("index.handler", "node"),
    "index.cjs": ("index.handler", "node"),
}
# A file below the folder, without its ending, and what it exports. No way out of the folder.
_HANDLER = re.compile(r"[\w-]+(/[\w-]+)*(\.[\w$]+)+", re.ASCII)
_VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
# The runtime's own, and those that would have it load other code.
_NOT_FOR_FUNCTIONS = re.compile(
    r"PATH|AWS_LAMBDA_.*|LAMBDA_.*|LD_.*|DYLD_.*|GLIBC_.*|GCONV_PATH|OPENSSL_.*|PYTHON.*|NODE_OPTIONS|NODE_PATH|(BASH_)?ENV"
)


class Unacceptable(Exception):
    """What an operator wrote cannot be used. ``str()`` says what is accepted instead."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Lambda itself (``url`` empty) or what speaks its Invoke API. Without keys: those that AWS's SDK finds.
    ``function_name`` where the other side does not know the function by its ARN."""

    url: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    function_name: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Folder:
    directory: Path
    handler: str
    runtime: Runtime
    memory_mb: int = DEFAULT_MEMORY_MB
    environment: tuple[tuple[str, str], ...] = field(default=(), repr=False)


Target = Endpoint | Webhook | Folder

SECRET = ("secret", "secret_access_key", "session_token", "environment")
MEMBERS = {
    "endpoint": ("region", "access_key_id", "secret_access_key", "session_token", "function_name"),
    "webhook": ("secret",),
    "folder": ("handler", "runtime", "memory_mb", "environment"),
}


def made_of(given: Mapping[str, Any], folders: Path) -> Target:
    """``given`` names one of the three kinds, as in ``{"webhook": "https://…", "secret": "…"}``."""
    kinds = [kind for kind in MEMBERS if kind in given]
    if len(kinds) != 1:
        raise Unacceptable("one of endpoint, webhook and folder, please")
    (kind,) = kinds
    if unknown := given.keys() - {kind, *MEMBERS[kind]}:
        raise Unacceptable(f"{min(unknown)} is not a setting of a {kind}; {', '.join(MEMBERS[kind])} are")
    if kind == "endpoint":
        return _endpoint(given)
    return _webhook(given) if kind == "webhook" else _folder(given, folders)


def _text(given: Mapping[str, Any], name: str, otherwise: str = "") -> str:
    value = given.get(name, otherwise)
    if not isinstance(value, str) or "\0" in value:
        raise Unacceptable(f"{name}: a text, please")
    return value


def _endpoint(given: Mapping[str, Any]) -> Endpoint:
    url = _text(given, "endpoint")
    try:
        target = Endpoint(
            variables.lambda_endpoint_url(url) if url else "", *(_text(given, n) for n in MEMBERS["endpoint"])
        )
    except ValueError as refused:
        raise Unacceptable(f"endpoint: {refused}") from None
    if bool(target.access_key_id) != bool(target.secret_access_key):
        raise Unacceptable("access_key_id and secret_access_key are given together or not at all")
    return target


def _webhook(given: Mapping[str, Any]) -> Webhook:
    url, secret = _text(given, "webhook"), _text(given, "secret")
    try:
        outgoing.check(url)
    except outgoing.Forbidden as refused:
        raise Unacceptable(f"webhook: {refused}") from None
    if urlsplit(url).scheme != "https" and not settings.POOLHOUSE.allow_private_network:
        raise Unacceptable("webhook: https://, please: events carry what people type")
    if len(secret) < SHORTEST_SECRET:
        raise Unacceptable(f"secret: at least {SHORTEST_SECRET} characters, please; it signs what is sent")
    return Webhook(url, secret)


def _folder(given: Mapping[str, Any], folders: Path) -> Folder:
    directory = (folders / _text(given, "folder")).absolute()
    handler, runtime = _conventional(directory)
    handler, runtime = _text(given, "handler", handler), cast(Runtime, _text(given, "runtime", runtime))
    if not _HANDLER.fullmatch(handler):
        raise Unacceptable("handler: the file and the function, please, as in app.handler")
    if runtime not in ("python", "node"):
        raise Unacceptable("runtime: python or node, please")
    return Folder(directory, handler, runtime, _memory(given), _environment(given))


def _conventional(directory: Path) -> tuple[str, str]:
    found = conventional(directory)
    return (found.handler, found.runtime) if found else ("", "")


def conventional(directory: Path) -> Folder | None:
    """A folder that says by the name of its file what runs it."""
    for name, (handler, runtime) in HANDLERS.items():
        if (directory / name).is_file():
            return Folder(directory, handler, runtime)
    return None


def _memory(given: Mapping[str, Any]) -> int:
    value = given.get("memory_mb", DEFAULT_MEMORY_MB)
    if type(value) is not int or not SMALLEST_MEMORY_MB <= value <= LARGEST_MEMORY_MB:
        raise Unacceptable(f"memory_mb: a whole number from {SMALLEST_MEMORY_MB} to {LARGEST_MEMORY_MB}, please")
    return value


def _environment(given: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    value = given.get("environment", {})
    if not isinstance(value, Mapping):
        raise Unacceptable("environment: names and texts, please")
    for name in value:
        if not _VARIABLE.fullmatch(name) or _NOT_FOR_FUNCTIONS.fullmatch(name):
            raise Unacceptable(f"environment: {name} cannot be set for a function")
    return tuple(sorted((name, _text(value, name)) for name in value))
