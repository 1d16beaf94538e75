"""Every column of every table in turn, every row put in, deleted, exchanged: whatever somebody changes is found.

The list is made from the tables themselves. A column that is new fails here until it is found, or named with a reason.
"""

import json
from contextlib import suppress

import pytest
from sqlalchemy import LargeBinary, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from engine import SYSTEM, Operator
from engine.history.verify import verify
from engine.proof.verify import verify_whole
from engine.store import files
from engine.store.tables import metadata
from tests.engine import tiny
from tests.engine.people import ANN, AUDREY, OLGA
from tests.engine.proof.conftest import KEY
from tests.engine.spiff.xmls import END, line, timer
from tests.engine.watching import count, unguarded

# What nobody finds, and why it proves nothing. A table without a column after the point is left out whole.
# Of jobs, those that follow from a history count: what is planned for no case, or reminds somebody, is no proof.
NO_PROOF = {
    "draft": "what somebody has typed and not sent; it goes with the task",
    "incident": "a list of work for technical staff; what was done about it are steps",
    "message": "a letter-box; what was taken out of it is a step",
    "sketch": "what a process owner works on; what came of it is a proposal",
    "sketch_file": "the files of it",
    "sketch_lost": "what somebody could not save, until he has decided what becomes of it",
    "sketching": "who has it open",
    "batch": "a question that can be asked again; what a migration did are steps",
    "batch_case": "its answers",
    "walk": "what was counted of a finished case; `fundcase insight --rebuild` counts it again, from the steps",
    "walk_cell": "sums of it",
    "walk_variant": "sums of it",
    "walk_path": "sums of it",
    "walked": "sums of it",
    "walk_mark": "how far it was counted",
    "case_file.idempotency": "what its starter is answered with who asks again; how a case began, its first step says",
    "job.leased_until": "which worker has it at hand now",
    "job.attempts": "how often it was tried",
    "job.hops": "how many jobs led to it in a row; it only says when a ring of them is stopped",
    "job.n": "a number without meaning",
    "job.seq": "which step wrote it",
    "job.run_at": "when it is tried next; a timer does not fire before its moment, whatever stands here",
    "vault.field": "under which name a value was kept; that it is the value is bound",
    "purge.id": "the order of the rows, which their hashes say",
}
EVERYTHING = sorted(name for name in metadata.tables if name not in NO_PROOF)
SOME = ["case_file", "checkpoint_leaf", "purge", "step", "task"]


@pytest.fixture
def office(opened, folder):
    """A database in which every table that proves something has rows, all of them sealed, and the folder outside."""
    engine = opened(
        signing=lambda: KEY, sinks={"folder": folder}, operators=[Operator(name="mail/send", kind="remote", run=dict)]
    )
    fill(engine)
    engine.seal()
    purge_one(engine)
    engine.claim("2.1.2", by=ANN)
    engine.seal()
    assert problems(engine, folder) == []
    assert [name for name in EVERYTHING if not count(engine, name)] == []
    return engine


def fill(engine):
    """Cases with personal values, tasks, timers, subscriptions and questions; papers, readings, proposals, a hold."""
    engine.deploy(process(), by=OLGA)
    engine.deploy(tiny.one_task("gift"), by=OLGA)
    declare(engine)
    engine.configure(parameters={"limit": {"value": 1}}, by=OLGA, reason="r")
    for who in ("C1", "C2", "C3"):
        engine.start("loan", {"who": who, "phone": "13900000000"}, by=ANN)
    for case_id in ("1", "3"):
        engine.complete(f"{case_id}.1.2", {"approved": True, "note": "fine"}, by=ANN)
    for reason in ("bad", "worse"):
        proposal = engine.propose(tiny.two_tasks(reason), by=OLGA, reason=reason)
        engine.reject(proposal.id, by=OLGA)
    reference = engine.history("1")[0].input["data"]["phone"]
    for _ in range(2):
        engine.reveal(reference, AUDREY, reason="to ring back")
    beside(engine)


def declare(engine):
    """Two mappings between two versions."""
    old = engine.deployments("gift")[0].bundle
    new = engine.deploy(tiny.one_task("gift", before=tiny.ask("first")), by=OLGA).bundle
    for one, other in ((old, new), (new, old)):
        engine.declare(one, other, by=OLGA)


