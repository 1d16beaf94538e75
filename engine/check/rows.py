"""The rows of decision tables: what no row decides, rows of which only one may hit, rows that never do.

All columns are tried together, each by its samples: what is kept is which rows can still hit, with one example for each
set of them. A table whose sets are too many is not searched, and that is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .. import feel
from ..model import Finding
from .cells import TooMuchToAsk
from .concurrency import numbers
from .phrases import Phrase, listed
from .rules import finding
from .samples import Sample, called, samples

MOST_SETS = 4_000
MOST_TRIED = 2_000_000  # sets with samples
MOST_CELLS = 6_000  # of a table, each with the values it is tried with
MOST_GAPS = 3
ONE = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})
Key = tuple[int, int, bool]  # the rows that surely hit, those that may, and whether nobody knows that this occurs
Sets = dict[Key, tuple[Sample, ...]]
Domains = Mapping[str, Collection[Any]]


def check_rows(
    decisions: Mapping[str, feel.Decision],
    files: Mapping[str, Collection[str]],
    domains: Mapping[str, Domains],
    language: feel.Language,
) -> Iterator[Finding]:
    """What is wrong with the rows of tables; `domains` are the values that their columns can be, where it is known."""
    for path, ids in files.items():
        for id in sorted(ids & decisions.keys()):
            yield from _of_table(path, decisions[id], domains.get(id, {}), language)


def _of_table(path: str, decision: feel.Decision, domains: Domains, language: feel.Language) -> Iterator[Finding]:
    if not decision.rows:
        return
    try:
        columns = _samples(decision, domains, language)
    except TooMuchToAsk:
        yield finding("table-not-searched", path, decision.id, decision=decision.id)
        return
    never = _contradictory(decision, columns)
    yield from (finding("row-never-hit", path, decision.rows[bit].id, **_row(decision, bit)) for bit in numbers(never))
    if decision.policy.name not in ONE:
        return
    found = _sets(columns, len(decision.rows))
    if found is None:
        yield finding("table-not-searched", path, decision.id, decision=decision.id)
        return
    if not any(output.default for output in decision.outputs):
        yield from _gaps(path, decision, found)
    if decision.policy.name in ("UNIQUE", "ANY"):
        yield from _overlaps(path, decision, found)
    if decision.policy.first_only:
        yield from _hidden(path, decision, found, never)


def _samples(decision: feel.Decision, domains: Domains, language: feel.Language) -> list[list[Sample]]:
    if len(decision.rows) * len(decision.inputs) > MOST_CELLS:
        raise TooMuchToAsk
    return samples(decision, domains, language)


def _row(decision: feel.Decision, bit: int) -> dict[str, Any]:
    return {"decision": decision.id, "row": decision.rows[bit].number}


def _contradictory(decision: feel.Decision, columns: list[list[Sample]]) -> int:
    """The rows that no value of some column lets pass."""
    never = 0
    for column in columns:
        possible = 0
        for sample in column:
            possible |= sample.maybe
        never |= ~possible
    return never & (1 << len(decision.rows)) - 1


def _sets(columns: list[list[Sample]], rows: int) -> Sets | None:
    """The sets of rows that can hit together, each with an example; nothing if they are too many."""
    everything, tried = (1 << rows) - 1, 0
    found: Sets = {(everything, everything, False): ()}
    for column in columns:
        following: Sets = {}
        for (sure, maybe, open), example in found.items():
            for sample in column if maybe else ():
                key = (sure & sample.sure, maybe & sample.maybe, open or sample.open)
                if key not in following:
                    following[key] = (*example, sample)
            if not maybe:
                following.setdefault((sure, maybe, open), example)
            tried += len(column)
            if len(following) > MOST_SETS or tried > MOST_TRIED:
                return None
        found = following
    return found


def _example(decision: feel.Decision, example: tuple[Sample, ...], rows: int) -> Phrase:
    """An example in a sentence: the columns that some of the rows look at, in the order of the table."""
    asked = [s for s in example if any(not_empty(decision, bit, s.column) for bit in numbers(rows))]
    return listed(called(decision, sample) for sample in sorted(asked or example, key=lambda one: one.column)[:6])


def not_empty(decision: feel.Decision, bit: int, column: int) -> bool:
    """Whether a row looks at a column."""
    return decision.rows[bit].tests[column].source.strip() not in ("", "-")


def _gaps(path: str, decision: feel.Decision, found: Sets) -> Iterator[Finding]:
    """Values for which no row can hit, as far as it is known that they occur."""
    everything, count = (1 << len(decision.rows)) - 1, 0
    for (_, maybe, open), example in found.items():
        if not maybe and not open and count < MOST_GAPS:
            count += 1
            said = _example(decision, example, everything)
            yield finding("rows-missing", path, decision.id, decision=decision.id, example=said)


def _overlaps(path: str, decision: feel.Decision, found: Sets) -> Iterator[Finding]:
    """Rows that surely hit at once, of which only one may; those of an ANY table may if they say the same."""
    same = _alike(decision) if decision.policy.name == "ANY" else [0] * len(decision.rows)
    said = 0
    for (sure, _, _), example in found.items():
        for one in numbers(sure):
            others = sure & ~said & -2 << one
            if not others:
                break
            if others & ~same[one]:
                other = next(numbers(others & ~same[one]))
                said |= 1 << other
                data = {**_row(decision, one), "other": decision.rows[other].number}
                example_said = _example(decision, example, 1 << one | 1 << other)
                yield finding("rows-overlap", path, decision.rows[other].id, **data, example=example_said)
                break


def _alike(decision: feel.Decision) -> list[int]:
    """For each row those that say the same."""
    said = [tuple(cell.source if cell else "" for cell in row.results) for row in decision.rows]
    found: dict[tuple[str, ...], int] = {}
    for bit, says in enumerate(said):
        found[says] = found.get(says, 0) | 1 << bit
    return [found[says] for says in said]


def _hidden(path: str, decision: feel.Decision, found: Sets, never: int) -> Iterator[Finding]:
    """Rows before which another one always hits."""
    reached = never
    for sure, maybe, _ in found:
        first = sure & -sure
        reached |= maybe & (first << 1) - 1 if first else maybe
    for bit in range(len(decision.rows)):
        if not reached >> bit & 1:
            yield finding("row-never-hit", path, decision.rows[bit].id, **_row(decision, bit))
