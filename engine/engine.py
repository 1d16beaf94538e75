"""The engine's front door: what the web app, the worker, the command line, tests and users' own scripts call.

Every method is one command or one question; what it does stands in the packages beside this module. Nothing is kept
here but what never changes, so that any number of processes may open the same database.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from .bounded import Reader, answer
from .canonical import instant
from .cases import deploying, messages, queues, reading, starting, tasks
from .cases.change import bundle_of
from .cases.context import Context, Elsewhere, Lookups
from .cases.queues import View
from .cases.steps import Taken, settled
from .cases.tasks import Draft
from .clock import Clock, SystemClock
from .configuration import default_content
from .door import (
    Audits,
    Backtests,
    Batches,
    Custody,
    Deployments,
    Disclosure,
    Exporting,
    Incidents,
    Insights,
    Interventions,
    Migrations,
    Replaying,
    Rolling,
    Scenarios,
    Settings,
    Sketches,
)
from .errors import Refusal, Unavailable
from .forms import Formats
from .forms.accept import checker
from .history.chain import step_of
from .jobs import run
from .model import (
    SYSTEM,
    Actor,
    Awaited,
    Case,
    CaseId,
    Deployment,
    Draw,
    Incident,
    KeptMessage,
    Step,
    Task,
    TaskId,
)
from .observing import Observer, nobody, safely
from .operators import Call, Operator, Registry
from .policy import Policy
from .proof.documents import Sink
from .proof.signing import Signing
from .reasons import demand_short
from .retention import schedule as retaining
from .spiff import Marking
from .store import files, schema, shelf
from .store.database import Database
from .store.load import Load, load
from .store.tables import reading as reading_table
from .store.vault import look_up, place

Operators = Iterable[Operator] | Mapping[str, Callable[[Call], Any]] | Registry


class Engine(
    Deployments,
    Rolling,
    Backtests,
    Batches,
    Settings,
    Interventions,
    Incidents,
    Migrations,
    Custody,
    Audits,
    Exporting,
    Disclosure,
    Replaying,
    Sketches,
    Insights,
    Scenarios,
):
    """A case engine over one database."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.database = context.database
        self.policy = context.policy
        self.clock = context.clock

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give all connections back."""
        self.database.close()

    def one_moment(self) -> AbstractContextManager[Any]:
        """What this thread asks within the block is answered as of one moment: `with engine.one_moment(): ...`."""
        return self.database.reading()

    def load(self) -> Load:
        """How much waits: due and parked jobs, incidents, tasks, messages; each count is bounded, and cheap."""
        with self.database.reading() as connection:
            return load(connection, self.context.now_text())

    def is_ready(self) -> bool:
        """Whether the database can be reached and has the tables of this release."""
        try:
            with self.database.reading() as connection:
                return schema.revision(connection) == schema.HEAD
        except Unavailable:
            return False

    # Cases

    def startable(self, actor: Actor) -> list[Deployment]:
        """The processes that an actor may start."""
        with self.database.reading() as connection:
            return deploying.startable(self.context, connection, actor)

    def start(
        self,
        key: str,
        data: Mapping[str, Any] | None = None,
        *,
        by: Actor,
        parent: CaseId | str | None = None,
        draw: Draw | None = None,
        idempotency_key: str | None = None,
    ) -> Case:
        """Start a case of a process's version in force; `data` are checked by its start form, if it has one.

        Whoever has shown a form gives the `draw` that it was of: Conflict(how="form") where it is another form by now.
        Whoever cannot know whether an answer was lost asks again by the same `idempotency_key`, of at most 200
        characters: the actor who has started a case of this process by it is answered with that case.
        """

        def begin(connection: Any) -> Taken:
            origin = None if parent is None else int(reading.read_case(self.context, connection, parent, by).id)
            if idempotency_key is not None:
                return starting.start_once(self.context, connection, key, data, by, idempotency_key, origin, draw)
            return starting.start(self.context, connection, key, data, by, origin, draw=draw)

        return self._done(begin)

    def case(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> Case:
        """A case as it stands."""
        with self.database.reading() as connection:
            row = reading.read_case(self.context, connection, case_id, actor)
            return reading.as_cases(connection, [row])[0]

    def cases(
        self,
        actor: Actor = SYSTEM,
        *,
        limit: int = 50,
        after: CaseId | str | None = None,
        key: str | None = None,
        status: str | None = None,
        number: str | None = None,
        customer: str | None = None,
        ids: Iterable[CaseId | str] | None = None,
    ) -> list[Case]:
        """The cases that an actor may see, newest first; `after` ends the page before, `ids` are read all at once."""
        filters = {"key": key, "status": status, "number": number, "customer": customer}
        with self.database.reading() as connection:
            return reading.list_cases(self.context, connection, actor, limit, after, ids, **filters)

    def search(
        self,
        text: str,
        actor: Actor = SYSTEM,
        *,
        customers: Iterable[str] = (),
        subjects: Iterable[tuple[str, str]] = (),
        limit: int = 50,
        after: CaseId | str | None = None,
    ) -> list[Case]:
        """The cases that an actor may see whose number or subject holds a text, or that are about these customers.

        `subjects` are subjects of processes, as key and value, that mean the text in some language.
        """
        with self.database.reading() as connection:
            wanted = reading.holding(text, customers, subjects)
            return reading.search_cases(self.context, connection, actor, wanted, limit, after)

    def linked(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> list[Case]:
        """The case that a case came from, and those that came from it."""
        with self.database.reading() as connection:
            return reading.linked_cases(self.context, connection, case_id, actor)

    def marking(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> Marking:
        """Where a case stands: tokens, timers, subscriptions, data."""
        with self.database.reading() as connection:
            return Marking.from_bytes(bytes(reading.read_case(self.context, connection, case_id, actor).state))

    def awaited(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> list[Awaited]:
        """The messages that a case waits for."""
        with self.database.reading() as connection:
            row = reading.read_case(self.context, connection, case_id, actor)
        marking = Marking.from_bytes(bytes(row.state))
        return [
            Awaited(
                name=one.name,
                element=one.element,
                occurrence=one.occurrence,
                bundle=bundle_of(marking, one.occurrence, row.bundle),
            )
            for one in marking.subscriptions
            if one.kind == "message"
        ]

    # Tasks

    def inbox(
        self,
        actor: Actor,
        *,
        limit: int = 50,
        after: Task | None = None,
        view: View = "all",
        due_before: datetime | None = None,
    ) -> list[Task]:
        """The open tasks that are for an actor, most urgent first; `after` is the last of the page before."""
        with self.database.reading() as connection:
            return queues.inbox(self.context, connection, actor, view, limit, after, due_before)

    def count(self, actor: Actor, *, view: View = "all", due_before: datetime | None = None) -> int:
        """How many open tasks are for an actor; more than a thousand in one queue are counted as a thousand."""
        with self.database.reading() as connection:
            return queues.count_tasks(self.context, connection, actor, view, due_before)

    def tasks(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> list[Task]:
        """The open tasks of a case that an actor may see."""
        with self.database.reading() as connection:
            row = reading.read_case(self.context, connection, case_id, actor)
            found = {one.occurrence: one for one in files.tasks_of(connection, row.id)}
            return [tasks.as_task(self.context, connection, one) for one in found.values()]

    def task(self, task_id: TaskId | str, actor: Actor) -> Task:
        """An open task that an actor may see."""
        with self.database.reading() as connection:
            return tasks.find(self.context, connection, task_id, actor)

    def four_eyes(self, task: Task, actor: Actor) -> list[str]:
        """The elements that an actor did in the case, and for which somebody else has to do this task."""
        with self.database.reading() as connection:
            return tasks.done_before(self.context, connection, task, actor)

    def barred(self, task: Task, names: Collection[str]) -> set[str]:
        """Those among some people who may not do a task, because of what they did in its case: four eyes."""
        with self.database.reading() as connection:
            return set(tasks.barred(self.context, connection, task, names))

    def claim(self, task_id: TaskId | str, *, by: Actor) -> Task:
        """Take a task for oneself; Conflict where somebody else has."""
        return settled(self.context, lambda c: tasks.claim(self.context, c, task_id, by))

    def release(self, task_id: TaskId | str, *, by: Actor) -> Task:
        """Give a claimed task back to its groups."""
        return settled(self.context, lambda c: tasks.release(self.context, c, task_id, by))

    def assign(self, task_id: TaskId | str, *, to: str, by: Actor, reason: str = "") -> Task:
        """Give a task to somebody."""
        return settled(self.context, lambda c: tasks.assign(self.context, c, task_id, to, by, reason))

    def complete(self, task_id: TaskId | str, values: Mapping[str, Any] | None = None, *, by: Actor) -> Case:
        """Complete a task; InvalidForm, Conflict, NotAllowed or StepFailed, after which nothing has happened."""
        given = {} if values is None else values
        return self._done(lambda c: tasks.complete(self.context, c, task_id, given, by))

    def draft(self, task_id: TaskId | str, actor: Actor) -> dict[str, Any] | None:
        """What an actor has typed into a task's form so far."""
        with self.database.reading() as connection:
            return tasks.read_draft(self.context, connection, task_id, actor)

    def save_draft(self, task_id: TaskId | str, values: Mapping[str, Any], *, by: Actor) -> None:
        """Keep what somebody has typed so far; it goes when the task is completed."""
        settled(self.context, lambda c: tasks.save_draft(self.context, c, task_id, values, by))

    def drafts(self, actor: Actor, *, limit: int = 50, after: TaskId | str | None = None) -> list[Draft]:
        """The open tasks that an actor has begun to fill in, the last kept first; `after` ends the page before."""
        with self.database.reading() as connection:
            return tasks.drafts_of(self.context, connection, actor, limit, after)

    def done(self, actor: Actor, *, since: datetime, limit: int = 50, after: str | None = None) -> list[Any]:
        """The tasks that an actor has completed since a moment, newest first; `after` (case.seq) ends a page."""
        with self.database.reading() as connection:
            return reading.done_by(self.context, connection, actor, since, limit, after)

    # Messages, timers, jobs

    def send(
        self,
        name: str,
        payload: Mapping[str, Any] | None = None,
        correlate: Mapping[str, Any] | None = None,
        *,
        by: Actor,
        case: CaseId | str | None = None,
        message_id: str | None = None,
    ) -> Case | None:
        """Hand a message to the one case that waits for it; None where nobody does yet and it is kept."""
        taken = self._taken(lambda c: messages.send(self.context, c, name, payload, correlate, case, by, message_id))
        return taken.case if taken else None

    def kept_messages(self, *, limit: int = 200, after: int | None = None) -> list[KeptMessage]:
        """The messages that nobody waits for yet, newest first; `after` is the last of the page before."""
        with self.database.reading() as connection:
            return messages.kept(self.context, connection, limit, after)

    def run_due(self, limit: int | None = None) -> int:
        """Run due timers and jobs, and what they make due; how many were run."""
        return run.run_due(self.context, limit)

    def next_due(self) -> datetime | None:
        """When the next timer or job is due."""
        found = run.next_due(self.context)
        return instant(found) if found else None

    def incidents(self, *, open_only: bool = True, limit: int = 200, after: int | None = None) -> list[Incident]:
        """The incidents, newest first; `after` is the last of the page before."""
        with self.database.reading() as connection:
            return files.all_incidents(connection, open_only=open_only, limit=limit, after=after)

    # History

    def history(self, case_id: CaseId | str, actor: Actor = SYSTEM) -> list[Step]:
        """The steps of a case, in their order."""
        with self.database.reading() as connection:
            row = reading.read_case(self.context, connection, case_id, actor)
            return [step_of(one) for one in files.steps_of(connection, row.id)]

    def reveal(self, reference: Mapping[str, str], actor: Actor, *, reason: str) -> Any:
        """The value behind a reference; who looked, when and why is written down."""
        if not reason.strip():
            raise Refusal("Say why you need to see this.")
        demand_short(reason)
        with self.database.writing() as connection:
            case_id, _, _ = place(reference)
            reading.read_case(self.context, connection, str(case_id), actor)
            found = look_up(connection, reference, custody=actor.any_of(self.policy.custodians))
            row = {"case_id": case_id, "reference": reference["$vault"], "actor": actor.name}
            connection.execute(insert(reading_table).values(**row, at=self.context.now_text(), reason=reason.strip()))
            return found


