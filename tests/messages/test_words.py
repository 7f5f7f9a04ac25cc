"""What messages say: our own words in the user's language, the pool's templates, what a value may do to either."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import html

from cognito_site.contract import errors
from cognito_site.languages import LANGUAGES, nearest
from tests import inbox
from tests.cast import Stage, set_stage
from tests.hostedui.test_languages import speak
from tests.operations.test_sign_up import sign_up
from userpools.domain import access, drafts, message_texts
from userpools.domain.message_texts import Texts
from userpools.models import Message, UserPool

pytestmark = pytest.mark.django_db

EMAIL, PHONE = "alice@example.com", "+15555550100"
LINK = {"DefaultEmailOption": "CONFIRM_WITH_LINK"}


def pool_of(stage: Stage) -> UserPool:
    return access.pool(stage.pool_id)


def forgot(stage: Stage, name: str = "alice") -> None:
    stage.public.forgot_password(ClientId=stage.client_id, Username=name)


# --- our own words --------------------------------------------------------------------------------------------------


def test_a_code_stands_alone_and_is_found_by_programs(verifying: Stage) -> None:
    sign_up(verifying)
    mail = inbox.newest(EMAIL)
    assert mail.subject == "Confirm your account · harbour"
    (code,) = re.findall(r"\b[0-9]{6}\b", mail.text)
    assert (code, f"\n{code}\n" in mail.text) == (mail.code, True)
    sheet = html.fromstring(mail.html)
    assert [each.text for each in sheet.find_class("code")] == [code]
    assert sheet.xpath("//h1/text()") == ["Confirm your account"]
    assert not sheet.xpath("//img | //link | //script | //*[@src]"), "nothing is fetched from anywhere"
    verifying.public.confirm_sign_up(ClientId=verifying.client_id, Username="alice", ConfirmationCode=code)


def test_a_text_message_is_one_message(verifying: Stage) -> None:
    sign_up(verifying, phone_number=PHONE)
    text = inbox.newest(PHONE)
    assert text.text == f"harbour: {text.code} is your code to confirm your account."
    assert (text.subject, text.html) == ("", "")


@pytest.mark.parametrize("kind", drafts.wording.KINDS)
def test_no_text_message_is_long_or_needs_another_alphabet(stage: Stage, kind: str) -> None:
    stage.user()
    pool = pool_of(stage)
    user = access.user(pool, "alice")
    draft = drafts.of(user, kind, "SMS", drafts.Context())
    filled = draft.text.replace("{app}", "A name of average length")
    assert len(filled) <= 140
    assert filled.isascii()


def test_the_app_has_a_name(verifying: Stage) -> None:
    message_texts.call(pool_of(verifying), "The <Lido>")
    sign_up(verifying)
    mail = inbox.newest(EMAIL)
    assert mail.subject == "Confirm your account · The <Lido>"
    assert "The <Lido>" in mail.text
    assert "The &lt;Lido&gt;" in mail.html
    assert "<Lido>" not in mail.html


def test_each_kind_has_words_of_its_own(verifying: Stage) -> None:
    sign_up(verifying)
    subjects = [inbox.newest(EMAIL).subject]
    verifying.cognito.admin_confirm_sign_up(UserPoolId=verifying.pool_id, Username="alice")
    given = [{"Name": "email_verified", "Value": "true"}]
    verifying.cognito.admin_update_user_attributes(UserPoolId=verifying.pool_id, Username="alice", UserAttributes=given)
    forgot(verifying)
    subjects.append(inbox.newest(EMAIL).subject)
    changed = [{"Name": "email", "Value": "new@example.com"}]
    verifying.cognito.admin_update_user_attributes(
        UserPoolId=verifying.pool_id, Username="alice", UserAttributes=changed
    )
    subjects.append(inbox.newest("new@example.com").subject)
    verifying.cognito.admin_create_user(
        UserPoolId=verifying.pool_id, Username="bob", UserAttributes=[{"Name": "email", "Value": "bob@example.com"}]
    )
    subjects.append(inbox.newest("bob@example.com").subject)
    heads = ["Confirm your account", "Reset your password", "Confirm your email address", "Your temporary password"]
    assert subjects == [f"{head} · harbour" for head in heads]


def test_an_invitation_says_how_long_it_is_good(cognito: Any, public: Any) -> None:
    policy = {"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 1}}
    stage = set_stage(cognito, public, Policies=policy)
    cognito.admin_create_user(
        UserPoolId=stage.pool_id, Username="bob", UserAttributes=[{"Name": "email", "Value": "bob@example.com"}]
    )
    assert "The password works for 1 day." in inbox.newest("bob@example.com").text


# --- languages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("de", "de"), ("de_AT", "de"), ("pt-PT", "pt-BR"), ("zh_Hant_HK", "zh-TW"), ("ar-EG", "ar"), ("tlh", None)],
)
def test_the_nearest_language(locale: str, expected: str | None) -> None:
    found = nearest(locale)
    assert (found.code if found else None) == expected


def test_whoever_speaks_german_reads_german(verifying: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch)
    sign_up(verifying, locale="de_AT")
    mail = inbox.newest(EMAIL)
    assert mail.subject == "⟦Confirm your account⟧ · harbour"
    sheet = html.fromstring(mail.html)
    assert sheet.get("lang") == "de"
    said = [text for text in map(str.strip, sheet.xpath("//body//text()")) if text]
    assert [text for text in said if not text.startswith("⟦")] == ["harbour", mail.code]
    sign_up(verifying, "bob")
    assert inbox.newest("bob@example.com").subject == "Confirm your account · harbour"


def test_arabic_runs_from_right_to_left_and_its_code_does_not(verifying: Stage) -> None:
    sign_up(verifying, locale="ar")
    sheet = html.fromstring(inbox.newest(EMAIL).html)
    assert (sheet.get("lang"), sheet.get("dir")) == ("ar", "rtl")
    assert [each.get("dir") for each in sheet.find_class("code")] == ["ltr"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_every_language_can_be_written_in(verifying: Stage, language: Any) -> None:
    sign_up(verifying, locale=language.code)
    assert inbox.code(EMAIL) == inbox.newest(EMAIL).code


def test_a_page_is_followed_by_mail_in_its_language(verifying: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.hostedui.app import open_app
    from tests.hostedui.visitor import Visitor

    speak(monkeypatch)
    app = open_app(verifying)
    visitor = Visitor(headers={"Accept-Language": "de"})
    page = visitor.open(app.url("/signup"))
    page.fill(username="eve", email="eve@example.com", password="Correct-horse-7")
    assert inbox.newest("eve@example.com").subject.startswith("⟦")


# --- the pool's words -----------------------------------------------------------------------------------------------

TEMPLATES = {
    "VerificationMessageTemplate": {
        "EmailMessage": "Ahoy {####}",
        "EmailSubject": "Aboard",
        "SmsMessage": "Ahoy by text {####}",
    },
    "SmsAuthenticationMessage": "Second {####}",
}


def test_the_pools_template_says_it_in_any_language(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email", "phone_number"], **TEMPLATES)
    sign_up(stage, locale="de")
    mail = inbox.newest(EMAIL)
    assert (mail.subject, mail.text, mail.html) == ("Aboard", f"Ahoy {mail.code}", f"Ahoy {mail.code}")
    sign_up(stage, "bob", phone_number=PHONE)
    assert inbox.newest(PHONE).text == f"Ahoy by text {inbox.newest(PHONE).code}"


def test_a_subject_alone_keeps_our_words(cognito: Any, public: Any) -> None:
    stage = set_stage(
        cognito, public, AutoVerifiedAttributes=["email"], VerificationMessageTemplate={"EmailSubject": "Ahoy {####}"}
    )
    sign_up(stage)
    mail = inbox.newest(EMAIL)
    assert mail.subject == "Ahoy {####}", "a subject is not filled in"
    assert "Enter this code to confirm your account." in mail.text


def test_a_pools_own_words_in_one_language(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"], **TEMPLATES)
    message_texts.put(pool_of(stage), "pt-BR", "SignUp", Texts("Bem-vindo", "<p>Olá</p><p>{####}</p>"))
    sign_up(stage, locale="pt-PT")
    mail = inbox.newest(EMAIL)
    assert (mail.subject, mail.html) == ("Bem-vindo", f"<p>Olá</p><p>{mail.code}</p>")
    stage.public.resend_confirmation_code(ClientId=stage.client_id, Username="alice")
    assert inbox.newest(EMAIL).subject == "Bem-vindo"
    sign_up(stage, "bob", locale="it")
    assert inbox.newest("bob@example.com").subject == "Aboard"
    message_texts.put(pool_of(stage), "pt-BR", "SignUp", Texts())
    assert pool_of(stage).message_texts == {}


def test_english_words_are_for_those_of_whom_nobody_knows(verifying: Stage) -> None:
    message_texts.put(pool_of(verifying), "en", "SignUp", Texts(subject="Ahoy"))
    sign_up(verifying)
    assert inbox.newest(EMAIL).subject == "Ahoy"
    sign_up(verifying, "bob", locale="it")
    assert inbox.newest("bob@example.com").subject != "Ahoy"


@pytest.mark.parametrize(
    ("language", "kind", "texts"),
    [
        ("tlh", "SignUp", Texts("x")),
        ("de", "ResendCode", Texts("x")),
        ("de", "SignUp", Texts(email="no code")),
        ("de", "SignUp", Texts(sms="no code")),
        ("de", "AdminCreateUser", Texts(sms="only the code {####}")),
        ("de", "ForgotPassword", Texts(email="{##a link##}")),
        ("de", "SignUp", Texts(subject="x" * 141)),
        ("de", "SignUp", Texts(sms="{####}" + "x" * 140)),
    ],
)
def test_words_that_say_nothing_are_refused(stage: Stage, language: str, kind: str, texts: Texts) -> None:
    with pytest.raises(errors.InvalidParameter):
        message_texts.put(pool_of(stage), language, kind, texts)
    assert pool_of(stage).message_texts == {}


# --- values ---------------------------------------------------------------------------------------------------------


def test_MSG_01_a_name_is_never_a_template(cognito: Any, public: Any) -> None:
    body = "<p>{username} has {####}</p>"
    invite = {
        "InviteMessageTemplate": {"EmailMessage": body, "EmailSubject": "For you", "SMSMessage": "{username}: {####}"}
    }
    stage = set_stage(cognito, public, AdminCreateUserConfig=invite)
    name = "<b>{####}</b>{{7*7}}{%x%}${y}{app}{link}"
    cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username=name,
        TemporaryPassword="Temporary-1&<",
        UserAttributes=[{"Name": "email", "Value": EMAIL}],
    )
    content = inbox.newest(EMAIL)
    escaped = "&lt;b&gt;{####}&lt;/b&gt;{{7*7}}{%x%}${y}{app}{link}"
    assert content.html == f"<p>{escaped} has Temporary-1&amp;&lt;</p>"
    assert content.text.strip() == f"{name} has Temporary-1&<"


def test_MSG_01_a_name_is_never_a_template_of_ours(stage: Stage) -> None:
    name = "<b>{####}</b>{##x##}{app}"
    message_texts.call(pool_of(stage), "{username}{####}")
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username=name,
        TemporaryPassword="Temporary-1&<",
        UserAttributes=[{"Name": "email", "Value": EMAIL}],
    )
    content = inbox.newest(EMAIL)
    assert f"Username: {name}\n\nTemporary password: Temporary-1&<\n" in content.text
    assert content.text.endswith("{username}{####}\n")
    assert content.html.count("Temporary-1&amp;&lt;") == 1


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Ahoy</p><p>{####}</p>", "Ahoy\n{####}\n"),
        ("<style>p { color: red }</style>a<br>b", "a\nb"),
        ("1 &lt; 2", "1 < 2"),
        ("<" * 20_000, "<" * 20_000),
        ("<style " * 3000, "<style " * 3000),
    ],
)
def test_what_is_left_of_html(markup: str, text: str) -> None:
    assert drafts.as_text(markup) == text


# --- links ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def linking(cognito: Any, public: Any) -> Stage:
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"], VerificationMessageTemplate=LINK)
    cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    return stage


def test_a_link_takes_the_place_of_the_code(linking: Stage) -> None:
    sign_up(linking)
    mail = inbox.newest(EMAIL)
    beginning = f"http://localhost:9229/{linking.pool_id}/confirmUser/?client_id={linking.client_id}&user_name=alice"
    assert mail.link == f"{beginning}&confirmation_code={mail.code}"
    assert mail.link in mail.text.splitlines()
    assert html.fromstring(mail.html).xpath("//a/@href") == [mail.link]
    linking.public.confirm_sign_up(ClientId=linking.client_id, Username="alice", ConfirmationCode=mail.code)


def test_a_template_says_what_the_link_is_called(cognito: Any, public: Any) -> None:
    words = {**LINK, "EmailMessageByLink": "<p>{##Come & aboard##}</p>", "EmailSubjectByLink": "Aboard"}
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"], VerificationMessageTemplate=words)
    cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    sign_up(stage, "a&b")
    mail = inbox.newest("a&b@example.com")
    assert mail.subject == "Aboard"
    assert mail.html == f'<p><a href="{mail.link.replace("&", "&amp;")}">Come & aboard</a></p>'
    assert mail.text.strip() == f"Come & aboard: {mail.link}"


def test_without_a_domain_there_is_nowhere_to_link_to(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"], VerificationMessageTemplate=LINK)
    with pytest.raises(stage.public.exceptions.InvalidParameterException, match="must have a domain"):
        sign_up(stage)
    assert not Message.objects.exists()


def test_only_sign_ups_are_confirmed_by_link(linking: Stage) -> None:
    linking.user()
    forgot(linking)
    mail = inbox.newest(EMAIL)
    assert (mail.link, inbox.code(EMAIL)) == ("", mail.code)


# --- whom mail comes from -------------------------------------------------------------------------------------------

ARN = "arn:aws:ses:us-east-1:123456789012:identity/"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("", "")),
        ({"From": "Harbour <hi@example.com>"}, ("Harbour <hi@example.com>", "")),
        (
            {"From": "hi@example.com", "ReplyToEmailAddress": "help@example.com"},
            ("hi@example.com", "help@example.com"),
        ),
        ({"EmailSendingAccount": "DEVELOPER", "SourceArn": f"{ARN}hi@example.com"}, ("hi@example.com", "")),
        ({"EmailSendingAccount": "DEVELOPER", "SourceArn": f"{ARN}example.com"}, ("", "")),
    ],
)
def test_the_sender_of_a_pool(cognito: Any, public: Any, settings: Any, expected: tuple[str, str]) -> None:
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"], EmailConfiguration=settings)
    sign_up(stage)
    mail = inbox.newest(EMAIL)
    assert (mail.sender, mail.reply_to) == expected


@pytest.mark.parametrize("sender", ["nobody", "a@b.c\r\nBcc: d@e.f", "Two <a@b.example>, c@d.example"])
def test_MSG_01_a_sender_that_is_none(cognito: Any, public: Any, sender: str) -> None:
    with pytest.raises(cognito.exceptions.InvalidParameterException):
        set_stage(cognito, public, EmailConfiguration={"From": sender})


# --- a function's words -----------------------------------------------------------------------------------------------


def test_a_function_says_what_the_link_is_called(linking: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    writes(monkeypatch, linking, "<p>{##Come aboard##}</p>")
    sign_up(linking)
    mail = inbox.newest(EMAIL)
    assert html.fromstring(mail.html).xpath("//a/text()") == ["Come aboard"]
    assert mail.text.strip() == f"Come aboard: {mail.link}"


@pytest.mark.parametrize("markup", ["{##Come aboard##}", "no code"])
def test_a_link_confirms_nothing_but_sign_ups(linking: Stage, monkeypatch: pytest.MonkeyPatch, markup: str) -> None:
    linking.user()
    writes(monkeypatch, linking, markup)
    with pytest.raises(linking.public.exceptions.InvalidLambdaResponseException):
        forgot(linking)


def writes(monkeypatch: pytest.MonkeyPatch, stage: Stage, markup: str) -> None:
    """What the pool's CustomMessage function answers."""
    arn = "arn:aws:lambda:us-east-1:000000000000:function:writer"
    words = {**LINK, "EmailMessage": "{####}"}
    stage.cognito.update_user_pool(
        UserPoolId=stage.pool_id,
        AutoVerifiedAttributes=["email"],
        VerificationMessageTemplate=words,
        LambdaConfig={"CustomMessage": arn},
    )
    monkeypatch.setattr("userpools.domain.triggers.texts.ask", lambda *_: {"emailMessage": markup})
