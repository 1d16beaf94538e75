"""The pages of the form builder: every edit works by a form alone, is saved in the sketch, and shows what it did."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest

from engine import Actor
from webapp.studio.builder import read_source

OWNER = Actor("sun.ke", {"process_owner"})
SECOND = Actor("qian.wen", {"process_owner"})
PATH = "forms/wrap-up.json"


@pytest.fixture
def sketch(engine):
    """A sketch of the inquiry."""
    return engine.sketch_begin(by=OWNER, key="inquiry")


@pytest.fixture
def owner(visit):
    """The process owner at a browser without script."""
    return visit("sun.ke")


def goes(visitor, sketch, field="", **more):
    """Open the builder at a field."""
    said = "".join(f"&{name}={value}" for name, value in {"field": field, **more}.items() if value)
    return visitor.open(f"/studio/sketches/{sketch.id}/edit?path={PATH}{said}")


def boxes(visitor):
    """What the browser would send of the field that is open."""
    form = visitor.page.get_element_by_id("field-form")
    return {
        name: (form.inputs[name].value if not hasattr(form.inputs[name], "__iter__") else None)
        for name in form.fields
        if name and not name.startswith("choice.")
    }


def does(visitor, do="save", **texts):
    """Press a button of the field that is open, with some boxes changed."""
    form = visitor.page.get_element_by_id("field-form")
    sent = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    for name, value in texts.items():
        if value is None:
            sent.pop(name, None)
        else:
            sent[name] = value if isinstance(value, list) else [value]
    return visitor.post(form.get("action"), {**sent, "do": do})


def schema_of(engine, sketch):
    """The form as it is saved."""
    return read_source(engine.sketch(sketch.id, OWNER).files[PATH])


def test_a_field_is_added_and_made_conditional_and_personal(engine, owner, sketch):
    before = schema_of(engine, sketch)
    goes(owner, sketch)
    does(owner, "add")
    assert owner.sees("New field")
    does(owner, kind="phone", title="Reached at", title_zh="联系电话", key="reachedAt", personal="yes", required="yes")
    schema = schema_of(engine, sketch)
    assert schema["properties"]["reachedAt"] == {
        "type": "string",
        "title": "Reached at",
        "format": "cn-phone",
        "maxLength": 200,
        "x-personal": True,
        "x-i18n": {"zh": {"title": "联系电话"}},
    }
    assert schema["required"] == [*before["required"], "reachedAt"]
    assert schema["x-order"] == [*before["x-order"], "reachedAt"]
    assert {name: schema["properties"][name] for name in before["properties"]} == before["properties"]
    does(owner, "add")
    does(owner, kind="check", key="callBack", title="Call back", title_zh="回电")
    goes(owner, sketch, "reachedAt")
    does(owner, when="callBack")
    schema = schema_of(engine, sketch)
    assert schema["properties"]["reachedAt"]["x-when"] == {"field": "callBack", "equals": True}
    assert "reachedAt" not in schema["required"]
    assert schema["allOf"][-1]["then"] == {"required": ["reachedAt"]}
    assert not [one for one in engine.check(engine.sketch(sketch.id, OWNER).files) if one.severity == "error"]


def test_what_nobody_changes_is_not_saved(engine, owner, sketch):
    body = sketch.files[PATH]
    for field in ("", *read_source(body)["x-order"]):
        goes(owner, sketch, field)
        does(owner)
        assert owner.status == 200
    found = engine.sketch(sketch.id, OWNER)
    assert (found.files[PATH], found.revision) == (body, sketch.revision)


def test_a_new_field_is_named_first(owner, sketch):
    """The page that follows leads to its label; that of any other button begins at its head."""
    goes(owner, sketch)
    for do, fragment in (("add", "b-title"), ("up", "")):
        form = owner.page.get_element_by_id("field-form")
        sent = {name: value or "" for name, value in form.form_values()} | {"do": do}
        answer = owner.client.post(form.action, data=sent)
        assert (answer.status_code, urlsplit(answer.location).fragment) == (303, fragment)
        owner.open(answer.location)


def test_fields_are_moved_copied_and_removed(engine, owner, sketch):
    order = schema_of(engine, sketch)["x-order"]
    goes(owner, sketch, order[1])
    does(owner, "up")
    assert schema_of(engine, sketch)["x-order"][:2] == [order[1], order[0]]
    does(owner, f"place:1:{order[1]}")
    assert schema_of(engine, sketch)["x-order"] == order
    does(owner, "copy")
    assert schema_of(engine, sketch)["x-order"][:3] == [*order[:2], f"{order[1]}1"]
    does(owner, "remove")
    assert schema_of(engine, sketch)["x-order"] == order


def test_what_cannot_be_written_down_stays_in_its_box(engine, owner, sketch):
    goes(owner, sketch)
    does(owner, "add")
    revision = engine.sketch(sketch.id, OWNER).revision
    does(owner, key="2x", maxLength="long")
    assert owner.status == 422
    assert owner.sees("Write a name of letters", "Write a whole number, such as 200")
    assert owner.page.get_element_by_id("b-maxLength").get("value") == "long"
    assert owner.page.get_element_by_id("b-maxLength").get("aria-invalid") == "true"
    assert engine.sketch(sketch.id, OWNER).revision == revision


def test_findings_stand_beside_the_field(engine, owner, sketch):
    goes(owner, sketch)
    does(owner, "add")
    does(owner, pattern="(?=x)y")
    assert owner.sees("looks ahead or back")
    found = owner.page.get_element_by_id("field-findings")
    assert "looks ahead or back" in found.text_content()
    goes(owner, sketch, schema_of(engine, sketch)["x-order"][0])
    assert "looks ahead or back" not in owner.page.get_element_by_id("field-findings").text_content()
    assert owner.sees("1 finding")


def test_the_preview_is_the_form_in_both_languages(owner, sketch, visit):
    goes(owner, sketch, preview="both")
    previews = owner.page.xpath("//section[@class='preview']")
    assert [one.get("lang") for one in previews] == ["en", "zh-CN"]
    assert "结束来访" in previews[1].text_content()
    assert "（选填）" in previews[1].text_content()
    assert "(optional)" in previews[0].text_content()
    ids = owner.page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert [
        one.get("lang") for one in goes(visit("sun.ke", "zh"), sketch).page.xpath("//section[@class='preview']")
    ] == ["zh-CN"]


def test_the_preview_is_tried(engine, owner, sketch):
    goes(owner, sketch)
    form = owner.page.xpath("//section[@class='preview']//form")[0]
    owner.post(form.get("action"), {})
    assert owner.sees("Not sent yet. Correct")
    assert engine.sketch(sketch.id, OWNER).revision == sketch.revision


def test_the_text_is_taken_if_it_is_json(engine, owner, sketch):
    goes(owner, sketch)
    form = owner.page.get_element_by_id("text-form")
    sent = {"revision": str(sketch.revision), "do": "text"}
    owner.post(form.get("action"), {**sent, "text": '{\n  "type": }'})
    assert owner.status == 422
    assert owner.sees("Line 2, column 11: this is no JSON from here on")
    text = json.dumps({**schema_of(engine, sketch), "title": "Anew"}, indent=2, default=float)
    owner.post(form.get("action"), {**sent, "text": text.replace("\n", "\r\n")})
    assert engine.sketch(sketch.id, OWNER).files[PATH] == text.encode()
    assert owner.sees("Anew")


def test_nobody_overwrites_what_somebody_else_has_saved(engine, owner, sketch):
    goes(owner, sketch)
    body = sketch.files[PATH].replace(b'"title"', b'"title" ', 1)
    engine.sketch_save(sketch.id, sketch.revision, {PATH: body}, by=SECOND)
    does(owner, title="Mine")
    assert engine.sketch(sketch.id, OWNER).files[PATH] == body
    assert urlsplit(owner.path).path == f"/studio/sketches/{sketch.id}/merge"


def test_a_form_that_is_none_is_mended_as_text(engine, owner, sketch):
    engine.sketch_save(sketch.id, sketch.revision, {PATH: b"[1,"}, by=OWNER)
    assert goes(owner, sketch).status == 200
    assert owner.sees("this is no JSON from here on")


def test_others_stay_outside(visit, sketch):
    for name in ("li.na", "wang.lei"):
        assert goes(visit(name), sketch).status == 404
    assert visit("sun.ke").open(f"/studio/sketches/{sketch.id}/edit?path=forms/nothing.json").status == 404


def test_every_icon_of_the_preview_is_there(owner, sketch):
    owner.open(f"/studio/sketches/{sketch.id}/edit?path=forms/contact.json")
    drawn = owner.page.xpath("//*[@id='form-preview']//*[local-name()='use']/@href")
    assert [one.rpartition("#")[2] for one in drawn] == ["search", "shield", "shield"]
    assert all(one.split("#")[0].endswith("/icons.svg") for one in drawn)
