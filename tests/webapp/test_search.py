"""The search: in both languages, grouped, page by page, and only what one may see."""

from __future__ import annotations

import pytest

from engine import Actor
from tests.webapp.desk import IDENTIFY, NEED, complete, start_inquiry
from webapp import searching

LI_NA = Actor("li.na", {"csr"})


@pytest.fixture
def case(visit, engine):
    """An inquiry of Huang Meiling about the money of a redemption."""
    visitor = visit("li.na")
    complete(visitor, start_inquiry(visitor), IDENTIFY)
    complete(visitor, visitor.path.split("/")[-1], NEED)
    (found,) = engine.cases(LI_NA)
    return found


def cards(visitor):
    """The headings of the groups that the page shows."""
    return [head.text_content() for head in visitor.page.xpath("//section/header/h3")]


def test_a_whole_number_leads_to_the_case(visit, case):
    assert visit("li.na").open(f"/search?q={case.number.lower()}").path == f"/cases/{case.id}"


@pytest.mark.parametrize(
    "text", ["黄美玲", "美玲", "meiling", "C000001", "Redemption money", "redemption MONEY", "赎回到账"]
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_finds_a_case(visit, case, text, lang):
    visitor = visit("li.na", lang).open(f"/search?q={text}")
    assert visitor.links(f"/cases/{case.id}"), text
    assert visitor.sees(case.number, {"en": "Huang Meiling", "zh": "黄美玲"}[lang])


def test_parts_of_a_number_find_it(visit, case):
    assert visit("li.na").open(f"/search?q={case.number[:12]}").links(f"/cases/{case.id}")
    assert visit("li.na").open(f"/search?q={case.number[-6:]}").links(f"/cases/{case.id}")


@pytest.mark.parametrize("shape", ["{}", "+86 {}", " {} ", "last"])
def test_a_phone_finds_the_customer(visit, engine, shape):
    with engine.database.reading() as connection:
        from workflows.customers.repository import get

        mobile = get(connection, "C000001").mobile
    text = mobile[-4:] if shape == "last" else shape.format(f"{mobile[:3]} {mobile[3:7]}-{mobile[7:]}")
    visitor = visit("li.na").open("/search?q=" + text.replace("+", "%2B"))
    assert "/customers/C000001" in visitor.links("/customers/")
    assert mobile not in visitor.page.xpath("//main")[0].text_content().replace(text, "")


def test_groups(visit, case):
    visitor = visit("li.na").open("/search?q=a")
    assert cards(visitor) == ["Cases", "Customers", "Funds"]
    assert visitor.open("/search?q=990014").links("/funds/") == ["/funds/990014"]
    assert visitor.open("/search?q=zzzz").sees("Nothing was found")
    assert visitor.open("/search?in=nonsense&q=a").status == 404


def test_each_group_goes_by_key(visit, engine, monkeypatch):
    monkeypatch.setattr(searching, "FIRST", 2)
    monkeypatch.setattr("webapp.views.home.FIRST", 2)
    monkeypatch.setattr("webapp.views.home.PAGE", 2)
    visitor = visit("li.na")
    for _ in range(5):
        start_inquiry(visitor)
    visitor.open("/search?q=meiling")
    assert len(visitor.links("/cases/")) == 2
    (more,) = [link for link in visitor.links("/search") if "in=case" in link]
    seen = []
    visitor.open(more)
    while True:
        seen += visitor.page.xpath("//tbody//a/@href")
        if not (later := visitor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")):
            break
        visitor.open(later[0])
    assert len(seen) == len(set(seen)) == 5
    assert len(visitor.open("/search?q=99&in=fund").page.xpath("//tbody/tr")) == 2


def test_who_does_not_work_with_customers_finds_none(visit, case):
    for person in ("sun.ke", "xia.tian", "jiang.li"):
        visitor = visit(person)
        assert visitor.open("/search?q=meiling").sees("Nothing was found"), person
        assert visitor.open("/search?q=meiling&in=customer").status == 404
        assert visitor.open("/lookup/customer?q=meiling").status == 404
    assert not visit("jiang.li").open("/search?q=INQ-").links("/cases/1")
    assert visit("sun.ke").open("/search?q=Redemption").links(f"/cases/{case.id}")


def test_signs_that_mean_something_elsewhere(visit, case):
    for text in ("%25", "%5C", "'", "%25%00%25"):
        assert visit("li.na").open(f"/search?q={text}").sees("Nothing was found"), text
