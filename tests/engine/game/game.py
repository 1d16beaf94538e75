"""A token game: what BPMN says that a diagram of blocks does, written for the tests alone.

It shares nothing with the engine. Where the engine counts tokens on flows and asks which join they may still reach,
the game follows the blocks: each part runs, and says when it is done. Order inside one step is left open by BPMN; the
diagrams are made so that it does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from . import blocks as b
from .areas import Activity, Area, Frame, Join, Path, Then, Wait
from .edits import Edit


class Game:
    """One case of a diagram."""

    def __init__(self, diagram: b.Diagram) -> None:
        self.diagram, self.data, self.edit = diagram, dict(diagram.data), Edit()
        self.waits: list[Wait] = []
        self.issued = 0
        self.area = Area(self, diagram.process.scope, Frame(self.data), (), lambda: None)

    @property
    def over(self) -> bool:
        return self.area.over

    @property
    def stuck(self) -> bool:
        return not self.over and not self.waits

    def start(self, at: datetime) -> None:
        self.at = at
        self.area.open()

    def complete(self, task: Wait, values: dict[str, Any], at: datetime) -> None:
        """A person completes a task."""
        self.at = at
        self._receive(task, values, task.block.variable)

    def happen(self, wait: Wait, payload: dict[str, Any] | None, at: datetime) -> None:
        """A message comes, or a timer is due."""
        self.at = at
        self._receive(wait, payload or {}, wait.event.variable)

    def signal(self, name: str, at: datetime | None = None) -> None:
        """A signal reaches everything that waits for it now."""
        self.at = at or self.at
        for wait in [w for w in self.waits if w.kind == "signal" and w.event.name == name]:
            if wait in self.waits:
                self._receive(wait, {}, None)

    def _receive(self, wait: Wait, values: dict[str, Any], variable: str | None) -> None:
        if wait.kind == "timer":
            wait.next_due(self.at)
        if wait.stays:
            wait.place = (*wait.place[:-1], self.number())
        else:
            wait.cancel()
        for name, value in {variable: values}.items() if variable else values.items():
            wait.frame.write(name, value)
        wait.go()

    def number(self) -> int:
        self.issued += 1
        return self.issued

    def afterwards(self, task: b.Task, frame: Frame) -> None:
        """What a task does when it is done."""
        if task.counter:
            self.count(task.counter, frame)
        if task.copy:
            frame.write(task.copy[0], frame(task.copy[1]))

    def count(self, counter: str, frame: Frame) -> None:
        frame.write(counter, frame(counter) + 1)

    def wait_for(
        self, event: b.Event, element: str, owner: Any, frame: Frame, place: tuple[int, ...], go: Then
    ) -> Wait:
        """Wait for an event; its moment and its key are worked out now."""
        wait = Wait(event.kind, element, (*place, self.number()), frame, go, owner, self, event=event)
        if event.kind == "timer":
            wait.length = timedelta(minutes=event.term.length(frame))
            wait.due, wait.left = self.at + wait.length, (event.times - 1) if event.times else None
        elif event.key:
            wait.key = f'{{"{event.key}":{frame(event.key)}}}'
        self.waits.append(wait)
        owner.members.append(wait)
        return wait

    def open(
        self, scope: b.Scope, frame: Frame, host: Activity, done: Then | None = None, handler: bool = False
    ) -> None:
        """Run a scope inside of an activity."""
        area = Area(self, scope, frame, host.place, done or host.finish, host, handler)
        host.members.append(area)
        area.open()

    def run(self, blocks: b.Blocks, path: Path, then: Then) -> None:
        """Run blocks one after the other."""
        if not blocks:
            return then()
        block, rest = blocks[0], blocks[1:]
        go_on = lambda: self.run(rest, path, then)  # noqa: E731
        if block.id in self.edit.removed:
            return go_on()
        step = getattr(self, f"_{type(block).__name__.lower()}")
        self.run(self.edit.before.get(block.id, ()), path, lambda: step(block, path, go_on))

    def _script(self, block: b.Script, path: Path, then: Then) -> None:
        self.count(block.counter, path.area.frame)
        then()

    def _throw(self, block: b.Throw, path: Path, then: Then) -> None:
        here = Activity(self, block, path, then, path.area, path.area.frame, path.area.place)
        if block.kind == "signal":
            self.signal(block.name)
        if here in path.area.members:  # else its own signal has withdrawn it
            here.cancel()
            then()

    def _catch(self, block: b.Catch, path: Path, then: Then) -> None:
        here = self._activity(block, path, then)
        self.wait_for(block.event, block.id, here, here.frame, here.place[:-1], here.finish)

    def _race(self, block: b.Race, path: Path, then: Then) -> None:
        here = Activity(self, block, path, then, path.area, path.area.frame, path.area.place)

        def chosen(body: b.Blocks) -> None:
            here.cancel()
            self.run(body, path, then)

        for catch, body in block.ways:
            self.wait_for(catch.event, catch.id, here, here.frame, here.place[:-1], lambda body=body: chosen(body))

    def _xor(self, block: b.Xor, path: Path, then: Then) -> None:
        default = next((way for way in block.ways if way.condition is None), None)
        way = next((w for w in block.ways if w.condition and w.condition.holds(path.area.frame)), default)
        if way.end is None:
            self.run(way.body, path, then)
        elif not way.body and way.end.kind != "none":
            path.area.end(way.end)  # all that waits here goes with it: no join hears first that one less will come
        else:
            self.run(way.body, path.leave(), lambda: path.area.end(way.end))

    def _or(self, block: b.Or, path: Path, then: Then) -> None:
        chosen = [w for w in block.ways if w.condition and w.condition.holds(path.area.frame)]
        self._together([w.body for w in chosen or [w for w in block.ways if w.condition is None]], False, path, then)

    def _and(self, block: b.And, path: Path, then: Then) -> None:
        self._together(list(block.bodies), True, path, then)

    def _together(self, bodies: list[b.Blocks], all_must: bool, path: Path, then: Then) -> None:
        join = Join(path, len(bodies), all_must, then)
        path.area.tokens += len(bodies) - 1
        for body in bodies:
            self.run(body, Path(path.area, join), join.arrive)

    def _fork(self, block: b.Fork, path: Path, then: Then) -> None:
        path.area.tokens += len(block.ways) - 1
        for way in block.ways:
            self.run(way.body, Path(path.area), lambda way=way: path.area.end(way.end))

    def _loop(self, block: b.Loop, path: Path, then: Then) -> None:
        def again() -> None:
            if block.again.holds(path.area.frame):
                self.run(block.body, path, again)
            else:
                then()

        self.run(block.body, path, again)

    def _activity(self, block: Any, path: Path, then: Then) -> Activity:
        here = Activity(self, block, path, then, path.area, path.area.frame, path.area.place)
        here.watch()
        return here

    def _task(self, block: b.Task, path: Path, then: Then) -> None:
        self._inside(self._activity(block, path, then), block)

    _sub = _call = _task

    def _inside(self, here: Activity, block: b.Task | b.Sub | b.Call) -> None:
        """What an activity, or one instance of it, does inside."""
        if isinstance(block, b.Task):
            wait = Wait("task", block.id, here.place, here.frame, here.finish, here, self, block)
            self.waits.append(wait)
            here.members.append(wait)
        elif isinstance(block, b.Sub):
            self.open(block.scope, here.frame, here)
        elif block.process.inputs is None:
            self.open(block.process.scope, here.frame, here)
        else:
            inner = Frame({name: here.frame(name) for name in block.process.inputs})

            def back() -> None:
                for name in block.process.outputs:
                    here.frame.write(name, inner.names.get(name))
                here.finish()

            self.open(block.process.scope, inner, here, back)

    def _many(self, block: b.Many, path: Path, then: Then) -> None:
        frame = path.area.frame
        items = list(frame(block.collection)) if block.collection else None
        total = (
            len(items)
            if items is not None
            else frame(block.cardinality)
            if isinstance(block.cardinality, str)
            else block.cardinality
        )
        here = self._activity(block, path, then)
        results: list[Any] = [None] * total
        finished = 0

        def close() -> None:
            if block.results:
                frame.write(block.results, list(results))
            here.block = block.inner  # its counter counts once
            here.finish()

        def begin(number: int) -> Activity:
            names: dict[str, Any] = {"loopCounter": number + 1}
            if block.item and items is not None:
                names[block.item] = items[number]
            if block.result:
                names[block.result] = None
            own = Frame(names, frame)
            return Activity(self, Instance(block.inner.id), path, lambda: done(number, own), here, own, path.area.place)

        def done(number: int, own: Frame) -> None:
            nonlocal finished
            finished += 1
            results[number] = own(block.result) if block.result else None
            counts = {"numberOfInstances": total, "numberOfCompletedInstances": finished}
            counts["numberOfActiveInstances"] = 0 if block.sequential else total - finished
            if finished == total or (block.enough and block.enough.holds(Frame(counts, own))):
                close()
            elif block.sequential:
                self._inside(begin(finished), block.inner)

        if total == 0:
            return close()
        for instance in [begin(number) for number in range(1 if block.sequential else total)]:
            self._inside(instance, block.inner)


@dataclass
class Instance:
    """One instance of a multi-instance: it has no events at its edge and no counter."""

    id: str
    edges: tuple[b.Edge, ...] = ()
