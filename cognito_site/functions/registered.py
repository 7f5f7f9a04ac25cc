"""Where ARNs lead, in the database: written by operators in the console and by ``manage.py functions``, the same for
every node.

A row never leads to code outside of ``DATA_DIR/functions``: who can write a row shall not thereby run what lies
anywhere on the disk. Folders elsewhere are named in the file, which takes access to the machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cognito_site import keyring, outgoing
from cognito_site.functions import arns, function_file, targets
from cognito_site.functions.targets import Endpoint, Folder, Target, Unacceptable
from cognito_site.models import Function
from cognito_site.remembered import Remembered

# What another node changed is seen after so long.
SECONDS = 5
_remembered: Remembered[str, Target | Unacceptable | str] = Remembered(SECONDS, 1000)
_ABSENT = "absent"


def find(arn: str) -> Target | None:
    """Raises Unacceptable."""
    found = _remembered.get(arn) or _remembered.put(arn, _looked_up(arn))
    if isinstance(found, Unacceptable):
        raise found
    return None if isinstance(found, str) else found


def _looked_up(arn: str) -> Target | Unacceptable | str:
    row = Function.objects.filter(arn=arn).first()
    try:
        return target_of(row) if row is not None else _ABSENT
    except Unacceptable as refused:
        return refused


def target_of(row: Function) -> Target:
    """Raises Unacceptable."""
    return made_of(given(row))


def given(row: Function) -> dict[str, Any]:
    """What ``register`` was given, secrets and all. Raises Unacceptable where the key ring does not open it."""
    try:
        secrets = json.loads(keyring.unseal(bytes(row.secrets), _context(row.arn)))
    except keyring.CannotUnseal as failure:
        raise Unacceptable(str(failure)) from None
    return {**row.settings, **secrets}


def made_of(given: Mapping[str, Any]) -> Target:
    """What ``register`` would make of it. Raises Unacceptable."""
    folders = function_file.folders()
    target = targets.made_of(given, folders)
    if isinstance(target, Endpoint) and target.url:
        _check(target.url)
    if isinstance(target, Folder) and not target.directory.resolve().is_relative_to(folders.resolve()):
        raise Unacceptable(f"folder: one inside of {folders}, please; others are named in {function_file.FILE_NAME}")
    return target


def _check(url: str) -> None:
    """As of a webhook. What the file and the environment name is the business of who runs the machine."""
    try:
        outgoing.check(url)
    except outgoing.Forbidden as refused:
        raise Unacceptable(f"endpoint: {refused}") from None


def _context(arn: str) -> str:
    return f"function:{arn}"


def everything() -> list[Function]:
    return list(Function.objects.all())


def register(arn: str, given: Mapping[str, Any]) -> Target:
    """In place of what the ARN led to before. ``given`` as ``targets.made_of`` takes it. Raises Unacceptable."""
    if arns.parse(arn) is None:
        raise Unacceptable("an ARN as in arn:aws:lambda:us-east-1:000000000000:function:greet, please")
    target = made_of(given)
    open_settings = {name: value for name, value in given.items() if name not in targets.SECRET}
    secrets = {name: value for name, value in given.items() if name in targets.SECRET}
    sealed = keyring.seal(json.dumps(secrets).encode(), _context(arn))
    values = {"settings": open_settings, "secrets": sealed, "changed_at": timezone.now()}
    Function.objects.update_or_create(arn=arn, defaults=values)
    _remembered.forget(arn)
    return target


def unregister(arn: str) -> bool:
    """Whether it was there."""
    count, _ = Function.objects.filter(arn=arn).delete()
    _remembered.forget(arn)
    return bool(count)


def forget() -> None:
    """What was read of the table."""
    _remembered.clear()
