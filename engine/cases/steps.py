"""Takes one step of one case: load, decide, store, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection, insert

from ..bundles import Bundle
from ..canonical import canonical, digest, instant, moment, normal
from ..configuration import Configuration
from ..errors import Conflict, NotFound, Raced, StepFailed
from ..history.chain import Link, link
from ..model import SYSTEM, Actor, Case, CaseId, Effect
from ..observing import StepSeen
from ..reasons import demand_short
from ..spiff import Marking, Stepper
from ..store import files, shelf
from ..store.database import after_commit, alone, beside
from ..store.tables import subscription, task
from ..store.vault import Shelter, is_reference
from . import semantics
from .change import Change, Facts, Row, change_of, job
from .context import Context
from .incidents import open_incident, settle
from .inputs import BESIDE
from .world import Recorder

STATUS = {"suspended": "suspended", "resumed": "open"}  # the status of a case after a step of a kind
AT_ONCE = frozenset({"start", "message", "signal", "deliver"})  # jobs that the same thread runs after the commit
GONE = frozenset({"left", "cancelled", "jumped", "skipped"})  # effects after which a token stands there no more
LARGEST_STATE = 2_000_000  # bytes of a case's data and marking, which every step reads and writes
MOST_RACES = 20
YEARS = "years"  # what whoever loads a calendar does alone
T = TypeVar("T")


@dataclass(frozen=True)
class Opened:
    """A case that is loaded and locked for one step."""

    row: Any
    bundle: Bundle
    configuration: Configuration
    at: datetime
    empty: frozenset[str] = frozenset()  # the tables that are known to hold nothing of the case
    done: int = 0  # the token whose one job is being done, and has been deleted

    @cached_property
    def marking(self) -> Marking:
        """Where the case stands."""
        return Marking.from_bytes(bytes(self.row.state))

    @property
    def id(self) -> int:
        """The case."""
        return int(self.row.id)

    @property
    def next_seq(self) -> int:
        """The number of the step that is taken now."""
        return int(self.row.seq) + 1

    def shelter(self) -> Shelter:
        """Where the personal values of this step go."""
        return Shelter(self.id, self.next_seq)


@dataclass(frozen=True)
class Taken:
    """A step that was taken: the case after it, and the jobs to run at once."""

    case: Case
    jobs: tuple[Row, ...] = ()


def open_case(context: Context, connection: Connection, case_id: CaseId | str, due: str = "") -> Opened:
    """Load and lock a case; no step is before the one before it, or before it is `due`, even if the clock goes back."""
    opened = _opened(context, connection, files.load(connection, number_of(case_id)), case_id, due)
    return opened if len(semantics.RULES) == 1 else by_the_newest(context, connection, opened)


def look_at(context: Context, connection: Connection, case_id: CaseId | str) -> Opened:
    """A case as it stands, for whoever asks what could be done with it: neither locked nor changed."""
    return _opened(context, connection, files.look(connection, number_of(case_id)), case_id)


def _opened(context: Context, connection: Connection, row: Any, case_id: CaseId | str, due: str = "") -> Opened:
    if row is None:
        raise NotFound(f"There is no case {case_id}.")
    return Opened(
        row,
        context.shelf.bundle(connection, row.bundle),
        context.shelf.configuration(connection, row.config),
        max(context.now(), instant(max(row.last_at, due))),
    )


def by_the_newest(context: Context, connection: Connection, opened: Opened) -> Opened:
    """A case under the rules of this release: one that goes on and has older ones is brought to them by a step."""
    was, now = files.semantics_of(connection, opened.id, opened.row.seq), semantics.newest()
    if was == now or opened.row.ended_at is not None:
        return opened
    take(context, connection, opened, "upgraded", {"from": was, "to": now}, SYSTEM)
    return open_case(context, connection, str(opened.id))


def settled(context: Context, command: Callable[[Connection], T]) -> T:
    """What a command comes to in a transaction of its own; one that raced is run again."""
    for _ in range(MOST_RACES):
        with suppress(Raced), context.database.writing() as connection:
            return command(connection)
    raise Conflict(how="raced")


def number_of(case_id: CaseId | str) -> int:
    """The id of a case as a number; NotFound where it is none."""
    text = str(case_id)
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise NotFound(f"There is no case {text[:40]}.")
    return int(text)


def demand_open(opened: Opened) -> None:
    """Refuse an input to a case that is over or suspended."""
    if opened.row.status != "open":
        raise Conflict(f"The case {opened.row.number} is {opened.row.status}.", status=opened.row.status)


@dataclass(frozen=True)
class Decided:
    """What an input does to a case, before anything is stored; `after` is None where the state is not touched."""

    input: dict[str, Any]
    after: Marking | None
    effects: tuple[Effect, ...]


def take(
    context: Context,
    connection: Connection,
    opened: Opened,
    kind: str,
    given: Mapping[str, Any],
    actor: Actor,
    shelter: Shelter | None = None,
) -> Taken:
    """Take a step: the stepper moves, the history grows by one row, the read tables follow."""
    demand_short(given.get("reason"))
    shelter = shelter or opened.shelter()
    decided = decide(context, connection, opened, kind, given, actor, shelter)
    return record(context, connection, opened, kind, decided, actor, shelter)


def decide(
    context: Context,
    connection: Connection,
    opened: Opened,
    kind: str,
    given: Mapping[str, Any],
    by: Actor,
    shelter: Shelter,
) -> Decided:
    """Let the stepper move, and write down what the world told it; StepFailed says in which case."""
    if kind in BESIDE:
        return Decided(dict(given), None, ())
    shelter.store(connection)  # an operator may look behind what has just come in
    recorder = recorder_of(context, connection, opened, by, shelter)
    stepper = Stepper(opened.bundle.executable(opened.configuration.language), recorder.environment())
    try:
        after, effects = semantics.apply(semantics.newest(), stepper, opened.marking, kind, given, opened.at)
    except StepFailed as error:
        if kind != "started":
            error.data["case"] = str(opened.id)
        raise
    return Decided({**given, **recorder.record()}, after, effects)


def record(
    context: Context,
    connection: Connection,
    opened: Opened,
    kind: str,
    decided: Decided,
    actor: Actor,
    shelter: Shelter,
) -> Taken:
    """Store a step that was decided: one row of history, the case's row, the read tables."""
    shelter.store(connection)
    after = decided.after
    state = after.to_bytes() if after is not None else bytes(opened.row.state)
    demand_room(opened, kind, after, state)
    made = link(
        case_id=opened.id,
        seq=opened.next_seq,
        at=moment(opened.at),
        actor=actor.name,
        kind=kind,
        input=normal(decided.input),
        effects=decided.effects,
        state_hash=bytes.fromhex(digest(state)),
        prev_hash=bytes(opened.row.head),
        semantics=semantics.newest(),
    )
    files.append(connection, made)
    report(context, connection, opened, made)
    values: Row = {"seq": made.seq, "head": made.hash, "last_at": made.at}
    if kind in STATUS:
        values["status"] = STATUS[kind]
    if kind == "migrated":
        values |= {name: decided.input[name] for name in ("version", "bundle")}
    if after is not None:
        values |= {
            "state": state,
            **about(opened.bundle, after.data),
            **ending(opened.bundle, kind, after, decided.effects, made.at),
        }
    files.update_case(connection, opened.id, values)
    jobs: tuple[Row, ...] = ()
    if after is not None:
        jobs = store_change(context, connection, opened, after, decided.effects)
        if opened.row.failed:
            left = None if after.over else {one.element for one in decided.effects if one.kind in GONE}
            settle(connection, opened.id, left, made.at, actor.name)
        if after.stuck:
            waits = ", ".join(sorted({token.element for token in after.tokens}))
            why = "deadlock: the case waits for what cannot come"
            open_incident(connection, opened.id, waits, why, made.at, kind="deadlock")
    return Taken(files.case_of(opened.row, values), jobs)


