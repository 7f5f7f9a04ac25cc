"""Who asks, for the domain: taken from the connection and the signature, and from members made for it."""

from __future__ import annotations

import ipaddress

from cognito_site.contract import errors
from cognito_site.wire.call import Call
from userpools.values import Context


def context(call: Call) -> Context:
    """``ContextData.IpAddress`` counts in operations that only a signed caller can perform: the server of an app tells
    where its user sits. What a public caller says of its own address is not believed."""
    told = call.get("ContextData") or {}
    return Context(
        ip=_address(told.get("IpAddress")) or call.ip,
        user_agent=call.user_agent,
        client_metadata=call.get("ClientMetadata"),
        validation_data={entry["Name"]: entry.get("Value", "") for entry in call.get("ValidationData") or ()} or None,
        actor=call.caller.arn if call.caller is not None else "",
    )


def _address(told: str | None) -> str:
    """Empty for what is no address: it would stand in events and sessions as if it were one."""
    try:
        return str(ipaddress.ip_address(told or ""))
    except ValueError:
        return ""


def refuse(call: Call, member: str, *harmless: str) -> None:
    """For a member that asks for something which is not performed: to ignore it would be to say that it was done."""
    if call.get(member) and call[member] not in harmless:
        raise errors.not_performed(member)
