"""Two at one sketch: of two who save the same file one wins, and what the other wrote is kept for him."""

import pytest

from engine import Actor
from tests.engine import tiny
from tests.engine.concurrency.racing import do, losers, the_loser
from tests.engine.people import OLGA
from tests.engine.watching import count

KIM = Actor("kim", groups={"process_owner"})
ASK = "forms/ask.json"


@pytest.fixture
def sketch(crew):
    """The id of a sketch of Olga's."""
    return crew.engine.sketch_begin(files={path: body.encode() for path, body in tiny.one_task().items()}, by=OLGA).id


def save(sketch, seen, path, who, number):
    return do("sketch_save", sketch, seen, {path: f"{who.name} {number}".encode()}, by=who)


def test_save_against_save(crew, sketch):
    for number in crew.rounds:
        seen = crew.engine.sketch(sketch, OLGA).revision
        lost = the_loser(crew.race(*[save(sketch, seen, ASK, who, number) for who in (OLGA, KIM)]))
        now = crew.engine.sketch(sketch, OLGA)
        assert (now.revision, now.changed_by, now.files[ASK]) == (seen + 1, lost.by, f"{lost.by} {number}".encode())
        assert lost.data["at"] is not None and lost.data["path"] == ASK
        loser = {"olga": KIM, "kim": OLGA}[lost.by]
        assert crew.engine.sketch_lost(sketch, loser)[0].body == f"{loser.name} {number}".encode()


def test_saves_of_two_files(crew, sketch):
    for number in crew.rounds:
        seen = crew.engine.sketch(sketch, OLGA).revision
        found = crew.race(save(sketch, seen, ASK, OLGA, number), save(sketch, seen, "new.json", KIM, number))
        now = crew.engine.sketch(sketch, OLGA)
        assert losers(found) == [] and now.revision == seen + 2
        assert (now.files[ASK], now.files["new.json"]) == (f"olga {number}".encode(), f"kim {number}".encode())


def test_save_against_discard(crew):
    for number in crew.rounds:
        made = crew.engine.sketch_begin(files={ASK: b"{}"}, by=OLGA).id
        saved, discarded = crew.race(save(made, 1, ASK, KIM, number), do("sketch_discard", made, by=OLGA))
        assert discarded.error == "" and saved.error in ("", "NotFound")
    for table in ("sketch", "sketch_file", "sketch_lost"):
        assert count(crew.engine, table) == 0


def test_seen_by_several_at_once(crew, sketch):
    for _ in crew.rounds:
        found = crew.race(*[do("sketch_seen", sketch, by=who) for who in (OLGA, KIM, OLGA, KIM)])
        assert losers(found) == [] and count(crew.engine, "sketching") == 2


def test_merge_against_merge(crew, sketch):
    """Both had lost a text of the file, and both send what they have decided: the other one decides again."""
    engine = crew.engine
    for number in crew.rounds:
        seen = engine.sketch(sketch, OLGA).revision
        crew.race(*[save(sketch, seen, ASK, who, number) for who in (OLGA, KIM, Actor("zoe", KIM.groups))])
        now = engine.sketch(sketch, OLGA)
        losing = [who for who in (OLGA, KIM, Actor("zoe", KIM.groups)) if who.name != now.changed_by]
        merges = []
        for who in losing:
            body = {ASK: f"{who.name} merged {number}".encode()}
            lost = engine.sketch_lost(sketch, who)[0].id
            merges.append(do("sketch_save", sketch, now.revision, body, by=who, settles=lost))
        lost = the_loser(crew.race(*merges))
        after = engine.sketch(sketch, OLGA)
        assert (after.revision, after.changed_by) == (now.revision + 1, lost.by)
        assert after.files[ASK] == f"{lost.by} merged {number}".encode()
        (loser,) = [who for who in losing if who.name != lost.by]
        bodies = [one.body.decode() for one in engine.sketch_lost(sketch, loser)]
        assert bodies[:2] == [f"{loser.name} merged {number}", f"{loser.name} {number}"]
