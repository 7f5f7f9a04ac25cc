"""Keys of operators: what they may do, and who learns what about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cognito_site import first_start
from cognito_site.contract import errors
from identitypools.domain import access_keys, callers, failed_signatures
from identitypools.models import AccessKey
from tests import clients
from tests.cast import Stage
from tests.identitypools.cast import ACCOUNT, allowing, document, operator
from tests.refusals import refused

pytestmark = pytest.mark.django_db

UNKNOWN = ("UnrecognizedClientException", "The security token included in the request is invalid.")


def arn_of(pool_id: str) -> str:
    return f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{pool_id}"


def client_of(made: access_keys.NewKey, service: str = "cognito-idp") -> Any:
    return clients.client(service, (made.key.key_id, made.secret))


def test_a_key_with_full_access_may_do_everything() -> None:
    made = access_keys.create("ada")
    assert client_of(made).list_user_pools(MaxResults=1)["UserPools"] == []
    identity = client_of(made, "sts").get_caller_identity()
    assert (identity["Arn"], identity["UserId"]) == (f"arn:aws:iam::{ACCOUNT}:user/ada", made.key.user_id)
    assert made.key.user_id.startswith("AIDA")


def test_a_key_without_policies_knows_only_itself(stage: Stage) -> None:
    nobody = operator("cognito-idp", "nobody")
    code, message = refused(nobody.describe_user_pool, UserPoolId=stage.pool_id)
    assert code == "AccessDeniedException"
    assert message == (
        f"User: arn:aws:iam::{ACCOUNT}:user/nobody is not authorized to perform: cognito-idp:DescribeUserPool on "
        f"resource: {arn_of(stage.pool_id)} because no identity-based policy allows the cognito-idp:DescribeUserPool "
        "action"
    )
    made = access_keys.create("other", {})
    assert client_of(made, "sts").get_caller_identity()["Arn"].endswith("user/other")


def test_API_03_a_policy_on_one_pool_opens_no_other(stage: Stage) -> None:
    """Names of the other pool's things in the body change nothing; nothing about it is disclosed."""
    other = stage.cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    client = stage.cognito.create_user_pool_client(UserPoolId=other, ClientName="theirs")["UserPoolClient"]["ClientId"]
    stage.cognito.create_group(UserPoolId=other, GroupName="crew")
    mate = operator("cognito-idp", "mate", allowing("cognito-idp:*", resource=arn_of(stage.pool_id)))
    assert mate.describe_user_pool(UserPoolId=stage.pool_id)
    denied = {"UserPoolId": other}
    for call, more in (
        (mate.describe_user_pool, {}),
        (mate.list_users, {}),
        (mate.list_groups, {}),
        (mate.get_group, {"GroupName": "crew"}),
        (mate.describe_user_pool_client, {"ClientId": client}),
        (mate.delete_user_pool, {}),
        (mate.admin_get_user, {"Username": "alice"}),
    ):
        assert refused(call, **denied, **more)[0] == "AccessDeniedException"
    for call, more in (
        (mate.get_group, {"GroupName": "crew"}),
        (mate.describe_user_pool_client, {"ClientId": client}),
    ):
        assert refused(call, UserPoolId=stage.pool_id, **more)[0] == "ResourceNotFoundException"
    assert refused(mate.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    assert refused(mate.tag_resource, ResourceArn=arn_of(other), Tags={"a": "b"})[0] == "AccessDeniedException"


def test_conditions_of_the_request(stage: Stage) -> None:
    here = allowing(
        "*", Condition={"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}, "Bool": {"aws:SecureTransport": False}}
    )
    there = allowing("*", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    late = allowing("*", Condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}})
    own = allowing("*", Condition={"StringEquals": {"aws:username": "own"}})
    assert operator("cognito-idp", "here", here).describe_user_pool(UserPoolId=stage.pool_id)
    assert operator("cognito-idp", "own", own).describe_user_pool(UserPoolId=stage.pool_id)
    for name, policy in {"there": there, "late": late, "not-own": own}.items():
        client = operator("cognito-idp", name, policy)
        assert refused(client.describe_user_pool, UserPoolId=stage.pool_id)[0] == "AccessDeniedException"


def test_an_explicit_deny_wins_over_full_access(stage: Stage) -> None:
    never = document({"Effect": "Deny", "Action": "cognito-idp:Delete*", "Resource": "*"})
    mate = operator("cognito-idp", "mate", never, allowing("*"))
    assert mate.describe_user_pool(UserPoolId=stage.pool_id)
    code, message = refused(mate.delete_user_pool, UserPoolId=stage.pool_id)
    assert code == "AccessDeniedException"
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_the_life_of_a_key() -> None:
    made = access_keys.create("ada")
    client = client_of(made)
    access_keys.disable(made.key)
    assert refused(client.list_user_pools, MaxResults=1) == UNKNOWN
    access_keys.enable(made.key)
    assert client.list_user_pools(MaxResults=1)
    access_keys.rename(made.key, "countess")
    assert client_of(made, "sts").get_caller_identity()["Arn"].endswith("user/countess")
    access_keys.set_policies(made.key, {})
    assert refused(client.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    access_keys.delete(made.key)
    assert refused(client.list_user_pools, MaxResults=1) == UNKNOWN


def test_names_are_unique_and_policies_are_checked() -> None:
    first = access_keys.create("ada")
    with pytest.raises(errors.EntityAlreadyExists):
        access_keys.create("Ada")
    second = access_keys.create("bea")
    with pytest.raises(errors.EntityAlreadyExists):
        access_keys.rename(second.key, "ADA")
    with pytest.raises(errors.MalformedPolicyDocument):
        access_keys.create("eve", {"p": "{"})
    with pytest.raises(errors.MalformedPolicyDocument):
        access_keys.set_policies(first.key, {"p": "{}"})
    assert sorted(AccessKey.objects.values_list("name", flat=True)) == ["ada", "bea"]


def test_IDP_09_refusals_are_told_apart_but_tell_nothing(stage: Stage) -> None:
    made = access_keys.create("mate", {})
    for key_id in ("AKIA" + "A" * 16, "ASIA" + "A" * 16, "x", made.key.key_id.lower()):
        client = clients.client("cognito-idp", (key_id, made.secret))
        assert refused(client.describe_user_pool, UserPoolId=stage.pool_id) == UNKNOWN
    wrong = clients.client("cognito-idp", (made.key.key_id, "x" * 40))
    code, message = refused(wrong.describe_user_pool, UserPoolId=stage.pool_id)
    assert code == "InvalidSignatureException"
    assert made.key.key_id not in message
    assert "mate" not in message
    assert AccessKey.objects.get().last_used_at is None, "who did not sign has not used the key"
    with_token = clients.client("cognito-idp", (made.key.key_id, made.secret, "bm90IGEgdG9rZW4="))
    assert refused(with_token.describe_user_pool, UserPoolId=stage.pool_id) == UNKNOWN
    of_sts = clients.client("sts", ("AKIA" + "A" * 16, made.secret))
    assert refused(of_sts.get_caller_identity)[0] == "InvalidClientTokenId"


def test_IDP_09_failures_are_limited_and_lock_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_signatures, "MOST", 3)
    made = access_keys.create("mate")
    for key_id, code in ((made.key.key_id, "InvalidSignatureException"), ("AKIA" + "A" * 16, UNKNOWN[0])):
        wrong = clients.client("cognito-idp", (key_id, "x" * 40))
        found = [refused(wrong.list_user_pools, MaxResults=1) for _ in range(5)]
        assert [first for first, _ in found] == [code] * 3 + ["TooManyRequestsException"] * 2
        assert found[-1][1] == "Rate exceeded"
    assert client_of(made).list_user_pools(MaxResults=1)
    of_sts = clients.client("sts", ("AKIA" + "A" * 16, "x" * 40), strict=False)
    assert refused(of_sts.get_caller_identity) == ("Throttling", "Rate exceeded")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.1", "203.0.113.2", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("nowhere", "nowhere", True),
    ],
)
def test_DOS_05_failures_are_counted_by_network(one: str, other: str, same: bool) -> None:
    assert (failed_signatures.network(one) == failed_signatures.network(other)) == same


