"""The domains under which a pool's pages are reached."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, domains
from userpools.domain.domains import Wish
from userpools.models import Domain
from userpools.operations import documents
from userpools.operations.configuring import configures
from userpools.operations.shapes import pools

perform = Operations("cognito-idp")


def _wish(call: Call) -> Wish:
    given = documents.given(call)
    return Wish(
        given.get("managed_login_version"),
        given.get("custom_domain_config"),
        given.get("routing"),
        takes_released=call.caller is not None and call.caller.is_root,
    )


def _domain(call: Call) -> Domain:
    return access.domain(access.pool(call["UserPoolId"]), call["Domain"])


@perform
@configures
def create_user_pool_domain(call: Call) -> dict[str, Any]:
    return pools.saved_domain(domains.create(access.pool(call["UserPoolId"]), call["Domain"], _wish(call)))


@perform
def describe_user_pool_domain(call: Call) -> dict[str, Any]:
    """An unknown one is no error: tools ask in order to see whether a name is free."""
    found = access.find_domain(call["Domain"])
    return {"DomainDescription": pools.domain(found) if found else {}}


@perform
@configures
def update_user_pool_domain(call: Call) -> dict[str, Any]:
    return pools.saved_domain(domains.update(_domain(call), _wish(call)))


@perform
@configures
def delete_user_pool_domain(call: Call) -> dict[str, Any]:
    domains.delete(_domain(call))
    return {}
