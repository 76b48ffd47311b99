"""Settings, one file. What differs between machines comes from the environment."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
STATE_DIR = Path(env.str("CMO_STATE_DIR", default=str(BASE_DIR / ".local" / "state")))
DEMO = env.bool("CMO_DEMO", default=False)


def _secret(name: str) -> str:
    value = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. `python3 manage.py up` makes one; in production, put a long random value"
            " into the environment and keep it: signatures and sessions depend on it."
        )
    return value


SECRET_KEY = _secret("SECRET_KEY")
SIGNING_KEY = _secret("SIGNING_KEY")
#: Seals proposals until they are opened. Without it no sealed proposal can ever be read.
SEALING_KEY = _secret("SEALING_KEY")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# A console command is done by its operating-system user; a web or worker process by nobody until it says whom.
PROCESS_ACTS_AS_CONSOLE = env.bool("CMO_CONSOLE", default=os.path.basename(sys.argv[0]) == "manage.py")

INSTALLED_APPS = [
    "cmo_lifecycle.audit",
    "cmo_lifecycle.accounts",
    "cmo_lifecycle.workflow",
    "cmo_lifecycle.doors",
    "cmo_lifecycle.partners",
    "strategy",
    "evaluation",
    "contracts",
    "operations",
    "cmo_lifecycle.portfolio",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_filters",
    "django_htmx",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_countries",
    "django_celery_beat",
]

MIDDLEWARE = [
    "cmo_lifecycle.doors.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cmo_lifecycle.doors.middleware.CleanInput",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "cmo_lifecycle.accounts.middleware.SessionRules",
    "cmo_lifecycle.accounts.middleware.PersonTimeZone",
    "cmo_lifecycle.doors.middleware.ActsAs",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cmo_lifecycle.urls"
WSGI_APPLICATION = "cmo_lifecycle.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cmo_lifecycle.doors.context.frame",
                "cmo_lifecycle.portfolio.context.demo",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["cmo_lifecycle.doors.templatetags.ui"],
        },
    },
]


def _database() -> dict:
    found = env.db_url("DATABASE_URL", default="postgres://cmo_app@/cmo")
    options = found.setdefault("OPTIONS", {})
    # `?host=/socket/folder` is how a socket is named; Django wants it as HOST.
    if "host" in options:
        found["HOST"] = options.pop("host")
    found["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
    found["CONN_HEALTH_CHECKS"] = True
    found["ATOMIC_REQUESTS"] = False
    return found


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")


def _celery_url(url: str) -> str:
    if url.startswith("unix://"):
        path, _, query = url.removeprefix("unix://").partition("?")
        number = dict(part.split("=", 1) for part in query.split("&") if "=" in part).get("db", "0")
        return f"redis+socket://{path}?virtual_host={number}"
    return url


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cmo",
    }
}

CELERY_BROKER_URL = _celery_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
# Nothing is kept, so beat need not plan to clean it up.
CELERY_RESULT_EXPIRES = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_EXPIRES = None
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Measured: with the defaults a killed worker's task came back after about 100 s whatever the visibility timeout.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": env.int("CELERY_VISIBILITY_TIMEOUT", default=900),
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_ALWAYS_EAGER = env.bool("CELERY_TASK_ALWAYS_EAGER", default=False)

AUTH_USER_MODEL = "accounts.User"
# E-mail addresses are unique by a constraint on their lower case, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name", "job_title")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.int("PASSWORD_MIN_LENGTH", default=12)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "cmo_lifecycle.accounts.passwords.NotTheCurrentOne"},
]
# After so many days a person chooses a new password; 0 is never, which is what NIST SP 800-63B advises.
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "cmo_lifecycle.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "cmo_lifecycle.accounts.sign_in_forms.SignInForm",
    "change_password": "cmo_lifecycle.accounts.sign_in_forms.ChangePasswordForm",
    "reset_password": "cmo_lifecycle.accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "cmo_lifecycle.accounts.sign_in_forms.ChoosePasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# The library's own generator writes to the database when a link is merely looked at.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "cmo_lifecycle.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "CMO Lifecycle"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
USERSESSIONS_TRACK_ACTIVITY = False

# Roles whose holders must have a second factor before they reach any page.
MFA_REQUIRED_ROLES = env.list("MFA_REQUIRED_ROLES", default=[])
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=15)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
ACCOUNTABILITY_STATEMENT_VERSION = "1"
SIGNATURE_FAILURES_ALLOWED = 5
SIGNATURE_LOCK_MINUTES = 15

SECURE = env.bool("CMO_HTTPS", default=not (DEBUG or DEMO))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# What mails to bidders lead to; a task has no request that it could ask.
PUBLIC_URL = env.str("PUBLIC_URL", default="") or (
    f"{'https' if SECURE else 'http'}://{next(iter(ALLOWED_HOSTS), 'localhost').lstrip('.')}"
)
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", BASE_DIR / "node_modules" / "bootstrap" / "dist"),
    ("vendor/inter", BASE_DIR / "node_modules" / "@fontsource-variable" / "inter" / "files"),
]
WHITENOISE_USE_FINDERS = env.bool("WHITENOISE_USE_FINDERS", default=DEBUG or DEMO)
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(STATE_DIR / "media")))
MEDIA_URL = "/media-is-never-served-directly/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", default=25 * 1024 * 1024)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", default=200 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A page may ask for a table of some hundred rows, cell by cell.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = str(STATE_DIR / "mail")
# A mail server that does not answer must not hold a worker.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CMO Lifecycle <noreply@example.invalid>")

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "cmo_lifecycle.accounts.tokens.TokenAuthentication",
        "cmo_lifecycle.accounts.tokens.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["cmo_lifecycle.accounts.tokens.InternalOnly"],
    "DEFAULT_RENDERER_CLASSES": ["cmo_lifecycle.doors.rest.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["cmo_lifecycle.doors.rest.renderers.OrjsonParser"],
    "DEFAULT_SCHEMA_CLASS": "cmo_lifecycle.doors.rest.schema.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["cmo_lifecycle.doors.rest.throttling.PerPerson"],
    "DEFAULT_THROTTLE_RATES": {"person": env.str("API_RATE", default="1200/min")},
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_FORMATTER_CLASS": "cmo_lifecycle.doors.rest.problems.ProblemFormatter",
    "EXCEPTION_HANDLER_CLASS": "cmo_lifecycle.doors.rest.problems.ProblemHandler",
    "ENABLE_IN_DEBUG_FOR_UNHANDLED_EXCEPTIONS": True,
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=365),
    "TOKEN_LIMIT_PER_USER": None,
    "AUTO_REFRESH": False,
    "TOKEN_PREFIX": "cmo_",
}
KNOX_TOKEN_MODEL = "accounts.ApiToken"
SPECTACULAR_SETTINGS = {
    "TITLE": "CMO Lifecycle API",
    "VERSION": "1",
    "DESCRIPTION": "The life cycle of a sponsor's relationships with its contract manufacturers, for other systems.",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["cmo_lifecycle.accounts.tokens.InternalOnly"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": True,
    # Choices stay where they are used: their names would be made up and would change with the next noun.
    "POSTPROCESSING_HOOKS": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "cmo_lifecycle.doors.logs.WithoutSecrets"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_secrets"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "cmo_lifecycle": {"level": env.str("LOG_LEVEL", default="INFO")},
        "strategy": {"level": env.str("LOG_LEVEL", default="INFO")},
        "evaluation": {"level": env.str("LOG_LEVEL", default="INFO")},
        "contracts": {"level": env.str("LOG_LEVEL", default="INFO")},
        "operations": {"level": env.str("LOG_LEVEL", default="INFO")},
        "django.security.DisallowedHost": {"level": "ERROR"},
    },
}
# What people may set without code.
REVIEW_TIME_ZONE = env.str("REVIEW_TIME_ZONE", default="UTC")
# Reviews opened in one transaction: enough to make a statement worth its while, few enough to hold in memory.
REVIEW_CHUNK = env.int("REVIEW_CHUNK", default=2000)
FISCAL_YEAR_START_MONTH = env.int("FISCAL_YEAR_START_MONTH", default=1)
SPONSOR_NAME = env.str("SPONSOR_NAME", default="")
AUDIT_CHECKPOINT_DIR = Path(env.str("AUDIT_CHECKPOINT_DIR", default=str(STATE_DIR / "checkpoints")))
