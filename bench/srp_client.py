"""SRP sign-ins by a client as lean as one can be: raw sockets' worth of HTTP, and the arithmetic that no client can
avoid. Its share of the work is part of the limit that the result is compared with."""

from __future__ import annotations

import base64
import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from bench.load import Measured
from bench.scene import PASSWORD, SWIMMERS, Scene, headers_of
from userpools.domain import srp

# What an operation answers to a document.
Post = Callable[[str, dict[str, Any]], dict[str, Any]]

SERVER_POWERS = 3
CLIENT_POWERS = 4  # g^x, and (a + u*x) of 512 bits in place of 256 twice, with g^a once for each run


def run(scene: Scene, seconds: float) -> Measured:
    """So many at once that each worker gets its share of the connections, which stay with it."""
    with ProcessPoolExecutor(len(SWIMMERS)) as pool:
        futures = [pool.submit(_sign_in_for, scene, name, seconds) for name in SWIMMERS]
        times = sorted(one for future in futures for one in future.result())
    return Measured(len(times) / seconds, times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000)


def _sign_in_for(scene: Scene, name: str, seconds: float) -> list[float]:
    parts = urlsplit(scene.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)

    def post(operation: str, document: dict[str, Any]) -> dict[str, Any]:
        connection.request("POST", "/", json.dumps(document), headers_of(operation))
        answer = connection.getresponse()
        found: dict[str, Any] = json.loads(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{operation} refused: {found}")
        return found

    sign_in = signing_in(scene, name, post)
    times, end = [], time.perf_counter() + seconds
    while (started := time.perf_counter()) < end:
        sign_in()
        times.append(time.perf_counter() - started)
    return times


def signing_in(scene: Scene, name: str, post: Post) -> Callable[[], None]:
    """Both requests of one sign-in; the client's own key pair is made once."""
    secret = srp.server_secret()
    public = srp.power(srp.G, secret, srp.N)
    return lambda: _sign_in(post, scene, name, secret, public)


def _sign_in(post: Post, scene: Scene, name: str, secret: int, public: int) -> None:
    parameters = {"USERNAME": name, "SRP_A": format(public, "x")}
    asked = post(
        "InitiateAuth",
        {"AuthFlow": "USER_SRP_AUTH", "ClientId": scene.client_id, "AuthParameters": parameters},
    )
    given: dict[str, str] = asked["ChallengeParameters"]
    scope, identity = scene.pool_id.partition("_")[2], given["USER_ID_FOR_SRP"]
    salt, server_public = bytes.fromhex(given["SALT"]), int(given["SRP_B"], 16)
    key = srp.client_key(scope, identity, PASSWORD, salt, server_public, secret, public)
    stamp = time.strftime("%a %b %-d %H:%M:%S UTC %Y", time.gmtime())
    answers = {
        "USERNAME": identity,
        "PASSWORD_CLAIM_SECRET_BLOCK": given["SECRET_BLOCK"],
        "TIMESTAMP": stamp,
        "PASSWORD_CLAIM_SIGNATURE": srp.claim(key, scope, identity, base64.b64decode(given["SECRET_BLOCK"]), stamp),
    }
    post(
        "RespondToAuthChallenge",
        {
            "ClientId": scene.client_id,
            "ChallengeName": "PASSWORD_VERIFIER",
            "Session": asked["Session"],
            "ChallengeResponses": answers,
        },
    )
