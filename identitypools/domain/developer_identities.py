"""Identities of people whom a back end knows: it asserts who they are with its own signature, and nobody else may
(identity-pools.md, section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet

from cognito_site.contract import errors
from identitypools.domain import access, identities, linking, logins, open_id_tokens, principal_tags
from identitypools.domain.logins import Proof
from identitypools.models import Identity, IdentityPool, Login


def token(
    pool: IdentityPool, identity_id: str | None, given: Mapping[str, str], tags: Mapping[str, str], seconds: int
) -> tuple[Identity, str]:
    """The identity of the developer's user and of the further logins, and an OpenID token for it."""
    others = {name: value for name, value in given.items() if name != pool.developer_provider}
    proof = logins.developer(pool, given.get(pool.developer_provider, ""))
    proofs = [proof, *(logins.prove(pool, others) if others else [])]
    principal_tags.check_size(tags)
    identity = _identity(pool, identity_id, proofs)
    tags = {**principal_tags.of_proofs(pool, proofs), **tags}
    return identity, open_id_tokens.issue(identity, logins.amr(proofs), seconds, tags)


def _identity(pool: IdentityPool, identity_id: str | None, proofs: Sequence[Proof]) -> Identity:
    known = identities.owners(pool, proofs)
    ids = {identity.pk for identity in known.values()}
    if len(known) == len(proofs) and len(ids | ({identity_id} if identity_id else set())) == 1:
        return known[proofs[0].fingerprint]
    return _joined(pool, identity_id, proofs)


@transaction.atomic
def _joined(pool: IdentityPool, identity_id: str | None, proofs: Sequence[Proof]) -> Identity:
    """A back end may link its user to any identity of the pool; that is what its signature is for."""
    pool = access.locked_pool(pool)
    found = identities.owners(pool, proofs)
    own = found.get(proofs[0].fingerprint)
    if identity_id is None:
        winner = own or next(iter(found.values()), None) or linking.new_identity(pool, is_guest=False)
        return linking.join(winner, found.values(), proofs)
    winner = access.identity_of_pool(pool, identity_id)
    if own is not None and own.pk != winner.pk:
        raise errors.developer_user_already_registered()
    if winner.disabled:
        raise errors.identity_forbidden(winner.pk)
    return linking.join(winner, found.values(), proofs)


def lookup(pool: IdentityPool, identity_id: str | None, identifier: str | None) -> tuple[Identity, QuerySet[Login]]:
    """The identity, and the developer's identifiers of it that were asked for."""
    if identifier is None:
        if identity_id is None:
            raise errors.lookup_needs_something()
        identity = access.identity_of_pool(pool, identity_id)
        return identity, identity.logins.filter(is_developer=True)
    identity = _known(pool, identifier)
    if identity_id not in (None, identity.pk):
        raise errors.identifier_of_another_identity()
    fingerprint = logins.developer(pool, identifier).fingerprint
    return identity, identity.logins.filter(is_developer=True, fingerprint=fingerprint)


@transaction.atomic
def merge(pool: IdentityPool, provider: str, source: str, destination: str) -> Identity:
    """The source's identity becomes the destination's."""
    _check_provider(pool, provider)
    pool = access.locked_pool(pool)
    loser, winner = _known(pool, source), _known(pool, destination)
    if loser.pk != winner.pk:
        linking.merge(winner, loser)
    return winner


@transaction.atomic
def unlink(pool: IdentityPool, identity_id: str, provider: str, identifier: str) -> None:
    """The identifier is nobody's then, and what was issued before is worthless."""
    _check_provider(pool, provider)
    pool = access.locked_pool(pool)
    identity = access.identity_of_pool(pool, identity_id)
    if _known(pool, identifier).pk != identity.pk:
        raise errors.identifier_of_another_identity()
    identity.logins.filter(fingerprint=logins.developer(pool, identifier).fingerprint).delete()
    identities.revoke(identity)


def _known(pool: IdentityPool, identifier: str) -> Identity:
    proof = logins.developer(pool, identifier)
    found = identities.owners(pool, [proof]).get(proof.fingerprint)
    if found is None:
        raise errors.developer_identifier_not_found()
    return found


def _check_provider(pool: IdentityPool, provider: str) -> None:
    if provider != pool.developer_provider:
        raise errors.provider_not_supported()
