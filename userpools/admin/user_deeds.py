"""What operators do to an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.models import DELETION

from cognito_site.console import changes
from cognito_site.console import contract_fields as contract
from cognito_site.console.deeds import Deed, Done
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.visits import Visit
from userpools.admin.people import name_of
from userpools.admin.place import context
from userpools.domain import factors, passwords, recovery, sign_up, standing, tokens, users
from userpools.domain.standing import Matter, Verdict
from userpools.domain.users import Invitation
from userpools.models import User


class UserDeed(Deed):
    """Hashing a password and writing a letter take their time: the domain says when the transaction begins."""

    is_one_write = False


class SignOutEverywhere(UserDeed):
    name, label, is_main = "sign-out", "Sign out everywhere", True
    button, way_back = "Sign out everywhere", "Leave them signed in"

    def happens(self, row: User) -> list[str]:
        count = tokens.living(row).count()
        return [f"Refresh tokens of {count} sign-in{'' if count == 1 else 's'} stop working now, on every device."]

    def stays(self, row: User) -> list[str]:
        return [
            "Access tokens that applications check by themselves live until they expire.",
            "Password and second factor stay. If somebody else knows the password, reset it too.",
            "A browser that signed in on the hosted pages within the hour is still known there.",
        ]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        tokens.sign_out_everywhere(visit.row, context(visit.request))
        return Done(f"{name_of(visit.row)} is signed out everywhere.", logged="Signed out everywhere")


class SignInForm(ConsoleForm):
    sign_in = forms.UUIDField(widget=forms.HiddenInput)


class EndSignIn(UserDeed):
    name, label, button, way_back = "end-sign-in", "End a sign-in", "End this sign-in", "Leave it"
    form_class, is_listed = SignInForm, False

    def applies(self, row: User) -> bool:
        return tokens.living(row).exists()

    def happens(self, row: User) -> list[str]:
        return ["The refresh token of this one sign-in stops working now."]

    def stays(self, row: User) -> list[str]:
        return ["Other devices stay signed in. An access token that is checked offline lives until it expires."]

    def initial(self, visit: Visit) -> dict[str, Any]:
        return {"sign_in": visit.request.GET.get("sign_in", "")}

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        family = tokens.living(visit.row).filter(pk=given["sign_in"]).first()
        if family is None:
            visit.refuse("This sign-in has ended already.")
        tokens.end(family, context(visit.request))
        return Done(
            f"Ended a sign-in of {name_of(visit.row)}.", url=f"{visit.url()}?tab=sign-ins", logged="Ended a sign-in"
        )


class SendReset(UserDeed):
    name, label, button, way_back = "send-reset", "Send password reset", "Send a reset code", "Leave the password"
    is_main = True

    def applies(self, row: User) -> bool:
        return row.status in recovery.MAY_BE_RESET

    def happens(self, row: User) -> list[str]:
        return [
            "The password stops working now, and signing in says that it must be reset.",
            "A code goes to their verified address; with it they choose a new password.",
        ]

    def stays(self, row: User) -> list[str]:
        return ["They stay signed in where they are. Sign them out everywhere, too, if somebody else was in."]

    def warning(self, row: User) -> str:
        if not recovery.is_open(row.pool):
            return "In this pool only operators reset passwords: set a temporary one instead."
        has_channel = recovery.channel_for(row) is not None
        return "" if has_channel else "There is no verified address for the code. Set a temporary password instead."

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        sent = recovery.require_reset(visit.row, context(visit.request))
        return Done(
            f"A reset code for {name_of(visit.row)} is on its way to {sent.destination}.", logged="Sent a reset code"
        )


class Unlock(UserDeed):
    name, label, button, way_back = "unlock", "Lift the lock", "Lift the lock", "Leave it locked"

    def applies(self, row: User) -> bool:
        found = next(finding for finding in standing.of(row) if finding.matter == Matter.LOCK)
        return found.verdict == Verdict.STOPS

    def happens(self, row: User) -> list[str]:
        return ["Wrong passwords and codes of the last minutes are forgotten; they can try again at once."]

    def stays(self, row: User) -> list[str]:
        return ["The password stays. Whoever guessed at it can guess again, five times."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        users.unlock(visit.row, context(visit.request))
        return Done(f"{name_of(visit.row)} is not locked any more.", logged="Lifted the lock")


class Confirm(UserDeed):
    name, label, button, way_back = "confirm", "Confirm the sign-up", "Confirm", "Leave it unconfirmed"

    def applies(self, row: User) -> bool:
        return row.is_unconfirmed

    def happens(self, row: User) -> list[str]:
        return ["They can sign in with the password that they chose."]

    def stays(self, row: User) -> list[str]:
        return ["Nobody has proved that the address is theirs: it stays unverified, and gets no reset codes."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        sign_up.confirm_for(visit.row, context(visit.request))
        return Done(f"The sign-up of {name_of(visit.row)} is confirmed.", logged="Confirmed the sign-up")


class PasswordForm(ConsoleForm):
    password = contract.text(
        "AdminSetUserPassword",
        "password",
        label="New password",
        strip=False,
        says="A password neither begins nor ends with a space.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def whose_password(self) -> str:
        return str(self.visit.row.username)


class SetPassword(UserDeed):
    name, label, button, way_back = "set-password", "Set a password", "Set for good", "Keep the old password"
    form_class, is_guarded = PasswordForm, True

    def happens(self, row: User) -> list[str]:
        return ["This is their password from now on, and the account counts as confirmed. You know it too."]

    def stays(self, row: User) -> list[str]:
        return ["No message is sent, and nobody is signed out."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        users.set_password(visit.row, given["password"], context(visit.request))
        return Done(f"{name_of(visit.row)} has a new password.", logged="Set a password")


class SetTemporaryPassword(UserDeed):
    """Made here, so that nobody thinks one up; shown once."""

    name, label = "set-temporary-password", "Set a temporary password"
    button, way_back = "Make a temporary password", "Keep the old password"
    is_guarded = shows_secret = True

    def happens(self, row: User) -> list[str]:
        days = row.pool.password_policy.temporary_password_validity_days or passwords.DEFAULT_VALIDITY_DAYS
        return [
            "The old password stops working. A temporary one is made and shown to you once: tell it to them.",
            f"It works for {days} days; the next sign-in replaces it.",
        ]

    def stays(self, row: User) -> list[str]:
        return ["No message is sent, and nobody is signed out."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        password = passwords.generate(visit.row.pool.password_policy)
        users.set_temporary_password(visit.row, password, context(visit.request))
        shown = {"Temporary password": password}
        return Done(f"Made a temporary password for {name_of(visit.row)}", shown, logged="Made a temporary password")


class ResendInvitation(UserDeed):
    name, label, button, way_back = "resend-invitation", "Send the invitation again", "Send it again", "Do not send it"

    def applies(self, row: User) -> bool:
        return row.must_change_password

    def happens(self, row: User) -> list[str]:
        return [
            "A new temporary password goes to their phone number, else to their e-mail address. The old one is void."
        ]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        users.resend_invitation(visit.row, Invitation(), context(visit.request))
        return Done(f"{name_of(visit.row)} is invited again.", logged="Sent the invitation again")


class RemoveAuthenticator(UserDeed):
    name, label, button, way_back = "remove-authenticator", "Remove the authenticator app", "Remove it", "Keep it"
    is_guarded = is_destructive = True

    def applies(self, row: User) -> bool:
        return factors.totp_of(row) is not None

    def happens(self, row: User) -> list[str]:
        is_required = row.pool.mfa == "ON"
        then = "The next sign-in asks to set up another." if is_required else "The password alone signs in from now on."
        return ["Codes of their authenticator app stop working.", then]

    def stays(self, row: User) -> list[str]:
        return ["Make sure that it is really them who lost the phone. Nobody is signed out."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        factors.remove_totp(visit.row, context(visit.request))
        return Done(
            f"The authenticator app of {name_of(visit.row)} is removed.", logged="Removed the authenticator app"
        )


class Disable(UserDeed):
    name, label, button, way_back = "disable", "Disable the account", "Disable", "Leave it enabled"
    is_destructive = True

    def applies(self, row: User) -> bool:
        return row.enabled

    def happens(self, row: User) -> list[str]:
        return ["They cannot sign in any more, and refresh tokens stop working on every device."]

    def stays(self, row: User) -> list[str]:
        return [
            "Everything about the account stays, and it can be enabled again.",
            "Access tokens that applications check by themselves live until they expire.",
        ]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        users.disable(visit.row, context(visit.request))
        return Done(f"The account of {name_of(visit.row)} is disabled.", logged="Disabled the account")


class Enable(UserDeed):
    name, label, button, way_back = "enable", "Enable the account", "Enable", "Leave it disabled"

    def applies(self, row: User) -> bool:
        return not row.enabled

    def happens(self, row: User) -> list[str]:
        return ["They can sign in again, with the password that they had."]

    def stays(self, row: User) -> list[str]:
        return ["Tokens from before stay dead."]

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        users.enable(visit.row, context(visit.request))
        return Done(f"The account of {name_of(visit.row)} is enabled.", logged="Enabled the account")


class DeleteUser(UserDeed):
    name, label, verb, button, way_back = "delete", "Delete", "delete", "Delete this user", "Keep the account"
    is_guarded = is_destructive = True

    def title(self, row: User) -> str:
        return f"Delete {name_of(row)}?"

    def happens(self, row: User) -> list[str]:
        return [
            "The account is gone with everything in it: attributes, groups, factors, messages and its timeline.",
            "Applications that know this sub will not see it again; whoever signs up with the same address is new.",
        ]

    def stays(self, row: User) -> list[str]:
        return [
            "That it was deleted stays written down, under the sub alone. To keep the door closed only, disable it."
        ]

    def record(self, visit: Visit, done: Done) -> None:
        changes.record(visit.request, visit.row, "Deleted a user", DELETION, named=str(visit.row.sub))

    def perform(self, visit: Visit, given: dict[str, Any]) -> Done:
        name = name_of(visit.row)
        users.delete(visit.row, context(visit.request))
        return Done(f"{name} is deleted.", url=visit.admin.url("changelist"))
