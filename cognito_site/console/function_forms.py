"""What is asked of an operator who says where an ARN leads: a form for each kind, chosen by a link.

Secrets are written, never shown: an empty field keeps what there is, as long as the address it belongs to stays.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from cognito_site.console import function_words
from cognito_site.console.forms import ConsoleForm
from cognito_site.functions import arns, function_file, registered, targets
from cognito_site.functions.targets import Unacceptable
from cognito_site.models import Function

KIND = "kind"
SETTINGS = "settings"
# In place of a value of a variable that stays as it is.
KEPT = "••••••"
SECRET_BYTES = 32
CODE = {"class": "mono", "spellcheck": "false", "autocomplete": "off"}
RUNTIMES = {"": "As the name of the file says", **function_words.RUNTIMES}


def _code(label: str, help_text: str = "", **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=2048, help_text=help_text, widget=forms.TextInput(attrs=CODE), **options
    )


def _secret(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=4096, required=False, help_text=help_text, widget=widget)


class WhereForm(ConsoleForm):
    """Where an ARN leads. ``cleaned_data[SETTINGS]`` is what ``registered.register`` takes."""

    folder = _code("Folder")
    handler = _code(
        "Handler", "File and function, as in app/main.handle. Needed unless the file has a usual name.", required=False
    )
    runtime = forms.ChoiceField(label="Runs in", choices=list(RUNTIMES.items()), required=False)
    memory_mb = forms.IntegerField(
        label="Memory, MB",
        initial=targets.DEFAULT_MEMORY_MB,
        min_value=targets.SMALLEST_MEMORY_MB,
        max_value=targets.LARGEST_MEMORY_MB,
        help_text="Of all its processes together.",
    )
    environment = forms.CharField(
        label="Environment",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, **CODE}),
        help_text=f"One per line, as in TABLE=ships. Values are not shown again: {KEPT} leaves one as it is.",
    )
    webhook = _code(
        "Address", "As in https://hooks.example.com/greet: events are posted there, JSON answers come back."
    )
    secret = _secret("Secret")
    endpoint = _code(
        "Address",
        "Of what speaks Lambda's Invoke API, as in http://127.0.0.1:3001. Empty: AWS itself.",
        required=False,
    )
    region = _code("Region", "Empty: the ARN's.", required=False)
    function_name = _code("Function name", "Empty: the ARN. An emulator may know it by another name.", required=False)
    access_key_id = _code("Access key id", "Empty: what AWS's SDK finds on the machine.", required=False)
    secret_access_key = _secret("Secret access key")
    session_token = _secret("Session token", "Only of temporary keys.")

    about_secrets: ClassVar[Mapping[str, str]] = {
        "secret": "Signs what is sent, at least 16 characters. Empty: one is made, and shown once.",
        "secret_access_key": "With the key id, or not at all.",
    }
    of_kind: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "folder": ("folder", "handler", "runtime", "memory_mb", "environment"),
        "webhook": ("webhook", "secret"),
        "endpoint": (
            *("endpoint", "region", "function_name"),
            *("access_key_id", "secret_access_key", "session_token"),
        ),
    }

    def prepare(self) -> None:
        self.kind = self._kind()
        others = {name for kind, names in self.of_kind.items() if kind != self.kind for name in names}
        for name in others:
            del self.fields[name]
        self.explain()

    def explain(self) -> None:
        """What depends on where it runs, and on what there is."""
        if self.kind == "folder":
            inside = function_file.folders()
            self.fields["folder"].help_text = f"Inside of {inside}, on each machine that runs functions."
            self.fields["folder"].widget.attrs["list"] = "folders"
        for name in ("secret", "secret_access_key"):
            if name in self.fields:
                self.fields[name].help_text = self.about_secrets[name]

    def _kind(self) -> str:
        asked = self.visit.request.GET.get(KIND, "")
        return asked if asked in self.of_kind else kind_of(self.before_them())

    def before_them(self) -> dict[str, Any]:
        """What the ARN led to before, with its secrets."""
        return {}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors:
            self._check(cleaned)
        return cleaned

    def _check(self, cleaned: dict[str, Any]) -> None:
        if self.kind == "folder" and not cleaned["handler"] and cleaned["folder"] not in folders():
            self.add_error(
                "folder", "This machine has no such folder: make it first, or say which handler it will have."
            )
            return
        try:
            cleaned[SETTINGS] = given_of(self.kind, cleaned, self.before_them())
            registered.made_of(cleaned[SETTINGS])
        except Unacceptable as refused:
            name, colon, reason = str(refused).partition(": ")
            is_of_field = bool(colon) and name in self.fields
            self.add_error(name if is_of_field else None, _sentence(reason if is_of_field else str(refused)))


class NewFunctionForm(WhereForm):
    arn = _code("ARN or name", "A name, such as greet, is an ARN of this installation.")
    field_order = ("arn",)

    def clean_arn(self) -> str:
        typed = str(self.cleaned_data["arn"])
        arn = typed if ":" in typed else arns.of_name(typed)
        if arns.parse(arn) is None:
            raise forms.ValidationError(f"A name, or an ARN as in {arns.of_name('greet')}, perhaps with :alias.")
        if Function.objects.filter(pk=arn).exists():
            raise forms.ValidationError("This one is registered already: change it on its page.")
        return arn


class ChangedFunctionForm(WhereForm):
    about_secrets = {
        "secret": "Signs what is sent, at least 16 characters. Empty: the one that there is stays.",
        "secret_access_key": "Empty: the one that there is stays, as long as address and key id do.",
    }

    def before_them(self) -> dict[str, Any]:
        return kept(self.visit.row)


def _sentence(said: str) -> str:
    begin = said if said.startswith("http") else f"{said[:1].upper()}{said[1:]}"
    return f"{begin.rstrip('.')}."


# --- what was typed, and what is kept of before ---------------------------------------------------------------------


def kept(row: Function) -> dict[str, Any]:
    """Without secrets, where the key ring does not open them any more."""
    try:
        return registered.given(row)
    except Unacceptable:
        return dict(row.settings)


def kind_of(given: Mapping[str, Any]) -> str:
    return next((kind for kind in targets.MEMBERS if kind in given), "folder")


def shown(before: Mapping[str, Any]) -> dict[str, Any]:
    """For the fields: of secrets that there are some."""
    open_ones = {name: value for name, value in before.items() if name not in targets.SECRET}
    return {**open_ones, "environment": "\n".join(f"{name}={KEPT}" for name in before.get("environment", {}))}


def given_of(kind: str, cleaned: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Unacceptable for lines that are no variables."""
    members = (name for name in targets.MEMBERS[kind] if cleaned[name] not in ("", None))
    given = {kind: cleaned[kind], **{name: cleaned[name] for name in members}}
    if kind == "folder":
        return _of_folder(given, before)
    if kind == "webhook":
        return {**given, "secret": given.get("secret") or before.get("secret") or new_secret()}
    return {**_kept_keys(given, before), **given}


