"""A column and a row for every node of a scope, and rows for the flows that pass others or lead back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .reading import Flow, Node, Scope

Row = tuple[int, int]  # the lane, and the row in it; rows above the first one are negative
MOST = 500_000  # places that flows keep free in the columns that they pass; with more, the others go straight


@dataclass(frozen=True, slots=True)
class Way:
    """How a flow goes: the row in which it passes columns, if it passes any; `back` against the reading direction."""

    flow: Flow
    start: str  # the node whose column it leaves: of a boundary event its host
    passes: Row | None = None
    back: bool = False


class Places:
    """Where the nodes of a scope stand, and how its flows go."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.column: dict[str, int] = {}
        self.row: dict[str, Row] = {}
        self.ways: list[Way] = []
        self._taken: dict[tuple[Row, int], str] = {}  # by which node or flow
        self._left = MOST
        self._next: dict[tuple[Row, int, int], int] = {}  # from a place that was taken, where to look on in its column
        self._flows: dict[str, list[Flow]] = {}  # by the node whose column they leave
        for flow in scope.flows:
            self._flows.setdefault(self.start(flow), []).append(flow)
        ends = {end for flow in scope.flows for end in (self.start(flow), flow.target)}
        free = [node for node in scope.nodes.values() if not node.host]
        alone = [node for node in free if node.id not in ends]
        self.alone = alone if len(free) > 1 else []  # they stand by themselves, below the others
        self.nodes = [node for node in free if node not in self.alone]
        self._back = self._loops()
        self._columns()
        self._rows()
        self._loop_rows()

    def start(self, flow: Flow) -> str:
        """The node whose column a flow leaves."""
        return self.scope.nodes[flow.source].host or flow.source

    def _loops(self) -> set[str]:
        """The flows that lead back, found on a walk through all flows."""
        targets = {flow.target for flow in self.scope.flows if self.start(flow) != flow.target}
        roots = sorted(self.nodes, key=lambda node: (node.id in targets, node.kind != "startEvent"))
        back: set[str] = set()
        entered: set[str] = set()
        left: list[str] = []
        done: set[str] = set()
        for root in roots:
            stack = [(root.id, iter(self._flows.get(root.id, ())))] if root.id not in entered else []
            entered.add(root.id)
            while stack:
                name, rest = stack[-1]
                flow = next(rest, None)
                if flow is None:
                    stack.pop()
                    done.add(name)
                    left.append(name)
                elif flow.target not in entered:
                    entered.add(flow.target)
                    stack.append((flow.target, iter(self._flows.get(flow.target, ()))))
                elif flow.target not in done:
                    back.add(flow.id)
        self._order = left[::-1]
        return back

    def _columns(self) -> None:
        """Each node right of all its predecessors."""
        self.column = {node.id: 0 for node in self.nodes}
        for name in self._order:
            for flow in self._forward(name):
                self.column[flow.target] = max(self.column[flow.target], self.column[name] + 1)

    def _forward(self, name: str) -> list[Flow]:
        return [flow for flow in self._flows.get(name, ()) if flow.id not in self._back]

    def _rows(self) -> None:
        """The row of its first predecessor in the same lane if it is free, else the next below."""
        wish: dict[str, Row] = {}
        rank = {name: number for number, name in enumerate(self._order)}
        for node in sorted(self.nodes, key=lambda node: (self.column[node.id], rank[node.id])):
            lane, row = wish.get(node.id, (node.lane, 0))
            first = (node.lane, row if lane == node.lane else 0)
            own = self.row[node.id] = self._free(node.id, first, [self.column[node.id]])
            for flow in self._forward(node.id):
                self._lead(node, own, flow, wish)

    def _lead(self, node: Node, own: Row, flow: Flow, wish: dict[str, Row]) -> None:
        """Lead a flow to the column of its target, through free places."""
        beside = flow.source != node.id  # it leaves a boundary event, below
        first = (own[0], own[1] + 1) if beside else own
        columns = range(self.column[node.id] + 1, self.column[flow.target])
        passes = self._pass(flow, first, columns)
        self.ways.append(Way(flow=flow, start=node.id, passes=passes))
        row, lane = passes or first, self.scope.nodes[flow.target].lane
        if row[0] == lane and wish.get(flow.target, (None, 0))[0] != lane:
            wish[flow.target] = row
            self._taken.setdefault((row, self.column[flow.target]), flow.target)

    def _loop_rows(self) -> None:
        """A flow that leads back goes above all that it passes."""
        loops = [flow for flow in self.scope.flows if flow.id in self._back]
        for flow in sorted(loops, key=lambda flow: self.column[self.start(flow)] - self.column[flow.target]):
            start = self.start(flow)
            columns = range(self.column[flow.target], self.column[start] + 1)
            row = self._pass(flow, (self.scope.nodes[flow.target].lane, -1), columns, step=-1)
            self.ways.append(Way(flow=flow, start=start, passes=row, back=True))

    def _pass(self, flow: Flow, row: Row, columns: range, step: int = 1) -> Row | None:
        """The row in which a flow passes columns; None where there are none, or too much is kept free already."""
        self._left -= len(columns)
        return self._free(flow.id, row, columns, step) if columns and self._left >= 0 else None

    def _free(self, what: str, row: Row, columns: Sequence[int], step: int = 1) -> Row:
        """The first row from one on that is free in all of the columns; it is taken now."""
        lane, number = row
        before = None
        while number != before:
            before = number
            for column in columns:
                number = self._past(what, (lane, number), column, step)
        self._taken.update({((lane, number), column): what for column in columns})
        return lane, number

    def _past(self, what: str, row: Row, column: int, step: int) -> int:
        """The number of the first row from one on that is free in a column; what was in the way is passed by later."""
        lane, number = row
        passed = []
        while self._taken.get(((lane, number), column), what) != what:
            passed.append(((lane, number), column, step))
            number = self._next.get(passed[-1], number + step)
        self._next.update(dict.fromkeys(passed, number))
        return number
