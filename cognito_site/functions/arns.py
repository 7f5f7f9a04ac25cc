"""Names of functions: ``arn:aws:lambda:<region>:<account>:function:<name>``, perhaps with ``:<version or alias>``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

NAME = re.compile(r"[a-zA-Z0-9_-]{1,140}")
_ARN = re.compile(
    r"(?P<whole>arn:aws[a-z-]*:lambda:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12}):function:(?P<name>[a-zA-Z0-9_-]{1,140}))"
    r"(?::(?P<qualifier>\$LATEST|[a-zA-Z0-9_-]{1,128}))?"
)


@dataclass(frozen=True, slots=True)
class FunctionArn:
    """``whole`` is without the qualifier."""

    whole: str
    region: str
    account: str
    name: str
    qualifier: str

    @property
    def is_ours(self) -> bool:
        """Of the region and the account of this installation."""
        here = settings.POOLHOUSE
        return (self.region, self.account) == (here.region, here.account_id)


def parse(text: str) -> FunctionArn | None:
    found = _ARN.fullmatch(text)
    if found is None:
        return None
    return FunctionArn(found["whole"], found["region"], found["account"], found["name"], found["qualifier"] or "")


def of_name(name: str) -> str:
    here = settings.POOLHOUSE
    return f"arn:aws:lambda:{here.region}:{here.account_id}:function:{name}"
