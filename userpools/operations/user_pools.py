"""User pools and their attributes."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, user_pools
from userpools.operations import documents, pages
from userpools.operations.configuring import configures
from userpools.operations.shapes import pools

perform = Operations("cognito-idp")


@perform
@configures
def create_user_pool(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    name, attributes, labels = given.pop("pool_name"), given.pop("schema", []), given.pop("user_pool_tags", {})
    return {"UserPool": pools.pool(user_pools.create(name, given, attributes, labels))}


@perform
def describe_user_pool(call: Call) -> dict[str, Any]:
    return {"UserPool": pools.pool(access.pool(call["UserPoolId"]))}


@perform
@configures
def update_user_pool(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    pool = access.pool(given.pop("user_pool_id"))
    user_pools.update(pool, given.pop("pool_name", None), given, given.pop("user_pool_tags", {}))
    return {}


@perform
def delete_user_pool(call: Call) -> None:
    user_pools.delete(access.pool(call["UserPoolId"]))


@perform
def list_user_pools(call: Call) -> dict[str, Any]:
    return pages.answer(call, access.pools(), "UserPools", pools.listed)


@perform
@configures
def add_custom_attributes(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    user_pools.add_custom_attributes(access.pool(call["UserPoolId"]), given["custom_attributes"])
    return {}
