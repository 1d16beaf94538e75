"""The world around a step: live, what it says is written down; in replay, what was written down says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from .. import spiff
from ..bundles import Bundle
from ..canonical import moment, normal, storable
from ..configuration import Configuration
from ..errors import EngineError, StepFailed
from ..feel import Decision, Limits
from ..mapping import Declared
from ..model import CaseId, Deployment
from ..operators import Call, Registry, said_by
from ..spiff import Answer, Environment, Request
from ..store import files, rollouts
from ..store.shelf import Shelf
from ..store.vault import Shelter, look_up
from .incidents import LONGEST
from .revealing import Revealing

START = "case/start"  # the engine's own operator: begin a linked case after the commit
NO_CLOCK = Limits(seconds=None)  # fuel alone decides, so that a replay decides the same


def none_declared(digest: str) -> Declared:
    """Refuse to find a mapping where there are none."""
    raise EngineError(f"there is no mapping {digest[:12]} here")


@dataclass(kw_only=True)
class Recorder:
    """The live world of one step of one case; `record` is what it said."""

    connection: Connection
    shelf: Shelf
    configuration: Configuration
    registry: Registry
    case_id: int
    number: Callable[[], str]
    process: str
    parent: int | None
    by: str
    seq: int
    at: datetime
    shelter: Shelter
    hops_to: Callable[[str], int]  # as `Context.hops_to`
    answers: list[list[Any]] = field(default_factory=list)
    bound: dict[str, str] = field(default_factory=dict)

    def environment(self) -> Environment:
        """What the stepper is given."""
        return environment(self.configuration, self, self.answer, limits=None)

    def record(self) -> dict[str, Any]:
        """What belongs into the step's input."""
        said: dict[str, Any] = {"config": self.configuration.digest}
        if self.answers:
            said["answers"] = self.answers
        if self.bound:
            said["bound"] = self.bound
        return said

    def newest(self, key: str) -> spiff.Bundle:
        """The process in force for this case; KeyError where there is none."""
        found = self._drawn(key, "process")
        self.bound[f"process:{key}"] = found.bundle
        return self.version(found.bundle)

    def _drawn(self, key: str, kind: str) -> Deployment:
        """The version that this case's coin gives; a process that nobody can call is passed over."""
        asked = rollouts.standing(self.connection, key, moment(self.at))
        if not asked or asked[-1].deployment.kind != kind:
            raise KeyError(key)
        if kind == "process" and len(asked) > 1:
            asked = [turn for turn in asked if has_plain_start(self._bundle(turn.deployment))] or asked[-1:]
        return rollouts.drawn(asked, str(self.case_id))

    def _bundle(self, version: Deployment) -> Bundle:
        return self.shelf.bundle(self.connection, version.bundle)

    def version(self, digest: str) -> spiff.Bundle:
        """The process of a bundle."""
        return self.shelf.bundle(self.connection, digest).executable(self.configuration.language)

    def decision(self, key: str) -> tuple[Decision, str]:
        """The shared decision in force for this case; KeyError where there is none."""
        found = self._drawn(key, "decision")
        self.bound[f"decision:{key}"] = found.bundle
        return self._bundle(found).decisions(self.configuration.language)[key], found.bundle

    def mapping(self, digest: str) -> Declared:
        """The mapping with a digest."""
        return self.shelf.mapping(self.connection, digest)

    def answer(self, request: Request) -> Answer | None:
        """What a local operator says; None for a remote one."""
        found = self._asked(request)
        if found is not None:
            said = {"error": found.error, "result": found.result} if found.error else {"result": found.result}
            self.answers.append([request.element, request.occurrence, said])
        return found

    def _asked(self, request: Request) -> Answer | None:
        if request.operator == START:
            return self._start(request)
        operator = self.registry.get(request.operator)
        if operator is None:
            raise StepFailed(request.element, f"there is no operator {request.operator}", kind="missing")
        if operator.kind == "remote":
            return None
        reveal = Revealing(lambda reference: look_up(self.connection, reference))
        try:
            said, code = said_by(operator, self._call(request, reveal))
            result = normal(said)
            self.shelter.demand_kept(self.connection, result)
        except OperationalError:
            raise
        except EngineError as error:
            why = storable(reveal.hidden(str(error)), LONGEST)
            raise StepFailed(request.element, why, kind="operator") from error
        except Exception as error:
            why = storable(reveal.hidden(f"{operator.name}: {type(error).__name__}: {error}"), LONGEST)
            raise StepFailed(request.element, why, kind="operator") from error
        return Answer(self.shelter.without_personal_answer(operator.result, result, operator.name), code)

    def _start(self, request: Request) -> Answer:
        process = request.parameters.get("process")
        if not isinstance(process, str) or not rollouts.standing(self.connection, process, moment(self.at)):
            raise StepFailed(request.element, f"the process {process} is not deployed", kind="missing")
        return Answer({"requested": process})

    def _call(self, request: Request, reveal: Revealing) -> Call:
        return Call(
            operator=request.operator,
            parameters=request.parameters,
            element=request.element,
            occurrence=request.occurrence,
            case_id=CaseId(str(self.case_id)),
            case_number=self.number(),
            process=self.process,
            by=self.by,
            parent=CaseId(str(self.parent)) if self.parent else None,
            at=self.at,
            data=request.data,
            parameter=self.configuration.parameter,
            moment=lambda term: self.configuration.due(term, self.at).at,
            calendars=self.configuration.calendars,
            post=self._post,
            reveal=reveal,
            key=f"{self.case_id}.{self.seq}.{request.occurrence}",
            connection=self.connection,
        )

    def _post(self, name: str, payload: Mapping[str, Any], *, at: datetime, message_id: str) -> None:
        hops = self.hops_to(moment(at))
        files.post(self.connection, self.case_id, name, payload, at=at, message_id=message_id, hops=hops)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The world of a step as its input recorded it; it calls nothing and asks nobody."""

    given: Mapping[str, Any]
    bundle: Callable[[str], Any]  # digest to engine.bundles.Bundle
    configuration: Configuration
    mapping: Callable[[str], Declared] = none_declared

    def environment(self) -> Environment:
        """What the stepper is given."""
        return environment(self.configuration, self, self.answer, limits=NO_CLOCK)

    def newest(self, key: str) -> spiff.Bundle:
        """The process that was bound."""
        return self.version(self.given.get("bound", {})[f"process:{key}"])

    def version(self, digest: str) -> spiff.Bundle:
        """The process of a bundle."""
        found: spiff.Bundle = self.bundle(digest).executable(self.configuration.language)
        return found

    def decision(self, key: str) -> tuple[Decision, str]:
        """The decision that was bound."""
        digest = self.given.get("bound", {})[f"decision:{key}"]
        return self.bundle(digest).decisions(self.configuration.language)[key], digest

    def answer(self, request: Request) -> Answer | None:
        """What the operator said then; None where it was a remote one."""
        for element, occurrence, said in self.given.get("answers", ()):
            if (element, occurrence) == (request.element, request.occurrence):
                return Answer(said["result"], said.get("error"))
        return None


def has_plain_start(bundle: Bundle) -> bool:
    """Whether a process can be called: it has a start that waits for nothing, or for a time."""
    starts = bundle.diagram.start_events() if bundle.diagram else ()
    return any(start.event is None or start.event.kind in ("none", "timer") for start in starts)


def environment(
    configuration: Configuration,
    library: spiff.Library,
    answer: Callable[[Request], Answer | None],
    limits: Limits | None,
) -> Environment:
    """The surroundings of a step under a configuration."""
    return Environment(
        library=library,
        answer=answer,
        language=configuration.language,
        limits=limits,
        due=configuration.due,
        moved=configuration.moved,
        last_year=configuration.last_year,
        zone=configuration.zone,
    )


__all__ = ["NO_CLOCK", "START", "Recorded", "Recorder"]
