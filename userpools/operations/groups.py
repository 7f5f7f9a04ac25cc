"""Groups, and who is in them."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, groups
from userpools.models import Group, User
from userpools.operations import pages
from userpools.operations.context import context
from userpools.operations.shapes import groups as shapes
from userpools.operations.shapes import users
from userpools.values import Context

perform = Operations("cognito-idp")

CHANGEABLE = {"Description": "description", "RoleArn": "role_arn", "Precedence": "precedence"}


def _given(call: Call) -> dict[str, Any]:
    return {field: call[member] for member, field in CHANGEABLE.items() if member in call.input}


def _group(call: Call) -> Group:
    return access.group(access.pool(call["UserPoolId"]), call["GroupName"])


def _membership(call: Call) -> tuple[Group, User, Context]:
    pool = access.pool(call["UserPoolId"])
    return access.group(pool, call["GroupName"]), access.user(pool, call["Username"]), context(call)


@perform
def create_group(call: Call) -> dict[str, Any]:
    pool = access.pool(call["UserPoolId"])
    return {"Group": shapes.group(groups.create(pool, call["GroupName"], context(call), **_given(call)))}


@perform
def get_group(call: Call) -> dict[str, Any]:
    return {"Group": shapes.group(_group(call))}


@perform
def update_group(call: Call) -> dict[str, Any]:
    return {"Group": shapes.group(groups.update(_group(call), context(call), **_given(call)))}


@perform
def delete_group(call: Call) -> None:
    groups.delete(_group(call), context(call))


@perform
def list_groups(call: Call) -> dict[str, Any]:
    return pages.answer(call, access.pool(call["UserPoolId"]).groups.all(), "Groups", shapes.group)


@perform
def admin_add_user_to_group(call: Call) -> None:
    groups.add(*_membership(call))


@perform
def admin_remove_user_from_group(call: Call) -> None:
    groups.remove(*_membership(call))


@perform
def admin_list_groups_for_user(call: Call) -> dict[str, Any]:
    user = access.user(access.pool(call["UserPoolId"]), call["Username"])
    return pages.answer(call, groups.of_user(user), "Groups", shapes.group)


@perform
def list_users_in_group(call: Call) -> dict[str, Any]:
    return pages.answer(call, _group(call).members.all(), "Users", users.listed)
