"""The list of open incidents: of what kind, who sees which, in bounds however many there are."""

import sqlite3
from itertools import chain

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event, text

from engine import SYSTEM, Actor, DiagramError, Operator, Policy, StepFailed, open_engine
from engine.cases import failures
from engine.cases.failures import Failed
from engine.cases.incidents import open_incident
from engine.errors import Conflict, NotAllowed, NotFound
from engine.model import FAILURES
from engine.store import schema
from engine.store.database import Database
from tests.engine import tiny
from tests.engine.people import AMY, ANN, AUDREY, BEN, EVE, NOBODY, OLGA, SUE
from tests.engine.spiff.xmls import END, START, line, multi, timer
from tests.engine.unchecked import deploy_unchecked
from tests.engine.watching import TAMPERED, holding, rows, statements

pytestmark = pytest.mark.databases

AT = "2026-03-02T01:00:00.000000Z"
NAME = "张敏"
OPS = Actor("omar", groups={"ops"})  # mends, and reads what his groups read
CHIEF = Actor("carl", groups={"aml", "auditor"})
EVERY = Failed()
POLICY = Policy(confidential={"aml": frozenset({"aml"})}, menders=frozenset({"process_owner", "ops"}))


def opens(engine, case_id, element="mail", error="the bank is down", at=AT, **more):
    """Open an incident as the engine does; its id."""
    with engine.database.writing() as connection:
        return open_incident(connection, int(case_id), element, error, at, **more)


def seen(engine, who, failed=EVERY, **more):
    """The cases on a page."""
    return [one.incident.case_id for one in engine.open_incidents(who, failed, **more).incidents]


def walked(engine, who, failed=EVERY, **more):
    """The cases on all pages, page after page."""
    pages, later = [], None
    while True:
        page = engine.open_incidents(who, failed, after=later, **more)
        pages.append([one.incident.case_id for one in page.incidents])
        if (later := page.later) is None:
            return pages


# Of what kind


def down(call):
    raise ConnectionError("the register is closed")


def bounced(call):
    raise DiagramError("bounced")


SEND = tiny.call("next", "mail/send")
MANY = multi(inner="<bpmn:loopCardinality>many</bpmn:loopCardinality>")
FORM = tiny.form({"many": {"type": "integer"}}, required=("many",))


@pytest.mark.parametrize(
    ("then", "operator", "many", "kind"),
    [
        (SEND, Operator(name="mail/send", kind="local", run=down), 1, "operator"),
        (SEND, Operator(name="mail/send", kind="remote", run=down, retries=0), 1, "operator"),
        (SEND, Operator(name="mail/send", kind="local", run=bounced), 1, "uncaught"),
        (SEND, None, 1, "missing"),
        (tiny.script("next", "share = 1 / many"), None, 0, "rule"),
        (tiny.script("next", "x = count(for i in 1..many, j in 1..many return i)"), None, 9_000, "bound"),
        (tiny.call("next", "mail/send", inner=MANY), None, 2_000, "bound"),
    ],
)
def test_what_a_step_fails_of(opened, then, operator, many, kind):
    engine = opened(operators=[operator] if operator else [])
    body = START + tiny.ask("ask", form="forms/many.json") + then + END + line("start", "ask", "next", "end")
    deploy_unchecked(engine, tiny.bundle("loan", body, forms_many=FORM))
    engine.start("loan", by=ANN)
    try:
        engine.complete("1.1.2", {"many": many}, by=ANN)
    except StepFailed as error:
        assert error.kind == kind
    engine.run_due()
    (incident,) = engine.incidents()
    parked = operator is not None and operator.kind == "remote"
    assert (incident.kind, incident.element, incident.parked) == (kind, "next", parked)
    assert engine.case("1").incidents == (incident,) and kind in FAILURES


