"""A process owner records a scenario by clicking through a draft, and sees it run when the draft is checked."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from engine import Actor
from engine.scenarios import read_scenario
from webapp.labels import Labels

from .words import begins

pytestmark = pytest.mark.slow

OWNER = Actor("sun.ke", {"process_owner"})
NAME, FILE = "call-dropped", "scenarios/call-dropped.json"
TITLE = {"en": "A call that was dropped", "zh": "中断的来电"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_scenario_is_recorded_kept_and_run(office, enter, lang):
    """The caller is unknown, the call is dropped, nobody answers when called back: the contact is lost."""
    sketch = office.engine.sketch_begin(by=OWNER, key="inquiry")
    owner = enter(office, "sun.ke", lang)
    page, say, bundle = owner.page, owner.say, office.engine.bundle(sketch.base)
    called = Labels(bundle, owner.words).element
    before = len(office.engine.cases(OWNER, key="inquiry"))

    def at(element):
        """See a task or an operator's question of an element, with the way to it on the picture."""
        expect(page.locator("#next")).to_have_text(called(element))
        expect(page.locator(f".bpmn .active[data-id={element}]")).to_be_attached()

    def loses_it(element):
        at(element)
        schema = bundle.form_of(element).schema
        owner.fills(schema, {"complete": False}, page.locator("main form.form"))
        owner.presses(say("Complete the task"))

    owner.goes(f"/studio/sketches/{sketch.id}").follows(say("Sandbox"))
    owner.presses(say("Begin the case"))
    expect(page.locator("#next")).to_have_text(say("%(operator)s is asked", operator="customer/lookup"))
    owner.presses(say("Give this answer"))
    at("Identify")
    owner.fills(
        bundle.form_of("Identify").schema,
        {"noticeGiven": True, "consentRecording": True},
        page.locator("main form.form"),
    )
    owner.presses(say("Complete the task"))
    loses_it("RecordNeed")
    loses_it("CallBack")
    expect(page.locator("#next")).to_have_text(say("%(operator)s is asked", operator="customer/notify"))
    owner.presses(say("Give this answer"))
    owner.sees(say("The case has ended: %(end)s", end=called("EndContactLost")))

    page.get_by_label(say("Title")).fill(TITLE[lang])
    page.get_by_label(say("Name of the file")).fill(NAME)
    owner.presses(say("Keep the scenario"))
    owner.sees(say("The scenario “%(name)s” is kept. It is run on every check.", name=TITLE[lang]))
    kept = read_scenario(FILE, office.engine.sketch(sketch.id, OWNER).files[FILE])
    assert (kept.title, kept.expected.end, kept.expected.path[-1]) == (TITLE[lang], "EndContactLost", "EndContactLost")

    owner.follows(say("Scenarios and coverage"))
    row = page.get_by_role("row").filter(has_text=NAME)
    expect(row.locator(".badge")).to_have_text(say("as it has to"))
    expect(row.locator(".badge")).to_have_attribute("data-tone", "ok")
    owner.sees(say("%(good)s of %(all)s go as they have to.", good="2", all="2"))
    expect(page.locator(".bpmn .node.by-scenarios[data-id=EndContactLost]")).to_be_attached()
    owner.moves(row.get_by_role("link", name=begins(TITLE[lang])))
    owner.sees(say("The case has ended: %(end)s", end=called("EndContactLost")))
    assert len(office.engine.cases(OWNER, key="inquiry")) == before
