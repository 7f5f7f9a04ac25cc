"""What a pool says about second factors."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, user_pools
from userpools.operations import documents
from userpools.operations.configuring import configures
from userpools.operations.shapes import pools

perform = Operations("cognito-idp")


@perform
def get_user_pool_mfa_config(call: Call) -> dict[str, Any]:
    return pools.mfa(access.pool(call["UserPoolId"]))


@perform
@configures
def set_user_pool_mfa_config(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    pool = access.pool(given.pop("user_pool_id"))
    return pools.mfa(user_pools.set_mfa(pool, given))
