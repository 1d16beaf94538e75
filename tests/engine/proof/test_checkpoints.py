"""Checkpoints: what they cover, what they are bound to, when they are made, and where they go."""

import hashlib
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import NotAllowed, Policy, Refusal
from engine.canonical import canonical, moment
from engine.proof.checkpoints import Leaf
from engine.proof.documents import Document
from engine.proof.merkle import root_from
from engine.proof.signing import Ed25519, is_signed
from tests.engine.people import ANN, AUDREY, BEN, OLGA, SUE
from tests.engine.proof.conftest import KEY
from tests.engine.watching import TAMPERED, count, rows, statements

pytestmark = pytest.mark.databases


def covered(engine, number):
    """What a checkpoint binds of the cases."""
    return [(row["case_id"], row["seq"]) for row in rows(engine, "checkpoint_leaf", number=number)]


def test_a_checkpoint_covers_every_head_once(three):
    made = three.seal()
    assert covered(three, 1) == [(1, 2), (2, 1), (3, 1)]
    heads = {row["id"]: row["head"].hex() for row in rows(three, "case_file")}
    (way,) = three.inclusions("2")
    assert way.leaf == canonical({"case": "2", "head": heads[2], "seq": 1}) and way.checkpoint == made
    assert (way.index, way.size) == (1, 3)
    assert root_from(way.leaf, way.index, way.size, way.path).hex() == made.said["root"]
    assert three.seal() is None and count(three, "checkpoint") == 1
    three.release("1.1.2", by=ANN)
    assert three.seal().number == 2 and covered(three, 2) == [(1, 3)]
    assert [one.number for one in three.checkpoints()] == [2, 1]
    assert [one.checkpoint.number for one in three.inclusions("1")] == [1, 2]


def test_the_body_is_signed_and_bound_to_the_one_before(three):
    first = three.seal()
    three.release("1.1.2", by=ANN)
    second = three.seal()
    assert first.said["prev"] == "0" * 64 and second.said["prev"] == hashlib.sha256(first.body).hexdigest()
    assert first.said == {
        "at": moment(three.clock.now()),
        "cases": 3,
        "key": hashlib.sha256(KEY.public_key).hexdigest(),
        "number": 1,
        "prev": "0" * 64,
        "purges": "0" * 64,
        "records": first.said["records"],
        "root": first.said["root"],
    }
    assert is_signed(KEY.public_key, first.signature, first.body) and not is_signed(
        KEY.public_key, first.signature, second.body
    )
    assert not is_signed(Ed25519(b"o" * 32).public_key, first.signature, first.body)
    assert not is_signed(b"short", first.signature, first.body)


def test_nothing_is_sealed_without_a_key_or_by_somebody(opened, three):
    with pytest.raises(Refusal, match="key"):
        opened().seal()
    for by in (ANN, AUDREY):
        with pytest.raises(NotAllowed):
            three.seal(by=by)
    assert three.seal(by=SUE).number == 1


def test_an_empty_database_is_sealed_with_its_configuration(opened, folder):
    engine = opened(signing=lambda: KEY, sinks={"folder": folder})
    assert engine.seal().said["cases"] == 0
    assert [(row["name"], row["id"]) for row in rows(engine, "checkpoint_record")] == [("configuration", "1")]
    assert engine.seal() is None


# What is new


def test_a_clock_that_is_put_back_by_an_hour(three, clock):
    three.seal()
    clock.advance(hours=-1)
    three.start("loan", by=BEN)
    assert three.seal().said["cases"] == 1 and covered(three, 2) == [(4, 1)]
    clock.advance(hours=2)
    three.start("loan", by=BEN)
    assert three.seal() and covered(three, 3) == [(5, 1)]


def test_a_clock_that_is_put_back_by_a_year(three, clock):
    three.seal()
    clock.advance(days=-365)
    three.start("loan", by=BEN)
    assert three.seal() and covered(three, 2) == [(4, 1)]


