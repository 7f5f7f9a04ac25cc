"""What is measured: one request each, its goal, and the arithmetic that no server can avoid in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench import srp_client
from bench.load import Request
from bench.scene import Scene

SRP = "SRP sign-in"


@dataclass(frozen=True)
class Row:
    """``request`` is None where one takes several. ``limit`` names how many signatures, hashes and modular powers one
    needs; ``goal`` is a share of that limit, or requests a second where there is none."""

    name: str
    request: Callable[[Scene], Request] | None
    limit: dict[str, float]
    goal: float


SRP_POWERS = srp_client.SERVER_POWERS + srp_client.CLIENT_POWERS
ROWS = (
    Row("JWKS", Scene.jwks, {}, 5000),
    Row("client_credentials", Scene.client_credentials, {"signatures": 1}, 0.50),
    Row("refresh", Scene.refresh, {"signatures": 2}, 0.55),
    Row("password sign-in", Scene.password, {"signatures": 2, "hashes": 1}, 0.80),
    Row(SRP, None, {"signatures": 2, "powers": SRP_POWERS}, 0.60),
    Row("GetUser", Scene.get_user, {}, 1400),
    Row("AdminGetUser", Scene.admin_get_user, {}, 1400),
    Row("ListUsers by e-mail", Scene.list_users, {}, 0),
)
# Of these, how long they take with many users in the pool.
BY_SIZE = ("GetUser", "AdminGetUser", "password sign-in", "ListUsers by e-mail")
