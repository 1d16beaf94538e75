"""The replay of a case: every step has an address, and says what was, what changed, who did it and by which rule."""

from __future__ import annotations

from time import process_time

import pytest
from sqlalchemy import text

from engine import SYSTEM, Actor
from engine.history import film as films
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, el, line
from tests.engine.watching import unguarded
from tests.support.lengthening import lengthen
from tests.webapp.desk import ANSWER, IDENTIFY, NEED

ANN = Actor("li.na", {"csr"})
DI = 'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'


@pytest.fixture
def case(engine):
    """A case that waits for the customer."""
    told = {"channel": "PHONE", "contactTime": "2026-11-20T14:30:00+08:00", "customerId": "C000001"}
    case = engine.start("inquiry", {**told, "caller": "19900001234"}, by=ANN)
    for values in (IDENTIFY, NEED, ANSWER):
        (task,) = engine.tasks(case.id)
        case = engine.complete(task.id, {name: True if said == "on" else said for name, said in values.items()}, by=ANN)
    return case


def marked(visitor, word):
    """The ids of what is marked so in the picture."""
    return set(
        visitor.page.xpath(f"//*[@id='replay-picture']//*[contains(concat(' ', @class, ' '), ' {word} ')]/@data-id")
    )


def nested():
    """A process that calls another one, and a collapsed subprocess with a picture of its own."""
    call = el("callActivity", "inner", calledElement="called")
    inside = (
        START.replace('"start"', '"s2"')
        + tiny.ask("deep")
        + END.replace('"end"', '"e2"')
        + line("s2", "deep", "e2", prefix="g")
    )
    body = (
        START
        + tiny.ask("ask")
        + call
        + el("subProcess", "closed", inside)
        + END
        + line("start", "ask", "inner", "closed", "end")
    )
    shape = '<bpmndi:BPMNShape id="{0}_di" bpmnElement="{0}"{1}><dc:Bounds x="{2}" y="10" width="100" height="60"/></bpmndi:BPMNShape>'
    own = "".join(shape.format(id, "", 120 * n) for n, id in enumerate(("start", "ask", "inner", "end")))
    own += shape.format("closed", ' isExpanded="false"', 500)
    below = "".join(shape.format(id, "", 120 * n) for n, id in enumerate(("s2", "deep", "e2")))
    planes = "".join(
        f'<bpmndi:BPMNDiagram id="D_{id}"><bpmndi:BPMNPlane id="P_{id}" bpmnElement="{id}">{drawn}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        for id, drawn in (("calling", own), ("closed", below))
    )
    files = tiny.bundle("calling", body)
    xml = files["calling.bpmn"].replace("</bpmn:definitions>", f"{planes}</bpmn:definitions>")
    return files | {"calling.bpmn": xml.replace("<bpmn:definitions ", f"<bpmn:definitions {DI} ", 1)}


def test_the_last_step_is_shown_first(visit, case, engine):
    page = visit("li.na").open(f"/cases/{case.id}/replay")
    assert page.status == 200
    assert page.sees(f"Step {case.seq} of {case.seq}", "Customer inquiry, version 1", "Not verified yet")
    assert page.page.xpath("//ol[@class='steps']//a[@aria-current='step']/@data-seq") == [str(case.seq)]
    assert engine.history(case.id)[-1].hash[:4] in page.page.get_element_by_id("replay-proof").text_content()


def test_a_step_in_the_middle(visit, case, engine):
    steps = engine.history(case.id)
    seq = next(step.seq for step in steps if step.input.get("element") == "RecordNeed" and step.kind == "completed")
    page = visit("li.na").open(f"/cases/{case.id}/replay?step={seq}")
    assert page.sees("Li Na finished", "What changed", "When does my redemption arrive?", "The form as filled")
    assert page.sees("Decision in this step", "It was asked with")
    assert page.page.xpath("//table[@class='matrix']//tr[@class='hit']")
    assert "Identify" in marked(page, "done") and "Answer" in marked(page, "active")
    assert page.sees(f"After step {seq}: waiting at Answer the customer")
    before = page.open(f"/cases/{case.id}/replay?step=1")
    assert "Answer" in marked(before, "idle")
    assert "When does my redemption arrive?" not in before.page.get_element_by_id("replay-data").text_content()


