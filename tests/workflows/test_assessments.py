"""Risk assessments: quotas, scores and doubts, what is put in force, and the operators on a real database."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from engine.canonical import read
from engine.operators import Call
from tests.workflows.answers import answers
from tests.workflows.conftest import MORNING
from tests.workflows.seeds import bundle_files
from workflows.calendar import months_later
from workflows.customers import repository as customers
from workflows.funds import repository as funds
from workflows.suitability import assessing, assessments, doubts, goals, letters, opinions, questionnaire
from workflows.suitability.operators import gather, keep
from workflows.suitability.quotas import quota
from workflows.suitability.tables import risk_assessment
from workflows.tables import customer, fund

TODAY = date(2026, 11, 18)
WHO = "C000002"
BEGINS = {"C2": 20, "C3": 40, "C4": 60, "C5": 80}
Maker = Callable[..., Call]


# Quotas


@pytest.mark.parametrize(
    "taken, allowed, next_date",
    [
        ([], True, TODAY),
        ([TODAY], True, TODAY),
        ([TODAY, TODAY], False, date(2026, 11, 19)),
        ([date(2025, 11, 19)] * 7, True, TODAY),
        ([date(2025, 11, 19)] * 8, False, date(2026, 11, 19)),
        ([date(2025, 11, 18)] * 8, True, TODAY),
        ([date(2026, 1, 5)] * 3 + [date(2026, 3, 9)] * 5, False, date(2027, 1, 5)),
        ([date(2026, 1, 5)] + [date(2026, 3, 9)] * 8, False, date(2027, 3, 9)),
        ([date(2026, 3, 9)] * 6 + [TODAY] * 2, False, date(2027, 3, 9)),
    ],
)
def test_quota(taken: list[date], allowed: bool, next_date: date) -> None:
    found = quota(taken, TODAY, per_day=2, per_year=8)
    assert (found.allowed, found.next_date) == (allowed, next_date)
    if not allowed:
        assert quota(taken, next_date, per_day=2, per_year=8).allowed
        assert not quota(taken, next_date - timedelta(days=1), per_day=2, per_year=8).allowed


@pytest.mark.parametrize(
    "day, months, later",
    [
        (date(2026, 11, 18), 12, date(2027, 11, 18)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 1, 15), -12, date(2026, 1, 15)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
    ],
)
def test_months_later(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


# Scores


def test_the_scale_goes_from_nothing_to_everything() -> None:
    assert questionnaire.score(answers(0, ageBand="75_UP")) == 0
    assert questionnaire.score(answers(4, ageBand="18_34")) == 100
    assert questionnaire.score(answers(2, ageBand="INSTITUTION")) == 50


@pytest.mark.parametrize(
    "points, name",
    [
        (0, "C1"),
        (19, "C1"),
        (20, "C2"),
        (39, "C2"),
        (40, "C3"),
        (59, "C3"),
        (60, "C4"),
        (79, "C4"),
        (80, "C5"),
        (100, "C5"),
    ],
)
def test_both_sides_of_every_band(points: int, name: str) -> None:
    assert questionnaire.risk_class(points, BEGINS) == name


def test_one_bolder_answer_never_counts_less() -> None:
    for name, scale in questionnaire.SCALES.items():
        scores = [questionnaire.score(answers(2, **{name: choice})) for choice in scale]
        assert scores == sorted(scores) and scores[0] < scores[-1]


def test_what_is_declared_counts_nothing() -> None:
    declared = {"capacity": "LIMITED", "bearsLoss": "NO", "restricted": "YES"}
    assert questionnaire.score(answers(2, **declared)) == questionnaire.score(answers(2))


def test_the_hash_is_of_every_answer() -> None:
    hashes = {questionnaire.answers_hash(answers(place)) for place in range(5)}
    assert len(hashes) == 5 and all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes)


def test_the_form_asks_what_is_scored_and_nothing_else() -> None:
    form = read(bundle_files("risk-assess")["forms/assessment.json"])
    offered = {name: [one["const"] for one in field["oneOf"]] for name, field in form["properties"].items()}
    scales = {
        name: [*scale, *questionnaire.OFF_THE_SCALE.get(name, ())] for name, scale in questionnaire.SCALES.items()
    }
    assert offered == scales | {name: list(choices) for name, choices in questionnaire.DECLARED.items()}
    assert len(offered) >= 10 and form["required"] == list(offered)
    assert all(field["x-personal"] and "default" not in field for field in form["properties"].values())


# Doubts


@pytest.mark.parametrize(
    "age, band, agrees",
    [
        (49, "35_49", True),
        (50, "35_49", False),
        (50, "50_64", True),
        (64, "65_74", False),
        (75, "75_UP", True),
        (74, "75_UP", False),
        (17, "18_34", False),
        (None, "INSTITUTION", True),
        (None, "18_34", False),
        (40, "INSTITUTION", False),
    ],
)
def test_the_age_is_that_of_the_record(age: int | None, band: str, agrees: bool) -> None:
    assert questionnaire.age_agrees(answers(2, ageBand=band), age) == agrees


def doubted(found: str, before: str, days_ago: int, **answered: str) -> list[str]:
    """The doubts about a class, after another one was found so many days ago."""
    earlier = assessments.Assessment(
        id=1,
        customer_id=WHO,
        risk_class=before,
        lowest=False,
        taken_at=MORNING - timedelta(days=days_ago),
        valid_to=TODAY,
        score=0,
        answers_hash="",
        status="IN_FORCE",
    )
    return doubts.doubts(
        answers(2, **answered),
        found,
        earlier,
        age=40,
        since=TODAY - timedelta(days=30),
        levels=2,
        taken=TODAY - timedelta(days=days_ago),
    )


def test_a_rise_by_two_classes_within_thirty_days() -> None:
    assert doubted("C4", "C2", 29) == ["RISEN_TOO_FAST"]
    assert doubted("C4", "C2", 30) == doubted("C3", "C2", 29) == doubted("C2", "C4", 29) == []


def test_who_bears_no_loss_is_in_c1() -> None:
    assert doubted("C2", "C2", 90, bearsLoss="NO") == ["NO_LOSS_YET_HIGHER"]
    assert doubted("C1", "C2", 90, bearsLoss="NO") == []


# The register


def taken(connection: Connection, risk_class: str = "C4", at: datetime = MORNING) -> int:
    """An assessment that waits for the customer's word."""
    return assessments.take(
        connection,
        customer_id=WHO,
        case_id="7",
        case_number="RAS-20261118-000001",
        questionnaire="FRA-1",
        answers_hash="a" * 64,
        score=70,
        risk_class=risk_class,
        at=at,
    )