def test_what_is_laid_aside_with_a_timer_says_what_it_failed_of(engine, clock):
    body = START + tiny.ask("ask", form="forms/many.json") + tiny.catch("wait", timer("&quot;PT1H&quot;"))
    body += tiny.script("next", "share = 1 / many") + END + line("start", "ask", "wait", "next", "end")
    engine.deploy(tiny.bundle("loan", body, forms_many=FORM), by=OLGA)
    engine.start("loan", by=ANN)
    engine.complete("1.1.2", {"many": 0}, by=ANN)
    clock.advance(hours=1)
    engine.run_due()
    (incident,) = engine.incidents()
    assert (incident.kind, incident.parked) == ("rule", True)


def test_a_reminder_that_reaches_nobody(opened, clock):
    silent = Operator(name="staff/remind", kind="remote", run=down, retries=0)
    engine = opened(operators=[silent], policy=Policy(remind_with="staff/remind"))
    engine.deploy(tiny.one_task(task=tiny.ask("ask", dueIn="PT8H")), by=OLGA)
    engine.start("loan", by=ANN)
    clock.advance(hours=7)
    engine.run_due()
    (incident,) = engine.incidents()
    assert (incident.kind, incident.element, incident.parked) == ("reminder", "ask", True)


# Personal values


@pytest.mark.parametrize("kind", ["local", "remote"])
def test_what_an_operator_was_shown_does_not_stand_in_what_it_says(opened, kind):
    def strange(call):
        raise LookupError(f"nobody is called {call.reveal(call.parameters['name'])}")

    engine = opened(operators=[Operator(name="mail/send", kind=kind, run=strange, retries=0)])
    start = tiny.form({"name": {"type": "string", "x-personal": True}}, required=())
    body = tiny.begin() + tiny.ask("ask") + tiny.call("next", "mail/send", name="name") + END
    files = tiny.bundle("loan", body + line("start", "ask", "next", "end"), forms_start=start)
    engine.deploy(files, by=OLGA)
    engine.start("loan", {"name": NAME}, by=ANN)
    if kind == "local":
        with pytest.raises(StepFailed) as failed:
            engine.complete("1.1.2", {"approved": True}, by=ANN)
        assert NAME not in str(failed.value)
    else:
        engine.complete("1.1.2", {"approved": True}, by=ANN)
    engine.run_due()
    (incident,) = engine.incidents()
    assert "LookupError: nobody is called …" in incident.error
    assert holding(engine, NAME) == {"vault.value"}


# Who sees which


@pytest.fixture
def three(opened):
    """A case of loan (csr), one of gift (pm) that Omar has started, one of check that is for aml alone."""
    engine = opened(policy=POLICY)
    engine.deploy(tiny.one_task("loan"), by=OLGA)
    engine.deploy(tiny.one_task("gift", task=tiny.ask("ask", candidateGroups="pm")), by=OLGA)
    secret = tiny.ask("ask", candidateGroups="aml")
    engine.deploy(tiny.one_task("check", task=secret, process={"confidentiality": "aml"}), by=OLGA)
    for key, by in (("loan", ANN), ("gift", OPS), ("check", AMY)):
        opens(engine, engine.start(key, by=by).id)
    return engine


def test_what_somebody_may_not_see_is_not_listed_and_not_counted(three):
    for who, cases in ((OLGA, ["2", "1"]), (AUDREY, ["2", "1"]), (CHIEF, ["3", "2", "1"]), (OPS, ["2"])):
        assert seen(three, who) == cases
        assert three.count_incidents(who) == len(cases)
    three.deploy(tiny.one_task("loan", task=tiny.ask("ask", candidateGroups="ops")), by=OLGA)
    assert seen(three, OPS) == ["2", "1"]


