"""The inbox, for tests from end to end: what was written to somebody, with the code in it.

Only messages whose channel is the inbox can be read. Of those that a real channel takes, this says that they exist;
what is in them is for the person that they went to.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cognito_site.wire import pagination
from cognito_site.wire.rest import Door
from userpools.domain import access, inbox, messages
from userpools.models import Message

LIST = "poolhouse:ListMessages"
ORDER = ("-created_at", "-id")


class Wish(serializers.Serializer[Any]):
    """The query."""

    destination = serializers.CharField(required=False, default="", allow_blank=True, max_length=2048)
    since = serializers.DateTimeField(required=False, default=None)
    limit = serializers.IntegerField(required=False, default=20, min_value=1, max_value=100)
    next = serializers.CharField(required=False, default=None, max_length=2048)


class Shown(serializers.Serializer[Message]):
    """One message of the answer."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    medium = serializers.CharField()
    destination = serializers.CharField()
    status = serializers.CharField()
    created_at = serializers.DateTimeField()

    def to_representation(self, instance: Message) -> dict[str, Any]:
        content = messages.open(instance) if instance.status == Message.Status.INBOX else messages.Content()
        named = {name: getattr(content, name) for name in ("subject", "text", "html", "code", "link")}
        return {**super().to_representation(instance), **named}


class Messages(Door):
    def get(self, request: Request, pool_id: str) -> Response:
        caller = self.authorize(request, LIST, access.arn(pool_id))
        wish = Wish(data=request.query_params)
        wish.is_valid(raise_exception=True)
        asked = wish.validated_data
        rows = inbox.of_pool(access.pool(pool_id), asked["destination"], asked["since"])
        scope = f"{LIST}\0{caller.arn}\0{pool_id}\0{asked['destination']}\0{asked['since']}"
        found, token = pagination.page(rows, ORDER, asked["limit"], asked["next"], scope)
        return Response({"messages": [Shown(each).data for each in found], "next": token})
