"""The sign-in conversation, held by real clients: boto3, and pycognito's SRP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.db import connection
from django.utils import timezone
from pycognito.aws_srp import AWSSRP

from tests.cast import PASSWORD, Stage, set_stage
from tests.refusals import refused
from userpools.domain import factors, hashing, srp
from userpools.models import SignIn, TokenFamily, User, UserPool

pytestmark = pytest.mark.django_db

TOTP_ON = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}


def claims_of(token: str) -> dict[str, Any]:
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


def srp_client(stage: Stage, name: str = "alice", password: str = PASSWORD, **more: Any) -> AWSSRP:
    return AWSSRP(name, password, stage.pool_id, more.pop("client_id", stage.client_id), client=stage.public, **more)


# --- passwords ------------------------------------------------------------------------------------------------------


@pytest.mark.proves("InitiateAuth")
def test_a_password_gives_tokens(stage: Stage) -> None:
    user = stage.user()
    answer = stage.sign_in()
    assert answer["ChallengeParameters"] == {}
    tokens = answer["AuthenticationResult"]
    assert (tokens["TokenType"], tokens["ExpiresIn"]) == ("Bearer", 3600)
    sub = {a["Name"]: a["Value"] for a in user["Attributes"]}["sub"]
    access, identity = claims_of(tokens["AccessToken"]), claims_of(tokens["IdToken"])
    assert access.keys() == {
        "sub", "iss", "client_id", "origin_jti", "event_id", "token_use", "scope", "auth_time", "exp", "iat", "jti",
        "username",
    }  # fmt: skip
    assert identity.keys() == {
        "sub", "iss", "aud", "origin_jti", "event_id", "token_use", "auth_time", "exp", "iat", "jti",
        "cognito:username", "email", "email_verified",
    }  # fmt: skip
    assert access["sub"] == identity["sub"] == sub
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert identity["email_verified"] is True
    assert access["origin_jti"] == identity["origin_jti"]
    headers = [jwt.get_unverified_header(tokens[name]) for name in ("AccessToken", "IdToken")]
    assert headers[0]["kid"] != headers[1]["kid"]
    assert all(header.keys() == {"kid", "alg"} and header["alg"] == "RS256" for header in headers)


@pytest.mark.proves("AdminInitiateAuth")
@pytest.mark.parametrize("flow", ["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
def test_an_administrator_signs_a_user_in(stage: Stage, flow: str) -> None:
    stage.user()
    answer = stage.cognito.admin_initiate_auth(
        UserPoolId=stage.pool_id,
        ClientId=stage.client_id,
        AuthFlow=flow,
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
    )
    assert stage.public.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])["Username"] == "alice"


@pytest.mark.parametrize(
    ("flow", "message"),
    [
        ("USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH flow not enabled for this client"),
        ("USER_SRP_AUTH", "USER_SRP_AUTH is not enabled for the client."),
        ("CUSTOM_AUTH", "CUSTOM_AUTH is not enabled for the client."),
        ("USER_AUTH", "USER_AUTH flow not enabled for this client"),
        ("ADMIN_USER_PASSWORD_AUTH", "Initiate Auth method not supported."),
    ],
)
def test_flows_that_are_off(stage: Stage, flow: str, message: str) -> None:
    client = stage.client(ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"])
    answer = refused(
        stage.public.initiate_auth,
        ClientId=client["ClientId"],
        AuthFlow=flow,
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD, "SRP_A": "f" * 700},
    )
    assert answer == ("InvalidParameterException", message)


@pytest.mark.parametrize("missing", ["USERNAME", "PASSWORD"])
def test_what_is_missing_is_named(stage: Stage, missing: str) -> None:
    stage.user()
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    del parameters[missing]
    answer = refused(
        stage.public.initiate_auth,
        ClientId=stage.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters=parameters,
    )
    assert answer == ("InvalidParameterException", f"Missing required parameter {missing}")


def test_refusals(stage: Stage) -> None:
    stage.user()
    wrong = ("NotAuthorizedException", "Incorrect username or password.")
    assert refused(stage.sign_in, password="Wrong-horse-7") == wrong
    assert refused(stage.sign_in, name="mallory") == ("UserNotFoundException", "User does not exist.")
    hiding = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    assert refused(stage.sign_in, name="mallory", ClientId=hiding) == wrong
    stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="alice")
    assert refused(stage.sign_in) == ("NotAuthorizedException", "User is disabled.")


def test_only_who_knows_the_password_learns_the_state(stage: Stage) -> None:
    stage.user()
    User.objects.update(status=User.Status.UNCONFIRMED)
    assert refused(stage.sign_in, password="Wrong-horse-7")[1] == "Incorrect username or password."
    assert refused(stage.sign_in) == ("UserNotConfirmedException", "User is not confirmed.")


def test_five_wrong_passwords_lock(stage: Stage) -> None:
    stage.user()
    for _ in range(5):
        assert refused(stage.sign_in, password="Wrong-horse-7")[1] == "Incorrect username or password."
    assert refused(stage.sign_in) == ("NotAuthorizedException", "Password attempts exceeded")
    User.objects.update(locked_until=timezone.now())
    assert stage.tokens()
    assert User.objects.get().failed_attempts == 0


def test_a_name_that_nobody_has_locks_alike(stage: Stage) -> None:
    hiding = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    for _ in range(5):
        assert refused(stage.sign_in, name="mallory", ClientId=hiding)[1] == "Incorrect username or password."
    assert refused(stage.sign_in, name="mallory", ClientId=hiding)[1] == "Password attempts exceeded"


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_all_counted(stage: Stage) -> None:
    stage.user()
    answers = at_once(16, lambda: refused(stage.sign_in, password="Wrong-horse-7")[1])
    assert len(answers) == 16
    assert answers.count("Incorrect username or password.") <= 5
    assert refused(stage.sign_in)[1] == "Password attempts exceeded"


@pytest.mark.django_db(transaction=True)
def test_sign_ins_at_once_are_no_guesses(stage: Stage) -> None:
    """A test suite or a load test signs one user in from many places."""
    stage.user()
    assert len(at_once(12, stage.tokens)) == 12
    assert User.objects.get().failed_attempts == 0


def at_once(count: int, deed: Callable[[], Any]) -> list[Any]:
    answers: list[Any] = []

    def once() -> None:
        try:
            answers.append(deed())
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- SECRET_HASH ----------------------------------------------------------------------------------------------------


def test_a_client_with_a_secret_must_prove_it(stage: Stage) -> None:
    stage.user()
    client = stage.client(GenerateSecret=True)
    client_id = client["ClientId"]
    right = AWSSRP.get_secret_hash("alice", client_id, client["ClientSecret"])
    assert stage.tokens(ClientId=client_id, SECRET_HASH=right)
    assert refused(stage.sign_in, ClientId=client_id) == (
        "NotAuthorizedException",
        f"Client {client_id} is configured with secret but SECRET_HASH was not received",
    )
    for wrong in ("x", AWSSRP.get_secret_hash("bob", client_id, client["ClientSecret"])):
        assert refused(stage.sign_in, ClientId=client_id, SECRET_HASH=wrong) == (
            "NotAuthorizedException",
            f"Unable to verify secret hash for client {client_id}",
        )


# --- SRP ------------------------------------------------------------------------------------------------------------


@pytest.mark.proves("RespondToAuthChallenge")
def test_srp_signs_in_without_sending_the_password(stage: Stage) -> None:
    stage.user()
    tokens = srp_client(stage).authenticate_user()["AuthenticationResult"]
    assert stage.public.get_user(AccessToken=tokens["AccessToken"])["Username"] == "alice"


def test_srp_with_a_client_secret_and_an_alias(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AliasAttributes=["email"])
    stage.user()
    client = stage.client(GenerateSecret=True)
    for name in ("alice", "alice@example.com"):
        aws = srp_client(stage, name, client_id=client["ClientId"], client_secret=client["ClientSecret"])
        assert aws.authenticate_user()["AuthenticationResult"]


def test_srp_with_a_wrong_password_ends_the_session(stage: Stage) -> None:
    stage.user()
    aws = srp_client(stage, password="Wrong-horse-7")
    question = begin_srp(stage, aws)
    answers = aws.process_challenge(question["ChallengeParameters"], aws.get_auth_params())
    respond = {"ClientId": stage.client_id, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": answers}
    wrong = ("NotAuthorizedException", "Incorrect username or password.")
    assert refused(stage.public.respond_to_auth_challenge, **respond) == wrong
    again = refused(stage.public.respond_to_auth_challenge, **respond)
    assert again[1] == "Invalid session for the user, session can only be used once."


def begin_srp(stage: Stage, aws: AWSSRP, client_id: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = stage.public.initiate_auth(
        ClientId=client_id or stage.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=aws.get_auth_params()
    )
    return answer


def test_srp_of_nobody_looks_like_somebody(stage: Stage) -> None:
    stage.user()
    hiding = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    real, first, second = (
        begin_srp(stage, srp_client(stage, name), hiding)["ChallengeParameters"] for name in ("alice", "m", "m")
    )
    assert first.keys() == real.keys()
    assert (first["SALT"], first["USER_ID_FOR_SRP"]) == (second["SALT"], second["USER_ID_FOR_SRP"])
    assert first["SRP_B"] != second["SRP_B"]
    assert len(first["SALT"]) == len(real["SALT"]) == 32
    aws = srp_client(stage, "mallory", client_id=hiding)
    with pytest.raises(stage.public.exceptions.NotAuthorizedException, match="Incorrect username or password"):
        aws.authenticate_user()


@pytest.mark.parametrize("value", [0, srp.N, 2 * srp.N])
def test_srp_public_values_that_prove_nothing(stage: Stage, value: int) -> None:
    stage.user()
    code, _ = refused(
        stage.public.initiate_auth,
        ClientId=stage.client_id,
        AuthFlow="USER_SRP_AUTH",
        AuthParameters={"USERNAME": "alice", "SRP_A": format(value, "x")},
    )
    assert code in ("NotAuthorizedException", "InvalidParameterException")
    assert not SignIn.objects.exists()


def test_srp_fails_with_the_old_password_after_a_change(stage: Stage) -> None:
    stage.user()
    stage.cognito.admin_set_user_password(
        UserPoolId=stage.pool_id, Username="alice", Password="Other-horse-8", Permanent=True
    )
    assert srp_client(stage, password="Other-horse-8").authenticate_user()["AuthenticationResult"]
    with pytest.raises(stage.public.exceptions.NotAuthorizedException):
        srp_client(stage).authenticate_user()


# --- temporary passwords --------------------------------------------------------------------------------------------


def invite(stage: Stage, name: str = "alice", **attributes: str) -> None:
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username=name,
        TemporaryPassword="Temporary-1",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )


def answer(stage: Stage, asked: dict[str, Any], name: str = "alice", **answers: str) -> dict[str, Any]:
    result: dict[str, Any] = stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, **answers},
    )
    return result


def test_a_temporary_password_must_be_replaced(stage: Stage) -> None:
    invite(stage, email="alice@example.com")
    asked = stage.sign_in(password="Temporary-1")
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert "AuthenticationResult" not in asked
    assert json.loads(asked["ChallengeParameters"]["userAttributes"]) == {"email": "alice@example.com"}
    assert json.loads(asked["ChallengeParameters"]["requiredAttributes"]) == []
    with pytest.raises(stage.public.exceptions.InvalidPasswordException, match="Password not long enough"):
        answer(stage, asked, NEW_PASSWORD="Short-1")
    assert answer(stage, asked, NEW_PASSWORD="Brand-new-horse-1")["AuthenticationResult"]
    with pytest.raises(stage.public.exceptions.NotAuthorizedException, match="only be used once"):
        answer(stage, asked, NEW_PASSWORD="Brand-new-horse-2")
    assert stage.tokens(password="Brand-new-horse-1")
    assert refused(stage.sign_in, password="Temporary-1")[1] == "Incorrect username or password."


def test_missing_required_attributes_are_asked_along(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, Schema=[{"Name": "name", "Required": True, "Mutable": True}])
    invite(stage, email="alice@example.com")
    asked = stage.sign_in(password="Temporary-1")
    assert json.loads(asked["ChallengeParameters"]["requiredAttributes"]) == ["userAttributes.name"]
    with pytest.raises(stage.public.exceptions.InvalidParameterException):
        answer(stage, asked, NEW_PASSWORD="Brand-new-horse-1")
    both = {"userAttributes.name": "A", "userAttributes.email": "x@y.z"}
    with pytest.raises(stage.public.exceptions.NotAuthorizedException, match="already provided email"):
        answer(stage, asked, NEW_PASSWORD="Brand-new-horse-1", **both)
    tokens = answer(stage, asked, NEW_PASSWORD="Brand-new-horse-1", **{"userAttributes.name": "Alice"})
    assert claims_of(tokens["AuthenticationResult"]["IdToken"])["name"] == "Alice"


def test_a_temporary_password_expires(stage: Stage) -> None:
    invite(stage)
    User.objects.update(temporary_password_expires_at=timezone.now())
    assert refused(stage.sign_in, password="Temporary-1") == (
        "NotAuthorizedException",
        "Temporary password has expired and must be reset by an administrator.",
    )


# --- sessions -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("AdminRespondToAuthChallenge")
def test_a_session_answers_only_what_it_was_asked_where_it_was_asked(stage: Stage) -> None:
    invite(stage)
    asked = stage.sign_in(password="Temporary-1")
    given = {"USERNAME": "alice", "NEW_PASSWORD": "Brand-new-horse-1", "SOFTWARE_TOKEN_MFA_CODE": "123456"}

    def respond(**changes: Any) -> tuple[str, str]:
        parameters = {
            "ClientId": stage.client_id,
            "ChallengeName": asked["ChallengeName"],
            "Session": asked["Session"],
            "ChallengeResponses": given,
        }
        return refused(stage.public.respond_to_auth_challenge, **{**parameters, **changes})

    assert respond(ClientId=stage.client()["ClientId"])[1] == "Invalid session for the user."
    assert respond(Session=asked["Session"][:-4] + "AAAA")[1] == "Invalid session for the user."
    assert respond(ChallengeName="SOFTWARE_TOKEN_MFA")[0] == "InvalidParameterException"
    assert respond(ChallengeResponses={**given, "USERNAME": "bob"})[1] == "Invalid session for the user."
    SignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert respond()[1] == "Invalid session for the user, session is expired."
    SignIn.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    tokens = stage.cognito.admin_respond_to_auth_challenge(
        UserPoolId=stage.pool_id,
        ClientId=stage.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses=given,
    )
    assert tokens["AuthenticationResult"]


# --- authenticator apps ---------------------------------------------------------------------------------------------


def require_totp(stage: Stage, mfa: str) -> None:
    stage.cognito.set_user_pool_mfa_config(UserPoolId=stage.pool_id, MfaConfiguration=mfa, **TOTP_ON)


@pytest.mark.proves("AssociateSoftwareToken")
@pytest.mark.proves("VerifySoftwareToken")
@pytest.mark.proves("SetUserMFAPreference")
@pytest.mark.proves("GetUserAuthFactors")
@pytest.mark.proves("AdminGetUserAuthFactors")
@pytest.mark.proves("AdminDeleteSoftwareToken")
def test_an_authenticator_app_is_asked_once_it_is_verified_and_preferred(stage: Stage) -> None:
    require_totp(stage, "OPTIONAL")
    stage.user()
    access = stage.tokens()["AccessToken"]
    secret = stage.public.associate_software_token(AccessToken=access)["SecretCode"]
    assert len(secret) == 52
    on = {"Enabled": True, "PreferredMfa": True}
    refusal = refused(stage.public.set_user_mfa_preference, AccessToken=access, SoftwareTokenMfaSettings=on)
    assert refusal == ("InvalidParameterException", "User has not verified software token mfa")
    assert refused(stage.public.verify_software_token, AccessToken=access, UserCode="000000") == (
        "EnableSoftwareTokenMFAException",
        "Code mismatch",
    )
    now = factors.code_at(secret)
    assert stage.public.verify_software_token(AccessToken=access, UserCode=now)["Status"] == "SUCCESS"
    assert stage.tokens(), "verified is not yet enabled"
    stage.public.set_user_mfa_preference(AccessToken=access, SoftwareTokenMfaSettings=on)
    asked = stage.sign_in()
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    with pytest.raises(stage.public.exceptions.CodeMismatchException, match="Invalid code or auth state"):
        answer(stage, asked, SOFTWARE_TOKEN_MFA_CODE="000000")
    with pytest.raises(stage.public.exceptions.ExpiredCodeException, match="already been used once"):
        answer(stage, asked, SOFTWARE_TOKEN_MFA_CODE=now)
    tokens = answer(stage, asked, SOFTWARE_TOKEN_MFA_CODE=factors.code_at(secret, drift=1))
    assert tokens["AuthenticationResult"]
    user = stage.public.get_user(AccessToken=access)
    assert user["PreferredMfaSetting"] == "SOFTWARE_TOKEN_MFA"
    assert stage.public.get_user_auth_factors(AccessToken=access)["UserMFASettingList"] == ["SOFTWARE_TOKEN_MFA"]
    who = {"UserPoolId": stage.pool_id, "Username": "alice"}
    assert "SOFTWARE_TOKEN" in stage.cognito.admin_get_user_auth_factors(**who)["ConfiguredUserAuthFactors"]
    stage.cognito.admin_delete_software_token(**who)
    assert stage.tokens()


@pytest.mark.proves("AdminSetUserMFAPreference")
def test_an_administrator_turns_the_factor_on(stage: Stage) -> None:
    require_totp(stage, "OPTIONAL")
    stage.user()
    access = stage.tokens()["AccessToken"]
    secret = stage.public.associate_software_token(AccessToken=access)["SecretCode"]
    stage.public.verify_software_token(AccessToken=access, UserCode=factors.code_at(secret))
    stage.cognito.admin_set_user_mfa_preference(
        UserPoolId=stage.pool_id, Username="alice", SoftwareTokenMfaSettings={"Enabled": True}
    )
    assert stage.sign_in()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_required_mfa_is_set_up_in_the_sign_in(stage: Stage) -> None:
    require_totp(stage, "ON")
    invite(stage)
    asked = answer(stage, stage.sign_in(password="Temporary-1"), NEW_PASSWORD="Brand-new-horse-1")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    with pytest.raises(stage.public.exceptions.InvalidParameterException):
        answer(stage, asked)
    offered = stage.public.associate_software_token(Session=asked["Session"])
    assert refused(stage.public.associate_software_token, Session=asked["Session"])[0] == "NotAuthorizedException"
    code = factors.code_at(offered["SecretCode"])
    verified = stage.public.verify_software_token(Session=offered["Session"], UserCode=code)
    with pytest.raises(stage.public.exceptions.NotAuthorizedException):
        answer(stage, {**asked, "Session": offered["Session"]})
    assert answer(stage, {**asked, "Session": verified["Session"]})["AuthenticationResult"]
    assert stage.sign_in(password="Brand-new-horse-1")["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


def test_required_mfa_that_cannot_be_met_lets_nobody_in(stage: Stage) -> None:
    require_totp(stage, "ON")
    stage.user()
    pool = UserPool.objects.get(pk=stage.pool_id)
    pool.settings["software_token_mfa_configuration"] = {"enabled": False}
    pool.save()
    assert refused(stage.sign_in)[0] == "InvalidUserPoolConfigurationException"
    assert not TokenFamily.objects.exists()


def test_codes_lock_across_sessions_and_a_password_does_not_forgive_them(stage: Stage) -> None:
    require_totp(stage, "ON")
    stage.user()
    asked = stage.sign_in()
    offered = stage.public.associate_software_token(Session=asked["Session"])
    stage.public.verify_software_token(
        Session=offered["Session"], UserCode=factors.code_at(offered["SecretCode"], drift=-1)
    )
    for _ in range(5):
        with pytest.raises(stage.public.exceptions.CodeMismatchException):
            answer(stage, stage.sign_in(), SOFTWARE_TOKEN_MFA_CODE="000000")
    right = factors.code_at(offered["SecretCode"])
    with pytest.raises(stage.public.exceptions.NotAuthorizedException, match="Password attempts exceeded"):
        answer(stage, stage.sign_in(), SOFTWARE_TOKEN_MFA_CODE=right)


# --- who exists -----------------------------------------------------------------------------------------------------


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How often the two kinds of expensive arithmetic were done."""
    done = {"hashes": 0, "powers": 0}

    def counting(kind: str, function: Any) -> Any:
        def counted(*arguments: Any, **more: Any) -> Any:
            done[kind] += 1
            return function(*arguments, **more)

        return counted

    monkeypatch.setattr(hashing, "matches", counting("hashes", hashing.matches))
    monkeypatch.setattr(srp, "power", counting("powers", srp.power))
    return done


