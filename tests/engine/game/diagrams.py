"""Random diagrams: every kind of block, inside each other, with conditions on what people write.

A diagram is a function of its seed. Some rules keep what BPMN leaves open from mattering: scripts only count; what ends
a scope (an error, terminate) or throws a signal comes right after a task; a loop has a task in it; on a way that
several tokens may be on at once, behind an event that does not interrupt, nothing joins; and no instance of many throws
the signal that begins the way it is on once more, as the new ones could say at the same time what they came to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from . import blocks as b
from . import drawing

POOL = ("p0", "p1", "p2", "p3")
LISTS = ("l0", "l1")


@dataclass(frozen=True)
class Place:
    """Where a block is to be put: what may be written, read, caught and ended there."""

    depth: int = 0
    instances: int = 0  # multi-instances around
    writes: tuple[str, ...] = POOL
    reads: tuple[str, ...] = POOL
    lists: tuple[str, ...] = LISTS
    codes: tuple[str, ...] = ()
    copy: tuple[str, str] | None = None  # the result of an instance and its item
    together: bool = False  # whether a parallel join waits for what comes from here
    alone: bool = True  # whether no other token can be on the same way: joins would mix them
    edges: bool = True
    begun: tuple[str, ...] = ()  # the signals that began this way beside all else, and can begin it once more
    silent: tuple[str, ...] = ()  # those of them that nothing here throws

    def inside(self, **changes: Any) -> Place:
        return replace(self, depth=self.depth + 1, **changes)


class Maker:
    """Makes one diagram of a number of blocks."""

    def __init__(self, rng: Random, size: int) -> None:
        self.rng, self.left = rng, size
        self.numbers: dict[str, int] = {}
        self.counters: list[str] = []
        self.called: list[b.Process] = []
        self.signals = rng.random() < 0.3  # else closed calls: what both write at once has no order
        self.heard = tuple(f"{color}{rng.randrange(10**9)}" for color in ("red", "blue"))  # every case has its own
        self.calling = False

    def id(self, prefix: str) -> str:
        self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return f"{prefix}{self.numbers[prefix]}"

    def chance(self, likely: float) -> bool:
        return self.rng.random() >= 1 - likely  # the smallest number says no, which keeps small examples small

    def diagram(self) -> b.Diagram:
        scope = self.scope(Place(), start="start")
        data: dict[str, Any] = {name: self.rng.randrange(4) for name in POOL}
        data |= {name: [self.rng.randrange(4) for _ in range(self.rng.randrange(4))] for name in LISTS}
        return b.Diagram(
            process=b.Process(key="game", scope=scope),
            called=tuple(self.called),
            data=data | dict.fromkeys(self.counters, 0),
        )

    def scope(
        self, place: Place, start: str = "", handlers: bool = True, waits_first: bool = False, code: str = ""
    ) -> b.Scope:
        """What is inside of a process or subprocess; `code` is an error that is caught at its edge."""
        found = []
        while handlers and place.depth < 4 and self.chance(0.2) and len(found) < 2:
            found.append(self.handler(place))
        found = heard_once(found)
        codes = (*([code] if code else []), *(h.event.name for h in found if h.event.kind == "error"))
        inner = replace(place, codes=(*place.codes, *codes), together=False, alone=True)
        first = (self.task(inner),) if waits_first else ()
        wrong = self.exit(inner, "error") if codes and self.chance(0.8) else ()
        body = (*first, *self.line(inner), *wrong)
        end: b.End | None = b.End(id=self.id("end"))
        if self.chance(0.12) and self.left > 2:
            ways = tuple(
                b.Way(condition=None, body=self.line(inner.inside()), end=b.End(id=self.id("end"))) for _ in range(2)
            )
            body, end = (*body, b.Fork(id=self.id("fork"), ways=ways)), None
        return b.Scope(start=start or self.id("start"), body=body, end=end, handlers=tuple(found))

    def handler(self, place: Place) -> b.Handler:
        event = self.event(place, ("message", "message", "timer", "error", *(("signal",) if self.signals else ())))
        interrupting = event.kind == "error" or self.chance(0.5)
        event = event if interrupting else self.cycle(event)
        name = self.id("handler")
        begun = again(place, event, interrupting)
        inner = self.scope(place.inside(begun=begun), start=f"start_{name}", handlers=False)
        return b.Handler(id=name, start=inner.start, event=event, interrupting=interrupting, scope=inner)

    def line(self, place: Place, most: int = 3) -> b.Blocks:
        """Some blocks one after the other."""
        return tuple(block for _ in range(self.rng.randint(1, most)) for block in self.some(place))

    def some(self, place: Place) -> b.Blocks:
        """One block, with what has to come before it."""
        self.left -= 1
        if self.left <= 0 or place.depth > 4:
            return (self.task(place),)
        kinds = {
            "task": 3, "script": 2, "catch": 2, "xor": 3, "and_": 3 * place.alone, "or_": 3 * place.alone, "loop": 3, "race": 1,
            "sub": 4, "call": 1, "many": 4, "throw": 1, "exit": 5 if place.codes else 2,
        }  # fmt: skip
        kind = self.rng.choices(list(kinds), list(kinds.values()))[0]
        made = getattr(self, kind)(place)
        return made if isinstance(made, tuple) else (made,)

    def bodies(self, place: Place, least: int = 2) -> list[b.Blocks]:
        """Two or three ways; one may be empty."""
        ways = [self.line(place.inside(), 2) for _ in range(self.rng.randint(least, 3))]
        if self.chance(0.2):
            ways[self.rng.randrange(len(ways))] = ()
        return ways

    def condition(self, place: Place) -> b.Condition:
        right = self.rng.choice(place.reads) if self.chance(0.3) else self.rng.randrange(4)
        return b.Condition(left=self.rng.choice(place.reads), sign=self.rng.choice(("<", ">", "=", "!=")), right=right)

    def ways(self, place: Place) -> tuple[b.Way, ...]:
        bodies = self.bodies(place)
        default = self.rng.randrange(len(bodies))
        return tuple(
            b.Way(condition=None if n == default else self.condition(place), body=body) for n, body in enumerate(bodies)
        )

    def task(self, place: Place) -> b.Task:
        name = self.id("task")
        return b.Task(
            id=name,
            writes=place.writes,
            variable=f"form_{name}" if self.chance(0.1) else None,
            counter=self.counter(name) if self.chance(0.5) else None,
            copy=place.copy if self.chance(0.3) else None,
            edges=self.edges(place),
        )

    def counter(self, name: str) -> str:
        self.counters.append(f"n_{name}")
        return f"n_{name}"

    def script(self, place: Place) -> b.Script:
        name = self.id("script")
        return b.Script(id=name, counter=self.counter(name))

    def catch(self, place: Place) -> b.Catch:
        event = self.event(place, ("message", "timer", *(("signal",) if self.signals else ())))
        receive = event.kind == "message" and self.chance(0.5)
        return b.Catch(id=self.id("catch"), event=event, receive=receive, edges=self.edges(place) if receive else ())

    def event(self, place: Place, kinds: tuple[str, ...]) -> b.Event:
        kind = self.rng.choice(kinds)
        if kind == "timer":
            minutes = self.rng.randint(1, 600)
            return b.Event(
                kind=kind, term=b.Term(minutes=minutes, hours=self.rng.choice(POOL) if self.chance(0.3) else None)
            )
        if kind == "signal":
            return b.Event(kind=kind, name=self.rng.choice(self.heard))
        if kind == "error":
            return b.Event(kind=kind, name=self.code(place))
        name = self.id("message")
        key = self.rng.choice(place.reads) if kind == "message" and self.chance(0.3) else None
        variable = f"said_{name}" if kind == "message" and self.chance(0.3) else None
        return b.Event(kind=kind, name=name, key=key, variable=variable)

    def cycle(self, event: b.Event) -> b.Event:
        """The same timer, perhaps as one that comes again and again."""
        if event.kind != "timer" or self.chance(0.4):
            return event
        return replace(event, times=self.rng.randrange(4))

    def code(self, place: Place) -> str:
        """The code of an error; one that is caught further outside as well says who catches first."""
        return self.rng.choice(place.codes) if place.codes and self.chance(0.7) else self.id("error")

    def edges(self, place: Place, codes: tuple[str, ...] = ()) -> tuple[b.Edge, ...]:
        """Events at the edge of an activity; the codes are caught there."""
        found = [self.edge(place, b.Event(kind="error", name=code)) for code in codes]
        while place.edges and place.depth < 5 and len(found) < 3 and self.chance(0.3):
            kinds = ("message", "timer", *(("signal",) if self.signals else ()))
            found.append(self.edge(place, self.event(place, kinds)))
        return tuple(heard_once(found))

    def edge(self, place: Place, event: b.Event) -> b.Edge:
        interrupting = event.kind == "error" or self.chance(0.5)
        event = event if interrupting else self.cycle(event)
        returns = interrupting and (self.chance(0.5) or (place.together and self.chance(0.8)))
        begun = again(place, event, interrupting)
        inner = place.inside(together=place.together and returns, alone=place.alone and interrupting, begun=begun)
        body = self.line(inner, 2) if self.chance(0.8) else ()
        return b.Edge(
            id=self.id("edge"),
            event=event,
            interrupting=interrupting,
            body=body,
            end=None if returns else b.End(id=self.id("end")),
        )

    def xor(self, place: Place) -> b.Xor:
        return b.Xor(
            id=self.id("xor"),
            ways=self.ways(place),
            merge=self.rng.choice(("exclusive", "none", "inclusive" if place.alone else "exclusive")),
        )

    def or_(self, place: Place) -> b.Or:
        return b.Or(id=self.id("or"), ways=self.ways(replace(place, together=False)))

    def and_(self, place: Place) -> b.And:
        return b.And(id=self.id("and"), bodies=tuple(self.bodies(replace(place, together=True))))

    def loop(self, place: Place) -> b.Loop:
        inner = place.inside()
        return b.Loop(id=self.id("loop"), body=(*self.line(inner, 2), self.task(inner)), again=self.condition(place))

    def race(self, place: Place) -> b.Race:
        ways = [
            (replace(self.catch(replace(place, edges=False)), edges=()), self.line(place.inside(), 2))
            for _ in range(self.rng.randint(2, 3))
        ]
        return b.Race(id=self.id("race"), ways=tuple(ways))

    def exit(self, place: Place, kind: str = "") -> b.Blocks:
        """A task, and a gateway with a way that leads to an end of its own."""
        kind = kind or self.rng.choice(
            ["terminate", *["error"] * 2 * bool(place.codes), *["none"] * (not place.together or self.chance(0.1))]
        )
        end = b.End(id=self.id("end"), kind=kind, code=self.rng.choice(place.codes) if kind == "error" else "")
        body = (self.task(place.inside()),) if self.chance(0.3) else ()
        out = b.Way(condition=self.condition(place), body=body, end=end)
        back = b.Way(condition=None, body=self.line(place.inside(), 2))
        return self.task(place), b.Xor(id=self.id("xor"), ways=(out, back), merge="none")

    def throw(self, place: Place) -> b.Blocks:
        kind = "signal" if self.signals else "message"
        names = [name for name in self.heard if name not in place.silent]
        if not names:
            return (self.task(place),)
        return self.task(place), b.Throw(id=self.id("throw"), kind=kind, name=self.rng.choice(names))

    def sub(self, place: Place, edges: bool = True, waits_first: bool = False) -> b.Sub:
        codes = (self.code(place),) if edges and self.chance(0.5) else ()
        inner = self.scope(place.inside(edges=True), waits_first=waits_first, code=codes[0] if codes else "")
        return b.Sub(id=self.id("sub"), scope=inner, edges=self.edges(place, codes) if edges else ())

    def call(self, place: Place, edges: bool = True, output: str | None = None) -> b.Call | b.Task:
        """A call of a process; it sees the data of the case, or has inputs and outputs of its own."""
        if self.calling:
            return self.task(place if edges else replace(place, edges=False))
        self.calling, before = True, len(self.counters)
        closed = not self.signals and self.chance(0.5)
        reads = place.reads if not closed else POOL
        writes = place.writes if not closed else (*POOL, *((output,) if output else ()))
        key = self.id("called")
        scope = self.scope(
            Place(
                depth=place.depth + 1,
                instances=place.instances,
                reads=reads,
                writes=writes,
                codes=place.codes,
                begun=place.begun,
                silent=place.silent,
            )
        )
        inputs, outputs = None, ()
        if closed:
            inputs = (*POOL, *LISTS, *self.counters[before:])
            outputs = (*self.rng.sample(POOL, self.rng.randrange(3)), *((output,) if output else ()))
        process = b.Process(key=key, scope=scope, inputs=inputs, outputs=tuple(outputs))
        self.called.append(process)
        self.calling = False
        return b.Call(id=self.id("call"), process=process, edges=self.edges(place) if edges else ())

    def many(self, place: Place) -> b.Many | b.Task:
        if place.instances > 1:
            return self.task(place)
        sequential, number = self.chance(0.5), self.id("i")
        collection = self.rng.choice(place.lists) if place.lists and self.chance(0.5) else None
        item = f"item_{number}" if collection and self.chance(0.8) else None
        result = f"mark_{number}" if self.chance(0.7) else None
        reads = (*place.reads, item, item) if item else place.reads
        writes = (*place.writes, result, result) if result else place.writes
        inner = replace(
            place.inside(),
            reads=reads,
            writes=writes,
            instances=place.instances + 1,
            edges=False,
            together=False,
            silent=place.begun,
        )
        within = replace(inner, copy=(result, item) if result and item else place.copy)
        some: Any = None if collection else self.rng.choice((0, 1, 2, 3, 2, 3, *POOL))
        enough = None
        if self.chance(0.5):
            counts = ("numberOfInstances", "numberOfCompletedInstances", "numberOfActiveInstances", "loopCounter")
            enough = replace(self.condition(place), left=self.rng.choice((*counts, *counts, *place.reads)))
        return b.Many(
            inner=self.instance(inner, within, result, enough is not None),
            sequential=sequential,
            cardinality=some,
            collection=collection,
            item=item,
            results=f"marks_{number}" if result else None,
            result=result,
            enough=enough,
            edges=self.edges(place),
        )

    def instance(self, place: Place, within: Place, result: str | None, waits_first: bool) -> b.Task | b.Sub | b.Call:
        kind = self.rng.choice(("task", "sub", "sub", "call"))
        if kind == "sub":
            return self.sub(within, edges=False, waits_first=waits_first)
        if kind == "call" and not waits_first:
            return self.call(place, edges=False, output=result)
        return self.task(replace(place, copy=None))


def again(place: Place, event: b.Event, interrupting: bool) -> tuple[str, ...]:
    """The signals that begin a way behind an event, and can do so once more while somebody is on it."""
    return (*place.begun, event.name) if event.kind == "signal" and not interrupting else place.begun


def heard_once(found: list[Any]) -> list[Any]:
    """Events of one element without those that hear the same signal: which comes first is left open."""
    signals = [each.event.name for each in found if each.event.kind == "signal"]
    return [each for each in found if each.event.kind != "signal" or signals.count(each.event.name) == 1]


def diagram_of(seed: int) -> b.Diagram:
    """The diagram of a seed; most are small, so that what fails can be read."""
    rng = Random(f"diagram {seed}")
    return Maker(rng, rng.choice((5, 10, 15, 25, 40, 60))).diagram()


def documents(diagram: b.Diagram, seed: int) -> dict[str, bytes]:
    """The diagram and what it calls, as XML by key; the order of the elements is one of many."""
    rng = Random(f"order {seed}")
    return {one.key: drawing.drawn(one, rng).xml.encode() for one in (diagram.process, *diagram.called)}


def diagrams(size: int = 8) -> st.SearchStrategy[b.Diagram]:
    """The same for hypothesis, which makes what fails smaller."""
    return st.randoms(use_true_random=False).map(lambda rng: Maker(rng, size).diagram())
