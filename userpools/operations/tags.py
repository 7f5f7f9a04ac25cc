"""Tags of user pools, the only resources here that have some."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, tags
from userpools.operations.configuring import configures

perform = Operations("cognito-idp")


@perform
@configures
def tag_resource(call: Call) -> dict[str, Any]:
    tags.add(access.pool_by_arn(call["ResourceArn"]), call["Tags"])
    return {}


@perform
@configures
def untag_resource(call: Call) -> dict[str, Any]:
    tags.remove(access.pool_by_arn(call["ResourceArn"]), call["TagKeys"])
    return {}


@perform
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"Tags": access.pool_by_arn(call["ResourceArn"]).tags}
