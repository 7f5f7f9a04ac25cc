"""A pool's triggers: which function is asked at which moment, and where that leads.

Whoever may change the pool chooses among ARNs. Where an ARN leads is the installation's business, and its addresses and
folders are shown to who may see functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.urls import reverse

from cognito_site.console import contract_fields as contract
from cognito_site.console import function_uses, function_words, places
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.function_uses import Use
from cognito_site.console.function_words import Said
from cognito_site.console.tabs import FormTab
from cognito_site.console.visits import Visit
from cognito_site.functions import arns, registry
from userpools.admin import trigger_words
from userpools.domain import access, user_pools
from userpools.domain.triggers.calls import TRIGGERS, V1, Trigger
from userpools.models import UserPool

UPDATE = "UpdateUserPool"
VERSIONS = {
    "V1_0": "1: claims of ID tokens, and groups",
    "V2_0": "2: claims of ID and access tokens, scopes, and groups",
    "V3_0": "3: as 2, and tokens of machines",
}
VERSION, KEY = "pre_token_generation_version", "kms_key_id"
ARN = "An ARN, as in arn:aws:lambda:us-east-1:000000000000:function:greet."
OTHERWISE = "It cannot be used. Whoever administers the functions of this installation sees why."
NOWHERE = "Leads nowhere: calls fail with AccessDeniedException."
SEE_FUNCTIONS, SEE_CALLS, CALL = (
    "cognito_site.view_function",
    "userpools.view_functioncall",
    "userpools.add_functioncall",
)


def _member(trigger: Trigger) -> str:
    return trigger.setting or trigger.versioned_setting


def _arn_field(path: str, label: str, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "mono", "spellcheck": "false", "autocomplete": "off", **attrs})
    return contract.text(UPDATE, f"lambda_config.{path}", required=False, label=label, says=ARN, widget=widget)


@dataclass(frozen=True, slots=True)
class Slot:
    """``lead`` and ``problem``: where what is saved leads now. ``calls`` and ``test`` lead to pages."""

    name: str
    words: trigger_words.Words
    field: BoundField
    version: BoundField | None
    lead: Said | None
    problem: str
    function_url: str
    calls: str
    test: str


class TriggersForm(ConsoleForm):
    """A field for each slot. Any ARN is taken: it may lead somewhere only later."""

    def prepare(self) -> None:
        for trigger in TRIGGERS.values():
            path = trigger.setting or f"{trigger.versioned_setting}.lambda_arn"
            self.fields[_member(trigger)] = _arn_field(path, trigger.name, list="functions")
        self.fields[VERSION] = contract.choice(
            UPDATE,
            "lambda_config.pre_token_generation_config.lambda_version",
            VERSIONS,
            label="PreTokenGeneration, version of the event",
        )
        here = settings.POOLHOUSE
        placeholder = f"arn:aws:kms:{here.region}:{here.account_id}:key/senders"
        self.fields[KEY] = _arn_field(KEY, "KMSKeyID", placeholder=placeholder)
        self.entries = list(registry.entries())

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("pre_token_generation"):
            given[VERSION] = V1
        return given

    def known(self) -> dict[str, str]:
        """ARNs to choose from, and what is behind each."""
        every = [function_words.said(entry) for entry in self.entries if arns.parse(entry.arn)]
        return {said.arn: said.kind for said in reversed(every)}

    def groups(self) -> Iterator[tuple[str, list[Slot]]]:
        for title, names in trigger_words.GROUPS.items():
            yield title, [self._slot(TRIGGERS[name]) for name in names]

    def _slot(self, trigger: Trigger) -> Slot:
        pool: UserPool = self.visit.row
        arn, may = trigger.arn(pool), self.visit.may
        entry = registry.entry_of(arn, self.entries) if arn else None
        lead = function_words.said(entry) if entry else None
        sources = trigger.sources_of(pool)
        has_page = may(SEE_FUNCTIONS) and lead is not None and lead.has_page
        return Slot(
            name=trigger.name,
            words=trigger_words.WORDS[trigger.name],
            field=self[_member(trigger)],
            version=self[VERSION] if trigger.setting and trigger.versioned_setting else None,
            lead=lead,
            problem=self._problem(lead) if arn else "",
            function_url=places.outside("cognito_site_function_change", lead.arn) if lead and has_page else "",
            calls=_page("changelist", trigger=trigger.name) if may(SEE_CALLS) else "",
            test=_page("add", source=sources[0]) if arn and may(CALL) and may(SEE_CALLS) else "",
        )

    def _problem(self, lead: Said | None) -> str:
        if lead is None:
            return NOWHERE
        return lead.problem if self.visit.may(SEE_FUNCTIONS) or not lead.problem else OTHERWISE


def _page(view: str, **asked: str) -> str:
    (name, value) = next(iter(asked.items()))
    return f"{reverse(f'admin:userpools_functioncall_{view}')}?{name}={value}"


class Triggers(FormTab):
    name, label, form_class = "triggers", "Triggers", TriggersForm
    template = "console/userpools/triggers.html"

    def context(self, visit: Visit) -> dict[str, Any]:
        return {
            "sees_functions": visit.may(SEE_FUNCTIONS),
            "functions_url": places.outside("cognito_site_function_changelist"),
        }

    def initial(self, visit: Visit) -> dict[str, Any]:
        pool: UserPool = visit.row
        arns_now = {_member(trigger): trigger.arn(pool) or "" for trigger in TRIGGERS.values()}
        version = TRIGGERS["PreTokenGeneration"].version(pool)
        return {**arns_now, VERSION: version, KEY: _config(pool).get(KEY, "")}

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        kept = _config(visit.row)
        config: dict[str, Any] = {**kept, KEY: given[KEY]}
        for trigger in TRIGGERS.values():
            version = given[VERSION] if trigger.setting else ""
            config |= _members(trigger, given[_member(trigger)], version, kept)
        user_pools.change(visit.row, {"lambda_config": {name: value for name, value in config.items() if value}})


def _config(pool: UserPool) -> dict[str, Any]:
    return dict(pool.settings.get("lambda_config") or {})


def _members(trigger: Trigger, arn: str, version: str, kept: dict[str, Any]) -> dict[str, Any]:
    """What says ``arn``, spelled as the pool spelled it before: tools compare what they asked for. The two members of
    PreTokenGeneration must not contradict each other."""
    plain, versioned = trigger.setting, trigger.versioned_setting
    has_version = bool(versioned) and (versioned in kept or not plain or version != V1)
    found: dict[str, Any] = {}
    if plain:
        found[plain] = arn if plain in kept or not has_version else ""
    if versioned:
        before = kept.get(versioned, {}).get("lambda_version", V1)
        said = {"lambda_version": version or before, "lambda_arn": arn}
        found[versioned] = said if arn and has_version else None
    return found


# --- for other pages ------------------------------------------------------------------------------------------------


def leading_nowhere(pool: UserPool) -> list[str]:
    """Names of triggers."""
    configured = {trigger.name: trigger.arn(pool) for trigger in TRIGGERS.values()}
    if not any(configured.values()):
        return []
    entries = list(registry.entries())
    return [name for name, arn in configured.items() if arn and registry.entry_of(arn, entries) is None]


def _uses() -> Iterator[Use]:
    for pool in access.pools().only("id", "name", "settings"):
        asked: dict[str, list[str]] = {}
        for trigger in TRIGGERS.values():
            if arn := trigger.arn(pool):
                asked.setdefault(arn, []).append(trigger.name)
        url = f"{places.inside(pool.pk, 'userpools_userpool_change')}?tab=triggers" if asked else ""
        for arn, names in asked.items():
            yield Use(arn, ", ".join(names), pool.name, url)


function_uses.register("userpools.view_userpool", _uses)