def test_IDP_09_without_a_cache_a_wrong_signature_is_still_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(failed_signatures.cache, "add", broken)
    wrong = clients.client("cognito-idp", (callers.first_key()[0], "x" * 40))
    assert refused(wrong.list_user_pools, MaxResults=1)[0] == "InvalidSignatureException"


def test_IDP_06_no_secret_of_a_key_stands_in_the_tables() -> None:
    made = access_keys.create("ada")
    row = AccessKey.objects.values().get()
    assert made.secret not in repr(row)
    assert made.secret.encode() not in bytes(row["secret"])
    assert made.secret not in repr(made)
    other = access_keys.create("bea").key
    AccessKey.objects.filter(pk=other.pk).update(secret=row["secret"])
    with pytest.raises(Exception, match="sealed for another place"):
        access_keys.secret_of(AccessKey.objects.get(pk=other.pk))


def test_authentication_asks_nothing_for_the_first_key_and_once_for_another(stage: Stage) -> None:
    made = access_keys.create("ada")
    ada = client_of(made)
    ada.describe_user_pool(UserPoolId=stage.pool_id)
    costs = []
    for client in (stage.cognito, ada):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.describe_user_pool(UserPoolId=stage.pool_id)
        costs.append(len(queries))
    assert costs[1] - costs[0] == 1
    with CaptureQueriesContext(connection) as queries:
        callers.find(*callers.first_key()[:1], None)
    assert len(queries) == 0


