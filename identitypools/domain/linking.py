"""Logins come to an identity, and identities to one another. Its callers hold the pool's row, so of two calls that
would contradict each other the second sees what the first did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cognito_site.contract import errors
from identitypools.domain.identity_pools import new_id
from identitypools.domain.logins import Proof
from identitypools.models import Identity, IdentityPool, Login

MOST_LOGINS = 20


def new_identity(pool: IdentityPool, *, is_guest: bool) -> Identity:
    now = timezone.now()
    identity = Identity(id=new_id(), pool=pool, is_guest=is_guest, created_at=now, modified_at=now)
    identity.save(force_insert=True)
    return identity


def join(winner: Identity, others: Iterable[Identity], proofs: Sequence[Proof]) -> Identity:
    """Whatever is known of the proofs becomes ``winner``, and what is not known is linked to it."""
    for other in others:
        if other.pk != winner.pk:
            merge(winner, other)
    linked = {bytes(login.fingerprint) for login in winner.logins.all()}
    fresh = [proof for proof in proofs if proof.fingerprint not in linked]
    if len(linked) + len(fresh) > MOST_LOGINS:
        raise errors.too_many_logins(MOST_LOGINS)
    for proof in fresh:
        _link(winner, proof)
    return winner


def merge(winner: Identity, loser: Identity) -> None:
    """What was issued to the loser dies. Whoever was merged into it before points to the winner."""
    theirs = set(loser.logins.filter(is_developer=False).values_list("provider", flat=True))
    conflict = winner.logins.filter(is_developer=False, provider__in=theirs).first()
    if conflict is not None:
        raise errors.identities_cannot_be_merged(conflict.provider)
    if winner.logins.count() + loser.logins.count() > MOST_LOGINS:
        raise errors.too_many_logins(MOST_LOGINS)
    loser.logins.update(identity=winner)
    loser.merged.update(parent=winner)
    winner.pool.identities.filter(pk=loser.pk).update(
        disabled=True, parent=winner, is_guest=False, generation=F("generation") + 1, modified_at=timezone.now()
    )
    _became_somebody(winner)


def _link(identity: Identity, proof: Proof) -> None:
    login = Login(
        pool=identity.pool,
        identity=identity,
        provider=proof.provider,
        subject=proof.subject,
        is_developer=proof.is_developer,
        fingerprint=proof.fingerprint,
        created_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            login.save(force_insert=True)
    except IntegrityError:  # the identity has another subject of this provider
        raise errors.login_already_linked() from None
    _became_somebody(identity)


def _became_somebody(identity: Identity) -> None:
    identity.is_guest, identity.modified_at = False, timezone.now()
    identity.save(update_fields=["is_guest", "modified_at"])
