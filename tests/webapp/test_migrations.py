"""The pages on which open cases are moved to another version: tried in memory first, mapped, then moved."""

from __future__ import annotations

from collections import Counter

import pytest

from engine import SYSTEM, Actor
from engine.batches import Answer, rows
from tests.webapp.desk import IDENTIFY, NEED, walk_to
from webapp.bootstrap import DIAGRAMS, files_of
from webapp.studio import mapped, migrations

OWNER = Actor("sun.ke", {"process_owner"})
WHY = "the answer has another name"
PAGE = "/studio/inquiry/migrations"


@pytest.fixture
def cases(visit, engine):
    """Two inquiries that wait for their answers, and one that has just begun."""
    clerk = visit("li.na")
    return [walk_to(clerk, *forms).split(".")[0] for forms in ((IDENTIFY, NEED), (IDENTIFY, NEED), ())]


def renamed():
    """The inquiry in which the answer is called otherwise."""
    shipped = files_of(DIAGRAMS / "inquiry")
    files = {path: body for path, body in shipped.items() if not path.startswith("scenarios/")}  # they name the answer
    path = next(name for name in files if name.endswith(".bpmn"))
    text = files[path] if isinstance(files[path], str) else files[path].decode()
    return files | {path: text.replace('"Answer"', '"AnswerNow"').replace(">Answer<", ">AnswerNow<")}


@pytest.fixture
def newer(cases, engine):
    """It is deployed while they are open."""
    engine.deploy(renamed(), by=SYSTEM, reason=WHY)


@pytest.fixture
def owner(visit):
    return visit("sun.ke")


def tried(owner, engine, **given):
    """The page of a dry run that is done."""
    owner.open(PAGE)
    owner.post(PAGE, {"to": "2", **given})
    assert owner.sees("running", "0 of 3 cases", "Stop it")
    engine.run_due()
    return owner.open(owner.path)


def counts(owner):
    return {
        tile.xpath("./h3")[0].text_content(): int(tile.xpath("./output")[0].text_content())
        for tile in owner.page.xpath("//*[@class='tile']")
    }


def test_a_dry_run_leads_back_to_its_draft_and_says_why_it_could_not_go_on(owner, cases, engine):
    files = {path: body.encode() if isinstance(body, str) else body for path, body in renamed().items()}
    made = engine.sketch_begin(by=OWNER, files=files)
    owner.open(PAGE)
    owner.post(PAGE, {"to": f"sketch-{made.id}"})
    assert owner.links(f"/studio/sketches/{made.id}/check") and owner.sees("running", "Back to the draft")
    with engine.database.writing() as connection:
        rows.end(connection, engine.batches(OWNER)[0].id, "failed", engine.context.now_text(), why="no room")
    assert owner.open(owner.path).sees("failed", "It could not go on, and has ended.", "no room")


def test_from_the_versions_to_the_moved_cases(owner, cases, engine, newer):
    owner.open(PAGE)
    assert owner.sees("Open cases and Version 2", "3 open cases have other versions", "Answer the customer Removed12")
    page = tried(owner, engine).path
    assert counts(owner) == {"Safe": 1, "Need a mapping": 2, "Impossible": 0}
    assert owner.sees(
        "“Answer the customer” is not in that version; “Answer the customer” could take its place (same name)",
        "It can be moved as it is",
        "What waits at Answer the customer goes on at",
    )
    owner.open(f"{page}?show=safe")
    assert owner.links("/cases/") == [f"/cases/{cases[2]}"]
    owner.open(page)
    owner.send("mapping-form", {"lines.1": "answeredTwice = false"})
    engine.run_due()
    owner.open(owner.path)
    assert counts(owner) == {"Safe": 3, "Need a mapping": 0, "Impossible": 0} and owner.path != page
    assert owner.page.get_element_by_id("map-1-Answer").value == "AnswerNow"
    assert owner.value("lines-1") == "answeredTwice = false"
    assert owner.send("move-form").status == 422 and owner.sees("Write why the cases are moved")
    owner.send("move-form", {"reason": WHY})
    assert owner.sees("Migration: Version 2", WHY)
    engine.run_due()
    owner.open(owner.path)
    assert counts(owner) == {"Moved": 3, "Left where they are": 0} and owner.sees("It was moved from version 1")
    for case_id in cases:
        case = engine.case(case_id)
        assert case.version == 2 and case.data["answeredTwice"] is False and engine.verify(case_id).sound
    owner.open(PAGE)
    assert owner.sees("No case is open on another version.", "Dry run: Version 2", "Migration: Version 2", "3 / 3")


def test_what_is_wrong_with_a_mapping_is_said(owner, cases, engine, newer):
    page = tried(owner, engine).path
    owner.send("mapping-form", {"lines.1": "a = "})
    assert owner.status == 422 and owner.sees("Correct the lines over the data", "cannot be read")
    assert owner.value("lines-1") == "a = "
    owner.open(page)
    assert owner.post(f"{page}/trials", {"map.1.Answer": "Nothing"}).status == 422
    assert owner.sees("These elements do not fit together")
    assert engine.mappings("inquiry") == []
    owner.open(page)
    owner.post(f"{page}/trials", {"map.1.Answer": "", "lines.1": "a = nobodyKnows"})
    engine.run_due()
    owner.open(owner.path)
    assert owner.sees("reads nobodyKnows, which nothing declares", "cannot be worked out:")