def open_engine(
    url: str,
    *,
    clock: Clock | None = None,
    operators: Operators | None = None,
    policy: Policy | None = None,
    formats: Formats | None = None,
    lookups: Lookups | None = None,
    groups: Callable[[], frozenset[str]] | None = None,
    reader: Reader = answer,
    observer: Observer = nobody,
    signing: Signing | None = None,
    sinks: Mapping[str, Sink] | None = None,
    elsewhere: Elsewhere | None = None,
) -> Engine:
    """Open an engine on a database; its tables are made or, on SQLite, brought to this release.

    `reader` reads the files that are checked: this process, or with `engine.bounded.Readers` children under limits.
    `observer` is told of every step and job, after the commit (`engine.observing`). `elsewhere` lets go of what is
    erased or purged in tables that the engine does not know (`engine.cases.context`).
    """
    database = Database(url)
    try:
        schema.prepare(database)
        context = Context(
            database=database,
            clock=clock or SystemClock(),
            registry=Registry.of(operators),
            policy=policy or Policy(),
            formats=checker(formats),
            lookups=lookups or {},
            groups=groups,
            reader=reader,
            observer=safely(observer),
            signing=signing,
            sinks=sinks or {},
            elsewhere=elsewhere or Elsewhere(),
        )
        with database.reading() as connection:
            fresh = shelf.configured(connection) is None
        if fresh:
            with database.writing() as connection:
                shelf.configure_first(connection, default_content(), context.now_text(), SYSTEM.name)
        retaining.plan_first(context)
    except BaseException:
        database.close()
        raise
    return Engine(context)
