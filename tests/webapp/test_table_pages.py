"""What the editor of decision tables asks: cells, rows and trials, as the engine itself reads them."""

from __future__ import annotations

import json

import pytest

from engine import Actor
from webapp.studio.losing import lost

OWNER = Actor("sun.ke", {"process_owner"})
HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
PATH = "rate.dmn"


def table(*rows, policy="UNIQUE", output="number", more=""):
    """A table that asks for an amount and a channel: each row is two cells and a result."""
    inputs = "".join(
        f'<input id="in{n}" label="{label}"><inputExpression id="x{n}" typeRef="{kind}"><text>{name}</text>'
        "</inputExpression></input>"
        for n, (label, kind, name) in enumerate((("Amount", "number", "amount"), ("Channel", "string", "channel")))
    )
    rules = "".join(
        f'<rule id="r{n}">'
        + "".join(f'<inputEntry id="r{n}i{m}"><text>{cell}</text></inputEntry>' for m, cell in enumerate(row[:-1]))
        + f'<outputEntry id="r{n}o"><text>{row[-1]}</text></outputEntry></rule>'
        for n, row in enumerate(rows, 1)
    )
    return (
        f'{HEAD}<decision id="rate" name="Rate"><decisionTable id="t" hitPolicy="{policy}">{inputs}'
        f'<output id="o" name="rate" typeRef="{output}"/>{rules}</decisionTable></decision>{more}</definitions>'
    )


RATES = table(("&lt; 1000", '"PHONE"', "1"), ("&gt;= 1000", '"PHONE"', "2"), ("-", 'not("PHONE")', "3"))


@pytest.fixture
def ask(visit, engine):
    """Ask about a table that is being edited: `ask("trial", text, values={...})`."""
    sketch = engine.sketch_begin(by=OWNER, files={PATH: RATES.encode()}, name="Rate")

    def asked(what, text=RATES, lang="en", status=200, **more):
        visitor = visit("sun.ke", lang).open("/studio")
        token = visitor.page.xpath("//input[@name='csrf_token']/@value")[0]
        answer = visitor.client.post(
            f"/studio/sketches/{sketch.id}/table/{what}",
            data=json.dumps({"path": PATH, "text": text, **more}),
            content_type="application/json",
            headers={**visitor.headers, "X-CSRFToken": token},
        )
        assert answer.status_code == status
        assert engine.sketch(sketch.id, OWNER).revision == 1
        return answer.json

    return asked


def test_a_table_that_is_right_has_no_finding(ask):
    assert ask("findings") == {"cells": [], "findings": []}


def test_a_cell_says_where_it_cannot_be_read(ask):
    wrong = RATES.replace("&gt;= 1000", "&gt;= 10x )")
    (cell,) = ask("findings", wrong)["cells"]
    assert (cell["element"], cell["decision"], cell["line"]) == ("r2i0", "rate", 1)
    assert cell["column"] == 6
    assert cell["said"].startswith("Column 6: ")
    assert ask("findings", wrong, "zh")["cells"][0]["said"].startswith("第6列：")
    several = ask(
        "findings", RATES.replace("<text>1</text>", "<text>1 +</text>").replace("amount</text>", "a b c</text>")
    )
    assert [one["element"] for one in several["cells"]] == ["x0", "r1o"]
    assert ask("findings", RATES.replace(">1<", '>"a"<'))["cells"][0]["element"] == "r1o"


def test_rows_that_overlap_are_named_with_an_example(ask):
    both = table(("&lt;= 1000", "-", "1"), ("&gt;= 1000", "-", "2"))
    (found,) = [one for one in ask("findings", both)["findings"] if one["rule"] == "rows-overlap"]
    assert (found["decision"], found["rows"], found["element"]) == ("rate", [1, 2], "r2")
    assert "Amount is 1000" in found["said"]
    assert found["remedy"]
    gap = ask("findings", table(("&lt; 1000", "-", "1")))["findings"]
    assert [(one["rule"], one["rows"]) for one in gap] == [("rows-missing", [])]
    never = ask("findings", table(("-", "-", "1"), ("5", "-", "2"), policy="FIRST"))["findings"]
    assert [(one["rule"], one["rows"]) for one in never] == [("row-never-hit", [2])]


def test_what_is_no_table_is_said_and_not_read(ask):
    assert ask("findings", RATES[:-5])["findings"][0]["rule"] == "malformed-xml"
    assert ask("findings", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")["cells"] == []
    assert "problem" in ask("trial", RATES[:-5], decision="rate")


def test_a_table_is_tried(ask):
    def says(amount, channel, text=RATES):
        return ask("trial", text, decision="rate", values={"0": amount, "1": channel})

    assert says("5", "PHONE") == {"hits": [1], "counts": [1], "value": "1", "outputs": ["rate"]}
    assert says("1000", '"PHONE"')["hits"] == [2]
    assert says("", "MAIL")["value"] == "3"
    assert list(says("much", "PHONE")["wrong"]) == ["0"]
    first = table(("-", "-", "1"), ("5", "-", "2"), policy="FIRST")
    assert says("5", "", first) == {"hits": [1, 2], "counts": [1], "value": "1", "outputs": ["rate"]}
    both = says("1000", "", table(("&lt;= 1000", "-", "1"), ("&gt;= 1000", "-", "2")))
    assert both["hits"] == [1, 2]
    assert "only one may" in both["problem"]
    none = says("5", "", table(("7", "-", "1")))
    assert (none["hits"], none["value"]) == ([], "null")
    assert "problem" in says("5", "", table(("5", "-", "amount + 1")))
    ask("trial", decision="nobody", status=404)


def test_nobody_asks_about_what_is_not_there(ask, visit):
    ask("findings", path="other.dmn", status=404)
    visitor = visit("li.na").open("/")
    token = visitor.page.xpath("//input[@name='csrf_token']/@value")[0]
    for what in ("findings", "trial", "untouched"):
        answer = visitor.client.post(f"/studio/sketches/1/table/{what}", json={}, headers={"X-CSRFToken": token})
        assert answer.status_code == 404


def test_what_a_saved_table_would_lose(ask):
    newer = RATES.replace("20191111", "20230324")
    assert lost(RATES, newer) == []
    assert lost(RATES, RATES.replace(' hitPolicy="UNIQUE"', "").replace("><", ">\n <")) == []
    assert lost(RATES, RATES.replace(">2<", ">3<"))
    assert lost(RATES.replace("</decision>", "</decision><curious/>"), RATES) == ["/curious[1]"]
    assert lost(RATES.replace('name="Rate"', 'name="Rate" own="1"'), RATES) == ["/decision[1] own"]
    swapped = table(("&gt;= 1000", '"PHONE"', "2"), ("&lt; 1000", '"PHONE"', "1"), ("-", 'not("PHONE")', "3"))
    assert lost(RATES, swapped)
    assert ask("untouched", before=RATES, after=swapped)["lost"]
    assert ask("untouched", before=RATES, after="", status=422)["problem"]
