"""Mail goes out by SMTP, tried against a small real server on this machine."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import ClassVar

import pytest

from tests.workflows.conftest import MORNING
from workflows.outbox.mailer import NotSent, SmtpMailer, mailer_from
from workflows.outbox.model import Message


class Session(socketserver.StreamRequestHandler):
    """One SMTP session: enough of RFC 5321 for a client that sends a message."""

    refuse: ClassVar[bool] = False
    taken: ClassVar[list[tuple[str, list[str], bytes]]] = []

    def handle(self) -> None:
        """Answer commands until QUIT."""
        self.say("220 here")
        sender, to = "", list[str]()
        while command := self.rfile.readline().decode().strip():
            verb = command.split(":")[0].upper()
            if verb == "MAIL FROM":
                sender = command[10:].split(">")[0].lstrip("<")
                self.say("250 ok")
            elif verb == "RCPT TO":
                if self.refuse:
                    self.say("550 no such box")
                    continue
                to.append(command[8:].split(">")[0].lstrip("<"))
                self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                type(self).taken.append((sender, to, b"".join(lines)))
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def say(self, line: str) -> None:
        """One line to the client."""
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def serving(refuse: bool = False) -> Iterator[tuple[str, type[Session]]]:
    """A mail server on a free port of this machine."""
    handler = type("OwnSession", (Session,), {"refuse": refuse, "taken": []})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{server.server_address[1]}?security=none&from=service@fundcase.example", handler
        finally:
            server.shutdown()
            thread.join()


def message(**more: object) -> Message:
    usual: dict[str, object] = {
        "key": "7.3.1",
        "case_id": "7",
        "case_number": "INQ-20261118-000001",
        "channel": "EMAIL",
        "address": "huang@mail.example",
        "template": "inquiry-answer",
        "language": "zh",
        "subject": "关于您咨询事项的答复",
        "body": "尊敬的黄美玲女士：\n\n.开头是点\n" + "很长的一行" * 300 + "\n",
        "created_at": MORNING,
    }
    return Message(**usual | more)  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_message_arrives_whole() -> None:
    with serving() as (url, server):
        mailer = mailer_from({"FUNDCASE_SMTP_URL": url})
        assert mailer is not None
        mailer.send(message())

    ((sender, to, raw),) = server.taken
    mail = read(raw.replace(b"\r\n..", b"\r\n."))
    assert (sender, to) == ("service@fundcase.example", ["huang@mail.example"])
    assert (mail["Subject"], mail["To"]) == (message().subject, "huang@mail.example")
    assert mail.get_content() == message().body
    assert mail["Content-Language"] == "zh-CN"


def test_a_second_copy_can_be_recognised() -> None:
    with serving() as (url, server):
        mailer = SmtpMailer.from_url(url)
        mailer.send(message())
        mailer.send(message())

    first, second = (read(raw)["Message-ID"] for _, _, raw in server.taken)
    assert first == second == f"<{message().id}@fundcase.example>"


def test_no_header_can_be_smuggled_in() -> None:
    with serving() as (url, server), pytest.raises(ValueError, match=r"[Hh]eader|linefeed"):
        SmtpMailer.from_url(url).send(message(subject="Hello\r\nBcc: all@fundcase.example"))
    assert server.taken == []


def test_a_refusal_is_told() -> None:
    with serving(refuse=True) as (url, server), pytest.raises(NotSent, match="no such box"):
        SmtpMailer.from_url(url).send(message())
    assert server.taken == []


def test_what_is_told_of_a_refusal_does_not_name_the_address() -> None:
    with serving(refuse=True) as (url, _), pytest.raises(NotSent) as refused:
        SmtpMailer.from_url(url).send(message())
    assert "SMTPRecipientsRefused" in str(refused.value) and "huang@mail.example" not in str(refused.value)


def test_a_server_that_is_not_there_is_told() -> None:
    with serving() as (url, _):
        pass
    with pytest.raises(NotSent, match="refused"):
        SmtpMailer.from_url(url).send(message())


def test_a_server_that_does_not_speak_tls_gets_nothing() -> None:
    with serving() as (url, server), pytest.raises(NotSent):
        SmtpMailer.from_url(url.replace("security=none", "security=starttls")).send(message())
    assert server.taken == []


def test_settings() -> None:
    assert mailer_from({}) is None
    assert mailer_from({"FUNDCASE_SMTP_URL": " "}) is None
    assert SmtpMailer.from_url("smtps://a%40b:p%2Fw@mail.example") == SmtpMailer(
        host="mail.example", port=465, security="tls", sender="service@mail.example", user="a@b", password="p/w"
    )
    assert SmtpMailer.from_url("smtp://mail.example").security == "starttls"
    assert SmtpMailer.from_url("smtp://mail.example").port == 587


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example?security=maybe"]
)
def test_settings_that_are_none(url: str) -> None:
    with pytest.raises(ValueError, match="FUNDCASE_SMTP_URL"):
        SmtpMailer.from_url(url)
