"""Whose address a request carries."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from cognito_site.proxies import behind, client_address
from cognito_site.variables import TrustedProxies

NOBODY = TrustedProxies()
ONE = TrustedProxies(hops=1)
TWO = TrustedProxies(hops=2)
INSIDE = TrustedProxies(networks=(ip_network("10.0.0.0/8"), ip_network("fd00::/8")))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "trusted", "client"),
    [
        pytest.param("203.0.113.9", "", NOBODY, "203.0.113.9", id="nobody in front"),
        pytest.param("203.0.113.9", "198.51.100.1", NOBODY, "203.0.113.9", id="a header that nobody vouches for"),
        pytest.param("10.0.0.1", "203.0.113.9", ONE, "203.0.113.9", id="one proxy"),
        pytest.param("10.0.0.1", "6.6.6.6, 203.0.113.9", ONE, "203.0.113.9", id="one proxy, a lie in front"),
        pytest.param("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", TWO, "203.0.113.9", id="two proxies"),
        pytest.param("10.0.0.1", "", TWO, "10.0.0.1", id="fewer proxies than promised"),
        pytest.param("10.0.0.1", "garbage", ONE, "10.0.0.1", id="no address at all"),
        pytest.param("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.9.9.9", INSIDE, "203.0.113.9", id="networks"),
        pytest.param("203.0.113.9", "6.6.6.6", INSIDE, "203.0.113.9", id="a stranger who claims to be a proxy"),
        pytest.param("10.0.0.1", "10.0.0.7", INSIDE, "10.0.0.7", id="a client inside the network"),
        pytest.param("fd00::1", "2001:db8::7", INSIDE, "2001:db8::7", id="IPv6"),
        pytest.param("10.0.0.1", "[2001:db8::7]:4711", ONE, "2001:db8::7", id="brackets and port"),
        pytest.param("10.0.0.1", "203.0.113.9:4711", ONE, "203.0.113.9", id="port"),
        pytest.param("::ffff:203.0.113.9", "", NOBODY, "203.0.113.9", id="IPv4 on an IPv6 socket"),
    ],
)
def test_client_address(peer: str, forwarded_for: str, trusted: TrustedProxies, client: str) -> None:
    assert client_address(peer, forwarded_for, trusted) == client


def test_the_scheme_is_the_public_urls() -> None:
    seen: list[dict[str, object]] = []
    application = behind(lambda environ, _: seen.append(environ) or [], NOBODY, "https")  # type: ignore[func-returns-value]
    application({"REMOTE_ADDR": "203.0.113.9", "wsgi.url_scheme": "http", "HTTP_X_FORWARDED_PROTO": "http"}, None)
    assert (seen[0]["wsgi.url_scheme"], seen[0]["REMOTE_ADDR"]) == ("https", "203.0.113.9")