def test_who_may_look_and_who_may_retry(three):
    at = Failed(key="loan", element="mail")
    assert three.case("1", BEN).incidents  # he sees what his case waits for, and decides about nothing
    for who in (ANN, BEN, EVE, AMY, SUE, NOBODY):
        for ask in (three.open_incidents, three.count_incidents, three.alike_incidents):
            with pytest.raises(NotAllowed):
                ask(who)
    for who in (ANN, AUDREY, CHIEF, NOBODY):
        with pytest.raises(NotAllowed):
            three.retry_all(at, by=who, reason="the bank is back")
    made = three.retry_all(at, by=OLGA, reason="the bank is back")
    assert (three.batch(made.id, OPS), three.batch(made.id, AUDREY)) == (made, made)
    with pytest.raises(NotAllowed):
        three.batch(made.id, ANN)
    with pytest.raises(NotAllowed):
        three.cancel_batch(made.id, by=AUDREY)
    assert three.cancel_batch(made.id, by=OPS).state == "cancelled"


def test_only_those_that_one_may_see_are_retried(three):
    assert three.retry_all(Failed(key="gift", element="mail"), by=OPS, reason="it is back").state == "running"
    for key in ("loan", "check"):
        with pytest.raises(Conflict):
            three.retry_all(Failed(key=key, element="mail"), by=OPS, reason="it is back")
    three.run_due()
    assert [one.case_id for one in three.incidents()] == ["3", "1"]


def test_what_belongs_to_no_case_is_for_whoever_looks(three):
    opens(three, 0, "seal", "checkpoint 1 did not reach folder", kind="checkpoint")
    opens(three, 0, "look", "no answer", kind="operator", key="report")
    for who in (OLGA, OPS, AUDREY):
        found = [one for one in three.open_incidents(who).incidents if one.incident.case_id == "0"]
        assert [(one.key, one.number, one.status) for one in found] == [("report", "", None), ("", "", None)]


def test_what_a_list_says_of_a_case(three):
    (one,) = three.open_incidents(OPS).incidents
    case = three.case("2")
    assert (one.key, one.number, one.bundle, one.status) == ("gift", case.number, case.bundle, "open")
    assert one.incident == case.incidents[0]
    three.suspend("2", by=SYSTEM, reason="wait")
    (one,) = three.open_incidents(OPS).incidents
    assert one.status == "suspended"
    three.retry(one.incident.id, by=OPS)
    assert seen(three, OPS) == []


# Filters, order, pages


@pytest.fixture
def many(opened):
    """Nine cases of two processes with incidents of several kinds, one a minute."""
    engine = opened(policy=POLICY)
    for key in ("loan", "gift"):
        engine.deploy(tiny.one_task(key), by=OLGA)
    for number in range(9):
        case = engine.start("gift" if number % 3 == 2 else "loan", by=ANN).id
        element, error = ("mail", "down") if number % 2 else ("pay", f"fault {number}")
        kind = "operator" if number % 2 else "rule"
        opens(engine, case, element, error, f"2026-03-02T01:0{number}:00.000000Z", kind=kind)
    return engine


def test_filters(many):
    assert seen(many, OLGA) == [*"987654321"] and seen(many, OLGA, oldest=True) == [*"123456789"]
    assert seen(many, OLGA, Failed(key="gift")) == [*"963"]
    assert seen(many, OLGA, Failed(kind="operator")) == [*"8642"]
    assert seen(many, OLGA, Failed(key="loan", element="mail")) == [*"842"]
    same = many.open_incidents(OLGA, Failed(element="mail")).incidents[0].incident.alike
    assert seen(many, OLGA, Failed(key="loan", element="mail", alike=same)) == [*"842"]
    assert seen(many, OLGA, Failed(key="loan", element="pay", alike=same)) == []
    assert many.count_incidents(OLGA, Failed(kind="rule")) == 5 and many.count_incidents(OLGA, most=3) == 3


@pytest.mark.parametrize("oldest", [False, True])
def test_pages_show_each_once_and_in_order(many, oldest):
    pages = walked(many, OLGA, limit=2, oldest=oldest)
    assert [len(page) for page in pages] == [2, 2, 2, 2, 1]
    assert list(chain(*pages)) == seen(many, OLGA, oldest=oldest)


