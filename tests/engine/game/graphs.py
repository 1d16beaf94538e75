"""Diagrams that are no blocks: tasks and gateways with any flows between them, and the token game of BPMN on them.

Here joins may wait for ever, tokens may pile up and inclusive joins may meet in loops. Where BPMN leaves open which of
two inclusive joins goes first, the game follows both, and the engine may do either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from random import Random
from typing import Any

from .blocks import Condition
from .drawing import NS

POOL = ("p0", "p1", "p2", "p3")
MOST_TOKENS, MOST_STATES = 12, 60
TAGS = {
    "start": "startEvent", "task": "userTask", "end": "endEvent",
    "xor": "exclusiveGateway", "and": "parallelGateway", "or": "inclusiveGateway",
}  # fmt: skip


class Undecided(Exception):
    """There are more tokens or more ways to go on than the game follows."""


@dataclass(frozen=True)
class Flow:
    """A sequence flow; the one without a condition out of a deciding gateway is its default."""

    id: str
    source: str
    target: str
    condition: Condition | None = None


@dataclass(frozen=True)
class Graph:
    """Nodes by id with their kinds, and flows in document order."""

    kinds: Mapping[str, str]
    flows: tuple[Flow, ...]
    data: dict[str, Any]

    @cached_property
    def into(self) -> dict[str, list[Flow]]:
        return {node: [f for f in self.flows if f.target == node] for node in self.kinds}

    @cached_property
    def out(self) -> dict[str, list[Flow]]:
        return {node: [f for f in self.flows if f.source == node] for node in self.kinds}

    @cached_property
    def before(self) -> dict[tuple[str, str], frozenset[str]]:
        """The nodes from which a token can come to a flow into an inclusive join without passing the join."""
        found = {}
        for join in (node for node, kind in self.kinds.items() if kind == "or"):
            for last in self.into[join]:
                nodes, todo = set(), [last.source]
                while todo:
                    node = todo.pop()
                    if node not in nodes and node != join:
                        nodes.add(node)
                        todo += [f.source for f in self.into[node]]
                found[join, last.id] = frozenset(nodes)
        return found

    def xml(self) -> bytes:
        """The graph as BPMN."""
        elements = "".join(self._element(node, kind) for node, kind in self.kinds.items())
        flows = "".join(
            f'<bpmn:sequenceFlow id="{f.id}" sourceRef="{f.source}" targetRef="{f.target}">'
            + (
                f"<bpmn:conditionExpression>{escape(f.condition.feel)}</bpmn:conditionExpression>"
                if f.condition
                else ""
            )
            + "</bpmn:sequenceFlow>"
            for f in self.flows
        )
        process = f'<bpmn:process id="graph" isExecutable="true">{elements}{flows}</bpmn:process>'
        return f'<bpmn:definitions {NS} targetNamespace="game" id="d">{process}</bpmn:definitions>'.encode()

    def _element(self, node: str, kind: str) -> str:
        default = next(
            (f' default="{f.id}"' for f in self.out[node] if kind in ("xor", "or") and f.condition is None), ""
        )
        return f'<bpmn:{TAGS[kind]} id="{node}" name="{node}"{default}/>'


def graph_of(seed: int) -> Graph:
    """The graph of a seed: gateways lead to later gateways only, so that every circle has a task in it."""
    rng = Random(f"graph {seed}")
    tasks = [f"t{n}" for n in range(rng.randint(2, 6))]
    gates = {f"g{n}": rng.choice(("xor", "and", "or", "or")) for n in range(rng.randint(2, 7))}
    ends = [f"e{n}" for n in range(rng.randint(1, 2))]
    kinds = {"start": "start", **dict.fromkeys(tasks, "task"), **gates, **dict.fromkeys(ends, "end")}
    flows: list[Flow] = []
    for node, kind in kinds.items():
        later = list(gates)
        if node in gates:
            later = [gate for gate in gates if int(gate[1:]) > int(node[1:])]
        ways = {"start": 1, "task": rng.choice((1, 1, 1, 2)), "end": 0}.get(kind, rng.randint(1, 3))
        for way in range(ways):
            target = rng.choice([*tasks, *later, *later, *later, *ends])
            decides = kind in ("xor", "or") and way < ways - 1
            condition = (
                Condition(left=rng.choice(POOL), sign=rng.choice("><="), right=rng.randrange(3)) if decides else None
            )
            flows.append(Flow(f"f{len(flows)}", node, target, condition))
    reached = _reached(flows)
    return Graph(
        {node: kind for node, kind in kinds.items() if node in reached},
        tuple(f for f in flows if f.source in reached),
        {name: rng.randrange(3) for name in POOL},
    )


def _reached(flows: list[Flow]) -> set[str]:
    reached, todo = set(), ["start"]
    while todo:
        node = todo.pop()
        if node not in reached:
            reached.add(node)
            todo += [f.target for f in flows if f.source == node]
    return reached


@dataclass(frozen=True)
class State:
    """How many tokens are at each task and on each flow into a join."""

    tasks: frozenset[tuple[str, int]] = frozenset()
    flows: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of(cls, tasks: Counter[str], flows: Counter[str]) -> State:
        return cls(frozenset((+tasks).items()), frozenset((+flows).items()))


class GraphGame:
    """All states that a case of a graph may be in, as far as the engine has not shown which."""

    def __init__(self, graph: Graph) -> None:
        self.graph, self.data = graph, dict(graph.data)
        self.states = self._settled(State(), "start")

    def complete(self, task: str, values: dict[str, Any]) -> None:
        """A token leaves a task."""
        self.data.update(values)
        self.states = {after for state in self.states for after in self._settled(_without(state, task), task)}

    def seen(self, state: State) -> bool:
        """Whether the engine may be in this state; from now on it is in this one."""
        possible = state in self.states
        self.states = {state}
        return possible

    def _settled(self, state: State, left: str) -> set[State]:
        """The states in which nothing moves any more, after a token has left a node."""
        tasks, flows = Counter(dict(state.tasks)), Counter(dict(state.flows))
        self._leave(left, tasks, flows)
        found, todo, known = set(), [State.of(tasks, flows)], set()
        while todo:
            here = todo.pop()
            if here in known:
                continue
            known.add(here)
            if len(known) > MOST_STATES or sum(n for _, n in (*here.tasks, *here.flows)) > MOST_TOKENS:
                raise Undecided
            after = [self._fired(here, join) for join in self._enabled(here)]
            todo += after
            if not after:
                found.add(here)
        return found

    def _leave(self, node: str, tasks: Counter[str], flows: Counter[str]) -> None:
        """Move the tokens that leave a node to where something waits."""
        moving = [*self._chosen(node)]
        while moving:
            flow = moving.pop()
            kind = self.graph.kinds[flow.target]
            several = len(self.graph.into[flow.target]) > 1
            if kind == "task":
                tasks[flow.target] += 1
            elif kind == "and" and several:
                flows[flow.id] += 1
                if all(flows[f.id] for f in self.graph.into[flow.target]):
                    flows.subtract(f.id for f in self.graph.into[flow.target])
                    moving += self._chosen(flow.target)
            elif kind == "or" and several:
                flows[flow.id] += 1
            elif kind != "end":
                moving += self._chosen(flow.target)
            if len(moving) > MOST_TOKENS:
                raise Undecided

    def _chosen(self, node: str) -> list[Flow]:
        """The flows that a token leaves by."""
        out, kind = self.graph.out[node], self.graph.kinds[node]
        true = [f for f in out if f.condition is not None and f.condition.holds(self.data.__getitem__)]
        otherwise = [f for f in out if f.condition is None]
        if kind == "xor":
            return (true or otherwise)[:1]
        if kind == "or":
            return true or otherwise
        return out

    def _enabled(self, state: State) -> Iterator[str]:
        """The inclusive joins that have a token and wait for none (BPMN 2.0, 13.4.3)."""
        filled, at = dict(state.flows), {task for task, _ in state.tasks}
        at |= {f.target for f in self.graph.flows if f.id in filled}
        for join, kind in self.graph.kinds.items():
            into = [f.id for f in self.graph.into[join]]
            have = [f for f in into if f in filled]
            if kind != "or" or not have or len(into) < 2:
                continue
            comes = [{f for f in into if node in self.graph.before[join, f]} for node in at - {join}]
            if all(can.intersection(have) or not can for can in comes):
                yield join

    def _fired(self, state: State, join: str) -> State:
        tasks, flows = Counter(dict(state.tasks)), Counter(dict(state.flows))
        flows.subtract({f.id: 1 for f in self.graph.into[join] if flows[f.id]})
        self._leave(join, tasks, flows)
        return State.of(tasks, flows)


def _without(state: State, task: str) -> State:
    tasks = Counter(dict(state.tasks))
    tasks[task] -= 1
    return State(State.of(tasks, Counter()).tasks, state.flows)
