"""The policy language against a table of what AWS documents, and against every attack on its matching."""

from __future__ import annotations

import json
import random
import re
import time
from typing import Any

import pytest

from cognito_site.contract import errors
from identitypools.domain.policies import conditions, documents
from identitypools.domain.policies.evaluation import Decision, decide
from identitypools.domain.policies.statements import EVERYBODY, Request
from identitypools.domain.policies.wildcards import ArnGlob, Glob, tokens

POOL = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a"
OTHER = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_b"
DESCRIBE = "cognito-idp:DescribeUserPool"
V2012 = "2012-10-17"
ALLOWED, DENIED, NOT_ALLOWED = Decision.ALLOWED, Decision.DENIED, Decision.NOT_ALLOWED


def document(*statements: dict[str, Any], version: str | None = V2012) -> str:
    return json.dumps({**({"Version": version} if version else {}), "Statement": list(statements)})


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def decision(text: str, action: str = DESCRIBE, resource: str = POOL, **context: Any) -> Decision:
    given = {key.replace("__", ":"): value for key, value in context.items()}
    return decide([documents.permissions(text)], Request(action, resource, conditions.known(given)))


# --- the decision -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([allow()], ALLOWED),
        ([allow(), deny()], DENIED),
        ([deny(), allow()], DENIED),
        ([allow("cognito-idp:*")], ALLOWED),
        ([allow("COGNITO-IDP:describeuserpool")], ALLOWED),
        ([allow("cognito-idp:Describe*")], ALLOWED),
        ([allow("cognito-idp:DescribeUserPoo?")], ALLOWED),
        ([allow("cognito-idp:DescribeUserPool?")], NOT_ALLOWED),
        ([allow(["sts:AssumeRole", "cognito-idp:Describe*"])], ALLOWED),
        ([allow("cognito-identity:*")], NOT_ALLOWED),
        ([{"Effect": "Allow", "NotAction": "sts:*", "Resource": "*"}], ALLOWED),
        ([{"Effect": "Allow", "NotAction": "cognito-idp:*", "Resource": "*"}], NOT_ALLOWED),
        ([allow(), {"Effect": "Deny", "NotAction": "cognito-idp:*", "Resource": "*"}], ALLOWED),
        ([allow(), {"Effect": "Deny", "NotAction": "sts:*", "Resource": "*"}], DENIED),
        ([allow(resource=POOL)], ALLOWED),
        ([allow(resource=OTHER)], NOT_ALLOWED),
        ([allow(resource=[OTHER, POOL])], ALLOWED),
        ([allow(resource=POOL.upper().replace("ARN", "arn"))], NOT_ALLOWED),
        ([allow(resource="arn:aws:cognito-idp:*:*:userpool/*")], ALLOWED),
        ([allow(resource="arn:aws:cognito-idp:*")], ALLOWED),
        ([allow(resource="arn:aws:*:userpool/us-east-1_a*")], NOT_ALLOWED),
        ([allow(resource="arn:aws:s3:::*")], NOT_ALLOWED),
        ([{"Effect": "Allow", "Action": "*", "NotResource": OTHER}], ALLOWED),
        ([{"Effect": "Allow", "Action": "*", "NotResource": POOL}], NOT_ALLOWED),
        ([allow(), {"Effect": "Deny", "Action": "*", "NotResource": POOL}], ALLOWED),
        ([allow(), {"Effect": "Deny", "Action": "*", "NotResource": OTHER}], DENIED),
        ([allow(), deny(resource=OTHER)], ALLOWED),
        ([deny("sts:*")], NOT_ALLOWED),
    ],
)
def test_IDP_08_explicit_deny_then_allow_then_no(statements: list[dict[str, Any]], expected: Decision) -> None:
    assert decision(document(*statements)) is expected


def test_IDP_08_nothing_allows_nothing() -> None:
    assert decide([], Request(DESCRIBE, POOL, {})) is NOT_ALLOWED