def test_incidents_of_one_moment_are_paged_too(engine):
    engine.deploy(tiny.one_task(), by=OLGA)
    for _ in range(5):
        opens(engine, engine.start("loan", by=ANN).id)
    assert walked(engine, OLGA, limit=2) == [["5", "4"], ["3", "2"], ["1"]]
    assert walked(engine, OLGA, limit=2, oldest=True) == [["1", "2"], ["3", "4"], ["5"]]


@pytest.mark.parametrize("after", ["x", "1", "1.", "1.2026-03-02' OR 1=1", "9" * 30 + ".2026"])
def test_what_is_no_place(many, after):
    with pytest.raises(NotFound):
        many.open_incidents(OLGA, after=after)


def test_a_page_goes_on_where_it_has_looked_at_enough(many, monkeypatch):
    """However few of them somebody may see: each is shown once, and no page looks at more than it may."""
    monkeypatch.setattr(failures, "MOST_LOOKED", 2)
    assert walked(many, OLGA, limit=5) == [["9", "8"], ["7", "6"], ["5", "4"], ["3", "2"], ["1"]]
    assert walked(many, OPS, limit=5) == [[], [], [], [], []]
    assert list(chain(*walked(many, OLGA, Failed(kind="operator"), limit=5))) == [*"8642"]


def test_which_are_alike(many):
    (one,) = many.alike_incidents(OLGA, Failed(key="loan"))
    assert (one.count, one.like.key, one.like.incident.element, one.like.incident.error) == (3, "loan", "mail", "down")
    assert one.like.number == many.case("8").number
    assert many.alike_incidents(OPS) == [] == many.alike_incidents(OLGA, Failed(kind="rule"))


# However many there are

OUTAGE = 100_000
CASES = """
INSERT INTO case_file (id, number, key, version, bundle, status, confidentiality, started_at, started_by, last_at, seq,
                       head, state)
SELECT n + 10, 'OUT-' || n, key, version, bundle, status, confidentiality, started_at, 'ben', last_at, seq, head, state
FROM case_file, {numbers} WHERE case_file.id = 1
"""
INCIDENTS = """
INSERT INTO incident (case_id, element, error, error_hash, opened_at, last_at, "count", kind, key, confidentiality)
SELECT n + 10, 'mail', 'the bank is down', 'h', {at}, {at}, 1, 'operator', 'loan', 'normal' FROM {numbers}
"""


@pytest.fixture
def outage(opened):
    """An installation in which the bank was down: so many incidents in as many cases; tampered with, to be quick."""
    engine = opened(policy=POLICY)
    engine.deploy(tiny.one_task("gift", task=tiny.ask("ask", candidateGroups="ops")), by=OLGA)
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.start("loan", by=ANN)
    opens(engine, engine.start("gift", by=ANN).id, "pay", "another", kind="rule")

    def strikes(times):
        numbers = f"(WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x WHERE n < {times}) SELECT n FROM x)"
        digits = "printf('%06d', n)" if engine.database.sqlite else "lpad(CAST(n AS TEXT), 6, '0')"
        moment = f"'2026-03-02T02:00:00.' || {digits} || 'Z'"
        with engine.database.writing() as connection:
            for source in (CASES, INCIDENTS):
                connection.exec_driver_sql(source.format(numbers=f"{numbers} AS numbers", at=moment))
        if not engine.database.sqlite:
            with engine.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE incident, case_file")

    engine.strikes = strikes
    TAMPERED.add(engine.database.url)
    return engine


QUESTIONS = {
    "a page": lambda engine: engine.open_incidents(OLGA, limit=26),
    "the page after": lambda engine: engine.open_incidents(OLGA, limit=26, after="50000.2026-03-02T02:00:00.050000Z"),
    "the oldest": lambda engine: engine.open_incidents(OLGA, limit=26, oldest=True),
    "a page of a process": lambda engine: engine.open_incidents(OLGA, Failed(key="gift"), limit=26),
    "a page of an element": lambda engine: engine.open_incidents(OLGA, Failed(key="loan", element="mail"), limit=26),
    "a page of a kind": lambda engine: engine.open_incidents(OLGA, Failed(kind="rule"), limit=26),
    "a page of an error": lambda engine: engine.open_incidents(OLGA, Failed(key="loan", element="mail", alike="x")),
    "for whom few are": lambda engine: engine.open_incidents(OPS, limit=26),
    "a count": lambda engine: engine.count_incidents(OLGA),
    "a count for whom few are": lambda engine: engine.count_incidents(OPS, most=100),
    "which are alike": lambda engine: engine.alike_incidents(OLGA),
}


