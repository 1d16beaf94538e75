"""Working papers: notes and findings beside a case, and what an auditor has verified; nothing of them is in the case.

A paper is a row that nobody changes. Who corrects his own writes another one that replaces it; both stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, insert, or_, select

from ..canonical import canonical, instant
from ..cases.context import Context
from ..cases.reading import read_case
from ..cases.steps import number_of
from ..errors import Conflict, NotAllowed, NotFound, Refusal
from ..model import Actor, CaseId, Verification
from ..store.database import alone
from ..store.tables import case, purge, step
from ..store.tables import paper as papers
from ..store.tables import sample as samples
from .population import demand_auditor, of_classes
from .sampling import Sample, sample_of
from .sampling import find as find_sample
from .sampling import visible as may_see_sample

NOTE, FINDING, VERIFIED = "note", "finding", "verified"
SEVERITIES = ("low", "medium", "high", "critical")
LONGEST = 10_000  # characters of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One working paper; `replaced` says that a later one stands in its place."""

    id: int
    kind: str
    at: datetime
    by: str
    text: str
    case_id: CaseId | None = None
    seq: int | None = None  # the step that it is about
    sample: int | None = None
    severity: str | None = None
    replaces: int | None = None
    replaced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which papers somebody wants; those that were replaced come only if they are asked for."""

    kind: str | None = None
    by: str | None = None
    severity: str | None = None
    case_id: CaseId | str | None = None
    sample: int | None = None
    replaced: bool = False


def write(
    context: Context,
    connection: Connection,
    by: Actor,
    *,
    kind: str,
    text: str,
    severity: str | None,
    case_id: CaseId | str | None,
    seq: int | None,
    sample: int | None,
) -> Paper:
    """Write a note or a finding about a case, a step, a sample."""
    demand_auditor(context, by)
    demand_text(kind, text, severity)
    place(context, connection, by, case_id, seq, sample)
    about = {"case_id": None if case_id is None else number_of(case_id), "seq": seq, "sample": sample}
    return add(context, connection, by, kind=kind, text=text.strip(), severity=severity, **about)


def correct(
    context: Context, connection: Connection, paper_id: int, by: Actor, text: str, severity: str | None
) -> Paper:
    """Write a paper that stands in the place of one's own; Conflict where another does already."""
    alone(connection, "papers")
    old = find(context, connection, paper_id, by)
    if old.by != by.name or old.kind == VERIFIED:
        raise NotAllowed("Only who wrote a paper corrects it.", by=old.by)
    if old.replaced:
        raise Conflict("This paper was corrected already.", by=old.by)
    demand_text(old.kind, text, severity)
    about = {"case_id": None if old.case_id is None else int(old.case_id), "seq": old.seq, "sample": old.sample}
    said = {"kind": old.kind, "text": text.strip(), "severity": severity, "replaces": old.id}
    return add(context, connection, by, **said, **about)


def verified(
    context: Context, connection: Connection, by: Actor, sample: Sample, found: Verification, head: str
) -> Paper:
    """Keep what verifying a case of a sample came to, and at which step."""
    if found.case_id not in sample.cases:
        raise NotFound(f"The case {found.case_id} is not in this sample.")
    problems = [{"what": one.what, "seq": one.seq} for one in found.problems]
    said = {"sound": found.sound, "steps": found.steps, "head": head, "problems": problems}
    about = {"case_id": int(found.case_id), "seq": found.steps, "sample": sample.id}
    return add(context, connection, by, kind=VERIFIED, text=canonical(said).decode(), **about)


def add(context: Context, connection: Connection, by: Actor, **row: Any) -> Paper:
    """Store a paper."""
    made = insert(papers).values(at=context.now_text(), by=by.name, **row).returning(papers)
    return paper_of(connection.execute(made).one())


def demand_text(kind: str, text: str, severity: str | None) -> None:
    """Refuse a paper that says nothing, or too much; a finding has a severity and a note has none."""
    if kind not in (NOTE, FINDING):
        raise Refusal("A paper is a note or a finding.", field="kind")
    if not text.strip() or "\0" in text:
        raise Refusal("Write what you have found.", field="text")
    if len(text) > LONGEST:
        raise Refusal(f"A paper has at most {LONGEST} characters.", field="text")
    if severity not in (SEVERITIES if kind == FINDING else (None,)):
        raise Refusal("A finding has a severity, a note has none.", field="severity")


