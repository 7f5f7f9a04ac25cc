"""An OpenID token of ours at an STS that is not ours: Ceph's gateway fetches discovery and keys by itself, believes the
token, and keeps its holder to what the role allows."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from hashlib import sha1
from typing import Any

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests import server
from tests.identitypools import ceph
from tests.identitypools.ceph import Ceph
from tests.identitypools.tokens import claims_of
from tests.server import Server

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(
        not ceph.is_here(),
        reason="apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common",
    ),
]
# Newer checksums than this gateway knows.
S3 = Config(
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    s3={"addressing_style": "path"},
)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:
    with ceph.running(tmp_path_factory.mktemp("ceph")) as running:
        yield running


@pytest.fixture(scope="module")
def poolhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("poolhouse")
    with server.running(server.environment(directory), directory / "log") as running:
        yield running


def client(service: str, url: str, keys: tuple[str, ...] = (), config: Config | None = None) -> Any:
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    given = dict(zip(names, keys, strict=False))
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", config=config, **given)


def compact(document: dict[str, Any]) -> str:
    """This gateway reads no ``+`` of a form."""
    return json.dumps({"Version": "2012-10-17", **document}, separators=(",", ":"))


def developers_token(poolhouse: Server) -> tuple[str, str]:
    """Of an identity pool: its id, and an OpenID token of a developer's user."""
    shown = poolhouse.manage("show_access").stdout
    keys = re.search(r"AWS_ACCESS_KEY_ID=(\S+) AWS_SECRET_ACCESS_KEY=(\S+)", shown)
    assert keys is not None
    identity = client("cognito-identity", poolhouse.url, keys.groups())
    pool_id = identity.create_identity_pool(
        IdentityPoolName="s3", AllowUnauthenticatedIdentities=False, DeveloperProviderName="login.s3"
    )["IdentityPoolId"]
    answer = identity.get_open_id_token_for_developer_identity(IdentityPoolId=pool_id, Logins={"login.s3": "alice"})
    return pool_id, answer["Token"]


def trusting_role(gateway: Ceph, issuer: str, audience: str, actions: dict[str, Any]) -> str:
    """Registers the issuer with the certificate that it publishes, and makes a role for it."""
    iam = client("iam", gateway.url, ceph.KEYS)
    keys = requests.get(requests.get(f"{issuer}/.well-known/openid-configuration").json()["jwks_uri"]).json()
    thumbprint = sha1(base64.b64decode(keys["keys"][0]["x5c"][0])).hexdigest()
    provider = iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[audience], ThumbprintList=[thumbprint])[
        "OpenIDConnectProviderArn"
    ]
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": [provider]},
        "Action": ["sts:AssumeRoleWithWebIdentity"],
        "Condition": {"StringEquals": {f"{issuer.partition('://')[2]}:app_id": audience}},
    }
    document = compact({"Statement": [trust]})
    role: str = iam.create_role(RoleName="members", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName="members", PolicyName="own", PolicyDocument=compact({"Statement": [actions]}))
    return role


def test_another_sts_believes_our_token_and_enforces_its_role(gateway: Ceph, poolhouse: Server) -> None:
    pool_id, token = developers_token(poolhouse)
    own = {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": ["arn:aws:s3:::bucket/alice/*"]}
    role = trusting_role(gateway, claims_of(token)["iss"], pool_id, own)
    client("s3", gateway.url, ceph.KEYS, S3).create_bucket(Bucket="bucket")
    sts = client("sts", gateway.url, config=Config(signature_version=UNSIGNED))
    assume = {"RoleArn": role, "RoleSessionName": "alice"}
    found = sts.assume_role_with_web_identity(**assume, WebIdentityToken=token)["Credentials"]
    keys = (found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
    s3 = client("s3", gateway.url, keys, S3)
    s3.put_object(Bucket="bucket", Key="alice/a.txt", Body=b"a")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket="bucket", Key="bob/a.txt", Body=b"a")
    changed = f"{token[:-8]}AAAAAAAA"
    with pytest.raises(ClientError):
        sts.assume_role_with_web_identity(**assume, WebIdentityToken=changed)
    with pytest.raises(ClientError):
        sts.assume_role_with_web_identity(**assume, WebIdentityToken=developers_token(poolhouse)[1])
