"""Coverage: what was walked by scenarios, by finished cases, by both, by neither; and the list of scenarios."""

from __future__ import annotations

import json

import pytest

from engine import SYSTEM, Actor
from engine.scenarios import running
from tests.engine import tiny
from tests.engine.spiff.xmls import END, el, flow, line

OWNER = Actor("sun.ke", {"process_owner"})


def files(expect="small", ids="f1"):
    """A process with two ways, and a scenario of the one for small amounts."""
    body = (
        el("startEvent", "start", tiny.extensions(tiny.with_form("forms/start.json")))
        + el("exclusiveGateway", "which", default="f2")
        + el("endEvent", "small")
        + END
        + el(
            "manualTask",
            "large",
            tiny.extensions(
                '<spiffworkflow:taskMetadataValues><spiffworkflow:taskMetadataValue name="candidateGroups" value="csr"/></spiffworkflow:taskMetadataValues>'
            ),
        )
    )
    body += (
        line("start", "which")
        + flow(ids, "which", "small", "amount &lt; 10")
        + flow("f2", "which", "large")
        + line("large", "end", prefix="g")
    )
    one = {"at": "2026-03-02T09:00:00+08:00", "start": {"data": {"amount": 3}}, "expect": {"end": expect}}
    form = tiny.form({"amount": {"type": "integer"}}, required=("amount",))
    return {**tiny.bundle("loan", body, forms_start=form), "scenarios/small.json": json.dumps(one)}


def swatches(visitor):
    """How many elements and flows were walked by whom."""
    rows = visitor.page.xpath("//section[@aria-labelledby='covered']//tbody/tr")
    return {row.xpath(".//i/@class")[0].split("by-")[1]: [cell.text for cell in row.xpath("td")] for row in rows}


def test_by_scenarios_by_cases_by_both_and_by_neither(visit, engine):
    engine.deploy(files(), by=SYSTEM)
    visitor = visit("sun.ke").open("/studio/loan/coverage")
    assert swatches(visitor) == {
        "both": ["0", "0"],
        "scenarios": ["3", "2"],
        "history": ["0", "0"],
        "neither": ["2", "2"],
    }
    assert visitor.sees("1 of 1 go as they have to", "Walked by neither", "No finished case has come this way yet.")
    engine.start("loan", {"amount": 5}, by=SYSTEM)
    engine.count_finished()
    visitor.open("/studio/loan/coverage")
    assert swatches(visitor)["both"] == ["3", "2"]
    marks = visitor.page.xpath("//*[contains(@class, 'by-neither')]/@data-id")
    assert {"large", "end"} <= set(marks) and "small" not in marks


def test_the_cases_of_a_version_before_count_for_what_is_the_same(visit, engine):
    engine.deploy(files(), by=SYSTEM)
    engine.start("loan", {"amount": 5}, by=SYSTEM)
    engine.count_finished()
    changed = files(ids="other")
    engine.deploy({path: body for path, body in changed.items() if "scenarios" not in path}, by=SYSTEM)
    found = swatches(visit("sun.ke").open("/studio/loan/coverage"))
    assert found["history"] == ["3", "1"] and found["neither"] == ["2", "3"]


def test_a_scenario_that_goes_otherwise_covers_nothing_and_says_where(visit, engine):
    made = engine.sketch_begin(
        by=OWNER,
        files={path: body.encode() if isinstance(body, str) else body for path, body in files(expect="end").items()},
    )
    visitor = visit("sun.ke").open(f"/studio/loan/coverage?of=sketch-{made.id}")
    assert visitor.status == 200 and swatches(visitor)["scenarios"] == ["0", "0"]
    assert visitor.sees("0 of 1 go as they have to", "it ends at", "Open the sandbox")
    visitor = visit("sun.ke", "zh").open(f"/studio/loan/coverage?of=sketch-{made.id}")
    assert visitor.sees("1个中有0个走向正确", "结束于") or visitor.sees("走向不同", "结束于")


def test_a_shared_decision_and_what_is_no_bundle(visit, engine):
    assert visit("sun.ke").open("/studio/suitability/coverage").sees("This bundle has no scenario yet.")
    made = engine.sketch_begin(by=OWNER, key="inquiry")
    engine.sketch_save(made.id, made.revision, {"inquiry.bpmn": b"<"}, by=OWNER)
    assert visit("sun.ke").open(f"/studio/inquiry/coverage?of=sketch-{made.id}").sees("is no whole bundle yet")
    assert visit("sun.ke").open("/studio/inquiry/coverage?of=9").status == 404
    assert visit("li.na").open("/studio/inquiry/coverage").status == 404
    assert visit("sun.ke").open("/studio/inquiry/coverage").sees("A question about fees, answered at once")


@pytest.mark.parametrize(
    ("page", "times"),
    [
        ("/studio/sketches/{}/check", 1),
        ("/studio/sketches/{}", 1),
        ("/studio/loan/coverage?of=sketch-{}", 1),
        ("/studio/loan/compare?old=1&new=sketch-{}", 0),
        ("/studio/sketches/{}/sandbox", 0),
    ],
)
def test_a_page_runs_the_scenarios_of_a_draft_at_most_once(visit, engine, monkeypatch, page, times):
    engine.deploy(tiny.one_task(), by=SYSTEM)
    given = {path: body.encode() if isinstance(body, str) else body for path, body in files().items()}
    visitor, made = visit("sun.ke"), engine.sketch_begin(by=OWNER, files=given)
    run, ran = running.run_file, []
    monkeypatch.setattr(running, "run_file", lambda path, *around: ran.append(path) or run(path, *around))
    assert visitor.open(page.format(made.id)).status == 200
    assert ran == ["scenarios/small.json"] * times