def test_what_has_no_resource_needs_a_star() -> None:
    assert decision(document(allow(resource="arn:aws:cognito-idp:*:*:*")), resource="*") is NOT_ALLOWED
    assert decision(document(allow()), resource="*") is ALLOWED


# --- conditions -------------------------------------------------------------------------------------------------------

# operator, values of the policy, values of the request (None: the key is absent), whether it holds.
CONDITIONS: list[tuple[str, Any, Any, bool | None]] = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", ["b", "a"], "a", True),
    ("StringEquals", "a*", "ab", False),
    ("StringEquals", "a", None, False),
    ("StringEquals", "", "", True),
    ("StringNotEquals", "a", "b", True),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", "a", None, True),
    ("StringEqualsIgnoreCase", "aB", "Ab", True),
    ("StringNotEqualsIgnoreCase", "aB", "Ab", False),
    ("StringLike", "a*c?", "abbbcd", True),
    ("StringLike", "a*c?", "abbbc", False),
    ("StringLike", "*", "", True),
    ("StringLike", "*", None, False),
    ("StringNotLike", "a*", "b", True),
    ("StringNotLike", "a*", None, True),
    ("StringEqualsIfExists", "a", None, True),
    ("StringEqualsIfExists", "a", "b", False),
    ("StringNotEqualsIfExists", "a", None, True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericNotEquals", 10, "11", True),
    ("NumericLessThan", "10", "9.5", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "10", "10", False),
    ("NumericGreaterThanEquals", ["10", "99"], "10", True),
    ("NumericEquals", "10", "ten", None),
    ("NumericEquals", "10", "nan", None),
    ("NumericNotEquals", "10", "inf", None),
    ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", True),
    ("DateNotEquals", "2026-01-01", "2026-01-02", True),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", True),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:30:00+01:00", True),
    ("DateLessThanEquals", "2026-01-01", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan", "2026-01-01", "2026-01-01T00:00:01Z", True),
    ("DateGreaterThanEquals", "2026-01-01", "2025-01-01", False),
    ("DateLessThan", "2026-01-01", "yesterday", None),
    ("Bool", "true", "True", True),
    ("Bool", True, "false", False),
    ("Bool", "true", None, False),
    ("BoolIfExists", "true", None, True),
    ("Bool", "true", "yes", None),
    ("BinaryEquals", "QUJD", "QUJD", True),
    ("BinaryEquals", "QUJD", "QUJE", False),
    ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
    ("IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "2001:db8::1", True),
    ("IpAddress", "203.0.113.7", "203.0.113.8", False),
    ("NotIpAddress", "203.0.113.0/24", "203.0.114.7", True),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.7", False),
    ("NotIpAddress", "203.0.113.0/24", "nowhere", None),
    ("ArnEquals", "arn:aws:iam::*:role/a", "arn:aws:iam::000000000000:role/a", True),
    ("ArnLike", "arn:aws:iam::*:role/a*", "arn:aws:iam::000000000000:role/a/b:c", True),
    ("ArnLike", "arn:aws:*:role/a", "arn:aws:iam::000000000000:role/a", False),
    ("ArnNotEquals", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", True),
    ("ArnNotLike", "arn:aws:iam::*:role/*", "arn:aws:iam::1:role/b", False),
    ("Null", "true", None, True),
    ("Null", "true", "a", False),
    ("Null", "false", "a", True),
    ("Null", "false", None, False),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", ["a", "b"], None, True),
    ("ForAllValues:StringLike", "a*", ["ab", "ac"], True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], False),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "a"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
    ("ForAnyValue:StringEquals", ["a", "b"], None, False),
    ("ForAnyValue:StringEqualsIfExists", ["a", "b"], None, True),
    ("ForAnyValue:StringLike", "cognito-idp.*", ["authenticated", "cognito-idp.x"], True),
    ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], True),
    ("ForAnyValue:StringNotEquals", ["a"], ["a"], False),
    ("StringEquals", "a", ["a", "b"], None),
    ("StringNotEquals", "c", ["a", "b"], None),
]


