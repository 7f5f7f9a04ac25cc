"""A pool to measure on, made through the API of a running server."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from bench.load import Request

REGION = "us-east-1"
PASSWORD = "Correct-horse-7"
FUNCTION = """
def lambda_handler(event, context):
    event["response"]["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"boat": "Harbour Star"}}
    return event
"""
ALICE = {"USERNAME": "alice", "PASSWORD": PASSWORD}
TARGET = "AWSCognitoIdentityProviderService"
# Who sign in by SRP at once, each with a password of their own to guess at.
SWIMMERS = [f"swimmer-{number}" for number in range(12)]
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


@dataclass(frozen=True)
class Scene:
    url: str
    keys: tuple[str, str]
    pool_id: str
    client_id: str
    client_with_function: str
    machine: tuple[str, str]
    access_token: str
    refresh_token: str

    # --- requests -------------------------------------------------------------------------------------------------

    def jwks(self) -> Request:
        return Request(f"{self.url}/{self.pool_id}/.well-known/jwks.json")

    def client_credentials(self) -> Request:
        basic = base64.b64encode(":".join(self.machine).encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        return Request(f"{self.url}/{self.pool_id}/oauth2/token", headers, "grant_type=client_credentials")

    def get_user(self) -> Request:
        return self._public("GetUser", {"AccessToken": self.access_token})

    def password(self) -> Request:
        return self._initiate("USER_PASSWORD_AUTH", ALICE)

    def password_with_function(self) -> Request:
        document = {"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": self.client_with_function, "AuthParameters": ALICE}
        return self._public("InitiateAuth", document)

    def refresh(self) -> Request:
        return self._initiate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": self.refresh_token})

    def admin_get_user(self) -> Request:
        return self._signed("AdminGetUser", {"UserPoolId": self.pool_id, "Username": "alice"})

    def list_users(self) -> Request:
        who = {"UserPoolId": self.pool_id, "Filter": 'email ^= "user-5"', "Limit": 10}
        return self._signed("ListUsers", who)

    def _initiate(self, flow: str, parameters: dict[str, str]) -> Request:
        document = {"AuthFlow": flow, "ClientId": self.client_id, "AuthParameters": parameters}
        return self._public("InitiateAuth", document)

    def _public(self, operation: str, document: dict[str, Any]) -> Request:
        return Request(f"{self.url}/", headers_of(operation), json.dumps(document))

    def _signed(self, operation: str, document: dict[str, Any]) -> Request:
        body = json.dumps(document)
        request = AWSRequest("POST", f"{self.url}/", headers=headers_of(operation), data=body)
        SigV4Auth(Credentials(*self.keys), "cognito-idp", REGION).add_auth(request)
        return Request(f"{self.url}/", dict(request.headers.items()), body)


def headers_of(operation: str) -> dict[str, str]:
    return {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{TARGET}.{operation}"}


def build(url: str, keys: tuple[str, str], data_dir: Path) -> Scene:
    """``url`` with an address, not a name: the client must not spend its time on looking one up."""
    cognito = boto3.client(
        "cognito-idp",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
    )
    pool_id, client_id = _pool_of_alice(cognito)
    _, client_with_function = _pool_of_alice(cognito, LambdaConfig={"PreTokenGeneration": _function(data_dir)})
    cognito.create_user_pool_domain(UserPoolId=pool_id, Domain=f"bench-{pool_id[-6:].lower()}")
    tokens = cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=ALICE)
    return Scene(
        url,
        keys,
        pool_id,
        client_id,
        client_with_function,
        _machine(cognito, pool_id),
        tokens["AuthenticationResult"]["AccessToken"],
        tokens["AuthenticationResult"]["RefreshToken"],
    )


def _pool_of_alice(cognito: Any, **settings: Any) -> tuple[str, str]:
    """A pool, and its client."""
    pool_id = cognito.create_user_pool(PoolName="bench", **settings)["UserPool"]["Id"]
    client = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=FLOWS)
    attributes = [{"Name": "email", "Value": "alice@example.com"}, {"Name": "email_verified", "Value": "true"}]
    for name in ("alice", *SWIMMERS):
        who = {"UserPoolId": pool_id, "Username": name}
        cognito.admin_create_user(**who, MessageAction="SUPPRESS", UserAttributes=attributes)
        cognito.admin_set_user_password(**who, Password=PASSWORD, Permanent=True)
    return pool_id, client["UserPoolClient"]["ClientId"]


def _machine(cognito: Any, pool_id: str) -> tuple[str, str]:
    """Client id and secret."""
    cognito.create_resource_server(
        UserPoolId=pool_id,
        Identifier="api",
        Name="api",
        Scopes=[{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write")],
    )
    machine = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["api/read", "api/write"],
    )["UserPoolClient"]
    return machine["ClientId"], machine["ClientSecret"]


def _function(data_dir: Path) -> str:
    """The ARN of a PreTokenGeneration function that adds a claim."""
    folder = data_dir / "functions" / "claims"
    folder.mkdir(parents=True)
    (folder / "lambda_function.py").write_text(FUNCTION)
    return f"arn:aws:lambda:{REGION}:000000000000:function:claims"


def keys_of(shown: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """The first key pair, as ``show_access`` prints it."""
    found = dict(re.findall(r"(AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY)=(\S+)", shown.stdout))
    return found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"]