def test_PWD_05_what_is_said_and_done_tells_nothing_of_who_exists(stage: Stage, work: dict[str, int]) -> None:
    """Nobody, a wrong password, no password at all: one answer, and the same arithmetic."""
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    stage.user()
    stage.user("bob")
    User.objects.filter(username="bob").update(password="", srp_verifier=b"", srp_salt=b"")
    wrong = ("NotAuthorizedException", "Incorrect username or password.")
    spent = set()
    for name in ("alice", "bob", "mallory"):
        before = dict(work)
        assert refused(stage.sign_in, name=name, password="Wrong-horse-7", ClientId=client_id) == wrong
        public = format(srp.N - 2, "x")
        asked = stage.public.initiate_auth(
            ClientId=client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": name, "SRP_A": public}
        )
        given = asked["ChallengeParameters"]
        assert given.keys() == {"SALT", "SRP_B", "SECRET_BLOCK", "USERNAME", "USER_ID_FOR_SRP"}
        answers = {
            "USERNAME": given["USER_ID_FOR_SRP"],
            "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": "AAAA",
            "TIMESTAMP": "Tue May 6 00:09:40 UTC 2025",
        }
        respond = stage.public.respond_to_auth_challenge
        answer = refused(
            respond,
            ClientId=client_id,
            ChallengeName="PASSWORD_VERIFIER",
            Session=asked["Session"],
            ChallengeResponses=answers,
        )
        assert answer == wrong
        spent.add((work["hashes"] - before["hashes"], work["powers"] - before["powers"]))
    assert len(spent) == 1, spent


