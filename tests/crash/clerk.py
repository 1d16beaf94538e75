"""A person at the web application, by HTTP alone: logs in, opens pages, sends their forms with their tokens."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from random import Random
from urllib.parse import urlencode

from lxml import html

from .ledger import Ledger

REFUSALS = {403, 404, 409, 422}  # nothing has happened; anything else but a redirection tells nothing
LOGIN = "/login"  # where whoever is not logged in is sent to
FAULT = 500  # what no request may be answered with, whatever happens to the database
PACE = 0.2  # seconds between two moves
PATIENCE = 30  # seconds for one answer
NOBODY = (OSError, http.client.HTTPException)  # what a connection says whose server was killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the application has answered."""

    status: int
    location: str
    text: str


class Clerk:
    """One of the staff, who works at random at one of the servers until he is told to go."""

    def __init__(self, person: str, ports: Sequence[int], ledger: Ledger, random: Random) -> None:
        self._person, self._ports, self._ledger, self._random = person, ports, ledger, random
        self._cookies: dict[str, str] = {}
        self._moves: tuple[Callable[[], None], ...] = (self.start, *[self.complete] * 4, self.draft)
        self._gone = threading.Event()
        self.name, self.faults = ledger.client, 0
        self.thread = threading.Thread(target=self._work, name=f"clerk {person}", daemon=True)

    def start(self) -> None:
        """Begin a parcel by its form."""
        page = self._open("/cases/new/parcel")
        token = self._ledger.ask("start")
        self._send(token, "/cases/new/parcel", {"csrf_token": csrf(page), "token": token})

    def complete(self) -> None:
        """Open a task of the inbox and send its form."""
        self._fill("completion", "complete")

    def draft(self) -> None:
        """Open a task of the inbox and keep what was typed so far."""
        self._fill("draft", "draft")

    def go(self) -> None:
        """Finish what is in hand."""
        self._gone.set()

    def log_in(self) -> None:
        """Choose oneself at the log-in of the demo."""
        page = self._open(LOGIN, logged_in=False)
        self._ask("POST", LOGIN, {"csrf_token": csrf(page), "as": self._person})

    def look(self, path: str) -> int:
        """The status of a page."""
        return self._ask("GET", path).status

    def _fill(self, action: str, what: str) -> None:
        inbox = self._open("/inbox?view=groups")
        tasks = sorted(set(re.findall(r"/tasks/(\d+\.\d+\.\d+)", inbox.text)))
        if tasks:
            task = self._random.choice(tasks)
            page = self._open(f"/tasks/{task}")
            if page.status == 200:
                token = self._ledger.ask(what, task=task, person=self._person)
                self._send(token, f"/tasks/{task}/{action}", {"csrf_token": csrf(page), "note": token})

    def _work(self) -> None:
        while not self._gone.wait(PACE):
            try:
                if not self._cookies:
                    self.log_in()
                self._random.choice(self._moves)()
            except NOBODY:
                continue  # the server is gone: on to the next

    def _open(self, path: str, logged_in: bool = True) -> Answer:
        answer = self._ask("GET", path)
        if logged_in and answer.status == 302 and answer.location.startswith(LOGIN):
            self._cookies.clear()
            raise http.client.HTTPException("logged out")
        return answer

    def _send(self, token: str, path: str, form: dict[str, str]) -> None:
        """Send a form, and write down what was answered; without an answer nobody knows."""
        answer = self._ask("POST", path, form)
        if answer.status == 302 and not answer.location.startswith(LOGIN):
            self._ledger.answered(token, location=answer.location)
        elif answer.status in REFUSALS:
            self._ledger.refused(token, str(answer.status))

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        port = self._random.choice(self._ports)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        body = urlencode(form) if form else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for given in response.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: one.value for name, one in SimpleCookie(given).items()}
        self.faults += response.status == FAULT
        return Answer(status=response.status, location=response.headers.get("Location", ""), text=text)


def csrf(page: Answer) -> str:
    """The token of a page's forms; whoever got an error page instead asks in vain."""
    tokens = html.fromstring(page.text).xpath("//input[@name='csrf_token']/@value") if page.text else []
    if not tokens:
        raise http.client.HTTPException(f"no form on a page of status {page.status}")
    return str(tokens[0])
