"""The auditor's pages: search, deviations, samples, working papers, who has read what."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re

import pytest

from engine import Actor
from tests.webapp.desk import ANSWER, IDENTIFY, NEED, complete, start_inquiry, walk_to

ANN, JING = Actor("li.na", {"csr"}), Actor("he.jing", {"auditor"})
WHY = "Inquiries of the autumn"


@pytest.fixture
def case(visit, engine):
    """An inquiry that was answered."""
    walk_to(visit("li.na"), IDENTIFY, NEED)
    visitor = visit("li.na").open("/inbox")
    (found,) = engine.cases(ANN)
    complete(visitor, engine.tasks(found.id)[0].id, ANSWER)
    return engine.case(found.id)


@pytest.fixture
def sample(engine, case):
    """A sample with the case in it."""
    from engine.auditing.population import Selection

    return engine.draw(Selection(key="inquiry"), size=5, seed="2026", reason=WHY, by=JING)


def test_the_search_finds_a_step_and_says_how_far_it_looked(visit, case):
    auditor = visit("he.jing").open("/audit/search")
    assert auditor.sees("What are you looking for?")
    assert auditor.open("/audit/search?actor=li.na&kind=completed&element=Answer").sees(
        case.number, "Li Na finished Answer the customer", "Nothing older is left."
    )
    link = auditor.links(f"/cases/{case.id}/replay?step=")[0]
    assert re.fullmatch(rf"/cases/{case.id}/replay\?step=\d+", link) and auditor.open(link).status == 200
    assert auditor.open("/audit/search?field=topic&value=redeem_money").sees(case.number)
    assert auditor.open("/audit/search?value=by+Tuesday&how=contains").sees("Any value contains by Tuesday")
    assert auditor.open("/audit/search?kind=jumped").sees("Nothing was found")
    zh = visit("he.jing", "zh").open("/audit/search?actor=li.na&kind=completed&element=Answer")
    assert zh.sees("李娜完成了答复客户", "没有更早的内容。")


def test_every_filter_can_be_taken_away(visit, case):
    auditor = visit("he.jing").open("/audit/search?actor=li.na&kind=completed&key=inquiry")
    without = auditor.page.xpath("//a[contains(@class,'filter')]/@href")
    assert without == [
        "/audit/search?kind=completed&key=inquiry",
        "/audit/search?actor=li.na&key=inquiry",
        "/audit/search?actor=li.na&kind=completed",
    ]
    assert auditor.open(without[0]).value("kind") is None or auditor.sees("task finished")


def test_the_search_goes_page_by_page(visit, case, monkeypatch):
    monkeypatch.setattr("webapp.views.audit.search.PAGE", 2)
    auditor, seen = visit("he.jing").open("/audit/search?key=inquiry"), []
    while True:
        seen += auditor.page.xpath("//tbody//a[contains(@class,'row-link')]/@href")
        later = auditor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")
        if not later:
            break
        auditor.open(later[0])
    assert seen == [f"/cases/{case.id}/replay?step={n}" for n in range(case.seq, 0, -1)]


def test_personal_values_are_not_found(visit, engine):
    start_inquiry(visit("li.na"), caller="19900001234")
    auditor = visit("he.jing").open("/audit/search?value=19900001234&how=contains")
    assert auditor.sees("Nothing was found") and not auditor.links("/cases/1")


def test_deviations(visit, case, engine, clock):
    assert visit("he.jing").open("/audit/deviations").sees("No deviation was found")
    start_inquiry(visit("li.na"))
    other = next(one for one in engine.cases(ANN) if one.id != case.id)
    lead = Actor("wang.lei", {"csl"})
    engine.cancel(other.id, by=lead, reason="The customer called again")
    auditor = visit("he.jing").open("/audit/deviations?kind=intervention&key=inquiry")
    assert auditor.sees(other.number, "Intervention", "The customer called again", "Wang Lei")
    assert auditor.open("/audit/deviations?kind=overdue").sees("No deviation was found")
    assert auditor.open("/audit/search?deviation=any").sees("case cancelled", other.number)
    assert visit("he.jing", "zh").open("/audit/deviations").sees("人工干预", "工单取消")


def test_a_sample_is_drawn_and_drawn_again(visit, case, engine, clock):
    auditor = visit("he.jing").open("/audit/samples/new")
    auditor.post("/audit/samples", {"key": "inquiry", "size": "3", "seed": "2026", "reason": WHY})
    assert auditor.path == "/audit/samples/1" and auditor.sees(WHY, case.number, "1 case was drawn.", "2026")
    assert engine.sample(1, JING).digest == hashlib.sha256(f"{case.id}\n".encode()).hexdigest()
    clock.advance(minutes=1)
    start_inquiry(visit("li.na"))
    assert auditor.open("/audit/samples/1?again=1").sees("Drawn again, it is the same sample")
    assert auditor.open("/audit/samples").sees("Sample 1", "1 of 1", "Process Customer inquiry")


WRONG = (
    ({"size": "0"}, "Write a number from 1 to 1000"),
    ({"size": "-3"}, "Write a number from 1 to 1000"),
    ({"size": "9" * 400}, "Write a number from 1 to 1000"),
    ({"size": "٣"}, "Write a number from 1 to 1000"),
    ({"reason": " "}, "Write what the sample is for, in at least 5 characters"),
    ({"seed": "é"}, "Write at most 64 letters, digits or signs of ASCII"),
    ({"key": "complaint"}, "No case fits this. Leave something out, or choose another period"),
)


def test_a_draw_that_says_too_much_or_too_little(visit, case, engine):
    auditor = visit("he.jing").open("/audit/samples/new")
    for sent, problem in WRONG:
        assert auditor.post("/audit/samples", {"size": "3", "reason": WHY} | sent).status == 422
        assert auditor.problems() == [problem] and engine.samples(JING) == ([], None)
        assert auditor.value("reason") == sent.get("reason", WHY), "what was typed is still there"


def test_the_work_on_a_sample(visit, case, sample, engine):
    auditor = visit("he.jing").open(f"/audit/samples/{sample.id}")
    assert auditor.sees("not yet", "not asked yet", "0 of 1")
    auditor.open(f"/cases/{case.id}/replay")
    auditor.open(f"/audit/samples/{sample.id}")
    auditor.post(f"/audit/samples/{sample.id}/verification", {"case": [case.id, "999"]})
    assert auditor.sees("1 case verified just now", "verified", "1 of 1") and not auditor.sees("not yet")
    auditor.open(f"/audit/papers/new?case={case.id}&step=2&sample={sample.id}")
    about = {"case": case.id, "step": "2", "sample": sample.id}
    auditor.post("/audit/papers", about | {"severity": "high", "text": "<b>No reason</b>"})
    assert auditor.sees("Finding", "High", "<b>No reason</b>", case.number) and "<b>No" not in auditor.text
    auditor.post(f"{auditor.path}/correction", {"severity": "low", "text": "A thin reason"})
    assert auditor.sees("A thin reason", "What it said before", "<b>No reason</b>")
    assert auditor.open(f"/audit/samples/{sample.id}").sees("Low") and not auditor.sees("High")
    assert auditor.open(f"/audit/papers?case={case.id}").sees("A thin reason", case.number)
    assert engine.verify(case.id).sound


def test_a_paper_that_says_nothing(visit, case, engine):
    auditor = visit("he.jing").open(f"/audit/papers/new?case={case.id}")
    assert auditor.post("/audit/papers", {"case": case.id, "text": "  "}).status == 422
    assert auditor.sees("Write what you have seen")
    assert auditor.post("/audit/papers", {"case": case.id, "text": "x" * 10_001}).status == 422
    assert engine.papers(JING) == ([], None)


def test_the_working_paper(visit, case, sample, engine):
    engine.verify_sample(sample.id, [case.id], by=JING)
    first = engine.write_paper("finding", '=HYPERLINK("x")', severity="low", case=case.id, sample=sample.id, by=JING)
    engine.correct_paper(first.id, "a late answer", severity="medium", by=JING)
    auditor = visit("he.jing").open(f"/audit/samples/{sample.id}/paper")
    assert auditor.sees("What was drawn, and from what", sample.digest, "a late answer", "corrected since", "Medium")
    told = json.loads(auditor.open(f"/audit/samples/{sample.id}/paper.json").text)
    assert told["sample"]["cases"] == [case.id] and told["sample"]["seed"] == "2026"
    assert told["cases"][0]["verification"]["sound"] is True
    assert [one["text"] for one in told["papers"]][1:] == ['=HYPERLINK("x")', "a late answer"]
    lines = list(
        csv.DictReader(io.StringIO(auditor.open(f"/audit/samples/{sample.id}/paper.csv").text.lstrip("\ufeff")))
    )
    assert [line["what"] for line in lines] == ["drawn", "verified", "finding", "finding"]
    assert lines[2]["text"] == '\'=HYPERLINK("x")' and lines[3]["replaces"] == str(first.id)
    assert "attachment" in auditor.response.headers["Content-Disposition"]


def test_who_has_read_what(visit, case, engine, clock):
    visit("li.na").open(f"/cases/{case.id}")
    visit("li.na").open(f"/cases/{case.id}")
    visit("wang.lei").open("/customers/C000001").open("/customers/C000001")
    auditor = visit("he.jing").open("/audit/readings?actor=wang.lei")
    assert auditor.sees("Wang Lei", "opened", "the whole page") and len(auditor.page.xpath("//tbody/tr")) == 1
    assert len(auditor.open(f"/audit/readings?actor=li.na&case={case.id}").page.xpath("//tbody/tr")) == 1
    assert {"Wang Lei", "Li Na"} <= set(
        auditor.open("/audit/readings?customer=C000001").page.xpath("//tbody//td[1]/text()")
    )
    assert auditor.open("/audit/readings?kind=revealed").sees("Nobody has looked yet")
    clock.advance(hours=1)
    visit("li.na").open(f"/cases/{case.id}")
    assert len(auditor.open(f"/audit/readings?actor=li.na&case={case.id}").page.xpath("//tbody/tr")) == 2


def test_readings_of_both_records_go_page_by_page(visit, case, monkeypatch, clock):
    monkeypatch.setattr("webapp.domain.readings.PAGE", 2)
    for number in range(1, 4):
        clock.advance(minutes=1)
        visit("wang.lei").open(f"/customers/C00000{number}")
        clock.advance(minutes=1)
        visit("zhou.min").open(f"/cases/{case.id}")
    auditor, seen = visit("he.jing").open("/audit/readings"), []
    while True:
        seen += auditor.page.xpath("//tbody//time/@datetime")
        later = auditor.page.xpath("//nav[@class='pager']//a[@rel='next']/@href")
        if not later:
            break
        auditor.open(later[0])
    assert seen == sorted(seen, reverse=True) and len(seen) >= 5


def test_a_page_that_cannot_be_written_down_is_not_shown(visit, case, engine, monkeypatch):
    from engine.errors import Unavailable

    def away(*_):
        raise Unavailable

    visitor = visit("zhou.min")
    monkeypatch.setattr("engine.auditing.readings.write", away)
    assert visitor.open(f"/cases/{case.id}").status == 503
    assert case.number not in visitor.text


HOSTILE = (
    "/audit/search?kind=nonsense",
    "/audit/search?since=yesterday",
    "/audit/search?until=9999-12-31",
    "/audit/search?version=-1",
    "/audit/search?version=99999999999999999999",
    "/audit/search?value=%00%00",
    "/audit/search?value=" + "x" * 5000,
    "/audit/search?actor=%27--&element=%22%5C&field=%24vault&value=%7B",
    "/audit/search?key=inquiry&after=-1.5",
    "/audit/search?key=inquiry&after=" + "9" * 50 + ".1",
    "/audit/search?deviation=x",
    "/audit/deviations?kind=x",
    "/audit/deviations?after=x",
    "/audit/samples?after=-1",
    "/audit/samples/999999999999999999999999",
    "/audit/samples/1?start=-5",
    "/audit/samples/1?start=999999999",
    "/audit/samples/0/paper.csv",
    "/audit/samples/x/paper.json",
    "/audit/papers?case=x&sample=y",
    "/audit/papers?after=1e9",
    "/audit/papers/new",
    "/audit/papers/new?case=1&step=0",
    "/audit/papers/new?case=1&sample=99",
    "/audit/papers/new?case=%F0%9F%98%80",
    "/audit/readings?after=1",
    "/audit/readings?after=999999999999999999.999999999999999999",
    "/audit/readings?case=%27",
    "/audit/readings?kind=x&since=2026-13-40",
)


def test_hostile_addresses(visit, sample):
    auditor = visit("he.jing")
    for path in HOSTILE:
        assert auditor.open(path).status in (200, 404, 422), path


def test_a_process_owner_searches_but_draws_and_writes_nothing(visit, sample):
    owner = visit("sun.ke")
    for path in ("/audit", "/audit/search?kind=started", "/audit/deviations"):
        assert owner.open(path).status == 200
        assert not owner.links("/audit/samples") and not owner.links("/audit/papers")
    for path in (
        "/audit/samples",
        "/audit/samples/1",
        "/audit/samples/1/paper.csv",
        "/audit/papers",
        "/audit/readings",
    ):
        assert owner.open(path).status == 404, path
    for path in ("/audit", "/audit/search", "/audit/deviations", "/audit/samples/1"):
        assert visit("li.na").open(path).status == 404, path
