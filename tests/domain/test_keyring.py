"""Secrets at rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings

from cognito_site import keyring

OLD, NEW = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
def ring(settings: object) -> Callable[..., None]:
    def use(*keys: bytes) -> None:
        settings.POOLHOUSE = replace(settings.POOLHOUSE, secret_keys=keys)  # type: ignore[attr-defined]

    return use


def test_it_works() -> None:
    sealed = keyring.seal(b"JBSWY3DPEHPK3PXP", "totp:1")
    assert b"JBSWY3DPEHPK3PXP" not in sealed
    assert keyring.unseal(sealed, "totp:1") == b"JBSWY3DPEHPK3PXP"


def test_nothing_at_all_can_be_sealed() -> None:
    assert keyring.unseal(keyring.seal(b"", "totp:1"), "totp:1") == b""


def test_sealing_twice_gives_two_ciphertexts() -> None:
    assert keyring.seal(b"secret", "totp:1") != keyring.seal(b"secret", "totp:1")


def test_a_ciphertext_copied_to_another_row_does_not_open() -> None:
    sealed = keyring.seal(b"mallory's own secret", "totp:mallory")
    with pytest.raises(keyring.CannotUnseal, match="totp:alice: sealed for another place"):
        keyring.unseal(sealed, "totp:alice")


@pytest.mark.parametrize("position", [5, 17, -1], ids=["nonce", "ciphertext", "tag"])
def test_an_altered_ciphertext_does_not_open(position: int) -> None:
    sealed = bytearray(keyring.seal(b"secret", "totp:1"))
    sealed[position] ^= 1
    with pytest.raises(keyring.CannotUnseal, match="altered"):
        keyring.unseal(bytes(sealed), "totp:1")


@pytest.mark.parametrize("junk", [b"", b"\x01", b"\x02" + bytes(60), bytes(60)])
def test_what_was_never_sealed_says_so(junk: bytes) -> None:
    with pytest.raises(keyring.CannotUnseal, match="not something that the key ring sealed"):
        keyring.unseal(junk, "totp:1")


def test_after_rotation_the_newest_key_seals_and_all_open(ring: Callable[..., None]) -> None:
    ring(OLD)
    before = keyring.seal(b"secret", "totp:1")
    ring(NEW, OLD)
    after = keyring.seal(b"secret", "totp:1")
    assert keyring.unseal(before, "totp:1") == keyring.unseal(after, "totp:1") == b"secret"
    ring(NEW)
    assert keyring.unseal(after, "totp:1") == b"secret"


def test_a_key_that_left_the_ring_is_named_by_its_id(ring: Callable[..., None]) -> None:
    ring(OLD)
    sealed = keyring.seal(b"secret", "totp:1")
    ring(NEW)
    with pytest.raises(
        keyring.CannotUnseal, match=rf"totp:1: sealed with key {sealed[1:5].hex()}, .*POOLHOUSE_SECRET_KEYS"
    ):
        keyring.unseal(sealed, "totp:1")


def test_an_error_never_tells_a_key(ring: Callable[..., None]) -> None:
    ring(OLD)
    sealed = keyring.seal(b"secret", "totp:1")
    ring(NEW)
    with pytest.raises(keyring.CannotUnseal) as refused:
        keyring.unseal(sealed, "totp:1")
    assert not any(secret.hex() in str(refused.value) for secret in (OLD, NEW, b"secret"))


def test_a_fingerprint_is_bound_to_its_purpose_and_to_the_ring(ring: Callable[..., None]) -> None:
    ring(OLD)
    code = keyring.fingerprint("123456", "sign-up:alice")
    assert code == keyring.fingerprint(b"123456", "sign-up:alice")
    assert code != keyring.fingerprint("123456", "sign-up:bob")
    ring(NEW)
    assert code != keyring.fingerprint("123456", "sign-up:alice")


def test_codes_on_their_way_survive_a_new_key(ring: Callable[..., None]) -> None:
    ring(OLD)
    code, key = keyring.fingerprint("123456", "sign-up"), keyring.derive("page-tokens")
    ring(NEW, OLD)
    assert (code, key) == (keyring.fingerprint("123456", "sign-up"), keyring.derive("page-tokens"))


def test_keys_of_two_purposes_have_nothing_in_common() -> None:
    assert (
        len({keyring.derive("page-tokens"), keyring.derive("fingerprint:page-tokens"), *settings.POOLHOUSE.secret_keys})
        == 3
    )


def test_a_digest_is_the_same_everywhere() -> None:
    assert keyring.digest("token") == keyring.digest(b"token")
    assert keyring.digest("token").hex().startswith("3c469e9d6c5875d3")
