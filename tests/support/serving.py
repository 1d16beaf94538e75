"""The real web application in a process of its own, on a free port of this machine."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .shifted import ShiftedClock

ROOT = Path(__file__).resolve().parents[2]
START = "from tests.support.network import switch_off; switch_off(); {} from webapp.cli import main; main()"
SHIFT = "from tests.support.shifted import install; install({!r});"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveServer:
    """A running application: where it is, its database, and the file that it logs to."""

    url: str
    database: str
    log: Path
    process: subprocess.Popen[bytes]


class DidNotStart(AssertionError):
    """The application did not answer in time; the end of its log follows."""


@contextlib.contextmanager
def serving(
    database: str,
    folder: Path,
    *options: str,
    env: Mapping[str, str] | None = None,
    patience: float = 90,
    clock: ShiftedClock | None = None,
) -> Iterator[LiveServer]:
    """Run `fundcase serve` on a database until the block is left; `patience` is in seconds."""
    port, log = free_port(), folder / "server.log"
    start = START.format(SHIFT.format(str(clock.file)) if clock else "")
    command = [sys.executable, "-c", start, "serve", "--host", "127.0.0.1", "--port", str(port), "--database", database]
    with log.open("ab") as written:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env={**os.environ, **(env or {})}, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        wait_for_answer(port, process, log, patience)
        yield LiveServer(url=f"http://127.0.0.1:{port}", database=database, log=log, process=process)
    finally:
        stop(process)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_answer(port: int, process: subprocess.Popen[bytes], log: Path, patience: float) -> None:
    """Wait until the server answers anything at all, or say why it does not."""
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise DidNotStart(f"exit code {process.poll()}\n{log.read_text(errors='replace')[-4000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, and see that it does."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