def test_every_step_without_script(visit, case):
    visitor = visit("li.na").open(f"/cases/{case.id}/replay?step=1")
    seen = 1
    while onward := visitor.page.xpath("//a[@id='replay-on']/@href"):
        visitor.open(onward[0])
        seen += 1
        assert visitor.sees(f"Step {seen} of {case.seq}")
    assert seen == case.seq
    assert visitor.page.xpath("//a[@id='replay-first']/@href") and not visitor.page.xpath(
        "//a[@id='replay-last']/@href"
    )
    assert visitor.page.xpath("//*[@class='replay-bar']//input[@name='step']/@max") == [str(case.seq)]


def test_chinese(visit, case):
    page = visit("li.na", "zh").open(f"/cases/{case.id}/replay?step=2")
    assert page.sees("第2步，共", "步骤", "变更内容", "等待")
    shown = page.page.get_element_by_id("main").text_content()
    assert not {"Step", "waiting", "version", "finished"} & set(shown.split())


def test_parts_of_the_list(visit, case, engine):
    engine.suspend(case.id, by=Actor("wang.lei", {"csl"}), reason="We wait for the bank")
    visitor = visit("li.na")
    kinds = {step.seq: step.kind for step in engine.history(case.id)}
    seqs = visitor.open(f"/cases/{case.id}/replay?show=interventions").page.xpath("//ol[@class='steps']//a/@data-seq")
    assert [kinds[int(seq)] for seq in seqs] == ["suspended"]
    assert visitor.sees("Wang Lei suspended the case", "Reason: We wait for the bank", "Intervention")
    people = visitor.open(f"/cases/{case.id}/replay?show=people").page.xpath("//ol[@class='steps']//a/@data-seq")
    assert 0 < len(people) <= len(kinds)
    assert visitor.open(f"/cases/{case.id}/replay?show=decisions").page.xpath("//ol[@class='steps']//a/@data-seq")
    assert visitor.open(f"/cases/{case.id}/replay?show=nonsense").status == 200


def test_personal_values_stay_masked(visit, case):
    visitor = visit("li.na")
    for seq in range(1, case.seq + 1):
        assert "19900001234" not in visitor.open(f"/cases/{case.id}/replay?step={seq}").text
    assert visitor.open(f"/cases/{case.id}/replay?step=1").sees("in the vault")


def test_the_proof(visit, case):
    visitor = visit("he.jing").open(f"/cases/{case.id}/replay?step=2")
    visitor.post(f"/cases/{case.id}/replay/verification?step=2")
    assert visitor.sees(f"Verified: {case.seq} of {case.seq} steps", f"Step 2 of {case.seq}")


def test_a_step_that_does_not_follow(visit, case, engine):
    with unguarded(engine) as connection:
        changed = {"id": int(case.id), "effects": b"[]"}
        connection.execute(text("update step set effects = :effects where case_id = :id and seq = 2"), changed)
    page = visit("he.jing").open(f"/cases/{case.id}/replay")
    assert page.sees("The history does not replay beyond step 1.")
    page.post(f"/cases/{case.id}/replay/verification")
    assert page.sees("This case does not verify", "Step 2")


def test_who_may_not_see_the_case_sees_no_replay(visit, case):
    for person in ("jiang.li", "xia.tian"):
        visitor = visit(person)
        for path in ("", "?step=1", "/frames?from=1&to=2"):
            assert visitor.open(f"/cases/{case.id}/replay{path}").status == 404, (person, path)
        visitor.open("/inbox")
        assert visitor.post(f"/cases/{case.id}/replay/verification").status == 404


def test_addresses_that_lead_nowhere(visit, case):
    visitor = visit("li.na")
    for query in ("?step=0", f"?step={case.seq + 1}", "?step=two", "?step=-1", "?step=99999999999999999999"):
        assert visitor.open(f"/cases/{case.id}/replay{query}").status == 404, query
    for query in ("", "?from=1", "?from=9&to=2", "?from=x&to=2", "?from=900&to=901"):
        assert visitor.open(f"/cases/{case.id}/replay/frames{query}").status == 404, query
    assert visitor.open(f"/cases/{case.id}/replay?open=nonsense/there").status == 200


def test_reading_a_replay_is_reading_the_case(visit, case, engine):
    visit("he.jing").open(f"/cases/{case.id}/replay/frames?from=1&to=2")
    with engine.database.reading() as connection:
        rows = connection.execute(text("select actor from reading where kind = 'opened'")).scalars().all()
    assert rows.count("he.jing") == 1


