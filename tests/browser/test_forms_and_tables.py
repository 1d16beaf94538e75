"""A process owner builds a form and mends a decision table in the browser; what he saves is what he made, and no more."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import expect

from engine import Actor
from webapp.studio.builder import read_source
from webapp.studio.losing import lost

from .words import tips_left

OWNER = Actor("sun.ke", {"process_owner"})
FORM, TABLE = "forms/wrap-up.json", "inquiry_routing.dmn"
SHARED = Path("../shared")
SHIPPED = sorted(Path("bpmn_diagrams").rglob("*.dmn"))
OTHERS = [*sorted(SHARED.glob("models/**/*.dmn")), *sorted(SHARED.glob("conformance/**/*.dmn"))]
READY = "#table[data-ready]"
SAID = {"en": ("Reached at", "Call back"), "zh": ("联系电话", "需要回电")}


@pytest.fixture
def begun(office):
    """An office with a sketch of the inquiry."""
    return office, office.engine.sketch_begin(by=OWNER, key="inquiry")


def address(sketch, path, **more):
    """The address of an editor."""
    return f"/studio/sketches/{sketch.id}/edit?path={path}" + "".join(
        f"&{name}={value}" for name, value in more.items()
    )


def is_saved(someone):
    """Wait until the server has what was done."""
    expect(someone.page.locator("#saved")).to_have_attribute("data-state", "saved")


def saved(office, sketch, path):
    """A file of the sketch as the server has it."""
    return office.engine.sketch(sketch.id, OWNER).files[path]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_form_is_built_with_a_condition_and_a_personal_field(begun, enter, lang):
    office, sketch = begun
    before = read_source(sketch.files[FORM])
    owner = enter(office, "sun.ke", lang)
    page, say = owner.page, owner.say
    owner.known = (
        "Customer inquiry",
        "Number",
        "Reached",
        "Call back",
        "reachedAt",
        "callBack",
        "DRD",
        "customer.mobile",
    )
    owner.goes(address(sketch, FORM))
    for kind, key, en, zh in (
        ("check", "callBack", "Call back", "需要回电"),
        ("phone", "reachedAt", "Reached at", "联系电话"),
    ):
        page.get_by_role("button", name=say("Add a field")).click()
        expect(page.get_by_label(say("Label in English"), exact=True)).to_have_value("New field")
        expect(page.get_by_label(say("Label in English"), exact=True)).to_be_focused()
        expect(page.locator("#field-title")).to_have_text(say("The field"))
        page.get_by_label(say("Type"), exact=True).select_option(kind)
        expect(page.get_by_label(say("Type"), exact=True)).to_have_value(kind)
        is_saved(owner)
        page.get_by_label(say("Name in the data"), exact=True).fill(key)
        page.get_by_label(say("Label in English"), exact=True).fill(en)
        page.get_by_label(say("Label in Chinese"), exact=True).fill(zh)
        expect(page.locator(f"#to-{key}")).to_contain_text(zh if lang == "zh" else en)
        is_saved(owner)
    page.get_by_label(say("Personal: kept in the vault")).check()
    page.get_by_label(say("Must be filled in")).check()
    page.get_by_label(say("Only if"), exact=True).select_option("callBack")
    expect(page.locator("#to-reachedAt")).to_contain_text(say("conditional"))
    is_saved(owner)
    expect(page.get_by_label(say("yes"), exact=True)).to_be_checked()

    page.get_by_role("link", name="中文", exact=True).click()
    preview = page.locator("#form-preview section[lang=zh-CN]")
    expect(preview.get_by_label("需要回电")).to_be_visible()
    expect(preview.get_by_label("联系电话")).to_be_hidden()
    preview.get_by_label("需要回电").check()
    expect(preview.get_by_label("联系电话")).to_be_visible()
    expect(preview).to_contain_text("个人信息，存入保险库")
    preview.get_by_role("button", name="结束").click()
    expect(page.locator("#form-preview .error-summary")).to_contain_text("联系电话")
    owner.reads()

    schema = read_source(saved(office, sketch, FORM))
    assert schema["x-order"] == [*before["x-order"], "callBack", "reachedAt"]
    assert schema["properties"]["reachedAt"]["x-when"] == {"field": "callBack", "equals": True}
    assert schema["properties"]["reachedAt"]["x-personal"] is True
    assert {name: schema["properties"][name] for name in before["properties"]} == before["properties"]
    owner.known = (*owner.known, "wrap-up")
    page.get_by_role("link", name=say("Check and deploy")).click()
    owner.sees(say("No errors."))


@pytest.mark.slow
def test_what_was_done_is_undone_moved_and_mended(begun, enter):
    office, sketch = begun
    owner = enter(office, "sun.ke")
    page = owner.page
    order = read_source(sketch.files[FORM])["x-order"]
    owner.goes(address(sketch, FORM, field=order[0]))
    page.locator(f"#to-{order[0]}").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#form-list [data-key]").nth(1)).to_have_attribute("data-key", order[0])
    is_saved(owner)
    expect(page.locator(f"#to-{order[0]}")).to_be_focused()
    page.locator(f"[data-key='{order[0]}']").drag_to(page.locator(f"[data-key='{order[1]}']"))
    expect(page.locator("#form-list [data-key]").first).to_have_attribute("data-key", order[0])
    is_saved(owner)
    assert saved(office, sketch, FORM) == sketch.files[FORM]

    page.get_by_label("Label in English").fill("Something else")
    expect(page.locator(f"#to-{order[0]}")).to_contain_text("Something else")
    is_saved(owner)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#to-{order[0]}")).not_to_contain_text("Something else")
    is_saved(owner)
    assert saved(office, sketch, FORM) == sketch.files[FORM]

    page.get_by_label("Name in the data").fill("9")
    expect(page.locator("#b-key-error")).to_contain_text("Write a name of letters")
    expect(page.locator("#b-key")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#saved")).to_have_attribute("data-state", "refused")
    page.get_by_label("Name in the data").fill(order[0])
    expect(page.locator("#b-key-error")).to_be_empty()
    is_saved(owner)


@pytest.mark.slow
def test_nothing_that_is_done_during_a_save_is_forgotten(begun, enter):
    """While one save is under way somebody types, adds two fields and types again: each of it arrives, in its order."""
    office, sketch = begun
    before, held = read_source(sketch.files[FORM])["x-order"], []
    owner = enter(office, "sun.ke").goes(address(sketch, FORM, field=before[0]))
    page = owner.page
    let_go = Event()
    page.route(
        re.compile(r"/form\?"),
        lambda route: route.continue_() if let_go.is_set() or route.request.method != "POST" else held.append(route),
    )
    page.get_by_label("Label in English").fill("One")
    expect(page.locator("#saved")).to_have_attribute("data-state", "saving")
    page.get_by_role("button", name="Add a field").click()
    page.get_by_role("button", name="Add a field").click()
    page.get_by_label("Label in English").fill("Two")
    expect(page.locator("#saved")).to_have_attribute("data-state", "unsaved")
    let_go.set()
    for route in held:
        route.continue_()
    expect(page.locator("#form-list [data-key]")).to_have_count(len(before) + 2)
    is_saved(owner)
    found = read_source(saved(office, sketch, FORM))
    assert len(found["x-order"]) == len(before) + 2
    assert found["properties"][before[0]]["title"] == "Two"


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_row_too_many_is_found_and_mended(begun, enter, lang):
    office, sketch = begun
    owner = enter(office, "sun.ke", lang)
    page, say = owner.page, owner.say
    owner.known = ("Customer inquiry",)
    owner.goes(address(sketch, TABLE))
    expect(page.locator(READY)).to_be_visible()
    expect(page.locator("#findings output")).to_contain_text("0")
    expect(page.locator("#findings li")).to_have_count(0)
    if lang == "zh":
        page.locator("#table tbody td.input-cell").first.click(button="right")
        expect(page.locator("[aria-label=决策表菜单]")).to_be_visible()
        own = re.findall(r'(?:label|name)="([^"]+)"', sketch.files[TABLE].decode())
        assert tips_left(page, "body", ("Fundcase", "Powered by bpmn.io", *sorted(own, key=len, reverse=True))) == []
        page.keyboard.press("Escape")

    page.locator("#table tfoot .add-rule-add").click()
    cells = page.locator("#table tbody tr").last.locator("td.input-cell [contenteditable]")
    overlap = page.locator("#findings li").filter(has_text={"en": "can both hit", "zh": "可能同时命中"}[lang])
    expect(overlap.first).to_contain_text("PRODUCT_INFO")
    is_saved(owner)
    assert any(one.rule == "rows-overlap" for one in office.engine.check(office.engine.sketch(sketch.id, OWNER).files))
    overlap.first.get_by_role("button").click()
    expect(page.locator("#table tbody tr").last.locator("td.input-cell").first).to_have_attribute("data-shown", "yes")

    cells.first.fill('"COMPLAINT" or')
    expect(page.locator("#table td[data-wrong]")).to_have_count(1)
    expect(page.locator("#cell-problem")).to_contain_text(re.compile(r"\d"))
    with page.expect_response(
        lambda one: "SOMETHING_NEW" in (one.request.post_data or "") and one.request.method == "PUT"
    ):
        cells.first.fill('"SOMETHING_NEW"')
    expect(page.locator("#table td[data-wrong]")).to_have_count(0)
    expect(overlap).to_have_count(0)
    is_saved(owner)
    assert b"SOMETHING_NEW" in saved(office, sketch, TABLE)

    boxes = page.locator("#trial")
    boxes.locator("input").first.fill("SOMETHING_NEW")
    boxes.get_by_role("button", name=say("Ask the table")).click()
    rows = page.locator("#table tbody tr").count()
    expect(boxes.locator(".answer-of-trial")).to_contain_text(
        {"en": "Rows that hit:", "zh": "命中的行："}[lang] + f"{' ' if lang == 'en' else ''}{rows}"
    )
    expect(page.locator("#table tbody tr").last.locator("td.input-cell").first).to_have_attribute("data-hit", "counts")
    assert page.locator("html").get_attribute("data-untranslated") is None
    owner.reads()


def unchanged(someone, office, paths):
    """What each file would lose if the editor saved it as it opens it."""
    files = {f"table{number}.dmn": path.read_bytes() for number, path in enumerate(paths)}
    sketch = office.engine.sketch_begin(by=OWNER, files=files, name="Tables")
    for name, body in files.items():
        with someone.page.expect_request("**/table/untouched") as asked:
            someone.page.goto(f"{office.url}{address(sketch, name)}")
        yield lost(body, asked.value.post_data_json["after"])
        expect(someone.page.locator("#table[data-ready=yes]")).to_be_visible()
    assert office.engine.sketch(sketch.id, OWNER).files == files


@pytest.mark.slow
def test_nothing_is_lost_of_any_table(office, enter):
    paths = [*SHIPPED, *OTHERS]
    found = list(unchanged(enter(office, "sun.ke"), office, paths))
    assert {path.name: one for path, one in zip(paths, found, strict=True) if one} == {}


STRANGE = b"""<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
  <decision id="one" name="One"><decisionTable id="t"><output id="o" name="o"/></decisionTable></decision>
  <curious what="this"/>
</definitions>"""


@pytest.mark.slow
@pytest.mark.parametrize("body", [STRANGE, STRANGE[:-10]], ids=["curious", "broken"])
def test_a_table_that_would_lose_something_is_only_looked_at(office, enter, body):
    sketch = office.engine.sketch_begin(by=OWNER, files={"one.dmn": body}, name="Strange")
    owner = enter(office, "sun.ke").goes(address(sketch, "one.dmn"))
    expect(owner.page.locator("#trouble")).to_contain_text("This file can only be looked at here")
    assert saved(office, sketch, "one.dmn") == body
