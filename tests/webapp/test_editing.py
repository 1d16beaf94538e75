"""The page of the editor of diagrams, and what it asks the server: choices, expressions, what would be lost, a layout."""

from __future__ import annotations

import json

import workflows
from engine import SYSTEM
from engine.diagram import read_diagram
from engine.operators import Registry
from tests.webapp.sketching import INQUIRY, begun, fetched, put, token
from webapp.domain.operators import CHINESE

FOREIGN = b' xmlns:o="urn:other" o:shade="dark" id="Answer"'


def asked(visitor, address, body, kind="json"):
    """What an editor asks by script, and the answer."""
    sent = {"X-CSRFToken": token(visitor), **visitor.headers}
    given = {"json": body} if kind == "json" else {"data": body}
    return visitor.client.post(address, headers=sent, **given)


def told(visitor, path, name=INQUIRY):
    """What the page tells its script."""
    visitor.open(f"{path}/edit?path={name}")
    return json.loads(visitor.page.xpath("//*[@id='editing']/@data-page")[0])


def test_the_page_offers_what_there_is_to_choose(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    page = told(visitor, path)
    assert (page["path"], page["revision"], page["person"], page["readonly"]) == (INQUIRY, 1, "sun.ke", False)
    assert "forms/answer.json" in page["forms"]
    assert {"csr", "process_owner"} <= {one["value"] for one in page["groups"]}
    assert {"value": "inquiry_routing", "path": "inquiry_routing.dmn"}.items() <= page["decisions"][0].items()
    assert {"wording", "suitability"} <= {one["value"] for one in page["decisions"]}
    assert {"complaint", "trade"} <= {one["value"] for one in page["processes"]}
    assert page["messages"] == ["answer_clear", "answer_unclear", "contact_received"]
    notify = next(one for one in page["operators"] if one["value"] == "customer/notify")
    assert notify["description"] and {"name": "template", "required": True}.items() <= notify["parameters"][0].items()


def test_names_in_the_page_are_in_its_language(visit):
    visitor = visit("sun.ke", "zh")
    page = told(visitor, begun(visitor))
    assert {"value": "complaint", "label": "投诉处理"} in page["processes"]
    assert page["names"]["qian.wen"] == "钱雯" or any(
        "\u4e00" <= sign <= "\u9fff" for sign in page["names"]["qian.wen"]
    )


def test_every_operator_is_described_in_chinese():
    """Those of the domain and of the engine; a description that nobody has is left over."""
    operators = list(Registry.of(workflows.operators(None, None)))
    said = {one.description for one in operators} | {p.description for one in operators for p in one.parameters}
    assert {text for text in said if text} == CHINESE.keys()


def test_only_files_with_an_editor_are_edited_and_by_owners_only(visit):
    visitor = visit("sun.ke")
    path = begun(visitor)
    for wanted in ("?path=nothing.bpmn", "?path=i18n/zh.json", ""):
        assert visitor.client.get(f"{path}/edit{wanted}", headers=visitor.headers).status_code == 404, wanted
    for name in ("li.na", "he.jing"):
        other = visit(name)
        assert other.client.get(f"{path}/edit?path={INQUIRY}", headers=other.headers).status_code == 404, name


RIGHT = [
    ("expression", 'amount > 2 and topic in ("A", "B")'),
    ("script", "a = 1\nb = a + 1"),
    ("value", "csr,chs"),
    ("value", "= queue"),
    ("term", "2 BD"),
    ("term", '= parameter("INQUIRY_ANSWER_TERM")'),
    ("timer", '"PT72H"'),
    ("timer", "business_days(2)"),
    ("timer", "answerBy"),
    ("cycle", '"R3/PT1H"'),
]
WRONG = [
    ("expression", "amount >", 1),
    ("expression", "a +\n+ )", 2),
    ("script", "a = 1\nb =", 2),
    ("value", "= queue +", 1),
    ("term", "2 weeks", 0),
    ("term", "= 2 +", 1),
    ("timer", "PT72H", 0),
    ("timer", "2 BD", 0),
    ("timer", '"never"', 0),
    ("cycle", '"R3/never"', 0),
]


def test_an_expression_is_judged_while_it_is_typed(visit):
    """Right ones have no problem; wrong ones say where and why."""
    visitor = visit("sun.ke")
    for role, text in RIGHT:
        answer = asked(visitor, "/studio/expressions", {"role": role, "text": text})
        assert answer.json == {"problem": "", "line": 0, "column": 0}, (role, text)
    for role, text, line in WRONG:
        answer = asked(visitor, "/studio/expressions", {"role": role, "text": text}).json
        assert answer["problem"] and answer["line"] == line and (answer["column"] > 0) == (line > 0), (role, text)
    for given in ({"role": "python", "text": "1"}, {"role": "script", "text": "a" * 30_000}, {}):
        assert asked(visitor, "/studio/expressions", given).status_code == 400


def test_what_would_be_lost_is_named(visit):
    visitor = visit("sun.ke")
    body = fetched(visitor, f"{begun(visitor)}/files/{INQUIRY}").decode()
    less = body.replace('<spiffworkflow:property name="stage" value="customer"/>', "", 1)
    assert less != body
    assert asked(visitor, "/studio/untouched", {"before": body, "after": body}).json == {"lost": []}
    assert asked(visitor, "/studio/untouched", {"before": body, "after": less}).json == {
        "lost": ["ContactReceived: properties"]
    }
    assert asked(visitor, "/studio/untouched", {"before": body, "after": "<"}).status_code == 422


def test_a_save_keeps_what_other_tools_have_written(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    number = int(path.rpartition("/")[2])
    body = engine.sketch(number, SYSTEM).files[INQUIRY]
    assert put(visitor, path, INQUIRY, body.replace(b' id="Answer"', FOREIGN)).status_code == 200
    answer = put(visitor, path, INQUIRY, body, '"2"')
    assert answer.status_code == 422 and "Answer: shade" in answer.json["problem"]
    assert engine.sketch(number, SYSTEM).revision == 2
    edited = body.replace(b' id="Answer"', FOREIGN).replace(b'name="Answer the customer"', b'name="Answer"')
    assert edited.count(b'name="Answer"') == 1
    assert put(visitor, path, INQUIRY, edited, '"2"').status_code == 200


def test_a_tidied_diagram_means_the_same(visit):
    visitor = visit("sun.ke")
    body = fetched(visitor, f"{begun(visitor)}/files/{INQUIRY}")
    answer = asked(visitor, "/studio/tidy", body, "xml")
    assert answer.mimetype == "application/xml" and answer.data != body
    before, after = read_diagram(body), read_diagram(answer.data)
    assert [one.id for one in before.elements] == [one.id for one in after.elements]
    assert asked(visitor, "/studio/tidy", b"<", "xml").status_code == 422
