"""What holds for every operation of the contract, because AWS says so: tables over all siblings."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from cognito_site.contract import services, validation
from cognito_site.contract.services import Operation, Shape
from cognito_site.wire import authentication, pagination, registry
from identitypools.domain import access_keys, callers
from tests import samples
from tests.clients.in_process import BEFORE_AN_OPERATION
from tests.identitypools.cast import ACCOUNT, allowing
from tests.wire import raw
from userpools.operations import context

pytestmark = pytest.mark.django_db

OPERATIONS = raw.all_operations()
SIGNED = [operation for operation in OPERATIONS if operation.is_signed]
PUBLIC = [operation for operation in OPERATIONS if not operation.is_signed]
POOL = "us-east-1_AbCdEf123"

# The reference counts them so; a model of botocore that counts otherwise must be looked at.
TAKE_AN_ACCESS_TOKEN = 24
TAKE_A_CLIENT_ID = 10
PUBLIC_OF_IDENTITY_POOLS = {"GetId", "GetOpenIdToken", "GetCredentialsForIdentity", "UnlinkIdentity"}
PUBLIC_OF_STS = {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}
ON_ANY_RESOURCE = {
    "cognito-idp": {
        "CreateUserPool",
        "DescribeUserPoolDomain",
        "GetClientToken",
        "GetDerivedToken",
        "GetProvisionedLimit",
        "ListUserPools",
        "UpdateProvisionedLimit",
    },
    "cognito-identity": {"CreateIdentityPool", "DeleteIdentities", "DescribeIdentity", "ListIdentityPools"},
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/captain"
PLACES_OF_ROLES = {
    "AnalyticsConfiguration.RoleArn",
    "CloudWatchLogsRoleArn",
    "RoleArn",
    "RoleMappings.*.RulesConfiguration.Rules.*.RoleARN",
    "Roles.*",
    "SmsConfiguration.EumsSms.CallerArn",
    "SmsConfiguration.SnsCallerArn",
    "SmsMfaConfiguration.SmsConfiguration.EumsSms.CallerArn",
    "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn",
}


def of(service: str, operations: list[Operation]) -> set[str]:
    return {operation.name for operation in operations if operation.service == service}


def performed() -> list[Operation]:
    return [operation for operation in OPERATIONS if registry.performer(operation.service, operation.name)]


# --- the contract -----------------------------------------------------------------------------------------------------


def test_the_services_are_there() -> None:
    assert len(services.service("cognito-idp").operations) >= 141
    assert len(services.service("cognito-identity").operations) == 23
    assert len(services.service("sts").operations) >= 11
    assert tuple(services.service("iam").operations) == services.IAM_SUBSET


def test_each_public_operation_proves_somebody_by_its_input() -> None:
    public = [operation for operation in PUBLIC if operation.service == "cognito-idp"]
    with_token = [operation for operation in public if operation.input and "AccessToken" in operation.input.members]
    others = [operation for operation in public if operation not in with_token]
    assert len(with_token) == TAKE_AN_ACCESS_TOKEN
    assert len(others) == TAKE_A_CLIENT_ID
    proofs = {"ClientId", "FeedbackToken"}
    assert all(operation.input and proofs & set(operation.input.members) for operation in others)
    assert of("cognito-identity", PUBLIC) == PUBLIC_OF_IDENTITY_POOLS
    assert of("sts", PUBLIC) == PUBLIC_OF_STS
    assert of("iam", PUBLIC) == set()


def test_every_shape_is_of_a_kind_that_is_checked() -> None:
    kinds = {shape.kind for operation in OPERATIONS for shape in services.below(operation.input)}
    assert kinds <= set(validation._KINDS)


def test_every_required_member_is_a_member() -> None:
    for operation in OPERATIONS:
        for shape in (*services.below(operation.input), *services.below(operation.output)):
            assert set(shape.required) <= set(shape.members), shape.name


def test_every_minimal_input_is_valid() -> None:
    for operation in OPERATIONS:
        document = samples.minimal(operation)
        assert set(validation.check(operation, document)) == set(document)


def test_the_server_reads_models_and_nothing_else_of_the_sdk() -> None:
    """botocore's clients would cost half a second and thirty megabytes in each worker."""
    program = (
        "import sys; from cognito_site.contract import services;"
        "[services.service(name) for name in services.NAMES];"
        "print([name for name in sys.modules if name in ('botocore.session', 'botocore.client', 'boto3')])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


# --- who may call -----------------------------------------------------------------------------------------------------


def test_API_01_signed_operations_want_a_signature() -> None:
    """Before a word about the input, which is not even a document here."""
    for operation in SIGNED:
        unsigned = raw.send(b"" if _is_json(operation) else raw.written(operation, {}), raw.headers_of(operation))
        assert unsigned.code.removesuffix("Exception") == "MissingAuthenticationToken", operation.name


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        (("AKIAUNKNOWN", "secret"), {"UnrecognizedClientException", "InvalidClientTokenId"}),
        (("", "wrong"), {"InvalidSignatureException", "SignatureDoesNotMatch"}),
    ],
)
def test_API_01_signed_operations_want_a_good_signature(keys: tuple[str, str], codes: set[str]) -> None:
    known = callers.first_key()[0]
    for operation in SIGNED:
        body = raw.written(operation, samples.minimal(operation))
        headers = raw.sign(operation, body, raw.headers_of(operation), (keys[0] or known, keys[1]))
        assert raw.send(body, headers).code in codes, operation.name


