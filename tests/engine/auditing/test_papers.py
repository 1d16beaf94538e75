"""Working papers: beside the case, never changed, corrected by another one."""

import pytest

from engine import Actor, Conflict, NotAllowed, NotFound, Refusal
from engine.auditing.papers import LONGEST, Asked
from engine.auditing.population import Selection
from tests.engine.auditing.conftest import CHIEF
from tests.engine.people import AMY, ANN, AUDREY, OLGA
from tests.engine.watching import rows

ADA = Actor("ada", groups={"auditor"})


def test_a_paper_stands_beside_the_case(office, three):
    before = rows(office, "step")
    one = office.write_paper("finding", "  no reason given ", severity="high", case="1", seq=2, by=AUDREY)
    assert (one.kind, one.text, one.severity, one.case_id, one.seq) == ("finding", "no reason given", "high", "1", 2)
    assert (one.by, one.sample, one.replaces, one.replaced) == ("audrey", None, None, False)
    assert office.paper(one.id, ADA) == one
    assert rows(office, "step") == before and office.verify("1").sound


def test_a_correction_replaces_and_keeps(office, three):
    first = office.write_paper("finding", "too soon", severity="high", case="1", by=AUDREY)
    second = office.correct_paper(first.id, "in time after all", severity="low", by=AUDREY)
    assert (second.kind, second.case_id, second.replaces) == ("finding", "1", first.id)
    assert office.paper(first.id, AUDREY).replaced and office.paper(first.id, AUDREY).text == "too soon"
    assert [one.id for one in office.papers(AUDREY)[0]] == [second.id]
    assert [one.id for one in office.papers(AUDREY, Asked(replaced=True))[0]] == [second.id, first.id]
    assert [one.text for one in office.papers_before(second.id, AUDREY)] == ["too soon"]
    with pytest.raises(Conflict):
        office.correct_paper(first.id, "again", severity="low", by=AUDREY)
    with pytest.raises(NotAllowed):
        office.correct_paper(second.id, "mine", severity="low", by=ADA)
    assert len(rows(office, "paper")) == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "verified"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"text": "  "}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "x" * (LONGEST + 1)}, "text"),
        ({"severity": "low"}, "severity"),
        ({"kind": "finding"}, "severity"),
        ({"kind": "finding", "severity": "dire"}, "severity"),
        ({"case": None}, "case"),
        ({"case": None, "seq": 1}, "case"),
    ],
)
def test_what_is_no_paper(office, three, given, field):
    said = {"kind": "note", "text": "seen", "case": "1"} | given
    with pytest.raises(Refusal) as refused:
        office.write_paper(said.pop("kind"), said.pop("text"), by=AUDREY, **said)
    assert refused.value.data["field"] == field
    assert rows(office, "paper") == []


@pytest.mark.parametrize("about", [{"case": "99"}, {"case": "x"}, {"case": "1", "seq": 99}, {"case": "1", "seq": 0}])
def test_about_what_is_not_there(office, three, about):
    with pytest.raises(NotFound):
        office.write_paper("note", "seen", by=AUDREY, **about)
    with pytest.raises(NotFound):
        office.write_paper("note", "seen", by=AUDREY, case="1", sample=99)


def test_only_auditors_write_and_read_papers(office, three):
    one = office.write_paper("note", "seen", case="1", by=AUDREY)
    for who in (ANN, OLGA, AMY):
        for attempt in (
            lambda who=who: office.write_paper("note", "x", case="1", by=who),
            lambda who=who: office.correct_paper(one.id, "x", by=who),
            lambda who=who: office.paper(one.id, who),
            lambda who=who: office.papers(who),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    assert len(rows(office, "paper")) == 1


def test_papers_about_a_confidential_case_are_confidential(office, three):
    secret = office.start("check", by=AMY)
    one = office.write_paper("note", "seen", case=secret.id, by=CHIEF)
    drawn = office.draw(Selection(), size=9, reason="all of it", by=CHIEF)
    other = office.write_paper("note", "a strange lot", sample=drawn.id, by=CHIEF)
    for paper in (one, other):
        with pytest.raises(NotFound):
            office.paper(paper.id, AUDREY)
    with pytest.raises(NotFound):
        office.write_paper("note", "me too", case=secret.id, by=AUDREY)
    assert office.papers(AUDREY) == ([], None)
    assert [paper.id for paper in office.papers(CHIEF)[0]] == [other.id, one.id]


def test_papers_are_chosen_and_paged(office, three):
    drawn = office.draw(Selection(), size=3, reason="all of it", by=AUDREY)
    for text in "abc":
        office.write_paper("note", text, case="1", by=AUDREY)
    office.write_paper("finding", "d", severity="low", sample=drawn.id, by=ADA)
    office.verify_sample(drawn.id, ["1"], by=AUDREY)

    def texts(**asked):
        return [one.text for one in office.papers(AUDREY, Asked(**asked))[0]]

    assert texts() == ["d", "c", "b", "a"]
    assert texts(case_id="1") == ["c", "b", "a"]
    assert texts(sample=drawn.id) == texts(by="ada") == texts(kind="finding") == texts(severity="low") == ["d"]
    assert len(texts(kind="verified")) == 1
    first, later = office.papers(AUDREY, limit=3)
    second, end = office.papers(AUDREY, limit=3, after=later)
    assert [one.text for one in (*first, *second)] == ["d", "c", "b", "a"] and end is None
