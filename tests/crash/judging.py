"""What has to be true after whatever happened: of every case, of every row beside it, and of what clients were told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from sqlalchemy import and_, exists, func, select, text

from engine import SYSTEM, Engine, Step
from engine.canonical import instant, read
from engine.store.tables import case, draft, job, message, step, subscription, task, vault

from .ledger import ANSWERED, REFUSED, Entry, entries, of_state
from .stand_in import CALLS, notes
from .waiting import until

OF_CASES = (task, job, subscription, draft)


def judge(engine: Engine, folder: Path) -> Counter[str]:
    """Check everything; how much there was of what, for whoever wants to see that it was enough."""
    asked = entries(folder)
    histories = {case_id: engine.history(str(case_id)) for case_id in engine.case_ids()}
    every_case_is_sound(engine)
    nothing_is_without_owner(engine)
    what_was_answered_is_there_once(asked, histories.values())
    messages_are_whole(engine, asked)
    drafts_are_whole(engine, asked)
    operators_were_called(histories, notes(folder / CALLS))
    books_and_hand_overs_agree(engine, histories)
    timers_fire_once_and_not_early(histories)
    steps = Counter(one.kind for steps in histories.values() for one in steps)
    return steps + Counter(f"{entry.what} {entry.state}" for entry in asked)


def settle(engine: Engine, work: Callable[[], object] = int) -> None:
    """Wait until whoever works, or `work` here, has nothing more to do now: no job is due but starts by the clock, none held.

    What was killed while it worked still holds its jobs until the lease is over, those of no case too.
    """

    def rests() -> bool:
        work()
        with engine.database.reading() as connection:
            due = and_(job.c.run_at <= engine.context.now_text(), job.c.kind != "plan")
            return not connection.execute(select(exists().where(due | job.c.leased_until.is_not(None)))).scalar_one()

    until(rests, "no job is due or held by anybody", patience=120)


def finish(engine: Engine) -> None:
    """Do all that is left to do, so that every case comes to its end; what hangs does not."""
    engine.start("ring", {"token": "the last"}, by=SYSTEM)

    def done() -> bool:
        engine.run_due()
        for row in open_tasks(engine):
            engine.complete(row, {"note": "at last"}, by=SYSTEM)
        for waiting in engine.cases(key="parcel", status="open", limit=1000):
            if "paid" in {one.name for one in engine.awaited(waiting.id)}:
                engine.send("paid", {"note": "at last"}, {"token": waiting.data["token"]}, by=SYSTEM)
        return not engine.cases(status="open", limit=1)

    until(done, "every case comes to its end", patience=300)
    every_case_is_sound(engine)
    no_incidents(engine)


def open_tasks(engine: Engine) -> list[str]:
    """The ids of all open tasks."""
    with engine.database.reading() as connection:
        rows = connection.execute(select(task.c.case_id, task.c.seq, task.c.occurrence).distinct())
        return [".".join(map(str, row)) for row in rows]


def every_case_is_sound(engine: Engine) -> None:
    """Chain, replay, state and read tables of every case, by the product's own verification; time runs forward."""
    found = {case_id: engine.verify(str(case_id)).problems for case_id in engine.case_ids()}
    assert {case_id: problems for case_id, problems in found.items() if problems} == {}
    with engine.database.reading() as connection:
        rows = connection.execute(select(step.c.case_id, step.c.at).order_by(step.c.case_id, step.c.seq)).all()
    later = [(a, b) for a, b in pairwise(rows) if a.case_id == b.case_id and a.at > b.at]
    assert later == []


def nothing_is_without_owner(engine: Engine) -> None:
    """No row beside a case that is not open, no open case with nothing that could move it, no job laid aside or held."""
    is_open = select(case.c.id).where(case.c.status == "open")
    with engine.database.reading() as connection:
        for table in OF_CASES:
            lost = select(table.c.case_id).where(table.c.case_id != 0, table.c.case_id.not_in(is_open))
            assert connection.execute(lost).all() == [], f"rows of {table.name} without an open case"
        drafts = select(draft).where(
            ~exists().where(task.c.case_id == draft.c.case_id, task.c.occurrence == draft.c.occurrence)
        )
        assert connection.execute(drafts).all() == [], "drafts without a task"
        moved = [exists().where(table.c.case_id == case.c.id) for table in (task, job, subscription)]
        still = select(case.c.id).where(case.c.status == "open", *(~one for one in moved))
        assert connection.execute(still).all() == [], "cases that nothing moves any more"
        held = select(job).where(job.c.leased_until.is_not(None) | job.c.run_at.is_(None))
        assert connection.execute(held).all() == [], "jobs that are held or laid aside"
        plans = connection.execute(select(func.count()).where(job.c.kind == "plan")).scalar_one()
        assert plans == 1, f"{plans} next starts by the clock"
    no_incidents(engine)


def no_incidents(engine: Engine) -> None:
    """Nothing is left for a person to look at."""
    assert [f"{one.case_id} {one.element}: {one.error}" for one in engine.incidents()] == []


def what_was_answered_is_there_once(asked: Iterable[Entry], histories: Iterable[list[Step]]) -> None:
    """Each answered token is in the history once, a refused one never, one without an answer at most once."""
    asked = [entry for entry in asked if entry.what in ("start", "complete", "send")]
    counted = Counter(token for steps in histories for one in steps for token in tokens_of(one))
    lost = [one for one in of_state(asked, ANSWERED) if counted[one.token] == 0 and not kept(one)]
    doubled = [one for one in asked if counted[one.token] > 1]
    undone = [one for one in of_state(asked, REFUSED) if counted[one.token]]
    assert (lost, doubled, undone) == ([], [], [])


