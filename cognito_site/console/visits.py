"""An operator at a row: what tabs and deeds are asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest

from cognito_site.console import changes, places, sessions
from cognito_site.console.places import Place
from cognito_site.contract import errors

if TYPE_CHECKING:
    from cognito_site.console.objects import ObjectAdmin


class Refused(Exception):
    """A rule of the console's own says no, in a sentence for the form."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


# What a page says on its form instead of failing.
REFUSALS = (errors.Refusal, Refused)


@dataclass(frozen=True, slots=True)
class Visit:
    """``row`` is whatever the admin's rows are; what is asked with a visit knows."""

    request: HttpRequest
    admin: ObjectAdmin
    row: Any

    @property
    def place(self) -> Place | None:
        return places.of(self.request)

    @property
    def is_fresh(self) -> bool:
        return sessions.is_fresh(self.request)

    def may(self, verb: str) -> bool:
        """``view``, ``add``, ``change``, ``delete``; or a whole permission, for what belongs to another noun."""
        if "." in verb:
            return self.request.user.has_perm(verb)
        return self.admin.may(self.request, verb)

    def check(self, verb: str) -> None:
        if not self.may(verb):
            raise PermissionDenied(f"Your role does not let you {verb} {self.admin.nouns}.")

    def url(self, view: str = "change") -> str:
        return self.admin.url(view, self.row.pk)

    def refuse(self, sentence: str) -> NoReturn:
        raise Refused(sentence)

    def say(self, sentence: str) -> None:
        messages.success(self.request, sentence)

    def record(self, sentence: str, row: Model | None = None) -> None:
        changes.record(self.request, row or self.row, sentence, named="" if row else self.admin.pseudonym(self.row))
