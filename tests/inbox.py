"""What people got: the messages in the console's inbox, which is the channel where no other is configured."""

from __future__ import annotations

import re

from userpools.domain import messages
from userpools.domain.messages import Content
from userpools.models import Message


def to(destination: str) -> list[Content]:
    """Newest first."""
    return [messages.open(row) for row in Message.objects.filter(destination=destination)]


def newest(destination: str) -> Content:
    found = to(destination)
    assert found, f"Nothing was sent to {destination}."
    return found[0]


def code(destination: str) -> str:
    """The six digits of the newest message."""
    return digits(newest(destination).text)


def digits(text: str) -> str:
    found = re.search(r"\b[0-9]{6}\b", text)
    assert found, text
    return found[0]
