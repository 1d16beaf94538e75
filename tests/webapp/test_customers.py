"""A customer all round: what he holds and has ordered, in pages; personal values for a reason, and who read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete

from engine.calendars import default
from tests.webapp.desk import start_inquiry
from workflows.complaints import repository as complaints
from workflows.customers import readings
from workflows.customers import repository as customers
from workflows.funds import repository as funds
from workflows.suitability import assessments
from workflows.trading import holdings, orders, prices
from workflows.trading.tables import fund_price, holding

WHO = "C000002"
NOW = datetime(2026, 11, 20, 6, 32, tzinfo=UTC)


@pytest.fixture
def stored(engine):
    """A way to write: nobody holds anything, and the fund 990008 has a price of yesterday."""
    calendars = default()
    with engine.database.writing() as connection:
        for table in (holding, fund_price):
            connection.execute(delete(table))
        rows = prices.sample(funds.get(connection, "990008"), None, [date(2026, 11, 19)], calendars)
        prices.store(connection, [row | {"nav": Decimal("1.2345")} for row in rows])
    return engine.database.writing


def order(connection, number, **more):
    """An order of the customer for 990008, an hour after the one before it."""
    values = {
        "key": f"order:{number}",
        "number": f"TRD-20261101-{number:06d}-1",
        "case_id": f"{number}00",
        "case_number": f"TRD-20261101-{number:06d}",
        "customer_id": WHO,
        "fund_code": "990008",
        "type": "PUR",
        "amount": Decimal("1000.00"),
        "terms": {},
        "channel": "APP",
        "initiative": "CUSTOMER",
        "accepted_at": NOW - timedelta(hours=50 - number),
        "trade_date": date(2026, 11, 19),
        "confirm_date": date(2026, 11, 20),
        "status": "CONFIRMED",
        "decision": "ALLOW",
        "evidence": {},
        "flags": [],
        "signed_at": NOW - timedelta(hours=51),
        "signature": "0" * 64,
    }
    orders.accept(connection, values | more)


def section(visitor, name):
    """The text of a section of the page."""
    (found,) = visitor.page.xpath(f"//section[@aria-labelledby='{name}']")
    return " ".join(found.text_content().split())


def test_holdings_with_their_value(visit, stored):
    with stored() as connection:
        for shares, cost, since in (("1000.00", "1200.00", date(2026, 3, 2)), ("10.50", "12.50", date(2026, 5, 6))):
            holdings.add(connection, WHO, "990008", shares=Decimal(shares), cost=Decimal(cost), since=since)
    found = section(visit("li.na").open(f"/customers/{WHO}"), "holdings")
    for text in ("990008", "1,010.50", "1.2345", "19 Nov 2026", "1,212.50", "1,247.46", "+34.96", "2 Mar 2026"):
        assert text in found, (text, found)
    assert "Worth 1,247.46 CNY" in found


def test_orders_with_their_state(visit, stored):
    with stored() as connection:
        order(connection, 1)
        order(connection, 2, type="RED", amount=None, shares=Decimal("99.50"), status="REJECTED")
    found = section(visit("li.na").open(f"/customers/{WHO}"), "orders")
    assert found.index("redemption") < found.index("purchase")
    assert "99.50 shares" in found and "1,000.00 CNY" in found and "rejected" in found and "confirmed" in found
    found = section(visit("li.na", "zh").open(f"/customers/{WHO}"), "orders")
    assert "申购" in found and "99.50份" in found and "确认失败" in found


def test_assessments_and_complaints(visit, stored):
    taken = [(date(2024, 5, 6), "C2", "SUPERSEDED"), (date(2026, 5, 6), "C3", "IN_FORCE")]
    with stored() as connection:
        connection.execute(delete(assessments.risk_assessment))
        assessments.add(
            connection,
            [
                {
                    "customer_id": WHO,
                    "questionnaire": "1",
                    "answers_hash": "0" * 64,
                    "score": 40,
                    "risk_class": risk_class,
                    "lowest": False,
                    "taken_at": datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
                    "valid_to": day.replace(year=day.year + 1),
                    "status": status,
                }
                for day, risk_class, status in taken
            ],
        )
        complaints.register(
            connection,
            case_id="900",
            case_number="CMP-20261101-000009",
            customer_id=WHO,
            source="APP",
            category="FEES",
            complainants=1,
            amount_claimed=Decimal(0),
            related_case=None,
            concerned=(),
            received_at=NOW - timedelta(days=3),
            at=NOW,
        )
    visitor = visit("li.na").open(f"/customers/{WHO}")
    found = section(visitor, "assessments")
    assert found.index("6 May 2026") < found.index("6 May 2024")
    assert "C3 Balanced" in found and "in force" in found and "superseded" in found and "40 points" in found
    assert "CMP-20261101-000009" in section(visitor, "complaints")
    assert "/cases/900" not in visitor.links("/cases/")  # a case that is not there to be seen


def test_sections_go_by_key(visit, stored):
    with stored() as connection:
        for number in range(1, 21):
            order(connection, number)
    visitor, seen = visit("li.na").open(f"/customers/{WHO}"), []
    while True:
        rows = visitor.page.xpath("//section[@aria-labelledby='orders']//tbody/tr/td[1]/*/text()")
        seen += rows
        later = visitor.page.xpath("//section[@aria-labelledby='orders']//a[@rel='next']/@href")
        if not later:
            break
        visitor.open(later[0])
    assert seen == [f"TRD-20261101-{number:06d}-1" for number in range(20, 0, -1)]
    assert visitor.open(f"/customers/{WHO}?orders=nonsense&contacts=x&readings=-1").status == 200


def test_cases_go_by_key(visit):
    visitor = visit("li.na")
    for _ in range(10):
        start_inquiry(visitor, customerId=WHO)
    first = visitor.open(f"/customers/{WHO}").links("/cases/")
    (later,) = visitor.page.xpath("//section[@aria-labelledby='cases']//a[@rel='next']/@href")
    second = visitor.open(later).links("/cases/")
    cases = [link for link in first + second if link.removeprefix("/cases/").isdecimal()]
    assert len(cases) == len(set(cases)) == 10


def test_a_value_is_revealed_for_a_reason_and_auditors_see_it(visit, engine):
    visitor = visit("li.na").open(f"/customers/{WHO}")
    with engine.database.reading() as connection:
        one = customers.get(connection, WHO)
    assert one.mobile not in visitor.text and one.id_number not in visitor.text
    address = f"/customers/{WHO}/personal/mobile"
    assert address in visitor.links(address)
    visitor.open(address)
    assert visitor.post(address, {"reason": " a "}).status == 422
    assert one.mobile not in visitor.text and visitor.sees("Write why you need it, in at least 5 characters")
    visitor.post(address, {"reason": "To call the customer back"})
    assert visitor.status == 200 and visitor.sees(one.mobile, "Shown once")
    assert not visitor.open(f"/customers/{WHO}").sees("Who looked")
    auditor = visit("he.jing").open(f"/customers/{WHO}")
    assert "Li Na Mobile" in section(auditor, "readings") and auditor.sees("To call the customer back")
    assert auditor.open("/audit/readings").sees("Li Na", WHO, "Mobile", "To call the customer back")
    assert one.mobile not in auditor.text
    assert auditor.open("/audit").links("/audit/readings")


@pytest.mark.parametrize("person", ["he.jing", "shen.hao", "liu.yang", "wu.fan", "lu.ming"])
def test_who_sees_customers_but_not_their_numbers(visit, engine, person):
    visitor = visit(person).open(f"/customers/{WHO}")
    assert visitor.status == 200 and not visitor.links(f"/customers/{WHO}/personal")
    address = f"/customers/{WHO}/personal/mobile"
    assert visitor.open(address).status == 403
    visitor.open("/inbox")
    assert visitor.post(address, {"reason": "I am curious"}).status == 403
    with engine.database.reading() as connection:
        assert [one.field for one in readings.newest(connection)] == [readings.OPENED]


def test_what_is_no_personal_value(visit):
    visitor = visit("li.na").open("/inbox")
    for path in ("C000002/personal/card_token", "C000002/personal/name", "C999999/personal/mobile"):
        assert visitor.open(f"/customers/{path}").status == 404, path


def test_the_record_is_for_auditors(visit):
    assert visit("tan.xin").open("/audit/readings").sees("Nobody has looked yet")
    for person in ("li.na", "sun.ke", "shen.hao", "xia.tian"):
        assert visit(person).open("/audit/readings").status == 404, person


def test_the_record_goes_by_key(visit, engine, monkeypatch):
    monkeypatch.setattr("webapp.domain.readings.PAGE", 2)
    with engine.database.writing() as connection:
        for number in range(5):
            readings.reveal(connection, WHO, "mobile", actor="li.na", at=NOW, reason=f"reason {number}")
    visitor, seen = visit("he.jing").open("/audit/readings"), []
    while True:
        seen += visitor.page.xpath("//tbody/tr/td[5]/text()")
        if not (later := visitor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")):
            break
        visitor.open(later[0])
    assert seen == [f"reason {number}" for number in (4, 3, 2, 1, 0)]


def test_reasons_for_care_are_named(visit, engine):
    with engine.database.reading() as connection:
        everybody = customers.search(connection, limit=100).customers
    for reason, word in (("hearing", "Hard of hearing"), ("sight", "Poor sight"), ("dialect", "Speaks no Mandarin")):
        one = next((one for one in everybody if reason in one.vulnerable), None)
        if one is not None:
            assert visit("li.na").open(f"/customers/{one.id}").sees(word)
    assert any(one.vulnerable for one in everybody)


def test_a_locked_record_is_shown_to_the_protection_officer_alone(visit, engine):
    from workflows.privacy import records

    with engine.database.writing() as connection:
        records.lock(connection, WHO)
    address = f"/customers/{WHO}/personal/mobile"
    assert visit("li.na").open(address).status == 403
    assert visit("tan.xin").open(address).status == 200
