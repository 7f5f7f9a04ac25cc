"""Violations in AWS's words (user-pools-api.md, section 4)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from cognito_site.contract import errors, patterns, services, validation
from cognito_site.contract.services import Shape
from tests import samples
from tests.wire import raw

POOL = "us-east-1_AbCdEf123"


def checked(operation: str, service: str = "cognito-idp", **document: Any) -> dict[str, Any]:
    return validation.check(services.service(service).operations[operation], document)


def message(operation: str, service: str = "cognito-idp", **document: Any) -> str:
    with pytest.raises(errors.Refusal) as caught:
        checked(operation, service, **document)
    return caught.value.message


def test_a_valid_input_is_what_operations_see() -> None:
    found = checked("CreateGroup", UserPoolId=POOL, GroupName="a", Precedence=3.0, Description=None, Unknown=1)
    assert found == {"UserPoolId": POOL, "GroupName": "a", "Precedence": 3}


def test_all_violations_are_one_message() -> None:
    assert message("AdminGetUser", UserPoolId="x") == (
        "2 validation errors detected: "
        "Value null at 'username' failed to satisfy constraint: Member must not be null; "
        "Value 'x' at 'userPoolId' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+"
    )


def test_sensitive_values_are_never_shown() -> None:
    assert message("AdminGetUser", UserPoolId=POOL, Username="my secret") == (
        "1 validation error detected: Value at 'username' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+"
    )


def test_what_is_inside_of_something_sensitive_is_not_shown_either() -> None:
    client = {"ClientId": "a", "AuthFlow": "USER_PASSWORD_AUTH"}
    secret = "s" * 131_073
    assert "sss" not in message("InitiateAuth", **client, AuthParameters={"PASSWORD": secret})
    assert "sss" not in message("InitiateAuth", **client, UserContextData={"EncodedData": secret})
    assert "sss" not in message("GetId", "cognito-identity", IdentityPoolId="us-east-1:0", Logins={"a": "s" * 50_001})


def test_positions_in_lists_count_from_one() -> None:
    schema = [{"Name": "a"}, {"Name": "b", "AttributeDataType": "X"}]
    assert message("CreateUserPool", PoolName="a", Schema=schema) == (
        "1 validation error detected: Value 'X' at 'schema.2.member.attributeDataType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [String, Number, DateTime, Boolean]"
    )


def test_maps_name_all_of_what_they_must_be() -> None:
    found = message("GetId", "cognito-identity", IdentityPoolId="us-east-1:0", Logins={"": ""})
    keys = "Member must have length less than or equal to 128, Member must have length greater than or equal to 1"
    values = "Member must have length less than or equal to 50000, Member must have length greater than or equal to 1"
    assert found == (
        "2 validation errors detected: "
        f"Value at 'logins' failed to satisfy constraint: Map keys must satisfy constraint: [{keys}]; "
        f"Value at 'logins' failed to satisfy constraint: Map value must satisfy constraint: [{values}]"
    )


def test_bounds() -> None:
    assert message("ListUserPools", MaxResults=61) == (
        "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 60"
    )
    assert message("CreateUserPool", PoolName="").startswith(
        "2 validation errors detected: Value '' at 'poolName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1; "
    )


def test_a_long_value_is_not_repeated_whole() -> None:
    assert len(message("CreateUserPool", PoolName="a" * 100_000)) < 400


@pytest.mark.parametrize(
    ("password", "is_fine"),
    [("a b", True), ("ab", True), (" ab", False), ("ab ", False), ("a", False), ("a\nb", False)],
)
def test_passwords_may_hold_spaces_inside(password: str, is_fine: bool) -> None:
    document = {"ClientId": "a", "Username": "a", "Password": password}
    if is_fine:
        assert checked("SignUp", **document)["Password"] == password
    else:
        assert message("SignUp", **document).endswith(r"Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$")


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"GroupName": 1}, "NUMBER_VALUE can not be converted to a String"),
        ({"GroupName": True}, "TRUE_VALUE can not be converted to a String"),
        ({"GroupName": False}, "FALSE_VALUE can not be converted to a String"),
        ({"Precedence": "1"}, "STRING_VALUE can not be converted to an Integer"),
        ({"Precedence": True}, "TRUE_VALUE can not be converted to an Integer"),
        ({"Precedence": 1.5}, "NUMBER_VALUE can not be converted to an Integer"),
        ({"GroupName": []}, "Start of list found where not expected"),
        ({"GroupName": {}}, "Start of structure or map found where not expected."),
    ],
)
def test_wrong_types(document: dict[str, Any], text: str) -> None:
    assert message("CreateGroup", **document) == text


def test_services_have_their_own_type_for_it() -> None:
    for service, operation, kind in (
        ("cognito-idp", "CreateGroup", errors.InvalidParameter),
        ("cognito-identity", "GetId", errors.ValidationFailed),
        ("sts", "AssumeRole", errors.ValidationFailed),
    ):
        with pytest.raises(kind):
            checked(operation, service)


def test_times_and_files_are_values() -> None:
    device = {"AccessToken": "a", "DeviceKey": "us-east-1_0"}
    assert checked("GetDevice", **device)
    image = checked("SetUICustomization", UserPoolId=POOL, ImageFile="AP8=")["ImageFile"]
    assert image == b"\x00\xff"
    feedback = validation.checker(Shape("t", "timestamp"), validation._shown)(1470956231.965, "x", [])
    assert feedback == datetime(2016, 8, 11, 22, 57, 11, 965000, tzinfo=UTC)


# --- patterns ---------------------------------------------------------------------------------------------------------


def patterned() -> list[Shape]:
    found = {shape for operation in raw.all_operations() for shape in services.below(operation.input) if shape.pattern}
    return sorted(found, key=lambda shape: shape.name)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"[\w-]+", ["a-1_"], ["é", "٣", "a\n"]),
        (r"\d+", ["0"], ["٣"]),
        (r"[\p{L}\p{N}]+", ["é٣"], [" ", "-"]),
        (r"[\S]+", ["é\u00a0"], ["a b", "\x0b"]),
        (r"^[a-z]+$", ["a"], ["a\n"]),
        (r".*\{####\}.*", ["a{####}b"], ["{###}", "a\n{####}", "\u2028{####}"]),
        (r"(?s).*", ["a\n\u2028"], []),
        ("[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+@[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+", ["a@b", "@@@"], ["@a", "a@", "a @b"]),
        (
            r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{##[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*##\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
            ["a {##b##} c", "{####}", "{## {##x##}", "{##a##}##}"],
            ["##}{##", "{##a##", "{##\x01##}", "{##}"],
        ),
        (
            r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*",
            ["a\n{####}b{####}"],
            ["{###}", "{####}\x01"],
        ),
    ],
)
def test_java_patterns(pattern: str, yes: list[str], no: list[str]) -> None:
    matches = patterns.matcher(pattern)
    assert [text for text in yes if not matches(text)] == []
    assert [text for text in no if matches(text)] == []


def test_each_rewritten_pattern_is_one_of_the_contract() -> None:
    """A model that changes one must be looked at again."""
    known = {patterns.SAID.get(shape.name, shape.pattern) for shape in patterned()}
    assert set(patterns._LINEAR) <= known


UNITS = ("a", "@", "{####}", "{##", "##}", "-", ":a", "arn:a:", ".", " ", "1", ".a", "=", "/", "a ", "{##a##}")


def test_DOS_03_every_pattern_is_linear() -> None:
    slow = []
    for shape in patterned():
        matches = patterns.matcher(patterns.SAID.get(shape.name, shape.pattern or ""))
        longest = shape.maximum or validation.LONGEST_TEXT
        for text in (f"{head}{unit * longest}"[: longest - 1] + "\x01" for unit in UNITS for head in ("", "arn:", "a")):
            started = time.thread_time()
            matches(text)
            if time.thread_time() - started > 0.05:
                slow.append((shape.name, text[:20]))
    assert not slow, "Write it another way in patterns._LINEAR."


def test_each_pattern_has_a_sample() -> None:
    for shape in patterned():
        assert samples.value(shape)


def test_API_06_checking_is_cheap() -> None:
    """30 microseconds for a typical call; the bound leaves room for a busy machine."""
    operation = services.service("cognito-idp").operations["AdminGetUser"]
    document = {"UserPoolId": POOL, "Username": "alice@example.com"}
    validation.check(operation, document)
    started = time.thread_time()
    for _ in range(1000):
        validation.check(operation, document)
    assert (time.thread_time() - started) / 1000 < 60e-6
