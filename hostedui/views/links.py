"""Where the links of a page lead: to other pages for the same authorization request, where the pool has them."""

from __future__ import annotations

from hostedui import visit
from hostedui.oauth.authorization import Authorization
from hostedui.words import Place
from userpools.domain import recovery
from userpools.domain import sign_up as signing_up
from userpools.domain.domain_hosts import Site
from userpools.models import UserPool


def sign_in(site: Site, asked: Authorization) -> str:
    return visit.at(site, "/login", asked.query)


def sign_up(site: Site, pool: UserPool, asked: Authorization) -> str:
    return visit.at(site, "/signup", asked.query) if signing_up.is_open(pool) else ""


def forgot(site: Site, pool: UserPool, asked: Authorization) -> str:
    return visit.at(site, "/forgotPassword", asked.query) if recovery.is_open(pool) else ""


def place(site: Site, asked: Authorization, names: frozenset[str]) -> Place:
    pool = asked.client.pool
    return Place(
        names=names,
        forgot_url=forgot(site, pool, asked),
        sign_in_url=sign_in(site, asked),
        sign_up_url=sign_up(site, pool, asked),
        minimum_length=pool.password_policy.minimum_length,
    )