def _of_folder(given: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What is as usual is not written down, unless it was."""
    if "environment" in given:
        given["environment"] = _variables(given["environment"], before.get("environment", {}))
    if given["memory_mb"] == targets.DEFAULT_MEMORY_MB and "memory_mb" not in before:
        del given["memory_mb"]
    return given


def _kept_keys(given: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """A session token is sent as it is, so a new address never gets an old one."""
    same = ("endpoint", "access_key_id")
    is_same = all(given.get(name, "") == before.get(name, "") for name in same)
    if not is_same or "access_key_id" not in given or "secret_access_key" in given:
        return {}
    return {name: before[name] for name in ("secret_access_key", "session_token") if name in before}


def _variables(text: str, before: Mapping[str, str]) -> dict[str, str]:
    pairs = [line.partition("=") for line in text.splitlines() if line.strip()]
    if not all(name.strip() and equals for name, equals, _ in pairs):
        raise Unacceptable("environment: each line is a name, a = and a value")
    found = {name.strip(): value for name, _, value in pairs}
    unknown = [name for name, value in found.items() if value == KEPT and name not in before]
    if unknown:
        raise Unacceptable(f"environment: {unknown[0]} has no value yet that could be left as it is")
    return {name: before[name] if value == KEPT else value for name, value in found.items()}


def new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def folders() -> list[str]:
    """To choose from."""
    directory = function_file.folders()
    return sorted(path.name for path in directory.iterdir() if path.is_dir()) if directory.is_dir() else []
