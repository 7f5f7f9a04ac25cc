"""User pools, their second factors and their domains."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings

from userpools.domain import schema
from userpools.models import Domain, UserPool
from userpools.operations.documents import answer_shape, described

POOL = answer_shape("DescribeUserPool", "UserPool")
LISTED = answer_shape("ListUserPools", "UserPools")
MFA = answer_shape("GetUserPoolMfaConfig")
DOMAIN = answer_shape("DescribeUserPoolDomain", "DomainDescription")
SAVED_DOMAIN = answer_shape("CreateUserPoolDomain")


def pool(pool: UserPool) -> dict[str, Any]:
    entries = {"schema_attributes": schema.entries(pool)}
    names = {domain.is_custom: domain.name for domain in pool.domains.all()}
    return {
        **described(POOL, {**pool.settings, **entries}),
        "Id": pool.id,
        "Name": pool.name,
        "Arn": pool.arn,
        "UserPoolTags": pool.tags,
        "EstimatedNumberOfUsers": pool.users.count(),
        "Domain": names.get(False),
        "CustomDomain": names.get(True),
        "CreationDate": pool.created_at,
        "LastModifiedDate": pool.modified_at,
    }


def listed(pool: UserPool) -> dict[str, Any]:
    return {
        **described(LISTED, pool.settings),
        "Id": pool.id,
        "Name": pool.name,
        "CreationDate": pool.created_at,
        "LastModifiedDate": pool.modified_at,
    }


def mfa(pool: UserPool) -> dict[str, Any]:
    """The pool's text messages are shown among its factors only while they are one."""
    named = {**pool.settings, "sms_mfa_configuration": pool.settings if pool.settings["sms_is_a_factor"] else None}
    return described(MFA, named)


def domain(domain: Domain) -> dict[str, Any]:
    return {
        **described(DOMAIN, domain.settings),
        "UserPoolId": domain.pool_id,
        "AWSAccountId": django_settings.POOLHOUSE.account_id,
        "Domain": domain.name,
        "CloudFrontDistribution": alias_target(domain),
        "Version": domain.created_at.strftime("%Y%m%d%H%M%S"),
        "Status": "ACTIVE",
        "ManagedLoginVersion": domain.managed_login_version,
    }


def saved_domain(domain: Domain) -> dict[str, Any]:
    return {
        **described(SAVED_DOMAIN, domain.settings),
        "ManagedLoginVersion": domain.managed_login_version,
        "CloudFrontDomain": alias_target(domain) if domain.is_custom else None,
    }


def alias_target(domain: Domain) -> str:
    """Where the DNS record of a custom domain must lead: there is no CDN in front, this is the server itself."""
    return django_settings.POOLHOUSE.hostname
