"""The list of incidents: who sees which, what it says of them in both languages, and many that are tried again at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from engine import SYSTEM, Actor
from engine.cases.incidents import open_incident
from engine.model import FAILURES
from engine.store.tables import incident as incidents_table
from engine.store.tables import job
from tests.engine import tiny
from tests.engine.watching import count, statements
from tests.webapp.desk import start_inquiry
from tests.webapp.house import settings_in
from tests.webapp.test_away import away
from tests.webapp.test_paging import walked
from webapp import incidents
from webapp.bootstrap import open_product

OWNER = Actor("sun.ke", {"process_owner"})
AT = "2026-11-20T06:0{}:00.000000Z"
DOWN = "customer/notify failed 6 times: NotSent: ConnectionRefusedError"
WHY = "The mail server is back"
PAGE = "/incidents"
GROUP = "/incidents?key=inquiry&element=Identify"
CASES = "//tbody//a[contains(@class,'row-link')]/@href"


def fails(engine, case_id, element="Identify", error=DOWN, minute=0, kind="operator"):
    """Something of a case fails for good, and what waits of it is laid aside."""
    with engine.database.writing() as connection:
        here = job.c.case_id == int(case_id)
        found = connection.execute(
            update(job).where(here, job.c.run_at.is_not(None)).values(run_at=None).returning(job)
        )
        name = ",".join(f"{row.case_id}.{row.seq}.{row.n}" for row in found) or None
        return open_incident(connection, int(case_id), element, error, AT.format(minute), name, kind=kind)


@pytest.fixture
def outage(visit, engine):
    """Five inquiries; the mail of the first four has failed at one element, something else in the last."""
    cases = [start_inquiry(visit("li.na")).split(".")[0] for _ in range(5)]
    for minute, case in enumerate(cases[:4]):
        fails(engine, case, minute=minute)
    fails(engine, cases[4], "Answer", "unknown name amout; did you mean amount?", 5, "rule")
    return cases


def shown(visitor):
    """The cases on a page, in its order."""
    return [
        href.removeprefix("/cases/")
        for href in visitor.page.xpath("//main//tr//a[contains(@href,'/cases/')][contains(@class,'row-link')]/@href")
    ]


def rail(visitor):
    """What stands beside the way to the incidents, or None where there is no way."""
    found = visitor.page.xpath("//nav[@class='rail']//a[@href='/incidents']")
    return "".join(found[0].xpath(".//span[@class='count']/text()")) if found else None


# Who comes in


@pytest.mark.parametrize(
    ("person", "status"),
    [("sun.ke", 200), ("gao.peng", 200), ("he.jing", 200), ("li.na", 404), ("wang.lei", 404), ("chen.jie", 404)],
)
def test_it_is_for_those_who_mend_and_for_auditors(visit, outage, person, status):
    assert visit(person).open(PAGE).status == status


def test_who_mends_finds_it_in_the_navigation_with_how_many_are_open(visit, outage, engine):
    assert rail(visit("sun.ke").open("/inbox")) == rail(visit("gao.peng").open("/cases")) == "5"
    assert rail(visit("li.na").open("/inbox")) is None
    auditor = visit("he.jing").open("/cases")
    assert rail(auditor) is None and auditor.links(PAGE) and not visit("li.na").open("/cases").links(PAGE)
    for one in engine.incidents():
        engine.retry(one.id, by=SYSTEM)
    assert rail(visit("sun.ke").open("/inbox")) == ""


def test_more_than_are_counted(visit, outage, monkeypatch):
    monkeypatch.setattr("webapp.shell.MOST_NAMED", 3)
    assert rail(visit("sun.ke").open("/inbox")) == "3+"


def test_a_page_without_a_database_is_not_kept_by_the_count(visit, outage, engine, folder):
    visitor = visit("sun.ke").open("/inbox")
    with away(engine, folder):
        assert visitor.open("/cases").status == 503 and visitor.sees("The database cannot be reached")


def test_the_case_of_another_is_not_there(visit, engine, folder, clock, outage):
    files = tiny.one_task("check", task=tiny.ask("ask", candidateGroups="aml"), process={"confidentiality": "aml"})
    with open_product(settings_in(folder), clock) as plain:
        plain.deploy(files, by=SYSTEM)
    secret = engine.start("check", by=SYSTEM)
    fails(engine, secret.id, "ask", "the-secret-of-another", 9)
    for person in ("sun.ke", "gao.peng", "he.jing"):
        visitor = visit(person)
        for page in (PAGE, f"{PAGE}?order=oldest", f"{PAGE}?key=check", f"{PAGE}?key=check&element=ask"):
            assert "the-secret-of-another" not in visitor.open(page).text and secret.number not in visitor.text
    owner = visit("sun.ke").open(GROUP)
    owner.post(f"{PAGE}/retries", {"key": "check", "element": "ask", "reason": WHY})
    assert owner.sees("None of them is open any more.") and len(engine.case(secret.id).incidents) == 1


# What it says


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "en",
            (
                "A service failed",
                "Identify the customer",
                "Customer inquiry",
                "The service that this step needs did not do its work.",
                "A rule does not fit the data",
                "Try again",
            ),
        ),
        (
            "zh",
            (
                "服务调用失败",
                "识别客户身份",
                "客户咨询受理",
                "该环节所需的服务没有完成其工作。",
                "规则与数据不符",
                "重新执行",
            ),
        ),
    ],
)
def test_each_is_said_in_plain_words_with_those_of_the_engine_beside_them(visit, outage, engine, lang, said):
    owner = visit("sun.ke", lang).open(PAGE)
    assert owner.sees(*said, DOWN) and shown(owner) == outage[::-1]
    assert engine.case(outage[0]).number in owner.text
    assert owner.page.xpath("//q[@lang='en'][@translate='no']/text()").count(DOWN) == 4


def test_every_kind_of_failure_has_its_words():
    assert list(incidents.KINDS) == list(FAILURES)
    for kind in incidents.KINDS.values():
        assert kind.title and kind.means.endswith(".") and kind.advice.endswith(".")


def test_what_one_can_do_depends_on_whether_something_waits(visit, outage, engine):
    with engine.database.writing() as connection:
        open_incident(connection, int(outage[0]), "Answer", "1 / 0", AT.format(7), kind="rule")
    owner = visit("sun.ke").open(f"{PAGE}?key=inquiry&element=Answer")
    assert owner.sees("Correct the data of the case, then try again.", "Nothing was saved. Once that is put right")
    acts = [href.rpartition("/")[2] for href in owner.page.xpath("//tbody//a[contains(@href,'/incidents/')]/@href")]
    assert acts == ["closure", "retry"]
    case = owner.open(f"/cases/{outage[0]}")
    acts = [href.rpartition("/")[2] for href in case.page.xpath("//*[@class='notice']//a/@href")]
    assert sorted(acts) == ["closure", "retry", "surrender"]


def test_how_often_and_since_when(visit, outage, engine):
    fails(engine, outage[0], minute=8)
    owner = visit("sun.ke").open(PAGE)
    row = owner.page.xpath("//tbody/tr")[0]
    assert shown(owner)[0] == outage[0]
    assert row.xpath("./td[4]/text()") == ["2"]
    assert row.xpath("./td[5]//time/@datetime") == ["2026-11-20T14:08:00+08:00", "2026-11-20T14:00:00+08:00"]


# Filters, order, pages


def test_filters(visit, outage):
    owner = visit("sun.ke").open(f"{PAGE}?kind=rule")
    assert shown(owner) == [outage[4]] and owner.sees("Kind A rule does not fit the data")
    assert shown(owner.open(f"{PAGE}?key=complaint")) == [] and owner.sees("No incident fits")
    assert shown(owner.open(f"{PAGE}?key=inquiry&element=Answer")) == [outage[4]]
    assert shown(owner.open(f"{PAGE}?order=oldest")) == outage
    assert owner.open(f"{PAGE}?kind=nonsense").status == 404
    for after in ("x", "1", "1.x", "-1.2026"):
        assert owner.open(f"{PAGE}?after={after}").status == 404


def test_several_alike_are_named_and_lead_to_all_of_them(visit, outage):
    owner = visit("sun.ke").open(PAGE)
    (way,) = owner.page.xpath("//a[contains(@class,'filter')]")
    assert " ".join(way.text_content().split()) == "Customer inquiry: Identify the customer 4"
    assert shown(owner.open(way.get("href"))) == outage[3::-1]
    (like, *_more) = owner.open(PAGE).page.xpath("//tbody//a[contains(@href,'alike=')]/@href")
    assert shown(owner.open(like)) == [outage[4]]


@pytest.mark.parametrize("order", ["", "?order=oldest"])
def test_it_goes_page_by_page(visit, outage, monkeypatch, order):
    monkeypatch.setattr("webapp.views.incidents.PAGE", 2)
    pages = walked(visit("sun.ke"), PAGE + order, CASES)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [href.removeprefix("/cases/") for page in pages for href in page] == (outage if order else outage[::-1])


def test_where_a_page_has_looked_at_enough_it_leads_on(visit, outage, monkeypatch):
    monkeypatch.setattr("engine.cases.failures.MOST_LOOKED", 1)
    owner = visit("sun.ke").open(f"{PAGE}?key=inquiry&element=Identify&kind=rule")
    assert owner.sees("None was found so far") and not shown(owner)
    (further,) = owner.page.xpath("//a[@rel='next']/@href")
    assert owner.open(further).sees("None was found so far") and "kind=rule" in further


def test_nothing_is_open(visit, house):
    assert visit("sun.ke").open(PAGE).sees("No incident is open")


def test_the_rows_of_a_page_are_one_statement(visit, outage, engine):
    owner = visit("sun.ke").open(PAGE)
    with statements(engine) as executed:
        owner.open(PAGE)
    asked = [one for one in executed if "FROM incident" in one]
    assert len(asked) == 3, asked  # the rows, those that are alike, the count of the navigation


# Tried again together


def group(visitor):
    """The page of the four that are alike, with the form to try them again."""
    visitor.open(PAGE)
    return visitor.open(visitor.page.xpath("//a[contains(@class,'filter')]/@href")[0])


def test_all_that_are_alike_are_tried_again_with_one_reason(visit, outage, engine):
    owner = group(visit("sun.ke"))
    assert owner.sees("Try all of these again", "4 incidents")
    owner.send("retry-all", {"reason": WHY})
    assert owner.status == 200 and owner.path.startswith(f"{PAGE}/retries/")
    assert owner.sees("Customer inquiry: Identify the customer", "running", "0 of 4 cases", WHY, "Sun Ke")
    engine.run_due()
    assert owner.open(owner.path).sees("done", "4 of 4 cases", "Tried again") and shown(owner) == outage[:4]
    for case in outage[:4]:
        step = next(step for step in engine.history(case) if step.kind == "retried")
        assert (step.actor, step.input["reason"]) == ("sun.ke", WHY)
        assert engine.verify(case).sound
    assert [one.case_id for one in engine.incidents()] == [outage[4]]
    assert owner.open(PAGE).sees("Tried again together", WHY, "done")
    assert visit("sun.ke").open(f"/cases/{outage[0]}").sees("Sun Ke had Identify the customer tried again")


def test_who_presses_twice_does_nothing_twice(visit, outage, engine):
    """Two browsers send the same form before any worker has come to it, and once more when all is done."""
    owner, again = group(visit("sun.ke")), group(visit("sun.ke"))
    sent = dict(owner.page.get_element_by_id("retry-all").fields.items()) | {"reason": WHY}
    first = owner.post(f"{PAGE}/retries", sent).path
    assert again.post(f"{PAGE}/retries", {**sent, "csrf_token": tokens(again)}).path == first
    engine.run_due()
    assert (
        again.open(PAGE)
        .post(f"{PAGE}/retries", {**sent, "csrf_token": tokens(again)})
        .sees("None of them is open any more.")
    )
    assert count(engine, "batch") == 1
    for case in outage[:4]:
        assert [step.kind for step in engine.history(case)].count("retried") == 1


def tokens(visitor):
    """The token of the page in front."""
    return visitor.page.xpath("//input[@name='csrf_token']/@value")[0]


def test_what_was_settled_in_the_meantime_is_told(visit, outage, engine):
    owner = group(visit("sun.ke"))
    owner.send("retry-all", {"reason": WHY})
    engine.retry(engine.case(outage[1]).incidents[0].id, by=SYSTEM)
    engine.run_due()
    assert owner.open(owner.path).sees("4 of 4 cases", "Nothing left to do", "Somebody has settled it in the meantime")


def test_it_can_be_stopped(visit, outage, engine):
    owner = group(visit("sun.ke"))
    owner.send("retry-all", {"reason": WHY})
    page = owner.path
    owner.post(f"{page}/cancellation")
    assert owner.sees("It is stopped. What is done stays done.", "stopped")
    engine.run_due()
    assert len(engine.incidents()) == 5
    assert owner.post(f"{page}/cancellation").sees("It was over already.")


def test_it_needs_a_reason_and_keeps_what_was_written(visit, outage, engine):
    owner = group(visit("sun.ke"))
    owner.send("retry-all", {"reason": "no"})
    assert owner.status == 422 and owner.sees("Write why, in at least 5 characters") and owner.value("reason") == "no"
    assert shown(owner) == outage[3::-1] and count(engine, "batch") == 0
    owner.send("retry-all", {"reason": "x" * 2_001})
    assert owner.status == 422 and owner.sees("Write at most") and count(engine, "batch") == 0
    owner.send("retry-all", {"reason": WHY})
    assert owner.path.startswith(f"{PAGE}/retries/")


@pytest.mark.parametrize("person", ["he.jing", "li.na"])
def test_who_may_not(visit, outage, engine, person):
    owner = group(visit("sun.ke"))
    owner.send("retry-all", {"reason": WHY})
    batch = owner.path
    other = visit(person)
    if person == "he.jing":
        assert not other.open(GROUP).page.xpath("//form[@id='retry-all']") and other.open(batch).status == 200
        assert not other.page.xpath("//form[contains(@action,'cancellation')]")
    else:
        assert other.open(GROUP).status == other.open(batch).status == 404
    other.open("/cases")
    sent = {"key": "inquiry", "element": "Answer", "reason": WHY}
    for path in (f"{PAGE}/retries", f"{batch}/cancellation", f"{PAGE}/1/retry"):
        assert other.post(path, sent).status == 404
    assert count(engine, "batch") == 1 and len(engine.incidents()) == 5


def test_a_batch_of_something_else_is_no_page_of_it(visit, outage, engine):
    made = engine.backtest(engine.case(outage[0]).bundle, by=OWNER)
    for person in ("sun.ke", "gao.peng", "he.jing"):
        assert visit(person).open(f"{PAGE}/retries/{made.id}").status == 404
        assert visit(person).open(f"{PAGE}/retries/999").status == 404


def test_without_an_element_there_is_nothing_to_press(visit, outage, engine):
    owner = visit("sun.ke").open(f"{PAGE}?key=inquiry")
    assert shown(owner) == outage[::-1] and not owner.page.xpath("//form[@id='retry-all']")
    assert owner.post(f"{PAGE}/retries", {"key": "inquiry", "reason": WHY}).status == 422
    assert count(engine, "batch") == 0


# One of them


def test_one_that_nothing_waits_for_is_closed(visit, outage, engine):
    with engine.database.writing() as connection:
        number = open_incident(connection, int(outage[0]), "Answer", "1 / 0", AT.format(7), kind="rule")
    owner, address = visit("sun.ke"), f"/cases/{outage[0]}/incidents/{number}/closure"
    owner.open(address)
    assert owner.sees("Is it settled in", "Nothing waits to be tried again.")
    assert owner.post(address, {"reason": "no"}).status == 422
    owner.post(address, {"reason": "He has sent it again"})
    assert owner.sees("is closed.") and number not in {one.id for one in engine.incidents()}
    assert visit("li.na").open(address).status == 404


def test_one_of_a_case_that_is_over_can_be_closed(visit, outage, engine):
    engine.cancel(outage[0], by=SYSTEM, reason="withdrawn")
    owner = visit("sun.ke").open(PAGE)
    assert owner.links(f"/cases/{outage[0]}/incidents/") == []  # what waited in it is over with it
    fails(engine, outage[0], "Notify", "nobody takes the message", 7, "message")  # it was under way at the end
    owner.open(PAGE)
    (way,) = owner.links(f"/cases/{outage[0]}/incidents/")
    owner.open(way)
    owner.post(way, {"reason": "It is over"})
    assert owner.status == 200 and outage[0] not in {one.case_id for one in engine.incidents()}


def test_one_of_no_case(visit, outage, engine):
    error = "checkpoint 12 did not reach folder: OSError: no space left"
    with engine.database.writing() as connection:
        number = open_incident(connection, 0, "seal", error, AT.format(9), "0.0.12", kind="checkpoint")
    owner = visit("sun.ke").open(PAGE)
    assert owner.sees("no case", "Checkpoints", "A checkpoint is not outside", error)
    assert not visit("he.jing").open(PAGE).page.xpath("//form[contains(@action,'retry')]")
    owner.post(f"{PAGE}/{number}/retry")
    assert owner.sees("It is tried again.") and len(engine.incidents()) == 5
    assert owner.post(f"{PAGE}/{number}/retry").sees("It is not open any more.")


def test_one_of_a_process_whose_start_has_failed_is_named_by_it(visit, engine):
    with engine.database.writing() as connection:
        open_incident(connection, 0, "Answer", "no answer", AT.format(9), "0.0.12", kind="start", key="inquiry")
    assert visit("sun.ke").open(PAGE).sees("no case", "Customer inquiry", "Answer the customer", "A case did not begin")


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "Whoever looks after it sees it in the list of incidents."), ("zh", "负责处理的人可在故障列表中看到。")],
)
def test_whoever_works_on_the_case_reads_what_it_means_for_it(visit, outage, lang, said):
    clerk = visit("li.na", lang).open(f"/cases/{outage[0]}")
    assert clerk.sees(said, DOWN) and not clerk.links(f"/cases/{outage[0]}/incidents/")
    title = {"en": "The case stands still at “Identify the customer”.", "zh": "工单停在“识别客户身份”。"}[lang]
    assert clerk.sees(title)


def test_a_case_that_goes_on_does_not_stand_still(visit, outage, engine):
    fails(engine, outage[4], "Identify", "staff/remind failed", 9, "reminder")
    owner = visit("sun.ke").open(f"/cases/{outage[4]}")
    assert owner.sees("Something failed at “Identify the customer”.", "The case itself goes on.")


def test_what_the_engine_stores_is_what_the_page_reads(engine, outage):
    with engine.database.reading() as connection:
        rows = connection.execute(select(incidents_table.c.key, incidents_table.c.confidentiality)).all()
    assert set(rows) == {("inquiry", "normal")}