def test_PWD_06_a_lock_tells_nothing_of_who_exists(stage: Stage, work: dict[str, int]) -> None:
    """Names that nobody has are locked as well, and behind a lock no arithmetic is done."""
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    stage.user()
    for name in ("alice", "mallory"):
        for _ in range(5):
            refused(stage.sign_in, name=name, password="Wrong-horse-7", ClientId=client_id)
        before = dict(work)
        assert refused(stage.sign_in, name=name, ClientId=client_id)[1] == "Password attempts exceeded"
        assert work == before


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [129, 2049, 130_000])
def test_API_01_no_name_is_too_long_to_be_answered(stage: Stage, length: int) -> None:
    """As to any name that nobody has."""
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    name = "n" * length
    wrong = ("NotAuthorizedException", "Incorrect username or password.")
    assert refused(stage.sign_in, name=name, ClientId=client_id) == wrong
    asked = stage.public.initiate_auth(
        ClientId=client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": name, "SRP_A": "f" * 700}
    )
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"


@pytest.mark.parametrize(("told", "kept"), [("x" * 300, "127.0.0.1"), ("2001:DB8::1", "2001:db8::1")])
def test_LOG_01_an_address_that_is_none_is_not_kept(stage: Stage, told: str, kept: str) -> None:
    stage.user()
    stage.cognito.admin_initiate_auth(
        UserPoolId=stage.pool_id,
        ClientId=stage.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
        ContextData={"IpAddress": told, "ServerName": "s", "ServerPath": "/", "HttpHeaders": []},
    )
    assert TokenFamily.objects.get().ip == kept


