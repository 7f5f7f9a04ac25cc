"""Django's settings. What may differ from one Poolhouse to the next comes from ``cognito_site.environment``."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from cognito_site import databases, environment, key_file, static_tree

BASE_DIR = Path(__file__).resolve().parent.parent

POOLHOUSE = environment.from_mapping(os.environ, BASE_DIR)
POOLHOUSE = replace(POOLHOUSE, secret_keys=key_file.ring_of(POOLHOUSE))

# Also where Poolhouse runs embedded: a page that shows its insides is no page to sign in on.
DEBUG = False
SECRET_KEY = key_file.derived(POOLHOUSE.secret_keys[-1], "django").hex()

# Hosts are matched by the doors themselves, because an operator adds domains while Poolhouse runs: the hosted pages
# look the host up among the pools' domains, links and issuers are made from PUBLIC_URL, signed requests sign their
# host. Nothing may build an address out of ``request.get_host()``.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "rest_framework",
    "oauth2_provider",
    "cognito_site",
    "cognito_site.console",
    "userpools",
    "identitypools",
    "hostedui",
]

MIDDLEWARE = [
    "cognito_site.wire.middleware.aws_first",
    "hostedui.middleware.pools_first",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hostedui.csrf.Csrf",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cognito_site.console.middleware.operators_only",
]

ROOT_URLCONF = "cognito_site.urls"
WSGI_APPLICATION = "cognito_site.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": databases.django_database(POOLHOUSE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The cache holds only what may be lost at any moment and may differ from one process to the next.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": POOLHOUSE.redis_url,
        "KEY_PREFIX": "poolhouse",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if POOLHOUSE.redis_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
}

# --- operators (pool users have their own rules, in userpools) ------------------------------------------------------

PASSWORD_HASHERS = ["cognito_site.hashers.Argon2id"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/admin/login/"

# --- cookies and headers --------------------------------------------------------------------------------------------

# ``__Host-`` ties a cookie to this very host, but browsers accept it over https only.
_COOKIE_PREFIX = "__Host-" if POOLHOUSE.is_secure else ""
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}operator"
SESSION_COOKIE_SECURE = POOLHOUSE.is_secure
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrf"
CSRF_COOKIE_SECURE = POOLHOUSE.is_secure
CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if POOLHOUSE.is_secure else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Not in a cookie: what the console says to an operator names people.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- static files ---------------------------------------------------------------------------------------------------

STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_URL = f"/static/{static_tree.fingerprint(STATICFILES_DIRS)}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.*$"
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- words, times ---------------------------------------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
# Named here, not only found in its app: of Django's own words and ours for the same thing, ours are the pages'.
LOCALE_PATHS = [BASE_DIR / "hostedui" / "locale", BASE_DIR / "userpools" / "locale"]

# --- mail -----------------------------------------------------------------------------------------------------------

# Which way it leaves by is ``cognito_site.transports``' business.
DEFAULT_FROM_EMAIL = POOLHOUSE.email_from

# --- tasks ----------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = POOLHOUSE.redis_url or "memory://poolhouse"
CELERY_RESULT_BACKEND = POOLHOUSE.redis_url
CELERY_RESULT_EXPIRES = 300
# The default of a second between looks into memory would be felt; sockets must not hang a sign-up.
# max_retries: a publisher without a connection would otherwise try for six seconds, whatever is said below.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 2, "socket_connect_timeout": 2, "max_retries": 0}
    if POOLHOUSE.redis_url
    else {"polling_interval": 0.02}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for its broker as long as it takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A publisher that finds no broker gives up at once: the periodic tasks find the row.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"

# --- OAuth: django-oauth-toolkit is the engine, the tables are our own ----------------------------------------------

OAUTH2_PROVIDER_APPLICATION_MODEL = "userpools.AppClient"
OAUTH2_PROVIDER_GRANT_MODEL = "userpools.AuthorizationCode"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "userpools.DotAccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "userpools.DotRefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "userpools.DotIDToken"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "userpools.DotDeviceGrant"
# All of its models are replaced; a migration of its own looks into a table that does not exist here.
MIGRATION_MODULES = {"oauth2_provider": None}
OAUTH2_PROVIDER = {
    # The stock classes expect the library's own columns; app clients have a page in ``userpools.admin``.
    "APPLICATION_ADMIN_CLASS": "django.contrib.admin.ModelAdmin",
    "GRANT_ADMIN_CLASS": "django.contrib.admin.ModelAdmin",
    "ACCESS_TOKEN_ADMIN_CLASS": "django.contrib.admin.ModelAdmin",
    "REFRESH_TOKEN_ADMIN_CLASS": "django.contrib.admin.ModelAdmin",
    "ID_TOKEN_ADMIN_CLASS": "django.contrib.admin.ModelAdmin",
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}

# --- logs: one line an event on stderr; never a body, a token or a code ---------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "poolhouse": {"level": "INFO"},
        # 4xx answers are the clients' business.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
}
