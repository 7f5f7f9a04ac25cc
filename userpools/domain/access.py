"""The only doors to the data of a pool.

Each returns an object that belongs to the pool it was asked for, or raises the refusal that AWS gives. Whatever else
is needed is reached from the object (``pool.groups``), so a query without a pool cannot be written by accident.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from cognito_site import lookups
from cognito_site.contract import errors
from cognito_site.prepared import Prepared
from userpools.models import AppClient, Domain, Group, ResourceServer, SignInName, User, UserPool

_pool = Prepared(lambda: UserPool.objects.filter(pk="a pool id"))
_client_and_pool = Prepared(lambda: AppClient.objects.select_related("pool").filter(pk="a client id"))
_name_and_user = Prepared(lambda: SignInName.objects.select_related("user").filter(name="a name", pool="a pool id"))


def find_pool(pool_id: str) -> UserPool | None:
    return _pool.one(pk=pool_id)


def pool(pool_id: str) -> UserPool:
    found = find_pool(pool_id)
    if found is None:
        raise errors.pool_not_found(pool_id)
    return found


def arn(pool_id: str) -> str:
    """Whether or not there is such a pool: what a policy is asked about before anybody learns that."""
    return UserPool(pk=pool_id).arn


def pool_by_arn(arn: str) -> UserPool:
    """The ARN must name this Region and account, too."""
    found = pool(arn.rpartition("userpool/")[2])
    if found.arn != arn:
        raise errors.not_a_pool_arn()
    return found


def pools() -> QuerySet[UserPool]:
    """All of them: for operators, and for keys whose policy names no pool."""
    return UserPool.objects.all()


def users_of(pools: QuerySet[UserPool]) -> QuerySet[User]:
    """Of several pools at once: for an operator who searches."""
    return User.objects.filter(pool__in=list(pools)).select_related("pool")


def clients_of(pools: QuerySet[UserPool]) -> QuerySet[AppClient]:
    """As ``users_of``."""
    return AppClient.objects.filter(pool__in=list(pools)).select_related("pool")


def client(pool: UserPool, client_id: str) -> AppClient:
    found = lookups.one(pool.clients.filter(pk=client_id))
    if found is None:
        raise errors.client_not_found(client_id)
    found.pool = pool
    return found


def find_client(client_id: str) -> AppClient | None:
    """A client id is unique over all pools and leads to its pool."""
    return _client_and_pool.one(pk=client_id)


def client_by_id(client_id: str) -> AppClient:
    """The door of public operations."""
    found = find_client(client_id)
    if found is None:
        raise errors.client_not_found(client_id)
    return found


def client_of_pool(pool_id: str, client_id: str) -> AppClient:
    """As ``client``, in one query."""
    found = lookups.one(AppClient.objects.select_related("pool").filter(pk=client_id, pool=pool_id))
    if found is None:
        raise (
            errors.client_not_found(client_id)
            if UserPool.objects.filter(pk=pool_id).exists()
            else (errors.pool_not_found(pool_id))
        )
    return found


def find_user(pool: UserPool, name: str) -> User | None:
    """By username, active alias, or ``sub``."""
    row = _name_and_user.one(name=pool.fold(name), pool=pool.pk)
    user = row.user if row else _find_by_sub(pool, name)
    if user is not None:
        user.pool = pool
    return user


def _find_by_sub(pool: UserPool, name: str) -> User | None:
    try:
        sub = UUID(name)
    except ValueError:
        return None
    return lookups.one(pool.users.filter(sub=sub)) if str(sub) == name else None


def user(pool: UserPool, name: str) -> User:
    found = find_user(pool, name)
    if found is None:
        raise errors.user_not_found()
    return found


def locked_user(user: User) -> User:
    """The row as it is now, held until the transaction ends; a user deleted meanwhile does not exist."""
    found = lookups.one(User.objects.select_for_update().filter(pk=user.pk, pool=user.pool_id))
    if found is None:
        raise errors.user_not_found()
    found.pool = user.pool
    return found


def locked_client(client: AppClient) -> AppClient:
    """As ``locked_user``."""
    found = lookups.one(AppClient.objects.select_for_update().filter(pk=client.pk, pool=client.pool_id))
    if found is None:
        raise errors.client_not_found(client.pk)
    found.pool = client.pool
    return found


def locked_pool(pool: UserPool) -> UserPool:
    """As ``locked_user``."""
    found = lookups.one(UserPool.objects.select_for_update().filter(pk=pool.pk))
    if found is None:
        raise errors.pool_not_found(pool.pk)
    return found


def group(pool: UserPool, name: str) -> Group:
    found = lookups.one(pool.groups.filter(name=name))
    if found is None:
        raise errors.group_not_found()
    found.pool = pool
    return found


def locked_group(group: Group) -> Group:
    """As ``locked_user``."""
    found = lookups.one(Group.objects.select_for_update().filter(pk=group.pk, pool=group.pool_id))
    if found is None:
        raise errors.group_not_found()
    found.pool = group.pool
    return found


def resource_server(pool: UserPool, identifier: str) -> ResourceServer:
    found = lookups.one(pool.resource_servers.filter(identifier=identifier))
    if found is None:
        raise errors.resource_server_not_found(identifier)
    found.pool = pool
    return found


def custom_domains() -> QuerySet[Domain]:
    """Of all pools."""
    return Domain.objects.filter(is_custom=True)


def has_domain(pool_id: str) -> bool | None:
    """None: there is no such pool."""
    held = Domain.objects.filter(pool=OuterRef("pk"))
    return UserPool.objects.filter(pk=pool_id).values_list(Exists(held), flat=True).first()


def domain(pool: UserPool, name: str) -> Domain:
    found = lookups.one(pool.domains.filter(pk=name.lower()))
    if found is None:
        raise errors.domain_not_found()
    found.pool = pool
    return found


def find_domain(name: str) -> Domain | None:
    return lookups.one(Domain.objects.select_related("pool").filter(pk=name.lower()))
