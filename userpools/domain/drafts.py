"""What a message says before anything is filled in: the pool's words in the user's language, else its template, else
ours (``wording``).

A template of a pool has ``{####}``, in invitations ``{username}``, and in links ``{##a text##}``, and nothing else; our
own words also have ``{app}`` and ``{link}``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import translation

from cognito_site.languages import ENGLISH, Language, named, nearest
from userpools.domain import message_texts, wording
from userpools.domain.letterhead import Sheet
from userpools.domain.message_texts import CODE, LINK, USERNAME
from userpools.domain.wording import Wording
from userpools.models import User, UserPool
from userpools.values import Context

SMS = "SMS"
INVITATION = "AdminCreateUser"
AUTHENTICATION = "Authentication"
SIGN_UP_KINDS = ("SignUp", "ResendCode")
APP, LINK_ADDRESS = "{app}", "{link}"

_BREAKING_TAGS = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_TAGS = re.compile(r"<[!/a-zA-Z][^<>]{0,2000}>")
_UNSEEN = re.compile(r"<(style|script|title)\b[^<>]{0,500}>[^<]*</\1\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Draft:
    """``html`` is empty for a text message. ``is_ours``: ``{app}`` and ``{link}`` mean something. ``is_headed``: the
    name of the app stands behind the subject."""

    subject: str = ""
    text: str = ""
    html: str = ""
    is_ours: bool = False
    is_headed: bool = False

    @property
    def has_link(self) -> bool:
        return (self.is_ours and LINK_ADDRESS in self.html) or LINK.search(self.html) is not None


def of(user: User, kind: str, medium: str, context: Context) -> Draft:
    language = language_of(user, context)
    ours = _ours(user.pool, kind, medium, language or ENGLISH)
    english = ENGLISH if language is None else None
    for draft in (
        _worded(user.pool, kind, medium, english),
        _template(user.pool, kind, medium),
        _worded(user.pool, kind, medium, language),
    ):
        ours = laid_over(ours, draft)
    return ours


def language_of(user: User, context: Context) -> Language | None:
    """What the user says, else what the page speaks that they are on. None: nobody knows."""
    return nearest(user.attributes.get("locale", "")) or named(context.language)


def laid_over(below: Draft, above: Draft) -> Draft:
    """What ``above`` does not say stays."""
    written = replace(below, text=above.text, html=above.html, is_ours=False) if above.text else below
    return replace(written, subject=above.subject, is_headed=False) if above.subject else written


def by_function(medium: str, subject: str | None, email: str | None, sms: str | None) -> Draft:
    """What a CustomMessage function wrote; nothing means what it did not write."""
    return _text_message(sms) if medium == SMS else _mail(subject, email)


def _mail(subject: str | None, markup: str | None) -> Draft:
    return Draft(subject or "", as_text(markup) if markup else "", markup or "")


def _text_message(text: str | None) -> Draft:
    return Draft(text=text or "")


def as_text(markup: str) -> str:
    """Templates of e-mail are HTML; this is what is left of one for readers without it."""
    return html.unescape(_TAGS.sub("", _BREAKING_TAGS.sub("\n", _UNSEEN.sub("", markup))))


# --- the pool's -----------------------------------------------------------------------------------------------------


def _worded(pool: UserPool, kind: str, medium: str, language: Language | None) -> Draft:
    texts = message_texts.find(pool, language, kind)
    return _text_message(texts.sms) if medium == SMS else _mail(texts.subject, texts.email)


def _template(pool: UserPool, kind: str, medium: str) -> Draft:
    settings: Mapping[str, Any] = pool.settings
    if kind == INVITATION:
        said: Mapping[str, Any] = settings["admin_create_user_config"].get("invite_message_template", {})
        sms, subject, email = (said.get(name) for name in ("sms_message", "email_subject", "email_message"))
    elif kind == AUTHENTICATION:
        said = settings.get("email_mfa_configuration", {})
        sms, subject, email = settings.get("sms_authentication_message"), said.get("subject"), said.get("message")
    else:
        said = settings.get("verification_message_template", {})
        suffix = "_by_link" if pool.confirms_by_link and kind in SIGN_UP_KINDS else ""
        sms, subject, email = (
            said.get(name) for name in ("sms_message", f"email_subject{suffix}", f"email_message{suffix}")
        )
    return _text_message(sms) if medium == SMS else _mail(subject, email)


# --- ours -----------------------------------------------------------------------------------------------------------


def _ours(pool: UserPool, kind: str, medium: str, language: Language) -> Draft:
    is_link = pool.confirms_by_link and kind in SIGN_UP_KINDS
    words = wording.LINK if is_link and medium != SMS else wording.KINDS[kind]
    with translation.override(language.catalogue):
        if medium == SMS:
            return Draft(text=str(words.text), is_ours=True)
        sheet = _invitation(pool, words, language) if kind == INVITATION else _verification(words, language)
    return Draft(sheet.title, sheet.text, sheet.html, is_ours=True, is_headed=True)


def _verification(words: Wording, language: Language) -> Sheet:
    sheet = Sheet(language, str(words.subject), APP)
    sheet.sentence(str(words.lead))
    if words.button:
        sheet.button(str(words.button), LINK_ADDRESS)
    else:
        sheet.code(CODE)
    sheet.small(str(words.below))
    return sheet


def _invitation(pool: UserPool, words: Wording, language: Language) -> Sheet:
    sheet = Sheet(language, str(words.subject), APP)
    sheet.sentence(str(words.lead))
    sheet.facts([(str(wording.USERNAME), USERNAME), (str(wording.TEMPORARY_PASSWORD), CODE)])
    sheet.small(wording.good_for(pool.password_policy.temporary_password_validity_days))
    return sheet
