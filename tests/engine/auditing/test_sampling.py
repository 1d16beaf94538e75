"""Samples: drawn by seed and ids alone, on record, drawn again."""

import hashlib
from datetime import timedelta

import pytest

from engine import Actor, NotAllowed, NotFound, Refusal
from engine.auditing.population import Selection
from engine.auditing.sampling import digest_of, drawn
from tests.engine.auditing.conftest import CHIEF
from tests.engine.people import AMY, ANN, AUDREY, BEN, OLGA
from tests.engine.watching import rows

WHY = "the yearly audit of loans"


def by_hand(seed, ids, size):
    """The same draw, worked out anew from what the documentation says."""
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode("ascii")).hexdigest())[:size]


def test_a_draw_is_what_the_documentation_says():
    ids = list(range(1, 500))
    assert drawn("2026", ids, 20) == by_hand("2026", ids, 20)
    assert drawn("2026", list(reversed(ids)), 20) == drawn("2026", ids, 20)
    assert drawn("2027", ids, 20) != drawn("2026", ids, 20)
    assert drawn("x", [4], 9) == [4]
    assert digest_of([10, 9]) == hashlib.sha256(b"9\n10\n").hexdigest()


def test_a_sample_is_on_record(office, begun):
    begun(12)
    made = office.draw(Selection(key="loan"), size=5, seed="2026", reason=WHY, by=AUDREY)
    assert list(made.cases) == [str(one) for one in by_hand("2026", range(1, 13), 5)]
    assert (made.by, made.population, made.digest, made.reason) == ("audrey", 12, digest_of(range(1, 13)), WHY)
    assert made.selection == Selection(key="loan") and made.classes == ("normal",)
    assert office.sample(made.id, AUDREY) == made
    assert office.samples(AUDREY) == ([made], None)
    assert len(rows(office, "step")) == 12, "nothing was written into a case"


def test_a_seed_is_drawn_where_none_is_given(office, begun):
    begun(3)
    first, second = (office.draw(Selection(), size=2, reason=WHY, by=AUDREY) for _ in range(2))
    assert first.seed != second.seed and len(first.seed) == 16
    assert list(first.cases) == [str(one) for one in by_hand(first.seed, (1, 2, 3), 2)]


def test_what_a_sample_is_drawn_from(office, three, clock):
    first, second, third = (one.id for one in three)

    def of(**given):
        return sorted(office.draw(Selection(**given), size=9, reason=WHY, by=AUDREY).cases)

    assert of(status="completed") == [first, second]
    assert of(status="open") == [third]
    assert of(outcome="end", until=clock.now()) == [first, second]
    for nothing in ({"since": clock.now()}, {"key": "check"}, {"version": 2}, {"customer": "C1"}):
        with pytest.raises(Refusal, match="No case"):
            of(**nothing)


def test_what_is_drawn_again(office, three, clock):
    made = office.draw(Selection(status="completed"), size=1, seed="s", reason=WHY, by=AUDREY)
    again = office.redraw(made.id, AUDREY)
    assert again.same_population and again.same_cases and (again.later, again.gone) == (0, ())
    clock.advance(hours=1)
    office.complete(office.tasks(three[2].id)[0].id, {"approved": True}, by=BEN)
    again = office.redraw(made.id, AUDREY)
    assert again.same_population and again.same_cases and again.later == 1


def test_a_population_that_is_not_what_it_was(office, three, clock):
    made = office.draw(Selection(status="open"), size=1, reason=WHY, by=AUDREY)
    clock.advance(hours=1)
    office.complete(office.tasks(three[2].id)[0].id, {"approved": True}, by=BEN)
    again = office.redraw(made.id, AUDREY)
    assert not again.same_population and not again.same_cases
    assert again.gone == made.cases and again.population == 0


def test_by_a_deviation(office, three, clock):
    office.suspend(three[2].id, by=Actor("lea", groups={"supervisor", "process_owner"}), reason="the court asks")
    made = office.draw(Selection(deviation="intervention"), size=9, reason=WHY, by=AUDREY)
    assert made.cases == (three[2].id,) and office.redraw(made.id, AUDREY).same_population


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"size": 0}, "size"),
        ({"size": 10**9}, "size"),
        ({"size": -1}, "size"),
        ({"seed": "é"}, "seed"),
        ({"seed": "x" * 65}, "seed"),
        ({"seed": "a\0b"}, "seed"),
        ({"reason": " ok "}, "reason"),
        ({"reason": "because\0"}, "reason"),
    ],
)
def test_what_is_no_draw(office, begun, given, field):
    begun(1)
    with pytest.raises(Refusal) as refused:
        office.draw(Selection(), **{"size": 1, "reason": WHY, "by": AUDREY, **given})
    assert refused.value.data["field"] == field
    assert rows(office, "sample") == []


@pytest.mark.parametrize(
    "given",
    [{"status": "x"}, {"key": "\0"}, {"customer": "x" * 999}, {"version": 10**30}, {"version": -1}, {"deviation": "x"}],
)
def test_what_is_no_filter(office, begun, given):
    begun(1)
    with pytest.raises(Refusal):
        office.draw(Selection(**given), size=1, reason=WHY, by=AUDREY)


def test_only_auditors_draw(office, begun):
    begun(1)
    for who in (ANN, OLGA, AMY):
        with pytest.raises(NotAllowed):
            office.draw(Selection(), size=1, reason=WHY, by=who)
        with pytest.raises(NotAllowed):
            office.samples(who)
    assert rows(office, "sample") == []


def test_a_sample_of_a_class_is_for_those_to_whom_it_is_open(office, begun):
    begun(1)
    office.start("check", by=AMY)
    assert office.draw(Selection(), size=9, reason=WHY, by=AUDREY).population == 1
    made = office.draw(Selection(), size=9, reason=WHY, by=CHIEF)
    assert made.population == 2
    for ask in (office.sample, office.redraw, office.progress, office.papers_of):
        with pytest.raises(NotFound):
            ask(made.id, AUDREY)
    assert [one.id for one in office.samples(AUDREY)[0]] == [1]
    assert office.redraw(made.id, CHIEF).same_cases


def test_samples_go_page_by_page(office, begun):
    begun(1)
    made = [office.draw(Selection(), size=1, reason=WHY, by=AUDREY).id for _ in range(3)]
    first, later = office.samples(AUDREY, limit=2)
    second, end = office.samples(AUDREY, limit=2, after=later)
    assert [one.id for one in (*first, *second)] == made[::-1] and end is None


def test_the_work_on_a_sample(office, three, clock):
    made = office.draw(Selection(status="completed"), size=2, seed="s", reason=WHY, by=AUDREY)
    one, other = made.cases
    office.opened(one, AUDREY)
    office.opened(other, ANN)
    (paper,) = office.verify_sample(made.id, [one, three[2].id], by=AUDREY)
    found = office.write_paper("finding", "no reason", severity="low", case=one, seq=1, sample=made.id, by=AUDREY)
    office.write_paper("note", "elsewhere", case=other, by=AUDREY)
    first, second = office.progress(made.id, AUDREY)
    assert (first.case_id, first.opened_by, first.verified, first.findings) == (one, "audrey", paper, (found,))
    assert (second.opened_at, second.verified, second.notes) == (None, None, ()), "others' reading is not the audit's"
    assert f'"head":"{office.history(one)[-1].hash}"' in paper.text and '"sound":true' in paper.text
    assert first.opened_at - made.at < timedelta(seconds=1)
