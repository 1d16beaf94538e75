"""A case of a scenario as it goes on: inputs go in, the path, the data and what is waited for come out.

Nothing is stored and nobody is asked: operators answer what the scenario says, time passes when it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any

from jsonschema import FormatChecker

from ..bundles import Bundle
from ..canonical import instant, normal
from ..cases.change import bundle_of
from ..cases.messages import form_of_event
from ..cases.starting import Way, start_event
from ..cases.steps import is_end
from ..cases.world import START
from ..configuration import Configuration
from ..diagram import Element
from ..errors import EngineError, InvalidForm, StepFailed
from ..forms import Form, accept
from ..forms.accept import with_defaults, without_hidden
from ..history.replay import Archive
from ..model import Effect
from ..operators import Registry
from ..spiff import Answer, Request, StepperError
from ..trial import Trial
from .model import NEXT, Bring, Complete, Input, Reply, Wait
from .personal import Samples

MOST_TIMERS = 500  # that come in one scenario
MOST_DATA = 1_000_000  # bytes of the marking


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a scenario finds around its bundle: the configuration, other bundles, the operators that are installed."""

    configuration: Configuration
    archive: Archive
    bound: Callable[[str], str]
    registry: Registry
    formats: FormatChecker = field(default_factory=FormatChecker)
    built_in: frozenset[str] = frozenset({START})


class Stray(EngineError):
    """A scenario cannot go on; `how` says why, the data what there is to say."""

    def __init__(self, how: str, element: str = "", **data: Any) -> None:
        super().__init__(f"{how} {element}".strip(), **data)
        self.how, self.element = how, element


class Unanswered(StepFailed):
    """An operator is asked that the scenario has no answer of."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.element, f"no answer of {request.operator}")
        self.request = request


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A task that is open, or a message, signal or timer that is waited for."""

    kind: str  # task, message, signal or timer
    element: str
    occurrence: int
    bundle: str
    name: str = ""
    due: str = ""