def test_every_sample_customer_with_a_class_has_an_assessment(known: Connection) -> None:
    book = known.execute(select(customer)).all()
    for one in book:
        found = assessments.latest(known, one.id)
        if one.risk_class is None:
            assert found is None
        else:
            assert found is not None
            assert (found.risk_class, found.lowest) == (one.risk_class, one.lowest_class)
            assert found.valid_to == one.assessment_valid_to == months_later(found.taken_at.date(), 12)


def test_what_is_taken_changes_nothing_yet(known: Connection) -> None:
    before = customers.get(known, WHO), assessments.latest(known, WHO)
    taken(known)
    assert (customers.get(known, WHO), assessments.latest(known, WHO)) == before


def test_what_is_put_in_force_supersedes_the_last_one(known: Connection) -> None:
    old = assessments.latest(known, WHO)
    new = assessments.put_in_force(known, taken(known), lowest=False, valid_to=date(2027, 11, 18))
    assert assessments.latest(known, WHO) == new and old is not None
    superseded = assessments.get(known, old.id)
    assert superseded is not None and superseded.status == "SUPERSEDED"
    found = customers.get(known, WHO)
    assert found is not None
    assert (found.risk_class, found.lowest_class, found.assessment_valid_to) == ("C4", False, date(2027, 11, 18))


def test_only_what_waits_is_put_in_force_or_dropped(known: Connection) -> None:
    id = taken(known)
    assessments.drop(known, id, "DISPUTED")
    with pytest.raises(ValueError, match="taken and waits"):
        assessments.put_in_force(known, id, lowest=False, valid_to=TODAY)
    with pytest.raises(ValueError, match="taken and waits"):
        assessments.drop(known, id, "VOID")
    with pytest.raises(ValueError, match="no reason"):
        assessments.drop(known, taken(known), "BORED")
    with pytest.raises(ValueError):
        assessments.put_in_force(known, 99_999, lowest=False, valid_to=TODAY)


# The operators


def test_the_quota_counts_what_was_dropped_too(known: Connection, call: Maker) -> None:
    known.execute(update(risk_assessment).values(taken_at=datetime(2020, 1, 1, tzinfo=UTC)))
    asked = call("assessment/quota", {"customerId": WHO}, connection=known)
    assert assessing.count(asked)["allowed"] is True
    for status in ("DISPUTED", "VOID"):
        assessments.drop(known, taken(known), status)
    found = assessing.count(asked)
    assert found == {"allowed": False, "today": 2, "inYear": 2, "nextDate": "2026-11-19T12:00:00+08:00"}


def test_the_score_reads_answers_from_the_vault(known: Connection, call: Maker, kept: Callable[[Any], Any]) -> None:
    hidden = {name: kept(value) for name, value in answers(3).items()}
    found = assessing.rate(call("assessment/score", {}, connection=known, data={"customerId": WHO, "answers": hidden}))
    assert (found["class"], found["bearsLoss"], found["validTo"]) == ("C4", True, "2027-11-18")
    assert assessments.get(known, found["assessmentId"]).status == "TAKEN"  # type: ignore[union-attr]


@pytest.mark.parametrize("run", [assessing.count, assessing.word, gather])
def test_nobody_is_refused(known: Connection, call: Maker, run: Callable[[Call], Any]) -> None:
    with pytest.raises(ValueError, match="no customer"):
        run(call("x", {"customerId": "C999999", "lowest": False, "class": "C1"}, connection=known))