def beside(engine):
    """Rows that other parts of the engine write."""
    at = "2026-03-02T01:00:00.000000Z"
    paper = {
        "kind": "note",
        "at": at,
        "by": "audrey",
        "case_id": 1,
        "seq": 1,
        "sample": 1,
        "severity": "low",
        "text": "x",
    }
    sample = {"at": at, "by": "audrey", "seed": "s", "size": 1, "filters": "{}", "population": 3, "digest": "d"}
    with engine.database.writing() as connection:
        for _ in range(2):
            connection.execute(insert(metadata.tables["sample"]).values(**sample, cases="[1]", reason="r"))
            connection.execute(insert(metadata.tables["paper"]).values(**paper, replaces=None))
        connection.execute(insert(metadata.tables["paper"]).values(**paper, replaces=1))
        proposal = {
            "base": engine.configuration().digest,
            "digest": engine.configuration().digest,
            "at": at,
            "by": "olga",
        }
        for _ in range(2):
            decided = {"decision": "rejected", "decided_at": at, "decided_by": "olga", "remark": "no"}
            table = metadata.tables["configuration_proposal"]
            connection.execute(insert(table).values(**proposal, reason="r", **decided))
    for case_id in ("1", "2"):
        engine.hold(case_id, by=SYSTEM, reason="a court asks")


def process():
    """A process with everything that leaves rows: a personal field, a timer, a message, an operator, two tasks."""
    fields = {"who": {"type": "string"}, "phone": {"type": "string", "x-personal": True}}
    paid = tiny.boundary("paid", "work", tiny.message("paid"))
    late = tiny.boundary("late", "work", timer("&quot;PT9H&quot;"), interrupting=False)
    ends = "".join(f'<bpmn:endEvent id="e{n}" name="e{n}"/>' for n in (2, 3, 4))
    body = (
        tiny.begin()
        + tiny.ask("first", dueIn="4 bh")
        + '<bpmn:parallelGateway id="split" name="split"/>'
        + tiny.ask("work", candidateGroups="csr,pm", dueIn="4 bh")
        + paid
        + late
        + tiny.call("mail", "mail/send")
        + ends
        + END
        + line("start", "first", "split", "work", "end")
        + line("split", "mail", "e2")
        + line("paid", "e3")
        + line("late", "e4")
    )
    said = {"customer": "who", "subject": "who"}
    start = json.dumps({"type": "object", "properties": fields})
    return tiny.bundle("loan", body, tiny.messages("paid"), process=said, forms_start=start)


def purge_one(engine):
    """Two cases that were purged, one after the other."""
    from tests.engine.proof.test_whole import purge

    for _ in range(2):
        case = engine.start("gift", by=ANN)
        engine.seal()
        purge(engine, int(case.id))


# Tampering


class Undo(Exception):
    """Ends a transaction without a trace."""


def is_found(engine, folder, case_ids, statements):
    """Whether some statements are found; then everything is as before. None where the database refuses them."""
    found = None
    with suppress(Undo), unguarded(engine) as connection:
        try:
            for statement in statements:
                assert connection.execute(statement).rowcount != 0
        except DBAPIError:
            raise Undo from None
        found = any(problems_of(connection, engine.context.shelf, folder, case_ids))
        raise Undo
    return found


def problems(engine, folder):
    """All that is wrong."""
    with engine.database.reading() as connection:
        return list(problems_of(connection, engine.context.shelf, folder))


def problems_of(connection, shelf, folder, first=()):
    """All that is wrong, in the cases and beside them; the cases first that are said to be so."""
    there = files.all_ids(connection)
    for case_id in sorted(there, key=lambda one: one not in first):
        if case_id not in first:
            break
        yield from verify(connection, shelf, case_id).problems
    yield from verify_whole(connection, shelf, folder).problems
    for case_id in there:
        yield from verify(connection, shelf, case_id).problems


def stored(engine, table):
    """The rows of a table in the order of its key."""
    with engine.database.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key.columns)).mappings())


def here(table, row):
    """The condition that finds a row."""
    return [column == row[column.name] for column in table.primary_key.columns]