def test_the_last_use_is_remembered_coarsely() -> None:
    made = access_keys.create("ada")
    client = client_of(made, "sts")
    client.get_caller_identity()
    first = AccessKey.objects.get().last_used_at
    assert first is not None
    client.get_caller_identity()
    assert AccessKey.objects.get().last_used_at == first
    AccessKey.objects.update(last_used_at=timezone.now() - timedelta(hours=1))
    client.get_caller_identity()
    assert AccessKey.objects.get().last_used_at > first


@pytest.mark.proves("GetAccessKeyInfo")
def test_access_key_info_tells_the_account_and_not_whether_there_is_such_a_key(sts: Any) -> None:
    made = access_keys.create("ada")
    for key_id in (made.key.key_id, "AKIA" + "A" * 16, "ASIA" + "B" * 16):
        assert sts.get_access_key_info(AccessKeyId=key_id)["Account"] == ACCOUNT
    assert refused(sts.get_access_key_info, AccessKeyId="x" * 16)[0] == "ValidationError"


@pytest.mark.proves("GetCallerIdentity")
def test_the_first_key_is_the_account(sts: Any) -> None:
    found = sts.get_caller_identity()
    assert (found["Arn"], found["Account"], found["UserId"]) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, ACCOUNT)


# --- what the first operator is told ----------------------------------------------------------------------------------


def test_the_first_key_is_told_in_lines_that_a_shell_takes() -> None:
    key_id, secret = callers.first_key()
    told = first_start.welcome()
    assert f"export AWS_ACCESS_KEY_ID={key_id} AWS_SECRET_ACCESS_KEY={secret}" in told
    assert "export AWS_ENDPOINT_URL=http://localhost:9229 AWS_DEFAULT_REGION=us-east-1" in told


def test_LOG_01_a_secret_from_the_environment_is_not_told(settings: Any) -> None:
    given = {"access_key_id": "AKIA" + "A" * 16, "secret_access_key": "b" * 40}
    settings.POOLHOUSE = replace(settings.POOLHOUSE, **given)
    told = first_start.welcome()
    assert given["access_key_id"] in told
    assert given["secret_access_key"] not in told
