"""The CPU that a server spends on one completion over HTTP: the inbox, the page of the task, the form that is sent.

The server is a process of its own, and its CPU is what its own clock says. What it is held against are three calls of a
bare Flask application on the same server with the same template engine: a list, a form of ten fields, a redirect.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from lxml import html

from engine import SYSTEM, Engine
from tests.support.serving import free_port, stop, wait_for_answer
from webapp.bootstrap import open_product
from workflows.demo import seed_base

from .diagrams import FORM, GIVEN, form, line
from .measure import Result, Size
from .places import Place
from .server import settings_of

ROOT = Path(__file__).resolve().parents[2]
GROUP, PERSON = "csr", "li.na"
TYPED = {name: str(value) for name, value in GIVEN.items() if not isinstance(value, (bool, list))}


class Browser:
    """Keeps a cookie and sends forms, on one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookie = ""

    def ask(self, path: str, sent: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the page of an address, or of a form that is sent there."""
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(sent) if sent is not None else None
        self._connection.request("GET" if sent is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self._cookie = cookie.partition(";")[0]
        return answer.status, answer.read().decode()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def log_in(self) -> None:
        """Log in as one of the sample people."""
        token = html.fromstring(self.ask("/login")[1]).xpath("//input[@name='csrf_token']/@value")[0]
        assert self.ask("/login", {"as": PERSON, "csrf_token": token})[0] == 302


def over_http(place: Place, size: Size) -> Iterator[Result]:
    """Three calls with log-in and CSRF on."""
    with place.fresh() as url, TemporaryDirectory() as folder, open_product(settings_of(url, folder)) as engine:
        with engine.database.writing() as connection:
            seed_base(connection, today=datetime.now(UTC).date())
        source = line(5).replace('value="staff"', f'value="{GROUP}"')
        key = engine.deploy({"p.bpmn": source, FORM: form()}, by=SYSTEM).key
        with (
            serving("product", url, folder) as (cpu, port),
            serving("bare", url, folder) as (plain_cpu, plain_port),
            closing(Browser(port)) as browser,
            closing(Browser(plain_port)) as plain,
        ):
            browser.log_in()
            tasks = waiting_tasks(engine, key)
            ours = spent(cpu, size, lambda: complete(browser, next(tasks)))
            bare = spent(plain_cpu, size, lambda: complete_bare(plain))
    name = "server CPU of a completion over HTTP, three calls"
    yield Result(name=f"{name}, bare Flask", value=bare)
    yield Result(name=name, value=ours, aim=15)
    yield Result(name=f"{name}, as a ratio", value=ours, against="bare Flask", yardstick=bare)


def spent(cpu: Callable[[], float], size: Size, run: Callable[[], None]) -> float:
    """The CPU milliseconds of a server for one run."""
    for _ in range(min(size.warm, size.completions)):
        run()
    before = cpu()
    for _ in range(size.completions):
        run()
    return (cpu() - before) * 1000 / size.completions


def waiting_tasks(engine: Engine, key: str) -> Iterator[str]:
    """Tasks of case after case; this process makes them, and the server does not pay."""
    while True:
        case = engine.start(key, by=SYSTEM)
        while case.status == "open":
            (task,) = engine.tasks(case.id)
            yield task.id
            case = engine.case(case.id)


def complete(browser: Browser, task: str) -> None:
    """Look at the inbox, open the task, send its form."""
    status, page = browser.ask("/inbox?view=groups")
    assert status == 200 and task in page
    _, page = browser.ask(f"/tasks/{task}")
    fields = dict(html.fromstring(page).get_element_by_id("task-form").fields)
    marks = {name: "1" for name in fields if name.startswith("marks")}
    given = {"csrf_token": fields["csrf_token"], **TYPED, **marks, "again": "on"}
    status, page = browser.ask(f"/tasks/{task}/completion", given)
    assert status == 302, html.fromstring(page).text_content()


def complete_bare(browser: Browser) -> None:
    """The same three calls of the bare application."""
    browser.ask("/list")
    browser.ask("/form")
    assert browser.ask("/form", {**TYPED, "again": "on"})[0] == 302


@contextmanager
def serving(kind: str, url: str, folder: str) -> Iterator[tuple[Callable[[], float], int]]:
    """A server in a process of its own: its CPU clock in seconds, and its port."""
    port, log = free_port(), Path(folder) / f"{kind}.log"
    command = [sys.executable, "-m", "tests.benchmarks.server", kind, str(port), url, folder]
    with log.open("ab") as written:
        process = subprocess.Popen(command, cwd=ROOT, stdout=written, stderr=subprocess.STDOUT)
    try:
        wait_for_answer(port, process, log, 90)
        clock = ~process.pid << 3 | 2  # what clock_getcpuclockid(3) makes of a process
        yield lambda: time.clock_gettime(clock), port
    finally:
        stop(process)
