"""Identities: made, and found by their logins (identity-pools.md, section 4).

::

    no login            GetId makes a guest; a guest stays one until a login is linked
    a login of nobody   is linked to the guest that was named, else to a new identity
    logins of one       lead to it; what is not linked yet is linked
    logins of several   merge them: one keeps all logins, the others are disabled and point to it

A login belongs to one identity: the database holds that. Whatever links, merges or unlinks holds the pool's row
meanwhile. Nothing is held where nothing changes, which is nearly always.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cognito_site.contract import errors
from identitypools.domain import access, linking, user_pool_providers
from identitypools.domain.logins import Proof
from identitypools.models import Identity, IdentityPool

# --- finding --------------------------------------------------------------------------------------------------------


def guest(pool: IdentityPool) -> Identity:
    """Each time another."""
    if not pool.allows_guests:
        raise errors.guests_not_allowed()
    try:
        with transaction.atomic():
            return linking.new_identity(pool, is_guest=True)
    except IntegrityError:
        raise errors.identity_pool_not_found(pool.pk) from None


def check_guest(identity: Identity) -> None:
    """Whether somebody who shows no login may use it."""
    if identity.disabled or not identity.is_guest:
        raise errors.identity_forbidden(identity.pk)
    if not identity.pool.allows_guests:
        raise errors.guests_not_allowed()


def by_logins(pool: IdentityPool, proofs: Sequence[Proof], named: Identity | None = None) -> Identity:
    """``named``: by the caller. Raises NotAuthorized when it is somebody else's, ResourceConflict when logins cannot
    come together. The one that is returned may be another than the named."""
    return _as_it_is(pool, proofs, named) or _joined(pool, proofs, named)


def _as_it_is(pool: IdentityPool, proofs: Sequence[Proof], named: Identity | None) -> Identity | None:
    """The identity of all logins, where nothing needs to be changed."""
    known = owners(pool, proofs)
    found = {identity.pk: identity for identity in known.values()}
    is_settled = len(known) == len(proofs) and len(found) == 1
    if not is_settled or (named is not None and (named.parent_id or named.pk) not in found):
        return None
    return next(iter(found.values()))


@transaction.atomic
def _joined(pool: IdentityPool, proofs: Sequence[Proof], named: Identity | None) -> Identity:
    pool = access.locked_pool(pool)
    found = {identity.pk: identity for identity in owners(pool, proofs).values()}
    survivor = _survivor(pool, named) if named is not None else None
    if survivor is not None and not survivor.is_guest and survivor.pk not in found:
        raise errors.logins_do_not_match()
    if survivor is not None and (not found or survivor.pk in found):
        winner = survivor
    else:
        winner = _oldest(found.values()) if found else linking.new_identity(pool, is_guest=False)
    others = [*found.values(), *([survivor] if survivor is not None and survivor.pk not in found else [])]
    return linking.join(winner, others, proofs)


def owners(pool: IdentityPool, proofs: Sequence[Proof]) -> dict[bytes, Identity]:
    """By the fingerprint of each login that is somebody's. Logins of a disabled identity are of no use."""
    rows = pool.logins.select_related("identity").filter(fingerprint__in=[proof.fingerprint for proof in proofs])
    found = {bytes(login.fingerprint): login.identity for login in rows}
    for identity in found.values():
        identity.pool = pool
        if identity.disabled:
            raise errors.identity_forbidden(identity.pk)
    return found


def _survivor(pool: IdentityPool, named: Identity) -> Identity:
    """As it is now; disabled otherwise than by a merge, it is nobody."""
    now = access.identity_of_pool(pool, named.pk)
    found = access.identity_of_pool(pool, now.parent_id) if now.parent_id else now
    if found.disabled:
        raise errors.identity_forbidden(named.pk)
    return found


def _oldest(identities: Iterable[Identity]) -> Identity:
    return min(identities, key=lambda identity: (identity.created_at, identity.pk))


def lookup(pool: IdentityPool, rows: QuerySet[Identity], typed: str) -> QuerySet[Identity]:
    """For an operator: by id, or by the subject at one of the user pools that the pool believes."""
    providers = {user_pool_providers.plain(entry.get("provider_name", "")) for entry in pool.user_pool_providers}
    fingerprints = [Proof(provider, typed, provider).fingerprint for provider in providers]
    return rows.filter(Q(pk=typed) | Q(pk__in=pool.logins.filter(fingerprint__in=fingerprints).values("identity")))


# --- unlinking, revoking, deleting ----------------------------------------------------------------------------------


@transaction.atomic
def unlink(identity: Identity, proofs: Sequence[Proof], providers: Sequence[str]) -> None:
    """``proofs`` must all be the identity's."""
    pool = access.locked_pool(identity.pool)
    found = owners(pool, proofs)
    if len(found) != len(proofs) or {owner.pk for owner in found.values()} != {identity.pk}:
        raise errors.logins_do_not_match()
    _remove(identity, providers)


@transaction.atomic
def unlink_own(identity: Identity, providers: Sequence[str]) -> None:
    """For whoever proved to be the identity itself."""
    access.locked_pool(identity.pool)
    _remove(identity, providers)


def _remove(identity: Identity, providers: Sequence[str]) -> None:
    """At once, with what was issued before. Its last login gone, the identity is nobody's, and not a guest again."""
    gone, _ = identity.logins.filter(provider__in=providers, is_developer=False).delete()
    if gone < len(set(providers)):
        raise errors.logins_do_not_match()
    revoke(identity)


def revoke(identity: Identity) -> None:
    """Whatever was issued to the identity so far is worthless from now on; what is issued next is not."""
    rows = identity.pool.identities.filter(pk=identity.pk)
    rows.update(generation=F("generation") + 1, modified_at=timezone.now())


def delete(ids: Sequence[str]) -> None:
    """Of any pools. What does not exist is gone already."""
    for pool in access.pools().filter(identities__in=ids).order_by("pk").distinct():
        with transaction.atomic():
            access.locked_pool(pool).identities.filter(pk__in=ids).delete()
