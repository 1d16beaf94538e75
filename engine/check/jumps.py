"""Whether a token may be taken from one element of a running scope and put at another, as far as joins are concerned.

The token game of the scope is played on from where its tokens stand, once as they do and once as they would. A join
that waits for ever only after the jump, or gets two tokens on one flow only then, is what the jump would break.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..diagram import Diagram, Element
from .graph import Graph
from .tokens import Game, Marking, Verdict, is_join

MOST_MARKINGS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a token stands: its element, and the flow by which it came, if one is known."""

    element: str
    via: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What a jump would break: `missing` or `doubled` tokens, and the join that they are missing or doubled at."""

    why: str
    join: str


class Jumps:
    """The jumps of one token of a scope; `stays` are the other tokens that stand there."""

    def __init__(self, diagram: Diagram, scope: str, stays: Iterable[Place], leaves: Place) -> None:
        self.stays, self.game = tuple(stays), _Standing(Graph(diagram), scope, MOST_MARKINGS)
        self.before = self.game.known = self.game.played_from((*self.stays, leaves))

    def broken_by(self, to: str) -> Broken | None:
        """What a jump to an element would break, if anything."""
        after = self.game.played_from((*self.stays, Place(element=to)))
        missing, doubled = after.dead.keys() - self.before.dead.keys(), after.met - self.before.met
        if missing:
            return Broken(why="missing", join=min(missing))
        return Broken(why="doubled", join=min(doubled)) if doubled else None


class _Standing(Game):
    """The game of a scope from where tokens stand: they may overtake each other, but not meet before a join.

    Once something is broken that is not `known`, nothing is played on.
    """

    known: Verdict | None = None

    def place_of(self, one: Place) -> int | None:
        """The flow that holds a token: the one by which it came, else any into its element."""
        flows = self.inputs.get(one.element, [])
        came = self.place.get(one.via, -1)
        return came if came in flows else next(iter(flows), None)

    def played_from(self, places: Iterable[Place]) -> Verdict:
        """Play on from where tokens stand; a scope without joins has nothing to lose."""
        if not any(map(is_join, self.elements)):
            return Verdict()
        found = (self.place_of(one) for one in places)
        return self.played([tuple(sorted(flow for flow in found if flow is not None))])

    def _meeting(self, active: Iterable[Element], marking: Marking, verdict: Verdict) -> bool:
        if self.known and (verdict.dead.keys() - self.known.dead.keys() or verdict.met - self.known.met):
            return True
        for element in active:
            if is_join(element) and any(marking.count(flow) > 1 for flow in self.inputs[element.id]):
                verdict.met.add(element.id)
                return True
        return False

    def _piled(self, marking: Marking, verdict: Verdict) -> None:
        """What a loop piles up was there before the jump."""

    def _trapped(self) -> Marking:
        return ()
