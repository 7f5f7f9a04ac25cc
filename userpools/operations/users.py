"""Users, as administrators see and change them."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.pagination import page_of
from cognito_site.wire.registry import Operations
from userpools.domain import access, attribute_changes, recovery, sign_up, user_search, users
from userpools.domain.users import Invitation
from userpools.models import User
from userpools.operations.context import context
from userpools.operations.shapes import users as shapes

perform = Operations("cognito-idp")


def _user(call: Call) -> User:
    return access.user(access.pool(call["UserPoolId"]), call["Username"])


def _invitation(call: Call) -> Invitation:
    is_sent = call.get("MessageAction") != "SUPPRESS"
    return Invitation(call.get("TemporaryPassword"), tuple(call.get("DesiredDeliveryMediums") or ()), is_sent)


@perform
def admin_create_user(call: Call) -> dict[str, Any]:
    """RESEND is another deed under the same name: it takes a user who exists."""
    if call.get("MessageAction") == "RESEND":
        return {"User": shapes.listed(users.resend_invitation(_user(call), _invitation(call), context(call)))}
    created = users.create(
        access.pool(call["UserPoolId"]),
        call["Username"],
        shapes.attributes(call.get("UserAttributes")),
        _invitation(call),
        context(call),
        force_alias_creation=bool(call.get("ForceAliasCreation")),
    )
    return {"User": shapes.listed(created)}


@perform
def admin_get_user(call: Call) -> dict[str, Any]:
    return shapes.described(_user(call))


@perform
def admin_delete_user(call: Call) -> None:
    users.delete(_user(call), context(call))


@perform
def admin_enable_user(call: Call) -> dict[str, Any]:
    users.enable(_user(call), context(call))
    return {}


@perform
def admin_disable_user(call: Call) -> dict[str, Any]:
    users.disable(_user(call), context(call))
    return {}


@perform
def admin_confirm_sign_up(call: Call) -> dict[str, Any]:
    sign_up.confirm_for(_user(call), context(call))
    return {}


@perform
def admin_set_user_password(call: Call) -> dict[str, Any]:
    set_password = users.set_password if call.get("Permanent") else users.set_temporary_password
    set_password(_user(call), call["Password"], context(call))
    return {}


@perform
def admin_reset_user_password(call: Call) -> dict[str, Any]:
    recovery.require_reset(_user(call), context(call))
    return {}


@perform
def admin_update_user_attributes(call: Call) -> dict[str, Any]:
    attribute_changes.update(_user(call), shapes.attributes(call["UserAttributes"]), context(call))
    return {}


@perform
def admin_delete_user_attributes(call: Call) -> dict[str, Any]:
    attribute_changes.delete(_user(call), call["UserAttributeNames"], context(call))
    return {}


@perform
def list_users(call: Call) -> dict[str, Any]:
    pool, wanted = access.pool(call["UserPoolId"]), call.get("AttributesToGet")
    user_search.check_attributes(pool, wanted)
    search = user_search.parse(call.get("Filter"))
    found, following = page_of(call, user_search.found(pool, search), search.order)
    return {"Users": [shapes.listed(user, wanted) for user in found], "PaginationToken": following}
