"""What stands in the data of a case has a label in each language, wherever it comes from; moments are told as people read."""

from __future__ import annotations

import re

import pytest

from engine import SYSTEM
from engine.operators import Call, Operator, Registry
from tests.webapp.desk import IDENTIFY, NEED, walk_to
from webapp.bootstrap import shipped
from webapp.labels import Labels
from webapp.language import words
from workflows.results import answer, choice, listed, moment, text, truth

HAN = re.compile(r"[\u4e00-\u9fff]")
MADE = re.compile(r"^\s*([A-Za-z_]\w*) =|[{,] ?([A-Za-z_]\w*): ", re.MULTILINE)  # in a script: a name, or one inside
PROCESSES = sorted(folder.name for folder in shipped() if (folder / f"{folder.name}.bpmn").exists())


def parts(schema, path=()):
    """Every value of an answer with the way to it."""
    for name, part in (schema.get("properties") or {}).items():
        yield (*path, name), part
        yield from parts(part, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from parts(schema["items"], path)


def test_every_operator_says_what_each_value_of_its_answer_is_called(engine):
    operators = list(engine.context.registry)
    missing = [
        f"{one.name}: {'.'.join(path)}"
        for one in operators
        for path, part in parts(one.result or {})
        if not part.get("title") or not HAN.search(part.get("x-i18n", {}).get("zh", {}).get("title", ""))
    ]
    assert missing == []
    assert len(operators) > 40 and all(one.result for one in operators)
    assert all(list(parts(one.result)) for one in operators)


@pytest.mark.parametrize("key", PROCESSES)
def test_every_name_in_the_data_of_a_shipped_process_is_called_something_in_chinese(engine, key):
    (deployed,) = [one for one in engine.in_force() if one.key == key]
    bundle = engine.bundle(deployed.bundle)
    labels, names = Labels(bundle, words("zh"), engine), set()
    for element in bundle.diagram.elements:
        names |= {element.operation.result_variable} if element.operation else set()
        names |= {element.properties.get("resultVariable"), element.variable_name}
        names |= {element.multi_instance.output} if element.multi_instance else set()
        for script in (element.script, element.post_script):
            names |= {name for pair in MADE.findall(script or "") for name in pair if name}
    names -= {None, ""}
    assert names, "nothing was looked at"
    assert [name for name in sorted(names) if not HAN.search(labels.field(name))] == []


def seen(rows):
    """Rows as a page says them."""
    return {row.label: seen(row.rows) if row.rows else row.text for row in rows}


ANSWER = answer(
    {
        "ready": truth("Ready", "就绪"),
        "state": choice("State", "状态", {"GO": ("may go", "可以继续"), "HALT": ("must wait", "须等待")}),
        "since": moment("Since", "开始时间"),
        "parts": listed("Parts", "部分", answer({"name": text("Name", "名称")})),
    }
)
SAID = {"ready": True, "state": "GO", "since": "2026-11-20T06:50:00.000000Z", "parts": [{"name": "first"}]}


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        (
            "en",
            {
                "Look up the customer": {
                    "Ready": "yes",
                    "State": "may go",
                    "Since": "Fri 20 Nov 2026, 14:50",
                    "Parts": {"Row 1": {"Name": "first"}},
                }
            },
        ),
        (
            "zh",
            {
                "查询客户信息": {
                    "就绪": "是",
                    "状态": "可以继续",
                    "开始时间": "2026年11月20日 周五 14:50",
                    "部分": {"第1行": {"名称": "first"}},
                }
            },
        ),
    ],
)
def test_a_new_operator_is_called_as_it_declares(engine, lang, wanted):
    """Whoever adds an operator writes its labels in its schema, and nothing else."""

    def run(call: Call):
        return SAID

    bundle = engine.bundle(next(one.bundle for one in engine.in_force() if one.key == "inquiry"))
    other = Registry.of([Operator(name="customer/lookup", kind="local", run=run, result=ANSWER)])
    with_it = type("Other", (), {"context": type("Context", (), {"registry": other})(), "in_force": lambda self: ()})()
    known, rows = Labels(bundle, words(lang), with_it).rows({"customer": SAID})
    assert known == () and seen(rows) == wanted


def test_a_case_is_read_in_chinese(visit, engine):
    """Nothing of what the process worked out is called by its name in the program."""
    visitor = visit("li.na", "zh")
    task = walk_to(visitor, IDENTIFY, NEED)
    case = task.split(".")[0]
    for path in (f"/cases/{case}", f"/cases/{case}/replay"):
        labels = visitor.open(path).page.xpath("//main//dl[contains(@class,'pairs')]/dt//text()")
        assert {"年满65岁", "可联系", "队列优先级", "需核验身份"} <= set(labels), path
        assert [one for one in labels if re.search("[A-Za-z]{3}", one)] == [], path


def test_moments_of_the_data_are_told_as_people_read_them(visit, engine, clock):
    visitor = visit("li.na")
    task = walk_to(visitor, IDENTIFY, NEED)
    visitor.open(f"/tasks/{task}")
    answered = {"answerText": "The bank credits the money by Tuesday.", "resolved": "on"}
    visitor.post(f"/tasks/{task}/completion", answered)
    case = task.split(".")[0]
    engine.run_due()
    pages = {"en": "Fri 20 Nov 2026, 14:3", "zh": "2026年11月20日 周五 14:3"}
    for lang, wanted in pages.items():
        for path in (f"/cases/{case}", f"/cases/{case}/replay"):
            page = visit("li.na", lang).open(path).page
            times = [one for one in page.xpath("//main//dd//time[@title]") if one.get("title") == one.get("datetime")]
            assert times and all(one.text.startswith(wanted) for one in times), path
            assert {one.get("title")[:16] for one in times} <= {"2026-11-20T06:32", "2026-11-20T14:30"}, path
            assert not [text for text in page.xpath("//main//dd//text()") if re.search(r"\dT\d\d:\d\d", text)], path


def test_what_a_survey_is_about_is_called_as_people_call_it(visit, engine):
    """The subject of a survey is the process whose case was closed: its name stands in lists, not its key."""
    start = {"customerId": "C000001", "about": "INQ-20261119-000001", "process": "inquiry"}
    case = engine.start("survey", start, by=SYSTEM)
    for lang, name in (("en", "Customer inquiry"), ("zh", "客户咨询受理")):
        visitor = visit("zhou.min", lang).open("/cases?key=survey&status=all")
        (cell,) = visitor.page.xpath("//main//td[contains(@class,'clip')]")
        assert " ".join(cell.text_content().split()).endswith(name)
        page = visitor.open(f"/cases/{case.id}").page
        assert page.xpath("string(//main//h2[1])") == name
        shown = dict(zip(page.xpath("//main//dt"), page.xpath("//main//dd"), strict=False))
        process = {"en": "Process", "zh": "流程"}[lang]
        assert [dd.text_content().strip() for dt, dd in shown.items() if dt.text == process] == [name]


def test_a_process_is_looked_up_by_its_name(visit):
    found = (
        visit("zhou.min", "zh").client.get("/lookup/process?q=咨询", headers={"Accept-Language": "zh-CN"}).get_json()
    )
    assert found == [{"value": "inquiry", "label": "客户咨询受理 inquiry"}]
    visitor = visit("zhou.min").open("/cases/new/survey")
    control = visitor.page.xpath("//input[@data-lookup='/lookup/process']")
    assert [one.get("name") for one in control] == ["process"]
