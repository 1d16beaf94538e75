"""A new process begins as a template: in order in both languages, under its own key and names."""

from __future__ import annotations

import json

import pytest

from engine import SYSTEM, Actor
from engine.diagram import read_diagram
from tests.webapp.house import settings_in
from webapp.bootstrap import open_product
from webapp.labels import Labels
from webapp.language import words
from webapp.studio.templates import TEMPLATES

NAMES = {"name": 'Refund & "more" <1>', "name_zh": "退款“申请”"}
ANN = Actor("li.na", {"csr"})


def new(visitor, **given):
    """Ask for a new process."""
    visitor.open("/studio/sketches/new")
    return visitor.post("/studio/sketches", {"how": "template", "template": "blank", "key": "refund", **NAMES} | given)


@pytest.mark.parametrize("template", [one.name for one in TEMPLATES])
def test_a_template_is_in_order(visit, engine, template):
    visitor = new(visit("sun.ke"), template=template)
    assert visitor.status == 200 and visitor.sees(NAMES["name"], "refund.bpmn", "No errors.")
    (made,) = engine.sketches(SYSTEM)
    files = engine.sketch(made.id, SYSTEM).files
    assert (made.key, made.base, made.name) == ("refund", None, NAMES["name"])
    assert engine.check(files) == []  # not even a note
    diagram = read_diagram(files["refund.bpmn"])
    assert (diagram.key, diagram.name, diagram.prefix) == ("refund", NAMES["name"], "REF")
    assert b"@" not in files["refund.bpmn"] and b"definitions_refund" in files["refund.bpmn"]
    assert json.loads(files["i18n/zh.json"])[NAMES["name"]] == NAMES["name_zh"]
    shown = {shape.get("data-id") for shape in visitor.page.xpath("//*[local-name()='g'][@data-id]")}
    assert {one.id for one in (*diagram.elements, *diagram.flows)} <= shown
    chinese = visit("sun.ke", "zh").open(visitor.path)
    assert chinese.sees("没有错误") and not {"Approved?", "Answer the request", "Do the work"} & set(
        chinese.page.itertext()
    )


@pytest.mark.parametrize("template", [one.name for one in TEMPLATES])
def test_a_template_runs(visit, engine, folder, clock, template):
    new(visit("sun.ke"), template=template)
    files = engine.sketch(engine.sketches(SYSTEM)[0].id, SYSTEM).files
    with open_product(settings_in(folder), clock) as plain:
        made = plain.deploy(files, by=SYSTEM)
        case = plain.start("refund", {"subject": "Please"}, by=ANN)
        assert len(plain.tasks(case.id)) == 1 and case.number.startswith("REF-")
        assert Labels(plain.bundle(made.bundle), words("zh")).process == NAMES["name_zh"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"key": ""}, "key"),
        ({"key": "Refund"}, "key"),
        ({"key": "1refund"}, "key"),
        ({"key": "re fund"}, "key"),
        ({"key": "../refund"}, "key"),
        ({"key": "r" * 41}, "key"),
        ({"key": "inquiry"}, "key"),
        ({"name": ""}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\u202eb"}, "name"),
        ({"name_zh": "x" * 101}, "name_zh"),
        ({"template": "../blank"}, "template"),
    ],
)
def test_what_no_process_is_called(visit, engine, given, field):
    visitor = new(visit("sun.ke"), **given)
    assert visitor.status == 422 and visitor.page.xpath(f"//*[@id='{field}-error']")
    if field in ("key", "name") and not {"\u202e"} & set("".join(given.values())):
        assert visitor.value("key") == {"key": "refund", **given}["key"].strip() or given.get("key") is not None
    assert engine.sketches(SYSTEM) == []


def test_a_chinese_name_may_be_missing(visit, engine):
    new(visit("sun.ke"), name_zh="")
    files = engine.sketch(engine.sketches(SYSTEM)[0].id, SYSTEM).files
    assert json.loads(files["i18n/zh.json"])[NAMES["name"]] == NAMES["name"]
