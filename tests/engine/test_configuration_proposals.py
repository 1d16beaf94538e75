"""Parameters that two people change: one proposes, another approves, and what was changed in between stays."""

from decimal import Decimal

import pytest

from engine import SYSTEM, Actor, Conflict, NotAllowed, NotFound, Policy, Refusal
from tests.engine.people import ANN, AUDREY, NOBODY, OLGA
from tests.engine.watching import count, rows

BOB = Actor("bob", groups={"process_owner"})


def said(value, unit="times"):
    return {"value": value, "unit": unit, "tag": "INT", "source": "P01", "title": {"en": "Title"}}


KNOWN = {
    "TIMES": said(2),
    "TERM": said("4 bh", "term"),
    "SHARE": said(80, "%"),
    "RATE": said(Decimal("0.25")),
    "ON": said(True),
    "WORD": said("plain"),
    "LIST": said([1, 2]),
    "CLOCK": said("09:00:00", "time"),
}


@pytest.fixture
def strict(opened):
    """An engine where a second person approves, with some parameters in force."""
    engine = opened(policy=Policy(second_approval=True))
    engine.configure(by=SYSTEM, parameters=KNOWN, reason="the first")
    return engine


def test_one_person_proposes_and_another_approves(strict, clock):
    proposal = strict.propose_configuration({"TIMES": 3}, by=OLGA, reason="once more")
    ((change),) = proposal.changes
    assert (change.name, change.before, change.after) == ("TIMES", 2, 3)
    assert (proposal.by, proposal.reason, proposal.at, proposal.decision) == ("olga", "once more", clock.now(), None)
    assert strict.configuration_proposals() == [proposal] == [strict.configuration_proposal(proposal.id)]
    assert strict.configuration().parameter("TIMES") == 2
    clock.advance(hours=1)
    made = strict.approve_configuration(proposal.id, by=BOB, remark="agreed")
    assert made.parameter("TIMES") == 3 and strict.configuration().digest == made.digest
    assert made.parameters["TIMES"] == said(3) and made.parameters["TERM"] == KNOWN["TERM"]
    row = rows(strict, "configuration")[-1]
    assert (row["by"], row["reason"]) == ("olga, bob", "once more (agreed)")
    decided = strict.configuration_proposal(proposal.id)
    assert (decided.decision, decided.decided_by, decided.decided_at, decided.remark) == (
        "approved",
        "bob",
        clock.now(),
        "agreed",
    )
    assert strict.configuration_proposals() == []
    with pytest.raises(Conflict) as refused:
        strict.approve_configuration(proposal.id, by=BOB)
    assert refused.value.by == "bob"


def test_nobody_changes_a_parameter_alone(strict):
    with pytest.raises(NotAllowed, match="propose"):
        strict.configure(by=OLGA, parameters={"TIMES": said(9)})
    proposal = strict.propose_configuration({"TIMES": 3}, by=OLGA, reason="x")
    with pytest.raises(NotAllowed, match="four eyes"):
        strict.approve_configuration(proposal.id, by=OLGA)
    assert strict.configuration().parameter("TIMES") == 2
    assert strict.configuration_proposal(proposal.id).decision is None
    assert count(strict, "configuration") == 2


@pytest.mark.parametrize("who", [ANN, AUDREY, NOBODY], ids=lambda who: who.name)
def test_who_is_no_process_owner(strict, who):
    with pytest.raises(NotAllowed):
        strict.propose_configuration({"TIMES": 3}, by=who, reason="x")
    proposal = strict.propose_configuration({"TIMES": 3}, by=OLGA, reason="x")
    for decide in (strict.approve_configuration, strict.reject_configuration):
        with pytest.raises(NotAllowed):
            decide(proposal.id, by=who)
    assert strict.configuration_proposals() == [proposal]


def test_a_proposal_is_declined_or_withdrawn(strict):
    first, second = (strict.propose_configuration({"TIMES": n}, by=OLGA, reason="x").id for n in (3, 4))
    assert strict.reject_configuration(first, by=BOB, remark="no").decision == "rejected"
    assert strict.reject_configuration(second, by=OLGA).decision == "withdrawn"
    assert strict.configuration().parameter("TIMES") == 2
    for decide in (strict.approve_configuration, strict.reject_configuration):
        with pytest.raises(Conflict):
            decide(first, by=BOB)
        with pytest.raises(NotFound):
            decide(99, by=BOB)


def test_a_proposal_is_stale_when_its_parameter_was_changed_meanwhile(strict):
    first, second = (strict.propose_configuration({"TIMES": n}, by=OLGA, reason="x").id for n in (3, 4))
    strict.approve_configuration(first, by=BOB)
    with pytest.raises(Conflict) as refused:
        strict.approve_configuration(second, by=BOB)
    assert (refused.value.data["how"], refused.value.data["parameter"]) == ("changed", "TIMES")
    assert strict.configuration().parameter("TIMES") == 3
    assert strict.configuration_proposal(second).decision is None


