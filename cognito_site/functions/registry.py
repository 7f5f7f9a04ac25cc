"""Where an ARN leads: to what an operator registered, to what the file says, to the folder that is called like the
function, to the installation's Lambda endpoint. In this order; the qualified name before the plain one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from cognito_site.functions import arns, function_file, registered, targets
from cognito_site.functions.arns import FunctionArn
from cognito_site.functions.targets import Endpoint, Folder, Target, Unacceptable

DATABASE, FOLDER, DEFAULT = "database", "folder", "POOLHOUSE_LAMBDA_ENDPOINT_URL"


@dataclass(frozen=True, slots=True)
class Entry:
    """For operators. ``problem`` instead of a target, if what they wrote cannot be used. ``is_for_all``: of every ARN
    that no earlier entry names."""

    arn: str
    source: str
    target: Target | None = None
    problem: str = ""
    is_for_all: bool = False


def find(arn: str) -> Target | None:
    """Raises Unacceptable: what an operator wrote for this ARN cannot be used, and nothing else takes its place."""
    name = arns.parse(arn)
    if name is None:
        return None
    for spelled in dict.fromkeys((arn, name.whole)):
        target = registered.find(spelled) or function_file.find(spelled)
        if target is not None:
            return target
    return _folder(name) or _default()


def _folder(name: FunctionArn) -> Folder | None:
    return targets.conventional(function_file.folders() / name.name) if name.is_ours else None


def _default() -> Endpoint | None:
    url = settings.POOLHOUSE.lambda_endpoint_url
    return Endpoint(url) if url else None


def entries() -> Iterator[Entry]:
    """In the order in which they are asked."""
    for row in registered.everything():
        try:
            yield Entry(row.arn, DATABASE, registered.target_of(row))
        except Unacceptable as refused:
            yield Entry(row.arn, DATABASE, problem=str(refused))
    yield from _of_file()
    for directory in _folders():
        if target := targets.conventional(directory):
            yield Entry(arns.of_name(directory.name), FOLDER, target)
    if endpoint := _default():
        yield Entry("*", DEFAULT, endpoint, is_for_all=True)


def entry_of(arn: str, among: Sequence[Entry]) -> Entry | None:
    """Of all ``entries`` the one that ``find`` goes by: for whoever looks at many ARNs at once."""
    name = arns.parse(arn)
    if name is None:
        return None
    for spelled in dict.fromkeys((arn, name.whole)):
        for entry in among:
            if entry.arn == spelled or (entry.is_for_all and entry.problem):
                return entry
    return next((entry for entry in among if entry.is_for_all), None)


def _of_file() -> Iterator[Entry]:
    try:
        found = function_file.entries()
    except Unacceptable as refused:
        yield Entry("*", function_file.FILE_NAME, problem=str(refused), is_for_all=True)
        return
    for arn, target in found.items():
        if isinstance(target, Unacceptable):
            yield Entry(arn, function_file.FILE_NAME, problem=str(target))
        else:
            yield Entry(arn, function_file.FILE_NAME, target)


def _folders() -> list[Path]:
    directory = function_file.folders()
    found = directory.iterdir() if directory.is_dir() else ()
    return sorted(path for path in found if path.is_dir() and arns.NAME.fullmatch(path.name))