def test_PWD_06_a_lock_holds_where_srp_begins(stage: Stage, work: dict[str, int]) -> None:
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    stage.user()
    for name in ("alice", "mallory"):
        for _ in range(5):
            refused(stage.sign_in, name=name, password="Wrong-horse-7", ClientId=client_id)
        powers = work["powers"]
        refusal = refused(
            stage.public.initiate_auth,
            ClientId=client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": name, "SRP_A": format(srp.N - 2, "x")},
        )
        assert refusal == ("NotAuthorizedException", "Password attempts exceeded")
        assert work["powers"] == powers
    assert not SignIn.objects.exists()


def test_REL_05_a_new_password_keeps_what_changed_meanwhile(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An administrator changes an attribute while the answer is being worked on."""
    invite(stage, email="alice@example.com")
    asked = stage.sign_in(password="Temporary-1")
    hashed = hashing.hashed

    def slowly(password: str) -> str:
        stage.cognito.admin_update_user_attributes(
            UserPoolId=stage.pool_id, Username="alice", UserAttributes=[{"Name": "nickname", "Value": "Ally"}]
        )
        return hashed(password)

    monkeypatch.setattr(hashing, "hashed", slowly)
    answer(stage, asked, NEW_PASSWORD="Brand-new-horse-1", **{"userAttributes.name": "Alice"})
    found = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")
    kept = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
    assert (kept["nickname"], kept["name"]) == ("Ally", "Alice")


# --- what is not performed is refused ---------------------------------------------------------------------------------

NO_DEVICE = ("ResourceNotFoundException", "Device does not exist.")


def test_a_device_key_from_elsewhere_is_forgotten(stage: Stage) -> None:
    """SDKs delete their key when they hear that text, and begin anew."""
    stage.user()
    assert refused(lambda: stage.sign_in(DEVICE_KEY="us-east-1_elsewhere")) == NO_DEVICE
    wrong = refused(lambda: stage.sign_in("alice", "wrong", DEVICE_KEY="us-east-1_elsewhere"))
    assert wrong == ("NotAuthorizedException", "Incorrect username or password.")
    assert stage.tokens()["AccessToken"]


def test_a_device_key_in_an_answer_is_refused_before_anything_is_changed(stage: Stage) -> None:
    who = {"UserPoolId": stage.pool_id, "Username": "carol"}
    stage.cognito.admin_create_user(**who, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    asked = stage.sign_in("carol")
    given = {"ClientId": stage.client_id, "ChallengeName": asked["ChallengeName"], "Session": asked["Session"]}
    answers = {"USERNAME": "carol", "NEW_PASSWORD": "Another-horse-8"}
    named = {**answers, "DEVICE_KEY": "us-east-1_elsewhere"}
    assert refused(stage.public.respond_to_auth_challenge, **given, ChallengeResponses=named) == NO_DEVICE
    assert stage.public.respond_to_auth_challenge(**given, ChallengeResponses=answers)["AuthenticationResult"]


def test_what_would_need_more_is_refused(stage: Stage) -> None:
    stage.user()
    client = {"ClientId": stage.client_id}
    parameters = {"USERNAME": "alice", "PASSWORD": PASSWORD}
    begin = {**client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters, "Session": "s" * 20}
    assert refused(stage.public.initiate_auth, **begin) == not_performed("Session")
    assert refused(stage.cognito.admin_initiate_auth, UserPoolId=stage.pool_id, **begin) == not_performed("Session")
    code = {**client, "Username": "alice", "ConfirmationCode": "123456", "Session": "s" * 20}
    assert refused(stage.public.confirm_sign_up, **code) == not_performed("Session")
    token = {**client, "Token": stage.tokens()["RefreshToken"]}
    linked = refused(stage.public.revoke_token, **token, RevokeAssociatedSessions="LINKED")
    assert linked == not_performed("RevokeAssociatedSessions")
    stage.public.revoke_token(**token, RevokeAssociatedSessions="NONE")


def not_performed(member: str) -> tuple[str, str]:
    return "InvalidParameterException", f"{member} is not performed by this version of Poolhouse."