def test_a_case_that_is_committed_late(three, clock):
    """Its step is older than the last checkpoint, which could not see it."""
    three.start("loan", by=ANN)
    clock.advance(hours=30)
    with three.database.writing() as connection:
        connection.execute(text("UPDATE case_file SET seq = -1 WHERE id = 4"))
        TAMPERED.add(three.database.url)
    three.seal()
    with three.database.writing() as connection:
        connection.execute(text("UPDATE case_file SET seq = 1 WHERE id = 4"))
    three.seal()
    assert (4, 1) in covered(three, 2)


def test_now_and_then_everything_is_looked_at(three, clock, monkeypatch):
    from engine.proof import checkpoints

    monkeypatch.setattr(checkpoints, "SWEEP", 4)
    three.seal()
    clock.advance(days=10)
    three.start("loan", by=ANN)
    three.seal()
    with three.database.writing() as connection:  # of long ago, and never seen
        connection.execute(text("UPDATE case_file SET head = :head WHERE id = 2"), {"head": b"h" * 32})
        TAMPERED.add(three.database.url)
    clock.advance(days=10)
    for number, found in ((3, [(5, 1)]), (4, [(2, 1), (6, 1)])):
        three.start("loan", by=ANN)
        assert three.seal().number == number and covered(three, number) == found


def test_looking_for_what_is_new_reads_the_index_alone(three):
    from engine.proof import heads

    if not three.database.sqlite:
        pytest.skip("the plan of SQLite is what can be read")
    with three.database.reading() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {heads.TOUCHED.text}"), {"since": "2026"}).all()
    touching = [row.detail for row in plan if "step" in row.detail]
    assert touching and all("ix_step_actor_at" in one for one in touching), plan