def test_who_is_left_where_he_is(owner, cases, engine, newer):
    engine.suspend(cases[2], by=SYSTEM, reason="waits")
    page = tried(owner, engine).path
    assert owner.sees("It is suspended, so it is left out until somebody resumes it")
    owner.send("move-form", {"reason": WHY, "which": "all"})
    engine.cancel(cases[0], by=SYSTEM, reason="over")
    engine.run_due()
    owner.open(owner.path)
    assert counts(owner) == {"Moved": 0, "Left where they are": 3} and owner.path != page
    assert owner.sees("It is suspended; resume it first", "It has ended in the meantime", "is not in that version")


def test_what_one_case_has_no_place_for_is_asked_for_the_others(app, engine, newer):
    """The last case has a place for nothing; what others could do with the same element is offered and filled in."""
    new, old = (engine.bundle(one.bundle) for one in engine.deployments("inquiry"))
    way = mapped.Way(version=1, old=old, new=new)
    stranded = [{"element": "Answer", "why": "removed", "candidates": [["AnswerNow", "name"]]}]
    first = {"stranded": stranded, "proposed": {"Answer": "AnswerNow"}}
    last = {"stranded": [{**stranded[0], "candidates": []}, {**stranded[0], "element": "CallBack", "candidates": []}]}
    answers = [
        Answer(case_id="1", number="1", outcome=outcome, seq=1, detail=detail)
        for outcome, detail in (("mapping", first), ("impossible", last))
    ]
    with app.test_request_context():
        found = {one.id: one for one in mapped.asked(way, answers, None, None).questions}
    asked = [(id, one.cases, one.chosen) for id, one in found.items()]
    assert asked == [("Answer", 2, "AnswerNow"), ("CallBack", 1, "")]
    assert [one.id for one in found["Answer"].offers] == ["AnswerNow"] and found["CallBack"].offers == ()


def test_all_that_was_found_safe_is_moved_and_sent_twice_once(owner, cases, engine, newer, monkeypatch):
    tried(owner, engine).send("mapping-form", {})
    engine.run_due()
    page = owner.path
    monkeypatch.setattr(migrations, "MOST", 1)
    batches = [owner.open(page).send("move-form", {"reason": WHY}).path for _ in range(2)]
    engine.run_due()
    found = sum((Counter(counts(owner.open(batch))) for batch in batches), Counter())
    assert found == {"Moved": 3, "Left where they are": 3}  # whichever of them came to a case first
    assert [step.kind for case_id in cases for step in engine.history(case_id)].count("migrated") == 3


def test_it_is_stopped(owner, cases, engine, newer):
    owner.open(PAGE)
    owner.post(PAGE, {"to": "2"})
    page = owner.path
    owner.post(f"{page}/cancellation")
    assert owner.sees("It is stopped. What is done stays done.", "stopped")
    engine.run_due()
    assert owner.open(page).sees("0 of 3 cases")
    owner.post(f"{page}/cancellation")
    assert owner.sees("It was over already.")


def test_a_proposal_is_tried_but_nothing_is_moved_to_it(owner, cases, engine):
    proposal = engine.propose(renamed(), by=OWNER, reason=WHY)
    owner.open(f"{PAGE}?to=proposal-{proposal.id}")
    assert owner.sees(f"Open cases and Proposal {proposal.id}", "3 open cases have other versions")
    owner.post(PAGE, {"to": f"proposal-{proposal.id}"})
    page = owner.path
    engine.run_due()
    owner.open(page)
    assert owner.sees("Cases can be moved once this is deployed.") and not owner.page.xpath("//form[@id='move-form']")
    assert owner.post(f"{page}/moves", {"reason": WHY}).status == 404
    assert engine.case(cases[0]).version == 1


def test_what_there_is_not(owner, cases, engine, newer):
    page = tried(owner, engine).path
    for address in (
        f"{PAGE}?to=9",
        f"{PAGE}?to=x",
        "/studio/nothing/migrations",
        "/studio/wording/migrations",
        f"{PAGE}/99",
    ):
        assert owner.open(address).status == 404, address
    assert owner.open(page.replace("inquiry", "complaint")).status == 404
    assert owner.open(f"{page}?after=x").status == 404
    owner.open(page)
    assert owner.post(PAGE, {"to": "77"}).status == 404


@pytest.mark.parametrize("person", ["li.na", "wang.lei", "he.jing"])
def test_who_may_not(visit, cases, engine, newer, person):
    batch = engine.dry_run(engine.deployments("inquiry")[0].bundle, by=OWNER)
    one = visit(person)
    for path in ("", f"/{batch.id}", f"/{batch.id}/trials", f"/{batch.id}/moves", f"/{batch.id}/cancellation"):
        assert one.open(PAGE + path).status in (404, 405)
        one.open("/cases")
        assert one.post(PAGE + path, {"to": "2", "reason": WHY}).status in (404, 405)
    assert engine.batches(OWNER, key="inquiry") == [batch]


def test_in_chinese(visit, cases, engine, newer):
    owner = visit("sun.ke", "zh")
    owner.open(PAGE)
    assert owner.sees("在办工单") and not owner.sees("Open cases")
    owner.post(PAGE, {"to": "2"})
    engine.run_due()
    owner.open(owner.path)
    assert not owner.sees("Safe") and not owner.sees("mapping") and owner.sees("答复客户")


def test_the_page_of_a_proposal_says_what_was_tried(owner, cases, engine):
    proposal = engine.propose(renamed(), by=OWNER, reason=WHY)
    batch = engine.dry_run(proposal.bundle, by=OWNER)
    engine.run_due()
    owner.open(f"/studio/proposals/{proposal.id}")
    assert owner.sees(
        "Open cases on what is changed", "Dry run of 3 of 3 cases", "Need a mapping", "Try all open cases"
    )
    assert owner.links(f"{PAGE}/") == [f"{PAGE}/{batch.id}"]
