"""The world outside, as far as a file can stand for it: a carrier that notes by which key it was called, and a book.

`install` gives a process of the product these operators beside its own, and leases that end soon after a worker dies.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

import workflows
from engine import Operator, Policy
from engine.operators import Call

LEASE = timedelta(seconds=3)
BOOK = "CREATE TABLE crash_book (token TEXT NOT NULL, case_id BIGINT NOT NULL, occurrence INTEGER NOT NULL)"
CALLS = "calls"  # the file that a carrier notes its calls in
SHIPPING, BOOKING = "freeze shipping", "freeze booking"  # files that wish for a process to stand still there


def operators(folder: Path) -> tuple[Operator, ...]:
    """The carrier and the book."""
    return (
        Operator(name="crash/ship", kind="remote", run=partial(ship, folder)),
        Operator(name="crash/book", kind="local", run=partial(book, folder)),
    )


def ship(folder: Path, call: Call) -> Mapping[str, Any]:
    """Note the key of a call; the answer says who gave it."""
    note(folder / CALLS, call.key)
    freeze(folder / SHIPPING)
    return {"key": call.key, "by": os.getpid()}


def book(folder: Path, call: Call) -> Mapping[str, Any]:
    """Write a line into a table of the domain, and post a message to the case itself."""
    row = {"token": call.parameters["token"], "case_id": int(call.case_id), "occurrence": call.occurrence}
    line = "INSERT INTO crash_book (token, case_id, occurrence) VALUES (:token, :case_id, :occurrence)"
    with call.writing() as connection:
        connection.execute(text(line), row)
    freeze(folder / BOOKING)
    call.post("stamped", {}, at=call.at + timedelta(milliseconds=200), message_id=f"stamp {call.key}")
    return {"by": os.getpid()}


def freeze(wish: Path) -> None:
    """Let this process stand still where a file wishes that for one."""
    with suppress(FileNotFoundError):
        wish.unlink()
        os.kill(os.getpid(), signal.SIGSTOP)


def note(file: Path, line: str) -> None:
    """Add a line to a file that outlives whoever writes it; the line comes whole or not at all."""
    place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        os.write(place, f"{line}\n".encode())
    finally:
        os.close(place)


def notes(file: Path) -> list[str]:
    """The lines of such a file."""
    return file.read_text().splitlines() if file.exists() else []


def policy(lease: timedelta = LEASE) -> Policy:
    """The product's policy with a short lease."""
    return replace(workflows.POLICY, lease=lease)


def install(folder: str) -> None:
    """Let the product of this process know the stand-ins: before it begins to serve or to work."""
    own = workflows.operators
    workflows.operators = lambda *given: (*own(*given), *operators(Path(folder)))  # type: ignore[assignment]
    workflows.POLICY = policy()
