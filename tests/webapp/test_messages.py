"""The messages that nobody waits for yet, as those see them who look after the processes."""

from __future__ import annotations

import pytest

from engine import SYSTEM

LINK = "//a[@href='/messages']"


@pytest.fixture
def kept(engine):
    """Three messages that came too early: one for anybody, one by a key, with something personal in it."""
    engine.send("order_confirmed", {"mobile": "13812345678"}, by=SYSTEM)
    engine.send("order_confirmed", {"mobile": "13812345678"}, {"orderId": "42"}, by=SYSTEM)
    engine.send("letter_signed", {}, by=SYSTEM)


def names(visitor):
    return [cell.text_content() for cell in visitor.page.xpath("//tbody/tr/td[1]")]


@pytest.mark.parametrize("person", ["sun.ke", "he.jing"])
def test_kept_messages_are_listed_and_what_is_in_them_is_not(visit, kept, person):
    visitor = visit(person).open("/messages")
    assert names(visitor) == ["letter_signed", "order_confirmed", "order_confirmed"]
    assert "orderId" in visitor.page.text_content()
    assert "13812345678" not in visitor.page.text_content() and "42" not in visitor.page.xpath("string(//tbody)")


def test_one_that_has_run_out_is_gone(visit, kept, engine, clock):
    clock.advance(days=engine.policy.message_ttl.days, minutes=1)
    assert names(visit("sun.ke").open("/messages")) == []


def test_they_are_for_those_who_look_after_the_processes(visit, kept):
    assert visit("li.na").open("/messages").status == 404
    assert not visit("li.na").open("/cases").page.xpath(LINK) and visit("sun.ke").open("/cases").page.xpath(LINK)


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30])
def test_no_page_for_what_is_no_number(visit, after):
    assert visit("sun.ke").open(f"/messages?after={after}").status == 404


def test_they_go_page_by_page(visit, kept, monkeypatch):
    monkeypatch.setattr("webapp.views.messages.PAGE", 2)
    visitor = visit("sun.ke").open("/messages")
    assert len(names(visitor)) == 2
    (later,) = visitor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")
    assert names(visitor.open(later)) == ["order_confirmed"]
