"""The sandbox: a scenario is recorded by clicking through a draft, nothing else is made of it, and it is kept."""

from __future__ import annotations

import itertools
import json

import pytest

from engine import Actor
from engine.scenarios import read_scenario
from tests.engine.watching import count

OWNER = Actor("sun.ke", {"process_owner"})


@pytest.fixture
def sketch(engine):
    """A sketch of the inquiry."""
    return engine.sketch_begin(by=OWNER, key="inquiry")


@pytest.fixture
def visitor(visit, sketch):
    return visit("sun.ke").open(f"/studio/sketches/{sketch.id}/sandbox")


def act(visitor, **typed):
    """Send the form of the page with its state."""
    state = visitor.page.xpath("//input[@name='_state']/@value")[0]
    chosen = (visitor.page.xpath("//input[@name='_open']/@value") or [""])[0]
    path = visitor.page.xpath("//form[contains(@class, 'form')]/@action")[0]
    return visitor.post(path, {"_state": state, "_open": chosen} | typed)


def begun(visitor):
    """Begin a case by a call."""
    sent = {
        "_message": "contact_received",
        "_at": "2026-11-18T09:00",
        "channel": "PHONE",
        "contactTime": "2026-11-18T08:58",
    }
    return act(visitor, **sent)


def state(visitor):
    return json.loads(visitor.page.xpath("//input[@name='_state']/@value")[0])


KNOWN = {"found": "", "customerId": ""}
IDENTIFIED = {"noticeGiven": "on", "consentRecording": "on"}


def test_a_case_is_walked_and_kept(visitor, visit, engine, sketch):
    assert visitor.sees("How the case begins", "No case is made")
    before = {table: count(engine, table) for table in ("case_file", "step", "vault", "job", "message")}
    begun(visitor)
    assert visitor.status == 200 and visitor.sees("customer/lookup is asked", "Look up the customer")
    act(visitor, customerId="", vulnerable="")
    assert visitor.sees("Identify the customer", "Contact received", "Data so far")
    assert visitor.page.xpath("//*[contains(@class, 'done')]/@data-id").count("LookUpCustomer") >= 1
    assert visitor.page.xpath("//*[contains(@class, 'active')]/@data-id").count("Identify") >= 1
    act(visitor, callerName="Ann Ash", **IDENTIFIED)
    assert visitor.sees("Record the need")
    assert "Ann Ash" not in visitor.text and state(visitor)["inputs"][0]["values"]["callerName"] == "sample"
    carried = visitor.page.xpath("//input[@name='_state']/@value")[0]
    visitor.post(
        f"/studio/sketches/{sketch.id}/sandbox/scenario", {"_state": carried, "name": "begun", "title": "Begun"}
    )
    assert visitor.path == f"/studio/sketches/{sketch.id}" and visitor.sees("scenarios/begun.json")
    kept = read_scenario("scenarios/begun.json", engine.sketch(sketch.id, OWNER).files["scenarios/begun.json"])
    assert kept.expected.path[-1] == "RecordNeed" and kept.expected.waiting == ("RecordNeed",) and kept.title == "Begun"
    assert not [one for one in engine.check(engine.sketch(sketch.id, OWNER).files) if one.rule.startswith("scenario")]
    assert {table: count(engine, table) for table in before} == before
    again = visit("qian.wen").open(f"/studio/sketches/{sketch.id}/sandbox?scenario=begun")
    assert again.sees("Record the need", "Keep as a scenario")


def test_a_form_that_is_not_right_keeps_what_was_typed(visitor):
    begun(visitor)
    act(visitor, customerId="")
    act(visitor, **IDENTIFIED)
    act(visitor, complete="on", question="x", urgency="soon")
    assert visitor.status == 422 and visitor.problems()
    assert visitor.value("f-question") == "x" and len(state(visitor)["inputs"]) == 1


def test_a_step_is_taken_back(visitor):
    begun(visitor)
    act(visitor, customerId="")
    assert len(state(visitor)["answers"]) == 1
    act(visitor, **IDENTIFIED)
    assert len(state(visitor)["inputs"]) == 1
    act(visitor, _undo="1")
    assert "inputs" not in state(visitor) and visitor.sees("Identify the customer")
    act(visitor, _restart="1")
    assert visitor.sees("How the case begins")


def test_an_operator_may_answer_every_time_or_with_an_error(visitor):
    begun(visitor)
    act(visitor, customerId="", _always="on")
    assert state(visitor)["answers"][0]["always"] is True and "element" not in state(visitor)["answers"][0]
    visitor = begun(visitor.open(visitor.path))
    act(visitor, _error="unknown")
    assert visitor.status == 422 and visitor.sees("It cannot go on like this")


def test_time_that_passes(visitor):
    begun(visitor)
    act(visitor, customerId="")
    act(visitor, _wait="1", _until="4 bh")
    assert state(visitor)["inputs"] == [{"wait": "4 bh"}] and visitor.sees("18 Nov 2026")
    act(visitor, _wait="1", _until="soon")
    assert visitor.status == 422 and visitor.sees("soon is no time to wait")
    act(visitor, _next="1")
    assert visitor.status == 422 and visitor.sees("no timer is armed")


