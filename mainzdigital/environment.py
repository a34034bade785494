"""Reads the environment strictly: a value that cannot be understood stops the start, it is never guessed."""

import os
import re
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
SECRET_KEY_LENGTH = 50
CONTRIBUTORS = "http://dcat-ap.de/def/contributors/"
KNOWN_KEYS = ("insecure", "changeme", "change-me", "secret-key", "your-secret", "example", "beispiel")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} muss 1 oder 0 sein, nicht „{value}“.")


def whole_number(name: str, *, default: int) -> int:
    value = text(name)
    if value == "":
        return default
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} muss eine ganze Zahl sein, nicht „{value}“.")
    return int(value)


def contributor(name: str) -> str:
    """An entry of GovData's list of those who deliver, by its address; empty while the city has none.

    The list names its entries with http. Anything else would be an address of the catalogue's own, made by mistake.
    """
    value = text(name)
    if value and not re.fullmatch(rf"{CONTRIBUTORS}[A-Za-z0-9]+", value):
        raise ImproperlyConfigured(f"{name} muss mit {CONTRIBUTORS} beginnen und einen Eintrag der Liste nennen.")
    return value


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


def refuse_mixed_profiles(*, demo: bool, debug: bool) -> None:
    """Demo accounts have a known password and debug pages show the code: neither belongs on a reachable host."""
    if not (demo or debug):
        return
    profile = "DEMO=1" if demo else "DEBUG=1"
    if flag("PRODUCTION"):
        raise ImproperlyConfigured(f"{profile} und PRODUCTION=1 schließen sich aus.")
    foreign = [host for host in words("ALLOWED_HOSTS") if host not in LOCAL_HOSTS]
    if foreign:
        raise ImproperlyConfigured(
            f"{profile} läuft nur auf dem eigenen Rechner; ALLOWED_HOSTS nennt {', '.join(foreign)}."
        )


def local_secret_key(path: Path) -> str:
    """A random key of this checkout, made once. Linking it into place keeps parallel starts from racing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()


def production_secret_key() -> str:
    key = text("SECRET_KEY")
    if not key:
        raise ImproperlyConfigured(
            "SECRET_KEY fehlt. Zum Ausprobieren „make run“ (oder DEMO=1) nehmen, zum Entwickeln DEBUG=1."
        )
    if len(key) < SECRET_KEY_LENGTH or len(set(key)) < 10:
        raise ImproperlyConfigured(
            f"SECRET_KEY ist zu kurz oder zu einfach; nötig sind {SECRET_KEY_LENGTH} zufällige Zeichen."
        )
    if any(known in key.lower() for known in KNOWN_KEYS):
        raise ImproperlyConfigured("SECRET_KEY ist ein Beispielwert; setzen Sie einen eigenen zufälligen Schlüssel.")
    return key


def production_hosts() -> list[str]:
    hosts = words("ALLOWED_HOSTS")
    if not hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS fehlt: die Namen, unter denen das Portal erreichbar ist.")
    if any("*" in host or "/" in host or host.startswith(".") for host in hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS nennt nur ganze Namen, ohne „*“, „/“ oder führenden Punkt.")
    return hosts


SQLITE_OPTIONS = {
    # Answered writes survive a power cut (FULL), writers queue instead of failing (IMMEDIATE), and a REPLACE asks the
    # triggers of the append-only tables before it deletes (recursive_triggers).
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728; "
        "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000; PRAGMA recursive_triggers=ON;"
    ),
}


def database(default: Path) -> dict[str, Any]:
    address = text("DATABASE_URL") or f"sqlite:///{default}"
    try:
        config: dict[str, Any] = dict(environ.Env.db_url_config(address))
    except Exception as error:
        raise ImproperlyConfigured("DATABASE_URL ist nicht zu lesen (sqlite:///… oder postgres://…).") from error
    engine = config.get("ENGINE")
    if engine == "django.db.backends.sqlite3":
        config["OPTIONS"] = {**config.get("OPTIONS", {}), **SQLITE_OPTIONS}
    elif engine == "django.db.backends.postgresql":
        config["OPTIONS"] = {"connect_timeout": 2, **config.get("OPTIONS", {})}
        if flag("DATABASE_POOL", default=True):
            config["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 8, "timeout": 1.5}
    else:
        raise ImproperlyConfigured("DATABASE_URL muss mit sqlite:/// oder postgres:// beginnen.")
    return config


def email(folder: Path) -> dict[str, Any]:
    """The mail server named by EMAIL_URL; without one every mail is written to a file in `folder`."""
    address = text("EMAIL_URL")
    if not address:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    try:
        return dict(environ.Env.email_url_config(address))
    except Exception as error:
        raise ImproperlyConfigured("EMAIL_URL ist nicht zu lesen (smtp+tls://name:wort@rechner:587).") from error
