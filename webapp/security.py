"""What every answer says to the browser, where a redirect may lead, and how often one may guess a password."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
YEAR = 365 * 24 * 3600


def init_app(app: Flask, *, https: bool) -> None:
    """Put the security headers on every answer; nothing but static files may be kept by anybody."""

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
            response.vary.update(("Cookie", "Accept-Language"))
        return response


def safe_next(target: str | None, otherwise: str) -> str:
    """Where to go on to: the target if it is a path of this site, else the other place."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(sign in target for sign in "\\\r\n\t\x00"):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


class Attempts:
    """Counts failed log-ins per name and per address within a window; each process counts for itself."""

    MOST_KEYS = 10_000

    def __init__(self, most: int, window: timedelta, now: Callable[[], datetime]) -> None:
        self._most, self._window, self._now = most, window, now
        self._failed: dict[str, deque[datetime]] = {}

    def wait(self, *keys: str) -> timedelta | None:
        """How long the next attempt has to wait, if it has to."""
        waits = [self._wait(key) for key in keys]
        return max((wait for wait in waits if wait), default=None)

    def fail(self, *keys: str) -> None:
        """Note a failed attempt."""
        if len(self._failed) > self.MOST_KEYS:
            self._failed.clear()
        for key in keys:
            self._failed.setdefault(key, deque(maxlen=self._most)).append(self._now())

    def forget(self, *keys: str) -> None:
        """Start again after a success."""
        for key in keys:
            self._failed.pop(key, None)

    def _wait(self, key: str) -> timedelta | None:
        failed = self._failed.get(key)
        while failed and self._now() - failed[0] > self._window:
            failed.popleft()
        if not failed or len(failed) < self._most:
            return None
        return failed[0] + self._window - self._now()
