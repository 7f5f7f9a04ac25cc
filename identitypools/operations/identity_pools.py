"""Identity pools, their roles, principal tags and labels."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.pagination import page_of
from cognito_site.wire.registry import Operations
from identitypools.domain import access, identity_pools, pool_roles, principal_tags, tags
from identitypools.operations import documents
from identitypools.operations.shapes import pools as shapes

perform = Operations("cognito-identity")


@perform
def create_identity_pool(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    name, labels = given.pop("identity_pool_name"), given.pop("identity_pool_tags", {})
    return shapes.pool(identity_pools.create(name, given, labels))


@perform
def describe_identity_pool(call: Call) -> dict[str, Any]:
    return shapes.pool(access.pool(call["IdentityPoolId"]))


@perform
def update_identity_pool(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    pool = access.pool(given.pop("identity_pool_id"))
    name, labels = given.pop("identity_pool_name"), given.pop("identity_pool_tags", {})
    return shapes.pool(identity_pools.update(pool, name, given, labels))


@perform
def delete_identity_pool(call: Call) -> None:
    identity_pools.delete(access.pool(call["IdentityPoolId"]))


@perform
def list_identity_pools(call: Call) -> dict[str, Any]:
    found, following = page_of(call, access.pools(), ["name", "id"])
    return {"IdentityPools": [shapes.listed(pool) for pool in found], "NextToken": following}


# --- roles ----------------------------------------------------------------------------------------------------------


@perform
def set_identity_pool_roles(call: Call) -> None:
    given = documents.given(call)
    pool, mappings = access.pool(given["identity_pool_id"]), given.get("role_mappings", {})
    pool_roles.assign(pool, given["roles"], mappings)


@perform
def get_identity_pool_roles(call: Call) -> dict[str, Any]:
    return shapes.roles(access.pool(call["IdentityPoolId"]))


# --- principal tags -------------------------------------------------------------------------------------------------


@perform
def set_principal_tag_attribute_map(call: Call) -> dict[str, Any]:
    pool, provider = access.pool(call["IdentityPoolId"]), call["IdentityProviderName"]
    claims, use_defaults = call.get("PrincipalTags", {}), call.get("UseDefaults", False)
    return shapes.principal_tags(
        pool, provider, principal_tags.assign(pool, provider, claims, use_defaults=use_defaults)
    )


@perform
def get_principal_tag_attribute_map(call: Call) -> dict[str, Any]:
    pool, provider = access.pool(call["IdentityPoolId"]), call["IdentityProviderName"]
    return shapes.principal_tags(pool, provider, principal_tags.of_provider(pool, provider))


# --- labels ---------------------------------------------------------------------------------------------------------


@perform
def tag_resource(call: Call) -> dict[str, Any]:
    tags.add(access.pool_by_arn(call["ResourceArn"]), call["Tags"])
    return {}


@perform
def untag_resource(call: Call) -> dict[str, Any]:
    tags.remove(access.pool_by_arn(call["ResourceArn"]), call["TagKeys"])
    return {}


@perform
def list_tags_for_resource(call: Call) -> dict[str, Any]:
    return {"Tags": access.pool_by_arn(call["ResourceArn"]).tags}