def demand_room(opened: Opened, kind: str, after: Marking | None, state: bytes) -> None:
    """Refuse a step after which a case would be too large to be worked on; one that makes it smaller is welcome."""
    if after is None or len(state) <= max(LARGEST_STATE, len(opened.row.state)):
        return
    sizes = {name: len(canonical(value)) for name, value in after.data.items()}
    most = max(sizes, key=lambda name: sizes[name], default="")
    why = f"a case keeps at most {LARGEST_STATE:,} bytes, and would have {len(state):,}"
    error = StepFailed(opened.row.key, f"{why}, {sizes[most]:,} of them in {most}" if most else why, kind="bound")
    if kind != "started":
        error.data["case"] = str(opened.id)
    raise error


def report(context: Context, connection: Connection, opened: Opened, made: Link) -> None:
    """Tell whoever watches, once the step stands."""
    seen = {"case_id": CaseId(str(made.case_id)), "seq": made.seq, "kind": made.kind, "actor": made.actor}
    after_commit(
        connection,
        lambda seconds: context.observer(StepSeen(**seen, process=opened.row.key, seconds=seconds)),  # type: ignore[arg-type]
    )


def cancel(context: Context, connection: Connection, case_id: CaseId | str, by: Actor, reason: str) -> Taken:
    """Give a case up, whether it is open or suspended."""
    opened = open_case(context, connection, case_id)
    if opened.row.status != "suspended":
        demand_open(opened)
    return take(context, connection, opened, "cancelled", {"reason": reason}, by)


