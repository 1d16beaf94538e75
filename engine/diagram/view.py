"""The diagram as a whole: what other parts of the engine ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model import NORMAL, group_id
from .parts import Element, Flow, Formula, Label, Lane, Message, Process, Scope

SHOWN = ("documentation", "instructions")


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """One BPMN file; its elements, flows and scopes are those of the one executable process."""

    processes: tuple[Process, ...]
    elements: tuple[Element, ...] = ()
    flows: tuple[Flow, ...] = ()
    scopes: tuple[Scope, ...] = ()
    lanes: tuple[Lane, ...] = ()
    messages: tuple[Message, ...] = ()
    formulas: tuple[Formula, ...] = ()
    texts: tuple[Label, ...] = ()  # of what is no element: pools, lanes, annotations, data objects
    _elements: Mapping[str, Element] = field(init=False, repr=False, compare=False)
    _flows: Mapping[str, Flow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_elements", {element.id: element for element in reversed(self.elements)})
        object.__setattr__(self, "_flows", {flow.id: flow for flow in reversed(self.flows)})

    @property
    def executable(self) -> tuple[Process, ...]:
        """The processes that could be executed; a sound diagram has one."""
        return tuple(process for process in self.processes if process.executable)

    @property
    def process(self) -> Process | None:
        """The executable process, the first if there are several."""
        return next(iter(self.executable), None)

    @property
    def key(self) -> str:
        """The id of the executable process."""
        return self.process.id if self.process else ""

    @property
    def name(self) -> str:
        """What people call the process."""
        return (self.process.name or self.process.id) if self.process else ""

    @property
    def properties(self) -> Mapping[str, str]:
        """The properties of the process."""
        return self.process.properties if self.process else {}

    @property
    def prefix(self) -> str:
        """What the numbers of its cases begin with."""
        letters = "".join(filter(str.isalpha, self.key)) or "".join(filter(str.isalnum, self.key))
        return (self.properties.get("prefix", "").strip() or letters[:3]).upper()

    @property
    def confidentiality(self) -> str:
        """The class of its cases."""
        return self.properties.get("confidentiality", "").strip() or NORMAL

    def __contains__(self, id: str) -> bool:
        return id in self._elements

    def element(self, id: str) -> Element:
        """The element of an id; KeyError if there is none."""
        return self._elements[id]

    def flow(self, id: str) -> Flow:
        """The sequence flow of an id; KeyError if there is none."""
        return self._flows[id]

    def has_flow(self, id: str) -> bool:
        """Whether there is a sequence flow of this id."""
        return id in self._flows

    def label(self, id: str) -> str:
        """What people call an element or flow: its name, else the id."""
        part = self._elements.get(id) or self._flows.get(id)
        return (part.name or part.id) if part else id

    def outgoing(self, element: Element) -> tuple[Flow, ...]:
        """The flows out of an element, in document order."""
        return tuple(self._flows[id] for id in element.outgoing)

    def incoming(self, element: Element) -> tuple[Flow, ...]:
        """The flows into an element, in document order."""
        return tuple(self._flows[id] for id in element.incoming)

    def inside(self, scope: str) -> tuple[Element, ...]:
        """The elements drawn directly inside a scope."""
        return tuple(element for element in self.elements if element.scope == scope)

    def boundary_events(self, host: str) -> tuple[Element, ...]:
        """The boundary events of an activity."""
        return tuple(element for element in self.elements if element.attached_to == host)

    def user_tasks(self) -> tuple[Element, ...]:
        """The tasks that people do, in document order: user tasks, and manual ones, which have no form."""
        return tuple(element for element in self.elements if element.kind in ("userTask", "manualTask"))

    def start_events(self) -> tuple[Element, ...]:
        """The start events of the process itself."""
        return tuple(element for element in self.inside(self.key) if element.kind == "startEvent")

    def path_of_form(self, id: str) -> str | None:
        """The path of an element's form inside the bundle."""
        element = self._elements.get(id)
        return element.form if element else None

    def groups_of(self, element: Element) -> tuple[str, ...]:
        """The groups that the file gives a task to: its candidate groups, else its lane; none if an expression says."""
        given = element.metadata.get("candidateGroups", "").strip()
        if given.startswith("="):
            return ()
        groups = [group_id(name) for name in given.split(",") if name.strip()]
        return tuple(groups) or ((group_id(element.lane),) if element.lane and element.lane.strip() else ())

    def groups(self) -> frozenset[str]:
        """All groups that any task is given to."""
        return frozenset(group for task in self.user_tasks() for group in self.groups_of(task))

    def labels(self) -> tuple[Label, ...]:
        """Every text that people read: what must be translated."""
        found = list(self.texts)
        for process in self.executable:
            found += _labels(process.id, process.line, name=process.name, documentation=process.documentation)
        for element in self.elements:
            shown = {what: getattr(element, what) for what in ("name", *SHOWN)}
            found += _labels(element.id, element.line, **shown, evidence=element.properties.get("evidence", ""))
        for flow in self.flows:
            found += _labels(flow.id, flow.line, name=flow.name, documentation=flow.documentation)
        return tuple(found)


def _labels(element: str, line: int, **texts: str) -> list[Label]:
    return [Label(text=text, element=element, what=what, line=line) for what, text in texts.items() if text.strip()]
