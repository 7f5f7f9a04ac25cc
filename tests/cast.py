"""The cast and the stage of most tests: one pool, its clients, and three people. alice has an account, bob is in
another pool, mallory has none. All of it is made through the API, as an operator would."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PASSWORD = "Correct-horse-7"
ALL_FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]


@dataclass
class Stage:
    """A pool with a public client. ``cognito`` is a signed boto3 client, ``public`` an unsigned one."""

    cognito: Any
    public: Any
    pool_id: str
    client_id: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    def client(self, **settings: Any) -> dict[str, Any]:
        """Another app client, as the API describes it."""
        given = {"ClientName": "app", "ExplicitAuthFlows": ALL_FLOWS, **settings}
        created: dict[str, Any] = self.cognito.create_user_pool_client(UserPoolId=self.pool_id, **given)
        return created["UserPoolClient"]

    def user(self, name: str = "alice", password: str = PASSWORD, /, **attributes: str) -> dict[str, Any]:
        """Somebody who is confirmed and has a password."""
        given = {"email": f"{name}@example.com", "email_verified": "true", **attributes}
        created: dict[str, Any] = self.cognito.admin_create_user(
            UserPoolId=self.pool_id,
            Username=name,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": key, "Value": value} for key, value in given.items()],
        )["User"]
        self.cognito.admin_set_user_password(UserPoolId=self.pool_id, Username=name, Password=password, Permanent=True)
        return created

    def sign_in(self, name: str = "alice", password: str = PASSWORD, **more: Any) -> dict[str, Any]:
        """What InitiateAuth answers to a plain password."""
        answer: dict[str, Any] = self.public.initiate_auth(
            ClientId=more.pop("ClientId", self.client_id),
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password, **more},
        )
        return answer

    def tokens(self, name: str = "alice", password: str = PASSWORD, **more: Any) -> dict[str, str]:
        found: dict[str, str] = self.sign_in(name, password, **more)["AuthenticationResult"]
        return found


def set_stage(cognito: Any, public: Any, **pool_settings: Any) -> Stage:
    pool = cognito.create_user_pool(PoolName="harbour", **pool_settings)["UserPool"]
    stage = Stage(cognito, public, pool["Id"], settings=pool)
    stage.client_id = stage.client()["ClientId"]
    return stage
