"""Guests, logins, linking, merging, unlinking (identity-pools.md, sections 3.2, 3.3 and 4)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from django.db import connection

from identitypools.models import Identity, Login
from tests.cast import Stage, set_stage
from tests.identitypools.cast import SERVICE, Harbour, build_harbour, with_credentials
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NOT_AUTHORIZED = "NotAuthorizedException"
NO_MATCH = (
    NOT_AUTHORIZED,
    "Logins don't match. Please include at least one valid login for this identity or identity pool.",
)
UNSUPPORTED = (NOT_AUTHORIZED, "Token is not from a supported provider of this identity pool.")
NO_GUESTS = (NOT_AUTHORIZED, "Unauthenticated access is not supported for this identity pool.")


def forbidden(identity_id: str) -> tuple[str, str]:
    return NOT_AUTHORIZED, f"Access to Identity '{identity_id}' is forbidden."


def second_pool(harbour: Harbour, cognito: Any, public: Any) -> tuple[Stage, str]:
    """Another user pool that the identity pool trusts, with a user alice of its own."""
    users = set_stage(cognito, public)
    users.user()
    provider = f"cognito-idp.us-east-1.amazonaws.com/{users.pool_id}"
    providers = [
        {"ProviderName": harbour.provider, "ClientId": harbour.users.client_id},
        {"ProviderName": provider, "ClientId": users.client_id},
    ]
    harbour.update(CognitoIdentityProviders=providers)
    return users, provider


# --- guests -----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("GetId", "DescribeIdentity")
def test_each_guest_is_another(harbour: Harbour) -> None:
    first, second = harbour.get_id(), harbour.get_id()
    assert first != second
    assert first.startswith("us-east-1:")
    found = harbour.describe(first)
    assert "Logins" not in found
    assert found["CreationDate"] == found["LastModifiedDate"]


def test_IDP_03_guests_only_where_they_are_allowed(harbour: Harbour) -> None:
    guest = harbour.get_id()
    assert harbour.credentials(guest)
    harbour.update(AllowUnauthenticatedIdentities=False)
    assert refused(harbour.get_id) == NO_GUESTS
    assert refused(lambda: harbour.credentials(guest)) == NO_GUESTS
    assert refused(lambda: harbour.open_id_token(guest)) == NO_GUESTS
    assert refused(lambda: harbour.get_id({})) == NO_GUESTS


# --- one login --------------------------------------------------------------------------------------------------------


def test_a_login_leads_to_one_identity(harbour: Harbour) -> None:
    first = harbour.get_id(harbour.login())
    assert harbour.get_id(harbour.login()) == first
    assert harbour.describe(first)["Logins"] == [harbour.provider]
    harbour.users.user("bob")
    assert harbour.get_id(harbour.login("bob")) != first


def test_both_names_of_a_user_pool_mean_the_same(harbour: Harbour) -> None:
    """SDKs build the one, Amplify takes the other from the token's issuer."""
    token = harbour.login()[harbour.provider]
    by_issuer = {f"localhost:9229/{harbour.users.pool_id}": token}
    identity_id = harbour.get_id(by_issuer)
    assert harbour.get_id(harbour.login()) == identity_id
    assert harbour.credentials(identity_id, by_issuer)
    assert harbour.describe(identity_id)["Logins"] == [harbour.provider]
    harbour.update(
        CognitoIdentityProviders=[
            {"ProviderName": f"localhost:9229/{harbour.users.pool_id}", "ClientId": harbour.users.client_id}
        ]
    )
    assert harbour.get_id(harbour.login()) == identity_id


def test_a_guest_becomes_whoever_signs_in(harbour: Harbour) -> None:
    guest = harbour.get_id()
    logins = harbour.login()
    answer = harbour.public.get_credentials_for_identity(IdentityId=guest, Logins=logins)
    assert answer["IdentityId"] == guest
    assert harbour.get_id(harbour.login()) == guest
    assert refused(lambda: harbour.credentials(guest)) == forbidden(guest), "and is no guest any more"
    assert (
        with_credentials("sts", answer["Credentials"])
        .get_caller_identity()["Arn"]
        .endswith("assumed-role/members/CognitoIdentityCredentials")
    )


