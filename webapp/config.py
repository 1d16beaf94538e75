"""The settings of the web application, and the secret that it makes for itself at its first start."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask

LARGEST_UPLOAD = 8 * 1024 * 1024
MOST_FIELDS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What an installation may set; `secret` signs sessions and links."""

    secret: str
    demo: bool = False  # sample people log in with one click, and the customer's phone is shown
    https: bool = False  # cookies are sent over TLS only, and browsers are told so
    testing: bool = False
    attempts: int = 8  # failed log-ins of one name or one address before it has to wait
    wait: timedelta = timedelta(minutes=10)
    metrics_token: str = ""  # what a request for /metrics has to carry; without one that page does not exist

    def apply(self, app: Flask) -> None:
        """Set Flask up by this."""
        app.config.update(
            SECRET_KEY=self.secret,
            TESTING=self.testing,
            MAX_CONTENT_LENGTH=LARGEST_UPLOAD,
            MAX_FORM_MEMORY_SIZE=LARGEST_UPLOAD,
            MAX_FORM_PARTS=MOST_FIELDS,
            SESSION_COOKIE_NAME="fundcase",
            SESSION_COOKIE_HTTPONLY=True,
            SESSION_COOKIE_SAMESITE="Lax",
            SESSION_COOKIE_SECURE=self.https,
            PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
            SESSION_REFRESH_EACH_REQUEST=False,  # an old answer that comes late must not undo a newer one
            SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
            METRICS_TOKEN=self.metrics_token,
            WTF_CSRF_TIME_LIMIT=None,
            WTF_CSRF_SSL_STRICT=self.https,
        )


def secret_of(instance: Path, name: str = "secret") -> str:
    """A secret of an installation; made when it is first asked for, readable by nobody else."""
    file = instance / name
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
        keep_secret(file, secrets.token_urlsafe(48))
    return file.read_text(encoding="ascii").strip()


def keep_secret(file: Path, text: str) -> None:
    """Keep a secret that is there whole or not at all, whenever this process is killed; the first of two stays."""
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):
        os.link(fresh, file)
    fresh.unlink()