def place(
    context: Context,
    connection: Connection,
    by: Actor,
    case_id: CaseId | str | None,
    seq: int | None,
    sample: int | None,
) -> None:
    """Refuse a paper about what is not there: a case that one may not see, a step that it has not, a foreign sample."""
    if case_id is None and sample is None:
        raise Refusal("Say which case or sample the paper is about.", field="case")
    if sample is not None:
        drawn = find_sample(context, connection, sample, by)
        if case_id is not None and str(case_id) not in drawn.cases:
            raise NotFound(f"The case {case_id} is not in this sample.")
    if case_id is not None:
        row = read_case(context, connection, case_id, by)
        if seq is not None and not 1 <= seq <= row.seq:
            raise NotFound(f"The case {case_id} has no step {seq}.")
    elif seq is not None:
        raise Refusal("A step is one of a case.", field="case")


def find(context: Context, connection: Connection, paper_id: int, actor: Actor) -> Paper:
    """A paper that an actor may see; NotFound for every other."""
    demand_auditor(context, actor)
    row = connection.execute(_select().where(papers.c.id == paper_id, _visible(context, actor))).first()
    if row is None:
        raise NotFound(f"There is no paper {paper_id}.")
    if row.sample is not None:
        find_sample(context, connection, row.sample, actor)
    return paper_of(row)


def newest(
    context: Context, connection: Connection, actor: Actor, asked: Asked, limit: int, after: int | None
) -> tuple[list[Paper], int | None]:
    """The papers that an actor may see, newest first, and the last one looked at if there are more."""
    demand_auditor(context, actor)
    found = _select().where(_visible(context, actor), *_conditions(asked)).order_by(papers.c.id.desc())
    if after is not None:
        found = found.where(papers.c.id < after)
    rows = [paper_of(row) for row in connection.execute(found.limit(limit + 1))]
    foreign = _foreign_samples(context, connection, rows, actor)
    return [one for one in rows[:limit] if one.sample not in foreign], rows[limit - 1].id if rows[limit:] else None


def _foreign_samples(context: Context, connection: Connection, found: Sequence[Paper], actor: Actor) -> set[int | None]:
    """The samples of some papers that an actor may not see."""
    ids = {one.sample for one in found if one.sample is not None}
    rows = connection.execute(select(samples).where(samples.c.id.in_(ids))).all() if ids else []
    return {row.id for row in rows if not may_see_sample(context, sample_of(row), actor)}


def of_sample(connection: Connection, sample: int) -> list[Paper]:
    """Every paper about a sample or a case as one of it, oldest first, the replaced ones too."""
    found = _select().where(papers.c.sample == sample).order_by(papers.c.id)
    return [paper_of(row) for row in connection.execute(found)]


def before(connection: Connection, one: Paper) -> list[Paper]:
    """The papers whose place a paper has taken, the latest first."""
    found: list[Paper] = []
    while one.replaces is not None:
        one = paper_of(connection.execute(_select().where(papers.c.id == one.replaces)).one())
        found.append(one)
    return found


def paper_of(row: Row[Any]) -> Paper:
    """A stored row as a paper."""
    said = row._asdict()
    return Paper(
        **{name: said[name] for name in ("id", "kind", "by", "text", "seq", "sample", "severity", "replaces")},
        at=instant(row.at),
        case_id=None if row.case_id is None else CaseId(str(row.case_id)),
        replaced=bool(said.get("replaced", False)),
    )


later = papers.alias("later")
REPLACED = exists().where(later.c.replaces == papers.c.id)


def _select() -> Any:
    return select(papers, REPLACED.label("replaced"))


def _visible(context: Context, actor: Actor) -> ColumnElement[bool]:
    """The condition for papers about no case, one whose class is open to an actor, or his own about a purged one."""
    seen = exists().where(case.c.id == papers.c.case_id, *of_classes(context.policy.classes_open_to(actor)))
    purged = and_(exists().where(purge.c.case_id == papers.c.case_id), papers.c.by == actor.name)
    return or_(papers.c.case_id.is_(None), seen, purged)


def _conditions(asked: Asked) -> Sequence[ColumnElement[bool]]:
    given = {"kind": asked.kind, "by": asked.by, "severity": asked.severity, "sample": asked.sample}
    found = [papers.c[name] == value for name, value in given.items() if value is not None]
    if asked.kind is None:
        found.append(papers.c.kind != VERIFIED)
    if asked.case_id is not None:
        found.append(papers.c.case_id == number_of(asked.case_id))
    return found if asked.replaced else [*found, ~REPLACED]


def head_of(connection: Connection, case_id: CaseId | str, seq: int) -> str:
    """The hash of a step, in hexadecimal; empty where there is none."""
    here = and_(step.c.case_id == number_of(case_id), step.c.seq == seq)
    found = connection.execute(select(step.c.hash).where(here)).scalar()
    return "" if found is None else bytes(found).hex()
