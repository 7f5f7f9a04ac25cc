"""Settings from the environment: a mapping in, a frozen value out.

Pure: reads no file of Poolhouse's and opens no connection. Every wrong value is reported at once, one line each, with
the variable, what it held (never a secret) and what is accepted. ``docs/configuration.md`` is held against
``VARIABLES`` by a test.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from cognito_site import variables
from cognito_site.transports import targets
from cognito_site.transports.targets import MailTarget, TextTarget
from cognito_site.variables import PostgresTarget, SqliteTarget, TrustedProxies

VARIABLES = (
    "PORT",
    "DATA_DIR",
    "PUBLIC_URL",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "EMAIL_FROM",
    "SMS_URL",
    "SMS_WEBHOOK_URL",
    "POOLHOUSE_SMS_COUNTRIES",
    "POOLHOUSE_SMS_PER_DAY",
    "POOLHOUSE_LOG_TARGETS",
    "POOLHOUSE_REGION",
    "POOLHOUSE_ACCOUNT_ID",
    "POOLHOUSE_ACCESS_KEY_ID",
    "POOLHOUSE_SECRET_ACCESS_KEY",
    "POOLHOUSE_ADMIN_PASSWORD",
    "POOLHOUSE_SECRET_KEYS",
    "POOLHOUSE_LAMBDA_ENDPOINT_URL",
    "POOLHOUSE_ALLOW_PRIVATE_NETWORK",
    "POOLHOUSE_TRUSTED_PROXIES",
    "POOLHOUSE_WORKERS",
    "POOLHOUSE_THREADS",
)

SMS_PER_DAY = 1000

T = TypeVar("T")


class ConfigurationError(Exception):
    """What is wrong with the environment: one line for each wrong variable."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Environment:
    port: int
    data_dir: Path
    public_url: str
    database_url: str | None = field(repr=False)
    database: PostgresTarget | SqliteTarget
    redis_url: str | None = field(repr=False)
    email: MailTarget | None
    email_from: str
    sms: TextTarget | None
    sms_countries: frozenset[str] | None
    sms_per_day: int
    log_targets: tuple[tuple[str, str], ...] = field(repr=False)
    region: str
    account_id: str
    access_key_id: str | None
    secret_access_key: str | None = field(repr=False)
    admin_password: str | None = field(repr=False)
    secret_keys: tuple[bytes, ...] = field(repr=False)
    lambda_endpoint_url: str | None = field(repr=False)
    private_network_is_allowed: bool
    trusted_proxies: TrustedProxies
    workers: int
    threads: int

    @property
    def scheme(self) -> str:
        return urlsplit(self.public_url).scheme

    @property
    def public_host(self) -> str:
        """As browsers send it: with the port, unless it is the scheme's own."""
        return urlsplit(self.public_url).netloc

    @property
    def hostname(self) -> str:
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def is_loopback(self) -> bool:
        return is_loopback_host(self.hostname)

    @property
    def is_embedded(self) -> bool:
        """No service beside this process."""
        return self.database_url is None and self.redis_url is None

    @property
    def allow_private_network(self) -> bool:
        """May requests of ours go to private addresses? A Poolhouse that only this machine reaches may."""
        return self.private_network_is_allowed or self.is_loopback