def test_API_01_no_token_stands_in_for_a_signature() -> None:
    for operation in SIGNED:
        headers = {**raw.headers_of(operation), "Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}
        answer = raw.send(raw.written(operation, {"AccessToken": "a"}), headers)
        assert answer.code.removesuffix("Exception") == "MissingAuthenticationToken", operation.name


def test_API_02_operations_with_a_token_refuse_what_is_none() -> None:
    for operation in performed():
        if operation.input and "AccessToken" in operation.input.required:
            answer = raw.call(operation, samples.minimal(operation))
            assert answer.code == "NotAuthorizedException", f"{operation.name}: {answer.refusal}"


def test_API_03_the_pool_of_the_input_is_what_is_authorized() -> None:
    """Child ids, domains, providers, jobs: nothing but the pool names what a policy must allow."""
    arn = f"arn:aws:cognito-idp:us-east-1:{settings.POOLHOUSE.account_id}:userpool/{POOL}"
    for operation in SIGNED:
        if operation.service == "cognito-idp" and operation.input:
            every = dict.fromkeys(operation.input.members, "*")
            named = {"UserPoolId": POOL, "ResourceArn": arn}
            found = authentication.resource(operation, {**every, **{k: v for k, v in named.items() if k in every}})
            assert (found == authentication.ANY) == (operation.name in ON_ANY_RESOURCE["cognito-idp"]), operation.name
            assert found in (arn, authentication.ANY)


def test_API_03_operations_on_any_resource() -> None:
    for service, names in ON_ANY_RESOURCE.items():
        found = {
            operation.name
            for operation in SIGNED
            if operation.service == service and authentication.resource(operation, _ids(operation)) == "*"
        }
        assert found == names


def _ids(operation: Operation) -> dict[str, Any]:
    return dict.fromkeys(operation.input.members if operation.input else (), "x")


@pytest.mark.parametrize("document", [None, [], "x", {"UserPoolId": 1}, {"UserPoolId": ["a"]}, {"UserPoolId": ""}, {}])
def test_a_resource_that_is_not_named_is_any(document: Any) -> None:
    operation = services.service("cognito-idp").operations["DescribeUserPool"]
    assert authentication.resource(operation, document) == authentication.ANY


def test_API_03_whoever_names_a_role_must_be_allowed_to_pass_it() -> None:
    """Else CreateGroup, and everything that will name a role one day, is a way to every role of the account."""
    made = access_keys.create("mate", {"most": allowing("cognito-idp:*", "cognito-identity:*")})
    places = [(operation, path) for operation in SIGNED for path in _role_places(operation)]
    assert {".".join(path) for _, path in places} == PLACES_OF_ROLES
    for operation, path in places:
        assert operation.input
        body = raw.written(operation, _with_role(operation.input, path))
        answer = raw.send(body, raw.sign(operation, body, raw.headers_of(operation), (made.key.key_id, made.secret)))
        if registry.performer(operation.service, operation.name):
            assert f"is not authorized to perform: iam:PassRole on resource: {ROLE} " in answer.message, operation.name


def _role_places(operation: Operation) -> Iterator[tuple[str, ...]]:
    """By the shape's name and the member's: no rule of ours is asked."""
    if operation.service in ("cognito-idp", "cognito-identity"):
        yield from (path for path, shape in _texts(operation.input) if _is_role(path, shape))


def _is_role(path: tuple[str, ...], shape: Shape) -> bool:
    return "arn" in shape.name.lower() and any(
        "role" in member.lower() or "caller" in member.lower() for member in path
    )


def _texts(shape: Shape | None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Shape]]:
    assert shape
    for name, member in shape.members.items():
        yield from _texts(member, (*path, name))
    if inner := shape.member or shape.value:
        yield from _texts(inner, (*path, "*"))
    if shape.kind == "string":
        yield path, shape


