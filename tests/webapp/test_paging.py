"""Every list goes page by page, by key: each row once and in order, however many there are."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest

from engine import SYSTEM
from tests.webapp.desk import ANSWER, IDENTIFY, NEED, complete, start_inquiry, walk_to

NEXT = "//nav[@class='pager']//a[@rel='next']/@href"
BEFORE = "//nav[@class='pager']//a[@rel='prev']/@href"


def shown(visitor, rows):
    """The texts or attributes that a path finds on the page."""
    return [one if isinstance(one, str) else one.text_content() for one in visitor.page.xpath(rows)]


def walked(visitor, path, rows):
    """What all pages of a list show, page after page; the first page is where Earlier leads."""
    pages = [shown(visitor.open(path), rows)]
    while later := visitor.page.xpath(NEXT):
        pages.append(shown(visitor.open(later[0]), rows))
        assert visitor.status == 200 and pages[-1]
        (first,) = visitor.page.xpath(BEFORE)
    if len(pages) > 1:
        assert shown(visitor.open(first), rows) == pages[0]
    return pages


@pytest.fixture
def small(monkeypatch):
    """Pages of two rows."""
    for name in (
        "views.cases.PAGE",
        "views.audit.overview.PAGE",
        "views.studio.deployed.PAGE",
        "domain.customers.PAGE",
        "domain.funds.PAGE",
        "domain.outbox.PAGE",
        "domain.phone.MESSAGES",
    ):
        monkeypatch.setattr(f"webapp.{name}", 2)
    monkeypatch.setattr("webapp.views.cases.TOLD", 3)


@pytest.mark.parametrize(("path", "person"), [("/cases", "li.na"), ("/audit", "he.jing")])
def test_cases(visit, small, path, person):
    for _ in range(7):
        start_inquiry(visit("li.na"))
    pages = walked(visit(person), path, "//tbody//a[contains(@class,'row-link')]/@href")
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert list(chain(*pages)) == [f"/cases/{number}" for number in (7, 6, 5, 4, 3, 2, 1)]


@pytest.mark.parametrize(("path", "count"), [("/customers?q=an", None), ("/funds", 20)])
def test_customers_and_funds(visit, small, path, count):
    pages = walked(visit("li.na"), path, "//tbody//a[contains(@class,'row-link')]/@href")
    rows = list(chain(*pages))
    assert len(pages) > 2 and len(rows) == len(set(rows)) and count in (None, len(rows))


def answered(visit, engine, times):
    """Some inquiries of one customer that were answered, so that he was written to."""
    visitor = visit("li.na")
    for _ in range(times):
        complete(visitor, walk_to(visitor, IDENTIFY, NEED), ANSWER)
    engine.run_due()


def test_the_outbox_and_the_phone(visit, small, engine):
    answered(visit, engine, 5)
    numbers = [case.number for case in engine.cases()]
    pages = walked(visit("he.jing"), "/outbox?to=customers", "//tbody//a[@class='id']/text()")
    assert len(pages) == 3 and sorted(chain(*pages)) == sorted(numbers)
    pages = walked(visit(), "/phone?customer=C000001", "//article//strong/ancestor::article/small/text()")
    assert len(pages) == 3


def test_the_story_of_a_case(visit, small, engine):
    answered(visit, engine, 1)
    whole = walked(visit("li.na"), "/cases/1", "//ol[@class='timeline']/li/span/text()")
    assert len(whole) > 2
    people = walked(visit("li.na"), "/cases/1?show=people", "//ol[@class='timeline']/li[@data-kind]//time/@datetime")
    moments = list(chain(*people))
    assert moments == sorted(moments, reverse=True) and len(moments) >= 4
    assert visit("li.na").open("/cases/1?before=x").status == 404


def test_the_story_is_told_whole(visit, engine, monkeypatch):
    answered(visit, engine, 1)
    sentences = "//section[@aria-labelledby='so-far']/ol/li[not(@data-kind='now')]/span"
    (everything,) = walked(visit("li.na"), "/cases/1", sentences)
    monkeypatch.setattr("webapp.views.cases.TOLD", 3)
    pages = walked(visit("li.na"), "/cases/1", sentences)
    assert len(pages) > 2
    assert list(chain(*pages)) == everything


def test_versions(visit, small, engine, clock):
    files = dict(engine.bundle(engine.deployments("inquiry")[0].bundle).files)
    for number in range(4):
        clock.advance(minutes=1)
        changed = files["inquiry.bpmn"].replace(b'name="Call back once"', f'name="Call back {number}"'.encode())
        engine.deploy(files | {"inquiry.bpmn": changed}, by=SYSTEM, reason="again")
    pages = walked(visit("sun.ke"), "/studio/inquiry", "//a[contains(@class,'row-link')]/text()")
    assert list(chain(*pages)) == ["5", "4", "3", "2", "1"] and len(pages) == 3
    assert visit("sun.ke").open("/studio/inquiry?after=x").status == 404


def test_incidents(engine):
    from engine.cases.incidents import open_incident

    with engine.database.writing() as connection:
        for number in range(5):
            at = engine.context.now() + timedelta(minutes=number)
            open_incident(connection, number + 1, "Element", "out of order", at.isoformat())
    seen, after = [], None
    while page := engine.incidents(limit=2, after=after):
        seen += [one.case_id for one in page]
        after = page[-1].id
    assert seen == ["5", "4", "3", "2", "1"]
