"""Identities of people whom a back end vouches for (identity-pools.md, section 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.identitypools.cast import SERVICE, WEB, Harbour, allowing, operator, trusting, with_credentials
from tests.identitypools.tokens import claims_of
from tests.refusals import refused

pytestmark = pytest.mark.django_db

DEVELOPER = "login.harbour"


@pytest.fixture
def port(harbour: Harbour) -> Harbour:
    harbour.update(DeveloperProviderName=DEVELOPER)
    return harbour


def asserted(port: Harbour, user: str = "ada", **more: Any) -> tuple[str, str]:
    """Identity id and token."""
    logins = {DEVELOPER: user, **more.pop("Logins", {})}
    answer = port.identity.get_open_id_token_for_developer_identity(IdentityPoolId=port.pool_id, Logins=logins, **more)
    return answer["IdentityId"], answer["Token"]


def identifiers(port: Harbour, identity_id: str) -> list[str]:
    answer = port.identity.lookup_developer_identity(IdentityPoolId=port.pool_id, IdentityId=identity_id)
    found: list[str] = answer["DeveloperUserIdentifierList"]
    return found


@pytest.mark.proves("GetOpenIdTokenForDeveloperIdentity")
def test_a_back_end_vouches_for_its_user(port: Harbour) -> None:
    identity_id, token = asserted(port)
    assert asserted(port)[0] == identity_id
    assert asserted(port, "bea")[0] != identity_id
    claims = claims_of(token)
    assert claims["amr"] == ["authenticated", DEVELOPER, f"{DEVELOPER}:{port.pool_id}:ada"]
    assert (claims["sub"], claims["aud"]) == (identity_id, port.pool_id)
    assert claims["exp"] - claims["iat"] == 900
    assert port.describe(identity_id)["Logins"] == [DEVELOPER]


def test_the_token_gives_credentials(port: Harbour) -> None:
    identity_id, token = asserted(port)
    credentials = port.credentials(identity_id, {SERVICE: token})
    assert "/members/" in with_credentials("sts", credentials).get_caller_identity()["Arn"]
    assert port.get_id({SERVICE: token}) == identity_id


def test_IDP_02_the_token_is_for_its_identity_and_pool_only(port: Harbour) -> None:
    ada, token = asserted(port)
    bea, _ = asserted(port, "bea")
    other = port.identity.create_identity_pool(IdentityPoolName="other", AllowUnauthenticatedIdentities=True)
    no_match = "Logins don't match. Please include at least one valid login for this identity or identity pool."
    assert refused(lambda: port.credentials(bea, {SERVICE: token}))[1] == no_match
    assert refused(lambda: port.credentials(port.get_id(), {SERVICE: token}))[1] == no_match
    given = {"IdentityPoolId": other["IdentityPoolId"], "Logins": {SERVICE: token}}
    assert refused(port.public.get_id, **given)[1] == no_match
    both = {SERVICE: token, **port.login()}
    assert refused(lambda: port.credentials(ada, both))[0] == "InvalidParameterException"
    header, body, signature = token.split(".")
    for foreign in (port.users.tokens()["IdToken"], "x", f"{header}.{body}.{signature[:-8]}AAAAAAAA"):
        assert refused(lambda text=foreign: port.credentials(ada, {SERVICE: text})) == (
            "NotAuthorizedException",
            "Invalid login token. Not a Cognito token.",
        )
    assert refused(lambda: port.open_id_token(ada, {SERVICE: token}))[0] == "NotAuthorizedException", "no endless chain"


def test_durations(port: Harbour, time_machine: Any) -> None:
    identity_id, token = asserted(port, TokenDuration=60)
    claims = claims_of(token)
    assert claims["exp"] - claims["iat"] == 60
    time_machine.move_to(claims["exp"] + 1)
    code, message = refused(lambda: port.credentials(identity_id, {SERVICE: token}))
    assert (code, message.startswith("Invalid login token. Token expired: ")) == ("NotAuthorizedException", True)
    for seconds in (0, 86_401):
        call = {"IdentityPoolId": port.pool_id, "Logins": {DEVELOPER: "ada"}, "TokenDuration": seconds}
        assert refused(port.identity.get_open_id_token_for_developer_identity, **call)[0] == "ValidationException"


def test_exactly_one_user_of_the_developer_provider(port: Harbour) -> None:
    call = port.identity.get_open_id_token_for_developer_identity
    for logins in ({}, {"other.provider": "ada"}, {DEVELOPER: "a" * 1025}, port.login()):
        assert refused(call, IdentityPoolId=port.pool_id, Logins=logins)[0] == "InvalidParameterException"
    none = port.identity.create_identity_pool(IdentityPoolName="none", AllowUnauthenticatedIdentities=True)
    given = {"IdentityPoolId": none["IdentityPoolId"], "Logins": {DEVELOPER: "ada"}}
    assert refused(call, **given)[0] == "InvalidParameterException"


def test_linking_to_an_identity_that_is_there(port: Harbour) -> None:
    guest, alice = port.get_id(), port.get_id(port.login())
    assert asserted(port, "ada", IdentityId=guest)[0] == guest
    assert asserted(port, "ada2", IdentityId=guest)[0] == guest
    assert asserted(port, "bea", IdentityId=alice)[0] == alice
    assert identifiers(port, guest) == ["ada", "ada2"]
    assert sorted(port.describe(alice)["Logins"]) == sorted([DEVELOPER, port.provider])
    call = port.identity.get_open_id_token_for_developer_identity
    taken = {"IdentityPoolId": port.pool_id, "IdentityId": alice, "Logins": {DEVELOPER: "ada"}}
    assert refused(call, **taken)[0] == "DeveloperUserAlreadyRegisteredException"
    gone = {**taken, "IdentityId": "us-east-1:00000000-0000-4000-8000-000000000000"}
    assert refused(call, **gone)[0] == "ResourceNotFoundException"


def test_further_logins_are_proved_and_linked(port: Harbour) -> None:
    identity_id, token = asserted(port, Logins=port.login())
    assert port.get_id(port.login()) == identity_id
    assert port.provider in claims_of(token)["amr"]
    forged = {port.provider: port.users.tokens()["AccessToken"]}
    given = {"IdentityPoolId": port.pool_id, "Logins": {DEVELOPER: "bea", **forged}}
    assert refused(port.identity.get_open_id_token_for_developer_identity, **given)[0] == "NotAuthorizedException"


@pytest.mark.proves("LookupDeveloperIdentity")
def test_lookup(port: Harbour) -> None:
    ada, _ = asserted(port, "ada")
    for name in ("ada2", "ada3"):
        asserted(port, name, IdentityId=ada)
    bea, _ = asserted(port, "bea")
    call, pool = port.identity.lookup_developer_identity, {"IdentityPoolId": port.pool_id}
    first = call(**pool, IdentityId=ada, MaxResults=2)
    assert first["DeveloperUserIdentifierList"] == ["ada", "ada2"]
    second = call(**pool, IdentityId=ada, MaxResults=2, NextToken=first["NextToken"])
    assert second["DeveloperUserIdentifierList"] == ["ada3"]
    assert "NextToken" not in second
    found = call(**pool, DeveloperUserIdentifier="ada2")
    assert (found["IdentityId"], found["DeveloperUserIdentifierList"]) == (ada, ["ada2"])
    found = call(**pool, DeveloperUserIdentifier="ada2", IdentityId=ada)
    assert (found["IdentityId"], found["DeveloperUserIdentifierList"]) == (ada, ["ada2"])
    assert refused(call, **pool, DeveloperUserIdentifier="ada2", IdentityId=bea)[0] == "ResourceConflictException"
    assert refused(call, **pool, DeveloperUserIdentifier="eve")[0] == "ResourceNotFoundException"
    assert refused(call, **pool)[0] == "InvalidParameterException"


@pytest.mark.proves("MergeDeveloperIdentities")
def test_merging(port: Harbour) -> None:
    source, token = asserted(port, "ada")
    destination, _ = asserted(port, "bea")
    pair = {"SourceUserIdentifier": "ada", "DestinationUserIdentifier": "bea"}
    place = {"IdentityPoolId": port.pool_id, "DeveloperProviderName": DEVELOPER}
    for _ in range(2):
        assert port.identity.merge_developer_identities(**pair, **place)["IdentityId"] == destination
    assert identifiers(port, destination) == ["ada", "bea"]
    assert asserted(port, "ada")[0] == destination
    assert refused(lambda: port.credentials(source, {SERVICE: token}))[0] == "NotAuthorizedException"
    unknown = {**pair, "SourceUserIdentifier": "eve"}
    assert refused(port.identity.merge_developer_identities, **unknown, **place)[0] == "ResourceNotFoundException"
    elsewhere = {**place, "DeveloperProviderName": "other"}
    assert refused(port.identity.merge_developer_identities, **pair, **elsewhere)[0] == "NotAuthorizedException"


def test_merging_is_limited_and_refuses_conflicts(port: Harbour) -> None:
    ada, _ = asserted(port, "ada", Logins=port.login())
    port.users.user("bob")
    asserted(port, "bea", Logins=port.login("bob"))
    place = {"IdentityPoolId": port.pool_id, "DeveloperProviderName": DEVELOPER}
    call = port.identity.merge_developer_identities
    pair = {"SourceUserIdentifier": "bea", "DestinationUserIdentifier": "ada"}
    assert refused(call, **pair, **place)[0] == "ResourceConflictException"
    assert identifiers(port, ada) == ["ada"]
    for place_ in range(18):
        asserted(port, f"ada{place_}", IdentityId=ada)
    asserted(port, "carol")
    full = {"SourceUserIdentifier": "carol", "DestinationUserIdentifier": "ada"}
    assert refused(call, **full, **place)[0] == "ResourceConflictException"
    given = {"IdentityPoolId": port.pool_id, "IdentityId": ada, "Logins": {DEVELOPER: "one-too-many"}}
    assert refused(port.identity.get_open_id_token_for_developer_identity, **given)[0] == "ResourceConflictException"


@pytest.mark.proves("UnlinkDeveloperIdentity")
def test_IDP_02_unlinking_takes_effect_at_once(port: Harbour) -> None:
    identity_id, token = asserted(port, TokenDuration=86_400)
    session = with_credentials("sts", port.credentials(identity_id, {SERVICE: token}))
    named = {"IdentityPoolId": port.pool_id, "DeveloperProviderName": DEVELOPER, "DeveloperUserIdentifier": "ada"}
    other, _ = asserted(port, "bea")
    unlink = port.identity.unlink_developer_identity
    assert refused(unlink, IdentityId=other, **named)[0] == "ResourceConflictException"
    unlink(IdentityId=identity_id, **named)
    assert refused(lambda: port.credentials(identity_id, {SERVICE: token}))[0] == "NotAuthorizedException"
    assert refused(session.get_caller_identity)[0] == "InvalidClientTokenId"
    assert asserted(port)[0] != identity_id
    assert refused(unlink, IdentityId=identity_id, **named)[0] == "ResourceConflictException"
    unknown = {**named, "DeveloperUserIdentifier": "nobody"}
    assert refused(unlink, IdentityId=identity_id, **unknown)[0] == "ResourceNotFoundException"


def test_a_developers_user_trades_the_token_at_sts(port: Harbour, public_sts: Any) -> None:
    """The basic flow of developers; the pool's switch for the classic flow is about GetOpenIdToken."""
    port.update(AllowClassicFlow=False)
    identity_id, token = asserted(port)
    answer = public_sts.assume_role_with_web_identity(
        RoleArn="arn:aws:iam::000000000000:role/members", RoleSessionName="ada", WebIdentityToken=token
    )
    assert answer["SubjectFromWebIdentityToken"] == identity_id
    assert answer["AssumedRoleUser"]["Arn"].endswith("assumed-role/members/ada")