def test_a_guest_gives_way_to_whoever_was_there_before(harbour: Harbour) -> None:
    alice = harbour.get_id(harbour.login())
    guest = harbour.get_id()
    for call in (harbour.public.get_credentials_for_identity, harbour.public.get_open_id_token):
        assert call(IdentityId=guest, Logins=harbour.login())["IdentityId"] == alice
    assert refused(lambda: harbour.credentials(guest)) == forbidden(guest)
    assert refused(lambda: harbour.open_id_token(guest)) == forbidden(guest)


# --- tokens that do not hold ------------------------------------------------------------------------------------------


def each_door(harbour: Harbour) -> list[Callable[[dict[str, str]], Any]]:
    """The public operations that take logins."""
    guest = harbour.get_id()
    return [
        harbour.get_id,
        lambda logins: harbour.credentials(guest, logins),
        lambda logins: harbour.open_id_token(guest, logins),
        lambda logins: harbour.public.unlink_identity(
            IdentityId=guest, Logins=logins, LoginsToRemove=[harbour.provider]
        ),
    ]


def test_IDP_01_only_an_id_token_is_a_login(harbour: Harbour) -> None:
    tokens = harbour.users.tokens()
    for door in each_door(harbour):
        assert refused(lambda door=door: door({harbour.provider: tokens["AccessToken"]})) == (
            NOT_AUTHORIZED,
            "Invalid login token. Missing a required claim: aud",
        )
        for nonsense in (tokens["RefreshToken"], "x", "a.b.c", tokens["IdToken"][:-3]):
            code, message = refused(lambda door=door, text=nonsense: door({harbour.provider: text}))
            assert code == NOT_AUTHORIZED
            assert message.startswith("Invalid login token. ")
    assert Login.objects.count() == 0


def test_IDP_01_the_signature_counts(harbour: Harbour) -> None:
    header, body, signature = harbour.users.tokens()["IdToken"].split(".")
    forged = f"{header}.{body}.{signature[:-10]}{'A' * 10}"
    for door in each_door(harbour):
        assert refused(lambda door=door: door({harbour.provider: forged})) == (
            NOT_AUTHORIZED,
            "Invalid login token. Couldn't verify signed token.",
        )


def test_IDP_01_another_client_is_not_believed(harbour: Harbour) -> None:
    other = harbour.users.client()["ClientId"]
    logins = harbour.login(ClientId=other)
    for door in each_door(harbour):
        assert refused(lambda door=door: door(logins)) == UNSUPPORTED


def test_IDP_01_another_user_pool_is_not_believed(harbour: Harbour, cognito: Any, public: Any) -> None:
    elsewhere = set_stage(cognito, public)
    elsewhere.user()
    token = elsewhere.tokens()["IdToken"]
    theirs = f"cognito-idp.us-east-1.amazonaws.com/{elsewhere.pool_id}"
    for door in each_door(harbour):
        assert refused(lambda door=door: door({theirs: token})) == UNSUPPORTED
        code, message = refused(lambda door=door: door({harbour.provider: token}))
        assert (code, message) == (NOT_AUTHORIZED, "Invalid login token. Issuer doesn't match providerName")


def test_IDP_01_an_expired_token(harbour: Harbour, time_machine: Any) -> None:
    logins, doors = harbour.login(), each_door(harbour)
    time_machine.move_to(time.time() + 3601)
    for door in doors:
        code, message = refused(lambda door=door: door(logins))
        assert code == NOT_AUTHORIZED
        now, _, expired_at = message.removeprefix("Invalid login token. Token expired: ").partition(" >= ")
        assert 0 <= int(now) - int(expired_at) < 120


def test_IDP_01_providers_that_are_not_configured(harbour: Harbour) -> None:
    token = harbour.users.tokens()["IdToken"]
    names = ["accounts.google.com", "harbour", "cognito-idp.eu-west-1.amazonaws.com/us-east-1_x", "localhost:9229"]
    for name in names:
        assert refused(lambda name=name: harbour.get_id({name: token})) == UNSUPPORTED
    harbour.update(CognitoIdentityProviders=[])
    assert refused(lambda: harbour.get_id(harbour.login())) == (
        NOT_AUTHORIZED,
        "Identity pool does not have identity providers configured.",
    )


