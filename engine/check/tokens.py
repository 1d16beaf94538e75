"""Deadlocks and missing synchronisation, by playing the token game of each scope.

A marking is the multiset of tokens on the flows. Conditions are free choice and events may happen, so a way that is
played can be gone unless the data forbid it. Not every order is played: an element that no other token can meet goes
first and alone; only where tokens may meet (merges, inclusive joins, ends that take all tokens away) are all orders
tried. That finds every marking in which nothing can move (the elements take their tokens from nobody else), and it lets
tokens that can meet, meet; only a branch that goes round for ever, an error of its own, may keep others out.

An event beside an activity happens once in a game: what it starts runs for itself, and the next time is another run.

Each verdict remembers the marking it was seen in, and each marking the move that led to it first: a shortest way there.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Any

from ..diagram import Element, Flow
from ..model import Finding
from .concurrency import numbers
from .graph import Graph
from .phrases import phrase
from .rules import finding
from .structure import broken_off, endless, is_impossible
from .subject import Subject

Marking = tuple[int, ...]  # the flows that hold tokens, one with two twice; below zero: events that have happened
Choice = tuple[int, ...]  # the flows that an element puts tokens on
MOST_MARKINGS = 10_000
ENOUGH = 1_000  # when something has been found already
MOST_SUBSETS = 5  # conditional flows of which all combinations are tried
MOST_TOKENS = 40
ABRUPT = frozenset({"terminate", "error"})


@dataclass(slots=True)
class Verdict:
    """What the game found: joins that wait for ever with the flows they wait for, and merges that tokens meet in.

    `piled` are the flows on which a loop puts more and more tokens, `trapped` what goes on with no way to the end.
    """

    dead: dict[str, set[str]] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    piled: dict[int, Marking] = field(default_factory=dict)
    trapped: Marking = ()
    seen_in: dict[str, Marking] = field(default_factory=dict)
    complete: bool = True


def check_tokens(subject: Subject) -> Iterator[Finding]:
    """Joins that wait for ever, merges in which parallel branches meet, loops that pile up work or never end."""
    left = MOST_MARKINGS
    for scope in subject.diagram.scopes:
        game = Game(subject.graph, scope.id, left)
        verdict = game.played()
        left = max(left - game.seen, MOST_MARKINGS // 20)
        yield from _findings(subject, game, verdict, scope.id)


def _findings(subject: Subject, game: Game, verdict: Verdict, scope: str) -> Iterator[Finding]:
    diagram = subject.diagram
    for id, missing in verdict.dead.items():
        flows = [diagram.flow(flow) for flow in diagram.element(id).incoming if flow in missing]
        way = game.way_to(verdict.seen_in[id])
        yield subject.find("deadlock", diagram.element(id), missing=subject.labels(flows), witness=way)
    for id in sorted(verdict.met):
        way = game.way_to(verdict.seen_in[id])
        yield subject.find("lack-of-synchronisation", diagram.element(id), witness=way)
    if not (verdict.dead or verdict.met):
        yield from _unending(subject, game, verdict, scope)
    if not verdict.complete:
        process = phrase("the process {label}", label=diagram.name)
        here = subject.label(diagram.element(scope)) if scope in diagram else process
        yield finding("not-searched", subject.file, scope, here=here)


def _unending(subject: Subject, game: Game, verdict: Verdict, scope: str) -> Iterator[Finding]:
    """A game that cannot end, or else the loops that start work again while the same work may still go on."""
    impossible = any(is_impossible(subject, flow) for flow in game.flows)
    if verdict.trapped and not (impossible or endless(subject, scope) or broken_off(subject, scope)):
        held = [game.target[flow] for flow in verdict.trapped if flow >= 0]
        first = min(held, key=lambda element: (not element.is_activity, element.line))
        yield subject.find("livelock", first, witness=game.way_to(verdict.trapped))
        return
    if any(subject.graph.follows(element, element) and game.splits(element) for element in game.elements):
        yield from _piling(subject, scope)


def _piling(subject: Subject, scope: str) -> Iterator[Finding]:
    """What loops begin again: seen when they go round while everything else takes its time."""
    game, said = Game(subject.graph, scope, MOST_MARKINGS // 5, loops_first=True), set()
    for place, marking in game.played().piled.items():
        element = game.target[place]
        if game.matter_after(element) and element.id not in said:
            said.add(element.id)
            yield subject.find("work-piles-up", element, witness=game.way_to(marking))


class Game:
    """The token game of one scope; with `loops_first` what is no part of a loop is as slow as it can be."""

    def __init__(self, graph: Graph, scope: str, most: int, loops_first: bool = False) -> None:
        self.graph, self.most, self.seen, self.loops_first = graph, most, 0, loops_first
        self.elements = graph.in_play(scope)
        flows = [flow for element in self.elements for flow in graph.flows(element)]
        self.flows = flows
        self.place = {flow.id: number for number, flow in enumerate(flows)}
        self.target = [graph.diagram.element(flow.target) for flow in flows]
        self.inputs = {e.id: [self.place[id] for id in e.incoming if id in self.place] for e in self.elements}
        self.missing = {e.id: len(e.incoming) - len(self.inputs[e.id]) for e in self.elements}
        self.choices = {element.id: self._choices(element) for element in self.elements}
        self.starts = [element for element in self.elements if element.kind == "startEvent"]
        self.came: dict[Marking, tuple[Marking, str]] = {}  # by which move a marking was come to first
        self.after: dict[Marking, tuple[Marking, ...]] = {}
        self._mattering: dict[str, bool] = {}
        self._ways: dict[tuple[str, str], frozenset[int]] = {}

    def played(self, begun: Iterable[Marking] | None = None) -> Verdict:
        """Play from every start, or from some markings, until nothing new comes, or too much has come."""
        verdict = Verdict()
        starts = (tuple(sorted(choice)) for start in self.starts for choice in self.choices[start.id])
        todo = deque(dict.fromkeys(starts if begun is None else begun))
        self.came, self.after = dict.fromkeys(todo, ((), "")), {}
        while todo:
            if len(self.came) > (ENOUGH if verdict.dead or verdict.met else self.most):
                verdict.complete = bool(verdict.dead or verdict.met)
                break
            marking = todo.popleft()
            self._piled(marking, verdict)
            moves = {following: element for element, following in self.steps(marking, verdict)}
            self.after[marking] = tuple(moves)
            for id in (*verdict.dead, *verdict.met):
                verdict.seen_in.setdefault(id, marking)
            for following in self.after[marking]:
                if following not in self.came:
                    self.came[following] = marking, moves[following]
                    todo.append(following)
        self.seen = len(self.came)
        if verdict.complete and not (verdict.dead or verdict.met):
            verdict.trapped = self._trapped()
        return verdict

    def steps(self, marking: Marking, verdict: Verdict) -> Iterator[tuple[str, Marking]]:
        """Who may move and the marking that follows; what is wrong with this one goes into the verdict."""
        tokens = tuple(flow for flow in marking if flow >= 0)
        active = {self.target[flow].id: self.target[flow] for flow in tokens}
        if len(tokens) > MOST_TOKENS or self._meeting(active.values(), tokens, verdict):
            return
        able = [element for element in active.values() if self.may_run(element, tokens)]
        if not able:
            self._stuck(active.values(), tokens, verdict)
            return
        if self.loops_first:
            able.sort(key=lambda element: not self.graph.follows(element, element))
        alone = next((element for element in able if not self._matters(element, tokens)), None)
        for element in [alone] if alone else able:
            yield from ((element.id, following) for following in self.run(element, marking))

    def way_to(self, marking: Marking) -> list[dict[str, Any]]:
        """A shortest way to a marking: who moved, and the flows that then held more tokens than before."""
        found: list[dict[str, Any]] = []
        while marking in self.came:
            before, element = self.came[marking]
            more = (Counter(marking) - Counter(before)).elements()
            ids = [self.flows[place].id for place in sorted(more) if place >= 0]
            found.append({"element": element or (self.flows[marking[-1]].source if ids else ""), "flows": ids})
            if not element:
                break
            marking = before
        return found[::-1]

    def _piled(self, marking: Marking, verdict: Verdict) -> None:
        """Note the flows with two tokens where the game has come round with more than it had."""
        doubled = {flow for flow, next_ in pairwise(marking) if flow == next_} - verdict.piled.keys()
        if not doubled:
            return
        events = tuple(flow for flow in marking if flow < 0)
        earlier = marking
        while self.came[earlier][1]:
            earlier = self.came[earlier][0]
            happened = earlier[: len(events)] == events and all(flow >= 0 for flow in earlier[len(events) :][:1])
            rest = iter(marking)
            if happened and all(flow in rest for flow in earlier):  # both are sorted
                verdict.piled |= dict.fromkeys(sorted(doubled), marking)
                return

    def _trapped(self) -> Marking:
        """A marking from which no play comes to the end; none if each may, or is not played on."""
        before: dict[Marking, list[Marking]] = {}
        for marking, following in self.after.items():
            for one in following:
                before.setdefault(one, []).append(marking)
        over = [marking for marking in self.came if not any(flow >= 0 for flow in marking)]
        todo = over + ([marking for marking, following in self.after.items() if not following] if over else [])
        ending = set(todo)
        while todo:
            fresh = [marking for marking in before.get(todo.pop(), ()) if marking not in ending]
            ending.update(fresh)
            todo += fresh
        return next((marking for marking in self.came if marking not in ending), ())

    def _meeting(self, active: Iterable[Element], marking: Marking, verdict: Verdict) -> bool:
        """Whether tokens meet where nothing waits for all of them; nothing is played on from there."""
        for element in active:
            filled = [flow for flow in self.inputs[element.id] if flow in marking]
            if sum(marking.count(flow) for flow in filled) > 1 and not is_join(element):
                if len(filled) > 1 and self.matter_after(element):
                    verdict.met.add(element.id)
                    return True
                if any(marking.count(flow) > 1 for flow in filled):
                    return True
        return False

    def matter_after(self, element: Element) -> bool:
        """Whether anything happens from here on: two tokens at an end do no harm."""
        if element.id not in self._mattering:
            after = numbers(self.graph.after[self.graph.number[element.id]])
            self._mattering[element.id] = any(matters(self.graph.elements[number]) for number in after)
        return self._mattering[element.id]

    def splits(self, element: Element) -> bool:
        """Whether an element may leave more than one token."""
        return any(len([flow for flow in choice if flow >= 0]) > 1 for choice in self.choices[element.id])

    def may_run(self, element: Element, marking: Marking) -> bool:
        """Whether an element with a token may take it."""
        if not is_join(element):
            return True
        inputs = self.inputs[element.id]
        if element.kind == "parallelGateway":
            return not self.missing[element.id] and all(flow in marking for flow in inputs)
        filled = {flow for flow in inputs if flow in marking}
        for other in {self.target[flow].id for flow in marking} - {element.id}:
            ways = self.ways(other, element.id)
            if ways - filled and not ways & filled:
                return False
        return True

    def ways(self, start: str, join: str) -> frozenset[int]:
        """The flows into a join that a token at an element can come by without passing the join before."""
        if (start, join) not in self._ways:
            seen, todo, found = {start}, [start], set()
            while todo:
                here = self.graph.diagram.element(todo.pop())
                for after in (here, *self.graph.boundary.get(here.id, ())):
                    for flow in self.graph.flows(after):
                        if flow.target == join:
                            found.add(self.place[flow.id])
                        elif flow.target not in seen:
                            seen.add(flow.target)
                            todo.append(flow.target)
            self._ways[start, join] = frozenset(found)
        return self._ways[start, join]

    def _matters(self, element: Element, marking: Marking) -> bool:
        """Whether it matters when an element runs: another token may meet it, or it takes the others away."""
        abrupt = is_abrupt(element)
        if not abrupt and (len(element.incoming) < 2 or element.kind == "parallelGateway"):
            return False
        others = {self.target[flow].id for flow in marking} - {element.id}
        if abrupt:
            return bool(others)
        number = self.graph.number[element.id]
        return any(self.graph.after[self.graph.number[other]] >> number & 1 for other in others)

    def run(self, element: Element, marking: Marking) -> Iterator[Marking]:
        """What an element does with its token or tokens."""
        if is_abrupt(element):
            yield ()
            return
        inputs = [flow for flow in self.inputs[element.id] if flow in marking]
        for taken in [inputs] if is_join(element) else [[flow] for flow in inputs]:
            left = list(marking)
            for flow in taken:
                left.remove(flow)
            for choice in self.choices[element.id]:
                if not any(place < 0 and place in marking for place in choice):
                    yield tuple(sorted((*left, *choice)))

    def _stuck(self, active: Iterable[Element], marking: Marking, verdict: Verdict) -> None:
        for join in active:
            missing = {id for id in join.incoming if self.place.get(id) not in marking}
            verdict.dead.setdefault(join.id, set()).update(missing)

    # What an element does

    def _choices(self, element: Element) -> list[Choice]:
        """The ways to leave an element, each a set of flows."""
        ways = self._ways_out(element)
        if not element.is_activity:
            return ways
        events = [event for event in self.graph.boundary.get(element.id, ()) if self.may_happen(event, element)]
        beside = [event for event in events if not event.cancel_activity]
        found = list(ways)
        for group in subsets(list(range(len(beside)))):
            for way in ways:
                chosen = [flow for number in group for flow in (self._ways_out(beside[number]) or [()])[0]]
                happened = [~self.graph.number[beside[number].id] for number in group]
                found.append((*way, *chosen, *happened))
        for event in events:
            if event.cancel_activity:
                found += self._ways_out(event)
        return list(dict.fromkeys(found))

    def may_happen(self, event: Element, host: Element) -> bool:
        """Whether an event at an edge may happen: an error only where something may throw it."""
        if event.event is None or event.event.kind != "error":
            return True
        inside = [host, *(self.graph.deep(host.id) if host.is_scope else ())]
        return any(throws(element) for element in inside)

    def _ways_out(self, element: Element) -> list[Choice]:
        flows = self.graph.flows(element)
        numbered = [(self.place[flow.id], flow) for flow in flows if flow.id in self.place]
        if not numbered:
            return [()]
        if element.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [(number,) for number, flow in numbered]
        if element.kind == "parallelGateway":
            return [tuple(number for number, _ in numbered)]
        always = tuple(number for number, flow in numbered if not flow.default and is_always(flow))
        maybe = [number for number, flow in numbered if not flow.default and not is_always(flow)]
        default = [(number,) for number, flow in numbered if flow.default]
        some = [(*always, *group) for group in subsets(maybe)]
        return ([always] if always else default) + some


def is_join(element: Element) -> bool:
    """Whether an element waits for tokens on several flows."""
    return element.kind in ("parallelGateway", "inclusiveGateway") and len(element.incoming) > 1


def is_abrupt(element: Element) -> bool:
    """Whether an end takes all other tokens of its scope away."""
    return element.kind == "endEvent" and element.event is not None and element.event.kind in ABRUPT


def is_always(flow: Flow) -> bool:
    """Whether a flow is taken whatever the data say."""
    return flow.condition is None or flow.condition.strip() == "true"


def matters(element: Element) -> bool:
    """Whether it makes a difference that an element is passed twice."""
    return element.is_activity or (element.event is not None and element.event.kind not in ("none", *ABRUPT))


def throws(element: Element) -> bool:
    """Whether an element may throw an error."""
    ends = element.kind == "endEvent" and element.event is not None and element.event.kind == "error"
    return ends or element.kind in ("serviceTask", "callActivity")


def subsets(numbers: list[int]) -> list[Choice]:
    """All subsets with something in them, or if they are too many those of one and the whole."""
    if len(numbers) > MOST_SUBSETS:
        return [*((number,) for number in numbers), tuple(numbers)]
    return [group for size in range(1, len(numbers) + 1) for group in combinations(numbers, size)]
