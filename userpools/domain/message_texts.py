"""A pool's own words in one language, an extension: AWS's templates know one language for all.

They are kept in ``UserPool.message_texts``, by language and kind. Who speaks that language gets them; everybody else
gets what the pool's templates say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from cognito_site import languages
from cognito_site.contract import errors
from cognito_site.languages import Language
from userpools.domain import access
from userpools.models import UserPool

# The kinds that can be worded, and those that say the same.
KINDS = ("SignUp", "ForgotPassword", "UpdateUserAttribute", "AdminCreateUser", "Authentication")
SAME = {"ResendCode": "SignUp", "VerifyUserAttribute": "UpdateUserAttribute"}
INVITATION = "AdminCreateUser"
LONGEST_SUBJECT, LONGEST_EMAIL, LONGEST_SMS = 140, 20_000, 140
LONGEST_DISPLAY_NAME = 128
CODE, USERNAME = "{####}", "{username}"
LINK = re.compile(r"\{##((?:(?!##\}).){1,200})##\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Texts:
    """Empty: as if nothing had been said. ``email`` is HTML."""

    subject: str = ""
    email: str = ""
    sms: str = ""


def find(pool: UserPool, language: Language | None, kind: str) -> Texts:
    if language is None:
        return Texts()
    said: Mapping[str, str] = pool.message_texts.get(language.code, {}).get(SAME.get(kind, kind), {})
    return Texts(**said)


def put(pool: UserPool, code: str, kind: str, texts: Texts) -> None:
    """Replaces what the pool said in this language about this kind; nothing, with empty texts. Raises
    InvalidParameter."""
    language = languages.named(code)
    if language is None or kind not in KINDS:
        raise errors.text_refused(f"there is no text {kind} in a language {code}")
    _check(kind, texts)
    with transaction.atomic():
        locked = access.locked_pool(pool)
        kept = {key: dict(value) for key, value in locked.message_texts.items()}
        kept.setdefault(language.code, {})[kind] = {name: text for name, text in asdict(texts).items() if text}
        locked.message_texts = _without_empty(kept)
        locked.modified_at = timezone.now()
        locked.save(update_fields=["message_texts", "modified_at"])
    pool.message_texts = locked.message_texts


def _without_empty(kept: Mapping[str, Mapping[str, Mapping[str, str]]]) -> dict[str, dict[str, Mapping[str, str]]]:
    said = {code: {kind: texts for kind, texts in kinds.items() if texts} for code, kinds in kept.items()}
    return {code: kinds for code, kinds in said.items() if kinds}


def _check(kind: str, texts: Texts) -> None:
    """AWS's rules for a pool's templates."""
    needed = (CODE, USERNAME) if kind == INVITATION else (CODE,)
    for name, text, longest in (
        ("subject", texts.subject, LONGEST_SUBJECT),
        ("email", texts.email, LONGEST_EMAIL),
        ("sms", texts.sms, LONGEST_SMS),
    ):
        if len(text) > longest:
            raise errors.text_refused(f"{name} is longer than {longest} characters")
        is_link = name == "email" and kind == "SignUp" and LINK.search(text)
        if text and name != "subject" and not is_link and not all(part in text for part in needed):
            raise errors.text_refused(f"{name} does not contain {' and '.join(needed)}")


def call(pool: UserPool, name: str) -> None:
    """What people read as the name of the app; empty: the pool's."""
    if len(name) > LONGEST_DISPLAY_NAME:
        raise errors.text_refused(f"a name is longer than {LONGEST_DISPLAY_NAME} characters")
    pool.display_name, pool.modified_at = name, timezone.now()
    pool.save(update_fields=["display_name", "modified_at"])
