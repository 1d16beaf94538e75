"""Blocks drawn as BPMN: the XML of a process."""

from __future__ import annotations

from html import escape
from random import Random
from typing import Any, NamedTuple

from . import blocks as b
from .edits import Edit

NS = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
FORM = "forms/any.json"


class Exit(NamedTuple):
    """An element that a flow is still to be drawn from."""

    source: str
    condition: str = ""
    default: bool = False
    rank: int = 0  # its place among the flows of its source: their order in the document has a meaning


class Drawn(NamedTuple):
    """The document of a process, and the flows into each of its elements in the order of the blocks."""

    xml: str
    into: dict[str, list[str]]


def drawn(process: b.Process, shuffle: Random | None = None, edit: Edit | None = None) -> Drawn:
    """The document of one process; `shuffle` puts its elements in any order, which must not matter."""
    pen = Pen(shuffle, edit or Edit())
    body = pen.scope(process.scope, properties(formJsonSchemaFilename=FORM))
    given = io_specification(process) if process.inputs is not None else ""
    xml = (
        f'<bpmn:definitions {NS} targetNamespace="game" id="definitions">{"".join(sorted(pen.roots))}'
        f'<bpmn:process id="{process.key}" name="{process.key}" isExecutable="true">{given}{body}</bpmn:process></bpmn:definitions>'
    )
    return Drawn(pen.edit.renamed(xml), pen.into)


def io_specification(process: b.Process) -> str:
    """What a closed process takes and gives."""
    names = [("Input", name) for name in process.inputs or ()], [("Output", name) for name in process.outputs]
    items = "".join(f'<bpmn:data{way} id="{name}" name="{name}"/>' for way, name in dict.fromkeys(names[0] + names[1]))
    sets = (
        f"<bpmn:{way.lower()}Set>"
        + "".join(f"<bpmn:data{way}Refs>{name}</bpmn:data{way}Refs>" for _, name in listed)
        + f"</bpmn:{way.lower()}Set>"
        for way, listed in zip(("Input", "Output"), names)
    )
    return f"<bpmn:ioSpecification>{items}{''.join(sets)}</bpmn:ioSpecification>"


