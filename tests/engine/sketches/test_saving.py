"""Of two who change one file at once one wins; what the other wrote is kept, and files nobody else changed are joined."""

import pytest

from engine import Actor, Conflict, NotFound, Refusal
from engine.sketches import rows as kept_rows
from tests.engine import tiny
from tests.engine.people import OLGA
from tests.engine.watching import rows

pytestmark = pytest.mark.databases

KIM = Actor("kim", groups={"process_owner"})
ASK, LOAN = "forms/ask.json", "loan.bpmn"


@pytest.fixture
def made(engine):
    """A sketch of Olga's at revision 1."""
    return engine.sketch_begin(files={path: body.encode() for path, body in tiny.one_task().items()}, by=OLGA)


def test_saving_counts_and_says_who(engine, made, clock):
    clock.advance(minutes=1)
    saved = engine.sketch_save(made.id, 1, {ASK: b"{}", "note.md": b"x"}, by=KIM)
    assert (saved.revision, saved.changed_by, saved.changed_at) == (2, "kim", clock.now())
    by_path = {one.path: one for one in saved.entries}
    assert (by_path[ASK].revision, by_path[ASK].by, by_path[ASK].body) == (2, "kim", b"{}")
    assert (by_path[LOAN].revision, by_path[LOAN].by) == (1, "olga")
    assert saved.owner == "olga" and saved.digest != made.digest
    gone = engine.sketch_save(made.id, 2, {"note.md": None}, by=OLGA)
    assert gone.revision == 3 and gone.files.keys() == made.files.keys()


def test_what_is_the_same_is_no_revision(engine, made):
    assert engine.sketch_save(made.id, 1, dict(made.files), by=KIM) == made
    assert engine.sketch_save(made.id, 1, {"nothing.json": None}, by=KIM) == made
    assert engine.sketch_save(made.id, 1, {}, by=KIM) == made


def test_files_that_nobody_else_changed_are_joined(engine, made):
    engine.sketch_save(made.id, 1, {ASK: b"{}"}, by=KIM)
    joined = engine.sketch_save(made.id, 1, {LOAN: b"<a/>"}, by=OLGA)
    assert (joined.revision, joined.files[ASK], joined.files[LOAN]) == (3, b"{}", b"<a/>")


def test_the_same_file_is_a_conflict_that_names_who_and_when(engine, made, clock):
    clock.advance(minutes=1)
    engine.sketch_save(made.id, 1, {ASK: b"kim"}, by=KIM)
    clock.advance(minutes=1)
    with pytest.raises(Conflict) as refused:
        engine.sketch_save(made.id, 1, {ASK: b"olga", LOAN: b"<a/>"}, by=OLGA)
    said = refused.value
    assert (said.by, said.at, said.data["how"]) == ("kim", "2026-03-02T01:01:00.000000Z", "revision")
    assert (said.data["path"], said.data["revision"]) == (ASK, 2)
    now = engine.sketch(made.id, OLGA)
    assert now.files[ASK] == b"kim" and now.files[LOAN] == made.files[LOAN]  # none of it, or all


def test_both_came_to_the_same(engine, made):
    engine.sketch_save(made.id, 1, {ASK: b"{}"}, by=KIM)
    assert engine.sketch_save(made.id, 1, {ASK: b"{}"}, by=OLGA).revision == 2
    assert engine.sketch_lost(made.id, OLGA) == []


def test_what_was_deleted_is_no_longer_there_to_be_changed(engine, made):
    engine.sketch_save(made.id, 1, {ASK: None}, by=KIM)
    with pytest.raises(Conflict):
        engine.sketch_save(made.id, 1, {ASK: b"olga"}, by=OLGA)
    with pytest.raises(Conflict):
        engine.sketch_save(engine.sketch_save(made.id, 2, {LOAN: b"<a/>"}, by=KIM).id, 1, {LOAN: None}, by=OLGA)
    assert engine.sketch_save(made.id, 3, {ASK: b"olga"}, by=OLGA).files[ASK] == b"olga"


@pytest.mark.parametrize("revision", [0, -1, 2, 10**12])
def test_a_revision_that_there_is_not(engine, made, revision):
    with pytest.raises(Refusal) as refused:
        engine.sketch_save(made.id, revision, {ASK: b"x"}, by=OLGA)
    assert refused.value.data["bound"] == "revision" and not isinstance(refused.value, Conflict)


