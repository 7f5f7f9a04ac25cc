"""Where a pool's message errors are logged."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access
from userpools.domain import log_delivery as logs
from userpools.models import UserPool
from userpools.operations import documents
from userpools.operations.configuring import configures

perform = Operations("cognito-idp")

CONFIGURATION = documents.answer_shape("GetLogDeliveryConfiguration", "LogDeliveryConfiguration")


def _shape(pool: UserPool) -> dict[str, Any]:
    return {
        "UserPoolId": pool.pk,
        **documents.described(CONFIGURATION, {"log_configurations": pool.log_delivery}),
    }


@perform
@configures
def set_log_delivery_configuration(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    pool = logs.configure(access.pool(call["UserPoolId"]), given["log_configurations"])
    return {"LogDeliveryConfiguration": _shape(pool)}


@perform
def get_log_delivery_configuration(call: Call) -> dict[str, Any]:
    return {"LogDeliveryConfiguration": _shape(access.pool(call["UserPoolId"]))}
