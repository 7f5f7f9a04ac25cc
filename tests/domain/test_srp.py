"""The arithmetic against the published vectors (authentication.md sections 5 and 6), and against hostile input."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from cognito_site.contract import errors
from userpools.domain import srp

CLIENT_SECRET = int.from_bytes(b"\x11" * 128, "big")
SERVER_SECRET = int.from_bytes(b"\x22" * 32, "big")
BLOCK = b"secret-block-bytes"
TIMESTAMP = "Tue May 6 00:09:40 UTC 2025"


def hashed(number: int) -> str:
    return sha256(format(number, "x").encode()).hexdigest()


@pytest.fixture(scope="module")
def client_public() -> int:
    return pow(srp.G, CLIENT_SECRET, srp.N)


def test_the_group_is_the_published_one() -> None:
    assert hashed(srp.N) == "30a45e27c3a0a6f934cd558e88e937625082b19bd435f74f04d7500e5032d88e"
    assert format(srp.K, "x") == "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6"


@pytest.mark.parametrize(
    ("scope", "identity", "secret", "salt", "verifier", "server", "key", "claim"),
    [
        pytest.param(
            "AbCdEf123",
            "alice",
            "Password1!",
            b"\xa1" * 16,
            "ce76180503f6430e1c5abb49a30f8eaceb17afc0a2d52a402a4ca058be5653fd",
            "1585ac7ac00c5a69173043c63fb64e5a7e50bebf54a5a124efa06db93c175b93",
            "8b003989d5590e637e6a0ef098327bb0",
            "QdUuGnkEFDWgRkcWFf8YvBZHRYetF1s3IU9rNePNSv4=",
            id="password",
        ),
        pytest.param(
            "-a1B2c3D4",
            "us-east-1_6f1c2d3e-4b5a-4c6d-8e7f-0a1b2c3d4e5f",
            "ZGV2aWNlLXNlY3JldA==",
            b"\x0b" * 16,
            None,
            "275fb363a4aede977646bc7cc6625c9a84a5823e065dcb9e85ed9108c2b51e80",
            "cb51763d03fa681a3cba46c64296d4fa",
            "5odHvmcN5okXXCBO+HRKrYjEvcLk5sOVheLxInr1nOc=",
            id="device",
        ),
    ],
)
def test_vectors(
    client_public: int,
    scope: str,
    identity: str,
    secret: str,
    salt: bytes,
    verifier: str | None,
    server: str,
    key: str,
    claim: str,
) -> None:
    v = srp.verifier(scope, identity, secret, salt)
    assert verifier is None or hashed(v) == verifier
    public = srp.server_public(v, SERVER_SECRET)
    assert hashed(public) == server
    session_key = srp.session_key(client_public, public, v, SERVER_SECRET)
    assert session_key.hex() == key
    assert srp.claim(session_key, scope, identity, BLOCK, TIMESTAMP) == claim


def test_device_verifier_as_clients_send_it() -> None:
    v = srp.verifier(
        "-a1B2c3D4", "us-east-1_6f1c2d3e-4b5a-4c6d-8e7f-0a1b2c3d4e5f", "ZGV2aWNlLXNlY3JldA==", b"\x0b" * 16
    )
    assert base64.b64encode(srp.pad(v)).decode().startswith("AIGelEJ+stnvAVfkxTNFlS+q")


@pytest.mark.parametrize("text", ["f", "0F", "00ff", "FF" * 384])
def test_public_values_of_any_case_and_parity(text: str) -> None:
    assert srp.parse_public(text) == int(text, 16)


@pytest.mark.parametrize("text", ["", "0x1f", "-5", "g1", "1 2", "١", "ab\n", "f" * 771, "f" * 8_000_000])
def test_what_is_not_a_hexadecimal_number_is_refused_before_any_arithmetic(text: str) -> None:
    with pytest.raises(errors.InvalidParameter):
        srp.parse_public(text)


@pytest.mark.parametrize("multiple", [0, 1])
def test_multiples_of_the_modulus_prove_nothing(multiple: int) -> None:
    with pytest.raises(errors.NotAuthorized):
        srp.parse_public(format(multiple * srp.N, "x"))


def test_salts_and_secrets_start_with_a_byte_that_is_not_zero() -> None:
    assert all(srp.new_salt()[0] for _ in range(600))
    assert all(srp.server_secret().bit_length() == srp.SECRET_BITS for _ in range(50))
