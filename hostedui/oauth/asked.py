"""A request as oauthlib walks with it, and what is found out on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from oauthlib.common import Request

from hostedui.oauth.credentials import Credentials
from hostedui.oauth.parameters import Parameters
from userpools.models import AuthorizationCode
from userpools.values import Context


class Asked(Request):
    """``given``: all that was sent. Of that oauthlib sees what is ``understood`` at the endpoint, and nothing else,
    because it keeps what it found out under the same names as what was sent."""

    client: Any
    client_id: Any
    redirect_uri: Any
    refresh_token: Any
    scopes: Any
    token: Any
    user: Any
    credentials: Credentials
    spent: AuthorizationCode
    malformed: str

    def __init__(
        self,
        pool_id: str,
        given: Parameters,
        understood: Iterable[str],
        authorization: str = "",
        context: Context = Context(),  # noqa: B008  (frozen)
    ) -> None:
        told = {name: given[name] for name in understood if name in given}
        super().__init__("", "POST", told, {"Authorization": authorization})
        self.pool_id = pool_id
        self.given = given
        self.context = context
