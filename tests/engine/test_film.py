"""A case as of each of its steps: the data of then, what was done then, what was asked; and what a long one costs."""

from time import perf_counter

import pytest
from sqlalchemy import text

from engine.errors import NotFound
from engine.history import film as films
from engine.history.kept import Kept
from engine.model import Actor
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, line
from tests.engine.watching import unguarded
from tests.support.lengthening import lengthen

STRANGER = Actor("eve", {"others"})
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="rate" namespace="x">
<decision id="rate" name="rate"><decisionTable id="t" hitPolicy="FIRST">
<input id="i" label="Amount"><inputExpression id="e" typeRef="number"><text>amount * 2</text></inputExpression></input>
<output id="o" name="rate" typeRef="number"/>
<rule id="low"><inputEntry id="a"><text>&lt; 100</text></inputEntry><outputEntry id="b"><text>1</text></outputEntry></rule>
<rule id="all"><inputEntry id="c"><text>-</text></inputEntry><outputEntry id="f"><text>2</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def rated():
    """A case that asks a table of its own after its task."""
    table = el(
        "businessRuleTask",
        "decide",
        tiny.extensions("<spiffworkflow:calledDecisionId>rate</spiffworkflow:calledDecisionId>"),
    )
    body = START + tiny.ask("ask") + table + tiny.ask("last") + END + line("start", "ask", "decide", "last", "end")
    form = tiny.form({"amount": {"type": "number"}, "note": {"type": "string"}}, required=("amount",))
    return tiny.bundle("loan", body, forms_ask=form) | {"rate.dmn": TABLE}


@pytest.fixture
def long(engine):
    """A case that goes round and round."""
    engine.deploy(tiny.rounds(), by=OLGA)
    case = engine.start("rounds", by=ANN)
    lengthen(engine, case.id, 230, lambda seq: {"approved": False, "note": f"round {seq}"})
    return case


def test_every_step_has_its_data(engine, long):
    film = engine.film(long.id, ANN)
    for seq in (1, 2, 49, 50, 51, 120, 230, 3):
        moment = film.moment(seq)
        assert moment.known and moment.step.seq == seq
        assert moment.after.data.get("note") == (f"round {seq}" if seq > 1 else None)
        assert moment.before.data.get("note") == (f"round {seq - 1}" if seq > 2 else None)
        assert film.still(seq).says((), "ask") == ("active", seq)
        assert film.still(seq).says((), "back") == (("travelled", 0) if seq > 1 else ("", 0))


def test_frames_say_what_each_step_changed(engine, long):
    before, frames = engine.film(long.id).frames(2, 4)
    assert before.seq == 1 and [step.seq for step, _, _ in frames] == [2, 3, 4]
    marks = before.marks(())
    for _, frame, after in frames:
        marks |= frame.changed.get((), {})
        assert marks == after.marks(())
    assert marks["ask"] == ("active", 4) and marks["enough"] == ("done", 3)


def test_parts_and_who_is_spoken_of(engine):
    engine.deploy(tiny.one_task(), by=OLGA)
    case = engine.start("loan", by=ANN)
    engine.claim(f"{case.id}.1.2", by=ANN)
    engine.cancel(case.id, by=ANN, reason="enough")
    film = engine.film(case.id)
    assert list(film.numbers("all")) == [1, 2, 3] and list(film.numbers("people")) == [1, 2, 3]
    assert list(film.numbers("interventions")) == [3] and list(film.numbers("decisions")) == []
    assert film.scene(1).cast == {} and film.scene(2).cast[2].kind == film.scene(3).cast[2].kind == "offered"
    assert film.still(3).says((), "ask") == ("cancelled", 1)


def test_what_a_table_was_asked(engine):
    engine.deploy(rated(), by=OLGA)
    case = engine.start("loan", by=ANN)
    engine.complete(f"{case.id}.1.2", {"amount": 70}, by=ANN)
    film = engine.film(case.id)
    (asked,) = film.asked(film.moment(2))
    assert (asked.decision.id, asked.inputs) == ("rate", (140,))
    assert film.asked(film.moment(1)) == []


def test_a_stranger_sees_no_film(engine, long):
    with pytest.raises(NotFound):
        engine.film(long.id, STRANGER)
    with pytest.raises(KeyError):
        engine.film(long.id).step(231)


def test_a_long_replay_is_paid_for_in_portions(engine, long, monkeypatch):
    monkeypatch.setattr(films, "MOST", 100)
    film = engine.film(long.id)
    assert [film.moment(230).missing for _ in range(3)] == [130, 30, 0]
    assert film.moment(230).after.data["note"] == "round 230"
    assert film.moment(10).known


def test_what_does_not_follow_is_not_shown(engine, long):
    with unguarded(engine) as connection:
        changed = b'{"config":"","element":"ask","task":1,"values":{"approved":false,"note":"never"}}'
        connection.execute(text("update step set input = :input where seq = 60"), {"input": changed})
    film = engine.film(long.id)
    assert film.moment(59).known
    moment = film.moment(70)
    assert not moment.known and moment.difference.seq == 60
    assert film.still(70).says((), "ask") == ("active", 70)


def test_the_shelf_holds_no_more_than_its_room():
    kept = Kept(room=100)
    for number in range(10):
        kept.put(number, f"thing {number}", 30)
        assert kept.get(0) == "thing 0" and kept.used <= 100
    assert [number for number in range(10) if kept.get(number)] == [0, 8, 9]


def cost(film, seq):
    """Seconds for everything that a page asks of a step, the least of some tries."""
    found = []
    for _ in range(5):
        begin = perf_counter()
        film.moment(seq), film.still(seq), film.frames(seq - 5, seq + 5)
        found.append(perf_counter() - begin)
    return min(found)


def test_the_end_of_a_long_case_costs_what_its_beginning_does(engine, steps=600):
    engine.deploy(tiny.rounds(), by=OLGA)
    case = engine.start("rounds", by=ANN)
    lengthen(engine, case.id, steps, lambda seq: {"approved": False, "note": f"round {seq}"})
    film = engine.film(case.id)
    while film.moment(steps).missing:
        pass
    assert cost(film, steps - 15) < 4 * cost(film, 35)


@pytest.mark.parametrize("most", [0, 1, 6, 60, 300])
def test_the_ending_is_the_case_before_its_last_steps_and_now(engine, long, most):
    film = engine.film(long.id, ANN)
    before, steps, now = film.ending(most)
    first = max(230 - most, 0)
    assert [step.seq for step in steps] == list(range(first + 1, 231)) and (before.seq, now.seq) == (first, 230)
    assert before.marks(()) == film.still(first).marks(()) and before.known == film.still(first).known
    assert now.marks(()) == film.still(230).marks(()) and now.says((), "ask") == ("active", 230)