def test_what_others_changed_meanwhile_stays(strict):
    first = strict.propose_configuration({"TIMES": 3}, by=OLGA, reason="x").id
    second = strict.propose_configuration({"SHARE": 90}, by=OLGA, reason="x").id
    strict.approve_configuration(first, by=BOB)
    found = strict.approve_configuration(second, by=BOB)
    assert (found.parameter("TIMES"), found.parameter("SHARE")) == (3, 90)


def test_calendars_are_proposed_too(strict):
    shorter = strict.configuration().calendars.to_data() | {"shift": ["10:00", "16:00"]}
    shortest = shorter | {"shift": ["11:00", "12:00"]}
    first, second = (
        strict.propose_configuration(calendars=given, by=OLGA, reason="x") for given in (shorter, shortest)
    )
    assert first.calendars and first.changes == ()
    assert strict.approve_configuration(first.id, by=BOB).calendars.to_data() == shorter
    with pytest.raises(Conflict):
        strict.approve_configuration(second.id, by=BOB)
    assert strict.configuration().calendars.to_data() == shorter


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMES", 0),
        ("TERM", "2 BD"),
        ("TERM", "PT72H"),
        ("SHARE", Decimal("12.5")),
        ("RATE", 1),
        ("RATE", Decimal("0.5")),
        ("ON", False),
        ("WORD", "other"),
        ("LIST", [3]),
        ("CLOCK", "23:59:59"),
    ],
)
def test_values_of_the_same_kind(strict, name, value):
    (change,) = strict.propose_configuration({name: value}, by=OLGA, reason="x").changes
    assert (change.name, change.after) == (name, value)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("TIMES", "3", "whole"),
        ("TIMES", Decimal("1.5"), "whole"),
        ("TIMES", -1, "negative"),
        ("TIMES", True, "truth"),
        ("TIMES", None, "whole"),
        ("TERM", "soon", "term"),
        ("TERM", "0 BD", "term"),
        ("TERM", 4, "text"),
        ("RATE", "x", "number"),
        ("SHARE", Decimal("-0.1"), "negative"),
        ("ON", 1, "truth"),
        ("WORD", " ", "text"),
        ("WORD", "\ud800", "text"),
        ("LIST", ["x"], "whole"),
        ("LIST", [], "list"),
        ("LIST", 3, "list"),
        ("CLOCK", "24:00:00", "time"),
        ("CLOCK", "09:30", "time"),
    ],
)
def test_values_of_another_kind(strict, name, value, why):
    with pytest.raises(Refusal) as refused:
        strict.propose_configuration({name: value}, by=OLGA, reason="x")
    assert (refused.value.data["parameter"], refused.value.data["why"]) == (name, why)
    assert strict.configuration_proposals() == []


def test_what_is_no_proposal(strict):
    with pytest.raises(NotFound):
        strict.propose_configuration({"UNKNOWN": 1}, by=OLGA, reason="x")
    with pytest.raises(Conflict) as refused:
        strict.propose_configuration({"TIMES": 2}, by=OLGA, reason="x")
    assert refused.value.data["how"] == "same"
    with pytest.raises(Refusal):
        strict.propose_configuration(calendars={}, by=OLGA, reason="x")
    assert strict.configuration_proposals() == []


def test_proposals_go_by_key(strict):
    made = [strict.propose_configuration({"TIMES": n}, by=OLGA, reason="x").id for n in range(3, 8)]
    seen, after = [], None
    while page := strict.configuration_proposals(limit=2, after=after):
        seen += [one.id for one in page]
        after = page[-1].id
    assert seen == made[::-1]


def test_the_history_of_the_parameters(strict, clock):
    clock.advance(days=1)
    proposal = strict.propose_configuration({"TIMES": 3, "SHARE": 70}, by=OLGA, reason="better")
    strict.approve_configuration(proposal.id, by=BOB)
    newest = [one for one in strict.settings() if one.version == 3]
    assert {(one.name, one.value, one.before, one.by, one.at) for one in newest} == {
        ("TIMES", 3, 2, "olga, bob", clock.now()),
        ("SHARE", 70, 80, "olga, bob", clock.now()),
    }
    first = [one for one in strict.settings() if one.version == 2]
    assert {one.name for one in first} == set(KNOWN) and {one.before for one in first} == {None}


def test_where_no_second_person_is_demanded_one_configures(engine):
    engine.configure(by=OLGA, parameters=KNOWN)
    assert engine.configure(by=OLGA, parameters=KNOWN | {"TIMES": said(5)}).parameter("TIMES") == 5
