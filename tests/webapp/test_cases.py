"""Cases: what happened, what is known, and the proof of it; personal values only for a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from engine import Actor
from tests.engine.watching import unguarded
from tests.webapp.desk import ANSWER, IDENTIFY, NEED, complete, start_inquiry, walk_to

ANN = Actor("li.na", {"csr"})


@pytest.fixture
def case(visit, engine):
    """A case that waits for the customer."""
    visitor = visit("li.na")
    task = start_inquiry(visitor, caller="19900001234")
    for values in (IDENTIFY, NEED, ANSWER):
        complete(visitor, task, values)
        task = visitor.path.split("/")[-1]
    (found,) = engine.cases(ANN)
    return found


def test_the_page_of_a_case(visit, case):
    page = visit("li.na").open(f"/cases/{case.id}")
    assert page.sees(
        case.number,
        "Redemption money",
        "In progress",
        "Customer inquiry, version 1",
        "Li Na finished Answer the customer",
    )
    assert page.sees("When does my redemption arrive?", "Topic")
    assert page.page.xpath("//*[local-name()='svg' and contains(@class,'bpmn')]")
    done = page.page.xpath("//*[contains(@class,'done') and @data-id='Identify']")
    assert done
    assert visit("li.na", "zh").open(f"/cases/{case.id}").sees("赎回到账", "李娜完成了答复客户", "在办")


def test_the_story_in_parts(visit, case):
    visitor = visit("li.na")
    people = visitor.open(f"/cases/{case.id}?show=people").page.xpath("//ol[@class='timeline']/li/@data-kind")
    assert set(people) <= {"done", "late"}
    assert visitor.open(f"/cases/{case.id}?show=decisions").sees("Route the inquiry: row")
    assert visitor.open(f"/cases/{case.id}?show=nonsense").status == 200


def test_verify(visit, case, engine):
    visitor = visit("li.na")
    visitor.open(f"/cases/{case.id}")
    visitor.post(f"/cases/{case.id}/verification")
    assert visitor.sees("Verified just now")
    with unguarded(engine) as connection:
        connection.execute(
            text("update step set actor = 'xu.kai' where case_id = :id and seq = 2"), {"id": int(case.id)}
        )
    visitor.post(f"/cases/{case.id}/verification")
    assert visitor.sees("This case does not verify", "Step 2")


def test_a_personal_value_is_shown_for_a_reason_and_that_is_kept(visit, case, engine):
    visitor = visit("li.na").open(f"/cases/{case.id}")
    assert "19900001234" not in visitor.text
    (address,) = visitor.links(f"/cases/{case.id}/personal/")
    visitor.open(address)
    assert visitor.post(address, {"reason": " "}).status == 422
    assert "19900001234" not in visitor.text
    visitor.post(address, {"reason": "To call the customer back"})
    assert visitor.sees("19900001234", "Caller")
    with engine.database.reading() as connection:
        rows = connection.execute(text("select actor, reason from reading where kind = 'revealed'")).all()
    assert rows == [("li.na", "To call the customer back")]
    assert visitor.open(f"/cases/{case.id}/personal/9.9.9").status == 200
    assert visitor.post(f"/cases/{case.id}/personal/9.9.9", {"reason": "just looking"}).status == 404


def test_a_personal_value_that_was_corrected_can_still_be_shown(visit, case, engine):
    visitor = visit("wang.lei")
    (address,) = visitor.open(f"/cases/{case.id}").links(f"/cases/{case.id}/personal/")
    (name,) = (name for name, value in case.data.items() if isinstance(value, dict) and "caller" in value)
    engine.correct(
        case.id,
        {name: {**case.data[name], "caller": "19900004321"}},
        by=Actor("wang.lei", {"csl"}),
        reason="He had said it wrong",
    )
    assert address not in visitor.open(f"/cases/{case.id}").links(f"/cases/{case.id}/personal/")
    visitor.post(address, {"reason": "What was it before?"})
    assert visitor.sees("19900001234", "Caller")


def test_cancel_needs_a_reason_and_the_right(visit, case, engine):
    lead = visit("wang.lei").open(f"/cases/{case.id}")
    assert lead.links(f"/cases/{case.id}/cancellation")
    lead.open(f"/cases/{case.id}/cancellation")
    assert lead.post(f"/cases/{case.id}/cancellation", {"reason": "no"}).status == 422
    other = visit("xu.kai").open(f"/cases/{case.id}")
    assert not other.links(f"/cases/{case.id}/cancellation")
    assert other.open(f"/cases/{case.id}/cancellation").status == 404
    assert other.post(f"/cases/{case.id}/cancellation", {"reason": "I want it"}).status == 403
    lead.post(f"/cases/{case.id}/cancellation", {"reason": "The customer called again and withdrew"})
    assert lead.sees("is cancelled.", "Wang Lei cancelled the case", "Reason: The customer called again and withdrew")
    assert engine.case(case.id).status == "cancelled"


def test_lists_and_filters(visit, case, engine):
    engine.run_due()
    visitor = visit("li.na")
    walk_to(visitor)
    assert len(visitor.open("/cases").links("/cases/1")) >= 1
    assert visitor.open(f"/cases?number={case.number.lower()}").sees(case.number)
    assert visitor.open("/cases?key=complaint").sees("No cases here")
    assert visitor.open("/cases?status=completed").sees("No cases here")
    assert visitor.open("/cases?status=all&key=inquiry").sees("Redemption money", "an answer from outside")


def test_what_one_may_not_see_is_not_found(visit, case):
    for person in ("jiang.li", "xia.tian"):
        visitor = visit(person)
        for path in ("", "/cancellation", "/personal/1.1.1"):
            assert visitor.open(f"/cases/{case.id}{path}").status == 404, (person, path)
        assert visitor.open("/cases?status=all").sees("No cases here")
        visitor.open("/inbox")
        assert visitor.post(f"/cases/{case.id}/verification").status == 404


def test_search_goes_to_the_case_or_lists_what_fits(visit, case):
    visitor = visit("li.na")
    assert visitor.open(f"/search?q={case.number}").path == f"/cases/{case.id}"
    assert visitor.open("/search?q=wang").links("/customers/")
    assert visitor.open("/search?q=990014").sees("990014")
    assert visitor.open("/search?q=zzzz").sees("Nothing was found")
    assert visitor.open("/search?q=").sees("What are you looking for?")
    assert visitor.open("/search?q=%3Cscript%3E").sees("<script>")


def test_the_auditor_verifies_a_page_of_cases(visit, case, engine):
    start_inquiry(visit("li.na"))
    auditor = visit("he.jing").open("/audit")
    assert auditor.sees(case.number, "not asked yet")
    ids = auditor.page.xpath("//form[@action='/audit/verification'][1]//input[@name='case']/@value")
    auditor.post("/audit/verification", {"case": list(dict.fromkeys(ids))})
    assert auditor.sees("2 cases verified just now")
    with engine.database.writing() as connection:
        connection.execute(
            text("update case_file set state = :state where id = :id"), {"state": b"{}", "id": int(case.id)}
        )
    auditor.post("/audit/verification", {"case": [case.id]})
    assert auditor.sees("1 case does not verify", "state changed")
    assert visit("li.na").open("/audit").status == 404


def test_customers_are_masked_and_only_for_who_works_with_them(visit, case):
    visitor = visit("li.na").open("/customers/C000001")
    assert visitor.sees(case.number, "Contacts")
    assert not visitor.page.text_content().count("1990000")
    assert visitor.open("/customers/C999999").status == 404
    assert visit("sun.ke").open("/customers").status == 404
    assert visit("li.na").open("/customers?q=zzzz").sees("Nobody was found")