class Pen:
    """Draws elements and flows; scopes inside are drawn by a pen of their own that shares the roots."""

    def __init__(self, shuffle: Random | None, edit: Edit, around: Pen | None = None) -> None:
        self.shuffle, self.edit = shuffle, edit
        self.roots: set[str] = around.roots if around else set()
        self.into: dict[str, list[str]] = around.into if around else {}
        self.elements: list[str] = []
        self.flows: list[tuple[str, int, str]] = []
        self.defaults: dict[str, str] = {}

    def scope(self, scope: b.Scope, form: str = "") -> str:
        """All that is inside of a process or subprocess."""
        self.element("startEvent", scope.start, form)
        self.ended(self.line(scope.body, [Exit(scope.start)]), scope.end)
        for handler in scope.handlers:
            start = f' isInterrupting="{str(handler.interrupting).lower()}"'
            inner = Pen(self.shuffle, self.edit, self).scope(handler.scope)
            plain = f'<bpmn:startEvent id="{handler.start}" name="{handler.start}">'
            assert inner.count(plain) == 1
            event = plain[:-1] + start + ">" + self.event(handler.event)
            self.element("subProcess", handler.id, inner.replace(plain, event), triggeredByEvent="true")
        if self.shuffle:
            self.shuffle.shuffle(self.elements)
        drawn = "".join(self.elements)
        for source, flow in self.defaults.items():
            drawn = drawn.replace(f' id="{source}"', f' id="{source}" default="{flow}"')
        sources = [source for source, _, _ in self.flows]
        return drawn + "".join(flow for _, _, flow in sorted(self.flows, key=lambda f: (sources.index(f[0]), f[1])))

    def element(self, kind: str, id: str, inner: str = "", **attributes: str) -> None:
        given = "".join(f' {name}="{value}"' for name, value in attributes.items())
        self.elements.append(f'<bpmn:{kind} id="{id}" name="{id}"{given}>{inner}</bpmn:{kind}>')

    def connect(self, exits: list[Exit], target: str) -> None:
        """Draw the flows from all exits to an element."""
        for exit in exits:
            name = f"{exit.source}_{target}"
            if any(f' id="{name}"' in flow for _, _, flow in self.flows):
                name += f"_{exit.rank}"
            condition = (
                f"<bpmn:conditionExpression>{escape(exit.condition)}</bpmn:conditionExpression>"
                if exit.condition
                else ""
            )
            flow = f'<bpmn:sequenceFlow id="{name}" sourceRef="{exit.source}" targetRef="{target}">{condition}</bpmn:sequenceFlow>'
            self.flows.append((exit.source, exit.rank, flow))
            self.into.setdefault(target, []).append(name)
            if exit.default:
                self.defaults[exit.source] = name

    def line(self, blocks: b.Blocks, exits: list[Exit]) -> list[Exit]:
        """Blocks one after the other; the exits of the last."""
        for block in self.edit.line(blocks):
            if len(exits) > 1 and not isinstance(block, (b.Task, b.Script, b.Catch, b.Throw, b.Sub, b.Call, b.Many)):
                exits = self.gateway("exclusiveGateway", f"{block.id}_in", exits)
            exits = getattr(self, f"_{type(block).__name__.lower()}")(block, exits)
        return exits

    def gateway(self, kind: str, id: str, exits: list[Exit]) -> list[Exit]:
        self.element(kind, id)
        self.connect(exits, id)
        return [Exit(id)]

    def ended(self, exits: list[Exit], end: b.End | None) -> None:
        """Lead exits to an end."""
        if end is None:
            return
        inner = ""
        if end.kind == "terminate":
            inner = "<bpmn:terminateEventDefinition/>"
        elif end.kind == "error":
            inner = self.event(b.Event(kind="error", name=end.code))
        self.element("endEvent", end.id, inner)
        self.connect(exits, end.id)

    def event(self, event: b.Event) -> str:
        """An event definition, with its extensions before it."""
        if event.kind == "timer":
            tag, text = "timeDuration", event.term.feel
            if event.times is not None:
                tag, text = "timeCycle", f'"R{event.times or ""}/" + {event.term.text}'
            return f"<bpmn:timerEventDefinition><bpmn:{tag}>{escape(text)}</bpmn:{tag}></bpmn:timerEventDefinition>"
        if event.kind == "error":
            self.roots.add(f'<bpmn:error id="error_{event.name}" name="{event.name}" errorCode="{event.name}"/>')
        else:
            self.roots.add(f'<bpmn:{event.kind} id="{event.kind}_{event.name}" name="{event.name}"/>')
        key = properties(correlationKey=event.key) if event.key else ""
        variable = (
            extension(f"<spiffworkflow:messageVariable>{event.variable}</spiffworkflow:messageVariable>")
            if event.variable
            else ""
        )
        definition = f'<bpmn:{event.kind}EventDefinition {event.kind}Ref="{event.kind}_{event.name}">{variable}</bpmn:{event.kind}EventDefinition>'
        return key + definition

    def edges(self, host: str, edges: tuple[b.Edge, ...]) -> list[Exit]:
        """Boundary events with their ways; the exits of those that come back."""
        back = []
        for edge in edges:
            self.element(
                "boundaryEvent",
                edge.id,
                self.event(edge.event),
                attachedToRef=host,
                cancelActivity=str(edge.interrupting).lower(),
            )
            exits = self.line(edge.body, [Exit(edge.id)])
            if edge.end is None:
                back += exits
            else:
                self.ended(exits, edge.end)
        return back

    def _activity(
        self, kind: str, block: Any, exits: list[Exit], inner: str, loop: str = "", **attributes: str
    ) -> list[Exit]:
        self.element(kind, block.id, inner + loop, **attributes)
        self.connect(exits, block.id)
        return [Exit(block.id)]

    def _task(self, block: b.Task, exits: list[Exit], loop: str = "") -> list[Exit]:
        inner = f'<spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="{FORM}"/></spiffworkflow:properties>'
        inner += '<spiffworkflow:taskMetadataValues><spiffworkflow:taskMetadataValue name="candidateGroups" value="players"/></spiffworkflow:taskMetadataValues>'
        lines = [f"{block.counter} = {block.counter} + 1"] if block.counter else []
        lines += [" = ".join(block.copy)] if block.copy else []
        inner += "<spiffworkflow:postScript>{}</spiffworkflow:postScript>".format("\n".join(lines)) if lines else ""
        inner += f"<spiffworkflow:variableName>{block.variable}</spiffworkflow:variableName>" if block.variable else ""
        exits = self._activity("userTask", block, exits, extension(inner), loop)
        return exits + self.edges(block.id, block.edges)

    def _sub(self, block: b.Sub, exits: list[Exit], loop: str = "") -> list[Exit]:
        inner = Pen(self.shuffle, self.edit, self).scope(block.scope)
        return self._activity("subProcess", block, exits, inner, loop) + self.edges(block.id, block.edges)

    def _call(self, block: b.Call, exits: list[Exit], loop: str = "") -> list[Exit]:
        exits = self._activity("callActivity", block, exits, "", loop, calledElement=block.process.key)
        return exits + self.edges(block.id, block.edges)

    def _many(self, block: b.Many, exits: list[Exit]) -> list[Exit]:
        loop = (
            f"<bpmn:loopCardinality>{block.cardinality}</bpmn:loopCardinality>" if block.cardinality is not None else ""
        )
        loop += f"<bpmn:loopDataInputRef>{block.collection}</bpmn:loopDataInputRef>" if block.collection else ""
        loop += f"<bpmn:loopDataOutputRef>{block.results}</bpmn:loopDataOutputRef>" if block.results else ""
        loop += f'<bpmn:inputDataItem id="{block.item}" name="{block.item}"/>' if block.item else ""
        loop += f'<bpmn:outputDataItem id="{block.result}" name="{block.result}"/>' if block.result else ""
        loop += (
            f"<bpmn:completionCondition>{escape(block.enough.feel)}</bpmn:completionCondition>" if block.enough else ""
        )
        loop = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(block.sequential).lower()}">{loop}</bpmn:multiInstanceLoopCharacteristics>'
        exits = getattr(self, f"_{type(block.inner).__name__.lower()}")(block.inner, exits, loop)
        return exits + self.edges(block.id, block.edges)

    def _script(self, block: b.Script, exits: list[Exit]) -> list[Exit]:
        return self._activity(
            "scriptTask", block, exits, f"<bpmn:script>{block.counter} = {block.counter} + 1</bpmn:script>"
        )

    def _throw(self, block: b.Throw, exits: list[Exit]) -> list[Exit]:
        return self._activity(
            "intermediateThrowEvent", block, exits, self.event(b.Event(kind=block.kind, name=block.name))
        )

    def _catch(self, block: b.Catch, exits: list[Exit]) -> list[Exit]:
        kind = "receiveTask" if block.receive else "intermediateCatchEvent"
        return self._activity(kind, block, exits, self.event(block.event)) + self.edges(block.id, block.edges)

    def _race(self, block: b.Race, exits: list[Exit]) -> list[Exit]:
        start = self.gateway("eventBasedGateway", block.id, exits)
        return [exit for catch, body in block.ways for exit in self.line((catch, *body), start)]

    def _ways(self, block: b.Xor | b.Or, start: list[Exit]) -> list[list[Exit]]:
        """The exits of each way that comes back."""
        back = []
        for rank, way in enumerate(block.ways):
            condition = way.condition.feel if way.condition else ""
            exits = self.line(way.body, [Exit(start[0].source, condition, way.condition is None, rank)])
            if way.end is None:
                back.append(exits)
            else:
                self.ended(exits, way.end)
        return back

    def _xor(self, block: b.Xor, exits: list[Exit]) -> list[Exit]:
        exits = [exit for way in self._ways(block, self.gateway("exclusiveGateway", block.id, exits)) for exit in way]
        return exits if block.merge == "none" else self.gateway(f"{block.merge}Gateway", f"{block.id}_out", exits)

    def _or(self, block: b.Or, exits: list[Exit]) -> list[Exit]:
        ways = self._ways(block, self.gateway("inclusiveGateway", block.id, exits))
        return self._join("inclusiveGateway", block, ways)

    def _and(self, block: b.And, exits: list[Exit]) -> list[Exit]:
        start = self.gateway("parallelGateway", block.id, exits)
        ways = [self.line(body, [start[0]._replace(rank=rank)]) for rank, body in enumerate(block.bodies)]
        return self._join("parallelGateway", block, ways)

    def _join(self, kind: str, block: b.And | b.Or, ways: list[list[Exit]]) -> list[Exit]:
        """One flow of each way into the gateway that joins them."""
        met = [
            way[0] if len(way) == 1 else self.gateway("exclusiveGateway", f"{block.id}_met{number}", way)[0]
            for number, way in enumerate(ways)
        ]
        return self.gateway(kind, f"{block.id}_out", met)

    def _fork(self, block: b.Fork, exits: list[Exit]) -> list[Exit]:
        start = self.gateway("parallelGateway", block.id, exits)
        for rank, way in enumerate(block.ways):
            self.ended(self.line(way.body, [start[0]._replace(rank=rank)]), way.end)
        return []

    def _loop(self, block: b.Loop, exits: list[Exit]) -> list[Exit]:
        exits = self.gateway("exclusiveGateway", f"{block.id}_head", exits)
        exits = self.gateway("exclusiveGateway", block.id, self.line(block.body, exits))
        self.connect([exits[0]._replace(condition=block.again.feel)], f"{block.id}_head")
        return [exits[0]._replace(default=True, rank=1)]


def extension(inner: str) -> str:
    """Extension elements around something."""
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def properties(**values: str) -> str:
    """Properties in extension elements."""
    given = "".join(f'<spiffworkflow:property name="{name}" value="{value}"/>' for name, value in values.items())
    return extension(f"<spiffworkflow:properties>{given}</spiffworkflow:properties>")
