"""What each trigger is, in a sentence: when its function is asked, and what its answer may change."""

from __future__ import annotations

from dataclasses import dataclass

from userpools.domain.triggers.calls import TRIGGERS, Trigger


@dataclass(frozen=True, slots=True)
class Words:
    when: str
    may: str


WORDS = {
    "PreSignUp": Words(
        "Before somebody who signs up, or is created by an operator, is stored.",
        "May refuse with a sentence; at a sign-up it may also confirm them, and mark e-mail and phone as verified.",
    ),
    "PostConfirmation": Words(
        "After a sign-up, or the reset of a forgotten password, was confirmed.",
        "Changes nothing. An error reaches the application, but what was confirmed stays so.",
    ),
    "UserMigration": Words(
        "When somebody whom the pool does not know signs in with a password, or forgot it. It gets what they typed.",
        "May say who they are: then the account is made, and the password that they typed is kept.",
    ),
    "PreAuthentication": Words(
        "Before the password of a sign-in is checked, also when it is wrong.",
        "May refuse with a sentence.",
    ),
    "PostAuthentication": Words(
        "After everything was proved, before there are tokens.",
        "Changes nothing. An error ends the sign-in.",
    ),
    "DefineAuthChallenge": Words(
        "At the beginning of a custom sign-in, and after each of its answers.",
        "Says what is asked next, or that tokens are issued, or that the sign-in failed.",
    ),
    "CreateAuthChallenge": Words(
        "When a custom challenge is asked next.",
        "Makes the question for the application, and what the answer is judged by.",
    ),
    "VerifyAuthChallengeResponse": Words(
        "When a custom challenge was answered.",
        "Says whether the answer is right.",
    ),
    "PreTokenGeneration": Words(
        "Before tokens are signed, at sign-ins and refreshes.",
        "May add, replace and suppress claims and groups; from version 2 on also of access tokens, and scopes.",
    ),
    "InboundFederation": Words(
        "After an identity provider's answer was verified, at every sign-in through it.",
        "May replace what the provider said about the person.",
    ),
    "CustomMessage": Words(
        "Before a code or an invitation is written.",
        "May replace subject and text. It never sees the code: it writes {####} in its place.",
    ),
    "CustomEmailSender": Words(
        "In place of sending an e-mail. It gets the code, encrypted under the key below, and sends it itself.",
        "Changes nothing: its answer is not read.",
    ),
    "CustomSMSSender": Words(
        "In place of sending a text message, as above.",
        "Changes nothing: its answer is not read.",
    ),
}
GROUPS = {
    "Signing up": ("PreSignUp", "PostConfirmation", "UserMigration"),
    "Signing in": ("PreAuthentication", "PostAuthentication"),
    "Custom challenges: a sign-in of your own": (
        "DefineAuthChallenge",
        "CreateAuthChallenge",
        "VerifyAuthChallengeResponse",
    ),
    "Claims and attributes": ("PreTokenGeneration", "InboundFederation"),
    "Messages": ("CustomMessage", "CustomEmailSender", "CustomSMSSender"),
}
UNREAD = ("CustomEmailSender", "CustomSMSSender")
OF_SOURCE = {source: trigger for trigger in TRIGGERS.values() for source in trigger.sources}


def of_source(source: str) -> Trigger | None:
    """Events of the log may be older than this version."""
    return OF_SOURCE.get(source)
