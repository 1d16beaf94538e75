"""Runs the rules of retention: some due cases at a time, each in a transaction of its own, until nothing is left.

Where a disposition has come to is remembered by whoever calls, so that no run looks again at what has been dealt with;
what is purged is gone, and needs no memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from ..canonical import moment
from ..cases import configuring
from ..cases.context import Context
from ..cases.disposing import carry_out, is_open, of_fields, values_of
from ..cases.holding import CUSTODY, demand_free
from ..cases.steps import open_case, settled
from ..errors import NotFound, OnHold, Refusal
from ..model import Actor
from ..store.database import alone
from ..store.tables import case
from . import finding
from .finding import Place
from .purging import in_the_way, purge_case
from .rules import Rule, cutoff

PAGE = 100
NEVER_ENDED = ""  # sorted before every moment


@dataclass(kw_only=True)
class Retained:
    """What a run has come to: how many cases, by rule and by what became of them; whether more are due."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    reached: dict[str, Place] = field(default_factory=dict)
    more: bool = False

    @property
    def done(self) -> int:
        """How many cases were purged or had values disposed of."""
        return sum(number for (_, what), number in self.counts.items() if what in ("purged", "disposed"))


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of the rules, by somebody, at most over so many cases."""

    context: Context
    by: Actor
    limit: int | None = None
    dry: bool = False
    retained: Retained = field(default_factory=Retained)

    def all_due(self, reached: Mapping[str, Place]) -> Retained:
        """Deal with what is due, each disposition from where it has come to."""
        self.retained.reached.update(reached)
        with self.context.database.reading() as connection:
            parts = list(finding.keys_of(connection, self.context.policy.retention))
        for rule, key in parts:
            self._part(rule, key)
        return self.retained

    def these(self, cases: Iterable[int]) -> Retained:
        """Deal with some cases only, as far as they are due."""
        wanted = sorted(set(cases))
        with self.context.database.reading() as connection:
            parts = list(finding.keys_of(connection, self.context.policy.retention))
            columns = (case.c.id, case.c.key, case.c.ended_at)
            found = connection.execute(select(*columns).where(case.c.id.in_(wanted)).order_by(case.c.id)).all()
        for rule, key in parts:
            by = self._cutoff(rule)
            for row in found:
                if row.key == key and row.ended_at is not None and row.ended_at <= by:
                    self._one(rule, row.id, by)
        return self.retained

    def _part(self, rule: Rule, key: str) -> None:
        """One rule for one process, in pages."""
        name, by = place_of(rule, key), self._cutoff(rule)
        after = finding.BEGINNING if rule.do == "purge" else self.retained.reached.get(name, finding.BEGINNING)
        while not self._full():
            with self.context.database.reading() as connection:
                page = finding.due(connection, key, by, after, PAGE)
            if not page:
                return
            for row in page:
                if self._full():
                    return
                self._one(rule, row.id, by)
                after = (row.ended_at, row.id)
                if rule.do != "purge" and not self.dry:
                    self.retained.reached[name] = after

    def _full(self) -> bool:
        """Whether as much was done as was asked for; then more may be due."""
        self.retained.more = self.limit is not None and self.retained.done >= self.limit
        return self.retained.more

    def _cutoff(self, rule: Rule) -> str:
        """By when a case must have ended; a rule whose parameter nobody has set finds none."""
        with self.context.database.reading() as connection:
            values = configuring.in_force(self.context, connection).values
        if rule.years not in values:
            return NEVER_ENDED
        try:
            return moment(cutoff(self.context.now(), values[rule.years]))
        except ValueError as error:
            raise Refusal(f"{rule.years}: {error}") from error

    def _one(self, rule: Rule, case_id: int, by: str) -> None:
        if self.dry:
            with self.context.database.reading() as connection:
                what = would(connection, rule, case_id, by)
        elif rule.do == "purge":
            said = {"policy": policy_of(rule), "cutoff": by, "by": self.by.name}
            what = settled(self.context, lambda c: purge_case(self.context, c, case_id, **said))
        else:
            what = settled(self.context, lambda c: dispose_due(self.context, c, rule, case_id, self.by))
        self.retained.counts[rule.name, what] += 1


def dispose_due(context: Context, connection: Connection, rule: Rule, case_id: int, by: Actor) -> str:
    """Dispose of what a rule says of a case; "disposed", or why it was not: "gone", "held"."""
    alone(connection, CUSTODY)
    try:
        opened = open_case(context, connection, str(case_id))
        demand_free(connection, case_id)
    except NotFound:
        return "gone"
    except OnHold:
        return "held"
    if not (rows := [row for row in values_of(connection, case_id) if concerned(rule, row)]):
        return "gone"
    said = {"under": policy_of(rule), "reason": rule.name}
    carry_out(context, connection, opened, rows, rule.do, said, by)
    return "disposed"


def would(connection: Connection, rule: Rule, case_id: int, by: str) -> str:
    """What a run would do with a case."""
    if rule.do == "purge":
        return in_the_way(connection, case_id, by) or "purged"
    try:
        demand_free(connection, case_id)
    except OnHold:
        return "held"
    return "disposed" if any(concerned(rule, row) for row in values_of(connection, case_id)) else "gone"


def concerned(rule: Rule, row: Row[Any]) -> bool:
    """Whether a rule disposes of a value."""
    return is_open(row, rule.do) and of_fields(row, rule.fields or None)


def policy_of(rule: Rule) -> str:
    """What stands on record: the rule and the parameter that says how long."""
    return f"{rule.name} ({rule.years})"


def place_of(rule: Rule, key: str) -> str:
    """The name under which it is remembered how far a disposition has come; another rule begins anew."""
    return "|".join((rule.name, key, rule.do, ",".join(rule.fields)))


def as_places(said: Mapping[str, Any]) -> dict[str, Place]:
    """Places as they come back from the payload of a job."""
    return {name: (str(one[0]), int(one[1])) for name, one in said.items()}