def is_loopback_host(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def from_mapping(mapping: Mapping[str, str], base_dir: Path) -> Environment:
    """An empty value counts as none: compose files pass variables that nobody set."""
    reader = _Reader(mapping)
    port = reader.read("PORT", variables.port) or 9229
    data_dir = base_dir / (reader.read("DATA_DIR", variables.path) or "var")
    public_url = reader.read("PUBLIC_URL", variables.public_url) or f"http://localhost:{port}"
    environment = Environment(
        port=port,
        data_dir=data_dir,
        public_url=public_url,
        database_url=reader.text("DATABASE_URL"),
        database=reader.read_secret("DATABASE_URL", variables.database) or SqliteTarget(data_dir / "poolhouse.sqlite3"),
        redis_url=reader.read_secret("REDIS_URL", variables.redis_url),
        email=reader.read_secret("EMAIL_URL", targets.mail),
        email_from=reader.read("EMAIL_FROM", variables.mail_address) or f"no-reply@{urlsplit(public_url).hostname}",
        sms=reader.read_secret("SMS_URL", targets.texts) or reader.read_secret("SMS_WEBHOOK_URL", targets.webhook),
        sms_countries=reader.read("POOLHOUSE_SMS_COUNTRIES", variables.countries),
        sms_per_day=_or(reader.read("POOLHOUSE_SMS_PER_DAY", variables.daily_count), SMS_PER_DAY),
        log_targets=reader.read_secret("POOLHOUSE_LOG_TARGETS", variables.log_targets) or (),
        region=reader.read("POOLHOUSE_REGION", variables.region) or "us-east-1",
        account_id=reader.read("POOLHOUSE_ACCOUNT_ID", variables.account_id) or "000000000000",
        access_key_id=reader.read("POOLHOUSE_ACCESS_KEY_ID", variables.access_key_id),
        secret_access_key=reader.read_secret("POOLHOUSE_SECRET_ACCESS_KEY", variables.secret_access_key),
        admin_password=reader.read_secret("POOLHOUSE_ADMIN_PASSWORD", variables.admin_password),
        secret_keys=reader.read_secret("POOLHOUSE_SECRET_KEYS", variables.key_ring) or (),
        lambda_endpoint_url=reader.read_secret("POOLHOUSE_LAMBDA_ENDPOINT_URL", variables.lambda_endpoint_url),
        private_network_is_allowed=reader.read("POOLHOUSE_ALLOW_PRIVATE_NETWORK", variables.switch) or False,
        trusted_proxies=reader.read("POOLHOUSE_TRUSTED_PROXIES", variables.trusted_proxies) or TrustedProxies(),
        workers=reader.read("POOLHOUSE_WORKERS", variables.process_count) or 1,
        threads=reader.read("POOLHOUSE_THREADS", variables.process_count) or 4,
    )
    problems = [*reader.problems, *_contradictions(environment, reader)]
    if problems:
        raise ConfigurationError(*problems)
    return environment


class _Reader:
    def __init__(self, mapping: Mapping[str, str]) -> None:
        self.mapping = mapping
        self.problems: list[str] = []

    def text(self, name: str) -> str | None:
        return self.mapping.get(name, "").strip() or None

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        return self._parsed(name, parse, f"{name}={self.text(name)!r}")

    def read_secret(self, name: str, parse: Callable[[str], T]) -> T | None:
        """As ``read``, but the value, which may hold a password, is not shown."""
        return self._parsed(name, parse, name)

    def _parsed(self, name: str, parse: Callable[[str], T], shown: str) -> T | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return parse(text)
        except ValueError as refused:
            self.problems.append(f"{shown} is not accepted: {refused}")
            return None

    def is_broken(self, name: str) -> bool:
        return any(problem.startswith((f"{name} ", f"{name}=")) for problem in self.problems)


def _or(found: T | None, default: T) -> T:
    """Zero is an answer, too."""
    return default if found is None else found


def _contradictions(environment: Environment, reader: _Reader) -> list[str]:
    problems = []
    if reader.text("SMS_URL") and reader.text("SMS_WEBHOOK_URL"):
        problems.append("SMS_URL and SMS_WEBHOOK_URL are both set: a webhook's address may stand in SMS_URL")
    if package := targets.missing_package(environment.email):
        problems.append(f"EMAIL_URL needs {package}, which is not installed: `uv sync --extra mail` installs it")
    pair = {name: reader.text(name) for name in ("POOLHOUSE_ACCESS_KEY_ID", "POOLHOUSE_SECRET_ACCESS_KEY")}
    if sum(value is not None for value in pair.values()) == 1:
        missing = next(name for name, value in pair.items() if value is None)
        problems.append(
            f"{missing} is missing: the two halves of the first access key are given together or not at all"
        )
    reason = _why_keys_are_demanded(environment)
    if reason and not environment.secret_keys and not reader.is_broken("POOLHOUSE_SECRET_KEYS"):
        problems.append(
            f"POOLHOUSE_SECRET_KEYS is missing, and {reason}: give 32 random bytes, base64url or hex"
            " (`make key` prints some), and keep them: without them sealed data cannot be read"
        )
    return problems


def _why_keys_are_demanded(environment: Environment) -> str:
    """A key ring that Poolhouse makes by itself is for one process on one machine only."""
    if environment.database_url:
        return "DATABASE_URL is set"
    if environment.redis_url:
        return "REDIS_URL is set"
    return "" if environment.is_loopback else f"{environment.public_url} is reached by others"