def test_IDP_01_a_developers_user_cannot_be_asserted_without_a_signature(harbour: Harbour) -> None:
    harbour.update(DeveloperProviderName="login.harbour")
    assert refused(lambda: harbour.get_id({"login.harbour": "alice"})) == UNSUPPORTED
    guest = harbour.get_id()
    assert refused(lambda: harbour.credentials(guest, {"login.harbour": "alice"})) == UNSUPPORTED


def test_a_login_of_a_provider_that_is_not_performed_says_so(harbour: Harbour) -> None:
    harbour.update(SupportedLoginProviders={"accounts.google.com": "123"})
    assert refused(lambda: harbour.get_id({"accounts.google.com": "a.b.c"})) == (
        "InvalidParameterException",
        "A login of accounts.google.com is not performed by this version of Poolhouse.",
    )


def test_IDP_01_one_bad_login_fails_the_call(harbour: Harbour, cognito: Any, public: Any) -> None:
    users, provider = second_pool(harbour, cognito, public)
    logins = {**harbour.login(), provider: users.tokens()["AccessToken"]}
    assert refused(lambda: harbour.get_id(logins))[0] == NOT_AUTHORIZED
    assert Identity.objects.count() == 0


@pytest.mark.parametrize("checks", [True, False])
def test_IDP_01_server_side_token_check(harbour: Harbour, checks: bool) -> None:
    provider = {
        "ProviderName": harbour.provider,
        "ClientId": harbour.users.client_id,
        "ServerSideTokenCheck": checks,
    }
    harbour.update(CognitoIdentityProviders=[provider])
    logins = harbour.login()
    identity_id = harbour.get_id(logins)
    harbour.users.cognito.admin_user_global_sign_out(UserPoolId=harbour.users.pool_id, Username="alice")
    if checks:
        revoked = (NOT_AUTHORIZED, "Invalid login token. Token has been revoked.")
        assert refused(lambda: harbour.get_id(logins)) == revoked
        assert refused(lambda: harbour.credentials(identity_id, logins)) == revoked
    else:
        assert harbour.credentials(identity_id, logins)


# --- whose identity it is ---------------------------------------------------------------------------------------------


def test_IDP_02_an_identity_is_used_with_its_own_logins_only(harbour: Harbour) -> None:
    alice = harbour.get_id(harbour.login())
    harbour.users.user("bob")
    bob = harbour.get_id(harbour.login("bob"))
    for identity_id, login in ((alice, "bob"), (bob, "alice")):
        logins = harbour.login(login)
        assert refused(lambda i=identity_id, given=logins: harbour.credentials(i, given)) == NO_MATCH
        assert refused(lambda i=identity_id, given=logins: harbour.open_id_token(i, given)) == NO_MATCH
    assert refused(lambda: harbour.credentials(alice)) == forbidden(alice)
    assert refused(lambda: harbour.open_id_token(alice)) == forbidden(alice)
    harbour.users.user("carol")
    assert refused(lambda: harbour.credentials(alice, harbour.login("carol"))) == NO_MATCH
    assert harbour.describe(alice)["Logins"] == [harbour.provider]


def test_IDP_02_an_identity_of_another_pool(harbour: Harbour, stage: Stage) -> None:
    harbour.iam.delete_role_policy(RoleName="members", PolicyName="all")
    harbour.iam.delete_role_policy(RoleName="guests", PolicyName="all")
    for name in ("members", "guests"):
        harbour.iam.delete_role(RoleName=name)
    other = build_harbour(stage, harbour.identity, harbour.public, harbour.iam)
    alice_there = other.get_id(other.login())
    assert harbour.get_id(harbour.login()) != alice_there
    gone = "us-east-1:00000000-0000-4000-8000-000000000000"
    assert refused(lambda: harbour.credentials(gone)) == (
        "ResourceNotFoundException",
        f"Identity '{gone}' not found.",
    )


# --- linking and merging ----------------------------------------------------------------------------------------------


def test_a_second_login_is_linked_and_leads_to_the_same(harbour: Harbour, cognito: Any, public: Any) -> None:
    users, provider = second_pool(harbour, cognito, public)
    alice = harbour.get_id(harbour.login())
    both = {**harbour.login(), provider: users.tokens()["IdToken"]}
    assert harbour.public.get_open_id_token(IdentityId=alice, Logins=both)["IdentityId"] == alice
    assert sorted(harbour.describe(alice)["Logins"]) == sorted([harbour.provider, provider])
    assert harbour.get_id({provider: users.tokens()["IdToken"]}) == alice
    assert harbour.credentials(alice, {provider: users.tokens()["IdToken"]}), "one valid login is enough"


