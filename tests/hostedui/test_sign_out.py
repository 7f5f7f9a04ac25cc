"""``/logout``, in both of AWS's forms."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import pytest

from tests.cast import set_stage
from tests.hostedui.app import CALLBACK, LOGOUT, App, open_app
from tests.hostedui.test_authorize import error_page
from tests.hostedui.visitor import Answer, Visitor
from userpools.models import BrowserSession, Event

pytestmark = pytest.mark.django_db

NOTHING: dict[str, str | None] = {"redirect_uri": None, "response_type": None, "scope": None, "state": None}


def leave(app: App, visitor: Visitor, **parameters: str | None) -> Answer:
    return visitor.get(app.url("/logout", **{**NOTHING, **parameters}))


def test_OAU_15_to_where_the_client_wants_it(anywhere: App, visitor: Visitor) -> None:
    anywhere.sign_in(visitor)
    kept = dict(visitor.jar)
    answer = leave(anywhere, visitor, logout_uri=LOGOUT, state="opaque")
    assert (answer.status, answer.location) == (302, LOGOUT)
    assert visitor.cookie("signed-in") is None
    assert visitor.open(anywhere.authorize()).heading == "Sign in"
    visitor.jar = kept
    assert visitor.open(anywhere.authorize()).heading == "Sign in", "a cookie that somebody kept is dead"
    assert Event.objects.filter(kind="sign_out").count() == 1


def test_OAU_15_to_another_sign_in(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    answer = visitor.get(app.url("/logout", scope=None, nonce="n-1"))
    assert answer.status == 302
    assert answer.location.startswith(f"/{app.stage.pool_id}/login?")
    page = answer.follow()
    assert page.heading == "Sign in"
    back = page.fill(username="alice", password="Correct-horse-7")
    assert (back.told["state"], back.location.startswith(CALLBACK)) == ("opaque", True)


def test_the_logout_address_comes_first(app: App, visitor: Visitor) -> None:
    assert visitor.get(app.url("/logout", logout_uri=LOGOUT)).location == LOGOUT
    assert leave(app, visitor, logout_uri=LOGOUT, redirect_uri="https://evil.example/").location == LOGOUT


def test_a_sign_in_page_may_be_registered_as_the_target(app: App, visitor: Visitor) -> None:
    target = app.authorize()
    other = app.other(LogoutURLs=[target])
    app.sign_in(visitor)
    assert leave(other, visitor, logout_uri=target).location == target


def test_without_a_target_the_visitor_reads_that_it_is_done(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    page = leave(app, visitor)
    assert (page.status, page.heading) == (200, "You’re signed out")
    assert not page.link("Back to Lido"), "of two addresses nobody knows which is meant"
    assert leave(app.other(LogoutURLs=[LOGOUT]), visitor).link("Back to Lido") == LOGOUT
    assert leave(app.other(LogoutURLs=["javas://x"]), visitor).link("Back to Lido") == ""
    assert not BrowserSession.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.example/", f"{LOGOUT}/", f"{LOGOUT}?", f"{LOGOUT}#", f" {LOGOUT}", LOGOUT.upper(), CALLBACK),
        *(
            "https://app.example.com.evil.example/bye",
            "https://app.example.com@evil.example/bye",
            "//app.example.com/bye",
        ),
        *("javascript:alert(1)", "/bye", "https://app.example.com/bye%2f..", "https://app.example.com:443/bye"),
    ],
)
def test_OAU_15_nobody_is_sent_where_nothing_is_registered(app: App, visitor: Visitor, address: str) -> None:
    app.sign_in(visitor)
    for parameters in ({"logout_uri": address}, {"redirect_uri": address, "response_type": "code"}):
        if parameters.get("redirect_uri") == CALLBACK:
            continue
        answer = leave(app, visitor, **parameters)
        assert (answer.status, answer.location) == (302, error_page(app, "redirect_mismatch"))
    assert not BrowserSession.objects.exists(), "signed out is who wanted to be"


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": None},
        {"client_id": None, "logout_uri": LOGOUT},
        {"redirect_uri": CALLBACK},
        {"response_type": "code"},
    ],
)
def test_OAU_15_what_is_missing(app: App, visitor: Visitor, parameters: dict[str, str | None]) -> None:
    answer = leave(app, visitor, **parameters)
    assert (answer.status, answer.location, answer.heading) == (400, "", "Sign-in can’t continue")


def test_OAU_15_twice_is_once_too_often(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    answer = visitor.get(f"{app.url('/logout', **NOTHING)}&logout_uri={quote(LOGOUT)}&logout_uri=https://evil.example/")
    assert (answer.status, answer.location) == (400, "")


def test_an_unknown_client_ends_nothing(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    neighbour = open_app(set_stage(app.stage.cognito, app.stage.public), domain="neighbour")
    for client_id in ("unknown", neighbour.client_id):
        answer = leave(app, visitor, client_id=client_id, logout_uri=LOGOUT)
        assert urlsplit(answer.location).query == f"error=invalid_client&client_id={client_id}"
    assert visitor.get(app.authorize()).told["code"]


def test_OAU_15_what_openid_would_understand_means_nothing(app: App, visitor: Visitor) -> None:
    answer = leave(
        app, visitor, logout_uri=LOGOUT, id_token_hint="forged", post_logout_redirect_uri="https://evil.example/"
    )
    assert answer.location == LOGOUT


def test_a_refusal_goes_to_the_application(app: App, visitor: Visitor) -> None:
    answer = visitor.get(app.url("/logout", scope="nothing"))
    assert (answer.told["error"], answer.told["state"]) == ("invalid_scope", "opaque")


def test_tokens_live_on(app: App, visitor: Visitor) -> None:
    """As in Cognito: the application ends what it has by revocation."""
    tokens = app.exchange(app.sign_in(visitor).told["code"])
    leave(app, visitor, logout_uri=LOGOUT)
    assert app.stage.public.revoke_token(ClientId=app.client_id, Token=tokens["refresh_token"])


def test_a_sign_in_that_was_begun_is_forgotten(app: App, visitor: Visitor) -> None:
    app.stage.cognito.admin_create_user(
        UserPoolId=app.stage.pool_id, Username="bob", MessageAction="SUPPRESS", TemporaryPassword="Temporary-horse-7"
    )
    app.sign_in(visitor, "bob", "Temporary-horse-7")
    leave(app, visitor, logout_uri=LOGOUT)
    assert visitor.open(app.url("/changePassword")).heading == "Sign in"