def recorder_of(context: Context, connection: Connection, opened: Opened, by: Actor, shelter: Shelter) -> Recorder:
    """The live world of the step that is taken now."""
    return Recorder(
        connection=connection,
        shelf=context.shelf,
        configuration=opened.configuration,
        registry=context.registry,
        case_id=opened.id,
        number=lambda: str(opened.row.number),
        process=opened.row.key,
        parent=opened.row.parent,
        by=by.name,
        seq=opened.next_seq,
        at=opened.at,
        hops_to=context.hops_to,
        shelter=shelter,
    )


def store_change(
    context: Context, connection: Connection, opened: Opened, after: Marking, effects: tuple[Effect, ...]
) -> tuple[Row, ...]:
    """Bring the read tables to the marking after a step; the jobs that are to be run at once."""
    facts = facts_of(opened)
    change = change_of(opened.marking, after, effects, facts, opened.configuration, context.policy)
    heard = sorted({row["name"] for row in change.subscriptions if row["kind"] == "message"})
    for name in heard:
        alone(connection, f"message {name}")  # whoever keeps one now is seen by the next question, or sees this step
    if heard and files.came_early(connection, heard, moment(opened.at)):
        change.jobs.append(job("deliver", facts, 0, moment(opened.at), {"names": heard}))
    if is_provisional(opened.marking, after, effects):
        demand_in_force(connection, opened)
    gone = {name: occurrences for name, occurrences in change.gone.items() if name not in opened.empty}
    if gone.get("job") == (opened.done,):
        del gone["job"]
    files.forget(connection, opened.id, gone)
    files.date_tasks(connection, opened.id, change.dated)
    return store_rows(context, connection, change)


def is_provisional(before: Marking, after: Marking, effects: tuple[Effect, ...]) -> bool:
    """Whether a step has counted days of a year whose calendar is not known."""
    told = any(isinstance(effect.detail, dict) and effect.detail.get("provisional") for effect in effects)
    return told or any(timer.provisional and timer not in before.timers for timer in after.timers)


def demand_in_force(connection: Connection, opened: Opened) -> None:
    """Take a step anew that has counted without a year which is known by now: nobody would look for it any more."""
    beside(connection, YEARS)
    if shelf.configured(connection) != opened.configuration.digest:
        raise Raced


def facts_of(opened: Opened) -> Facts:
    """What the rows of the read tables say of the case."""
    return Facts(
        case_id=opened.id,
        seq=opened.next_seq,
        at=opened.at,
        number=opened.row.number,
        key=opened.row.key,
        bundle=opened.bundle.digest,
        confidentiality=opened.row.confidentiality,
    )


def store_rows(context: Context, connection: Connection, change: Change) -> tuple[Row, ...]:
    """Store the rows that a step adds; jobs that this thread runs at once are leased to it."""
    if change.tasks:
        connection.execute(insert(task), change.tasks)
    lease = moment(context.now() + context.policy.lease)
    leased = [{**row, "leased_until": lease} if row["kind"] in AT_ONCE else row for row in change.jobs]
    jobs = files.add_jobs(connection, ({**row, "hops": context.hops_to(row["run_at"])} for row in leased))
    if change.subscriptions:
        connection.execute(insert(subscription), change.subscriptions)
    return tuple(row for row in jobs if row["kind"] in AT_ONCE)


def ending(bundle: Bundle, kind: str, after: Marking, effects: tuple[Effect, ...], at: str) -> Row:
    """What the case's row says when the last token has gone."""
    if not after.over:
        return {}
    if kind == "cancelled":
        return {"status": "cancelled", "ended_at": at}
    ends = [effect.element for effect in effects if effect.kind == "left" and is_end(bundle, effect.element)]
    return {"status": "completed", "ended_at": at, "outcome": ends[-1] if ends else None}


def is_end(bundle: Bundle, element: str) -> bool:
    """Whether an element is an end event of the case's own diagram."""
    diagram = bundle.diagram
    return diagram is not None and element in diagram and diagram.element(element).kind == "endEvent"


def about(bundle: Bundle, data: Mapping[str, Any]) -> Row:
    """Whom and what a case is about, where the process says by which path."""
    return {name: text_at(data, bundle.said(name)) for name in ("customer", "subject")}


def text_at(data: Any, path: str) -> str | None:
    """The text at a dotted path of the data, if there is one."""
    for part in path.split(".") if path else ():
        data = data.get(part) if isinstance(data, dict) and not is_reference(data) else None
    return data[:200].replace("\0", "") if path and isinstance(data, str) and data else None


__all__ = [
    "AT_ONCE",
    "Decided",
    "Opened",
    "Taken",
    "cancel",
    "decide",
    "demand_open",
    "facts_of",
    "look_at",
    "number_of",
    "open_case",
    "record",
    "recorder_of",
    "settled",
    "store_rows",
    "take",
]