def test_tags_of_the_call_are_session_tags(port: Harbour) -> None:
    trust = trusting(port.pool_id, "authenticated", "sts:TagSession")
    port.iam.update_assume_role_policy(RoleName="members", PolicyDocument=trust)
    own = allowing("cognito-idp:ListUserPools", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})
    port.iam.put_role_policy(RoleName="members", PolicyName="all", PolicyDocument=own)
    for team, may in (("red", True), ("blue", False)):
        identity_id, token = asserted(port, PrincipalTags={"team": team})
        tags = claims_of(token)["https://aws.amazon.com/tags"]
        assert tags == {"principal_tags": {"team": [team]}, "transitive_tag_keys": []}
        client = with_credentials("cognito-idp", port.credentials(identity_id, {SERVICE: token}))
        if may:
            assert client.list_user_pools(MaxResults=1)
        else:
            assert refused(client.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    large = {f"key{place}": "v" * 200 for place in range(3)}
    given = {"IdentityPoolId": port.pool_id, "Logins": {DEVELOPER: "ada"}, "PrincipalTags": large}
    assert refused(port.identity.get_open_id_token_for_developer_identity, **given)[0] == "InvalidParameterException"


def test_API_03_vouching_needs_a_right_of_its_own(port: Harbour) -> None:
    mate = operator("cognito-identity", "mate", allowing("cognito-identity:Describe*", WEB))
    call = mate.get_open_id_token_for_developer_identity
    given = {"IdentityPoolId": port.pool_id, "Logins": {DEVELOPER: "ada"}}
    assert refused(call, **given)[0] == "AccessDeniedException"
