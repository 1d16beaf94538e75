"""Commands that begin together, in threads of one process or in processes of their own, and what each came to.

A command is anything that can be pickled and called with an engine: `do("complete", task, values, by=ANN)`. A crew runs
some of them at once; which of its members gets which of them changes from race to race, so that nobody is favoured.
"""

import multiprocessing
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from engine import FixedClock, Operator, Refusal, open_engine
from tests.engine.people import ANN

SIZE = 4  # members of a crew
PATIENCE = 300  # seconds, against hanging
AT = "2026-03-02T01:00:00+00:00"


@dataclass(frozen=True)
class Do:
    """A method of the engine and what it is called with."""

    name: str
    args: tuple[Any, ...]
    named: Mapping[str, Any]

    def __call__(self, engine):
        return getattr(engine, self.name)(*self.args, **self.named)


def do(name, *args, **named):
    """A command: a method of the engine by its name."""
    return Do(name, args, named)


@dataclass(frozen=True)
class Outcome:
    """What a command came to: a result, or the class, the message and the data of its error; begun and ended when."""

    result: Any = None
    error: str = ""
    message: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False
    span: tuple[int, int] = (0, 0)

    @property
    def by(self):
        """Who was first, where the error says so."""
        return self.data.get("by")


def attempt(engine, command):
    """Run a command; what it came to, whatever that is."""
    began = time.monotonic_ns()
    try:
        said = {"result": command(engine)}
    except Refusal as error:
        said = {"error": type(error).__name__, "message": str(error), "data": error.data, "refused": True}
    except Exception as error:
        said = {"error": type(error).__name__, "message": traceback.format_exc()}
    return Outcome(**said, span=(began, time.monotonic_ns()))


def losers(found):
    """The outcomes that are refusals."""
    return [one for one in found if one.error]


def the_loser(found, error="Conflict"):
    """The one loser, who was refused by an error of this class."""
    (lost,) = losers(found)
    assert lost.error == error, lost
    return lost


def begun_together(found):
    """Whether each of some commands had begun before the first had ended."""
    return max(one.span[0] for one in found) < min(one.span[1] for one in found)


def race(*commands):
    """Call functions in threads that begin together; what each came to, a result or an exception."""
    found, barrier = [None] * len(commands), threading.Barrier(len(commands))

    def run(number, command):
        barrier.wait(PATIENCE)
        try:
            found[number] = command()
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(commands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    return found


class Threads:
    """A crew of threads that share one engine."""

    def __init__(self, engine):
        self._engine, self._turn = engine, 0

    def run(self, commands):
        """Run commands at once; their outcomes in the order of the commands."""
        self._turn += 1
        order = turned(range(len(commands)), self._turn)
        found = race(*[partial(attempt, self._engine, commands[number]) for number in order])
        return [found[order.index(number)] for number in range(len(commands))]

    def shut(self):
        """Give the connections back."""
        self._engine.close()


class Processes:
    """A crew of processes, each with an engine of its own; started once, they take orders by pipes."""

    def __init__(self, size=SIZE):
        context = multiprocessing.get_context("spawn")
        self._barriers = {parties: context.Barrier(parties) for parties in range(1, size + 1)}
        self._turn, self._pipes, self._processes = 0, [], []
        for _ in range(size):
            pipe, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs, self._barriers), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(pipe)
            self._processes.append(process)

    def open(self, url):
        """Let every process open an engine on a database, in the place of the one before."""
        for pipe in self._pipes:
            pipe.send(("open", url))
        for pipe in self._pipes:
            assert answer(pipe) == "open"

    def shut(self):
        """Let every process give its connections back."""
        for pipe in self._pipes:
            pipe.send(("shut",))
        for pipe in self._pipes:
            assert answer(pipe) == "shut"

    def run(self, commands, at):
        """Run commands at once, at a moment; their outcomes in the order of the commands."""
        assert len(commands) <= len(self._pipes)
        self._turn += 1
        chosen = turned(self._pipes, self._turn)[: len(commands)]
        for pipe, command in zip(chosen, commands, strict=True):
            pipe.send(("run", at, len(commands), command))
        return [answer(pipe) for pipe in chosen]

    def stop(self):
        """End the processes."""
        for pipe in self._pipes:
            with suppress(OSError):
                pipe.send(None)
        for process in self._processes:
            process.join(PATIENCE)
            process.kill()


def turned(some, by):
    """A list that begins with another one each time."""
    by %= len(some)
    return [*some[by:], *some[:by]]


def answer(pipe):
    """What a process answers."""
    assert pipe.poll(PATIENCE), "a process of the crew does not answer"
    return pipe.recv()


def serve(pipe, barriers):
    """Take orders until None comes: open an engine, or run a command as soon as all who take part are ready."""
    engine, clock = None, FixedClock(AT)
    while (order := pipe.recv()) is not None:
        match order:
            case ("run", at, parties, command):
                clock.set(at)
                barriers[parties].wait(PATIENCE)
                pipe.send(attempt(engine, command))
            case (kind, *url):
                if engine is not None:
                    engine.close()
                engine = open_engine(*url, clock=clock, operators=OPERATORS) if url else None
                pipe.send(kind)


@dataclass
class Crew:
    """Members who run commands at once on one database; `engine` is the test's own, to prepare and to judge."""

    engine: Any
    clock: Any
    members: Threads | Processes
    rounds: range

    def begin(self, key="loan"):
        """Start a case; its id."""
        return self.engine.start(key, by=ANN).id

    def tasks(self, case):
        """The ids of the open tasks of a case."""
        return [task.id for task in self.engine.tasks(case)]

    def offered(self, case):
        """The elements of all tasks that a case has ever offered, in their order."""
        return [one.element for step in self.engine.history(case) for one in step.effects if one.kind == "offered"]

    def race(self, *commands):
        """Run commands that begin together; their outcomes, none of which may be a fault."""
        at = () if isinstance(self.members, Threads) else (self.clock.now(),)
        found = self.members.run(commands, *at)
        faults = [one.message for one in found if one.error and not one.refused]
        assert not faults, "\n".join(faults)
        return found


def sent(call):
    """A remote operator that has nothing to say."""
    return {}


def unreachable(call):
    """A remote operator that never succeeds."""
    raise ConnectionError("no route")


OPERATORS = (
    Operator(name="mail/send", kind="remote", run=sent),
    Operator(name="mail/lost", kind="remote", run=unreachable, retries=0),
)
