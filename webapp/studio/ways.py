"""The ways that cases went, in words: whole, or by what is different from one that more cases went."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from engine.diagram import Diagram
from engine.insight.asking import Way
from engine.insight.walks import Path

from .. import language
from ..labels import Labels
from ..language import noop

SEEN = frozenset(
    {
        "userTask",
        "manualTask",
        "sendTask",
        "receiveTask",
        "callActivity",
        "intermediateCatchEvent",
        "boundaryEvent",
        "endEvent",
    }
)  # what people notice of a way; what the system does by itself is on the diagram

FEW = 0.6  # of the length of a way: so short its differences must be, to be told instead of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A way in words: all of it, or what is different from another one, which is named by its number."""

    way: Way
    number: int
    whole: tuple[str, ...]
    like: int = 0  # 0: it is told whole
    differences: tuple[str, ...] = ()


def told(labels: Labels, ways: Sequence[Way]) -> Iterator[Told]:
    """The ways in words: each whole, or by its differences from the nearest that is more frequent, if they are few."""
    diagram = labels.bundle.diagram
    if diagram is None:
        return
    rank = order_of(diagram)
    for index, way in enumerate(ways):
        whole = tuple(labels.element(id) for id in noticed(diagram, way.path.elements, rank))
        found = [differences(labels, diagram, rank, way.path, other.path) for other in ways[:index]]
        sizes = [sum(map(len, one.values())) for one in found]
        nearest = sizes.index(min(sizes)) if sizes else 0
        if sizes and sizes[nearest] < len(whole) * FEW:
            said = tuple(map(_said, found[nearest], found[nearest].values()))
            yield Told(way=way, number=index + 1, whole=whole, like=nearest + 1, differences=said)
        else:
            yield Told(way=way, number=index + 1, whole=whole)


def _said(text: str, what: Sequence[str]) -> str:
    """A difference as it is read."""
    return _(text, what=("、" if language.current() == "zh" else ", ").join(what))


def noticed(diagram: Diagram, ids: Sequence[str], rank: Mapping[str, int]) -> list[str]:
    """Those of some elements that people notice, in the order in which one comes to them."""
    seen = [id for id in ids if id in diagram and diagram.element(id).kind in SEEN]
    return sorted(seen, key=lambda id: (rank.get(id, len(rank)), id))


def differences(
    labels: Labels, diagram: Diagram, rank: Mapping[str, int], path: Path, usual: Path
) -> dict[str, list[str]]:
    """What a way has that the usual one has not, by how it is said; where people notice nothing, the named flows."""
    parts = {
        noop("with %(what)s"): set(path.elements) - set(usual.elements),
        noop("without %(what)s"): set(usual.elements) - set(path.elements),
        noop("again %(what)s"): set(path.again) - set(usual.again),
    }
    found = {text: [labels.element(id) for id in noticed(diagram, sorted(ids), rank)] for text, ids in parts.items()}
    if any(found.values()):
        return {text: names for text, names in found.items() if names}
    flows = [id for id in path.flows if id not in usual.flows and diagram.has_flow(id) and diagram.flow(id).name]
    if flows:
        return {noop("by %(what)s"): [_flow(labels, diagram, id) for id in flows]}
    return {noop("with other steps of the system"): []}


def _flow(labels: Labels, diagram: Diagram, id: str) -> str:
    """A flow with what it comes from: Over 500? yes."""
    return f"{labels.element(diagram.flow(id).source)} {labels.element(id)}"


def order_of(diagram: Diagram) -> dict[str, int]:
    """The order in which one comes to the elements of a diagram, from its starts on."""
    todo = deque(one.id for one in diagram.start_events())
    found: dict[str, int] = {}
    while todo:
        id = todo.popleft()
        if id in found:
            continue
        found[id] = len(found)
        element = diagram.element(id)
        near = [one.id for one in diagram.inside(id)] if element.is_scope else []
        todo += [*near, *(one.id for one in diagram.boundary_events(id))]
        todo += [flow.target for flow in diagram.outgoing(element)]
    for element in diagram.elements:
        found.setdefault(element.id, len(found))
    return found