class Play:
    """One case in memory, driven by the inputs of a scenario; no step begins after `until` on the monotonic clock."""

    def __init__(
        self, bundle: Bundle, around: Around, replies: Iterable[Reply], at: datetime, until: float = inf
    ) -> None:
        self.bundle, self.around, self.at = bundle, around, at
        self._until = until
        self.replies = list(replies)
        self.effects: list[Effect] = []
        self.end = ""
        self.asked: Request | None = None  # what no answer was there for
        self.due: dict[str, tuple[datetime, str]] = {}  # when a task was offered last, and until when it is to be done
        self._fired = 0
        self._trial = Trial(bundle, around.configuration, around.archive, self._answer, around.bound)

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the case."""
        return self._trial.marking.data

    @property
    def over(self) -> bool:
        """Whether the case has ended."""
        return self._trial.over

    @property
    def path(self) -> list[str]:
        """The elements of the bundle's own diagram that were entered, in order."""
        diagram = self.bundle.diagram
        found = [one.element for one in self.effects if one.kind == "entered"]
        return [element for element in found if diagram is not None and element in diagram]

    @property
    def flows(self) -> list[str]:
        """The flows of the bundle's own diagram that were taken, in order."""
        diagram = self.bundle.diagram
        found = [str(one.detail) for one in self.effects if one.kind == "taken"]
        return [flow for flow in found if diagram is not None and diagram.has_flow(flow)]

    def begin(self, data: Mapping[str, Any], message: str = "") -> None:
        """Start the case, at its plain start or by a message; Stray where it cannot be started so."""
        event = self._start_event(message)
        form = self.bundle.form_of(event.id)
        values = self._accepted(form, data, event.id)
        given: dict[str, Any] = {"key": self.bundle.key, "bundle": self.bundle.digest, "data": values}
        named = event.event if event.event is not None and event.event.kind == "message" else None
        self._take("started", given | ({"message": named.name} if named else {}), event.id)

    def take(self, one: Input) -> None:
        """Take an input; Stray where nobody waits for it, or it is refused."""
        if isinstance(one, Complete):
            found = self._first("task", element=one.element)
            values = self._accepted(self.form(found), one.values, one.element)
            self._take("completed", {"task": found.occurrence, "values": values}, one.element)
        elif isinstance(one, Wait):
            self.wait(one.until)
        else:
            self._bring(one)

    def wait(self, until: str) -> None:
        """Let time pass, and every timer come that is due in it, in order."""
        end = self._moment(until)
        self._fire(end)
        self.at = max(self.at, end)

    @property
    def open(self) -> list[Open]:
        """What the case waits for, the first first."""
        marking, home = self._trial.marking, self.bundle.digest
        tasks = [t for t in marking.tokens if t.state == "ready"]
        found = [Open(kind="task", element=t.element, occurrence=t.occurrence, bundle="") for t in tasks]
        found += [
            Open(kind=s.kind, element=s.element, occurrence=s.occurrence, bundle="", name=s.name)
            for s in marking.subscriptions
        ]
        found += [
            Open(kind="timer", element=t.element, occurrence=t.occurrence, bundle="", due=t.due)
            for t in marking.timers
            if t.occurrence not in marking.stopped
        ]
        placed = [replace(one, bundle=bundle_of(marking, one.occurrence, home)) for one in found]
        return sorted(placed, key=lambda one: one.occurrence)

    def form(self, one: Open) -> Form | None:
        """The form of a task or message that is waited for, in the case's own bundle or one that it has called."""
        own = one.bundle == self.bundle.digest
        bundle = self.bundle if own else self.around.archive.bundle(one.bundle)
        return bundle.form_of(one.element) if one.kind == "task" else form_of_event(bundle, one.element)

    def _start_event(self, message: str) -> Element:
        found = start_event(self.bundle, Way(message=message or None))
        if found is None:
            raise Stray("no-start", message)
        return found

    def _first(self, kind: str, element: str = "", name: str = "") -> Open:
        """The first of its kind that is waited for; Stray where there is none."""
        for one in self.open:
            if one.kind == kind and element in ("", one.element) and name in ("", one.name):
                return one
        waiting = [one.element for one in self.open if one.kind in ("task", "message", "signal")]
        raise Stray("not-waiting", element or name, waiting=waiting)

    def _accepted(self, form: Form | None, values: Mapping[str, Any], element: str) -> dict[str, Any]:
        """The values as they are kept; what is personal may be a sample that its form would refuse."""
        if form is None:
            return dict(normal(values))
        try:
            kept = accept(form, values, self.around.formats)
        except InvalidForm as error:
            personal = {name for name in form.properties if form.part([name]).has_personal}
            wrong = [name for name in error.fields if name.split(".")[0] not in personal]
            if wrong:
                raise Stray(
                    "form", element, fields=wrong, errors={name: error.fields[name] for name in wrong}
                ) from None
            kept = with_defaults(form, without_hidden(form, normal(values)))
        return Samples().without_personal(form.schema, kept)

    def _bring(self, one: Bring) -> None:
        found = self._first(one.kind, name=one.name)
        payload = self._accepted(self.form(found), one.payload, found.element)
        if one.kind == "signal":
            self._take("signalled", {"signal": one.name, "payload": payload}, found.element)
        else:
            self._take("received", {"message": one.name, "payload": payload, "to": found.occurrence}, found.element)

    def _moment(self, until: str) -> datetime:
        timers = [one.due for one in self.open if one.kind == "timer"]
        if until == NEXT:
            if not timers:
                raise Stray("no-timer")
            return max(self.at, instant(min(timers)))
        try:
            return instant(until) if "T" in until and ":" in until else self.around.configuration.due(until, self.at).at
        except (EngineError, ValueError, OverflowError) as error:
            raise Stray("no-time", until) from error

    def _fire(self, end: datetime) -> None:
        while True:
            due = sorted((one.due, one.occurrence, one) for one in self.open if one.kind == "timer")
            if not due or instant(due[0][0]) > end:
                return
            self._fired += 1
            if self._fired > MOST_TIMERS:
                raise Stray("endless", due[0][2].element)
            self.at = max(self.at, instant(due[0][0]))
            self._take("fired", {"timer": due[0][1]}, due[0][2].element, then_fire=False)

    def _take(self, kind: str, given: Mapping[str, Any], element: str, *, then_fire: bool = True) -> None:
        if monotonic() > self._until:
            raise Stray("late", element)
        try:
            effects = self._trial.apply(kind, given, self.at)
        except Unanswered:
            raise
        except StepFailed as error:
            raise Stray("failed", error.element or element, why=str(error)) from error
        except (StepperError, EngineError, KeyError, ValueError) as error:
            raise Stray("failed", element, why=str(error)) from error
        self._note(effects)
        if len(self._trial.marking.to_bytes()) > MOST_DATA:
            raise Stray("too-much", element)
        for asked in [one for one in effects if one.kind == "requested"]:
            self._answered(asked)
        if then_fire:
            self._fire(self.at)

    def _note(self, effects: tuple[Effect, ...]) -> None:
        self.effects += effects
        for one in effects:
            if one.kind == "left" and is_end(self.bundle, one.element):
                self.end = one.element
            if one.kind == "offered" and "due" in one.detail:
                self.due[one.element] = (self.at, one.detail["due"])

    def _answer(self, request: Request) -> Answer | None:
        """What a local operator says; a remote one answers after the step."""
        if request.operator in self.around.built_in:
            return Answer({"requested": request.parameters.get("process")})
        operator = self.around.registry.get(request.operator)
        if operator is None:
            raise StepFailed(request.element, f"there is no operator {request.operator}")
        if operator.kind == "remote":
            return None
        return self._reply(request)

    def _reply(self, request: Request) -> Answer:
        operator = self.around.registry.get(request.operator)
        for number, one in enumerate(self.replies):
            if one.operator == request.operator and one.element in ("", request.element):
                if not one.always:
                    del self.replies[number]
                shelter, schema = Samples(), operator.result if operator else None
                result = shelter.without_personal_answer(schema, normal(one.result), request.operator)
                return Answer(result, one.error or None)
        self.asked = request
        raise Unanswered(request)

    def _answered(self, asked: Effect) -> None:
        """A remote operator answers as soon as it is asked."""
        if asked.occurrence not in {token.occurrence for token in self._trial.marking.tokens}:
            return
        said = asked.detail
        found = self._reply(Request(asked.element, asked.occurrence, said["operator"], said["parameters"]))
        given = {"operator": asked.occurrence, "result": found.result}
        if found.error:
            self._take("failed", given | {"code": found.error}, asked.element)
        else:
            self._take("answered", given, asked.element)
