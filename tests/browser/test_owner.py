"""A process owner changes a process: a faulty bundle is refused with its place, a good one goes in force by two people."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from . import bundles
from .bundles import NEW, OLD, archive, upload

INQUIRY = {"en": "Customer inquiry", "zh": "客户咨询受理"}
QUOTED = ("ToAnswer", "exclusiveGateway", "parallelGateway", "qian.wen")  # by the list of differences, and a remark
REASON = {"en": "People reply, they do not answer", "zh": "与客服的日常用语一致"}
REMARK = {"en": "Agreed", "zh": "同意"}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_changed_process_goes_in_force(own_office, enter, lang):
    office = own_office
    before = office.recorded(lang, question={"en": "What does it cost?", "zh": "费率是多少？"}[lang])
    owner, second = enter(office, "sun.ke", lang), enter(office, "qian.wen", lang)
    owner.known = second.known = (*OLD.values(), *NEW.values(), *QUOTED)
    files = taken_home(owner)

    broken = bundles.deadlocked(files)
    refused_with_its_place(owner, broken)

    brings(owner, archive(bundles.renamed(files)))
    owner.sees(owner.say("No errors.")).sees(NEW[lang])
    one_open = "%(num)s open case stays on the version that it was started with."
    owner.sees(owner.words.many(one_open, one_open, 1))
    ask = owner.say("Ask a second process owner to approve")
    owner.moves(owner.page.get_by_role("button", name=ask), status=422)
    owner.sees(owner.say("Write why it is deployed, in at least 5 characters"))
    owner.page.get_by_label(owner.say("Reason")).fill(REASON[lang])
    owner.presses(ask).sees(owner.say("It waits for a second process owner, who is not you."))
    expect(owner.page.get_by_role("button", name=owner.say("Decline the proposal"))).to_have_count(0)
    assert [one.version for one in office.engine.deployments("inquiry")] == [1]

    second.follows(second.say("Studio")).follows(INQUIRY[lang])
    second.sees(second.say("Reason: %(reason)s", reason=REASON[lang])).sees(NEW[lang])
    second.page.get_by_label(second.say("Remark")).fill(REMARK[lang])
    second.presses(second.say("Approve and deploy version %(n)s", n=2))
    second.sees(second.say("Version %(n)s in force", n=2))

    after = office.recorded(lang, question={"en": "What does it cost?", "zh": "费率是多少？"}[lang])
    service = enter(office, "li.na", lang)
    for case, version, name in ((before, 1, OLD[lang]), (after, 2, NEW[lang])):
        service.goes(f"/tasks/{office.task(case, 'Answer').id}")
        expect(service.page.get_by_role("heading", level=2, name=name)).to_be_visible()
        service.goes(f"/cases/{case.id}")
        service.sees(service.say("%(name)s, version %(version)s", name=INQUIRY[lang], version=version))
    rows = second.goes("/studio/inquiry").page.locator("table").last.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(REASON[lang])
    assert [row.locator("td").nth(1).inner_text() for row in rows.all()] == ["1", "1"]  # open cases


def taken_home(owner):
    """The owner downloads the version in force."""
    owner.follows(owner.say("Studio")).follows(INQUIRY[owner.lang])
    with owner.page.expect_download() as download:
        owner.page.get_by_role("link", name=owner.say("Download version %(n)s", n=1)).click()
    files = bundles.unpacked(download.value.path().read_bytes())
    assert files == bundles.shipped("inquiry")
    return files


def brings(owner, body, name="inquiry.zip"):
    """The owner chooses a file on the page of the process and has it checked."""
    owner.goes("/studio/inquiry")
    owner.page.get_by_label(owner.say("Files"), exact=True).set_input_files([upload(name, body)])
    owner.presses(owner.say("Check the files"))


def refused_with_its_place(owner, files):
    """The finding names the gateway and where it stands, and there is nothing to deploy with."""
    brings(owner, archive(files))
    finding = owner.page.locator(".notice[data-tone=bad]").filter(has_text="deadlock")
    expect(finding).to_have_count(1)
    line = bundles.place_of(files, "inquiry.bpmn", '<bpmn:parallelGateway id="ToAnswer">')
    comma = {"en": ", ", "zh": "，"}[owner.lang]
    expect(finding).to_contain_text(
        f"inquiry.bpmn{comma}{owner.say('line %(line)s, column %(column)s', line=line, column=5)}"
    )
    expect(finding).to_contain_text("ToAnswer")
    expect(owner.page.get_by_label(owner.say("Reason"))).to_have_count(0)
    token = owner.page.locator("[name=csrf_token]").first.input_value()
    form = {"csrf_token": token, "files": bundles.packed(files), "reason": "I insist on it"}
    answer = owner.page.request.post(f"{owner.office.url}/studio/deployment", form=form)
    assert answer.status == 422
    assert owner.office.engine.proposals() == []
