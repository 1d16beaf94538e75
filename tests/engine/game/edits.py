"""What a process owner changes in a diagram while cases of it are open: renames, inserts, removes.

An edit is kept beside the blocks: the game asks it whenever a token goes on, the pen whenever a line is drawn. Blocks
of called processes are left alone: a case goes on in the version that it called.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from random import Random
from typing import Any

from . import blocks as b

Flows = Mapping[str, list[str]]  # the flows into each element
REFERENCE = re.compile(r'\b(id|name|sourceRef|targetRef|attachedToRef)="(\w+)"')
REMOVABLE = b.Script | b.Catch | b.Xor | b.Or | b.And | b.Loop | b.Race | b.Sub | b.Call | b.Many


@dataclass(kw_only=True)
class Edit:
    """All that has been changed in a diagram since it was made."""

    before: dict[str, b.Blocks] = field(default_factory=dict)  # what now comes before a block
    removed: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)  # the ids that elements have now, by those they were made with
    counters: int = 0

    def line(self, blocks: b.Blocks) -> Iterator[b.Block]:
        """Blocks one after the other, as they are now."""
        for block in blocks:
            if block.id not in self.removed:
                yield from self.line(self.before.get(block.id, ()))
                yield block

    def name(self, id: str) -> str:
        """The id that an element has now."""
        return self.names.get(id, id)

    def renamed(self, xml: str) -> str:
        """A document with the ids that its elements have now."""
        return REFERENCE.sub(lambda found: f'{found[1]}="{self.name(found[2])}"', xml)


def change(edit: Edit, process: b.Process, active: Collection[str], rng: Random) -> tuple[Edit, list[str]]:
    """One more version of a process, its names still those of the last; the counters that are new in it.

    `active` are the elements, by the ids they were made with, that a token stands on; what they belong to stays.
    """
    fresh = Edit(before=dict(edit.before), removed=set(edit.removed), names=dict(edit.names), counters=edit.counters)
    blocks = list(blocks_in(process.scope))
    for block in blocks:
        if isinstance(block, REMOVABLE) and rng.random() < 0.3 and not stands_in(block, edit, active):
            fresh.removed.add(block.id)
    counters = []
    for block in blocks:
        if rng.random() < 0.2:
            fresh.counters += 1
            added = addition(fresh.counters, rng)
            counters.append(added.counter)
            fresh.before[block.id] = (added, *fresh.before.get(block.id, ()))
    return fresh, counters


def rename(edit: Edit, ids: Collection[str], rng: Random) -> None:
    """Give some elements another id."""
    for id in ids:
        if rng.random() < 0.3:
            edit.names[id] = f"{id}_now{rng.randrange(1000)}"


def addition(number: int, rng: Random) -> Any:
    """A new block: a task or a script, which count that they were done."""
    name = f"added{number}"
    if rng.random() < 0.5:
        return b.Script(id=name, counter=f"n_{name}")
    return b.Task(id=name, writes=("p0", "p1", "p2", "p3"), counter=f"n_{name}")


def mapping(old: Edit, new: Edit, before: Flows, now: Flows) -> dict[str, str]:
    """What a migration has to be told: the elements, and the flows into joins, that are called otherwise now."""
    found = {old.name(id): new.name(id) for id in before.keys() & now.keys()}
    for id in before.keys() & now.keys():
        if id.endswith("_out") and len(before[id]) == len(now[id]):
            found |= dict(zip(before[id], now[id], strict=True))
    return {was: name for was, name in sorted(found.items()) if was != name}


def blocks_in(thing: Any) -> Iterator[Any]:
    """The blocks in the lines of a scope, at any depth; the events of a race and the inside of calls are none."""
    for one in fields(thing):
        value = getattr(thing, one.name)
        if isinstance(thing, b.Race) and one.name == "ways":
            for _, body in value:
                yield from line_of(body)
        elif isinstance(thing, b.And) and one.name == "bodies":
            for body in value:
                yield from line_of(body)
        elif one.name == "body":
            yield from line_of(value)
        elif not isinstance(value, b.Process):
            for inner in value if isinstance(value, tuple) else (value,):
                if is_dataclass(inner):
                    yield from blocks_in(inner)


def line_of(body: b.Blocks) -> Iterator[Any]:
    """The blocks of one line, and those inside of them."""
    for block in body:
        yield block
        yield from blocks_in(block)


def stands_in(block: Any, edit: Edit, active: Collection[str]) -> bool:
    """Whether a token stands on a block, inside of it, or on what was inserted there."""
    own = list(ids_in(block))
    own += (id for name in own for id in ids_in(edit.before.get(name, ())))
    return any(here == id or here.startswith(f"{id}_") for id in own for here in active)


def ids_in(thing: Any) -> Iterator[str]:
    """The ids of all that a block is made of."""
    if isinstance(thing, tuple):
        for part in thing:
            yield from ids_in(part)
    elif is_dataclass(thing) and not isinstance(thing, b.Process):
        if isinstance(getattr(thing, "id", None), str):
            yield thing.id
        for one in fields(thing):
            yield from ids_in(getattr(thing, one.name))
