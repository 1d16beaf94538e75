"""Every fault that the engine finds in a form has a sentence that says what to do, in both languages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from engine.errors import FieldError, InvalidForm
from engine.forms import Form, accept
from engine.forms.accept import checker
from tests.webapp.schemas import zh
from webapp.forms import messages
from webapp.forms.messages import FORMATS, SENTENCES, WHOLE
from webapp.language import catalogue, words
from workflows import DEMO_FORMATS

ROOT = {"type": "string", "title": "Root cause", "x-i18n": zh("原因码"), "oneOf": [{"const": "A"}, {"const": "B"}]}
MONEY = {"type": "number", "title": "Compensation", "x-i18n": zh("补偿金额"), "x-widget": "money"}
TEXT = {"type": "string", "title": "Reply to the customer", "x-i18n": zh("答复内容")}
COUNT = {"type": "integer", "title": "Number of complainants", "x-i18n": zh("投诉人数")}
BOX = {"type": "boolean", "title": "Notice given", "x-i18n": zh("已告知")}
LIST = {"type": "array", "title": "Funds", "x-i18n": zh("涉及基金"), "items": {"type": "string"}}
BOXES = {"type": "array", "title": "Remedies", "x-i18n": zh("补救措施"), "items": {"enum": ["FEE", "SORRY"]}}


def refused(field, *values, exists=None):
    """What the engine says of a form with one field and this value, or none."""
    schema = {"type": "object", "properties": {"x": field}, "required": ["x"]}
    with pytest.raises(InvalidForm) as error:
        accept(Form("f.json", schema), {"x": values[0]} if values else {}, checker(DEMO_FORMATS), exists)
    return schema, error.value.fields


CASES = [
    (ROOT, (), "Choose a root cause", "请选择原因码"),
    (ROOT, ("C",), "Choose a root cause from the list", "请从列表中选择原因码"),
    (TEXT, (), "Write the reply to the customer", "请填写答复内容"),
    (
        TEXT | {"title": "Is it answered?", "x-i18n": zh("是否解决？")},
        (),
        "Answer “Is it answered?”",
        "请回答“是否解决？”",
    ),
    (TEXT | {"title": "What is still open"}, (), "Answer “What is still open”", "请填写答复内容"),
    (TEXT | {"title": "SIP plan", "x-i18n": zh("定投计划")}, (), "Write the SIP plan", "请填写定投计划"),
    (TEXT | {"x-exists": "fund"}, (), "Find the reply to the customer", "请查找并填写答复内容"),
    (BOX, (), "Tick “Notice given”", "请勾选“已告知”"),
    (BOX | {"const": True}, (False,), "Tick “Notice given”", "请勾选“已告知”"),
    (BOXES, (), "Choose at least one of the remedies", "补救措施请至少选择一项"),
    (BOXES | {"minItems": 1}, ([],), "Choose at least one of the remedies", "补救措施请至少选择一项"),
    (BOXES | {"minItems": 2}, (["FEE"],), "Choose at least 2 of the remedies", "补救措施请至少选择2项"),
    (BOXES | {"maxItems": 1}, (["FEE", "SORRY"],), "Choose at most 1 of the remedies", "补救措施最多选择1项"),
    (BOXES, (["X"],), "Choose the remedies from the list", "请从列表中选择补救措施"),
    (LIST | {"minItems": 1}, ([],), "Add at least one entry to “Funds”", "请在“涉及基金”中至少填写一项"),
    (LIST | {"maxItems": 1}, (["a", "b"],), "Add at most 1 entries to “Funds”", "“涉及基金”最多填写1项"),
    (LIST | {"uniqueItems": True}, (["a", "a"],), "Name each of the funds only once", "涉及基金不得重复"),
    (MONEY, ("a",), "Write the compensation in digits, such as 1860.00", "补偿金额应为数字，例如1860.00"),
    (COUNT, ("a",), "Write the number of complainants as a whole number, such as 3", "投诉人数应为整数，例如3"),
    (MONEY | {"minimum": 10}, (5,), "Write a compensation of at least 10.00", "补偿金额不得小于10.00"),
    (MONEY | {"maximum": 5000}, (5001,), "Write a compensation of at most 5,000.00", "补偿金额不得大于5,000.00"),
    (COUNT | {"exclusiveMinimum": 0}, (0,), "Write a number of complainants above 0", "投诉人数应大于0"),
    (COUNT | {"exclusiveMaximum": 9}, (9,), "Write a number of complainants below 9", "投诉人数应小于9"),
    (
        MONEY | {"multipleOf": Decimal("0.01")},
        (Decimal("1860.005"),),
        "Write the compensation with at most 2 decimals, such as 1860.00",
        "补偿金额最多保留2位小数，例如1860.00",
    ),
    (
        COUNT | {"multipleOf": 100},
        (150,),
        "Write a number of complainants that is a multiple of 100",
        "投诉人数应为100的整数倍",
    ),
    (
        TEXT | {"minLength": 10},
        ("short",),
        "Write the reply to the customer with at least 10 characters",
        "答复内容至少填写10个字",
    ),
    (
        TEXT | {"maxLength": 3},
        ("long",),
        "Shorten the reply to the customer to at most 3 characters",
        "答复内容最多3个字，请缩短",
    ),
    (
        TEXT | {"pattern": "^\\d{6}$"},
        ("1",),
        "Write the reply to the customer with 6 digits, such as 990014",
        "答复内容应为6位数字，例如990014",
    ),
    (
        TEXT | {"pattern": "^K", "examples": ["KB-118"]},
        ("1",),
        "Write the reply to the customer in the form of KB-118",
        "请按格式填写答复内容，例如KB-118",
    ),
    (
        TEXT | {"pattern": "^K", "description": "KB and a number"},
        ("1",),
        "Write the reply to the customer as the hint above it says",
        "请按上方提示填写答复内容",
    ),
    (
        TEXT | {"format": "email"},
        ("x",),
        "Write the reply to the customer as an e-mail address, such as name@example.com",
        "答复内容应为电子邮箱地址，例如name@example.com",
    ),
]


@pytest.mark.parametrize(("field", "values", "english", "chinese"), CASES)
def test_what_the_engine_finds_is_said(field, values, english, chinese):
    schema, errors = refused(field, *values)
    assert list(messages(schema, errors, "en").values()) == [english]
    assert list(messages(schema, errors, "zh").values()) == [chinese]


def test_what_is_not_known_is_looked_up():
    for kind, english in (
        ("fund", "No fund has this code"),
        ("customer", "No customer"),
        ("staff", "Nobody here"),
        ("order", "Nothing is known"),
    ):
        schema, errors = refused(TEXT | {"x-exists": kind}, "990099", exists=lambda name, value: False)
        (sentence,) = messages(schema, errors, "en").values()
        assert sentence.startswith(english)


def test_undeclared_fields_and_whole_forms():
    schema = {"properties": {"x": TEXT}}
    said = messages(schema, {"admin": FieldError("undeclared"), "": FieldError("maxSize", 9)}, "en")
    assert said["admin"] == "This form has no field “admin”; open the task again"
    assert said[""].startswith("Shorten the texts")


def test_a_row_is_named():
    rows = {
        "type": "array",
        "title": "Orders",
        "items": {"type": "object", "required": ["no"], "properties": {"no": TEXT}},
    }
    schema, errors = refused(rows, [{"no": "1"}, {}])
    assert messages(schema, errors, "en") == {"x.1.no": "Row 2: Write the reply to the customer"}
    schema, errors = refused(
        LIST | {"items": {"type": "string", "title": "Fund code", "pattern": "^\\d{6}$"}}, ["990014", "1"]
    )
    assert list(messages(schema, errors, "en").values()) == ["Row 2: Write the fund code with 6 digits, such as 990014"]


def test_faults_inside_a_group_and_the_order_of_the_form():
    group = {"type": "object", "title": "Complainant", "required": ["b", "a"], "properties": {"b": TEXT, "a": COUNT}}
    schema = {"type": "object", "required": ["z", "g"], "x-order": ["z", "g"], "properties": {"g": group, "z": ROOT}}
    with pytest.raises(InvalidForm) as error:
        accept(Form("f.json", schema), {"g": {}}, checker({}), None)
    assert list(messages(schema, error.value.fields, "en")) == ["z", "g.b", "g.a"]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("code", [*SENTENCES, *WHOLE, "something-new"])
def test_no_code_is_without_a_sentence(code, lang):
    schema = {"properties": {"x": TEXT}}
    value = {"minLength": 3, "maxLength": 3, "minItems": 2, "maxItems": 2, "multipleOf": 5}.get(code, "v")
    for name in ("x", ""):
        (sentence,) = messages(schema, {name: FieldError(code, value)}, lang).values()
        assert sentence
        assert code not in sentence.split()
        assert not sentence.endswith((".", "。", "!"))
        assert "%" not in sentence
        assert bool(re.search("[\u4e00-\u9fff]", sentence)) == (lang == "zh")


def test_every_format_of_the_installation_has_a_sentence():
    assert set(DEMO_FORMATS) <= set(FORMATS)
    assert all(catalogue("zh").gettext(text) != text for text in FORMATS.values())
    assert words("zh")(FORMATS["cn-id"], label="证件号码").startswith("请核对证件号码")
