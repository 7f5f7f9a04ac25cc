"""AWS's own models, as botocore ships them: the only list of operations, members, limits, enums and declared errors.

Read once for each service and compiled into small frozen objects; the documentation (nine tenths of the bytes) is
dropped. Nothing of botocore is used but its files: its code would cost half a second and thirty megabytes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from botocore import xform_name

IAM_SUBSET = (
    "CreateRole",
    "GetRole",
    "ListRoles",
    "DeleteRole",
    "UpdateAssumeRolePolicy",
    "PutRolePolicy",
    "GetRolePolicy",
    "ListRolePolicies",
    "DeleteRolePolicy",
)
KMS_SUBSET = ("Decrypt",)
SUBSETS = {"iam": IAM_SUBSET, "kms": KMS_SUBSET}
NAMES = ("cognito-idp", "cognito-identity", "sts", "iam", "kms")


@dataclass(slots=True, eq=False)
class Shape:
    """``kind``: structure list map string integer long float double boolean timestamp blob document.

    ``members`` of a structure; ``member`` of a list; ``key`` and ``value`` of a map. Shapes refer to one another in
    circles, so they are filled after they are made, and never changed after that.
    """

    name: str
    kind: str
    members: dict[str, Shape] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    member: Shape | None = None
    key: Shape | None = None
    value: Shape | None = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """``errors`` are the declared ones by code; ``result_wrapper`` is the query protocol's element, or empty;
    ``takes_files``: somewhere in its input is a blob."""

    service: str
    name: str
    snake_name: str
    input: Shape | None
    output: Shape | None
    errors: frozenset[str]
    is_signed: bool
    result_wrapper: str = ""
    takes_files: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    name: str
    protocol: str
    signing_name: str
    target_prefix: str
    api_version: str
    xml_namespace: str
    operations: Mapping[str, Operation]


class _Compiler:
    def __init__(self, name: str, model: Mapping[str, Any]) -> None:
        self._service = name
        self._model = model
        self._shapes: dict[str, Shape] = {}

    def service(self) -> Service:
        metadata = self._model["metadata"]
        wanted = SUBSETS.get(self._service) or tuple(self._model["operations"])
        namespace = metadata.get("xmlNamespace", "")
        return Service(
            name=self._service,
            protocol=metadata["protocol"],
            signing_name=metadata.get("signingName", metadata["endpointPrefix"]),
            target_prefix=metadata.get("targetPrefix", ""),
            api_version=metadata["apiVersion"],
            xml_namespace=namespace if isinstance(namespace, str) else namespace["uri"],
            operations={operation: self._operation(operation) for operation in wanted},
        )

    def _operation(self, name: str) -> Operation:
        found = self._model["operations"][name]
        codes = frozenset(self._code(error["shape"]) for error in found.get("errors", ()))
        return Operation(
            service=self._service,
            name=name,
            snake_name=xform_name(name),
            input=self._referred(found.get("input")),
            output=self._referred(found.get("output")),
            errors=codes,
            is_signed=found.get("authtype") != "none",
            result_wrapper=(found.get("output") or {}).get("resultWrapper", ""),
            takes_files=any(shape.kind == "blob" for shape in below(self._referred(found.get("input")))),
        )

    def _code(self, shape: str) -> str:
        """The code on the wire: query services name it in the shape's ``error`` trait."""
        code: str = self._model["shapes"][shape].get("error", {}).get("code", shape)
        return code

    def _referred(self, reference: Mapping[str, Any] | None) -> Shape | None:
        return self._shape(reference["shape"]) if reference else None

    def _shape(self, name: str) -> Shape:
        if name not in self._shapes:
            found = self._model["shapes"][name]
            shape = self._shapes[name] = Shape(name, "document" if found.get("document") else found["type"])
            self._fill(shape, found)
        return self._shapes[name]

    def _fill(self, shape: Shape, found: Mapping[str, Any]) -> None:
        shape.members = {member: self._shape(to["shape"]) for member, to in found.get("members", {}).items()}
        shape.required = tuple(found.get("required", ()))
        shape.member = self._referred(found.get("member"))
        shape.key = self._referred(found.get("key"))
        shape.value = self._referred(found.get("value"))
        shape.minimum, shape.maximum = found.get("min"), found.get("max")
        shape.pattern = found.get("pattern")
        shape.enum = tuple(found.get("enum", ()))
        shape.sensitive = bool(found.get("sensitive"))


def below(shape: Shape | None) -> Iterator[Shape]:
    """A shape and every shape that it is made of."""
    seen: set[Shape] = set()
    waiting = [shape]
    while waiting:
        found = waiting.pop()
        if found is not None and found not in seen:
            seen.add(found)
            waiting += [*found.members.values(), found.member, found.key, found.value]
            yield found


@cache
def service(name: str) -> Service:
    """One of ``NAMES``."""
    return _Compiler(name, _model(name)).service()


def _model(name: str) -> dict[str, Any]:
    """The newest version that is there."""
    versions = [version for version in (files("botocore") / "data" / name).iterdir() if version.is_dir()]
    newest = max(versions, key=lambda version: version.name)
    found: dict[str, Any] = json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))
    return found


@cache
def by_target_prefix() -> Mapping[str, Service]:
    """The services of the JSON protocol, by what stands before the dot in ``X-Amz-Target``."""
    return {found.target_prefix: found for found in map(service, NAMES) if found.protocol == "json"}
