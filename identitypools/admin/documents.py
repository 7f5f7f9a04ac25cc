"""Policy documents in forms: shown indented, kept as they were typed, judged by the domain alone."""

from __future__ import annotations

import json
from typing import Any

from django import forms

from identitypools.domain import arns
from identitypools.models import IdentityPool

LONGEST = 20_000


class DocumentField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 16, "class": "mono document", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **options)


def indented(text: str) -> str:
    """What an older version accepted may be no JSON."""
    try:
        return json.dumps(json.loads(text), indent=2)
    except ValueError:
        return text


def trust_of(pool: IdentityPool, *, guests: bool) -> str:
    """For who comes through a pool."""
    kind = "unauthenticated" if guests else "authenticated"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": arns.SERVICE},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{arns.SERVICE}:aud": pool.pk},
            "ForAnyValue:StringLike": {f"{arns.SERVICE}:amr": kind},
        },
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)


def allowing(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
