"""Every kind of field as HTML, in both languages, for eyes, ears and keyboards."""

from __future__ import annotations

import pytest
from flask import render_template_string
from lxml import html
from werkzeug.datastructures import MultiDict

from tests.webapp.schemas import EVERYTHING
from webapp.forms import build, flat
from webapp.language import words

PAGE = """{% set editing = '/again' %}{% set looked_up = {} %}
{% from 'forms/fields.html' import fields, summary with context %}<form>{{ fields(all) }}{{ summary(problems, 'Not sent') }}</form>"""


@pytest.fixture
def drawn(app):
    """Draw a form as the pages do."""

    def draw(schema=EVERYTHING, values=None, errors=None, lang="en", form=None):
        form = form if form is not None else flat(schema, values or {})
        with app.test_request_context(headers={"Accept-Language": "zh-CN" if lang == "zh" else "en"}):
            fields = build(schema, form, errors or {}, words(lang))
            return html.fromstring(render_template_string(PAGE, all=fields, problems=()))

    return draw


LABELS = {
    "en": {
        "f-name": "Name",
        "f-compensation": "Compensation",
        "f-complainant-mobile": "Mobile",
        "f-cause": "Root cause (optional)",
    },
    "zh": {
        "f-name": "姓名",
        "f-compensation": "补偿金额",
        "f-complainant-mobile": "手机号",
        "f-cause": "原因码 （选填）",
    },
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_control_has_its_label_in_the_language(drawn, lang):
    page = drawn(lang=lang)
    for control, label in LABELS[lang].items():
        (found,) = page.xpath(f"//label[@for='{control}']")
        assert " ".join(found.text_content().split()) == label
    named = page.xpath("//input[not(@type='hidden')]|//select|//textarea")
    for control in named:
        inside = control.xpath("ancestor::label") or page.xpath(f"//label[@for='{control.get('id')}']")
        assert inside or control.get("aria-label"), control.get("name")


@pytest.mark.parametrize(
    ("id", "tag", "attributes"),
    [
        ("f-name", "input", {"autocomplete": "off"}),
        ("f-reply", "textarea", {"data-limit": "4000"}),
        ("f-verdict", "input", {"type": "radio", "value": "YES"}),
        ("f-cause", "select", {}),
        ("f-level", "input", {"type": "radio", "value": "1"}),
        ("f-people", "input", {"inputmode": "numeric"}),
        ("f-ratio", "input", {"inputmode": "decimal"}),
        ("f-compensation", "input", {"inputmode": "decimal", "aria-required": "true"}),
        ("f-notice", "input", {"type": "checkbox"}),
        ("f-remedies", "input", {"type": "checkbox", "value": "FEE"}),
        ("f-until", "input", {"type": "date"}),
        ("f-called", "input", {"type": "datetime-local"}),
        ("f-email", "input", {"type": "email"}),
        ("f-customer", "input", {"list": "f-customer-found", "data-lookup": "/lookup/customer"}),
        ("f-funds", "input", {"data-lookup": "/lookup/fund", "aria-label": "Funds, entry 1"}),
        ("f-complainant-mobile", "input", {"name": "complainant.mobile", "inputmode": "numeric"}),
    ],
)
def test_every_kind_of_control(drawn, id, tag, attributes):
    control = drawn().get_element_by_id(id)
    assert control.tag == tag
    assert {name: control.get(name) for name in attributes} == attributes


def test_fields_stand_in_the_order_that_the_form_wants(drawn):
    names = list(dict.fromkeys(drawn().xpath("//*[@name and not(@type='hidden')]/@name")))
    assert names[:3] == ["verdict", "name", "reply"]


def test_hints_and_errors_belong_to_their_control(drawn):
    page = drawn(errors={"name": "Write the name", "complainant.mobile": "Write the mobile"})
    control = page.get_element_by_id("f-name")
    assert control.get("aria-invalid") == "true"
    assert control.get("aria-describedby").split() == ["f-name-hint", "f-name-error", "f-name-personal"]
    assert page.get_element_by_id("f-name-hint").text == "As in the passport"
    assert page.get_element_by_id("f-name-error").text == "Write the name"
    assert page.get_element_by_id("f-complainant-mobile").get("aria-invalid") == "true"


def test_what_was_typed_stands_there_again_even_if_it_is_wrong(drawn):
    typed = MultiDict(
        [
            ("compensation", "1860.005x"),
            ("cause", "MARKET"),
            ("verdict", "NO"),
            ("remedies", "SORRY"),
            ("reply", "\nfirst line"),
            ("funds", "99"),
            ("funds", "990014"),
            ("orders.2.number", "A-1"),
        ]
    )
    page = drawn(form=typed)
    assert page.get_element_by_id("f-compensation").get("value") == "1860.005x"
    assert page.xpath("//select[@id='f-cause']/option[@selected]/@value") == ["MARKET"]
    assert page.xpath("//input[@checked]/@value") == ["NO", "SORRY"]
    assert page.xpath("//input[@name='funds']/@value") == ["99", "990014"]
    assert page.get_element_by_id("f-orders-2-number").get("value") == "A-1"
    assert page.get_element_by_id("f-reply").text.strip() == "first line"


def test_stored_values_are_shown_as_people_type_them(drawn):
    page = drawn(values={"compensation": 1860, "called": "2026-11-20T06:50:00.000000Z", "people": 3})
    assert page.get_element_by_id("f-compensation").get("value") == "1860.00"
    assert page.get_element_by_id("f-called").get("value") == "2026-11-20T14:50"
    assert page.get_element_by_id("f-people").get("value") == "3"


def test_a_field_that_depends_on_another_says_so(drawn):
    (asked,) = drawn(values={"remedyDue": True}).xpath("//*[@data-when]")
    assert (asked.get("data-when"), asked.get("data-values"), asked.get("data-unasked")) == (
        "remedyDue",
        '["true"]',
        None,
    )
    (unasked,) = drawn().xpath("//*[@data-when]")
    assert unasked.get("data-unasked") is not None


def test_rows_have_buttons_that_need_no_script(drawn):
    page = drawn(values={"orders": [{"number": "A"}, {"number": "B"}]})
    assert page.xpath("//button[@name='_remove']/@value") == ["orders.0", "orders.1"]
    (add,) = page.xpath("//button[@name='_add' and @value='orders']")
    assert add.get("formaction") == "/again"


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.mark.parametrize("where", ["title", "description", "choice", "name", "value", "unit"])
def test_hostile_words_are_words(drawn, where):
    field = {"type": "string", "title": "Plain"}
    name = "x"
    if where in ("title", "description"):
        field[where] = HOSTILE
    elif where == "unit":
        field |= {"x-unit": HOSTILE}
    elif where == "choice":
        field |= {"oneOf": [{"const": HOSTILE, "title": HOSTILE}]}
    elif where == "name":
        name = HOSTILE
    page = drawn({"properties": {name: field}}, form=MultiDict({"x": HOSTILE}))
    assert not page.xpath("//script|//img|//*[@onerror]")


def test_defaults_and_what_the_case_knows():
    schema = {
        "properties": {
            "n": {"type": "integer", "default": 1},
            "at": {"type": "string", "format": "date-time", "x-default": "now"},
            "old": {"type": "string", "x-from": "contact.told"},
            "secret": {"type": "string", "x-from": "facts"},
        }
    }
    from datetime import datetime

    from tests.webapp.house import NOW

    data = {"contact": {"told": "as safe as a deposit"}, "facts": {"$vault": "1.1.1", "sha256": ""}}
    fields = build(schema, MultiDict(), {}, words("en"), fresh=datetime.fromisoformat(NOW), data=data)
    assert [field.value for field in fields] == ["1", "2026-11-20T14:32", "as safe as a deposit", ""]
