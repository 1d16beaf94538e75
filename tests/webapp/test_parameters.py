"""The parameters: who reads them, two process owners who change one, and a history with both names."""

from __future__ import annotations

from dataclasses import replace

import pytest

import workflows
from engine import Actor
from tests.webapp.house import settings_in
from tests.webapp.visitor import Visitor
from webapp.bootstrap import open_product, web
from webapp.views.parameters import TAGS, UNITS

SUN, QIAN = Actor("sun.ke", {"process_owner"}), Actor("qian.wen", {"process_owner"})
NAME = "COMPLAINT_SILENT_DAYS"
PAGE = f"/admin/parameters/{NAME}"


def proposed(visitor, value="12", reason="Customers asked for more time", name=NAME):
    """Propose a value on the page of a parameter."""
    visitor.open(f"/admin/parameters/{name}")
    return visitor.post(f"/admin/parameters/{name}/proposals", {"value": value, "reason": reason})


def test_every_parameter_is_listed_with_its_tag(visit, engine):
    visitor = visit("sun.ke").open("/admin/parameters")
    links = visitor.links("/admin/parameters/")
    assert {f"/admin/parameters/{name}" for name in engine.configuration().parameters} <= set(links)
    assert visitor.sees("Silence after the reply that closes it", NAME, "10", "calendar days", "INT", "P05 step 11")
    assert (
        visit("sun.ke", "zh").open("/admin/parameters").sees("投诉", "答复后无回应即办结的天数", "自然日", "生效时间")
    )


def test_every_unit_and_tag_that_ships_has_its_words():
    shipped = workflows.parameters().values()
    assert {said["unit"] for said in shipped} - UNITS.keys() <= {"%", "CNY"}
    assert {said["tag"] for said in shipped} <= TAGS.keys()


@pytest.mark.parametrize("person", ["sun.ke", "chen.jie", "shen.hao", "he.jing"])
def test_who_reads_them(visit, person):
    visitor = visit(person).open("/admin/parameters")
    assert visitor.status == 200 and visitor.open(PAGE).sees(NAME, "History", "the parameters it ships")
    assert visitor.open("/admin/parameters/proposals").sees("Nothing was proposed yet")
    assert bool(visitor.open(PAGE).page.xpath("//form[contains(@action,'/proposals')]")) == (person == "sun.ke")


@pytest.mark.parametrize("person", ["li.na", "wang.lei", "xia.tian", "jiang.li"])
def test_who_does_not(visit, person):
    for path in ("", f"/{NAME}", "/proposals", "/proposals/1"):
        assert visit(person).open(f"/admin/parameters{path}").status == 404


def test_two_process_owners_change_a_parameter(visit, engine, clock):
    sun = proposed(visit("sun.ke"))
    assert sun.path == "/admin/parameters/proposals/1"
    assert sun.sees("10 12", "It waits for a second process owner, who is not you.", "Customers asked for more time")
    assert sun.post("/admin/parameters/proposals/1/approval").status == 403
    assert engine.configuration().parameter(NAME) == 10
    clock.advance(minutes=5)
    qian = visit("qian.wen").open("/admin/parameters")
    assert qian.sees("Waiting for approval", "Customers asked for more time")
    qian.open("/admin/parameters/proposals/1")
    assert qian.post("/admin/parameters/proposals/1/approval", {"remark": "Agreed"}).sees("The new value is in force.")
    assert engine.configuration().parameter(NAME) == 12
    assert qian.open(PAGE).sees("10 12", "Sun Ke, Qian Wen", "Customers asked for more time (Agreed)")
    assert qian.open("/admin/parameters/proposals").sees("approved", "Qian Wen", "Sun Ke")
    assert visit("he.jing", "zh").open(PAGE).sees("孙可、钱雯")


def test_who_may_not_change_one(visit, engine):
    proposal = engine.propose_configuration({NAME: 12}, by=SUN, reason="A reason").id
    for person, status in (("he.jing", 403), ("chen.jie", 403), ("shen.hao", 403), ("li.na", 404)):
        visitor = visit(person).open("/inbox")
        assert visitor.post(f"{PAGE}/proposals", {"value": "12", "reason": "A reason"}).status == 404
        for way in ("approval", "rejection"):
            assert visitor.post(f"/admin/parameters/proposals/{proposal}/{way}").status == status, (person, way)
        assert "approval" not in visitor.open(f"/admin/parameters/proposals/{proposal}").text
    assert engine.configuration().parameter(NAME) == 10


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (NAME, "soon", "Write a whole number"),
        (NAME, "1.5", "Write a whole number"),
        (NAME, "", "Write a whole number"),
        (NAME, "-1", "Write a number that is not below zero"),
        (NAME, "NaN", "Write a whole number"),
        (NAME, "10", "Write another value than the one in force"),
        ("INQUIRY_ANSWER_TERM", "soon", "Write a term: 4 bh, 2 h24, 2 BD, 5 TD, 15 ND, T+1, PT72H"),
        ("INQUIRY_ANSWER_TERM", "0 BD", "Write a term: 4 bh, 2 h24, 2 BD, 5 TD, 15 ND, T+1, PT72H"),
        ("INQUIRY_ANSWER_TERM", " ", "Write a text"),
        ("COMPLAINT_WARN_PERCENT", "many", "Write a number"),
        (NAME, "1" + "0" * 15, "Write a number of at most 15 digits"),
        (NAME, "1e999999999", "Write a number of at most 15 digits"),
        ("COMPLAINT_WARN_PERCENT", "1" + "0" * 300, "Write a number of at most 15 digits"),
        ("INQUIRY_ANSWER_TERM", "2 BD" + " " * 2000 + "x", "Write at most 2,000 characters"),
    ],
)
def test_a_malformed_value_is_refused_and_stays_typed(visit, engine, name, value, sentence):
    visitor = proposed(visit("sun.ke"), value, name=name)
    assert visitor.status == 422 and visitor.problems() == [sentence]
    assert visitor.value("value") == value.strip() and visitor.value("reason") == "Customers asked for more time"
    assert engine.configuration_proposals(open_only=False) == []