def outcome(name: str, values: Any, given: Any) -> tuple[Decision, Decision]:
    """Of the condition on an Allow, and on a Deny beside an Allow of everything."""
    block = {"Condition": {name: {"x:Key": values}}}
    context = {} if given is None else {"X__KEY": given}
    return decision(document(allow(**block)), **context), decision(document(allow(), deny(**block)), **context)


@pytest.mark.parametrize(("name", "values", "given", "holds"), CONDITIONS)
def test_IDP_08_every_operator(name: str, values: Any, given: Any, holds: bool | None) -> None:
    """What cannot be decided allows nothing and denies."""
    expected = {True: (ALLOWED, DENIED), False: (NOT_ALLOWED, ALLOWED), None: (NOT_ALLOWED, DENIED)}
    assert outcome(name, values, given) == expected[holds]


def test_every_operator_of_the_language_is_in_the_table() -> None:
    tried = {name.rpartition(":")[2].removesuffix("IfExists") for name, *_ in CONDITIONS}
    assert tried == {*conditions._POSITIVE, *conditions._NEGATED, "Null"}


def test_operators_and_keys_are_and_values_are_or() -> None:
    block = {"StringEquals": {"x:A": ["1", "2"], "x:B": "3"}, "Bool": {"x:C": "true"}}
    text = document(allow(Condition=block))
    assert decision(text, x__A="2", x__B="3", x__C="true") is ALLOWED
    for wrong in ({"x__A": "9"}, {"x__B": "9"}, {"x__C": "false"}):
        assert decision(text, **{"x__A": "2", "x__B": "3", "x__C": "true", **wrong}) is NOT_ALLOWED


# --- variables --------------------------------------------------------------------------------------------------------

SUB = "cognito-identity.amazonaws.com__sub"
BUCKET = "arn:aws:s3:::b/"


@pytest.mark.parametrize(
    ("pattern", "resource", "context", "expected"),
    [
        (BUCKET + "${cognito-identity.amazonaws.com:sub}/*", BUCKET + "us-east-1:1/x", {SUB: "us-east-1:1"}, ALLOWED),
        (BUCKET + "${COGNITO-identity.amazonaws.com:SUB}/*", BUCKET + "us-east-1:1/x", {SUB: "us-east-1:1"}, ALLOWED),
        (
            BUCKET + "${cognito-identity.amazonaws.com:sub}/*",
            BUCKET + "us-east-1:2/x",
            {SUB: "us-east-1:1"},
            NOT_ALLOWED,
        ),
        (BUCKET + "${cognito-identity.amazonaws.com:sub}/*", BUCKET + "x", {}, NOT_ALLOWED),
        # What a variable brings is no wildcard, no segment, and no other variable.
        (BUCKET + "${x:a}", BUCKET + "anything", {"x__a": "*"}, NOT_ALLOWED),
        (BUCKET + "${x:a}", BUCKET + "*", {"x__a": "*"}, ALLOWED),
        (BUCKET + "${x:a}", BUCKET + "?", {"x__a": "?"}, ALLOWED),
        (BUCKET + "${x:a}", BUCKET + "y", {"x__a": "${x:b}", "x__b": "y"}, NOT_ALLOWED),
        (BUCKET + "${x:a, 'team'}", BUCKET + "team", {}, ALLOWED),
        (BUCKET + "${x:a,'team'}", BUCKET + "red", {"x__a": "red"}, ALLOWED),
        (BUCKET + "${x:a, 'team'}", BUCKET + "team", {"x__a": ["one", "two"]}, NOT_ALLOWED),
        (BUCKET + "${*}", BUCKET + "*", {}, ALLOWED),
        (BUCKET + "${*}", BUCKET + "a", {}, NOT_ALLOWED),
        (BUCKET + "${?}", BUCKET + "a", {}, NOT_ALLOWED),
        (BUCKET + "${$}{x:a}", BUCKET + "${x:a}", {"x__a": "red"}, ALLOWED),
    ],
)
def test_IDP_08_variables_in_resources(pattern: str, resource: str, context: Any, expected: Decision) -> None:
    assert decision(document(allow(resource=pattern)), resource=resource, **context) is expected


