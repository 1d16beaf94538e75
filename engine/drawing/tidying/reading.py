"""What a layout depends on: nodes, flows and lanes by scope, pools, and what is only noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from ..facts import SUBPROCESSES, is_event, is_gateway
from ..plane import BPMN, BPMNDI, kind_of
from ..words import width_of, wrap

NOTED = {"textAnnotation": (150.0, 50.0), "dataObjectReference": (36.0, 50.0), "dataStoreReference": (50.0, 50.0)}
OF_PROCESS = {"dataInput": (36.0, 50.0), "dataOutput": (36.0, 50.0)}  # drawn only where the file draws them already
LINES = ("association", "messageFlow")
ACTIVITIES = (*SUBPROCESSES, "callActivity", "task")
DATA = ("dataInputAssociation", "dataOutputAssociation")
WIDEST = 90.0  # of a name beside its shape
SMALL, LEADING = 11.0, 14.0


@dataclass(slots=True, eq=False)
class Node:
    """A flow node; `host` is what a boundary event is attached to."""

    id: str
    kind: str
    name: str
    lane: int
    host: str
    inner: Scope | None = None
    folded: bool = False

    @property
    def beside(self) -> tuple[float, float]:
        """How much room the name beside it needs."""
        return label_size(self.name) if self.name and (is_event(self.kind) or is_gateway(self.kind)) else (0, 0)


@dataclass(slots=True, eq=False)
class Flow:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str


@dataclass(slots=True, eq=False)
class Lane:
    """A lane, with the lanes in it."""

    id: str
    depth: int
    number: int = -1  # among those that hold no others
    inner: list[Lane] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Note:
    """An annotation or a piece of data, and the nodes that it belongs to."""

    id: str
    kind: str
    size: tuple[float, float]
    of: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Scope:
    """A process or subprocess."""

    id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    leaves: int = 0  # lanes that hold no others
    notes: list[Note] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)  # what each group goes around


@dataclass(slots=True, eq=False)
class Line:
    """An association or message flow: it follows where its ends are."""

    id: str
    name: str
    source: str
    target: str


@dataclass(slots=True, eq=False)
class Model:
    """All of a file that is drawn."""

    scopes: dict[str, Scope]
    pools: list[tuple[str, str]]  # the id of each, and its process
    collaboration: str
    lines: list[Line]


def label_size(name: str) -> tuple[float, float]:
    """The room that a name beside a shape or on a flow takes."""
    lines = wrap(name, WIDEST, SMALL, 4)
    return max((width_of(line, SMALL) for line in lines), default=0) + 8, LEADING * len(lines)


def is_node(element: etree._Element) -> bool:
    """Whether an element is a flow node of its scope."""
    kind = kind_of(element)
    known = is_event(kind) or is_gateway(kind) or kind in ACTIVITIES or kind.endswith("Task")
    return known and bool(element.get("id"))


def read(root: etree._Element) -> Model:
    """What is drawn of a file."""
    reader = _Reader(root)
    processes = {one.get("id", ""): reader.scope(one) for one in root.iterchildren(f"{{{BPMN}}}process")}
    collaboration = root.find(f"{{{BPMN}}}collaboration")
    pools = [] if collaboration is None else list(collaboration.iterchildren(f"{{{BPMN}}}participant"))
    return Model(
        scopes=processes,
        pools=[(one.get("id", ""), one.get("processRef", "")) for one in pools],
        collaboration="" if collaboration is None else collaboration.get("id", ""),
        lines=list(reader.lines()),
    )


class _Reader:
    """Reads one file."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.drawn = {one.get("bpmnElement", ""): one for one in root.iter(f"{{{BPMNDI}}}BPMNShape")}
        self.planes = {one.get("bpmnElement", "") for one in root.iter(f"{{{BPMNDI}}}BPMNPlane")}

    def scope(self, holder: etree._Element) -> Scope:
        found = Scope(id=holder.get("id", ""))
        lane_of: dict[str, int] = {}
        for group in holder.iterchildren(f"{{{BPMN}}}laneSet"):
            found.lanes += self.lanes(group, found, lane_of, 0)
        for child in holder:
            if isinstance(child.tag, str) and is_node(child) and child.get("id") not in found.nodes:
                found.nodes[child.get("id", "")] = self.node(child, lane_of)
        for node in found.nodes.values():
            if node.host:
                host = found.nodes.get(node.host)
                node.host = host.id if host is not None and not host.host else ""
                node.lane = host.lane if host is not None else node.lane
        free = {node.id for node in found.nodes.values() if not node.host}
        found.flows = [flow for flow in self.flows(holder) if flow.source in found.nodes and flow.target in free]
        found.notes = list(self.notes(holder, found))
        for group in holder.iterchildren(f"{{{BPMN}}}group"):
            found.groups[group.get("id", "")] = self.around(group.get("id", ""), found)
        return found

    def lanes(self, group: etree._Element, scope: Scope, lane_of: dict[str, int], depth: int) -> list[Lane]:
        found = []
        for one in group.iterchildren(f"{{{BPMN}}}lane"):
            lane = Lane(id=one.get("id", ""), depth=depth)
            for inner in one.iterchildren(f"{{{BPMN}}}childLaneSet"):
                lane.inner += self.lanes(inner, scope, lane_of, depth + 1)
            if not lane.inner:
                lane.number = scope.leaves
                scope.leaves += 1
            for ref in one.iterchildren(f"{{{BPMN}}}flowNodeRef"):
                if lane.number >= 0:
                    lane_of[(ref.text or "").strip()] = lane.number
            found.append(lane)
        return found

    def node(self, element: etree._Element, lane_of: dict[str, int]) -> Node:
        id, kind = element.get("id", ""), kind_of(element)
        inner = self.scope(element) if kind in SUBPROCESSES else None
        return Node(
            id=id,
            kind=kind,
            name=element.get("name", ""),
            lane=lane_of.get(id, 0),
            host=element.get("attachedToRef", ""),
            inner=inner if inner and inner.nodes else None,
            folded=self.folded(id),
        )

    def folded(self, id: str) -> bool:
        """Whether a subprocess is drawn closed, and its inside on a plane of its own."""
        shape = self.drawn.get(id)
        return shape is not None and shape.get("isExpanded") != "true"

    def flows(self, holder: etree._Element) -> Iterator[Flow]:
        defaults = {one.get("default") for one in holder if isinstance(one.tag, str)}
        found = [
            Flow(one.get("id", ""), one.get("name", ""), one.get("sourceRef", ""), one.get("targetRef", ""))
            for one in holder.iterchildren(f"{{{BPMN}}}sequenceFlow")
        ]
        yield from sorted(found, key=lambda flow: flow.id not in defaults)  # the ordinary case goes straight on

    def notes(self, holder: etree._Element, scope: Scope) -> Iterator[Note]:
        ends = [(line.source, line.target) for line in self.lines()]
        ends += [(data, of) for _, data, of in self.data(holder)]
        given = [one for one in holder if isinstance(one.tag, str) and kind_of(one) in NOTED]
        for specification in holder.iterchildren(f"{{{BPMN}}}ioSpecification"):
            given += [
                one for one in specification if isinstance(one.tag, str) and one.get("id") in self.data_of_process
            ]
        for child in given:
            id, kind = child.get("id", ""), kind_of(child)
            of = [b if a == id else a for a, b in ends if id in (a, b)]
            yield Note(id, kind, {**NOTED, **OF_PROCESS}[kind], [one for one in of if one in scope.nodes])

    def data(self, holder: etree._Element) -> Iterator[tuple[str, str, str]]:
        """The lines of data: id, the data, the node."""
        for kind in DATA:
            for one in holder.iter(f"{{{BPMN}}}{kind}"):
                ends = [(ref.text or "").strip() for ref in one if kind_of(ref) in ("sourceRef", "targetRef")]
                parent = one.getparent()
                for end in ends:
                    if end in self.known and parent is not None:
                        yield one.get("id", ""), end, parent.get("id", "")

    @cached_property
    def known(self) -> set[str]:
        """What notes and data there are."""
        return {
            one.get("id", "") for kind in NOTED for one in self.root.iter(f"{{{BPMN}}}{kind}")
        } | self.data_of_process

    @cached_property
    def data_of_process(self) -> set[str]:
        """The inputs and outputs that are drawn."""
        found = {one.get("id", "") for kind in OF_PROCESS for one in self.root.iter(f"{{{BPMN}}}{kind}")}
        return found & self.drawn.keys()

    def lines(self) -> Iterator[Line]:
        for kind in LINES:
            for one in self.root.iter(f"{{{BPMN}}}{kind}"):
                yield Line(one.get("id", ""), one.get("name", ""), one.get("sourceRef", ""), one.get("targetRef", ""))
        for id, data, node in self.data(self.root):
            inward = any(one.get("id") == id for one in self.root.iter(f"{{{BPMN}}}dataInputAssociation"))
            yield Line(id, "", data if inward else node, node if inward else data)

    def around(self, group: str, scope: Scope) -> list[str]:
        """The nodes whose middle is drawn inside a group."""
        frame = _bounds(self.drawn.get(group))
        if frame is None:
            return []
        x, y, width, height = frame
        found = []
        for id in scope.nodes:
            box = _bounds(self.drawn.get(id))
            if box and x <= box[0] + box[2] / 2 <= x + width and y <= box[1] + box[3] / 2 <= y + height:
                found.append(id)
        return found


def _bounds(shape: etree._Element | None) -> tuple[float, float, float, float] | None:
    found = None if shape is None else shape.find("{*}Bounds")
    if found is None:
        return None
    try:
        x, y, width, height = (float(found.get(name, "")) for name in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return x, y, width, height