def others(column, value):
    """Values that a column may be given in the place of its own."""
    if isinstance(column.type, LargeBinary):
        yield bytes([*(value or b"")[:-1], ((value or b"\0")[-1]) ^ 1])
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int) or (value is None and column.type.python_type is int):
        yield (value or 0) + 1
        yield (value or 0) + 77
    else:
        yield f"{(value or '')[:-1]}{'y' if (value or '').endswith('x') else 'x'}"
    if column.nullable and value is not None:
        yield None


def edits(table, rows):
    """Each column of the first and the last row with another value."""
    for row in {id(row): row for row in (rows[0], rows[-1])}.values():
        for column in table.columns:
            if f"{table.name}.{column.name}" not in NO_PROOF:
                for value in others(column, row[column]):
                    yield (
                        f"{table.name}.{column.name} = {value!r} in {here_of(table, row)}",
                        [update(table).where(*here(table, row)).values({column: value})],
                    )


def here_of(table, row):
    return {column.name: row[column.name] for column in table.primary_key.columns}


def deletions(table, rows):
    """The first row, the last row, all rows."""
    for row in (rows[0], rows[-1]):
        yield f"{table.name} without {here_of(table, row)}", [delete(table).where(*here(table, row))]
    yield f"{table.name} emptied", [delete(table)]


def exchanges(table, rows):
    """Two rows that change places: each keeps its key and takes what else the other has."""
    if len(rows) < 2 or table.name == "job":  # which of two jobs has which number means nothing
        return
    first, second = rows[0], rows[1]
    kept = {column.name for column in table.primary_key.columns}
    rest = [
        column for column in table.columns if column.name not in kept and f"{table.name}.{column.name}" not in NO_PROOF
    ]
    if any(first[column] != second[column] for column in rest):
        unique = {
            column.name: f"~{first[column]}" for column in rest if column.unique and isinstance(first[column], str)
        }
        yield (
            f"{table.name}: {here_of(table, first)} and {here_of(table, second)} exchanged",
            [
                *([update(table).where(*here(table, first)).values(unique)] if unique else []),
                update(table).where(*here(table, second)).values({column: first[column] for column in rest}),
                update(table).where(*here(table, first)).values({column: second[column] for column in rest}),
            ],
        )


# A row that looks like one that the product itself has just written is not found; the next checkpoint binds it.
ADDED = {"reading", "paper", "sample", "proposal", "configuration_proposal", "vault"}


def additions(table, rows):
    """The last row once more, under another key."""
    if table.name in ADDED:
        return
    for column in table.primary_key.columns:
        for value in others(column, rows[-1][column]):
            if value is not None and f"{table.name}.{column.name}" not in NO_PROOF:
                yield (
                    f"{table.name} with {column.name} = {value!r} added",
                    [insert(table).values({**rows[-1], column.name: value})],
                )


KINDS = (edits, deletions, exchanges, additions)


def missed(engine, folder, names, kinds=KINDS):
    """The changes that nobody finds, and how many there were."""
    tried, unseen = 0, []
    for name in names:
        table = metadata.tables[name]
        rows = [row for row in stored(engine, table) if name != "job" or row["kind"] in ("timer", "operator")]
        ids = {row.get("case_id", row["id"] if name == "case_file" else 0) for row in (rows[0], rows[-1])}
        for kind in kinds:
            for what, statements in kind(table, rows):
                found = is_found(engine, folder, ids, statements)
                tried += found is not None
                unseen += [what] if found is False else []
    return tried, unseen


def test_what_is_done_to_a_table_is_found(office, folder):
    tried, unseen = missed(office, folder, ["counter", "checkpoint"], [deletions, exchanges, additions])
    assert unseen == [] and tried > 5


@pytest.mark.slow
def test_what_is_done_to_any_table_is_found(office, folder):
    names = EVERYTHING if office.database.sqlite else SOME
    tried, unseen = missed(office, folder, names)
    assert not unseen, "\n".join(unseen)
    assert tried > len(names) * 5


def test_what_is_left_out_is_there_to_be_left_out():
    for name in NO_PROOF:
        table, _, column = name.partition(".")
        assert table in metadata.tables and (not column or column in metadata.tables[table].columns)
