"""Versions for some of the new cases on the pages: who asks for what, when, for whom, and what became of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from engine import SYSTEM, Actor
from engine.store.rollouts import coin
from tests.webapp.desk import START
from tests.webapp.sketching import sent
from tests.webapp.test_studio import changed, shipped
from webapp.uploads import packed
from webapp.when import local

OLGA, SECOND = Actor("sun.ke", {"process_owner"}), Actor("qian.wen", {"process_owner"})
REASON = "People reply, they do not answer"
CLERK = "li.na"


def renamed(engine, name):
    """The inquiry with a task under another name."""
    files = shipped(engine)
    diagram = files["inquiry.bpmn"].replace(b'name="Answer the customer"', f'name="{name}"'.encode())
    return files | {"inquiry.bpmn": diagram}


def ask(visitor, engine, **more):
    """Ask for a deployment as the form of the page does."""
    visitor.open("/studio")
    return visitor.post("/studio/deployment", {"files": packed(changed(engine)), "reason": REASON} | more)


@pytest.fixture
def partly(engine):
    """Version 2 of the inquiry for a fifth of the new cases."""
    engine.deploy(changed(engine), by=SYSTEM, reason=REASON, percent=20)
    return engine


def test_a_share_from_a_moment_on_is_proposed_seen_and_approved(visit, engine, clock):
    owner, second = visit("sun.ke"), visit("qian.wen")
    then = clock.now() + timedelta(days=2)
    ask(owner, engine, percent="20", at=f"{local(then):%Y-%m-%dT%H:%M}")
    (proposal,) = engine.proposals()
    assert (proposal.percent, proposal.effective_at) == (20, then.replace(second=0, microsecond=0))
    second.open(owner.path)
    assert second.sees("20 % of the new cases", f"{local(then):%Y}", "Open cases", "No dry run was made")
    second.post(f"{owner.path}/approval")
    assert second.sees("is deployed, and waits for its moment", "waits")
    clock.set(then)
    assert [one.version for one in engine.rolled_out("inquiry").shares] == [2, 1]
    assert visit("sun.ke", "zh").open("/studio/inquiry/rollouts").sees("新工单使用的版本", "20%", "80%")


def test_the_studio_names_every_version_that_new_cases_begin_with(visit, partly):
    assert visit("sun.ke").open("/studio").sees("2 20 %1 80 %")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"percent": "0"}, "Write a whole number from 1 to 100"),
        ({"percent": "many"}, "Write a whole number from 1 to 100"),
        ({"percent": "１"}, "Write a whole number from 1 to 100"),
        ({"percent": "1" * 5000}, "Write a whole number from 1 to 100"),
        ({"at": "2020-01-01T09:00"}, "Choose a moment to come, or leave it empty"),
        ({"at": "tomorrow"}, "Choose a moment to come, or leave it empty"),
        ({"at": "9999-12-31T23:59"}, ""),
        ({"at": "0001-01-01T00:00"}, "Choose a moment to come, or leave it empty"),
        ({"reason": "x"}, "Write why it is deployed, in at least 5 characters"),
    ],
)
def test_what_is_filled_in_wrongly_is_said_at_its_field(visit, engine, given, said):
    visitor = ask(visit("sun.ke"), engine, **given)
    if said:
        assert visitor.status == 422 and visitor.sees(said) and engine.proposals() == []
        (field,) = visitor.page.xpath("//*[@aria-invalid='true']")
        assert field.get("name") == next(iter(given))
    else:
        assert visitor.status == 200 and len(engine.proposals()) == 1


def test_a_first_version_is_for_all(visit, engine):
    files = {path.replace("inquiry", "fresh"): body for path, body in shipped(engine).items()}
    files["fresh.bpmn"] = files["fresh.bpmn"].replace(b'id="inquiry"', b'id="fresh"').replace(b'"inquiry"', b'"fresh"')
    visitor = visit("sun.ke").open("/studio")
    visitor.post("/studio/deployment", {"files": packed(files), "reason": REASON, "percent": "20"})
    assert visitor.status == 422 and visitor.sees("Write 100: no version is in force")


def test_who_has_worked_on_it_does_not_approve_it(visit, engine):
    sketch = engine.sketch_begin(files=changed(engine), by=SECOND)
    owner, author = visit("sun.ke"), visit("qian.wen")
    for more in ({"sketch": str(sketch.id)}, {}):  # named by the page, or known by its files
        ask(owner, engine, **more)
        proposal = engine.proposals()[0]
        assert (proposal.by, proposal.authors) == ("sun.ke", ("qian.wen",))
        assert author.open(owner.path).sees("You have worked on it: somebody else approves it.", "Worked on by")
        assert not author.page.xpath("//button[contains(@formaction, 'approval')]")
        assert author.post(f"{owner.path}/approval").status == 403 and len(engine.deployments("inquiry")) == 1
        engine.reject(proposal.id, by=OLGA)


def test_shares_are_seen_on_the_page_of_the_process_and_on_their_own(visit, partly):
    visitor = visit("sun.ke").open("/studio/inquiry")
    assert visitor.sees("20 %", "80 %") and visitor.links("/studio/inquiry/rollouts")
    visitor.open("/studio/inquiry/rollouts")
    assert visitor.sees("20 %", "80 %", REASON, "Deployed", "Compare with 1", "Stop the rollout")
    assert visitor.open("/studio/nothing/rollouts").status == 404


def test_a_share_is_narrowed_at_once_and_widened_by_two(visit, partly):
    owner, second = visit("sun.ke"), visit("qian.wen")
    owner.open("/studio/inquiry/rollouts")
    owner.post("/studio/inquiry/rollouts", {"version": "2", "percent": "10", "reason": "slower than thought"})
    assert owner.sees("Version 2 gets 10 % of the new cases.", "90 %")
    owner.post("/studio/inquiry/rollouts", {"version": "2", "percent": "100", "reason": "it works after all"})
    assert owner.sees("So many cases were not approved yet", "It waits for a second process owner")
    (proposal,) = partly.proposals()
    second.open(f"/studio/proposals/{proposal.id}")
    assert second.sees("Approve the share of version 2", "all new cases")
    second.post(f"/studio/proposals/{proposal.id}/approval")
    assert [one.version for one in partly.rolled_out("inquiry").shares] == [2]
    owner.post("/studio/inquiry/rollouts", {"version": "2", "percent": "100", "reason": "once more"})
    assert owner.status == 422 and owner.sees("This version is for as many new cases already")
    owner.post("/studio/inquiry/rollouts", {"version": "2", "percent": "x", "reason": "once more"})
    assert owner.status == 422 and owner.sees("Write a whole number from 1 to 100")
    assert owner.post("/studio/inquiry/rollouts", {"version": "9", "reason": "once more"}).status == 404


def test_a_draft_begins_from_the_newest_version_that_is_not_taken_back(visit, partly):
    chosen = "//select[@id='from-version']/option[@selected]/@value"
    assert visit("sun.ke").open("/studio/inquiry").page.xpath(chosen) == ["2"]
    partly.roll_back("inquiry", to_version=1, by=OLGA, reason="too many questions")
    assert visit("sun.ke").open("/studio/inquiry").page.xpath(chosen) == ["1"]


def test_a_rollout_is_stopped_and_taken_back(visit, partly):
    owner = visit("sun.ke").open("/studio/inquiry/rollouts")
    owner.post("/studio/inquiry/rollouts/stop", {"version": "2", "reason": "x"})
    assert owner.status == 422 and owner.sees("Write why, in at least 5 characters")
    owner.post("/studio/inquiry/rollouts/stop", {"version": "2", "reason": "complaints came"})
    assert owner.sees("Version 2 gets no more new cases.", "complaints came", "Stopped")
    assert not owner.page.xpath("//form[contains(@action, '/stop')]")
    owner.post("/studio/inquiry/rollouts/stop", {"version": "2", "reason": "complaints came"})
    assert owner.status == 422 and owner.sees("Choose another version")
    partly.roll_out("inquiry", 2, 100, by=SYSTEM, reason="all")
    owner.open("/studio/inquiry/rollouts")
    owner.post("/studio/inquiry/rollouts/return", {"version": "1", "reason": "complaints came again"})
    assert owner.sees("All new cases begin with version 1 again.", "Gone back")
    visit(CLERK).open("/cases/new/inquiry").post("/cases/new/inquiry", START)
    assert [one.version for one in partly.cases(key="inquiry")] == [1]
    owner.post("/studio/inquiry/rollouts/return", {"version": "1", "reason": "complaints came again"})
    assert owner.status == 422


def test_only_process_owners_steer(visit, partly):
    for person in ("li.na", "he.jing", "xia.tian"):
        visitor = visit(person)
        assert visitor.open("/studio/inquiry/rollouts").status == 404
        visitor.open("/inbox")
        for path in ("rollouts", "rollouts/stop", "rollouts/return"):
            given = {"version": "2", "percent": "1", "reason": "please do it"}
            assert visitor.post(f"/studio/inquiry/{path}", given).status == 404
    assert len(partly.rollouts("inquiry")) == 2


# Starting


def with_a_question(engine):
    """The inquiry with a start form that asks for one thing more."""
    files = shipped(engine)
    path = engine.bundle(engine.deployments("inquiry")[0].bundle).diagram.start_events()[0].form
    form = json.loads(files[path])
    form["properties"]["howHeard"] = {"type": "string", "title": "How did you hear of us"}
    return files | {path: json.dumps(form).encode()}


def test_somebody_is_shown_the_form_of_the_version_that_his_case_gets(visit, engine):
    engine.deploy(with_a_question(engine), by=SYSTEM, reason=REASON, percent=50)
    seen = set()
    for _ in range(12):
        visitor = visit(CLERK).open("/cases/new/inquiry")
        given = visitor.page.xpath("//input[@name='_coin']/@value")[0]
        version = 2 if coin("inquiry", 2, given) < 50 else 1
        assert visitor.sees("How did you hear of us") == (version == 2)
        again = visitor.open("/cases/new/inquiry").page.xpath("//input[@name='_coin']/@value")
        assert again == [given]
        seen.add(version)
    assert seen == {1, 2}


def test_a_form_that_has_changed_meanwhile_is_shown_again_with_what_was_typed(visit, engine):
    visitor = visit(CLERK).open("/cases/new/inquiry")
    hidden = {name: visitor.page.xpath(f"//input[@name='{name}']/@value")[0] for name in ("_coin", "_shown")}
    engine.deploy(with_a_question(engine), by=SYSTEM, reason=REASON)
    visitor.post("/cases/new/inquiry", {**START, **hidden})
    assert visitor.status == 409 and visitor.sees("with another form", "How did you hear of us")
    assert visitor.page.xpath("//input[@name='contactTime']/@value") == [START["contactTime"]]
    assert visitor.page.xpath("//input[@name='_shown']/@value") == [engine.deployments("inquiry")[0].bundle]
    assert visitor.post("/cases/new/inquiry", {**hidden, "_shown": "0" * 64}).status == 404


def badges(visitor):
    """What the list of versions says beside each number."""
    rows = visitor.page.xpath("//section[h3='Versions' or header/h3='Versions']//tbody/tr/td[1]")
    return {row.xpath("string(a)"): row.xpath(".//*[contains(@class, 'badge')]/text()") for row in rows}


def test_the_page_of_a_process_follows_the_version_that_most_new_cases_begin_with(visit, partly):
    visitor = visit("sun.ke").open("/studio/inquiry")
    assert visitor.sees("Version 1 in force", "Download version 1") and badges(visitor) == {"2": [], "1": ["in force"]}
    assert visitor.page.xpath("//a[@href='/studio/inquiry/migrations']")
    partly.roll_out("inquiry", 2, 60, by=SYSTEM, reason=REASON)
    visitor.open("/studio/inquiry")
    assert visitor.sees("Version 2 in force", "Download version 2") and badges(visitor) == {"2": ["in force"], "1": []}
    partly.roll_back("inquiry", 1, by=SYSTEM, reason=REASON)
    assert visitor.open("/studio/inquiry").sees("Version 1 in force")


def test_files_are_laid_over_the_version_that_the_page_names(visit, partly):
    """Version 2 was taken back: whoever brings a file to what is in force does not get it again by that."""
    partly.roll_back("inquiry", 1, by=SYSTEM, reason=REASON)
    visitor = visit("sun.ke").open("/studio/inquiry")
    assert visitor.sees("Keep the other files of version 1") and visitor.value("files") is None
    form = json.loads(shipped(partly)["forms/expert.json"])
    form["properties"]["more"] = {"type": "string", "title": "More"}
    (kept,) = visitor.page.xpath("//input[@name='keep']/@value")
    for version, name, seen in ((kept, "expert.json", "No errors."), (kept, "i18n.zip", "cannot be opened")):
        visitor.open("/studio/inquiry")
        sent(visitor, "/studio/check", (name, json.dumps(form).encode()), key="inquiry", keep=version)
        assert visitor.sees(seen) and not visitor.sees("Reply to the customer")
    visitor.open("/studio/inquiry")
    sent(visitor, "/studio/check", ("expert.json", b"{"), key="inquiry", keep="2")
    assert visitor.sees("Keep the other files of version 2")  # as it was asked for
    for version in ("7", "x", "9" * 5000):
        visitor.open("/studio/inquiry")
        assert sent(visitor, "/studio/check", ("expert.json", b"{}"), key="inquiry", keep=version).status == 404


def test_the_page_of_a_process_of_which_nothing_is_in_force(visit, engine, clock):
    files = shipped(engine)
    diagram = files["inquiry.bpmn"].replace(b'id="inquiry"', b'id="later"').replace(b'"inquiry"', b'"later"')
    then = clock.now() + timedelta(days=2)
    engine.deploy(files | {"inquiry.bpmn": diagram}, by=SYSTEM, reason=REASON, effective_at=then)
    visitor = visit("sun.ke").open("/studio/later")
    assert visitor.status == 200 and visitor.sees("Nothing is in force yet", "Download version 1")
    assert "Version 1 in force" not in visitor.text and badges(visitor) == {"1": []}
