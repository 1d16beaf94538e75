"""Who works on a process at the same time sees that, for two minutes of the engine's clock."""

import pytest

from engine import Actor
from engine.sketches import Presence
from tests.engine import tiny
from tests.engine.people import OLGA
from tests.engine.watching import count

KIM = Actor("kim", groups={"process_owner"})


@pytest.fixture
def sketches(engine):
    """A sketch of Olga's and one of Kim's of the same process, and one of another process."""
    engine.deploy(tiny.one_task(), by=OLGA)
    other = {path: body.encode() for path, body in tiny.one_task("other").items()}
    return [
        engine.sketch_begin(key="loan", by=OLGA).id,
        engine.sketch_begin(key="loan", by=KIM).id,
        engine.sketch_begin(files=other, by=KIM).id,
    ]


def test_who_else_is_here(engine, sketches, clock):
    ours, his, other = sketches
    assert engine.sketch_seen(ours, by=OLGA) == []
    began = clock.now()
    clock.advance(seconds=90)
    assert engine.sketch_seen(other, by=KIM) == []
    assert engine.sketch_seen(his, by=KIM) == [Presence(sketch=ours, person="olga", at=began)]
    engine.sketch_seen(ours, by=KIM)
    found = engine.sketch_seen(ours, by=OLGA)
    assert [(one.sketch, one.person) for one in found] == [(ours, "kim"), (his, "kim")]
    assert engine.sketch_others(other, OLGA) == [Presence(sketch=other, person="kim", at=clock.now())]


def test_who_has_gone_is_forgotten(engine, sketches, clock):
    ours, his, _ = sketches
    engine.sketch_seen(ours, by=KIM)
    clock.advance(minutes=2)
    assert [one.person for one in engine.sketch_others(ours, OLGA)] == ["kim"]
    clock.advance(seconds=1)
    assert engine.sketch_others(ours, OLGA) == []
    engine.sketch_seen(ours, by=OLGA)
    assert count(engine, "sketching") == 1
    assert [one.person for one in engine.sketch_others(his, KIM)] == ["olga"]


def test_sketches_without_a_key_know_nothing_of_each_other(engine):
    one, two = engine.sketch_begin(files={}, by=OLGA), engine.sketch_begin(files={}, by=KIM)
    engine.sketch_seen(one.id, by=OLGA)
    assert engine.sketch_seen(two.id, by=KIM) == []
