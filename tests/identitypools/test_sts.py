"""STS: the classic flow, roles for those who sign, and what their temporary credentials are (section 9)."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from cognito_site import keyring
from identitypools.domain import access, access_keys, callers, identities, roles
from identitypools.models import Identity, Role
from tests import clients
from tests.identitypools.cast import (
    ACCOUNT,
    SERVICE,
    WEB,
    Harbour,
    allowing,
    document,
    operator,
    role,
    trusting,
    trusting_aws,
    with_credentials,
)
from tests.identitypools.tokens import claims_of, header_of
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NOT_TRUSTED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
UNKNOWN = ("InvalidClientTokenId", "The security token included in the request is invalid.")
MEMBERS = f"arn:aws:iam::{ACCOUNT}:role/members"
MATE = f"arn:aws:iam::{ACCOUNT}:user/mate"


def by_token(sts: Any, token: str, **more: Any) -> dict[str, Any]:
    given = {"RoleArn": MEMBERS, "RoleSessionName": "alice", **more}
    answer: dict[str, Any] = sts.assume_role_with_web_identity(WebIdentityToken=token, **given)
    return answer


# --- the classic flow -------------------------------------------------------------------------------------------------


@pytest.mark.proves("GetOpenIdToken")
def test_the_token_of_an_identity(harbour: Harbour) -> None:
    logins = harbour.login()
    alice = harbour.get_id(logins)
    token = harbour.open_id_token(alice, logins)
    header, claims = header_of(token), claims_of(token)
    assert (header["alg"], header["typ"]) == ("RS512", "JWS")
    sub = claims_of(logins[harbour.provider])["sub"]
    assert claims.pop("exp") - claims.pop("iat") == 600
    assert claims == {
        "sub": alice,
        "aud": harbour.pool_id,
        "amr": ["authenticated", harbour.provider, f"{harbour.provider}:CognitoSignIn:{sub}"],
        "iss": "http://localhost:9229/cognito-identity",
        f"https://{SERVICE}/identity-pool-arn": (
            f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{harbour.pool_id}"
        ),
        f"https://{SERVICE}/identity-generation": 0,
    }
    assert claims_of(harbour.open_id_token(harbour.get_id()))["amr"] == ["unauthenticated"]


@pytest.mark.proves("AssumeRoleWithWebIdentity")
def test_the_classic_flow(harbour: Harbour, public_sts: Any) -> None:
    logins = harbour.login()
    alice = harbour.get_id(logins)
    answer = by_token(public_sts, harbour.open_id_token(alice, logins), DurationSeconds=900)
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/members/alice"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].endswith(":alice")
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == (alice, harbour.pool_id)
    assert answer["Provider"] == SERVICE
    expected = datetime.now(UTC) + timedelta(seconds=900)
    assert abs(answer["Credentials"]["Expiration"] - expected) < timedelta(seconds=5)
    client = with_credentials("cognito-idp", answer["Credentials"])
    assert client.describe_user_pool(UserPoolId=harbour.users.pool_id)
    assert refused(client.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"


def test_guests_of_the_classic_flow_have_the_role_alone(harbour: Harbour, public_sts: Any) -> None:
    token = harbour.open_id_token(harbour.get_id())
    answer = by_token(public_sts, token, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/guests")
    client = with_credentials("cognito-idp", answer["Credentials"])
    assert client.list_user_pools(MaxResults=1)
    assert refused(lambda: by_token(public_sts, token)) == NOT_TRUSTED


def test_IDP_05_who_is_refused_is_not_told_whether_there_is_such_a_role(harbour: Harbour, public_sts: Any) -> None:
    logins = harbour.login()
    token = harbour.open_id_token(harbour.get_id(logins), logins)
    role(harbour.iam, "closed", trusting_aws())
    role(harbour.iam, "other", trusting("us-east-1:00000000-0000-4000-8000-000000000000"))
    for name in ("ghost", "closed", "other", "guests", "Members", "path/members"):
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        assert refused(lambda arn=arn: by_token(public_sts, token, RoleArn=arn)) == NOT_TRUSTED
    elsewhere = MEMBERS.replace(ACCOUNT, "123456789012")
    assert refused(lambda: by_token(public_sts, token, RoleArn=elsewhere)) == NOT_TRUSTED


def test_IDP_05_tokens_that_are_none(harbour: Harbour, public_sts: Any, time_machine: Any) -> None:
    logins = harbour.login()
    token = harbour.open_id_token(harbour.get_id(logins), logins)
    head, body, signature = token.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"x"}').decode().rstrip("=")
    claims = json.dumps({**claims_of(token), "sub": "us-east-1:other"}).encode()
    changed = base64.urlsafe_b64encode(claims).decode().rstrip("=")
    foreign = base64.urlsafe_b64encode(json.dumps({"iss": "https://example.com"}).encode()).decode().rstrip("=")
    for text in ("abcd", "a.b.c", f"{none}.{body}.", f"{none}.{body}.{signature}"):
        code, message = refused(lambda text=text: by_token(public_sts, text))
        assert (code, message.startswith("The ID Token provided is not a valid JWT.")) == ("InvalidIdentityToken", True)
    for text in (f"{head}.{changed}.{signature}", f"{head}.{body}.{signature[:-8]}AAAAAAAA"):
        assert refused(lambda text=text: by_token(public_sts, text))[0] == "InvalidIdentityToken"
    assert refused(lambda: by_token(public_sts, f"{head}.{foreign}.{signature}")) == (
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://example.com",
    )
    time_machine.move_to(claims_of(token)["exp"])
    assert refused(lambda: by_token(public_sts, token))[0] == "ExpiredTokenException"


def test_IDP_05_durations_are_capped_by_the_role(harbour: Harbour, public_sts: Any) -> None:
    logins = harbour.login()
    token = harbour.open_id_token(harbour.get_id(logins), logins)
    assert refused(lambda: by_token(public_sts, token, DurationSeconds=3601)) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )
    for seconds in (899, 43_201):
        assert refused(lambda seconds=seconds: by_token(public_sts, token, DurationSeconds=seconds))[0] == (
            "ValidationError"
        )
    harbour.iam.create_role(
        RoleName="long", MaxSessionDuration=7200, AssumeRolePolicyDocument=trusting(harbour.pool_id)
    )
    long = f"arn:aws:iam::{ACCOUNT}:role/long"
    assert by_token(public_sts, token, RoleArn=long, DurationSeconds=7200)["Credentials"]


def test_session_policies_only_take_away(harbour: Harbour, public_sts: Any) -> None:
    logins = harbour.login()
    token = harbour.open_id_token(harbour.get_id(logins), logins)

    def client(**more: Any) -> Any:
        return with_credentials("cognito-idp", by_token(public_sts, token, **more)["Credentials"])

    pool = {"UserPoolId": harbour.users.pool_id}
    wide = client(Policy=allowing("*"))
    assert wide.describe_user_pool(**pool)
    assert refused(wide.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    narrow = client(Policy=allowing("cognito-idp:ListUsers"))
    assert narrow.list_users(**pool)
    message = refused(narrow.describe_user_pool, **pool)[1]
    assert message.endswith("because no session policy allows the cognito-idp:DescribeUserPool action")
    denying = client(
        Policy=document(*[{"Effect": effect, "Action": "*", "Resource": "*"} for effect in ("Allow", "Deny")])
    )
    message = refused(denying.describe_user_pool, **pool)[1]
    assert message.endswith("with an explicit deny in a session policy")
    managed = "arn:aws:iam::aws:policy/AmazonCognitoUnauthenticatedIdentities"
    both = client(Policy=allowing("cognito-idp:ListUsers"), PolicyArns=[{"arn": managed}])
    assert both.list_users(**pool)
    assert refused(client(PolicyArns=[{"arn": managed}]).list_users, **pool)[0] == "AccessDeniedException"
    for wrong, code in (
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"Policy": "x" * 2049}, "ValidationError"),
        ({"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/Unknown"}]}, "ValidationError"),
        ({"ProviderId": "www.amazon.com"}, "ValidationError"),
    ):
        assert refused(lambda wrong=wrong: by_token(public_sts, token, **wrong))[0] == code


# --- user pools as OIDC providers -------------------------------------------------------------------------------------


def oidc_trust(name: str, client_id: str, **condition: Any) -> str:
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{name}"},
            "Action": WEB,
            "Condition": condition or {"StringEquals": {f"{name}:aud": client_id}},
        }
    )


@pytest.mark.parametrize("place", ["cognito-idp.us-east-1.amazonaws.com", "localhost:9229"])
def test_a_role_may_trust_a_user_pool(harbour: Harbour, public_sts: Any, place: str) -> None:
    name = f"{place}/{harbour.users.pool_id}"
    role(harbour.iam, "direct", oidc_trust(name, harbour.users.client_id), all=allowing("cognito-idp:ListUserPools"))
    tokens = harbour.users.tokens()
    answer = by_token(public_sts, tokens["IdToken"], RoleArn=f"arn:aws:iam::{ACCOUNT}:role/direct")
    claims = claims_of(tokens["IdToken"])
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == (claims["sub"], claims["aud"])
    assert answer["Provider"] == claims["iss"]
    assert with_credentials("cognito-idp", answer["Credentials"]).list_user_pools(MaxResults=1)


def test_IDP_05_tokens_of_user_pools_that_do_not_hold(harbour: Harbour, public_sts: Any) -> None:
    name = f"cognito-idp.us-east-1.amazonaws.com/{harbour.users.pool_id}"
    direct = {"RoleArn": role(harbour.iam, "direct", oidc_trust(name, harbour.users.client_id))}
    other = harbour.users.client()["ClientId"]
    tokens = harbour.users.tokens()
    assert refused(lambda: by_token(public_sts, tokens["AccessToken"], **direct)) == (
        "InvalidIdentityToken",
        "Incorrect token audience",
    )
    theirs = harbour.users.tokens(ClientId=other)["IdToken"]
    assert refused(lambda: by_token(public_sts, theirs, **direct)) == NOT_TRUSTED
    harbour.users.public.global_sign_out(AccessToken=tokens["AccessToken"])
    assert refused(lambda: by_token(public_sts, tokens["IdToken"], **direct))[0] == "InvalidIdentityToken"
    fresh = harbour.users.tokens()["IdToken"]
    assert by_token(public_sts, fresh, **direct)
    head, body, signature = fresh.split(".")
    forged = f"{head}.{body}.{signature[:-8]}AAAAAAAA"
    assert refused(lambda: by_token(public_sts, forged, **direct))[0] == "InvalidIdentityToken"
    for condition in (
        {"StringEquals": {f"{name}:sub": claims_of(fresh)["sub"]}},
        {"StringLike": {f"{name}:aud": "*"}},
        {"StringEqualsIfExists": {f"{name}:aud": harbour.users.client_id}},
    ):
        text = oidc_trust(name, "", **condition)
        harbour.iam.update_assume_role_policy(RoleName="direct", PolicyDocument=text)
        assert refused(lambda: by_token(public_sts, fresh, **direct)) == NOT_TRUSTED


# --- roles for those who sign -----------------------------------------------------------------------------------------


def mate(service: str, *policies: str) -> Any:
    return operator(service, "mate", *(policies or (allowing("*"),)))


@pytest.mark.proves("AssumeRole")
def test_a_key_becomes_a_role(iam: Any) -> None:
    arn = role(iam, "captain", trusting_aws(MATE), all=allowing("cognito-idp:ListUserPools"))
    answer = mate("sts", allowing("sts:AssumeRole")).assume_role(RoleArn=arn, RoleSessionName="night")
    client = with_credentials("cognito-idp", answer["Credentials"])
    assert client.list_user_pools(MaxResults=1)
    found = with_credentials("sts", answer["Credentials"]).get_caller_identity()
    assert found["Arn"] == answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/captain/night"
    assert found["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]


def test_trust_and_permission_are_both_needed(iam: Any) -> None:
    arn = role(iam, "captain", trusting_aws(f"arn:aws:iam::{ACCOUNT}:user/somebody"))
    client = mate("sts")
    denied = f"User: {MATE} is not authorized to perform: sts:AssumeRole on resource: "
    assert refused(client.assume_role, RoleArn=arn, RoleSessionName="night") == ("AccessDenied", denied + arn)
    ghost = arn.replace("captain", "ghost")
    assert refused(client.assume_role, RoleArn=ghost, RoleSessionName="night") == ("AccessDenied", denied + ghost)
    iam.update_assume_role_policy(RoleName="captain", PolicyDocument=trusting_aws())
    assert client.assume_role(RoleArn=arn, RoleSessionName="night")
    powerless = operator("sts", "powerless", allowing("s3:*"))
    assert refused(powerless.assume_role, RoleArn=arn, RoleSessionName="night")[0] == "AccessDenied"


def test_the_account_itself_assumes_no_role(sts: Any, iam: Any) -> None:
    arn = role(iam, "captain", trusting_aws())
    assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="night") == (
        "AccessDenied",
        "Roles may not be assumed by root accounts.",
    )


def test_IDP_05_conditions_of_trust(iam: Any) -> None:
    external = {"Condition": {"StringEquals": {"sts:ExternalId": "secret", "sts:RoleSessionName": "night"}}}
    arn = role(iam, "captain", trusting_aws(ACCOUNT, **external))
    client = mate("sts")
    assert client.assume_role(RoleArn=arn, RoleSessionName="night", ExternalId="secret")
    for wrong in ({}, {"ExternalId": "other"}, {"ExternalId": "secret", "RoleSessionName": "day"}):
        given = {"RoleArn": arn, "RoleSessionName": "night", **wrong}
        assert refused(client.assume_role, **given)[0] == "AccessDenied"


def test_tags_need_a_right_on_both_sides(iam: Any) -> None:
    tags = [{"Key": "team", "Value": "red"}]
    arn = role(iam, "captain", trusting_aws(), all=allowing("cognito-idp:ListUserPools"))
    client = mate("sts")
    given = {"RoleArn": arn, "RoleSessionName": "night", "Tags": tags}
    assert refused(client.assume_role, **given)[0] == "AccessDenied"
    iam.update_assume_role_policy(RoleName="captain", PolicyDocument=trusting_aws(ACCOUNT, "sts:TagSession"))
    only = allowing("cognito-idp:ListUserPools", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})
    iam.put_role_policy(RoleName="captain", PolicyName="all", PolicyDocument=only)
    credentials = client.assume_role(**given)["Credentials"]
    assert with_credentials("cognito-idp", credentials).list_user_pools(MaxResults=1)
    assuming_only = operator("sts", "assuming-only", allowing("sts:AssumeRole"))
    code, message = refused(assuming_only.assume_role, **given)
    assert (code, "sts:TagSession" in message) == ("AccessDenied", True)
    twice = {**given, "Tags": [*tags, {"Key": "TEAM", "Value": "blue"}]}
    assert refused(client.assume_role, **twice)[0] == "ValidationError"
    assert refused(client.assume_role, **given, TransitiveTagKeys=["other"])[0] == "ValidationError"


def test_transitive_tags_and_source_identity_follow_a_chain(iam: Any) -> None:
    more = ("sts:TagSession", "sts:SetSourceIdentity")
    first = role(iam, "first", trusting_aws(ACCOUNT, *more), all=allowing("sts:*"))
    owned = {
        "StringEquals": {"aws:PrincipalTag/team": "red", "aws:SourceIdentity": "ada"},
        "Null": {"aws:PrincipalTag/x": "true"},
    }
    second = role(
        iam, "second", trusting_aws(ACCOUNT, *more), all=allowing("cognito-idp:ListUserPools", Condition=owned)
    )
    tags = [{"Key": "team", "Value": "red"}, {"Key": "x", "Value": "y"}]
    answer = mate("sts").assume_role(
        RoleArn=first, RoleSessionName="one", Tags=tags, TransitiveTagKeys=["team"], SourceIdentity="ada"
    )
    assert answer["SourceIdentity"] == "ada"
    assert answer["PackedPolicySize"] > 0
    chained = with_credentials("sts", answer["Credentials"])
    given = {"RoleArn": second, "RoleSessionName": "two"}
    answer = chained.assume_role(**given)
    assert answer["SourceIdentity"] == "ada"
    assert with_credentials("cognito-idp", answer["Credentials"]).list_user_pools(MaxResults=1)
    override = {"Tags": [{"Key": "Team", "Value": "blue"}]}
    assert refused(chained.assume_role, **given, **override)[0] == "ValidationError"
    assert refused(chained.assume_role, **given, SourceIdentity="eve")[0] == "ValidationError"
    iam.create_role(RoleName="long", MaxSessionDuration=7200, AssumeRolePolicyDocument=trusting_aws())
    long = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/long", "RoleSessionName": "three", "DurationSeconds": 7200}
    assert refused(chained.assume_role, **long)[0] == "ValidationError"
    assert clients.client("sts", _keys("pilot")).assume_role(**long)


def _keys(name: str) -> tuple[str, str]:
    made = access_keys.create(name)
    return made.key.key_id, made.secret


def test_session_tags_have_an_end(iam: Any) -> None:
    arn = role(iam, "captain", trusting_aws(ACCOUNT, "sts:TagSession"))
    tags = [{"Key": f"key{place}", "Value": _noise(place)} for place in range(50)]
    many = {"RoleArn": arn, "RoleSessionName": "night", "Tags": tags}
    code, message = refused(mate("sts").assume_role, **many)
    assert code == "PackedPolicyTooLarge"
    percent = re.fullmatch(r"Packed size of session tags and policies consumes (\d+)% of allotted space", message)
    assert percent is not None
    assert int(percent[1]) > 100


def _noise(seed: int) -> str:
    """Text that no compression makes smaller than its randomness."""
    return "".join(base64.b64encode(keyring.digest(f"{seed}.{part}")).decode() for part in range(5))


def test_second_factors_are_not_performed(iam: Any, sts: Any) -> None:
    arn = role(iam, "captain", trusting_aws())
    factor = {"SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/ada", "TokenCode": "123456"}
    code, message = refused(mate("sts").assume_role, RoleArn=arn, RoleSessionName="night", **factor)
    assert (code, "not performed" in message) == ("ValidationError", True)
    assert refused(sts.get_session_token, **factor)[0] == "ValidationError"


# --- GetSessionToken --------------------------------------------------------------------------------------------------


@pytest.mark.proves("GetSessionToken")
def test_session_tokens_of_keys(iam: Any, sts: Any) -> None:
    made = access_keys.create("mate")
    own = clients.client("sts", (made.key.key_id, made.secret))
    credentials = own.get_session_token(DurationSeconds=7200)["Credentials"]
    assert abs(credentials["Expiration"] - datetime.now(UTC) - timedelta(hours=2)) < timedelta(seconds=5)
    session = with_credentials("sts", credentials)
    assert session.get_caller_identity()["Arn"] == MATE
    assert with_credentials("cognito-idp", credentials).list_user_pools(MaxResults=1)
    arn = role(iam, "captain", trusting_aws())
    assert session.assume_role(RoleArn=arn, RoleSessionName="night")
    assert refused(session.get_session_token) == (
        "AccessDenied",
        "Cannot call GetSessionToken with session credentials",
    )
    assert refused(with_credentials("iam", credentials).list_roles)[0] == "AccessDenied"
    assert refused(session.get_access_key_info, AccessKeyId=made.key.key_id)[0] == "AccessDenied"
    access_keys.disable(made.key)
    assert refused(session.get_caller_identity) == UNKNOWN


def test_session_tokens_of_the_account(sts: Any) -> None:
    credentials = sts.get_session_token(DurationSeconds=129_600)["Credentials"]
    assert credentials["Expiration"] - datetime.now(UTC) <= timedelta(hours=1)
    assert with_credentials("sts", credentials).get_caller_identity()["Arn"].endswith(":root")
    assert with_credentials("cognito-idp", credentials).list_user_pools(MaxResults=1)
    assert refused(with_credentials("iam", credentials).list_roles)[0] == "AccessDenied"


def test_session_tokens_of_the_account_die_with_its_key(sts: Any, settings: Any) -> None:
    session = with_credentials("sts", sts.get_session_token()["Credentials"])
    assert session.get_caller_identity()
    before = callers.proof_of_first_key()
    changed = {"access_key_id": "AKIA" + "A" * 16, "secret_access_key": "b" * 40}
    settings.POOLHOUSE = replace(settings.POOLHOUSE, **changed)
    assert callers.proof_of_first_key() != before
    assert refused(session.get_caller_identity) == UNKNOWN


# --- the credentials themselves ---------------------------------------------------------------------------------------


def get_credentials(harbour: Harbour, name: str = "alice") -> dict[str, Any]:
    logins = harbour.login(name)
    return harbour.credentials(harbour.get_id(logins), logins)


def called(keys: tuple[str, ...]) -> tuple[str, str]:
    return refused(clients.client("sts", keys).get_caller_identity)


def test_IDP_06_a_token_is_bound_to_its_key(harbour: Harbour) -> None:
    harbour.users.user("bob")
    alice, bob = get_credentials(harbour), get_credentials(harbour, "bob")
    swapped = (alice["AccessKeyId"], alice["SecretKey"], bob["SessionToken"])
    assert called(swapped) == UNKNOWN
    assert called((bob["AccessKeyId"], alice["SecretKey"], bob["SessionToken"]))[0] == "SignatureDoesNotMatch"
    assert called((alice["AccessKeyId"], alice["SecretKey"])) == UNKNOWN
    assert called((*callers.first_key(), alice["SessionToken"])) == UNKNOWN


def test_IDP_06_a_token_that_was_changed_is_none(harbour: Harbour) -> None:
    alice = get_credentials(harbour)
    raw = bytearray(base64.b64decode(alice["SessionToken"]))
    for place in range(0, len(raw), 7):
        changed = bytearray(raw)
        changed[place] ^= 1
        token = base64.b64encode(bytes(changed)).decode()
        assert called((alice["AccessKeyId"], alice["SecretKey"], token)) == UNKNOWN
    for token in ("x", "=", "A" * 40_000, alice["SessionToken"] + "A", alice["SessionToken"][:-4]):
        assert called((alice["AccessKeyId"], alice["SecretKey"], token)) == UNKNOWN


def test_IDP_06_credentials_expire(harbour: Harbour, time_machine: Any) -> None:
    alice = get_credentials(harbour)
    client = with_credentials("cognito-idp", alice)
    time_machine.move_to(alice["Expiration"] - timedelta(seconds=1))
    assert client.describe_user_pool(UserPoolId=harbour.users.pool_id)
    time_machine.move_to(alice["Expiration"])
    assert refused(client.describe_user_pool, UserPoolId=harbour.users.pool_id) == (
        "ExpiredTokenException",
        "The security token included in the request is expired",
    )
    assert refused(with_credentials("sts", alice).get_caller_identity)[0] == "ExpiredToken"


def test_IDP_06_credentials_are_revoked_by_role(harbour: Harbour) -> None:
    old = with_credentials("sts", get_credentials(harbour))
    guest = with_credentials("sts", harbour.credentials(harbour.get_id()))
    roles.revoke_sessions(access.role("members"))
    assert refused(old.get_caller_identity) == UNKNOWN
    assert guest.get_caller_identity(), "another role's"
    assert with_credentials("sts", get_credentials(harbour)).get_caller_identity(), "in the same second"


def test_IDP_06_credentials_are_revoked_by_identity(harbour: Harbour) -> None:
    harbour.users.user("bob")
    alice, bob = (with_credentials("sts", get_credentials(harbour, name)) for name in ("alice", "bob"))
    logins = harbour.login()
    token = harbour.open_id_token(harbour.get_id(logins), logins)
    identities.revoke(access.identity(harbour.get_id(logins)))
    assert refused(alice.get_caller_identity) == UNKNOWN
    assert refused(harbour.public.get_id, IdentityPoolId=harbour.pool_id, Logins={SERVICE: token})[0] == (
        "NotAuthorizedException"
    )
    assert bob.get_caller_identity()
    assert with_credentials("sts", get_credentials(harbour)).get_caller_identity()


def test_IDP_06_credentials_die_with_what_they_were_issued_for(harbour: Harbour) -> None:
    alice = with_credentials("sts", get_credentials(harbour))
    harbour.iam.delete_role_policy(RoleName="members", PolicyName="all")
    harbour.iam.delete_role(RoleName="members")
    assert refused(alice.get_caller_identity) == UNKNOWN
    role(harbour.iam, "members", trusting(harbour.pool_id), all=allowing("*"))
    assert refused(alice.get_caller_identity) == UNKNOWN, "another role took the name"
    again = with_credentials("sts", get_credentials(harbour))
    harbour.identity.delete_identity_pool(IdentityPoolId=harbour.pool_id)
    assert refused(again.get_caller_identity) == UNKNOWN


def test_IDP_06_a_dump_of_the_tables_holds_no_credentials(harbour: Harbour) -> None:
    alice = get_credentials(harbour)
    models = apps.get_app_config("identitypools").get_models()
    dump = repr([list(model._default_manager.values()) for model in models])
    assert alice["AccessKeyId"] not in dump
    assert alice["SecretKey"] not in dump
    assert alice["SessionToken"] not in dump
    assert Identity.objects.exists()
    assert Role.objects.exists()
    assert base64.b64decode(alice["SessionToken"]).find(alice["SecretKey"].encode()) == -1


def test_credentials_are_random(harbour: Harbour) -> None:
    found = [get_credentials(harbour) for _ in range(20)]
    assert len({credentials["AccessKeyId"] for credentials in found}) == 20
    assert len({credentials["SecretKey"] for credentials in found}) == 20
    assert all(set(credentials["AccessKeyId"][4:]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for credentials in found)
