"""What is done to an app client: made, deleted, and its secrets shown, rotated and taken away."""

from __future__ import annotations

from typing import Any

from django import forms

from cognito_site.console.adding import Adding, Made
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.visits import Visit
from userpools.admin.client_forms import NewClientForm, new_settings
from userpools.admin.place import pool_of
from userpools.domain import app_clients, client_secrets
from userpools.models import AppClient

SECRET = "Client secret"


class NewClient(Adding):
    title, button = "Add an app client", "Add app client"
    intro = "An app client is how one of your applications introduces itself to the pool."
    form_class = NewClientForm
    shows_secret = True

    def perform(self, visit: Visit, given: dict[str, Any]) -> Made:
        client = app_clients.create(pool_of(visit.request), given["name"], new_settings(given))
        secret = client_secrets.current(client)
        return Made(client, {"Client id": client.pk, SECRET: secret} if secret else {})


def ending(secret_id: str) -> str:
    """How a secret is told from the other: by when it was made."""
    return f"…{secret_id[-6:]}"


class SecretForm(ConsoleForm):
    secret = forms.ChoiceField(label="Which", widget=forms.RadioSelect)

    def prepare(self) -> None:
        listed = client_secrets.listed(self.visit.row)
        choices = [
            (secret.id, f"{ending(secret.id)}, made {secret.created_at:%d %b %Y, %H:%M} UTC") for secret in listed
        ]
        self.fields["secret"].choices = choices  # type: ignore[attr-defined]


class _OfSecret(Deed):
    form_class = SecretForm
    is_guarded = True

    def applies(self, row: AppClient) -> bool:
        return row.has_secret

    def initial(self, visit: Visit) -> dict[str, Any]:
        listed = [secret.id for secret in client_secrets.listed(visit.row)]
        wanted = visit.request.GET.get("secret", "")
        return {"secret": wanted if wanted in listed else listed[0]}


class ShowSecret(_OfSecret):
    name, label, button, way_back = "show-secret", "Show a secret", "Show it", "Leave it covered"
    shows_secret = True

    def happens(self, row: Any) -> list[str]:
        return ["The secret is shown to you, and it is written down that you saw it."]

    def stays(self, row: Any) -> list[str]:
        return ["It keeps working."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        value = client_secrets.reveal(visit.row, given["secret"])
        return Done(f"Showed the secret {ending(given['secret'])} of {visit.row}", {SECRET: value})


class RotateSecret(Deed):
    name, label, button, way_back = (
        "rotate-secret",
        "Rotate the secret",
        "Make a second secret",
        "Keep the one there is",
    )
    is_guarded = shows_secret = True

    def applies(self, row: AppClient) -> bool:
        return row.has_secret

    def happens(self, row: Any) -> list[str]:
        return ["A second secret is made and shown once. From now on both work, at every door."]

    def stays(self, row: Any) -> list[str]:
        return ["The old one keeps working until you take it away, when every server has the new one."]

    def warning(self, row: AppClient) -> str:
        full = len(row.secrets) >= client_secrets.MOST_SECRETS
        return "It has two secrets already. Take the old one away first." if full else ""

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        secret = client_secrets.add(visit.row, None)
        assert secret.value is not None
        return Done(f"Made the secret {ending(secret.id)} of {visit.row}", {SECRET: secret.value})


class RemoveSecret(_OfSecret):
    name, label, button, way_back = "remove-secret", "Take a secret away", "Take it away", "Keep both"
    is_destructive = True

    def applies(self, row: AppClient) -> bool:
        return len(row.secrets) > 1

    def happens(self, row: Any) -> list[str]:
        return ["Servers that still use this secret can neither sign anybody in nor refresh from this moment on."]

    def stays(self, row: Any) -> list[str]:
        return ["The other secret works on. People who are signed in stay so until their tokens expire."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        client_secrets.delete(visit.row, given["secret"])
        return Done(f"Took the secret {ending(given['secret'])} of {visit.row} away.")


class DeleteClient(Deed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete app client", "Keep the client"
    is_guarded = is_destructive = True

    def title(self, row: Any) -> str:
        return f"Delete {row.name}?"

    def happens(self, row: Any) -> list[str]:
        return [
            "The application can sign nobody in any more, and everybody who came through it is signed out of it.",
            "The client id is gone for good; a new client has another.",
        ]

    def stays(self, row: Any) -> list[str]:
        return [
            "Users stay, with everything that happened.",
            "Access tokens that are checked offline live until they expire.",
        ]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        app_clients.delete(visit.row)
        return Done(f"The app client {visit.row.name} is deleted.", url=visit.admin.url("changelist"))