def test_closing_without_a_result(known: Connection, call: Maker) -> None:
    id = taken(known)
    said = assessing.close(call("assessment/close", {"reason": "VOID", "assessmentId": id}, connection=known))
    assert said == {"done": False, "class": "", "lowest": False, "validTo": "", "reason": "VOID"}
    assert assessments.get(known, id).status == "VOID"  # type: ignore[union-attr]
    assert assessing.close(call("assessment/close", {"reason": "REFUSED"}, connection=known))["reason"] == "REFUSED"


@pytest.mark.parametrize("language, words", [("en", "lowest risk-tolerance class"), ("zh", "风险承受能力最低类别")])
def test_the_letter_names_the_class_and_what_it_may_have(language: str, words: str) -> None:
    lowest = letters.result("C1", True, TODAY, language)
    assert words in lowest and "R1" in lowest and "R1–" not in lowest
    balanced = letters.result("C3", False, TODAY, language)
    assert words not in balanced and "R1–R3" in balanced and "2026" in balanced


# Facts and opinions


def facts(connection: Connection, call: Maker, **asked: Any) -> dict[str, Any]:
    return gather(call("suitability/facts", {"customerId": WHO} | asked, connection=connection))


def test_facts_of_a_customer_and_a_fund(known: Connection, call: Maker) -> None:
    known.execute(
        update(customer)
        .where(customer.c.id == WHO)
        .values(birth_date=date(1961, 11, 18), risk_class="C3", assessment_valid_to=TODAY, professional=False)
    )
    assert facts(known, call, fundCode="990012", init="STAFF", goal="PRESERVE") == {
        "inv": "ORD",
        "valid": True,
        "lowest": False,
        "c": 3,
        "r": 4,
        "init": "STAFF",
        "goalFit": False,
        "age": 65,
        "class": "C3",
        "validTo": "2026-11-18",
        "active": True,
        "adult": True,
    }


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"assessment_valid_to": TODAY - timedelta(days=1)}, {"valid": False, "c": 3}),
        ({"assessment_valid_to": None}, {"valid": False, "validTo": ""}),
        ({"risk_class": None}, {"valid": False, "c": 0, "class": ""}),
        ({"professional": True}, {"inv": "PRO"}),
        ({"birth_date": date(2008, 11, 18)}, {"age": 18, "adult": True}),
        ({"birth_date": date(2008, 11, 19)}, {"age": 17, "adult": False}),
        ({"kind": "institution", "birth_date": None}, {"age": 0, "adult": True}),
        ({"status": "FROZEN"}, {"active": False}),
    ],
)
def test_facts_follow_the_record(known: Connection, call: Maker, changed: Any, said: Any) -> None:
    usual = {"risk_class": "C3", "assessment_valid_to": TODAY, "birth_date": date(1986, 1, 1), "status": "ACTIVE"}
    known.execute(update(customer).where(customer.c.id == WHO).values(**usual | changed))
    assert facts(known, call).items() >= said.items()


@pytest.mark.parametrize("code", [None, "990099", "990012"])
def test_without_a_rated_fund_there_is_no_level(known: Connection, call: Maker, code: str | None) -> None:
    known.execute(update(fund).where(fund.c.code == "990012").values(risk="R?"))
    assert facts(known, call, fundCode=code)["r"] is None


def test_an_initiative_is_staffs_or_the_customers(known: Connection, call: Maker) -> None:
    assert facts(known, call)["init"] == "CUSTOMER"
    with pytest.raises(ValueError, match="no initiative"):
        facts(known, call, init="FRIEND")


@pytest.mark.parametrize(
    "goal, fitting, other",
    [
        ("PRESERVE", "990004", "990008"),
        ("CASH", "990001", "990004"),
        ("INCOME", "990009", "990012"),
        ("GROWTH", "990014", "990001"),
        ("PENSION", "990010", "990014"),
        ("EDUCATION", "990011", "990018"),
    ],
)
def test_what_fits_a_goal(known: Connection, goal: str, fitting: str, other: str) -> None:
    found = {code: funds.get(known, code) for code in (fitting, other)}
    assert goals.fits(goal, found[fitting]) and not goals.fits(goal, found[other])  # type: ignore[arg-type]
    assert goals.fits(None, found[other])  # type: ignore[arg-type]


def test_opinions_are_kept_and_what_may_be_spoken_of_comes_back(known: Connection, call: Maker) -> None:
    decided = [("990001", "ALLOW"), ("990014", "BLOCK"), ("990018", "ALLOW_WITH_CARE"), ("990012", "REASSESS")]
    matches = [
        {"fundCode": code, "facts": {"c": 3}, "decision": said, "actions": ["X"], "rule": "REG-06"}
        for code, said in decided
    ]
    asked = call("suitability/opinions", {"customerId": WHO, "matches": matches}, connection=known)
    assert keep(asked) == {
        "allowed": ["990001", "990018"],
        "withCare": ["990018"],
        "refused": ["990014", "990012"],
    }
    assert [(one.fund_code, one.decision) for one in opinions.of_case(known, "7")] == decided
    assert opinions.of_case(known, "7")[0].given_at == MORNING
    with pytest.raises(ValueError, match="names none"):
        keep(call("suitability/opinions", {"matches": matches}, connection=known))
