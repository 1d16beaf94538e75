"""What every command needs: the parts of an engine, wired once in `open_engine`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jsonschema import FormatChecker
from sqlalchemy import Connection

from ..bounded import Reader, answer
from ..canonical import moment
from ..clock import Clock
from ..observing import Observer, nobody
from ..operators import Registry
from ..policy import Policy
from ..proof.documents import Sink
from ..proof.signing import Signing
from ..store.database import Database
from ..store.shelf import Shelf

Lookups = Mapping[str, Callable[[Connection, Any], bool]]


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """What an installation does in tables of its own, in the transaction in which the engine lets go of something.

    `forget` is told the case and the texts of values that are erased, the longest first; `purge` the case that goes.
    """

    forget: Callable[[Connection, str, Sequence[str]], None] = lambda connection, case_id, texts: None
    purge: Callable[[Connection, str], None] = lambda connection, case_id: None


@dataclass(frozen=True, kw_only=True)
class Context:
    """The parts of an engine."""

    database: Database
    clock: Clock
    registry: Registry
    policy: Policy
    formats: FormatChecker
    lookups: Lookups
    groups: Callable[[], frozenset[str]] | None = None  # the groups of the directory, for checks
    reader: Reader = answer  # who reads files that are to be checked
    observer: Observer = nobody  # who is told of every step and job
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
    signing: Signing | None = None  # the key that signs checkpoints
    sinks: Mapping[str, Sink] = field(default_factory=dict)  # where checkpoints go, by name
    shelf: Shelf = field(default_factory=Shelf)
    hops: int = 0  # the jobs in a row that led to what is done now; 0 where a person does it

    def now(self) -> datetime:
        """The moment at which an input is taken."""
        return self.clock.now()

    def now_text(self) -> str:
        """The same as canonical text."""
        return moment(self.clock.now())

    def hops_to(self, when: str) -> int:
        """The jobs in a row that lead to one which is due at a moment; one that waits begins a new row."""
        return self.hops if self.hops and when <= self.now_text() else 0

    def exists(self, connection: Connection) -> Callable[[str, Any], bool]:
        """Whether a value that a form names is known to the installation; an unknown look-up knows everything."""

        def known(name: str, value: Any) -> bool:
            look_up = self.lookups.get(name)
            return look_up is None or look_up(connection, value)

        return known
