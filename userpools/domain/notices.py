"""Mail about a sign-in that looked risky: what happened, and two links to say whether it was oneself.

AWS: "Threat protection, notification messages" (NotifyConfiguration). The pool's words, where it has some, else ours in
the user's language. Nobody reads a notice in time to type a code, so there is none in it.

Whoever judges a sign-in's risk calls this, in the transaction that records the judgement. Threat protection is not
performed yet (``docs/operations.md``), so until then only tests do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from cognito_site.languages import ENGLISH, Language
from userpools.domain import channels, drafts, mail_senders, messages, names
from userpools.domain.drafts import APP, Draft
from userpools.domain.letterhead import Sheet
from userpools.domain.mail_senders import Sender
from userpools.domain.messages import Letter
from userpools.models import Message, User
from userpools.values import Context

KIND = "AccountTakeOverNotification"
TIME_FORMAT = "%A, %B %d, %Y %I:%M %p UTC"
TIME_IN_ANY_LANGUAGE = "%Y-%m-%d %H:%M UTC"
WAS_ME, WAS_NOT_ME = "{one-click-link-valid}", "{one-click-link-invalid}"


class Outcome(StrEnum):
    """Named after the member of NotifyConfiguration."""

    BLOCKED = "block_email"
    LET_IN = "no_action_email"
    ASKED_FOR_A_SECOND_FACTOR = "mfa_email"


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known of the sign-in; empty where nothing is. The links are for whoever answers."""

    event_id: str
    time: datetime
    ip: str = ""
    city: str = ""
    country: str = ""
    device: str = ""
    feedback_token: str = ""
    valid_link: str = ""
    invalid_link: str = ""

    @property
    def values(self) -> dict[str, str]:
        """As templates spell them."""
        return {
            "{event-id}": self.event_id,
            "{login-time}": self.time.strftime(TIME_FORMAT),
            "{ip-address}": self.ip,
            "{city}": self.city,
            "{country}": self.country,
            "{device-name}": self.device,
            "{feedback-token}": self.feedback_token,
            WAS_ME: self.valid_link,
            WAS_NOT_ME: self.invalid_link,
        }


def compose(user: User, outcome: Outcome, incident: Incident, said: Mapping[str, Any], context: Context) -> Letter:
    """``said``: the pool's or client's NotifyConfiguration."""
    language = drafts.language_of(user, context) or ENGLISH
    with translation.override(language.catalogue):
        ours = _ours(language, outcome, incident)
    template: Mapping[str, str] = said.get(outcome, {})
    above = Draft(template.get("subject", ""), template.get("text_body", ""), template.get("html_body", ""))
    if above.html and not above.text:
        above = replace(above, text=drafts.as_text(above.html))
    values = {**incident.values, "{username}": names.shown_name(user)}
    return Letter(
        user, KIND, messages.EMAIL, context, drafts.laid_over(ours, above), _sender(user, said), values=values
    )


def _sender(user: User, said: Mapping[str, Any]) -> Sender:
    of_pool = mail_senders.of_pool(user.pool)
    return replace(
        of_pool, address=said.get("from") or of_pool.address, reply_to=said.get("reply_to") or of_pool.reply_to
    )


def send(letter: Letter) -> Message:
    """Call it in the transaction that has reason to."""
    return messages.send(letter, letter.user.attributes[channels.EMAIL], code="", expires_at=None)


def _ours(language: Language, outcome: Outcome, incident: Incident) -> Draft:
    subject, lead = {
        Outcome.BLOCKED: (
            _("We stopped a sign-in to your account"),
            _("Somebody tried to sign in to your account. It looked unusual, so we did not let them in."),
        ),
        Outcome.LET_IN: (
            _("An unusual sign-in to your account"),
            _("Somebody signed in to your account, and something about it was unusual."),
        ),
        Outcome.ASKED_FOR_A_SECOND_FACTOR: (
            _("An unusual sign-in to your account"),
            _("Somebody signed in to your account. It looked unusual, so we asked for a second step."),
        ),
    }[outcome]
    sheet = Sheet(language, subject, APP)
    sheet.sentence(lead)
    sheet.facts(_facts(incident))
    if incident.invalid_link:
        sheet.button(_("This wasn’t me"), WAS_NOT_ME)
    if incident.valid_link:
        sheet.button(_("This was me"), WAS_ME)
    sheet.small(_("If this wasn’t you, change your password."))
    return Draft(subject, sheet.text, sheet.html, is_ours=True, is_headed=True)


def _facts(incident: Incident) -> list[tuple[str, str]]:
    """Names of what is known, and where it is filled in."""
    place = [name for name, known in (("{city}", incident.city), ("{country}", incident.country)) if known]
    facts = [
        (_("Time"), incident.time.strftime(TIME_IN_ANY_LANGUAGE)),
        (_("Place"), ", ".join(place)),
        (_("Address on the Internet"), "{ip-address}" if incident.ip else ""),
        (_("Device"), "{device-name}" if incident.device else ""),
    ]
    return [(name, value) for name, value in facts if value]
