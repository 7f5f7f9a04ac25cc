"""Tables of user pools: columns, constraints, and predicates of one row.

No rule lives here, no query starts here (``userpools.domain.access`` is the door), and ``save`` does nothing special.
Whatever keeps two rows from contradicting each other is a constraint. Secrets are sealed by ``cognito_site.keyring``
or kept as hashes; a dump of these tables holds nothing that signs anybody in.
"""

from userpools.models.app_client import AppClient
from userpools.models.code import AttemptWindow, Code
from userpools.models.event import Event
from userpools.models.factor import CodeGuesses, TotpToken
from userpools.models.function_call import FunctionCall
from userpools.models.message import Message
from userpools.models.notification import Notification
from userpools.models.oauth import DotAccessToken, DotDeviceGrant, DotIDToken, DotRefreshToken
from userpools.models.outgoing import Outgoing
from userpools.models.resources import Domain, ReleasedPrefix, ResourceServer, SigningKey
from userpools.models.sign_in import AuthorizationCode, BrowserSession, RefreshToken, SignIn, TokenFamily
from userpools.models.user import Group, Membership, PasswordRecord, SignInName, UnknownName, User
from userpools.models.user_pool import UserPool

__all__ = [
    "AppClient",
    "AttemptWindow",
    "AuthorizationCode",
    "BrowserSession",
    "Code",
    "CodeGuesses",
    "Domain",
    "DotAccessToken",
    "DotDeviceGrant",
    "DotIDToken",
    "DotRefreshToken",
    "Event",
    "FunctionCall",
    "Group",
    "Membership",
    "Message",
    "Notification",
    "Outgoing",
    "PasswordRecord",
    "RefreshToken",
    "ReleasedPrefix",
    "ResourceServer",
    "SignIn",
    "SignInName",
    "SigningKey",
    "TokenFamily",
    "TotpToken",
    "UnknownName",
    "User",
    "UserPool",
]
