"""Tables of identity pools, roles and operators' access keys: columns, constraints, and predicates of one row.

No rule lives here, no query starts here (``identitypools.domain.access`` is the door), and ``save`` does nothing
special. Temporary credentials have no table: they are sealed into their own session token, and each names the
``generation`` of the role and of the identity that it was issued for, which is how they are revoked.
"""

from identitypools.models.access_key import AccessKey
from identitypools.models.identity import Identity, Login
from identitypools.models.identity_pool import IdentityPool
from identitypools.models.role import Role
from identitypools.models.signing_key import SigningKey

__all__ = ["AccessKey", "Identity", "IdentityPool", "Login", "Role", "SigningKey"]
