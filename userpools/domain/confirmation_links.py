"""The link that confirms a sign-up, and the page that it leads to. AWS: "Confirmation link", /confirmUser."""

from __future__ import annotations

from urllib.parse import urlencode

from cognito_site.contract import errors
from userpools.domain import access, domain_hosts
from userpools.models import User

PATH = "/confirmUser/"


def beginning(user: User, client: str) -> str:
    """Of the address: what is missing is the code. Raises InvalidParameter for a pool without a domain, which has no
    pages."""
    if not access.has_domain(user.pool.pk):
        raise errors.link_needs_domain()
    known = {"client_id": client, "user_name": user.username, "confirmation_code": ""}
    return f"{domain_hosts.public_address(user.pool)}{PATH}?{urlencode(known)}"
