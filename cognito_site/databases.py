"""What Django needs to know of the database that was configured."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from cognito_site.environment import ConfigurationError, Environment
from cognito_site.variables import PostgresTarget, SqliteTarget

# Celery's threads use connections beside the ones that serve.
BACKGROUND_CONNECTIONS = 6
PATIENCE_SECONDS = 10

# A writer takes the lock when it begins, not when it first writes: two that read before they write would otherwise
# refuse each other at once. synchronous=FULL, because a success answer means durable (NORMAL may lose the last commits
# to a power cut in WAL mode); it costs one fsync for each commit.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000;"
    " PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
)
# Waits end as refusals that a client may try again, on both databases after the same time.
POSTGRES_SETTINGS = f"-c lock_timeout={PATIENCE_SECONDS}s -c idle_in_transaction_session_timeout=60s"
# A look-up of a row and three that belong to it takes PostgreSQL longer to plan than to run: planned at the fifth time,
# the plan is kept by the connection.
POSTGRES_OPTIONS = {
    "connect_timeout": PATIENCE_SECONDS,
    "options": POSTGRES_SETTINGS,
    "server_side_binding": True,
    "prepare_threshold": 5,
}


def django_database(environment: Environment) -> dict[str, Any]:
    target = environment.database
    if isinstance(target, SqliteTarget):
        return _sqlite(target)
    return _postgres(target, environment.threads)


def _sqlite(target: SqliteTarget) -> dict[str, Any]:
    options = {"transaction_mode": "IMMEDIATE", "timeout": PATIENCE_SECONDS, "init_command": SQLITE_PRAGMAS}
    # A connection for each thread, kept: opening one costs more than most requests.
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": target.path, "OPTIONS": options, "CONN_MAX_AGE": None}


def _postgres(target: PostgresTarget, threads: int) -> dict[str, Any]:
    if not find_spec("psycopg_pool"):
        raise ConfigurationError(
            "DATABASE_URL names PostgreSQL, whose driver is not installed: `uv sync --extra postgres`"
        )
    pool = {"min_size": 1, "max_size": threads + BACKGROUND_CONNECTIONS, "timeout": PATIENCE_SECONDS}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": target.name,
        "HOST": target.host,
        "PORT": target.port or "",
        "USER": target.user,
        "PASSWORD": target.password,
        "OPTIONS": {**POSTGRES_OPTIONS, **target.options, "pool": pool},
        # A connection is looked at before it is used: a database that came back is used again at once.
        "CONN_HEALTH_CHECKS": True,
    }
