"""The real application under load: web, worker and client processes on one database, each killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import text

import workflows
from engine import Engine, open_engine
from engine.clock import Clock
from tests.support.serving import ROOT, free_port, wait_for_answer
from webapp.bootstrap import Settings, open_product
from workflows.demo import seed_base

from . import diagrams, load
from .clerk import Clerk
from .ledger import Ledger
from .stand_in import BOOK, operators, policy
from .waiting import until

PEOPLE = ("li.na", "xu.kai", "deng.hui", "zhao.yue", "ma.rui")  # of the group that has the tasks
PRODUCT = (
    "from tests.support.network import switch_off; switch_off();"
    " from tests.crash.stand_in import install; install({folder!r});{more} from webapp.cli import main; main()"
)
SHIFT = " from tests.support.shifted import install; install({!r});"
WORKS = "The worker runs"  # what a worker prints when it begins


def furnish(url: str) -> None:
    """Make a database with people in it and the processes of these tests in force."""
    with open_product(Settings(database=url, demo=True)) as engine, engine.database.writing() as connection:
        seed_base(connection, today=datetime.now(UTC).date())
        connection.execute(text(BOOK))
    with beside(url, Path()) as engine:
        diagrams.deploy(engine)


@contextmanager
def beside(url: str, folder: Path, clock: Clock | None = None) -> Iterator[Engine]:
    """An engine of our own on the same database."""
    known = (*workflows.OPERATORS, *operators(folder))
    with open_engine(url, operators=known, policy=policy(), clock=clock) as engine:
        yield engine


class Process:
    """A process that is started again after each kill; each time it has a log of its own."""

    def __init__(self, name: str, folder: Path, arguments: Sequence[str]) -> None:
        self.name, self._folder, self._arguments, self._times = name, folder, arguments, 0
        self.process: subprocess.Popen[bytes]

    @property
    def log(self) -> Path:
        """What it has printed since it was started last."""
        return self._folder / f"{self.name}.{self._times}.log"

    def arguments(self) -> Sequence[str]:
        """What Python is given this time."""
        return self._arguments

    def start(self) -> None:
        """Start it."""
        self._times += 1
        with self.log.open("wb") as log:
            command = [sys.executable, *self.arguments()]
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def ready(self) -> None:
        """Wait until it does what it is for."""
        until(lambda: self.process.poll() is not None or self.is_ready(), f"{self.name} is ready")
        self.demand_alive()

    def is_ready(self) -> bool:
        """Whether it does what it is for."""
        return any(word in self.log.read_text(errors="replace") for word in (WORKS, load.READY))

    def demand_alive(self) -> None:
        """Fail where it has ended by itself."""
        code = self.process.poll()
        assert code is None, f"{self.name} ended with {code}:\n{self.log.read_text(errors='replace')[-4000:]}"

    def kill(self) -> None:
        """Kill it, so that it cannot do anything more."""
        self.demand_alive()
        self.process.kill()
        self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.process.pid, number)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


class Web(Process):
    """`fundcase serve`, always on the same port, without a worker unless it is to have one."""

    def __init__(self, name: str, folder: Path, arguments: Sequence[str], port: int) -> None:
        self.port = port
        super().__init__(name, folder, arguments)

    def ready(self) -> None:
        """Wait until it answers."""
        wait_for_answer(self.port, self.process, self.log, 90)


class Loader(Process):
    """A client of the engine; each time it is another one, because nobody knows what the one before has done."""

    def __init__(self, folder: Path, url: str, name: str, seed: int, shift: Path | None) -> None:
        self._url, self._seed, self._shift = url, seed, [str(shift)] if shift else []
        super().__init__(name, folder, ())

    def arguments(self) -> Sequence[str]:
        """The module of the load, with a new name and another seed."""
        name, seed = f"{self.name}x{self._times}", f"{self._seed + self._times}"
        return ["-m", "tests.crash.load", self._url, str(self._folder), name, seed, *self._shift]


class Works:
    """All processes and clerks on one database, in a folder with their logs and ledgers."""

    def __init__(self, url: str, folder: Path, random: Random, shift: Path | None = None) -> None:
        self._url, self._folder, self._random, self._shift = url, folder, random, shift
        self._code = PRODUCT.format(folder=str(folder), more=SHIFT.format(str(shift)) if shift else "")
        self.processes: list[Process] = []
        self.clerks: list[Clerk] = []

    def web(self, name: str, *, worker: bool = False) -> Web:
        """Add a web process, with a worker in it or without."""
        port = free_port()
        options = ["--host", "127.0.0.1", "--port", str(port)] + ([] if worker else ["--no-worker"])
        made = Web(name, self._folder, self._product("serve", *options), port)
        self.processes.append(made)
        return made

    def worker(self, name: str) -> Process:
        """Add a worker."""
        self.processes.append(Process(name, self._folder, self._product("worker")))
        return self.processes[-1]

    def loader(self, name: str) -> Loader:
        """Add a client of the engine."""
        made = Loader(self._folder, self._url, name, self._random.randrange(10**6), self._shift)
        self.processes.append(made)
        return made

    def hire(self, count: int) -> None:
        """Let so many clerks come, who work at all web processes."""
        ports = [one.port for one in self.processes if isinstance(one, Web)]
        for person in PEOPLE[:count]:
            ledger = Ledger(self._folder, person.replace(".", ""))
            self.clerks.append(Clerk(person, ports, ledger, Random(self._random.randrange(10**6))))

    def start(self) -> None:
        """Start all, and wait until they are ready."""
        for process in self.processes:
            process.start()
        for process in self.processes:
            process.ready()
        for clerk in self.clerks:
            clerk.thread.start()

    def close(self) -> None:
        """Let the clerks go, and kill what still runs, all at the same moment."""
        for clerk in self.clerks:
            clerk.go()
        for process in self.processes:
            process.process.kill()
        for process in self.processes:
            process.process.wait()
        for clerk in self.clerks:
            clerk.thread.join(60)
            assert not clerk.thread.is_alive()

    def _product(self, command: str, *options: str) -> list[str]:
        return ["-c", self._code, command, "--database", self._url, *options]


@contextmanager
def running(works: Works) -> Iterator[Works]:
    """Start all for a block; at its end all are killed at once, in the middle of what they do."""
    try:
        works.start()
        yield works
        for process in works.processes:
            process.demand_alive()
    finally:
        works.close()


def numbers(environment: Mapping[str, str], name: str, ordinary: int) -> int:
    """A number of the environment, or the ordinary one."""
    return int(environment.get(name) or ordinary)
