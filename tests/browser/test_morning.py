"""A process owner's morning: see where complaints wait, let small amounts pass, be stopped by a deadlock, try it on the past,
have it approved for a fifth of the new cases, move two open ones, and go back.

What is chosen, and the end of a flow, which one drags, go through the editor's own commands; the rest is clicked and typed.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine import Case

from .bundles import upload
from .drawing import appends, becomes, calls, chooses, connects, reaches
from .office import SAID, Office
from .someone import Someone
from .test_forms_and_tables import is_saved

pytestmark = pytest.mark.slow

PROCESS = {"en": "Complaint handling", "zh": "投诉处理"}
APPROVE = {"en": "Approve the proposal", "zh": "审批处理方案"}
SMALL = {"en": "Look whether the amount is small", "zh": "判断是否小额"}
NEEDED = {"en": "To be approved?", "zh": "是否需要审批？"}
YES, NO = {"en": "yes", "zh": "是"}, {"en": "no", "zh": "否"}
WHY = {"en": "Small amounts wait two days for nothing", "zh": "小额补偿无需等待两天审批"}
MOVED = {"en": "These two are small amounts", "zh": "这两件属于小额补偿"}
WORSE = {"en": "The auditors want to look at it first", "zh": "稽核部门要求先行审阅"}
AGREED = {"en": "Agreed", "zh": "同意"}
WRITTEN = (
    "small_amount_out",
    "small_amount_in",
    "SmallAmount",
    "NeedsApproval",
    "PassedBy",
    "ToApprove",
    "ToReply",
    "small_amount",
    "approvalNeeded",
    "compensation",
    "qian.wen",
)
TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="small" name="{name}" namespace="urn:small">
  <decision id="small_amount" name="{name}"><decisionTable id="small_table" hitPolicy="UNIQUE">
    <input id="small_amount_in" label="{amount}"><inputExpression id="x" typeRef="number"><text>compensation</text></inputExpression></input>
    <output id="small_amount_out" label="{needed}" name="approvalNeeded" typeRef="boolean"/>
    <rule id="r1"><inputEntry id="r1i"><text>&lt;= 100</text></inputEntry><outputEntry id="r1o"><text>false</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="r2i"><text>&gt; 100</text></inputEntry><outputEntry id="r2o"><text>true</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""
HEADS = {"en": ("Small amount", "Compensation", "Approval needed"), "zh": ("小额补偿", "补偿金额", "需要审批")}
OVERLAP = {"en": "can both hit", "zh": "可能同时命中"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_morning(own_office, enter, lang):
    office = own_office
    past, waiting = finished_and_waiting(office, lang)
    owner, colleague = enter(office, "sun.ke", lang), enter(office, "qian.wen", lang)
    owner.known = colleague.known = WRITTEN

    sees_where_it_waits(owner)
    begins(owner)
    decides_what_is_small(owner)
    draws_the_branch(owner)
    is_stopped(owner)
    mends(owner)
    tries_it_on(owner, past, waiting)
    proposes(owner)

    approves(colleague)
    assert [(one.version, int(one.share)) for one in office.engine.rolled_out("complaint").shares] == [(2, 20), (1, 80)]
    moves_them(owner, waiting)
    goes_back(owner)
    assert [one.version for one in office.engine.rolled_out("complaint").shares] == [1]

    for case in waiting:
        assert office.engine.case(case.id).bundle == office.engine.deployments("complaint")[0].bundle
        closes(office, case, lang)
    every = office.engine.cases()
    assert len(every) >= len(past) + len(waiting) and all(office.engine.verify(one.id).sound for one in every)


def finished_and_waiting(office: Office, lang: str) -> tuple[list[Case], list[Case]]:
    """Three complaints that have waited two days for their approval and are over, and two that wait for it now."""
    office.without_chance()
    past = [office.proposed(lang, compensation) for compensation in (300, 400, 4000)]
    office.comes("2026-11-20T09:30:00")
    for case in past:
        closes(office, case, lang)
    waiting = [office.proposed(lang) for _ in range(2)]
    assert office.engine.count_finished() >= len(past)
    return past, waiting


def closes(office: Office, case: Case, lang: str) -> None:
    """A proposal is approved and accepted, and the complaint comes to its end."""
    for _ in office.engine.case(case.id).data["approvers"]:
        office.done(case, "Approve", approved=True)
    office.waits(case, "reply_accepted")
    office.hears(case, "reply_accepted")
    office.done(case, "RecordCause", rootCause="SYSTEM", lesson=SAID[lang]["lessons"])
    office.ends(case, "EndClosed")


def sees_where_it_waits(owner: Someone) -> None:
    """On the page of the process the approval waits for days, and two complaints stand at it."""
    owner.follows(owner.say("Studio")).follows(PROCESS[owner.lang])
    row = owner.page.locator("#of-Approve td")
    expect(row.nth(2)).to_contain_text(re.compile("4[78]"))
    expect(row.nth(7)).to_have_text("2")
    expect(owner.page.locator("#picture svg .heat-5[data-id=Approve]")).to_be_visible()


def begins(owner: Someone) -> None:
    """Begin a draft, and bring a table to it."""
    name = HEADS[owner.lang]
    owner.presses(owner.say("Begin a draft"))
    table = TABLE.format(name=name[0], amount=name[1], needed=name[2])
    owner.page.locator("#files").set_input_files([upload("small_amount.dmn", table.encode())])
    owner.presses(owner.say("Save the files")).sees(owner.say("The files are saved."))


def decides_what_is_small(owner: Someone) -> None:
    """Raise the amount in the table, and be told in between that two rows overlap."""
    page = owner.page
    owner.follows("small_amount.dmn")
    expect(page.locator("#table[data-ready=yes]")).to_be_visible()
    cells = page.locator("#table tbody td.input-cell [contenteditable]")
    overlap = page.locator("#findings li").filter(has_text=OVERLAP[owner.lang])
    cells.nth(0).fill("<= 500")
    expect(overlap).to_have_count(1)
    cells.nth(1).fill("> 500")
    expect(overlap).to_have_count(0)
    is_saved(owner)
    owner.reads()
    page.go_back()


def draws_the_branch(owner: Someone) -> None:
    """Behind the approvers the amount is looked at; what is small passes by, to a join that waits for both ways."""
    page, lang = owner.page, owner.lang
    owner.follows(owner.say("Edit the diagram"))
    expect(page.locator("#canvas[data-ready]")).to_be_attached()
    for _ in range(4):
        page.locator("[data-tool=closer]").click()
    appends(owner, "FindApprovers", "append-task", "SmallAmount", SMALL[lang])
    becomes(owner, "SmallAmount", "rule-task")
    page.locator("#property-decision").select_option("small_amount")
    appends(owner, "SmallAmount", "gateway", "NeedsApproval", NEEDED[lang])
    appends(owner, "NeedsApproval", "gateway", "ToReply")
    becomes(owner, "ToReply", "parallel-gateway")
    connects(owner, "NeedsApproval", "Approve")
    connects(owner, "ToReply", "ReplyReady")
    reaches(owner, "Approved_to_ReplyReady", "ToReply")
    chooses(owner, "FindApprovers", "Approve")
    page.locator(".djs-context-pad [data-action=delete]").click()
    chooses(owner, "NeedsApproval", "Approve")
    calls(owner, "ToApprove", YES[lang])
    page.locator("#property-default").check()
    chooses(owner, "NeedsApproval", "ToReply")
    calls(owner, "PassedBy", NO[lang])
    page.locator("#property-condition").fill("not(approvalNeeded)")
    page.locator("[data-tool=tidy]").click()
    expect(page.locator("#property-id")).to_have_value("complaint")
    expect(page.locator("[data-tool=undo]")).to_have_attribute("aria-disabled", "false")
    is_saved(owner)


def is_stopped(owner: Someone) -> None:
    """The join waits for a way that was not taken: the list says so and leads there, and it cannot be proposed."""
    page = owner.page
    finding = page.locator("#findings li[data-element=ToReply]").filter(has=page.locator(".badge[data-tone=bad]"))
    chooses(owner, "NeedsApproval", "ToReply")
    finding.get_by_role("button").click()
    expect(page.locator("#property-id")).to_have_value("ToReply")
    owner.reads().follows(owner.say("Check and deploy"))
    expect(page.locator(".notice[data-tone=bad]").filter(has_text="deadlock")).to_contain_text("ToReply")
    expect(page.get_by_label(owner.say("Reason"))).to_have_count(0)


def mends(owner: Someone) -> None:
    """From the finding on the page of the draft straight to the join, which is made to take what comes first."""
    page = owner.page
    owner.follows(owner.say("Back to the draft"))
    owner.follows(owner.say("Go to the place"), page.locator(".notice[data-tone=bad]").filter(has_text="deadlock"))
    expect(page.locator("#property-id")).to_have_value("ToReply")
    becomes(owner, "ToReply", "exclusive-gateway")
    expect(page.locator("#findings output")).to_have_attribute("data-tone", "ok")
    is_saved(owner)
    owner.follows(owner.say("Check and deploy")).sees(owner.say("No errors.")).sees(SMALL[owner.lang])


def tries_it_on(owner: Someone, past: list[Case], waiting: list[Case]) -> None:
    """What is over goes another way, in shares that are said, one case old beside new; what is open could be moved."""
    page, lang = owner.page, owner.lang
    draft = page.url
    owner.presses(owner.say("Try finished cases"))
    is_done(owner, len(past))
    share = page.get_by_role("row").filter(has_text=owner.say("Input unused")).first
    expect(share).to_contain_text("66.7 %")
    owner.follows(past[0].number)
    expect(page.locator("figure svg.bpmn")).to_have_count(2)
    expect(page.locator("#parts + tr td").first).to_contain_text(APPROVE[lang])
    owner.goes(draft.removeprefix(owner.office.url)).presses(owner.say("Try all open cases"))
    is_done(owner, len(waiting))
    expect(page.locator(".tile output[data-tone=ok]")).to_have_text(str(len(waiting)))
    owner.sees(owner.say("Cases can be moved once this is deployed. The mapping is kept."))
    page.goto(draft)


def proposes(owner: Someone) -> None:
    """Ask a colleague for a fifth of the new cases."""
    owner.page.get_by_label(owner.say("Share of the new cases, in percent")).fill("20")
    owner.page.get_by_label(owner.say("Reason")).fill(WHY[owner.lang])
    owner.presses(owner.say("Ask a second process owner to approve"))
    owner.sees(owner.say("It waits for a second process owner, who is not you."))


def approves(colleague: Someone) -> None:
    """The colleague sees on one page what was found, changed, tried and walked, and approves it."""
    lang, say = colleague.lang, colleague.say
    colleague.follows(say("Studio")).follows(PROCESS[lang]).sees(say("Reason: %(reason)s", reason=WHY[lang]))
    colleague.sees(say("No errors.")).sees(SMALL[lang])
    colleague.sees(say("Backtest of %(done)s of %(total)s cases", done=3, total=3)).sees("66.7 %")
    colleague.sees(say("Dry run of %(done)s of %(total)s cases", done=2, total=2))
    colleague.sees(say("%(good)s of %(all)s go as they have to.", good=1, all=1)).sees(say("by neither"))
    colleague.page.get_by_label(say("Remark")).fill(AGREED[lang])
    colleague.presses(say("Approve and deploy version %(n)s", n=2))
    colleague.sees(say("It is for %(percent)s %% of the new cases.", percent=20))


def moves_them(owner: Someone, waiting: list[Case]) -> None:
    """Try the two open complaints in the new version, and move them."""
    page, lang, say = owner.page, owner.lang, owner.say
    owner.follows(say("Studio")).follows(PROCESS[lang], page.locator("[aria-labelledby=deployed]"))
    owner.follows(say("Move open cases")).presses(say("Try all open cases"))
    is_done(owner, len(waiting))
    page.get_by_label(say("Reason")).fill(MOVED[lang])
    owner.presses(say("Move the cases to %(target)s", target=say("Version %(n)s", n=2)))
    is_done(owner, len(waiting))
    owner.sees(say("Reason: %(reason)s", reason=MOVED[lang]))
    expect(page.locator(".tile output[data-tone=ok]")).to_have_text(str(len(waiting)))
    for case in waiting:
        found = owner.office.engine.case(case.id)
        assert found.version == 2 and owner.office.engine.verify(case.id).sound


def goes_back(owner: Someone) -> None:
    """All new cases begin with the first version again; the two that were moved stay."""
    owner.goes("/studio/complaint").follows(owner.say("Widen, stop, go back"))
    owner.page.locator("#back-version").select_option("1")
    owner.page.locator("#back-reason").fill(WORSE[owner.lang])
    owner.presses(owner.say("Go back to this version")).sees(WORSE[owner.lang])
    owner.sees(owner.say("All new cases begin with version %(version)s again.", version=1))


def is_done(owner: Someone, cases: int) -> None:
    """Wait until workers have gone through some cases, on the page that says how far they are."""
    said = owner.say("%(done)s of %(total)s cases", done=cases, total=cases)
    expect(owner.page.locator("#how-far")).to_have_text(said)
    expect(owner.page.locator("#progress progress")).to_have_count(0)
    owner.reads()
