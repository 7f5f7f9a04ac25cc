"""What confirms a sign-in of a pool's users beside the password, what those codes say, and how people get back in."""

from __future__ import annotations

from typing import Any

from cognito_site.console.tabs import FormTab
from cognito_site.console.visits import Visit
from userpools.admin import pool_forms
from userpools.domain import user_pools
from userpools.models import User, UserPool

EMAIL_TEXTS = {"email_subject": "subject", "email_message": "message"}


class SecondFactors(FormTab):
    name, label, form_class = "factors", "Second factors", pool_forms.SecondFactorsForm

    def initial(self, visit: Visit) -> dict[str, Any]:
        pool: UserPool = visit.row
        said = pool.settings.get("account_recovery_setting", {}).get("recovery_mechanisms")
        email = pool.settings.get("email_mfa_configuration", {})
        return {
            "mfa_configuration": pool.mfa,
            "totp": pool.offers_totp,
            "sms": User.Mfa.SMS in pool.second_factors,
            "email": User.Mfa.EMAIL in pool.second_factors,
            "sms_text": pool.settings.get("sms_authentication_message", ""),
            "sms_role": "",
            "email_identity": pool.settings["email_configuration"].get("source_arn", ""),
            **{field: email.get(member, "") for field, member in EMAIL_TEXTS.items()},
            "recovery": " ".join(pool.recovery_channels) if said else "",
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        changes: dict[str, Any] = {
            "mfa_configuration": given["mfa_configuration"],
            "software_token_mfa_configuration": {"enabled": given["totp"]},
            "sms_is_a_factor": given["sms"],
            "sms_authentication_message": given["sms_text"] or None,
            "email_mfa_configuration": _texts(given) if given["email"] else None,
        }
        if given.get("sms_role"):
            changes["sms_configuration"] = {"sns_caller_arn": given["sms_role"]}
        if given["email"] and given.get("email_identity"):
            sender = {"email_sending_account": "DEVELOPER", "source_arn": given["email_identity"]}
            changes["email_configuration"] = {**visit.row.settings["email_configuration"], **sender}
        if given["recovery"] != self.initial(visit)["recovery"]:
            changes["account_recovery_setting"] = _recovery(given["recovery"].split())
        user_pools.change(visit.row, changes)


def _texts(given: dict[str, Any]) -> dict[str, str]:
    return {member: given[field] for field, member in EMAIL_TEXTS.items() if given[field]}


def _recovery(named: list[str]) -> dict[str, Any]:
    mechanisms = [{"name": name, "priority": priority} for priority, name in enumerate(named, 1)]
    return {"recovery_mechanisms": mechanisms} if mechanisms else {}
