"""One variable each: text in, value out; a ``ValueError`` says what is accepted."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from importlib import import_module
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

KEY_BYTES = 32
DEFAULT_PORTS = {"http": 80, "https": 443}
POSTGRES_SCHEMES = ("postgres", "postgresql")
POSTGRES_OPTIONS = frozenset(
    {"host", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "application_name"}
)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class PostgresTarget:
    name: str
    host: str
    port: int | None
    user: str
    password: str = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SqliteTarget:
    path: Path


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Who may say on whose behalf a request comes: the last ``hops`` proxies, or proxies inside ``networks``."""

    hops: int = 0
    networks: tuple[Network, ...] = ()


def _whole_number(text: str, low: int, high: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise ValueError(f"a whole number from {low} to {high}, please")
    return int(text)


def port(text: str) -> int:
    return _whole_number(text, 1, 65535)


def process_count(text: str) -> int:
    return _whole_number(text, 1, 64)


def path(text: str) -> Path:
    if "\0" in text:
        raise ValueError("a directory, please")
    return Path(text).expanduser().absolute()


def _url(text: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    """``urlsplit`` that refuses what it would let pass: another scheme, no host, a port that is none."""
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_fine = urlsplit(""), False
    if parts.scheme not in schemes or not parts.hostname or not port_is_fine or re.search(r"\s", text):
        raise ValueError(f"{' or '.join(f'{scheme}://' for scheme in schemes)} with a host, please, as in {example}")
    return parts


def public_url(text: str) -> str:
    parts = _url(text, ("http", "https"), "https://id.example.com")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("only scheme, host and port, please: issuers are this URL and the pool's id")
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}"


def database(text: str) -> PostgresTarget | SqliteTarget:
    if text.startswith("sqlite:///"):
        path = unquote(text.removeprefix("sqlite:///"))
        if not path or path == ":memory:" or "?" in path:
            raise ValueError("a file, please, as in sqlite:////var/lib/poolhouse/db.sqlite3")
        return SqliteTarget(Path(path))
    return _postgres(text)


def _postgres(text: str) -> PostgresTarget:
    accepted = "postgres://user:password@host:5432/name or sqlite:////path/to/file, please"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(accepted) from None
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in POSTGRES_SCHEMES or not name or "/" in name:
        raise ValueError(accepted)
    options = dict(parse_qsl(parts.query))
    if unknown := options.keys() - POSTGRES_OPTIONS:
        raise ValueError(f"{min(unknown)} is not an option of the URL; {', '.join(sorted(POSTGRES_OPTIONS))} are")
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return PostgresTarget(name, host, port, unquote(parts.username or ""), unquote(parts.password or ""), options)


def redis_url(text: str) -> str:
    parts = _url(text, ("redis", "rediss"), "redis://127.0.0.1:6379/0")
    if not re.fullmatch(r"/?[0-9]*", parts.path) or parts.query:
        raise ValueError("redis:// or rediss:// with a host and at most a database number, please")
    return text


def mail_address(text: str) -> str:
    """As ``From`` has it: an address, with or without a name."""
    name, address = parseaddr(text)
    if "\n" in text or not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address):
        raise ValueError("an address, please, as in no-reply@example.com or Harbour <no-reply@example.com>")
    return formataddr((name, address))


def countries(text: str) -> frozenset[str]:
    """The list of all takes long to load, and few ask for it."""
    codes = frozenset(part.strip().upper() for part in text.split(","))
    if unknown := codes - import_module("phonenumbers").SUPPORTED_REGIONS:
        raise ValueError(f"countries by their two letters, please, as in DE,FR,PT; {min(unknown) or 'nothing'} is none")
    return codes


def daily_count(text: str) -> int:
    return _whole_number(text, 0, 100_000_000)


def log_targets(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of a log group and the address that its lines go to."""
    pairs = []
    for part in text.split():
        group, _, url = part.partition("=")
        if not re.fullmatch(r"[A-Za-z0-9._/#-]{1,512}", group):
            raise ValueError("log groups and addresses, please, as in messages=https://logs.example.com/in")
        _url(url, ("http", "https"), "messages=https://logs.example.com/in")
        pairs.append((group, url))
    return tuple(pairs)


def lambda_endpoint_url(text: str) -> str:
    _url(text, ("http", "https"), "http://127.0.0.1:3001")
    return text


def region(text: str) -> str:
    if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}", text):
        raise ValueError("a region's name, please, as in us-east-1: pool ids begin with it")
    return text


def account_id(text: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError("twelve digits, please")
    return text


def access_key_id(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{16,128}", text):
        raise ValueError("16 to 128 capital letters and digits, please, as in AKIA0123456789EXAMPL")
    return text


def secret_access_key(text: str) -> str:
    if not re.fullmatch(r"[!-~]{16,128}", text):
        raise ValueError("16 to 128 printable characters without spaces, please")
    return text


def admin_password(text: str) -> str:
    if len(text) < 8:
        raise ValueError("at least 8 characters, please")
    return text


def switch(text: str) -> bool:
    meaning = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower())
    if meaning is None:
        raise ValueError("1 or 0, please")
    return meaning


def trusted_proxies(text: str) -> TrustedProxies:
    if re.fullmatch(r"[0-9]{1,2}", text):
        return TrustedProxies(hops=int(text))
    try:
        return TrustedProxies(networks=tuple(ipaddress.ip_network(part.strip()) for part in text.split(",")))
    except ValueError:
        raise ValueError(
            "the number of proxies in front, or their networks as in 10.0.0.0/8,fd00::/8, please"
        ) from None


def key_ring(text: str) -> tuple[bytes, ...]:
    """Newest first. Also the format of the file that the embedded mode keeps."""
    keys = tuple(_key(part.strip(), number) for number, part in enumerate(text.split(","), start=1))
    if len(set(keys)) < len(keys):
        raise ValueError("the same key is given twice")
    return keys


def _key(text: str, number: int) -> bytes:
    key = _decoded(text)
    if len(key) != KEY_BYTES:
        raise ValueError(f"key {number} is not {KEY_BYTES} bytes in base64url or hex; `make key` prints one")
    if len(set(key)) < KEY_BYTES // 4:
        raise ValueError(f"key {number} is not random; `make key` prints one")
    return key


def _decoded(text: str) -> bytes:
    if re.fullmatch(r"[0-9a-fA-F]{64}", text):
        return bytes.fromhex(text)
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
