"""What a process writes about its work: lines for people, or JSON objects, one on a line, for machines.

A line says which case, step, job, person (by id) and request it is about, and never what somebody has entered: no form,
no message, no address with a search in it.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from engine.observing import JobSeen, Seen, StepSeen

Format = Literal["plain", "json"]
FORMATS = ("plain", "json")
LOG_FORMAT = "FUNDCASE_LOG_FORMAT"
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")  # what is taken over from a proxy
SAID = ("case", "step", "kind", "key", "outcome", "person", "method", "route", "status", "ms")

request_id: ContextVar[str] = ContextVar("request_id", default="")
log = logging.getLogger("fundcase")


def set_up(form: str, stream: TextIO | None = None) -> None:
    """Let this process log in a form, to standard error."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Json() if form == "json" else Plain("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "ours", False)]:
        root.removeHandler(old)
    handler.ours = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in ("fundcase", "engine", "webapp"):
        logging.getLogger(name).setLevel(logging.INFO)


def said(record: logging.LogRecord) -> dict[str, Any]:
    """What a record is about, beside its sentence."""
    found = {name: getattr(record, name) for name in SAID if getattr(record, name, None) is not None}
    return found | ({"request": request_id.get()} if request_id.get() else {})


class Json(logging.Formatter):
    """One JSON object on a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; what went wrong stands in `error`."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        line |= said(record)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class Plain(logging.Formatter):
    """A line for people, with what it is about behind the sentence."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The sentence and the rest of it."""
        about = " ".join(f"{name}={value}" for name, value in said(record).items())
        return f"{super().formatMessage(record)} {about}".rstrip()


def observe(seen: Seen) -> None:
    """Log a step or a job."""
    about: dict[str, Any] = {"case": seen.case_id, "kind": seen.kind, "ms": milliseconds(seen.seconds)}
    match seen:
        case StepSeen():
            log.info("step", extra=about | {"step": seen.seq, "key": seen.process, "person": seen.actor})
        case JobSeen():
            log.info("job", extra=about | {"outcome": seen.outcome})


def request(method: str, route: str, status: int, seconds: float, person: str | None) -> None:
    """Log an answered request, by the pattern of its address."""
    about = {"method": method, "route": route, "status": status, "person": person, "ms": milliseconds(seconds)}
    log.info("request", extra=about)


def new_request_id(headers: Mapping[str, str]) -> str:
    """The id of a request: that which a proxy has given it, if it looks like one, else a new one."""
    given = headers.get("X-Request-Id", "")
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def milliseconds(seconds: float) -> float:
    """Seconds as a log says them."""
    return round(seconds * 1000, 1)
