"""Groups."""

from __future__ import annotations

from typing import Any

from userpools.models import Group


def group(group: Group) -> dict[str, Any]:
    return {
        "GroupName": group.name,
        "UserPoolId": group.pool_id,
        "Description": group.description or None,
        "RoleArn": group.role_arn or None,
        "Precedence": group.precedence,
        "CreationDate": group.created_at,
        "LastModifiedDate": group.modified_at,
    }