def test_two_at_once_seal_once(three):
    from engine.proof import checkpoints

    with three.database.reading() as connection:
        both = [checkpoints.prepare(connection, KEY, three.clock.now()) for _ in range(2)]
    stored = []

    def store(prepared):
        with three.database.writing() as connection:
            stored.append(checkpoints.store(connection, prepared))

    threads = [threading.Thread(target=store, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stored) == [False, True] and count(three, "checkpoint") == 1 and count(three, "checkpoint_leaf") == 3


# Rows beside the histories


def test_what_is_read_decided_or_written_beside_is_bound_too(three):
    three.seal()
    assert {(row["name"], row["id"]) for row in rows(three, "checkpoint_record")} == {
        ("configuration", "1"),
        ("deployment", "loan/1"),
        ("rollout", "loan/1"),
    }
    made = three.configure(parameters={"limit": {"value": 1}}, by=OLGA)
    assert made and three.seal().said["cases"] == 0
    assert [row["id"] for row in rows(three, "checkpoint_record", number=2)] == ["2"]


def test_a_table_that_grows_is_read_from_its_end(three, monkeypatch):
    from engine.proof import records

    monkeypatch.setattr(records, "BATCH", 2)

    def read(number):
        with three.database.writing() as connection:
            row = {"case_id": 1, "reference": "", "actor": "ann", "at": "x", "reason": "y", "kind": "opened"}
            connection.execute(records.reading.insert(), [row] * number)

    read(5)
    three.seal()
    assert [row["id"] for row in rows(three, "checkpoint_record") if row["name"] == "reading"] == [
        "1",
        "2",
        "3",
        "4",
        "5",
    ]
    read(1)
    with statements(three) as seen:
        three.seal()
    assert [row["id"] for row in rows(three, "checkpoint_record", number=2)] == ["6"]
    assert sum("FROM reading" in one for one in seen) == 2, seen


# Outside


def test_each_checkpoint_is_a_file(three, folder):
    made = three.seal()
    ((number, content),) = folder.files()
    document = Document.from_bytes(content)
    assert number == 1 and document.checkpoint == made and document.to_bytes() == content
    assert [(leaf.case_id, leaf.seq) for leaf in document.leaves] == covered(three, 1)
    assert [(one.name, one.id) for one in document.records] == [
        ("configuration", "1"),
        ("deployment", "loan/1"),
        ("rollout", "loan/1"),
    ]
    assert rows(three, "job", kind="publish") == []
    assert [file.name for file in folder.path.iterdir()] == ["checkpoint-000001.json"]


def test_a_file_is_not_written_twice(three, folder):
    three.seal()
    (file,) = folder.path.iterdir()
    document = Document.from_bytes(file.read_bytes())
    folder.put(document)
    file.unlink()
    file.write_bytes(b"other")
    with pytest.raises(Refusal, match="another checkpoint"):
        folder.put(document)
    assert file.read_bytes() == b"other" and len(list(folder.path.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"body":"{}"}', b'{"body":1}', b"\xff"])
def test_a_file_that_is_no_checkpoint(content):
    with pytest.raises(ValueError, match=r".+"):
        Document.from_bytes(content)


class Broken:
    """A place that cannot be reached until it is mended."""

    def __init__(self):
        self.seen, self.broken = [], True

    def put(self, document):
        if self.broken:
            raise OSError("away")
        self.seen.append(document.checkpoint.number)


def test_a_place_that_is_away_is_tried_again(opened, clock):
    place = Broken()
    engine = opened(signing=lambda: KEY, sinks={"away": place})
    assert engine.seal().number == 1 and place.seen == []
    (job,) = rows(engine, "job", kind="publish")
    assert job["attempts"] == 1 and job["run_at"] > moment(clock.now())
    clock.advance(minutes=1)
    engine.run_due()
    assert rows(engine, "job", kind="publish")[0]["attempts"] == 2
    place.broken = False
    clock.advance(minutes=5)
    engine.run_due()
    assert place.seen == [1] and rows(engine, "job", kind="publish") == []


def test_a_place_that_stays_away_is_an_incident(opened, clock):
    engine = opened(signing=lambda: KEY, sinks={"away": Broken()})
    engine.seal()
    for _ in range(20):
        clock.advance(hours=8)
        engine.run_due()
    (found,) = engine.incidents()
    assert (found.element, found.case_id) == ("seal", "0") and "did not reach away" in found.error


# By the clock


def test_a_worker_seals_by_the_clock(opened, three, clock, folder):
    for engine in (three, opened(signing=lambda: KEY), opened()):
        engine.plan_seals()
    (job,) = rows(three, "job", kind="seal")
    assert job["run_at"] == moment(clock.now()) and job["case_id"] == 0
    three.run_due()
    assert [one.number for one in three.checkpoints()] == [1] and len(list(folder.files())) == 1
    (job,) = rows(three, "job", kind="seal")
    assert job["run_at"] == moment(clock.now() + timedelta(hours=1))
    clock.advance(hours=1)
    three.run_due()
    assert len(three.checkpoints()) == 1 and len(rows(three, "job", kind="seal")) == 1


def test_the_plan_goes_on_when_a_checkpoint_cannot_be_made(opened, clock):
    def lost():
        raise OSError("the key is gone")

    engine = opened(signing=lost, policy=Policy(seal_every=timedelta(minutes=10)))
    engine.plan_seals()
    engine.run_due()
    assert [(one.error, one.kind) for one in engine.incidents()] == [("OSError: the key is gone", "checkpoint")]
    assert [row["run_at"] for row in rows(engine, "job", kind="seal")] == [moment(clock.now() + timedelta(minutes=10))]


def test_without_a_key_nothing_is_planned(opened):
    engine = opened()
    engine.plan_seals()
    assert rows(engine, "job") == []


# The document


def test_the_format_says_how_a_leaf_is_written():
    said = (Path(__file__).parents[3] / "docs" / "history-format.md").read_text(encoding="utf-8")
    (leaf,) = re.findall(r"```json leaf\n(.+?)\n```", said)
    head = bytes.fromhex("6f2642cccaa20f2fbaa139a215d394fb79ec20870ae6189bddb9eb96b657517b")
    assert Leaf(case_id=17, seq=2, head=head).content.decode() == leaf


def test_the_format_names_every_field_of_a_body(three):
    said = (Path(__file__).parents[3] / "docs" / "history-format.md").read_text(encoding="utf-8")
    body = three.seal(successor="0" * 64).said
    assert all(f"`{name}`" in said for name in body)