def test_IDP_08_an_unresolvable_variable_does_not_depend_on_its_place() -> None:
    patterns = [BUCKET + "${x:missing}", POOL]
    for order in (patterns, patterns[::-1]):
        assert decision(document(allow(resource=order))) is NOT_ALLOWED
        assert decision(document({"Effect": "Allow", "Action": "*", "NotResource": order[:1]})) is NOT_ALLOWED


def test_variables_in_conditions() -> None:
    text = document(allow(Condition={"StringLike": {"s3:prefix": ["${aws:username}/*", ""]}}))
    assert decision(text, s3__prefix="alice/x", aws__username="alice") is ALLOWED
    assert decision(text, s3__prefix="bob/x", aws__username="alice") is NOT_ALLOWED
    assert decision(text, s3__prefix="bob/x", aws__username="*") is NOT_ALLOWED
    assert decision(text, s3__prefix="bob/x") is NOT_ALLOWED
    same = document(allow(Condition={"ArnLike": {"x:a": "${aws:PrincipalArn}"}}))
    assert decision(same, x__a=POOL, aws__PrincipalArn=POOL) is ALLOWED
    assert decision(same, x__a=OTHER, aws__PrincipalArn=POOL) is NOT_ALLOWED


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_older_documents_have_no_variables(version: str | None) -> None:
    text = document(allow(resource=BUCKET + "${x:a}"), version=version)
    assert decision(text, resource=BUCKET + "red", x__a="red") is NOT_ALLOWED
    assert decision(text, resource=BUCKET + "${x:a}", x__a="red") is ALLOWED
    equals = document(allow(Condition={"StringEquals": {"x:b": "${x:a}"}}), version=version)
    assert decision(equals, x__a="red", x__b="${x:a}") is ALLOWED


# --- documents that are none ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"a"',
        "[" * 100_000,
        "{}",
        document(version="2012-10-18"),
        '{"Version": "2012-10-17"}',
        '{"Version": "2012-10-17", "Statement": []}',
        '{"Version": "2012-10-17", "Statement": "x"}',
        '{"Version": "2012-10-17", "Statement": ["x"]}',
        '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": {}}',
        json.dumps({"Version": V2012, "Statement": allow(), "Extra": 1}),
        document({"Action": "*", "Resource": "*"}),
        document({"Effect": "allow", "Action": "*", "Resource": "*"}),
        document({"Effect": "Allow", "Resource": "*"}),
        document({"Effect": "Allow", "Action": "*"}),
        document(allow(NotAction="sts:*")),
        document(allow(NotResource="*")),
        document(allow(Principal="*")),
        document(allow(NotPrincipal="*")),
        document(allow(Extra="*")),
        document(allow(Sid="a b")),
        document(allow(Sid=["a"])),
        document(allow(Sid="a"), deny(Sid="a")),
        document(allow([])),
        document(allow("")),
        document(allow([1])),
        document(allow({"a": 1})),
        document(allow("everything")),
        document(allow("a:b:c")),
        document(allow("*:Describe")),
        document(allow(resource="")),
        document(allow(resource=[])),
        document(allow(resource="userpool/a")),
        document(allow(resource="*a")),
        document(allow(resource="arn:aws:s3")),
        document(allow(resource="arn:aws:s3:::${x")),
        document(allow(resource="arn:aws:${x:a}:::b")),
        document(allow(resource="arn:aws:s3::${x:a}:b")),
        document(allow(Condition=[])),
        document(allow(Condition={"StringEquals": {}})),
        document(allow(Condition={"StringEquals": "a"})),
        document(allow(Condition={"StringEquals": {"nokey": "a"}})),
        document(allow(Condition={"StringEquals": {"x:a": []}})),
        document(allow(Condition={"StringEquals": {"x:a": None}})),
        document(allow(Condition={"StringEquals": {"x:a": {"b": "c"}}})),
        document(allow(Condition={"StringEquals": {"x:a": "${y"}})),
        document(allow(Condition={"NumericEquals": {"x:a": "ten"}})),
        document(allow(Condition={"DateEquals": {"x:a": "today"}})),
        document(allow(Condition={"Bool": {"x:a": "yes"}})),
        document(allow(Condition={"IpAddress": {"x:a": "300.0.0.1"}})),
        document(allow(Condition={"BinaryEquals": {"x:a": "!"}})),
        document(allow(Condition={"Null": {"x:a": "maybe"}})),
    ],
)
def test_malformed_documents(text: str) -> None:
    with pytest.raises(errors.MalformedPolicyDocument):
        documents.permissions(text)