def test_what_is_refused_is_kept_until_it_is_decided(engine, made, clock):
    engine.sketch_save(made.id, 1, {ASK: b"kim"}, by=KIM)
    for _ in range(2):  # sent twice, kept once
        with pytest.raises(Conflict) as refused:
            engine.sketch_save(made.id, 1, {ASK: b"olga"}, by=OLGA)
    (lost,) = engine.sketch_lost(made.id, OLGA)
    assert (lost.id, lost.path, lost.body, lost.revision) == (refused.value.data["lost"], ASK, b"olga", 1)
    assert lost.at == clock.now() and engine.sketch_lost(made.id, KIM) == []
    with pytest.raises(NotFound):
        engine.sketch_forget(made.id, lost.id, by=KIM)
    saved = engine.sketch_save(made.id, 2, {ASK: b"both"}, by=OLGA, settles=lost.id)
    assert saved.files[ASK] == b"both" and engine.sketch_lost(made.id, OLGA) == []


def test_what_is_decided_too_late_is_kept_as_well(engine, made):
    engine.sketch_save(made.id, 1, {ASK: b"kim"}, by=KIM)
    with pytest.raises(Conflict) as refused:
        engine.sketch_save(made.id, 1, {ASK: b"olga"}, by=OLGA)
    engine.sketch_save(made.id, 2, {ASK: b"kim again"}, by=KIM)
    with pytest.raises(Conflict):
        engine.sketch_save(made.id, 2, {ASK: b"both"}, by=OLGA, settles=refused.value.data["lost"])
    assert [one.body for one in engine.sketch_lost(made.id, OLGA)] == [b"both", b"olga"]


def test_a_deletion_can_lose_too(engine, made):
    engine.sketch_save(made.id, 1, {ASK: b"kim"}, by=KIM)
    for _ in range(2):
        with pytest.raises(Conflict):
            engine.sketch_save(made.id, 1, {ASK: None}, by=OLGA)
    assert [one.body for one in engine.sketch_lost(made.id, OLGA)] == [None]


def test_of_many_lost_texts_the_last_stay(engine, made, monkeypatch):
    from engine.sketches import saving

    monkeypatch.setattr(saving, "MOST_LOST", 3)
    engine.sketch_save(made.id, 1, {ASK: b"kim"}, by=KIM)
    for number in range(5):
        with pytest.raises(Conflict):
            engine.sketch_save(made.id, 1, {ASK: f"{number}".encode()}, by=OLGA)
    assert [one.body for one in engine.sketch_lost(made.id, OLGA)] == [b"4", b"3", b"2"]


def test_what_a_file_was_is_known_for_a_while(engine, made, monkeypatch):
    monkeypatch.setattr(kept_rows, "MOST_PAST", 3)
    first = made.files[ASK]
    engine.sketch_save(made.id, 1, {ASK: b"2"}, by=KIM)
    engine.sketch_save(made.id, 2, {"new.json": b"3"}, by=KIM)
    engine.sketch_save(made.id, 3, {ASK: None}, by=KIM)
    said = [engine.sketch_state(made.id, ASK, revision, OLGA) for revision in (1, 2, 3, 4)]
    assert said == [(True, first), (True, b"2"), (True, b"2"), (True, None)]
    assert engine.sketch_state(made.id, "new.json", 2, OLGA) == (True, None)
    for revision in (4, 5):
        engine.sketch_save(made.id, revision, {ASK: f"{revision + 1}".encode()}, by=KIM)
    assert engine.sketch_state(made.id, ASK, 3, OLGA) == (False, None)
    assert len([row for row in rows(engine, "sketch_file") if row["path"] == ASK]) == 3


def test_a_base_is_brought_up_to_the_newest(engine):
    engine.deploy(tiny.one_task(), by=OLGA)
    made = engine.sketch_begin(key="loan", by=KIM)
    newer = engine.deploy(tiny.one_task(forms_ask=tiny.form(title="Newer")), by=OLGA)
    other = engine.deploy(tiny.one_task("other"), by=OLGA)
    with pytest.raises(NotFound):
        engine.sketch_rebase(made.id, 1, other.bundle, {}, by=KIM)
    with pytest.raises(NotFound):
        engine.sketch_rebase(made.id, 1, "0" * 64, {}, by=KIM)
    now = engine.sketch_rebase(made.id, 1, newer.bundle, {}, by=KIM)  # nothing is taken over, but it was decided
    assert (now.base, now.revision, now.files) == (newer.bundle, 2, made.files)
    assert engine.sketch_rebase(made.id, 2, newer.bundle, {}, by=KIM).revision == 2
