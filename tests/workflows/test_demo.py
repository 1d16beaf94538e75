"""The sample data: people in the right shape, and a month of cases that the engine has played itself."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

import workflows
from engine import SYSTEM, Actor, Engine, FixedClock, open_engine
from engine.calendars import default
from engine.store.database import Database
from tests.workflows.seeds import BUNDLES, bundle_files
from workflows.calendar import SHANGHAI
from workflows.customers.model import Customer
from workflows.demo import play, seed_base
from workflows.demo.customers import customers
from workflows.demo.fates import FATES, WAITS
from workflows.demo.filling import fill
from workflows.demo.plots import PLOTS
from workflows.demo.shifts import Shifts
from workflows.demo.texts import read
from workflows.links import Links
from workflows.tables import customer, outbox
from workflows.trading import holdings
from workflows.validators import DEMO_FORMATS, FORMATS

DAYS = 45
TODAY = date(2026, 11, 18)
END = datetime(2026, 11, 18, 15, 30, tzinfo=SHANGHAI)


# -- people


@pytest.fixture(scope="module")
def book() -> list[Customer]:
    return customers(Random(1), TODAY)


def test_the_same_seed_makes_the_same_people(book: list[Customer]) -> None:
    assert customers(Random(1), TODAY) == book
    assert customers(Random(2), TODAY) != book


def test_sample_identities_are_valid_and_nobodys(book: list[Customer]) -> None:
    cards = [one.id_number for one in book if one.id_type == "ID_CARD"]
    assert len(cards) > 50
    assert all(DEMO_FORMATS["cn-id"](number) and not FORMATS["cn-id"](number) for number in cards)
    assert all(FORMATS["uscc"](one.id_number) for one in book if one.id_type == "USCC")
    assert all(one.mobile and FORMATS["cn-mobile"](one.mobile) and one.mobile[:7] == "1990000" for one in book)
    assert all(FORMATS["email"](one.email) and one.email.endswith(".example") for one in book if one.email)
    assert all(FORMATS["person-name"](one.name) for one in book if one.kind == "person")
    assert len({one.id_number for one in book}) == len({one.id for one in book}) == 60


def test_sex_and_birthday_are_those_of_the_document(book: list[Customer]) -> None:
    for one in book:
        if one.id_type == "ID_CARD" and one.birth_date:
            assert one.id_number[6:14] == f"{one.birth_date:%Y%m%d}"
            assert (int(one.id_number[16]) % 2 == 1) == (one.sex == "M")


def test_the_edges_are_there(book: list[Customer]) -> None:
    at = datetime(2026, 11, 18, 12, tzinfo=SHANGHAI)
    named = {one.id: one for one in book}
    assert (named["C000002"].age(at), named["C000002"].age(at + timedelta(days=11))) == (64, 65)
    assert (named["C000003"].risk_class, named["C000003"].lowest_class) == ("C1", True)
    assert named["C000004"].id_expired(at)
    assert named["C000005"].name == named["C000006"].name
    assert len(named["C000007"].name) == 2 and len(named["C000008"].name) == 20 and "·" in named["C000008"].name
    assert named["C000013"].mobile == named["C000014"].mobile
    assert not named["C000015"].reachable
    assert not named["C000017"].assessed(at) and named["C000018"].assessed(at)
    assert Counter(one.kind for one in book) == {"person": 59, "institution": 1}
    assert Counter(one.language for one in book) == {"zh": 58, "en": 2}


def test_the_shape_of_the_book() -> None:
    many = [one for one in customers(Random(3), TODAY, 2000) if one.id > "C000019"]
    at = datetime(2026, 11, 18, 12, tzinfo=SHANGHAI)
    share = {name: count / len(many) for name, count in Counter(one.risk_class for one in many).items()}
    assert share == pytest.approx({"C1": 0.12, "C2": 0.24, "C3": 0.34, "C4": 0.21, "C5": 0.09}, abs=0.01)
    assert sum(one.is_65(at) for one in many) / len(many) == pytest.approx(0.05, abs=0.015)
    assert sum(not one.assessed(at) for one in many) / len(many) == pytest.approx(0.08, abs=0.03)


def test_seeding_happens_once(database: Database) -> None:
    with database.writing() as connection:
        assert seed_base(connection, today=TODAY)
        assert not seed_base(connection, today=TODAY)
        assert connection.execute(select(func.count()).select_from(customer)).scalar() == 60


# -- working hours


def test_nobody_works_at_night_or_on_a_holiday() -> None:
    shifts = Shifts(default())

    def next_of(text: str, group: str) -> str:
        return f"{shifts.next(datetime.fromisoformat(text + '+08:00'), (group,)):%m-%d %H:%M}"

    assert next_of("2026-09-30T18:30", "chs") == "10-08 09:00"  # the National Day holiday
    assert next_of("2026-10-10T10:00", "chs") == "10-10 10:00"  # a Saturday that is worked
    assert next_of("2026-10-11T10:00", "chs") == "10-12 09:00"
    assert next_of("2026-10-01T23:00", "csr") == "10-02 08:00"  # the hotline never closes for a day
    last = shifts.last(datetime.fromisoformat("2026-10-05T10:00+08:00"), ("chs",))
    assert f"{last:%m-%d %H:%M}" == "09-30 18:00"
    assert shifts.before(last, 2).date() == date(2026, 9, 28)


# -- forms


def test_a_form_gets_what_it_asks_for_and_nothing_else() -> None:
    schema = {
        "type": "object",
        "required": ["ok", "reason"],
        "properties": {
            "ok": {"type": "boolean"},
            "reason": {"type": "string", "minLength": 2},
            "why": {"type": "string", "x-when": {"field": "ok", "equals": False}},
            "level": {"oneOf": [{"const": "A"}, {"const": "B"}]},
        },
        "allOf": [{"if": {"properties": {"ok": {"const": False}}}, "then": {"required": ["level"]}}],
    }
    yes = fill(schema, {"ok": True, "why": "hidden", "else": 1}, Random(1), END)
    no = fill(schema, {"ok": False, "why": "shown"}, Random(1), END)

    assert yes.keys() == {"ok", "reason"}
    assert no["why"] == "shown" and no["level"] in ("A", "B")


# -- fates and texts


def test_every_fate_has_its_scenario_and_its_place() -> None:
    for fate in FATES:
        plot = PLOTS[fate.key]
        for one in (fate, *fate.children.values(), *plot.usual):
            told = PLOTS[one.key].scenarios
            assert one.scenario in ({said["id"] for said in read(told)} if told else {""})
            assert set(one.reactions) <= {name for plot in PLOTS.values() for name in plot.reactions}
        assert not fate.stop or fate.stop in {name for stage in plot.stages for name in stage}


# -- the story


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine whose last weeks were played."""
    clock = FixedClock(END - timedelta(days=DAYS))
    links = Links("a secret of the tests", "https://fundcase.example", now=clock.now)
    made = open_engine(
        f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.db'}",
        clock=clock,
        operators=workflows.operators(links),
        policy=workflows.POLICY,
        formats=workflows.DEMO_FORMATS,
        lookups=workflows.LOOKUPS,
    )
    with made.database.writing() as connection:
        workflows.upgrade(connection)
        seed_base(connection, today=END.date())
    made.configure(parameters=workflows.parameters(), by=SYSTEM, reason="tests")
    for name in BUNDLES:
        made.deploy(bundle_files(name), by=SYSTEM, reason="tests")
    shares: list[float] = []
    play(made, clock, cases=len(FATES), days=DAYS, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert clock.now() == END
    return made


def test_every_case_verifies_and_nothing_went_wrong(engine: Engine) -> None:
    cases = engine.cases(limit=1000)
    assert len([case for case in cases if not (case.parent or case.key == "feedback-analysis")]) == len(FATES)
    assert engine.incidents() == []
    assert [case.number for case in cases if not engine.verify(case.id).sound] == []
    assert all(END - timedelta(days=DAYS) <= case.started_at <= END for case in cases)


def test_every_process_has_cases(engine: Engine) -> None:
    kinds = Counter(case.key for case in engine.cases(limit=1000))
    assert set(kinds) >= set(PLOTS) - {"risk-assess"}  # which recommendations and orders call within their own case
    assert min(kinds[key] for key in ("recommendation", "trade", "survey", "feedback", "callback")) >= 2
    parents = {
        case.key for case in engine.cases(limit=1000) for child in engine.linked(case.id) if child.parent == case.id
    }
    assert parents >= {"inquiry", "complaint", "recommendation", "trade", "survey"}


def test_orders_were_confirmed_and_are_held(engine: Engine) -> None:
    confirmed = [case for case in engine.cases(limit=1000, key="trade") if case.outcome == "EndConfirmed"]
    assert len(confirmed) >= 3
    with engine.database.reading() as connection:
        for case in confirmed:
            held = holdings.of_customer(connection, str(case.customer), END.date())
            assert case.data["order"]["fundCode"] in {one.fund_code for one in held}


def test_cases_stand_at_every_place_of_the_fates(engine: Engine) -> None:
    open_cases = engine.cases(limit=1000, status="open")
    standing = {task.element for case in open_cases for task in engine.tasks(case.id)}
    assert standing >= {fate.stop for fate in FATES if fate.stop and fate.stop != WAITS}
    waiting = [case for case in open_cases if not engine.tasks(case.id)]
    assert {case.key for case in waiting} >= {"inquiry", "complaint", "recommendation", "trade"}


def test_some_are_late_and_most_are_not(engine: Engine) -> None:
    tasks = [task for case in engine.cases(limit=1000, status="open") for task in engine.tasks(case.id)]
    late = [task for task in tasks if task.due and task.due < END]
    assert 3 <= len(late) <= len(tasks) / 2


def test_cases_have_ended_in_every_way(engine: Engine) -> None:
    ended = Counter(case.outcome for case in engine.cases(limit=1000, status="completed"))
    assert set(ended) >= {
        *("EndAnswered", "EndDeclined", "EndHandedOver", "EndTakenOver", "EndContactLost"),
        *("EndClosed", "EndRefused", "EndConfirmed", "EndBlocked", "EndWithdrawn", "EndDeclined", "EndThanked"),
    }
    assert engine.cases(limit=1000, status="cancelled")
    assert any("Withdrawal" in (name or "") or "Withdrawn" in (name or "") for name in ended)


def test_the_people_of_the_log_in_page_have_work(engine: Engine) -> None:
    directory = workflows.Directory(engine.database.reading, engine.database.writing)
    for name in ("li.na", "zhou.min", "wang.lei", "liu.yang", "chen.jie", "gao.peng"):
        person = directory.person(name)
        assert person is not None
        assert engine.inbox(Actor(person.id, person.groups)), name
    assert engine.inbox(Actor("li.na", groups={"csr"}), view="mine")
    assert engine.inbox(Actor("zhou.min", groups={"chs"}), view="mine")


def test_a_wording_that_promises_went_to_compliance(engine: Engine) -> None:
    drafts = [case for case in engine.cases(limit=1000, key="inquiry") if case.data.get("wordingHits")]
    elements = [task.element for case in drafts for task in engine.tasks(case.id)]
    assert "ReviewWording" in elements


def test_no_answer_but_the_drafts_hits_the_wording_check(engine: Engine) -> None:
    drafts = {fate.scenario for fate in FATES if "draft" in fate.marks}
    assert drafts == {"bond-drop"}
    reviewed = [
        step.input["values"]
        for case in engine.cases(limit=1000)
        for step in engine.history(case.id)
        if step.kind == "completed" and step.input["element"] == "ReviewWording"
    ]
    assert len(reviewed) == 1  # the other draft still stands there


def test_what_customers_were_sent_is_in_both_languages(engine: Engine) -> None:
    with engine.database.reading() as connection:
        sent = Counter(connection.execute(select(outbox.c.language).where(outbox.c.customer_id.is_not(None))).scalars())
    assert 0 < sent["en"] / sent.total() < 0.35


def test_no_personal_value_stands_in_a_case(engine: Engine) -> None:
    with engine.database.reading() as connection:
        people = connection.execute(select(customer.c.mobile, customer.c.id_number)).all()
    for case in engine.cases(limit=1000):
        said = "".join(str(step.input) for step in engine.history(case.id)) + str(case.data)
        assert not [person.mobile for person in people if person.mobile in said or person.id_number in said]


def test_who_calls_is_known_by_his_number(engine: Engine) -> None:
    with engine.database.reading() as connection:
        mobile = connection.execute(select(customer.c.mobile).where(customer.c.id == "C000007")).scalar_one()
    contact = {"channel": "PHONE", "contactTime": "2026-11-18T15:30:00+08:00", "caller": mobile}
    assert engine.start("inquiry", contact, by=Actor("li.na", groups={"csr"})).customer == "C000007"
