"""The only doors to the data of identity pools, roles and keys.

Each returns an object, or raises the refusal that AWS gives. Whatever else is needed is reached from the object
(``pool.identities``).
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.db.models.functions import Left

from cognito_site import lookups
from cognito_site.contract import errors
from cognito_site.prepared import Prepared
from identitypools.models import AccessKey, Identity, IdentityPool, Role, SigningKey

_pool = Prepared(lambda: IdentityPool.objects.filter(pk="a pool id"))
_role = Prepared(lambda: Role.objects.filter(pk="a role id"))
_access_key = Prepared(lambda: AccessKey.objects.filter(pk="a key id"))
_identity = Prepared(lambda: Identity.objects.select_related("pool").filter(pk="an identity id"))

# --- pools and identities -------------------------------------------------------------------------------------------


def pools() -> QuerySet[IdentityPool]:
    return IdentityPool.objects.all()


def find_pool(pool_id: str) -> IdentityPool | None:
    return _pool.one(pk=pool_id)


def pool(pool_id: str) -> IdentityPool:
    found = find_pool(pool_id)
    if found is None:
        raise errors.identity_pool_not_found(pool_id)
    return found


def pool_by_arn(arn: str) -> IdentityPool:
    """The ARN must name this Region and account, too."""
    found = pool(arn.rpartition("identitypool/")[2])
    if found.arn != arn:
        raise errors.not_an_identity_pool_arn()
    return found


def locked_pool(pool: IdentityPool) -> IdentityPool:
    """The row as it is now, held until the transaction ends. New guests, who only need it to exist, do not wait."""
    found = lookups.one(IdentityPool.objects.select_for_update(no_key=True).filter(pk=pool.pk))
    if found is None:
        raise errors.identity_pool_not_found(pool.pk)
    return found


def find_identity(identity_id: str) -> Identity | None:
    """With its pool: an identity's id is unique over all pools."""
    return _identity.one(pk=identity_id)


def identity(identity_id: str) -> Identity:
    found = find_identity(identity_id)
    if found is None:
        raise errors.identity_not_found(identity_id)
    return found


def identity_of_pool(pool: IdentityPool, identity_id: str) -> Identity:
    found = lookups.one(pool.identities.filter(pk=identity_id))
    if found is None:
        raise errors.identity_not_found(identity_id)
    found.pool = pool
    return found


# --- roles and keys -------------------------------------------------------------------------------------------------


def roles() -> QuerySet[Role]:
    return Role.objects.all()


def roles_below(path: str) -> QuerySet[Role]:
    """Compared as text: SQLite's LIKE does not tell letters apart by case."""
    return Role.objects.annotate(beginning=Left("path", len(path))).filter(beginning=path)


def find_role(name: str) -> Role | None:
    return lookups.one(Role.objects.filter(name=name))


def role(name: str) -> Role:
    found = find_role(name)
    if found is None:
        raise errors.role_not_found(name)
    return found


def find_role_by_arn(arn: str) -> Role | None:
    found = find_role(arn.rpartition("/")[2])
    return found if found is not None and found.arn == arn else None


def find_role_by_id(role_id: str) -> Role | None:
    return _role.one(pk=role_id)


def locked_role(name: str) -> Role:
    found = lookups.one(Role.objects.select_for_update().filter(name=name))
    if found is None:
        raise errors.role_not_found(name)
    return found


def access_keys() -> QuerySet[AccessKey]:
    return AccessKey.objects.all()


def find_access_key(key_id: str) -> AccessKey | None:
    return _access_key.one(pk=key_id)


def signing_keys() -> QuerySet[SigningKey]:
    return SigningKey.objects.all()