@pytest.mark.parametrize(
    "name",
    [
        "StringMatches",
        "stringequals",
        "",
        "IfExists",
        "ForAllValues",
        "ForSomeValues:StringEquals",
        ":StringEquals",
        "NullIfExists",
        "ForAnyValue:Null",
        "StringEqualsIfExistsIfExists",
        "ForAnyValue:ForAllValues:StringEquals",
    ],
)
def test_IDP_08_unknown_operators_are_refused_and_deny(name: str) -> None:
    text = document(allow(), allow(Condition={name: {"x:a": "b"}}))
    with pytest.raises(errors.MalformedPolicyDocument):
        documents.permissions(text)
    assert decide([documents.permissions_in_use(text)], Request(DESCRIBE, POOL, {})) is DENIED


def test_IDP_08_a_document_that_does_not_parse_denies_everything() -> None:
    good, broken = documents.permissions(document(allow())), documents.permissions_in_use("{")
    assert decide([good, broken], Request(DESCRIBE, POOL, {})) is DENIED


# --- trust ------------------------------------------------------------------------------------------------------------

WEB = "sts:AssumeRoleWithWebIdentity"
COGNITO = ("Federated", "cognito-identity.amazonaws.com")
ALICE = ("AWS", "arn:aws:iam::000000000000:user/alice")


def trusts(statement: dict[str, Any], *principals: tuple[str, str]) -> Decision:
    policy = documents.trust(document({"Effect": "Allow", "Action": WEB, **statement}))
    return decide([policy], Request(WEB, None, {}, frozenset(principals)))


@pytest.mark.parametrize(
    ("principal", "whom", "expected"),
    [
        ({"Federated": "cognito-identity.amazonaws.com"}, COGNITO, ALLOWED),
        ({"Federated": ["accounts.google.com", "cognito-identity.amazonaws.com"]}, COGNITO, ALLOWED),
        ({"Federated": "accounts.google.com"}, COGNITO, NOT_ALLOWED),
        ({"AWS": "cognito-identity.amazonaws.com"}, COGNITO, None),
        ({"Service": "cognito-identity.amazonaws.com"}, COGNITO, NOT_ALLOWED),
        ("*", COGNITO, NOT_ALLOWED),
        ({"AWS": "*"}, COGNITO, NOT_ALLOWED),
        ({"Federated": "*"}, COGNITO, None),
        ({"Federated": "cognito-identity.*"}, COGNITO, None),
        ("*", ALICE, ALLOWED),
        ({"AWS": "*"}, ALICE, ALLOWED),
        ({"AWS": ALICE[1]}, ALICE, ALLOWED),
        ({"AWS": "arn:aws:iam::000000000000:user/*"}, ALICE, None),
        ({"AWS": "arn:aws:iam::000000000000:user/bob"}, ALICE, NOT_ALLOWED),
        ({}, ALICE, None),
        ("alice", ALICE, None),
        ({"Unknown": "x"}, ALICE, None),
    ],
)
def test_IDP_05_principals(principal: Any, whom: tuple[str, str], expected: Decision | None) -> None:
    """None: refused when it is stored."""
    if expected is None:
        with pytest.raises(errors.MalformedPolicyDocument):
            trusts({"Principal": principal}, whom)
    else:
        assert trusts({"Principal": principal}, whom) is expected


