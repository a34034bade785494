"""The settings under test: the portal's own, locally, with quick password hashing and unhashed static files."""

import os

os.environ.setdefault("DEBUG", "0")
os.environ.setdefault("DEMO", "1")
os.environ.setdefault("DATABASE_POOL", "0")

from mainzdigital import catalogue
from mainzdigital.settings import *  # noqa: F403
from mainzdigital.settings import LOGGING, STORAGES, VAR_DIR

if not catalogue.is_compiled():
    catalogue.compile_catalogue()

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "test-media"
# Nothing is printed, everything reaches the tests that listen.
LOGGING = LOGGING | {
    "root": {"handlers": [], "level": "WARNING"},
    "loggers": {"portal": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}
