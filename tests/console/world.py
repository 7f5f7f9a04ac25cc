"""One row of everything that the console shows, made through the API as somebody would; and where each page is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group as OperatorRole
from django.contrib.auth.models import User as Operator

from cognito_site.console import places
from cognito_site.functions import registered
from identitypools.models import AccessKey, Identity, IdentityPool
from tests.cast import Stage
from tests.console.desk import hire
from tests.refusals import refused
from userpools.domain import factors
from userpools.models import FunctionCall, Message, User

GREET = "arn:aws:lambda:us-east-1:000000000000:function:greet"
HOOK = {"webhook": "https://hooks.example.com/greet", "secret": "shared-with-the-receiver-1"}
SECRET_CLIENT = {"GenerateSecret": True, "ClientName": "Storefront"}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    ],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "cognito-idp:DescribeUserPool", "Resource": "*"}],
}


@dataclass
class World:
    stage: Stage
    ids: dict[str, Any]
    identity_pool_id: str
    secrets: list[str]

    def url(self, name: str) -> str:
        """Of a page by the name of its address."""
        noun = name.rpartition("_")[0]
        noun = next((known for known in sorted(self.ids, key=len, reverse=True) if name.startswith(known)), noun)
        place, takes_id = PLACES.get(noun, ("", False))
        if noun in IN_THEIR_OWN_PLACE and not name.endswith(("_changelist", "_add")):
            return places.inside(self.ids[noun], name)
        is_of_row = takes_id and not name.endswith(("_changelist", "_add"))
        arguments = [self.ids[noun]] if is_of_row else []
        where = {"pool": self.stage.pool_id, "identities": self.identity_pool_id}.get(place)
        return places.inside(where, name, *arguments) if where else places.outside(name, *arguments)


# Where a noun is, and whether its pages are about a row.
PLACES = {
    "cognito_site_function": ("", True),
    "auth_user": ("", True),
    "auth_group": ("", True),
    "userpools_appclient": ("pool", True),
    "userpools_domain": ("pool", True),
    "userpools_event": ("pool", True),
    "userpools_functioncall": ("pool", True),
    "userpools_group": ("pool", True),
    "userpools_message": ("pool", True),
    "userpools_resourceserver": ("pool", True),
    "userpools_user": ("pool", True),
    "userpools_userpool": ("", False),
    "identitypools_accesskey": ("", True),
    "identitypools_identity": ("identities", True),
    "identitypools_identitypool": ("", False),
    "identitypools_role": ("", True),
}
IN_THEIR_OWN_PLACE = ("userpools_userpool", "identitypools_identitypool")


def make(stage: Stage, identity: Any, iam: Any) -> World:
    cognito, pool_id = stage.cognito, stage.pool_id
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    client = stage.client(**SECRET_CLIENT)
    added = cognito.add_user_pool_client_secret(UserPoolId=pool_id, ClientId=client["ClientId"])
    cognito.create_user_pool_domain(UserPoolId=pool_id, Domain="harbour")
    cognito.create_resource_server(
        UserPoolId=pool_id,
        Identifier="https://api.example",
        Name="Orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "Read orders"}],
    )
    cognito.create_group(UserPoolId=pool_id, GroupName="staff")
    alice = _alice(stage)
    identity_pool = identity.create_identity_pool(IdentityPoolName="harbour", AllowUnauthenticatedIdentities=True)
    guest = identity.get_id(IdentityPoolId=identity_pool["IdentityPoolId"])
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=json.dumps(POLICY))
    pool = alice.pool
    message = Message.objects.get(kind="ForgotPassword")
    registered.register(GREET, HOOK)
    ids = {
        "cognito_site_function": GREET,
        "auth_user": hire("omar").pk,
        "auth_group": OperatorRole.objects.create(name="Support").pk,
        "userpools_appclient": client["ClientId"],
        "userpools_domain": "harbour",
        "userpools_functioncall": _call(stage).pk,
        "userpools_group": pool.groups.get().pk,
        "userpools_message": message.pk,
        "userpools_resourceserver": pool.resource_servers.get().pk,
        "userpools_user": alice.pk,
        "userpools_userpool": pool_id,
        "identitypools_accesskey": _key().pk,
        "identitypools_identity": guest["IdentityId"],
        "identitypools_identitypool": identity_pool["IdentityPoolId"],
        "identitypools_role": iam.get_role(RoleName="reader")["Role"]["RoleId"],
    }
    secrets = [client["ClientSecret"], added["ClientSecretDescriptor"]["ClientSecretValue"], HOOK["secret"]]
    return World(stage, ids, identity_pool["IdentityPoolId"], secrets)


def _alice(stage: Stage) -> User:
    """Of whom everything can be said: signed in, with an authenticator, locked, with a code on its way."""
    stage.user()
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    alice = User.objects.select_related("pool").get(username="alice")
    tokens = stage.tokens()
    key = stage.public.associate_software_token(AccessToken=tokens["AccessToken"])["SecretCode"]
    stage.public.verify_software_token(AccessToken=tokens["AccessToken"], UserCode=factors.code_at(key))
    return alice


def _call(stage: Stage) -> FunctionCall:
    """Of a function that is nowhere, by somebody who therefore could not sign up."""
    for config in ({"PreSignUp": f"{GREET}-nowhere"}, {"PostConfirmation": GREET}):
        stage.cognito.update_user_pool(UserPoolId=stage.pool_id, MfaConfiguration="OPTIONAL", LambdaConfig=config)
        if "PreSignUp" in config:
            refused(stage.public.sign_up, ClientId=stage.client_id, Username="carl", Password="Correct-horse-7")
    return FunctionCall.objects.get()


def _key() -> AccessKey:
    from identitypools.domain import access_keys

    return access_keys.create("backend").key


__all__ = ["Identity", "IdentityPool", "Operator", "World", "make"]