def test_logins_of_two_identities_merge_them(harbour: Harbour, cognito: Any, public: Any) -> None:
    users, provider = second_pool(harbour, cognito, public)
    here, there = harbour.get_id(harbour.login()), harbour.get_id({provider: users.tokens()["IdToken"]})
    assert here != there
    old = with_credentials("sts", harbour.credentials(there, {provider: users.tokens()["IdToken"]}))
    assert old.get_caller_identity()
    both = {**harbour.login(), provider: users.tokens()["IdToken"]}
    assert harbour.get_id(both) == here
    assert sorted(harbour.describe(here)["Logins"]) == sorted([harbour.provider, provider])
    assert "Logins" not in harbour.describe(there)
    assert refused(lambda: harbour.credentials(there)) == forbidden(there)
    answer = harbour.public.get_credentials_for_identity(IdentityId=there, Logins=harbour.login())
    assert answer["IdentityId"] == here
    assert refused(old.get_caller_identity)[0] == "InvalidClientTokenId", "what the loser was given is worthless"
    listed = harbour.identity.list_identities(IdentityPoolId=harbour.pool_id, MaxResults=60)["Identities"]
    assert {found["IdentityId"] for found in listed} == {here, there}
    enabled = harbour.identity.list_identities(IdentityPoolId=harbour.pool_id, MaxResults=60, HideDisabled=True)
    assert [found["IdentityId"] for found in enabled["Identities"]] == [here]


def test_IDP_02_merging_needs_logins_of_both(harbour: Harbour, cognito: Any, public: Any) -> None:
    users, provider = second_pool(harbour, cognito, public)
    here, there = harbour.get_id(harbour.login()), harbour.get_id({provider: users.tokens()["IdToken"]})
    assert refused(lambda: harbour.credentials(here, {provider: users.tokens()["IdToken"]})) == NO_MATCH
    assert harbour.describe(there)["Logins"] == [provider]


def test_two_subjects_of_one_provider_do_not_come_together(harbour: Harbour, cognito: Any, public: Any) -> None:
    users, provider = second_pool(harbour, cognito, public)
    harbour.users.user("bob")
    alice = harbour.get_id({**harbour.login("alice"), provider: users.tokens()["IdToken"]})
    bob = {**harbour.login("bob"), provider: users.tokens()["IdToken"]}
    assert refused(lambda: harbour.get_id(bob)) == (
        "ResourceConflictException",
        "Login is already linked to another account.",
    )
    single = harbour.get_id(harbour.login("bob"))
    assert single != alice
    code, _ = refused(lambda: harbour.get_id(bob))
    assert code == "ResourceConflictException"
    assert harbour.describe(single)["Logins"] == [harbour.provider], "nothing of a refused merge is left"
    both_names = {
        **harbour.login("alice"),
        f"localhost:9229/{harbour.users.pool_id}": harbour.login("bob")[harbour.provider],
    }
    assert refused(lambda: harbour.get_id(both_names))[0] == "ResourceConflictException"


# --- unlinking and deleting -------------------------------------------------------------------------------------------


def unlink(harbour: Harbour, identity_id: str, logins: dict[str, str], *providers: str) -> None:
    harbour.public.unlink_identity(IdentityId=identity_id, Logins=logins, LoginsToRemove=list(providers))


@pytest.mark.proves("UnlinkIdentity")
def test_IDP_02_an_unlinked_login_is_somebody_else_at_once(harbour: Harbour, cognito: Any, public: Any) -> None:
    users, provider = second_pool(harbour, cognito, public)
    theirs = {provider: users.tokens()["IdToken"]}
    alice = harbour.get_id({**harbour.login(), **theirs})
    credentials = with_credentials("sts", harbour.credentials(alice, theirs))
    unlink(harbour, alice, harbour.login(), provider)
    assert harbour.describe(alice)["Logins"] == [harbour.provider]
    assert refused(lambda: harbour.credentials(alice, theirs)) == NO_MATCH
    assert refused(credentials.get_caller_identity)[0] == "InvalidClientTokenId"
    assert harbour.get_id(theirs) != alice
    assert harbour.credentials(alice, harbour.login()), "what is left still leads to it"


