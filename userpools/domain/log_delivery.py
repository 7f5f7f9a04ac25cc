"""Message errors of a pool, in the log group that SetLogDeliveryConfiguration names. AWS: "Exporting user pool logs".

An error is written when a message fails at its first attempt, and when it is given up: between the two it fails the
same way again. Sign-in activity (``userAuthEvents``) is not written; a configuration that asks for it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cognito_site import log_targets
from cognito_site.contract import errors
from userpools.domain import access, channels
from userpools.models import Message, UserPool

MESSAGES, ACTIVITY = "userNotification", "userAuthEvents"
GROUP_ARN = re.compile(r"arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:*]+)(:\*)?")
TARGETS = ("cloud_watch_logs_configuration", "firehose_configuration", "s3_configuration")

Entry = Mapping[str, Any]


# --- the configuration ------------------------------------------------------------------------------------------------


def configure(pool: UserPool, entries: list[dict[str, Any]]) -> UserPool:
    """Replaces what there was. Raises InvalidParameter, FeatureUnavailableInTier."""
    sources = [entry["event_source"] for entry in entries]
    if len(set(sources)) < len(sources):
        raise errors.log_configuration_refused("an event source is named twice")
    for entry in entries:
        _check(pool, entry)
    with transaction.atomic():
        locked = access.locked_pool(pool)
        locked.log_delivery, locked.modified_at = entries, timezone.now()
        locked.save(update_fields=["log_delivery", "modified_at"])
    return locked


def _check(pool: UserPool, entry: Entry) -> None:
    if entry["event_source"] == ACTIVITY:
        if pool.settings["user_pool_tier"] != "PLUS":
            raise errors.feature_unavailable("Log delivery of userAuthEvents", pool.settings["user_pool_tier"])
        raise errors.not_performed("Log delivery of userAuthEvents")
    if entry["log_level"] != "ERROR":
        raise errors.log_configuration_refused("userNotification is logged at the level ERROR")
    if [target for target in TARGETS if target in entry] != [TARGETS[0]]:
        raise errors.log_configuration_refused("userNotification needs a CloudWatchLogsConfiguration, and no other")
    if _group(entry) is None:
        raise errors.log_configuration_refused("LogGroupArn is not the ARN of a log group")


def _group(entry: Entry) -> str | None:
    found = GROUP_ARN.fullmatch(entry.get(TARGETS[0], {}).get("log_group_arn", ""))
    return found[1] if found else None


def _groups(pool: UserPool) -> Iterable[str]:
    named = (_group(entry) for entry in pool.log_delivery if entry["event_source"] == MESSAGES)
    return [group for group in named if group]


# --- errors -----------------------------------------------------------------------------------------------------------


def failed(message: Message, why: str) -> None:
    """An attempt failed. The message belongs to a pool that is at hand."""
    if message.attempts <= 1 or message.status == Message.Status.FAILED:
        _write(message, why)


def unsent(message_id: UUID) -> None:
    """It was refused before there was an attempt."""
    message = Message.objects.select_related("pool").filter(pk=message_id).first()
    if message is not None:
        _write(message, message.answer)


def _write(message: Message, why: str) -> None:
    for group in _groups(message.pool):
        log_targets.write(group, _record(message, why))


def _record(message: Message, why: str) -> dict[str, Any]:
    """AWS's record. The destination is masked, and what the message says is no part of it."""
    channel = channels.ATTRIBUTES[message.medium]
    shown = channels.mask(channel, message.destination)
    outcome = "given up" if message.status == Message.Status.FAILED else "tried again later"
    said = why.replace(message.destination, shown)
    return {
        "eventTimestamp": str(int(timezone.now().timestamp() * 1000)),
        "eventSource": "USER_NOTIFICATION",
        "logLevel": "ERROR",
        "message": {"details": f"{message.medium} {message.kind} {message.pk} to {shown}, {outcome}: {said}"},
        "logSourceId": {"userPoolId": message.pool.pk},
    }