def test_a_reason_is_needed(visit, engine):
    visitor = proposed(visit("sun.ke"), reason=" no ")
    assert visitor.status == 422
    assert visitor.problems() == ["Write why it shall change, in at least 5 characters"]
    assert visitor.value("value") == "12" and engine.configuration_proposals() == []


def test_a_term_and_a_share_are_changed(visit, engine):
    assert proposed(visit("sun.ke"), "PT2H", name="INQUIRY_ANSWER_TERM").sees("4 bh PT2H")
    assert proposed(visit("sun.ke"), "82.5", name="COMPLAINT_WARN_PERCENT").sees("80 82.5")


def test_a_stale_proposal_is_not_approved(visit, engine):
    first = engine.propose_configuration({NAME: 12}, by=SUN, reason="A reason").id
    second = engine.propose_configuration({NAME: 14}, by=SUN, reason="A reason").id
    visitor = visit("qian.wen").open(f"/admin/parameters/proposals/{second}")
    assert visitor.page.xpath("//button[contains(@formaction,'approval')]")
    engine.approve_configuration(first, by=QIAN)
    assert visitor.post(f"/admin/parameters/proposals/{second}/approval").status == 409
    assert visitor.sees("This value was changed in the meantime.")
    assert not visitor.page.xpath("//button[contains(@formaction,'approval')]")
    assert engine.configuration().parameter(NAME) == 12
    visitor.post(f"/admin/parameters/proposals/{second}/rejection")
    assert engine.configuration_proposals() == []


def test_a_proposal_is_withdrawn_or_declined(visit, engine):
    for person, word in (("sun.ke", "withdrawn"), ("qian.wen", "declined")):
        proposal = engine.propose_configuration({NAME: 12}, by=SUN, reason="A reason").id
        visitor = visit(person).open(f"/admin/parameters/proposals/{proposal}")
        visitor.post(f"/admin/parameters/proposals/{proposal}/rejection")
        assert visitor.sees("The proposal is closed; nothing was changed.")
        assert visitor.open(f"/admin/parameters/proposals/{proposal}").sees(word)
    assert engine.configuration().parameter(NAME) == 10


def test_history_and_proposals_go_by_key(visit, engine, monkeypatch):
    monkeypatch.setattr("webapp.views.parameters.PAGE", 2)
    for value in range(11, 16):
        engine.approve_configuration(engine.propose_configuration({NAME: value}, by=SUN, reason="A reason").id, by=QIAN)
    for path, rows, wanted in (
        (PAGE, "//section[@aria-labelledby='history']//ins/text()", ["15", "14", "13", "12", "11"]),
        ("/admin/parameters/proposals", "//tbody//a/@href", [f"/admin/parameters/proposals/{n}" for n in "54321"]),
    ):
        visitor, seen = visit("he.jing").open(path), []
        while True:
            seen += visitor.page.xpath(rows)
            if not (later := visitor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")):
                break
            visitor.open(later[0])
        assert seen == wanted, path


def test_what_is_not_there(visit):
    visitor = visit("sun.ke")
    for path in ("/UNKNOWN", "/proposals/99", "/proposals?after=x", f"/{NAME}?after=x"):
        assert visitor.open(f"/admin/parameters{path}").status == 404, path


def test_where_no_second_approval_is_demanded_it_is_in_force_at_once(folder, clock, monkeypatch):
    monkeypatch.setattr(workflows, "POLICY", replace(workflows.POLICY, second_approval=False))
    with open_product(settings_in(folder), clock) as engine:
        visitor = Visitor(web(settings_in(folder), engine))
        visitor.log_in("sun.ke")
        assert proposed(visitor).sees("The new value is in force.")
        assert engine.configuration().parameter(NAME) == 12


def test_where_a_parameter_comes_from_is_said_in_the_language_of_the_page(visit):
    for path in ("/admin/parameters", PAGE):
        assert visit("sun.ke").open(path).sees("P05 step 11")
        chinese = visit("sun.ke", "zh").open(path)
        assert chinese.sees("P05第11步") and "P05 step 11" not in chinese.text
