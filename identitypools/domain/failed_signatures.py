"""How often somebody may sign wrongly, per minute, from one network and with one access key.

Only failures are counted and only failures are refused: a right signature always passes, so nobody is locked out by
somebody else who uses their key's id. Counted in the cache: there is no secret here that could be guessed in a
lifetime, only noise to be kept down.
"""

from __future__ import annotations

import ipaddress
import logging
import time

from django.core.cache import cache

from cognito_site import keyring
from cognito_site.contract import errors

MOST = 600
MINUTE = 60
IPV6_PREFIX = 64
logger = logging.getLogger("poolhouse.signatures")


def count(access_key_id: str, ip: str) -> None:
    """Raises TooManyRequests, which says nothing about the key."""
    place = keyring.digest(f"{access_key_id}\0{network(ip)}\0{int(time.time()) // MINUTE}").hex()
    if _counted(f"failed-signatures:{place}") > MOST:
        raise errors.rate_exceeded()


def network(ip: str) -> str:
    """Whoever has one IPv6 address has all of its network."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    prefix = IPV6_PREFIX if address.version == 6 else 32
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def _counted(key: str) -> int:
    """Drivers raise what they like. Without a cache nothing is counted: the signature is still wrong."""
    try:
        cache.add(key, 0, timeout=2 * MINUTE)
        return int(cache.incr(key))
    except Exception:
        logger.warning("Failed signatures are not counted: the cache does not answer.")
        return 0
