"""Joins what two people have made of one file: which parts each has changed, and one file of the parts that are chosen.

A diagram is joined part by part where it can be taken apart and the result hangs together; any other file is one part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..errors import Refusal
from .elements import FLOW, Inseparable, Parts, Unit, read_parts
from .joining import join

Side = Literal["mine", "theirs"]
Done = Literal["", "added", "changed", "removed"]
Body = bytes | None
MOST_PARTS = 300  # that differ: with more, nobody decides part by part


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A part of a diagram that differs: what each side has done with it, and whose it is unless somebody decides."""

    id: str
    tag: str
    name: str
    source: str  # of a flow: what it leaves and where it leads, by name
    target: str
    mine: Done
    theirs: Done

    @property
    def both(self) -> bool:
        """Whether both have changed it, so that somebody has to decide."""
        return bool(self.mine and self.theirs)

    @property
    def side(self) -> Side | None:
        """Whose it is: that of the one who has changed it."""
        return None if self.both else "mine" if self.mine else "theirs"


@dataclass(frozen=True, kw_only=True)
class Merge:
    """A file as somebody has it (`mine`) and as it is (`theirs`), and what both have begun from, where it is known."""

    path: str
    ancestor: Body
    mine: Body
    theirs: Body
    choices: tuple[Choice, ...] = ()

    @property
    def side(self) -> Side | None:
        """Whose file it is as a whole without a decision: that of the only one who has changed it."""
        if self.mine in (self.theirs, self.ancestor):
            return "theirs"
        return "mine" if self.theirs == self.ancestor else None

    def joined(self, chosen: Mapping[str, str]) -> bytes:
        """The file of the parts that are chosen by their ids; Refusal where one is missing, or they do not fit."""
        sides: dict[str, str] = {}
        for one in self.choices:
            side = chosen.get(one.id) or one.side
            if side not in ("mine", "theirs"):
                raise Refusal(f"Say whose {one.name or one.id} it shall be.", how="undecided", element=one.id)
            sides[one.id] = side
        return join(read_parts(self.mine or b""), read_parts(self.theirs or b""), sides)


def merge(path: str, ancestor: Body, mine: Body, theirs: Body) -> Merge:
    """What stands against each other in a file; the parts of a diagram where all three can be taken apart."""
    choices: tuple[Choice, ...] = ()
    if path.endswith(".bpmn") and mine is not None and theirs is not None:
        choices = tuple(_choices(ancestor, mine, theirs))
    return Merge(path=path, ancestor=ancestor, mine=mine, theirs=theirs, choices=choices)


def _choices(ancestor: Body, mine: bytes, theirs: bytes) -> list[Choice]:
    try:
        ours, others = read_parts(mine), read_parts(theirs)
        before = read_parts(ancestor).units if ancestor is not None else {}
    except Inseparable:
        return []
    if any(others.root.nsmap.get(prefix, uri) != uri for prefix, uri in ours.root.nsmap.items()):
        return []  # the same prefix means two things, and texts may use it
    ids = [id for id in dict.fromkeys([*others.units, *ours.units]) if _differs(id, ours, others)]
    return [_choice(id, before.get(id), ours, others) for id in ids] if len(ids) <= MOST_PARTS else []


def _differs(id: str, ours: Parts, others: Parts) -> bool:
    mine, theirs = ours.units.get(id), others.units.get(id)
    return mine is None or theirs is None or mine.said != theirs.said


def _choice(id: str, before: Unit | None, ours: Parts, others: Parts) -> Choice:
    mine, theirs = ours.units.get(id), others.units.get(id)
    unit, parts = (mine, ours) if mine else (theirs, others)
    assert unit is not None
    element = unit.element
    flow = element.tag == FLOW
    return Choice(
        id=id,
        tag=str(element.tag).rpartition("}")[2],
        name=element.get("name", ""),
        source=_name(parts, element.get("sourceRef", "")) if flow else "",
        target=_name(parts, element.get("targetRef", "")) if flow else "",
        mine=_done(before, mine),
        theirs=_done(before, theirs),
    )


def _name(parts: Parts, id: str) -> str:
    found = parts.units.get(id)
    return (found.element.get("name") if found else None) or id


def _done(before: Unit | None, after: Unit | None) -> Done:
    if before is None:
        return "added" if after else ""
    if after is None:
        return "removed"
    return "changed" if before.said != after.said else ""