def test_IDP_05_a_star_denies_also_those_whom_a_provider_vouches_for() -> None:
    text = document(
        {"Effect": "Allow", "Action": WEB, "Principal": {"Federated": COGNITO[1]}},
        {"Effect": "Deny", "Action": WEB, "Principal": "*"},
    )
    assert decide([documents.trust(text)], Request(WEB, None, {}, frozenset({COGNITO}))) is DENIED


def test_IDP_05_not_principal_is_for_denials() -> None:
    only_alice = {"Effect": "Deny", "Action": WEB, "NotPrincipal": {"AWS": ALICE[1]}}
    text = document({"Effect": "Allow", "Action": WEB, "Principal": "*"}, only_alice)
    for whom, expected in ((ALICE, ALLOWED), (("AWS", "bob"), DENIED)):
        request = Request(WEB, None, {}, frozenset({whom, EVERYBODY}))
        assert decide([documents.trust(text)], request) is expected
    with pytest.raises(errors.MalformedPolicyDocument):
        documents.trust(document({**only_alice, "Effect": "Allow"}))


@pytest.mark.parametrize(
    "statement",
    [
        {"Resource": "*", "Principal": "*"},
        {"NotResource": "*", "Principal": "*"},
        {},
        {"Principal": "*", "Action": "s3:GetObject"},
        {"Principal": "*", "Action": "*"},
        {"Principal": "*", "Action": ["sts:AssumeRole", "iam:PassRole"]},
    ],
)
def test_malformed_trust(statement: dict[str, Any]) -> None:
    with pytest.raises(errors.MalformedPolicyDocument):
        documents.trust(document({"Effect": "Allow", "Action": WEB, **statement}))


AUD = "cognito-identity.amazonaws.com:aud"


@pytest.mark.parametrize(
    ("name", "values", "pins"),
    [
        ("StringEquals", "us-east-1:1", True),
        ("StringLike", "us-east-1:*", True),
        ("ForAnyValue:StringEquals", ["us-east-1:1"], True),
        ("StringLike", "*", False),
        ("StringLike", ["us-east-1:1", "*"], False),
        ("StringLike", "?*", False),
        ("StringEqualsIfExists", "us-east-1:1", False),
        ("ForAllValues:StringEquals", "us-east-1:1", False),
        ("StringNotEquals", "us-east-1:2", False),
        ("StringEquals", "${cognito-identity.amazonaws.com:aud}", False),
        ("Null", "false", False),
    ],
)
def test_IDP_05_what_ties_a_key_to_values(name: str, values: Any, pins: bool) -> None:
    statement = {"Effect": "Allow", "Action": WEB, "Principal": {"Federated": COGNITO[1]}}
    policy = documents.trust(document({**statement, "Condition": {name: {AUD: values}}}))
    request = Request(WEB, None, {AUD: ("us-east-1:1",)}, frozenset({COGNITO}))
    assert decide([policy], request) is ALLOWED
    assert (decide([policy], request, pinned=(frozenset({AUD}),)) is ALLOWED) == pins


# --- wildcards --------------------------------------------------------------------------------------------------------


def test_globs_mean_what_regular_expressions_would() -> None:
    chance = random.Random(7)
    for _ in range(4000):
        pattern = "".join(chance.choice("ab*?") for _ in range(chance.randrange(8)))
        text = "".join(chance.choice("ab") for _ in range(chance.randrange(9)))
        written = "".join({"*": ".*", "?": "."}.get(letter, letter) for letter in pattern)
        assert Glob(tokens(pattern)).matches(text) == bool(re.fullmatch(written, text)), (pattern, text)


def test_arns_are_compared_segment_by_segment() -> None:
    assert ArnGlob(tokens("arn:aws:s3:::b/*")).matches("arn:aws:s3:::b/x:y")
    assert not ArnGlob(tokens("arn:aws:s3:*:b")).matches("arn:aws:s3:::b")
    assert not ArnGlob(tokens("arn:*:*:*:*:*")).matches("arn:aws:s3")
    assert not ArnGlob(tokens("arn:aws:s*")).matches("other:aws:s3:::b")