def test_after_an_outage_every_question_is_one_statement_by_an_index(outage):
    outage.strikes(20_000)
    for name, ask in QUESTIONS.items():
        with statements(outage) as executed:
            ask(outage)
        assert len(executed) == 1, (name, executed)
        plan = explained(outage, ask)
        assert "ix_incident_" in plan and "SCAN incident\n" not in plan and "Seq Scan on incident" not in plan, (
            name,
            plan,
        )


def explained(engine, ask):
    """How the database reads what a question asks."""
    kept = []

    def executed(connection, cursor, statement, parameters, *_):
        kept.append((statement, parameters))

    event.listen(engine.database.engine, "before_cursor_execute", executed)
    ask(engine)
    event.remove(engine.database.engine, "before_cursor_execute", executed)
    statement, parameters = next(one for one in kept if "incident" in one[0])
    asked = "EXPLAIN QUERY PLAN " if engine.database.sqlite else "EXPLAIN "
    with engine.database.reading() as connection:
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(asked + statement, parameters)) + "\n"


def test_after_an_outage_a_question_costs_no_more_than_when_little_is_open(outage):
    """In instructions of the database, which are the same on every machine."""
    if not outage.database.sqlite:
        pytest.skip("SQLite counts its instructions")
    outage.strikes(failures.MOST_LOOKED * 2)
    before = {name: instructions(outage, ask) for name, ask in QUESTIONS.items()}
    with outage.database.writing() as connection:
        connection.execute(text("DELETE FROM incident WHERE case_id > 10"))
        connection.execute(text("DELETE FROM case_file WHERE id > 10"))
    outage.strikes(OUTAGE)
    after = {name: instructions(outage, ask) for name, ask in QUESTIONS.items()}
    assert {name: after[name] for name in after if after[name] > 1.1 * before[name] + 10} == {}
    assert outage.count_incidents(OLGA) == failures.MOST_COUNTED


def instructions(engine, ask):
    """How many hundred instructions SQLite carries out for a question."""
    done = [0]

    def one():
        done[0] += 1
        return 0

    with engine.one_moment() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(one, 100)
        try:
            ask(engine)
        finally:
            driver.set_progress_handler(None, 0)
    return done[0]


# A database of the release before


def test_incidents_of_a_release_before_say_whose_they_are(database_url, clock):
    database = Database(database_url)
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        connection.execute(
            text(
                "INSERT INTO case_file (id, number, key, version, bundle, status, confidentiality, started_at, started_by, "
                "last_at, seq, head, state) "
                "VALUES (7, 'LOA-1', 'loan', 1, 'b', 'open', 'aml', :at, 'ann', :at, 1, :bytes, :bytes)"
            ),
            {"at": AT, "bytes": b"{}"},
        )
        for case_id in (7, 0):
            connection.execute(
                text(
                    'INSERT INTO incident (case_id, element, error, error_hash, opened_at, last_at, "count") '
                    "VALUES (:case_id, 'mail', 'down', 'h', :at, :at, 1)"
                ),
                {"case_id": case_id, "at": AT},
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    database.close()
    with open_engine(database_url, clock=clock, policy=POLICY) as engine:
        found = [(row["case_id"], row["key"], row["confidentiality"], row["kind"]) for row in rows(engine, "incident")]
        assert found == [(7, "loan", "aml", "other"), (0, "", "normal", "other")]
        assert seen(engine, OLGA) == ["0"] and seen(engine, CHIEF) == ["0", "7"]
