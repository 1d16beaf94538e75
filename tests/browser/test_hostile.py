"""Files that mean harm: each gets a clear answer in the reader's language, and nothing of it runs, is read or is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from webapp.views.studio.proposing import UNREADABLE

from . import bundles
from .bundles import archive, entity, upload

pytestmark = pytest.mark.slow

NO_ZIP, LARGE = UNREADABLE["zip"], UNREADABLE["large"]
TOO_LARGE = "That is too large to be sent"
NO_PATH = "is no path inside a bundle"
FINDINGS_IN_CHINESE = {NO_PATH: "不是流程包内的路径"}
DIAGRAM = bundles.shipped("inquiry")["inquiry.bpmn"]

# name of the file, its content, what the page says at least, and the status of the answer
UPLOADS = {
    "not-a-zip": ("inquiry.zip", lambda: b"This is a letter.", NO_ZIP, 422),
    "half-a-zip": ("inquiry.zip", lambda: archive({"inquiry.bpmn": DIAGRAM})[:-40], NO_ZIP, 422),
    "zip-bomb": ("inquiry.zip", bundles.bomb, LARGE, 422),
    "lying-zip": ("inquiry.zip", bundles.lying, NO_ZIP, 422),
    "many-files": ("inquiry.zip", lambda: archive({f"forms/{n}.json": b"{}" for n in range(300)}), LARGE, 422),
    "huge": ("inquiry.bpmn", lambda: b"<" * 9_000_000, TOO_LARGE, 413),
    "traversal": ("inquiry.zip", lambda: archive({"../../etc/x.bpmn": DIAGRAM, "a.bpmn": DIAGRAM}), NO_PATH, 200),
    "absolute": ("inquiry.zip", lambda: archive({"/etc/cron.d/x.bpmn": DIAGRAM, "a.bpmn": DIAGRAM}), NO_PATH, 200),
    "entity": ("inquiry.bpmn", lambda: entity(f'<!ENTITY e SYSTEM "{bundles.PASSWD}">'), "malformed-xml", 200),
    "laughs": ("inquiry.bpmn", lambda: entity(f"{bundles.LAUGHS}<!ENTITY e '&l39;'>"), "malformed-xml", 200),
    "deep": ("inquiry.bpmn", lambda: b"<a>" * 500_000, "malformed-xml", 200),
    "no-xml": ("inquiry.bpmn", lambda: b"\x00\xff\xfe BPMN", "malformed-xml", 200),
    "empty": ("inquiry.bpmn", lambda: b"", "malformed-xml", 200),
    "deep-json": ("answer.json", lambda: b"[" * 1_000_000, "form", 200),
}


@pytest.fixture
def owner(office, enter, lang):
    """A process owner."""
    return enter(office, "sun.ke", lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", UPLOADS)
def test_a_hostile_upload_gets_a_clear_answer(office, owner, lang, name):
    file, body, said, status = UPLOADS[name]
    owner.goes("/studio/inquiry")
    owner.page.get_by_label(owner.say("Files"), exact=True).set_input_files([upload(file, body())])
    owner.moves(owner.page.get_by_role("button", name=owner.say("Check the files")), status=status)
    owner.sees(FINDINGS_IN_CHINESE[said] if lang == "zh" and said in FINDINGS_IN_CHINESE else owner.say(said))
    expect(owner.page.get_by_label(owner.say("Reason"))).to_have_count(0)
    assert "root:" not in owner.page.content()
    assert [one.version for one in office.engine.deployments("inquiry")] == [1]
    assert office.engine.proposals() == []


@pytest.mark.parametrize("lang", ["en"])
def test_a_file_may_be_called_what_it_likes(owner, lang):
    owner.goes("/studio/inquiry")
    name = f"{bundles.SCRIPT.replace('/', '_')}.bpmn"
    owner.page.get_by_label("Files", exact=True).set_input_files([upload(name, DIAGRAM)])
    owner.presses("Check the files")
    harmless(owner)


def test_script_in_labels_stays_text(own_office, enter):
    """A process whose every text is a script, from its upload to its last task."""
    owner, second = enter(own_office, "sun.ke"), enter(own_office, "qian.wen")
    owner.goes("/studio")
    owner.page.get_by_label(owner.say("Files"), exact=True).set_input_files(
        [upload("evil.zip", archive(bundles.with_scripts()))]
    )
    harmless(owner.presses(owner.say("Check the files")))
    owner.page.get_by_label(owner.say("Reason")).fill(bundles.SCRIPT)
    harmless(owner.presses(owner.say("Ask a second process owner to approve")))
    harmless(second.goes("/studio"))
    second.page.locator("main a[href^='/studio/proposals/']").click()
    harmless(second.presses(second.say("Approve and deploy version %(n)s", n=1)))
    harmless(second.goes("/cases/new"))
    second.page.locator("a[href='/cases/new/evil']").click()
    harmless(second.presses(second.say("Start the case")))
    harmless(second.moves(second.page.locator(".actions .primary"), status=422))
    second.page.locator("[name=said]").fill(bundles.SCRIPT)
    second.moves(second.page.locator(".actions .primary"))
    case = own_office.engine.cases(key="evil")[0]
    for path in (f"/cases/{case.id}", "/cases?status=all", "/inbox?view=done", f"/search?q={case.number}"):
        harmless(second.goes(path))


def harmless(someone):
    """Nothing of the script has become part of the page, and nothing of it ran."""
    page = someone.page
    assert page.title() != "run"
    assert page.locator("script:not([src]), [onerror], main img").count() == 0