def test_frames_tell_the_same_as_the_pages(visit, case):
    visitor = visit("li.na")
    found = visitor.open(f"/cases/{case.id}/replay/frames?from=2&to={case.seq}").response.json
    marks = dict(found["base"][""])
    for frame in found["frames"]:
        marks |= frame["changed"].get("", {})
        visitor.open(f"/cases/{case.id}/replay?step={frame['seq']}")
        assert visitor.sees(frame["says"], frame["standing"])
        for word in ("active", "done", "cancelled", "travelled"):
            assert marked(visitor, word) == {id for id, (mark, _) in marks.items() if mark == word}, frame["seq"]


def test_called_processes_and_closed_subprocesses_are_opened_in_place(visit, engine):
    engine.deploy(tiny.one_task("called"), by=SYSTEM)
    engine.deploy(nested(), by=SYSTEM)
    case = engine.start("calling", by=ANN)
    for _ in range(3):
        (task,) = engine.tasks(case.id)
        engine.complete(task.id, {"approved": True}, by=ANN)
    visitor = visit("he.jing").open(f"/cases/{case.id}/replay?step=2")
    assert marked(visitor, "active") == {"inner"} and visitor.sees("After step 2: waiting at ask")
    visitor.open(f"/cases/{case.id}/replay?step=2&open=inner")
    assert marked(visitor, "active") == {"ask"} and visitor.sees("called, version 1")
    visitor.open(f"/cases/{case.id}/replay?step=3")
    assert marked(visitor, "done") == {"start", "ask", "end"} and visitor.sees("called, version 1")
    visitor.open(f"/cases/{case.id}/replay?step=3&open=-")
    assert marked(visitor, "active") == {"closed"} and "inner" in marked(visitor, "done")
    visitor.open(f"/cases/{case.id}/replay?step=3&open=closed")
    assert marked(visitor, "active") == {"deep"}
    visitor.open(f"/cases/{case.id}/replay?step=4")
    assert marked(visitor, "done") == {"s2", "deep", "e2"} and visitor.sees("After step 4: the case has ended")


def test_links_to_it(visit, case):
    assert f"/cases/{case.id}/replay" in visit("li.na").open(f"/cases/{case.id}").links(f"/cases/{case.id}/replay")
    assert f"/cases/{case.id}/replay?step=1" in visit("li.na").open(f"/cases/{case.id}").links(
        f"/cases/{case.id}/replay"
    )
    assert f"/cases/{case.id}/replay" in visit("he.jing").open("/audit").links(f"/cases/{case.id}/replay")


def rounds(engine, count, word="round"):
    """A case of so many steps, of which each notes the word and its number."""
    engine.deploy(tiny.rounds(), by=SYSTEM)
    case = engine.start("rounds", by=ANN)
    lengthen(engine, case.id, count, lambda seq: {"approved": False, "note": f"{word} {seq}"}, by="li.na")
    return case


@pytest.fixture
def long(engine):
    """A case of 700 steps."""
    return rounds(engine, 700)


def test_a_page_does_not_grow_with_the_history(visit, long):
    visitor = visit("he.jing")
    early = len(visitor.open(f"/cases/{long.id}/replay?step=75").text)
    late = len(visitor.open(f"/cases/{long.id}/replay?step=675").text)
    assert visitor.sees("round 675") and abs(late - early) < early / 20
    assert len(visitor.page.xpath("//ol[@class='steps']//a")) == 50
    assert visitor.page.xpath("//a[@data-list]/@href") == [f"/cases/{long.id}/replay?step=650"]


def test_a_long_replay_in_portions(visit, engine, monkeypatch):
    monkeypatch.setattr(films, "MOST", 300)
    unseen = rounds(engine, 700, "turn")
    visitor = visit("he.jing")
    assert visitor.open(f"/cases/{unseen.id}/replay").sees(
        "The data of this step are being worked out.", "400 steps are still"
    )
    assert visitor.open(f"/cases/{unseen.id}/replay").sees("100 steps are still to be replayed.")
    assert visitor.open(f"/cases/{unseen.id}/replay").sees("turn 700")


@pytest.mark.slow
def test_ten_thousand_steps(visit, engine):
    case = rounds(engine, 10_000)
    visitor = visit("he.jing")
    while visitor.open(f"/cases/{case.id}/replay").sees("still to be replayed"):
        pass

    def cost(seq):
        begin = process_time()
        assert visitor.open(f"/cases/{case.id}/replay?step={seq}").sees(f"round {seq}")
        return process_time() - begin, len(visitor.text)

    early, late = (min(cost(seq) for _ in range(5)) for seq in (40, 9_990))
    assert late[0] < 2 * early[0] and abs(late[1] - early[1]) < early[1] / 20