def kept(entry: Entry) -> bool:
    """Whether a message was answered by keeping it until somebody waits for it: `messages_are_whole` looks for it."""
    return entry.what == "send" and entry.said.get("case") is None


def tokens_of(one: Step) -> Iterator[str]:
    """The token that an input from outside carries: of a start, a form or a message."""
    if one.actor == SYSTEM.name:
        return
    given = {"started": "data", "completed": "values", "received": "payload"}.get(one.kind)
    said = one.input.get(given, {}) if given else {}
    yield from (said[name] for name in ("token", "note") if name in said)


def messages_are_whole(engine: Engine, asked: Iterable[Entry]) -> None:
    """Every message that was answered is taken or waits; what waits has its content in the vault, and nothing else."""
    with engine.database.reading() as connection:
        rows = {row.message_id: row for row in connection.execute(select(message))}
        contents = dict(connection.execute(select(vault.c.case_id, vault.c.value).where(vault.c.case_id < 0)).all())
    sent = [entry for entry in asked if entry.what == "send"]
    assert [one for one in of_state(sent, ANSWERED) if one.token not in rows] == []
    waiting = {-row.id: row.message_id for row in rows.values() if row.status == "waiting"}
    assert waiting.keys() == contents.keys()
    assert {key: read(bytes(value))["note"] for key, value in contents.items()} == waiting


def drafts_are_whole(engine: Engine, asked: Iterable[Entry]) -> None:
    """The draft of an open task is the last that its person was told is kept, or one that came after it."""
    with engine.database.reading() as connection:
        rows = connection.execute(select(draft)).all()
        open_ones = {tuple(row) for row in connection.execute(select(task.c.case_id, task.c.occurrence))}
    there = {(row.case_id, row.occurrence, row.person): read(bytes(row.values))["note"] for row in rows}
    may_be: dict[tuple[int, int, str], list[str | None]] = {}
    for entry in asked:
        if entry.what == "draft" and entry.state != REFUSED:
            case_id, _, occurrence = map(int, entry.said["task"].split("."))
            known = may_be.setdefault((case_id, occurrence, entry.said["person"]), [None])
            known[:] = [entry.token] if entry.state == ANSWERED else [*known, entry.token]
    for key, tokens in may_be.items():
        if key[:2] in open_ones:
            assert there.get(key) in tokens, f"the draft {key} is {there.get(key)} and not of {tokens}"
    assert there.keys() <= may_be.keys()


def operators_were_called(histories: dict[int, list[Step]], calls: list[str]) -> None:
    """Every request has one key, which its operator was given at least once if it has answered, and no other key."""
    counted = Counter(calls)
    keys, answered = set(), set()
    for case_id, steps in histories.items():
        requests = {effect.occurrence: one.seq for one in steps for effect in one.effects if effect.kind == "requested"}
        results = {one.input["operator"]: one.input["result"]["key"] for one in steps if one.kind == "answered"}
        assert results.keys() <= requests.keys()
        for occurrence, key in results.items():
            assert key.startswith(f"{case_id}.{requests[occurrence]}.")
        answered |= set(results.values())
        keys |= {f"{case_id}.{seq}" for seq in requests.values()}
        assert sum(one.kind == "answered" for one in steps) == len(results), "a request was answered twice"
    assert {key for key in answered if not counted[key]} == set()
    assert {key for key in counted if key.rpartition(".")[0] not in keys} == set()


def books_and_hand_overs_agree(engine: Engine, histories: dict[int, list[Step]]) -> None:
    """What a local operator wrote is there once for each step that called it, and so is each case that was asked for."""
    booked, handed = Counter[int](), Counter[int]()
    for case_id, steps in histories.items():
        called = [effect.element for one in steps for effect in one.effects if effect.kind == "answered"]
        booked[case_id] += called.count("book")
        handed[case_id] += called.count("hand")
    with engine.database.reading() as connection:
        lines = Counter(connection.execute(text("SELECT case_id FROM crash_book")).scalars())
        parents = Counter(connection.execute(select(case.c.parent).where(case.c.parent.is_not(None))).scalars())
    assert +booked == lines
    assert +handed == parents


def timers_fire_once_and_not_early(histories: dict[int, list[Step]]) -> None:
    """Every timer that has fired was armed, fired once, and not before its moment."""
    for case_id, steps in histories.items():
        armed = {effect.occurrence: effect.detail for one in steps for effect in one.effects if effect.kind == "armed"}
        fired = [(one.input["timer"], one.at) for one in steps if one.kind == "fired"]
        assert len({timer for timer, _ in fired}) == len(fired), f"a timer of case {case_id} fired twice"
        assert [timer for timer, at in fired if at < instant(armed[timer])] == [], f"case {case_id}"


def answered_by(folder: Path) -> Counter[str]:
    """How many answers each client has had so far."""
    return Counter(entry.client for entry in of_state(entries(folder), ANSWERED))


def goes_on(folder: Path, clients: Collection[str], times: int = 2) -> None:
    """Wait until each of these clients has had some more answers."""
    before = answered_by(folder)
    until(lambda: all(answered_by(folder)[one] >= before[one] + times for one in clients), "all clients go on", 120)


def enough(counts: Counter[str], *kinds: str) -> None:
    """Fail where the load was so small that nothing is proved."""
    wanted = (*(f"{what} {ANSWERED}" for what in ("start", "complete")), *kinds)
    assert all(counts[kind] for kind in wanted), json.dumps(counts)
