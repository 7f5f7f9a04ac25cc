"""How often this machine can do the arithmetic that no server can avoid, on the same cores."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from userpools.domain import srp

SECONDS = 2.0


@dataclass(frozen=True)
class Limits:
    """Each in operations a second on all cores of the benchmark."""

    signatures: float
    hashes: float
    powers: float

    def combined(self, signatures: float = 0, hashes: float = 0, powers: float = 0) -> float:
        """Of requests that need that many of each."""
        return 1 / (signatures / self.signatures + hashes / self.hashes + powers / self.powers)


def measure() -> Limits:
    return Limits(*(_on_every_core(work) for work in (_signatures, _hashes, _powers)))


def _on_every_core(work: Callable[[], float]) -> float:
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return sum(result.result() for result in [pool.submit(work) for _ in os.sched_getaffinity(0)])


def _rate(once: Callable[[], object]) -> float:
    once()
    started, count = time.perf_counter(), 0
    while time.perf_counter() - started < SECONDS:
        once()
        count += 1
    return count / (time.perf_counter() - started)


def _signatures() -> float:
    key, padding, algorithm, text = generate_private_key(65537, 2048), PKCS1v15(), SHA256(), b"x" * 600
    return _rate(lambda: key.sign(text, padding, algorithm))


def _hashes() -> float:
    hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    known = hasher.hash("Correct-horse-7")
    return _rate(lambda: hasher.verify(known, "Correct-horse-7"))


def _powers() -> float:
    """3072 bits, 256-bit exponents: what the SRP of both sides is made of."""
    base, exponent = secrets.randbelow(srp.N), srp.server_secret()
    return _rate(lambda: srp.power(base, exponent, srp.N))