def test_nobody_real_is_looked_up_or_kept(visitor, engine):
    assert not visitor.page.xpath("//*[@data-lookup]")
    sent = {
        "_message": "contact_received",
        "_at": "2026-11-18T09:00",
        "channel": "PHONE",
        "contactTime": "2026-11-18T08:58",
    }
    act(visitor, **sent, customerId="C000017", caller="13800138000")
    assert state(visitor)["start"]["data"] == {
        "channel": "PHONE",
        "contactTime": "2026-11-18T08:58:00+08:00",
        "customerId": "sample",
        "caller": "sample",
    }


def test_in_chinese(visit, sketch):
    visitor = visit("sun.ke", "zh").open(f"/studio/sketches/{sketch.id}/sandbox")
    assert visitor.sees("沙盒", "客户咨询受理")
    assert begun(visitor).sees("调用", "查询客户") or visitor.sees("customer/lookup")
    act(visitor, customerId="")
    act(visitor, _wait="1", _until="soon")
    assert visitor.sees("不是等待的时长")


@pytest.mark.parametrize(
    "carried", ["{", "[]", "x" * 300_000, '{"at": 1}', '{"at": "2026-03-02T09:00:00+08:00", "inputs": 7}']
)
def test_a_state_that_is_none_is_answered(visitor, carried):
    visitor.post(visitor.path, {"_state": carried})
    assert visitor.status in (200, 422) and visitor.sees("How the case begins")
    visitor.post(f"{visitor.path}/scenario", {"_state": carried, "name": "x"})
    assert visitor.status == 404


def test_a_scenario_that_grows_too_long_is_not_lost(visitor, sketch):
    begun(visitor)
    act(visitor, customerId="")
    full = json.dumps(state(visitor) | {"inputs": [{"wait": "1 bh"}] * 200})
    visitor.post(visitor.path, {"_state": full, "_wait": "1", "_until": "1 bh"})
    assert visitor.status == 422 and visitor.sees("A scenario has at most 200 inputs", "Identify the customer")
    assert len(state(visitor)["inputs"]) == 200
    act(visitor, _undo="1")
    assert visitor.status == 200 and len(state(visitor)["inputs"]) == 199


def test_what_takes_too_long_is_ended_and_said(visitor, visit, sketch, monkeypatch):
    begun(visitor)
    carried = visitor.page.xpath("//input[@name='_state']/@value")[0]
    monkeypatch.setattr("engine.scenarios.play.monotonic", itertools.count(10**12).__next__)
    assert act(visitor, customerId="").status == 422
    assert visitor.sees("It cannot go on like this", "it takes too long")
    other = visit("sun.ke", "zh").open(visitor.path)
    other.post(visitor.path, {"_state": carried})
    assert other.sees("它用时过长")


def test_a_name_that_is_no_name(visitor, engine, sketch):
    begun(visitor)
    for name in ("", "../x", "A/B", "x" * 80, "名"):
        carried = json.dumps(state(visitor))
        sent = {"_state": carried, "name": name, "title": "Begun"}
        visitor.post(f"/studio/sketches/{sketch.id}/sandbox/scenario", sent)
        assert visitor.status == 422 and visitor.sees("Write a name of small letters"), name
        box = visitor.page.get_element_by_id("name")
        assert (box.get("value"), visitor.value("title"), box.get("aria-invalid")) == (name, "Begun", "true")
        assert visitor.page.get_element_by_id("name-error").text.startswith("Write a name of small letters")
    assert engine.sketch(sketch.id, OWNER).revision == sketch.revision


def test_the_browser_stops_no_form_in_its_own_words(visitor):
    begun(visitor)
    keep = visitor.page.get_element_by_id("name").getparent().getparent()
    assert keep.get("novalidate") is not None
    assert visitor.page.xpath("//*[@required]") == []


def test_what_a_form_calls_its_fields_does_not_name_the_scenario(visitor):
    begun(visitor)
    act(visitor, name="typed", title="typed")
    assert (visitor.value("name"), visitor.value("title")) == ("", "")


def test_who_may(visit, engine, sketch):
    assert visit("li.na").open(f"/studio/sketches/{sketch.id}/sandbox").status == 404
    owner = visit("sun.ke")
    assert owner.open("/studio/sketches/999/sandbox").status == 404
    assert owner.open(f"/studio/sketches/{sketch.id}/sandbox?scenario=none").status == 404


@pytest.mark.parametrize("body", [b"<", b"<!DOCTYPE x [<!ENTITY a 'b'>]><definitions>&a;</definitions>", None])
def test_a_draft_that_makes_no_bundle_says_so(visit, engine, sketch, body):
    owner, address = visit("sun.ke"), f"/studio/sketches/{sketch.id}/sandbox"
    carried = state(begun(owner.open(address)))
    engine.sketch_save(sketch.id, sketch.revision, {"inquiry.bpmn": body}, by=OWNER)
    assert owner.open(address).status == 200 and owner.sees(
        "This draft cannot be clicked through yet", "Customer inquiry"
    )
    assert owner.page.xpath(f"//main//a[@href='/studio/sketches/{sketch.id}']")
    for path in (address, f"{address}/scenario"):
        owner.post(path, {"_state": json.dumps(carried), "name": "x"})
        assert owner.status == 409 and owner.sees("This draft cannot be clicked through yet"), path
    assert visit("sun.ke", "zh").open(address).sees("这份草稿还不能逐步演练", "客户咨询受理")
    assert "scenarios/x.json" not in engine.sketch(sketch.id, OWNER).files
