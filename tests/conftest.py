"""Fixtures of every test. No test reaches beyond this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests import clients
from tests.cast import Stage, set_stage

_connect = socket.socket.connect


def _connect_on_this_machine(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
        raise RuntimeError(f"A test wants to connect to {address[0]}: only this machine is there.")
    _connect(self, address)


def _is_here(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(scope="session", autouse=True)
def sockets_stay_here() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _connect_on_this_machine)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    yield
    cache.clear()


# --- the SDK for Python, in process: signed with the first operator's key, and ``public_*`` that sign nothing -------


@pytest.fixture
def cognito(db: None) -> Any:
    return clients.signed("cognito-idp")


@pytest.fixture
def public(db: None) -> Any:
    return clients.client("cognito-idp")


@pytest.fixture
def identity(db: None) -> Any:
    return clients.signed("cognito-identity")


@pytest.fixture
def public_identity(db: None) -> Any:
    return clients.client("cognito-identity")


@pytest.fixture
def sts(db: None) -> Any:
    return clients.signed("sts")


@pytest.fixture
def public_sts(db: None) -> Any:
    return clients.client("sts")


@pytest.fixture
def iam(db: None) -> Any:
    return clients.signed("iam")


@pytest.fixture
def stage(cognito: Any, public: Any) -> Stage:
    return set_stage(cognito, public)