def _with_role(shape: Shape, path: tuple[str, ...]) -> Any:
    """The smallest valid input that names a role there."""
    if not path:
        return ROLE
    if shape.member is not None:
        return [_with_role(shape.member, path[1:])]
    if shape.key is not None and shape.value is not None:
        return {samples.value(shape.key): _with_role(shape.value, path[1:])}
    return {**samples.value(shape), path[0]: _with_role(shape.members[path[0]], path[1:])}


# --- what is performed ------------------------------------------------------------------------------------------------


def test_every_performer_is_named_after_its_operation() -> None:
    known = {(operation.service, operation.name): operation.snake_name for operation in OPERATIONS}
    for key, function in registry.performed().items():
        assert known[key] == function.__name__
        assert function.__module__.split(".")[1] == "operations"


def test_nothing_is_performed_twice_or_under_a_wrong_name() -> None:
    perform = registry.Operations("cognito-idp")

    def no_such_operation(call: Any) -> None:
        raise AssertionError

    with pytest.raises(LookupError, match="no operation"):
        perform(no_such_operation)
    first = next(
        (function for (service, _), function in registry.performed().items() if service == "cognito-idp"), None
    )
    if first is not None:
        with pytest.raises(LookupError, match="performed twice"):
            perform(first)


def test_what_is_not_performed_says_so() -> None:
    """In a type that the operation declares, so that SDKs know it, and by name."""
    for operation in OPERATIONS:
        if operation not in performed():
            answer = raw.call(operation, samples.minimal(operation))
            assert answer.message == f"{operation.name} is not performed by this version of Poolhouse."
            assert answer.status == 400
            assert answer.code in operation.errors or not _is_json(operation)


def test_refusals_are_of_declared_types() -> None:
    """Of the smallest valid input. The clients of all other tests check the same at every answer."""
    for operation in performed():
        answer = raw.call(operation, samples.minimal(operation))
        assert answer.status == 200 or answer.code in operation.errors | BEFORE_AN_OPERATION, operation.name


def _is_json(operation: Operation) -> bool:
    return services.service(operation.service).protocol == "json"


# Members that no performer reads, and why nobody is misled by that.
UNREAD = {
    "AccountId": "there is one account",
    "AnalyticsMetadata": "analytics is not performed, and changes no answer",
    "DeviceKey": "no token belongs to a device; the sign-in told the SDK to forget the key",
    "DryRunModifiers": "belongs to key policies, and there are none",
    "GrantTokens": "belongs to key policies, and there are none",
    "MinimumSessionTokenSize": "a token of any size is at least as small as AWS's",
    "UserContextData": "threat protection is not performed, and a public caller is not believed",
}


def test_no_member_is_accepted_and_ignored() -> None:
    """A member is performed, or refused, or it says above why it may be passed over. Whole documents are converted
    along the shape, so they leave nothing out: there ``userpools.domain.setting_effects`` says what has no effect."""
    sources = {key: _source(inspect.unwrap(performer).__module__) for key, performer in registry.performed().items()}
    unread = {
        member
        for (service, name), source in sources.items()
        for member in _members(services.service(service).operations[name])
        if "documents.given(" not in source and f'"{member}"' not in source
    }
    assert unread == set(UNREAD)


def _members(operation: Operation) -> list[str]:
    return list(operation.input.members) if operation.input else []


def _source(module: str) -> str:
    """Of all that can read a member for a performer of ``module``."""
    return "".join(inspect.getsource(part) for part in (sys.modules[module], context, pagination))
