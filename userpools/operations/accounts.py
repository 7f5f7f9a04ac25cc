"""People's own accounts, by access token."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import accounts, attribute_changes, attributes, presented
from userpools.operations.context import context
from userpools.operations.shapes import messages, users

perform = Operations("cognito-idp")


@perform
def get_user(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    return users.own(bearer.user, attributes.readable(bearer.user, bearer.client))


@perform
def delete_user(call: Call) -> None:
    bearer = presented.bearer(call["AccessToken"])
    accounts.delete(bearer.user, bearer.client, context(call))


@perform
def change_password(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    former, wanted = call.get("PreviousPassword"), call["ProposedPassword"]
    accounts.change_password(bearer.user, former, wanted, bearer.client, context(call))
    return {}


@perform
def update_user_attributes(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    given = users.attributes(call["UserAttributes"])
    sent = attribute_changes.update_own(bearer.user, bearer.client, given, context(call))
    return {"CodeDeliveryDetailsList": [messages.delivery(delivery) for delivery in sent]}


@perform
def delete_user_attributes(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    attribute_changes.delete_own(bearer.user, bearer.client, call["UserAttributeNames"], context(call))
    return {}


@perform
def get_user_attribute_verification_code(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    delivery = attribute_changes.send_code(bearer.user, call["AttributeName"], bearer.client, context(call))
    return {"CodeDeliveryDetails": messages.delivery(delivery)}


@perform
def verify_user_attribute(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    attribute_changes.verify(bearer.user, call["AttributeName"], call["Code"], bearer.client, context(call))
    return {}
