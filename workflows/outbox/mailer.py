"""Sends mail by SMTP. Where no server is set there is no mailer, and the outbox page shows what would have gone out."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from .model import Message

VARIABLE = "FUNDCASE_SMTP_URL"
TIMEOUT = 20  # seconds


class NotSent(Exception):
    """The mail server did not take the message."""


class Mailer(Protocol):
    """Sends a message to its address, or raises NotSent."""

    def send(self, message: Message) -> None:
        """Send one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """A mail server; `security` is `tls` from the first byte, `starttls`, or `none` for one on this machine."""

    host: str
    port: int
    security: str
    sender: str
    user: str | None = None
    password: str | None = None

    @classmethod
    def from_url(cls, url: str) -> SmtpMailer:
        """A server from `smtps://user:password@host:465?from=a@b.cn`; `smtp://` starts TLS unless `?security=none`."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError(f"{VARIABLE} begins with smtp:// or smtps:// and names a host")
        options = {name: given[-1] for name, given in parse_qs(parts.query).items()}
        security = "tls" if parts.scheme == "smtps" else options.get("security", "starttls")
        if security not in ("tls", "starttls", "none"):
            raise ValueError(f"{VARIABLE}: security is tls, starttls or none")
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if security == "tls" else 587),
            security=security,
            sender=options.get("from", f"service@{parts.hostname}"),
            user=parts.username and unquote(parts.username),
            password=parts.password and unquote(parts.password),
        )

    def send(self, message: Message) -> None:
        """Send one message; its id is the mail's, so that a second copy can be recognised."""
        try:
            with self._connect() as server:
                if self.security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self.user is not None:
                    server.login(self.user, self.password or "")
                server.send_message(self._mail(message))
        except (OSError, smtplib.SMTPException) as error:
            said = f"{type(error).__name__}: {error}"  # servers repeat the address, and whoever reads this needs it not
            raise NotSent(said.replace(message.address, "…") if message.address else said) from error

    def _connect(self) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, message.address, message.subject
        mail["Date"] = format_datetime(message.created_at)
        mail["Message-ID"] = f"<{message.id}@{self.sender.rpartition('@')[2]}>"
        mail.set_content(message.body)
        mail["Content-Language"] = {"zh": "zh-CN"}.get(message.language, message.language)
        return mail


def mailer_from(environment: Mapping[str, str]) -> SmtpMailer | None:
    """The mail server that the environment names, if it names one."""
    url = environment.get(VARIABLE, "").strip()
    return SmtpMailer.from_url(url) if url else None