@pytest.mark.parametrize("pattern", ["*a" * 1000 + "*b", "?" * 2000 + "*", "*" * 2000 + "b", ("a*" * 500 + "?") * 2])
def test_IDP_08_no_pattern_is_slow(pattern: str) -> None:
    started = time.process_time()
    for _ in range(5):
        Glob(tokens(pattern)).matches("a" * 2000)
    assert time.process_time() - started < 0.5


def test_IDP_08_hostile_documents_are_read_quickly() -> None:
    hostile = [
        document(allow(resource="arn:aws:s3:::" + "${" * 50_000)),
        document(allow(resource="arn:aws:s3:::" + "${a:b}" * 15_000)),
        document(allow(Condition={"StringLike": {"x:a": "${a:b, '" * 15_000}})),
        document(allow(["s3:" + "*" * 1000] * 100)),
    ]
    started = time.process_time()
    for text in hostile:
        decide([documents.permissions_in_use(text)], Request("s3:Get", "arn:aws:s3:::" + "a" * 2000, {}))
    assert time.process_time() - started < 1


# --- documents that nobody would write --------------------------------------------------------------------------------

PIECES: list[Any] = [
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "*",
    "Allow",
    "Deny",
    "${x:a}",
    "${",
    "s3:*",
    "arn:aws:s3:::b",
    V2012,
    "2026-01-01",
    "\u0130\ud83d\ude00",
    [],
    {},
    [[]],
    ["*", 1],
    {"AWS": "*"},
    {"StringLike": {"x:a": "*"}},
    {"NotIpAddress": {"x:a": "::/0"}},
    {"ForAllValues:DateLessThanIfExists": {"x:a": ["1e9", 1]}},
]
SEED = {
    "Version": V2012,
    "Id": "id",
    "Statement": [
        allow(["s3:*"], ["arn:aws:s3:::${x:a, 'b'}/*"], Condition={"StringEquals": {"x:a": ["a", 1]}}, Sid="one"),
        deny("s3:Delete*", "*", Condition={"DateLessThan": {"x:a": "2026-01-01"}, "Null": {"x:b": "true"}}),
    ],
}


TRUST_SEED = {
    "Version": V2012,
    "Statement": [
        {"Effect": "Allow", "Action": [WEB, "sts:Tag*"], "Principal": {"Federated": COGNITO[1], "AWS": "*"}},
        {
            "Effect": "Deny",
            "Action": "sts:*",
            "NotPrincipal": {"AWS": [ALICE[1]]},
            "Condition": {"StringLike": {"x:a": "a*"}},
        },
    ],
}


def mutated(value: Any, chance: random.Random) -> Any:
    """One place of a document becomes something else, disappears, or stands elsewhere."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.15:
        return chance.choice(PIECES)
    if isinstance(value, list):
        place = chance.randrange(len(value))
        return [mutated(entry, chance) if at == place else entry for at, entry in enumerate(value)]
    key = chance.choice(list(value))
    renamed = chance.choice([key, key, key, f"Not{key}", key.lower(), "Principal", "Extra"])
    changed = {} if chance.random() < 0.2 else {renamed: mutated(value[key], chance)}
    return {**{name: entry for name, entry in value.items() if name != key}, **changed}


@pytest.mark.parametrize(("read", "seed"), [(documents.permissions, SEED), (documents.trust, TRUST_SEED)])
def test_IDP_08_any_document_is_understood_or_refused(read: Any, seed: Any) -> None:
    """And whatever is understood decides, of any request, without an exception."""
    chance = random.Random(11)
    understood = 0
    for _ in range(4000):
        document = mutated(seed, chance)
        for _ in range(chance.randrange(3)):
            document = mutated(document, chance)
        try:
            policy = read(json.dumps(document))
        except errors.MalformedPolicyDocument:
            continue
        understood += 1
        for given in ({}, {"x:a": "a"}, {"x:a": ["a", "b"], "x:b": "not a date"}):
            request = Request("s3:Get", "arn:aws:s3:::b/c", conditions.known(given), frozenset({ALICE}))
            assert decide([policy], request) in Decision
    assert understood > 100
