"""Settings of ittai. Everything that differs between installations comes from the environment.

A value may also stand in a file: NAME_FILE=/run/secrets/name instead of NAME.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()


def required(name: str) -> str:
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(
            f"環境変数{name}(または{name}_FILE)が設定されていません。docs/operations.mdを見てください。"
        )
    return value


def is_loopback(host: str) -> bool:
    if host in ("localhost", "testserver"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


DEMO = env.bool("ITTAI_DEMO", default=False)
SECRET_KEY = required("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if DEMO and not all(is_loopback(host) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "デモ(ITTAI_DEMO=1)は、この機械の中からしか使えません。ALLOWED_HOSTSを外すか、ITTAI_DEMOを外してください。"
    )

INSTALLED_APPS = [
    "core",
    "accounts",
    "agreements",
    "employers",
    "cases",
    "reports",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "pghistory",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    # identity: log-in, second factor, devices, sign-on, lock-out
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
]

MIDDLEWARE = [
    "accounts.request_id.RequestIdMiddleware",
    "config.browser.BrowserPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.sessions.SessionClockMiddleware",
    "accounts.sessions.LoginRequiredMiddleware",
    "accounts.sessions.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.browser.LogoutMiddleware",
    "config.errors.NotAllowedMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.access_log.AccessLogMiddleware",
    "accounts.scope.ScopeMiddleware",
    "accounts.once.OnceMiddleware",
    "cases.views.emergency.EmergencyMiddleware",
    "cases.views.suppression.HiddenTextMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
            "builtins": ["core.templatetags.ui", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"


def database(url: str) -> dict[str, Any]:
    """Connection settings with time limits, so that a stuck query ends before its user gives up."""
    settings: dict[str, Any] = env.db_url_config(url)
    settings["HOST"] = unquote(settings["HOST"])  # a unix socket's folder stands percent-encoded in a URL
    settings["CONN_MAX_AGE"] = 60
    settings["CONN_HEALTH_CHECKS"] = True
    settings["OPTIONS"] = {
        **settings.get("OPTIONS", {}),
        "options": f"-c statement_timeout={env.str('STATEMENT_TIMEOUT', default='10s')}"
        f" -c lock_timeout={env.str('LOCK_TIMEOUT', default='5s')} -c synchronous_commit=on",
    }
    return settings


DATABASES = {"default": {**database(required("DATABASE_URL")), "ATOMIC_REQUESTS": True}}
if env.str("OWNER_DATABASE_URL", default=""):
    DATABASES["owner"] = {
        **database(env.str("OWNER_DATABASE_URL")),
        "OPTIONS": {"options": "-c lock_timeout=10s"},
        "TEST": {"MIRROR": "default"},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "login"

# --- identity: passwords (security.md A46) -------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": max(8, env.int("PASSWORD_MIN_LENGTH", default=15))},
    },
    {"NAME": "accounts.passwords.MaximumLengthValidator"},
    {"NAME": "accounts.passwords.BlocklistValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- identity: log-in and second factor (A44) ----------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# Off in the demo only, so that the log-ins of the README work with a password alone.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=not DEMO)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # the secrets of the apps hang on the key
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # recovery codes are our own, because ours are hashed
# Steps of 30 seconds by which a clock may be off; only for a network without a time server.
MFA_TOTP_TOLERANCE = env.int("TOTP_TOLERANCE", default=0)
MFA_FORMS = {
    "authenticate": "accounts.credentials.CodeForm",
    "authenticate_webauthn": "accounts.credentials.SecurityKeyForm",
    "activate_totp": "accounts.credentials.ActivateTotpForm",
    "add_webauthn": "accounts.credentials.AddSecurityKeyForm",
}
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_RATE_LIMITS = False  # axes counts, in the database and for all processes together
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60

# --- identity: sign-on with the organisation's own provider (OpenID Connect) ----------------------
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", default="組織の共通ログイン")
# The links of users carry this id: with another issuer none of them opens anything.
OIDC_PROVIDER_ID = f"oidc-{sha256(OIDC_ISSUER.encode()).hexdigest()[:16]}"
# How long ago, and how, the provider may have confirmed who it is (accounts/claims.py); 0 and nothing: not asked.
OIDC_MAX_AGE = env.int("OIDC_MAX_AGE", default=12 * 60 * 60)
OIDC_ACR = env.list("OIDC_ACR", default=[])
OIDC_AMR = env.list("OIDC_AMR", default=[])
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SignOnAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
OIDC_ASKED = {"max_age": OIDC_MAX_AGE} if OIDC_MAX_AGE else {}
OIDC_ASKED |= {"acr_values": " ".join(OIDC_ACR)} if OIDC_ACR else {}
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "AUTH_PARAMS": OIDC_ASKED, "APPS": []}
}
if OIDC_ISSUER:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": OIDC_PROVIDER_ID,
            "name": OIDC_NAME,
            "client_id": required("OIDC_CLIENT_ID"),
            "secret": required("OIDC_CLIENT_SECRET"),
            "settings": {"server_url": OIDC_ISSUER},
        }
    )

# --- identity: lock-out (A45) --------------------------------------------------------------------
# The one header whose last entry is believed to be the client's address; empty: the connection's own.
PROXY_ADDRESS_HEADER = env.str("PROXY_ADDRESS_HEADER", default="")
AXES_HANDLER = "accounts.lockout.LockoutHandler"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_SENSITIVE_PARAMETERS = [
    *("username", "password", "old_password", "new_password1", "new_password2"),
    *("code", "credential", "csrfmiddlewaretoken"),
]
AXES_VERBOSE = False
LOCKOUT_PER_ACCOUNT = 50  # wrong log-ins in 15 minutes over all addresses
LOCKOUT_PER_ADDRESS = 100  # over all accounts
LOCKOUT_OVERALL = 1000

# --- identity: sessions (A47) --------------------------------------------------------------------
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=15 * 60)
SESSION_ABSOLUTE_SECONDS = env.int("SESSION_ABSOLUTE_SECONDS", default=12 * 60 * 60)
INVITATION_HOURS = 72

# --- identity: e-mail, only if the organisation has a server --------------------------------------
EMAIL_CONFIGURED = bool(env.str("EMAIL_URL", default=""))
if EMAIL_CONFIGURED:
    vars().update(env.email_url("EMAIL_URL"))
    EMAIL_TIMEOUT = 10
    DEFAULT_FROM_EMAIL = required("EMAIL_FROM")
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
# Secrets from which the keys of drafts are derived: the first encrypts, the others still decrypt.
DRAFT_KEYS = env.list("DRAFT_KEYS", default=[SECRET_KEY])
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if not DEMO:
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]

# The browser wall: nothing runs, loads or frames but what comes from here; a script also needs this answer's nonce.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Bootstrap draws ticks and carets as pictures inside its css
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; no script reads the cookie
# A message may name a person: it waits sealed in the session's row, not in a cookie on the visitor's disk.
MESSAGE_STORAGE = "accounts.notices.SealedSessionStorage"

# Error pages
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SUPPORT_CONTACT = env.str("SUPPORT_CONTACT", default="所属のシステム管理者")
# Where the heads of the access log are kept outside the database, and what signs them.
ACCESS_LOG_ANCHOR_DIR = Path(env.str("ACCESS_LOG_ANCHOR_DIR", default=str(BASE_DIR / ".data" / "anchors")))
ACCESS_LOG_ANCHOR_KEY = env.str("ACCESS_LOG_ANCHOR_KEY", default=SECRET_KEY)

# Limits of cases.odd_readings.Limits by organisation id, as JSON: {"12": {"hour_persons": 60}}.
ODD_READING_LIMITS: dict[str, dict[str, int]] = env.json("ODD_READING_LIMITS", default={})

# So many persons may leave in lists that one user exports within a day; more needs a second person.
EXPORT_LIMIT = env.int("EXPORT_LIMIT", default=100)
# What one workbook holds at most.
EXPORT_ROWS = env.int("EXPORT_ROWS", default=5000)

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".data" / "static")))
_bootstrap = find_spec("bootstrap_wrapper")
if _bootstrap is None or _bootstrap.origin is None:
    raise ImproperlyConfigured("パッケージbootstrap-wrapperがありません。requirements.lockから入れ直してください。")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap", Path(_bootstrap.origin).parent.parent / "bootstrap" / "css"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Bootstrap's css names a source map that its package leaves out of the css folder's neighbours.
WHITENOISE_MANIFEST_STRICT = False

# Files on a case: kept in the database, never on a disk of the web server (docs/decisions/0007-attachments.md).
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=10 * 2**20)
UPLOAD_MAX_PIXELS = 40_000_000  # A4 at 600 dpi has 35 million
UPLOAD_SCANNER = env.str("UPLOAD_SCANNER", default="")
FILE_UPLOAD_HANDLERS = ["cases.files.arrival.BoundedUploadHandler"]

REDIS_URL = required("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than the longest task; a dead worker's task comes back after this and the next sweep.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 360, "unacked_restore_throttle": 1}
CELERY_BEAT_SCHEDULE = {
    "sweep-drafts": {"task": "accounts.tasks.sweep_drafts", "schedule": crontab(minute=20)},
    "sweep-log-ins": {"task": "accounts.tasks.sweep_log_ins", "schedule": crontab(hour=3, minute=40)},
    "sweep-reports": {"task": "reports.tasks.sweep_reports", "schedule": 60.0},
    "request-monthly-reports": {
        "task": "reports.tasks.request_monthly_reports",
        "schedule": crontab(hour=5, minute=0),
    },
    "send-morning-notices": {"task": "cases.tasks.send_morning_notices", "schedule": crontab(hour=8, minute="0,20,40")},
    "send-reminders": {"task": "cases.tasks.send_reminders", "schedule": crontab(hour=17, minute="0,20,40")},
    "anchor-access-log": {"task": "accounts.tasks.anchor_access_log", "schedule": crontab(hour=0, minute=10)},
    "close-emergencies": {"task": "cases.tasks.close_emergencies", "schedule": 60.0},
    "find-odd-readings": {"task": "cases.tasks.find_odd_readings", "schedule": crontab(hour=4, minute=30)},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "accounts.request_id.RequestIdFilter"},
        "redact": {"()": "config.redact.RedactFilter"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id", "redact"]}
    },
    # Django's own handler would mail errors with the whole request; ours is the only way out.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
