"""One settings file, safe by default: without DEMO=1 or DEBUG=1 it starts only as a real, HTTPS-only portal.

What can be set from outside, and why it is like this: docs/decisions/0001-settings-fail-closed.md
"""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from mainzdigital import environment

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(environment.text("VAR_DIR") or BASE_DIR / "var")

DEMO = environment.flag("DEMO")
DEBUG = environment.flag("DEBUG")
environment.refuse_mixed_profiles(demo=DEMO, debug=DEBUG)
LOCAL = DEMO or DEBUG

if LOCAL:
    SECRET_KEY = environment.text("SECRET_KEY") or environment.local_secret_key(VAR_DIR / "local-secret-key")
    ALLOWED_HOSTS = list(environment.LOCAL_HOSTS)
else:
    SECRET_KEY = environment.production_secret_key()
    ALLOWED_HOSTS = environment.production_hosts()
SECRET_KEY_FALLBACKS = [] if LOCAL else environment.words("SECRET_KEY_FALLBACKS")

# --- Applications -------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "governance",
    "pool",
    "mainzdigital.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "mainzdigital.apps.StaticConfig",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "mainzdigital.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "mainzdigital.middleware.NoStoreMiddleware",
    "mainzdigital.middleware.ErrorPagesMiddleware",
    "mainzdigital.middleware.RequestShapeMiddleware",
    "mainzdigital.middleware.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mainzdigital.middleware.MandatesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "mainzdigital.middleware.SessionAgeMiddleware",
    "mainzdigital.middleware.SignInRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "mainzdigital.limits.LimitsMiddleware",
]

ROOT_URLCONF = "mainzdigital.urls"
WSGI_APPLICATION = "mainzdigital.wsgi.application"

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
                "governance.mandates.context.rooms",
                "governance.messages.context.unread",
                "mainzdigital.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Database: actions are atomic, requests are not ---------------------------------------------------------------

DATABASES = {"default": environment.database(VAR_DIR / "mainzdigital.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Language and time --------------------------------------------------------------------------------------------

LANGUAGE_CODE = "de"
# The public pages are there in English too, under /en/; the address alone decides, no header and no cookie.
LANGUAGES = [("de", _("Deutsch")), ("en", _("Englisch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

# --- Files --------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "mainzdigital.vendor.VendorFinder",
]
VENDOR_FILES = {"vendor/bootstrap": ("bootstrap", ["css/bootstrap.min.css"])}
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "mainzdigital.vendor.PortalStaticStorage"
    },
}
WHITENOISE_MAX_AGE = 60 if LOCAL else 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# All files of one request together: what may hang on an idea, and a little for the form around it.
UPLOAD_LARGEST_REQUEST = 26 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "mainzdigital.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Accounts -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "governance.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "governance.organisation.backends.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "organisation:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3600

# Ten wrong tries per account and (hashed) address within a quarter of an hour, counted in the database.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "governance.organisation.backends.hashed_address"
AXES_LOCKOUT_CALLABLE = "mainzdigital.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- Sessions: end with the browser, after three idle hours, after twelve hours in any case -----------------------

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE = timedelta(hours=3)
SESSION_ABSOLUTE = timedelta(hours=12)
SESSION_TOUCH = timedelta(minutes=5)
SESSION_COOKIE_AGE = int(SESSION_ABSOLUTE.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "sitzung" if LOCAL else "__Host-sitzung"
CSRF_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_COOKIE_NAME = "formular" if LOCAL else "__Host-formular"
CSRF_FAILURE_VIEW = "mainzdigital.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- HTTPS and headers --------------------------------------------------------------------------------------------

TRUST_PROXY = environment.flag("TRUST_PROXY")
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PORTAL_ADDRESS = environment.text("PORTAL_ADDRESS") or (None if LOCAL else f"https://{ALLOWED_HOSTS[0]}")
# Where weaknesses are reported, as mailto: or https: (security.txt); without it the imprint stands there.
SECURITY_CONTACT = environment.text("SECURITY_CONTACT")
# Who delivers the catalogue to GovData, by the entry in its list; empty, nobody is named (decision 0076).
OPEN_DATA_CONTRIBUTOR = environment.contributor("OPEN_DATA_CONTRIBUTOR")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Mail ---------------------------------------------------------------------------------------------------------

vars().update(environment.email(VAR_DIR / "mail"))
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM") or "mainzDIGITAL <mainzdigital@example.org>"
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 5

# --- Log: one line per event on standard error --------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "mainzdigital.log.OneLineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": environment.text("LOG_LEVEL") or "WARNING", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO" if DEBUG else "WARNING", "propagate": False},
        "portal": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "axes": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []
