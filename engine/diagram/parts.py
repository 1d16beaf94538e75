"""The parts of a diagram: frozen rows in document order. Texts are as they are written, never evaluated here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FORM = "formJsonSchemaFilename"
ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
        "subProcess",
        "transaction",
        "adHocSubProcess",
    }
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What an event waits for or throws; `expression` is the time of a timer or the payload of what is thrown."""

    kind: str  # none, message, timer, signal, error, terminate; or what else BPMN has
    name: str = ""  # of the message or signal; the code of an error
    reference: str = ""  # the id of the message, signal or error in the file
    expression: str | None = None
    timer: str = ""  # timeDuration, timeDate or timeCycle
    variable: str | None = None  # where the content goes
    key: str | None = None  # the expression that correlates a message
    definitions: int = 1  # how many events the file gives to this one element


@dataclass(frozen=True, slots=True, kw_only=True)
class MultiInstance:
    """How often an activity runs, and over what."""

    sequential: bool
    cardinality: str | None = None
    collection: str | None = None
    item: str | None = None
    output: str | None = None  # the list of the results
    output_item: str | None = None
    completion: str | None = None

    @property
    def locals(self) -> frozenset[str]:
        """The names that belong to one instance."""
        return frozenset(name for name in ("loopCounter", self.item, self.output_item) if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """The operator that a service task calls, and what it is given: expressions by name."""

    id: str
    result_variable: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One flow node: an activity, an event or a gateway; `kind` is the local name of its tag."""

    id: str
    kind: str
    scope: str
    name: str = ""
    documentation: str = ""
    instructions: str = ""
    line: int = 0
    column: int = 0
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    attached_to: str | None = None
    cancel_activity: bool = True
    triggered_by_event: bool = False
    interrupting: bool = True  # a start event of an event subprocess
    event: Event | None = None
    multi_instance: MultiInstance | None = None
    lane: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    variable_name: str | None = None
    post_script: str | None = None
    called_decision: str | None = None
    called_process: str | None = None
    script: str | None = None
    operation: Operation | None = None

    @property
    def form(self) -> str | None:
        """The path of its form inside the bundle."""
        return self.properties.get(FORM) or None

    @property
    def is_activity(self) -> bool:
        """Whether it is a task, a subprocess or a call."""
        return self.kind in ACTIVITIES

    @property
    def is_gateway(self) -> bool:
        """Whether it is a gateway of any kind."""
        return self.kind.endswith("Gateway")

    @property
    def is_scope(self) -> bool:
        """Whether it holds elements of its own."""
        return self.kind in SUBPROCESSES

    @property
    def label(self) -> str:
        """What people call it: its name, else its id."""
        return self.name or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One sequence flow."""

    id: str
    source: str
    target: str
    scope: str
    name: str = ""
    condition: str | None = None
    default: bool = False
    typed: bool = True  # whether its condition says its type
    documentation: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The process or a subprocess, with what is drawn directly inside."""

    id: str
    parent: str | None
    elements: tuple[str, ...]
    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One lane with the ids of the flow nodes directly in it."""

    id: str
    name: str
    nodes: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of the file; its name is what is sent."""

    id: str
    name: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process of the file; without `inputs` and `outputs` it shares its caller's data."""

    id: str
    name: str
    executable: bool
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[str, ...] | None = None
    outputs: tuple[str, ...] | None = None
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text that people read, and the element that it is on."""

    text: str
    element: str
    what: str  # name, documentation, instructions, evidence, annotation
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An expression or script of the file, where it stands, and which element it belongs to.

    `role` is condition, script, postScript, parameter, payload, timer, correlationKey, collection, cardinality,
    completion or metadata; `name` says which parameter or metadata value. `column` is that of the first character.
    """

    element: str
    role: str
    text: str
    name: str = ""
    line: int = 0
    column: int = 0

    @property
    def is_script(self) -> bool:
        """Whether it is lines of assignments, not one expression."""
        return self.role in ("script", "postScript")

    def place(self, line: int, column: int) -> tuple[int, int]:
        """The place in the file of a place in the text, both from 1."""
        return self.line + line - 1, column if line > 1 or not self.column else self.column + column - 1
