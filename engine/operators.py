"""Operators: what the service tasks of a diagram call.

A *local* operator runs inside the step's transaction on its connection, reads and writes domain tables only, and its
answer is recorded in the step. A *remote* one (mail, registrar, webhook) becomes a job: it runs after the commit, at
least once, with an idempotency key, and its answer is a new step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .forms.schema import PERSONAL, unsheltered, wrong_hints

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from .calendars import Calendars
    from .model import CaseId


class Post(Protocol):
    """Brings a message to the case of a call at a moment; the same id a second time brings nothing."""

    def __call__(self, name: str, payload: Mapping[str, Any], *, at: datetime, message_id: str) -> None:
        """Leave the message to a worker; it goes with the step of a local operator, or at once.

        A remote operator calls it outside of `writing()`: it is a transaction of its own, and one thread has one.
        """


class Dispose(Protocol):
    """Disposes of personal values of any case, as the system, in a transaction of its own."""

    def __call__(
        self, case_id: CaseId | str, disposition: str, *, under: str, reason: str, fields: Collection[str] | None = None
    ) -> int:
        """How many values it was, 0 where nothing is left; OnHold where a legal hold stands in the way."""


class DiagramError(Exception):
    """An operator answers with an error that the diagram may catch; `code` is the error's code there.

    What in the payload is personal is told by the operator's `result`, as for a result.
    """

    def __init__(self, code: str, payload: Any = None) -> None:
        super().__init__(code)
        self.code, self.payload = code, payload


def as_written(text: str, lang: str) -> str:
    """A text in whatever language it is."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an operator is asked, and the doors that are open to it."""

    operator: str
    parameters: Mapping[str, Any]
    element: str
    occurrence: int
    case_id: CaseId
    case_number: str
    process: str
    by: str  # whose input it was
    parent: CaseId | None = None  # the case that it came from
    at: datetime
    data: Mapping[str, Any]  # the case's data as they are; personal values are references
    parameter: Callable[[str], Any]  # a configured parameter by name, of the configuration in force
    moment: Callable[[str], datetime]  # when a term like `2 BD` that begins now is over
    calendars: Calendars  # those of the configuration in force
    post: Post  # for stand-ins of what answers later: a bank, a registrar
    reveal: Callable[[Any], Any]  # the value behind a reference to the vault
    key: str  # the idempotency key: the same for every attempt
    connection: Connection | None = None  # local operators: the step's own connection
    database: Any = None  # remote operators: `with call.database.writing() as connection:`
    dispose: Dispose | None = None  # remote operators, outside of `writing()`
    translate: Callable[[str, str], str] = as_written  # remote operators: a text of the bundle in a language

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection to write domain tables on: the step's own, or for a remote operator a transaction of its own."""
        if self.connection is not None:
            yield self.connection
        else:
            with self.database.writing() as connection:
                yield connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an operator."""

    name: str
    type: str = "any"
    required: bool = True
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An operator with what it takes and gives; `result` is the JSON Schema of its answer, if it declares one."""

    name: str
    kind: Literal["local", "remote"]
    run: Callable[[Call], Any]
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    result: Mapping[str, Any] | None = None
    retries: int = 5


def said_by(operator: Operator, call: Call) -> tuple[Any, str | None]:
    """What an operator answers: its result, or what it says with an error that the diagram may catch, and its code."""
    try:
        return operator.run(call), None
    except DiagramError as error:
        return error.payload, error.code


@dataclass(frozen=True)
class Registry:
    """The operators that an engine knows, by name."""

    operators: Mapping[str, Operator] = field(default_factory=dict)

    @classmethod
    def of(cls, given: Iterable[Operator] | Mapping[str, Callable[[Call], Any]] | Registry | None) -> Registry:
        """A registry of operators; plain callables by name become local operators."""
        if isinstance(given, Registry):
            return given
        if isinstance(given, Mapping):
            given = [
                run if isinstance(run, Operator) else Operator(name=name, kind="local", run=run)
                for name, run in given.items()
            ]
        found = {operator.name: operator for operator in given or ()}
        for operator in found.values():
            if operator.result is not None and (
                unsheltered(operator.result) or "x-personal" in wrong_hints(operator.result)
            ):
                raise ValueError(f"{operator.name}: {PERSONAL}")
        return cls(found)

    def get(self, name: str) -> Operator | None:
        """The operator of a name, if there is one."""
        return self.operators.get(name)

    def __iter__(self) -> Iterator[Operator]:
        return iter(self.operators.values())
