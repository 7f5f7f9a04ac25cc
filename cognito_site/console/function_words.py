"""Where functions lead, in words. Nothing here says a secret: of an address the query is left out, of variables the
values."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from cognito_site.console import places
from cognito_site.console.function_uses import Use
from cognito_site.functions import arns, registry
from cognito_site.functions.function_file import FILE_NAME
from cognito_site.functions.registry import Entry
from cognito_site.functions.targets import SECRET, Endpoint, Folder, Target, Webhook

KINDS = {"folder": "Local handler", "webhook": "Webhook", "endpoint": "Lambda endpoint"}
ICONS = {"folder": "server", "webhook": "globe", "endpoint": "bolt", "": "alert"}
SOURCES = {
    registry.DATABASE: "Registered here",
    FILE_NAME: FILE_NAME,
    registry.FOLDER: "By its folder",
    registry.DEFAULT: registry.DEFAULT,
}
RUNTIMES = {"python": "Python", "node": "Node.js"}
ENDINGS = {"python": (".py",), "node": (".js", ".mjs", ".cjs")}


@dataclass(frozen=True, slots=True)
class Said:
    """An entry for a page. ``hidden_by``: the source of an earlier entry for the same ARN."""

    arn: str
    name: str
    source: str
    icon: str
    kind: str = ""
    where: str = ""
    detail: str = ""
    problem: str = ""
    hidden_by: str = ""
    uses: tuple[Use, ...] = ()

    @property
    def has_page(self) -> bool:
        """What names no ARN has none."""
        return arns.parse(self.arn) is not None


def name_of(arn: str) -> str:
    """With its version or alias."""
    found = arns.parse(arn)
    if found is None:
        return arn
    return f"{found.name}:{found.qualifier}" if found.qualifier else found.name


def said(entry: Entry) -> Said:
    kind = kind_of(entry.target)
    return Said(
        entry.arn,
        name_of(entry.arn),
        SOURCES.get(entry.source, entry.source),
        ICONS[kind],
        KINDS.get(kind, ""),
        where(entry.target) if entry.target else "",
        _detail(entry.target),
        f"Cannot be used: {entry.problem}" if entry.problem else _problem(entry.target),
    )


def kind_of(target: Target | None) -> str:
    match target:
        case Folder():
            return "folder"
        case Webhook():
            return "webhook"
        case Endpoint():
            return "endpoint"
    return ""


def where(target: Target) -> str:
    match target:
        case Folder():
            return str(target.directory)
        case Webhook():
            return _shown(target.url)
        case Endpoint():
            return _shown(target.url) if target.url else "AWS"


def led_to(target: Target) -> str:
    return f"{KINDS[kind_of(target)]} {where(target)}"


def _shown(url: str) -> str:
    """People hide keys in queries, and before the host."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}{'?…' if parts.query else ''}"


def _detail(target: Target | None) -> str:
    match target:
        case Folder():
            names = ", ".join(name for name, _ in target.environment)
            runs = (target.handler, RUNTIMES[target.runtime], f"{target.memory_mb} MB")
            return " · ".join((*runs, *([f"with {names}"] if names else [])))
        case Endpoint():
            keys = f"key {target.access_key_id}" if target.access_key_id else "no key of its own"
            return " · ".join(filter(None, (target.function_name, target.region, keys)))
    return "signed with its secret" if target else ""


def _problem(target: Target | None) -> str:
    """What is wrong on this machine: of others, that run functions too, nobody knows here."""
    if not isinstance(target, Folder):
        return ""
    if not target.directory.is_dir():
        return "This machine has no such folder."
    file = target.handler.partition(".")[0]
    if not any((target.directory / f"{file}{ending}").is_file() for ending in ENDINGS[target.runtime]):
        return f"There is no {file}{ENDINGS[target.runtime][0]} in the folder on this machine."
    if target.runtime == "node" and shutil.which("node") is None:
        return "This machine has no Node.js."
    return ""


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What is different, as the log may say it."""
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name)]
    return "; ".join(_difference(name, before.get(name), after.get(name)) for name in names)


def _difference(name: str, before: Any, after: Any) -> str:
    if name == "environment":
        old, new = before or {}, after or {}
        return f"environment: {', '.join(key for key in {**old, **new} if old.get(key) != new.get(key))} changed"
    if name in SECRET:
        return f"{name} changed"
    return f"{name}: {_open(before)} → {_open(after)}"


def _open(value: Any) -> str:
    return _shown(value) if "://" in str(value) else "none" if value in (None, "") else str(value)


# --- all of them ----------------------------------------------------------------------------------------------------


def every(entries: Sequence[Entry], uses: Iterable[Use]) -> list[Said]:
    """Those of one ARN, by name, with who asks them."""
    asked: dict[int, list[Use]] = {}
    for use in uses:
        if entry := registry.entry_of(use.arn, entries):
            asked.setdefault(id(entry), []).append(use)
    first: dict[str, Entry] = {}
    found = [
        _in_line(entry, first.setdefault(entry.arn, entry), asked.get(id(entry), ()))
        for entry in entries
        if not entry.is_for_all
    ]
    return sorted(found, key=lambda each: (each.name, each.arn))


def _in_line(entry: Entry, first: Entry, uses: Iterable[Use]) -> Said:
    hidden_by = "" if entry is first else SOURCES.get(first.source, first.source)
    return replace(said(entry), hidden_by=hidden_by, uses=tuple(uses))


def page_of(arn: str) -> str:
    """The address of the page of where ``arn`` leads; empty where it leads nowhere, or where all the rest leads."""
    entry = registry.entry_of(arn, list(registry.entries()))
    has_page = entry is not None and not entry.is_for_all
    return places.outside("cognito_site_function_change", entry.arn) if entry and has_page else ""


def nowhere(entries: Sequence[Entry], uses: Iterable[Use]) -> dict[str, list[Use]]:
    """What is asked and leads nowhere, by ARN."""
    lost: dict[str, list[Use]] = {}
    for use in uses:
        if registry.entry_of(use.arn, entries) is None:
            lost.setdefault(use.arn, []).append(use)
    return lost