def test_IDP_02_without_its_last_login_an_identity_is_nobodys(harbour: Harbour) -> None:
    alice = harbour.get_id(harbour.login())
    unlink(harbour, alice, harbour.login(), harbour.provider)
    assert refused(lambda: harbour.credentials(alice)) == forbidden(alice)
    assert refused(lambda: harbour.credentials(alice, harbour.login())) == NO_MATCH
    assert harbour.get_id(harbour.login()) != alice


def test_IDP_02_only_whoever_has_the_identity_unlinks(harbour: Harbour) -> None:
    alice = harbour.get_id(harbour.login())
    harbour.users.user("bob")
    harbour.get_id(harbour.login("bob"))
    for logins in (harbour.login("bob"), {}):
        code, _ = refused(lambda given=logins: unlink(harbour, alice, given, harbour.provider))
        assert code == NOT_AUTHORIZED
    assert refused(lambda: unlink(harbour, alice, harbour.login(), "accounts.google.com")) == NO_MATCH
    assert harbour.describe(alice)["Logins"] == [harbour.provider]


@pytest.mark.proves("DeleteIdentities", "ListIdentities")
def test_IDP_02_deleted_identities_are_gone_at_once(harbour: Harbour) -> None:
    logins = harbour.login()
    alice, guests = harbour.get_id(logins), [harbour.get_id() for _ in range(3)]
    credentials = with_credentials("sts", harbour.credentials(alice, logins))
    token = harbour.open_id_token(alice, logins)
    unknown = "us-east-1:00000000-0000-4000-8000-000000000000"
    answer = harbour.identity.delete_identities(IdentityIdsToDelete=[alice, guests[0], unknown])
    assert answer["UnprocessedIdentityIds"] == []
    left = harbour.identity.list_identities(IdentityPoolId=harbour.pool_id, MaxResults=60)["Identities"]
    assert {found["IdentityId"] for found in left} == set(guests[1:])
    assert refused(credentials.get_caller_identity)[0] == "InvalidClientTokenId"
    assert refused(harbour.public.get_id, IdentityPoolId=harbour.pool_id, Logins={SERVICE: token}) == NO_MATCH
    assert harbour.get_id(logins) != alice


def test_identities_are_listed_page_by_page(harbour: Harbour) -> None:
    made = sorted(harbour.get_id() for _ in range(5))
    pages, token = [], None
    while token or not pages:
        more = {"NextToken": token} if token else {}
        page = harbour.identity.list_identities(IdentityPoolId=harbour.pool_id, MaxResults=2, **more)
        pages.append([found["IdentityId"] for found in page["Identities"]])
        token = page.get("NextToken")
    assert pages == [made[:2], made[2:4], made[4:]]


# --- races ------------------------------------------------------------------------------------------------------------


def at_once(call: Callable[[], Any], times: int = 8) -> list[Any]:
    """What each of several calls in parallel gave: an answer, or an error's code."""
    found: list[Any] = []
    barrier = threading.Barrier(times)

    def once() -> None:
        barrier.wait()
        try:
            found.append(call())
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == times
    return found


@pytest.mark.django_db(transaction=True)
def test_parallel_get_id_of_one_login_gives_one_identity(harbour: Harbour) -> None:
    logins = harbour.login()
    assert len(set(at_once(lambda: harbour.get_id(logins)))) == 1
    assert Identity.objects.count() == Login.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_guests_that_sign_in_at_once_are_one_in_the_end(harbour: Harbour) -> None:
    logins, guests = harbour.login(), [harbour.get_id() for _ in range(4)]
    waiting = iter(guests)
    answers = at_once(
        lambda: harbour.public.get_credentials_for_identity(IdentityId=next(waiting), Logins=logins)["IdentityId"], 4
    )
    assert len(set(answers)) == 1
    assert Login.objects.count() == 1
    assert Identity.objects.filter(disabled=True, parent_id=answers[0]).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_guest_is_taken_by_one_of_two_people(harbour: Harbour) -> None:
    harbour.users.user("bob")
    guest = harbour.get_id()
    waiting = iter([harbour.login("alice"), harbour.login("bob")])
    answers = at_once(lambda: harbour.open_id_token(guest, next(waiting)), 2)
    assert sorted(answer == NOT_AUTHORIZED for answer in answers) == [False, True]
    assert Login.objects.count() == 1
