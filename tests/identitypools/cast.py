"""Documents and people of these tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from identitypools.domain import access_keys
from tests import clients
from tests.cast import Stage

ACCOUNT = "000000000000"
SERVICE = "cognito-identity.amazonaws.com"
WEB = "sts:AssumeRoleWithWebIdentity"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allowing(*actions: str, resource: str | list[str] = "*", **more: Any) -> str:
    return document({"Effect": "Allow", "Action": list(actions), "Resource": resource, **more})


def trusting(pool_id: str, amr: str = "authenticated", *actions: str, **condition: Any) -> str:
    """The trust policy that AWS's console writes for an identity pool."""
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": SERVICE},
            "Action": [WEB, *actions],
            "Condition": {
                "StringEquals": {f"{SERVICE}:aud": pool_id},
                "ForAnyValue:StringLike": {f"{SERVICE}:amr": amr},
                **condition,
            },
        }
    )


def trusting_aws(principal: str | list[str] = ACCOUNT, *actions: str, **more: Any) -> str:
    return document(
        {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": ["sts:AssumeRole", *actions], **more}
    )


def role(iam: Any, name: str, trust: str, **policies: str) -> str:
    """Makes a role and returns its ARN."""
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for policy, text in policies.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)
    return arn


def operator(service: str, name: str, *policies: str) -> Any:
    """A client of somebody with a key of their own, and the policies given; none may do nothing."""
    made = access_keys.create(name, {f"p{place}": text for place, text in enumerate(policies)})
    return clients.client(service, (made.key.key_id, made.secret))


def with_credentials(service: str, credentials: dict[str, Any]) -> Any:
    """``credentials`` as STS or as identity pools answer them."""
    secret = credentials.get("SecretAccessKey") or credentials["SecretKey"]
    return clients.client(service, (credentials["AccessKeyId"], secret, credentials["SessionToken"]))


@dataclass
class Harbour:
    """An identity pool beside a user pool that it trusts, with a role for members and one for guests."""

    users: Stage
    identity: Any
    public: Any
    iam: Any
    pool_id: str
    provider: str

    def login(self, name: str = "alice", **more: Any) -> dict[str, str]:
        """``Logins`` of somebody who signs in."""
        return {self.provider: self.users.tokens(name, **more)["IdToken"]}

    def update(self, **settings: Any) -> dict[str, Any]:
        """Settings that are not named stay as they are."""
        pool = self.identity.describe_identity_pool(IdentityPoolId=self.pool_id)
        pool.pop("ResponseMetadata")
        updated: dict[str, Any] = self.identity.update_identity_pool(**{**pool, **settings})
        return updated

    def get_id(self, logins: dict[str, str] | None = None) -> str:
        found: str = self.public.get_id(IdentityPoolId=self.pool_id, **_given(logins))["IdentityId"]
        return found

    def credentials(self, identity_id: str, logins: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        answer = self.public.get_credentials_for_identity(IdentityId=identity_id, **_given(logins), **more)
        found: dict[str, Any] = answer["Credentials"]
        return found

    def open_id_token(self, identity_id: str, logins: dict[str, str] | None = None) -> str:
        token: str = self.public.get_open_id_token(IdentityId=identity_id, **_given(logins))["Token"]
        return token

    def describe(self, identity_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.identity.describe_identity(IdentityId=identity_id)
        return found


def _given(logins: dict[str, str] | None) -> dict[str, Any]:
    return {} if logins is None else {"Logins": logins}


def build_harbour(stage: Stage, identity: Any, public: Any, iam: Any, **settings: Any) -> Harbour:
    provider = f"cognito-idp.us-east-1.amazonaws.com/{stage.pool_id}"
    given = {
        "IdentityPoolName": "harbour",
        "AllowUnauthenticatedIdentities": True,
        "CognitoIdentityProviders": [{"ProviderName": provider, "ClientId": stage.client_id}],
        **settings,
    }
    pool_id: str = identity.create_identity_pool(**given)["IdentityPoolId"]
    members = allowing("cognito-idp:DescribeUserPool", "cognito-idp:ListUsers", "s3:*")
    roles = {
        "authenticated": role(iam, "members", trusting(pool_id), all=members),
        "unauthenticated": role(iam, "guests", trusting(pool_id, "unauthenticated"), all=allowing("*")),
    }
    identity.set_identity_pool_roles(IdentityPoolId=pool_id, Roles=roles)
    return Harbour(stage, identity, public, iam, pool_id, provider)
