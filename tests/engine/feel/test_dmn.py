"""Decision tables: every hit policy, its violations, and what is read wrongly."""

from datetime import date
from decimal import Decimal

import pytest

from engine.feel import ExpressionError, Unsupported, read_decisions, read_problems
from engine.xml import parse_xml

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def table(rows, policy="UNIQUE", inputs=(("x", "number"),), outputs=(("r", "string", ""),), extra="", aggregation=""):
    def cells(tag, texts):
        return "".join(f"<{tag}><text><![CDATA[{text}]]></text></{tag}>" for text in texts)

    text = f'<definitions xmlns="{DMN}"><decision id="d" name="Rate"><decisionTable hitPolicy="{policy}" {aggregation}>'
    for name, kind in inputs:
        text += f'<input label="{name}"><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
    for name, kind, values in outputs:
        listed = f"<outputValues><text>{values}</text></outputValues>" if values else ""
        text += f'<output name="{name}" typeRef="{kind}">{listed}{extra}</output>'
    for number, row in enumerate(rows, 1):
        text += (
            f'<rule id="r{number}">'
            + cells("inputEntry", row[: len(inputs)])
            + cells("outputEntry", row[len(inputs) :])
            + "</rule>"
        )
    return read_decisions(parse_xml(text + "</decisionTable></decision></definitions>"))["d"]


OVERLAP = [("> 1", '"low"'), ("> 5", '"high"'), ("> 2", '"low"')]
NUMBERS = {"outputs": (("r", "number", ""),)}


@pytest.mark.parametrize(
    ("policy", "x", "value", "rows"),
    [
        ("FIRST", 9, "low", (1,)),
        ("FIRST", 0, None, ()),
        ("RULE ORDER", 9, ["low", "high", "low"], (1, 2, 3)),
        ("COLLECT", 3, ["low", "low"], (1, 3)),
        ("COLLECT", 0, [], ()),
        ("ANY", 3, "low", (1, 3)),
        ("UNIQUE", 2, "low", (1,)),
        ("UNIQUE", None, None, ()),
    ],
)
def test_policy(policy, x, value, rows):
    outcome = table(OVERLAP, policy).evaluate({"x": x})
    assert (outcome.value, outcome.rows) == (value, rows)
    assert outcome.ids == tuple(f"r{row}" for row in rows)


@pytest.mark.parametrize(
    ("policy", "value", "rows"),
    [
        ("PRIORITY", "high", (2,)),
        ("OUTPUT ORDER", ["high", "low", "low"], (2, 1, 3)),
    ],
)
def test_ranked(policy, value, rows):
    outcome = table(OVERLAP, policy, outputs=(("r", "string", '"high", "low"'),)).evaluate({"x": 9})
    assert (outcome.value, outcome.rows) == (value, rows)


@pytest.mark.parametrize(
    ("aggregation", "value", "nothing"), [("SUM", 6, None), ("MIN", 1, None), ("MAX", 3, None), ("COUNT", 3, 0)]
)
def test_aggregation(aggregation, value, nothing):
    found = table(
        [("> 1", "1"), ("> 1", "2"), ("> 1", "3")], "COLLECT", **NUMBERS, aggregation=f'aggregation="{aggregation}"'
    )
    assert found.evaluate({"x": 2}).value == value
    assert found.evaluate({"x": 0}).value == nothing


@pytest.mark.parametrize(("policy", "message"), [("UNIQUE", "rows 1, 2, 3 all hit"), ("ANY", "with different results")])
def test_violations(policy, message):
    with pytest.raises(ExpressionError, match=message) as caught:
        table(OVERLAP, policy).evaluate({"x": 9})
    assert str(caught.value).startswith('decision "Rate", hit policy')


def test_several_outputs_and_types():
    found = table(
        [('< date("2026-02-01")', '"2026-03-01"', "2")],
        inputs=(("x", "date"),),
        outputs=(("due", "date", ""), ("n", "number", "")),
    )
    assert found.evaluate({"x": "2026-01-31"}).value == {"due": date(2026, 3, 1), "n": Decimal(2)}
    with pytest.raises(ExpressionError, match="the type is date, but the value is text"):
        found.evaluate({"x": "soon"})
    with pytest.raises(ExpressionError, match="the type is date, but the value is number"):
        found.evaluate({"x": 3})


def test_default():
    found = table([("> 5", '"a"')], extra='<defaultOutputEntry><text>"none"</text></defaultOutputEntry>')
    assert found.evaluate({"x": 1}).value == "none"


def test_errors_name_the_cell():
    with pytest.raises(ExpressionError) as caught:
        table([("> 5", '"a"'), ("> > 3", '"b"')])
    assert str(caught.value).startswith('decision "Rate", row 2, input x: line 1, column 3')
    with pytest.raises(ExpressionError) as caught:
        table([("> lim", '"a"')]).evaluate({"x": 1, "limit": 2})
    assert (
        str(caught.value)
        == 'decision "Rate", row 1, input x: line 1, column 3: unknown name lim; did you mean limit? in "> lim"'
    )
    with pytest.raises(ExpressionError, match=r"row 1, output r.*type is string, but the value is number"):
        table([("1", "1")]).evaluate({"x": 1})


def test_fuel_is_for_the_whole_table():
    with pytest.raises(ExpressionError, match="too much work"):
        table([("count(for a in 1..900 return a + ?) = 0", '"a"')] * 100).evaluate({"x": 1})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"policy": "MOST"}, "hit policy MOST"),
        ({"policy": "COLLECT", "aggregation": 'aggregation="AVG"'}, "COLLECT AVG"),
        ({"policy": "PRIORITY"}, "needs a list of output values"),
    ],
)
def test_refused_by_name(change, message):
    with pytest.raises(Unsupported, match=message):
        table(OVERLAP, **change)


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        ("<literalExpression><text>1</text></literalExpression>", "literalExpression is not supported"),
        ("", "no decision table"),
        (
            '<informationRequirement><requiredDecision href="#a"/></informationRequirement><decisionTable/>',
            "requires the decision #a",
        ),
        (
            '<decisionTable><input><inputExpression expressionLanguage="javascript"><text>x</text></inputExpression></input></decisionTable>',
            "javascript",
        ),
        ("<knowledgeRequirement/><decisionTable/>", "knowledgeRequirement is not supported"),
    ],
)
def test_other_logic_is_refused(inner, message):
    with pytest.raises(Unsupported, match=message):
        read_decisions(parse_xml(f'<definitions xmlns="{DMN}"><decision id="d">{inner}</decision></definitions>'))


BROKEN = f"""<definitions xmlns="{DMN}">
  <decision id="rate" name="Rate">
    <decisionTable hitPolicy="PRIORITY">
      <input label="Amount">
        <inputExpression typeRef="number">
          <text>amout</text>
        </inputExpression>
      </input>
      <output name="r" typeRef="string">
        <outputValues><text>"high", "low"</text></outputValues>
      </output>
      <rule>
        <inputEntry><text>&gt; 1</text></inputEntry>
        <outputEntry><text>"low"</text></outputEntry>
      </rule>
      <rule>
        <inputEntry>
          <text>
            &gt; &gt; 3</text>
        </inputEntry>
        <outputEntry><text>7</text></outputEntry>
      </rule>
      <rule>
        <inputEntry><text>&gt; "5"</text></inputEntry>
        <outputEntry><text>"middle"</text></outputEntry>
      </rule>
      <rule><inputEntry><text>-</text></inputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="rate"><decisionTable hitPolicy="MOST"><output name="r"/></decisionTable></decision>
  <decision id="other"><literalExpression/></decision>
</definitions>"""


def test_all_problems_of_a_file_at_once():
    problems = read_problems(parse_xml(BROKEN), names=frozenset({"amount"}))
    assert [(p.decision, p.where, p.line) for p in problems] == [
        ("rate", "input Amount", 6),
        ("rate", "row 2, input Amount", 19),
        ("rate", "row 2, output r", 21),
        ("rate", "row 3, input Amount", 24),
        ("rate", "row 3, output r", 25),
        ("rate", "row 4", 27),
        ("rate", "table", 30),
        ("rate", "table", 30),
        ("other", "table", 31),
    ]
    assert [p.message for p in problems] == [
        'line 1, column 1: unknown name amout; did you mean amount? in "amout"',
        'line 1, column 3: unexpected > in "> > 3"',
        "the type is string, but the value is number",
        'line 1, column 1: cannot compare number with text in "> "5""',
        "a result of r is not among its output values",
        "there is not one cell for each column",
        "there are two decisions with the id rate",
        "the hit policy MOST is not supported",
        "literalExpression is not supported, only decision tables are",
    ]


def test_the_first_problem_is_raised():
    with pytest.raises(ExpressionError) as caught:
        read_decisions(parse_xml(BROKEN), names=frozenset({"amount"}))
    assert str(caught.value).startswith('decision "Rate", input Amount: line 1, column 1: unknown name amout')


def test_a_file_without_problems_and_one_without_decisions():
    sound = f'<definitions xmlns="{DMN}"><decision id="d"><decisionTable><output name="r"/></decisionTable></decision></definitions>'
    assert read_problems(parse_xml(sound)) == []
    (problem,) = read_problems(parse_xml("<definitions/>"))
    assert (problem.decision, problem.where, problem.message) == ("", "file", "there is no decision in the file")


def test_names_of_a_decision():
    found = table([("> limit", '"a" + applicant.name'), ("-", "if is defined(y) then y else null")])
    assert found.names().needed == {"x", "limit", "applicant"}
    assert found.names().guarded == {"y"}
    assert ("applicant", "name") in found.names().paths


def test_members_as_inputs_and_tests_with_functions():
    rows = [('"PRICE"', 'contains(?, "x")', '"a"'), ('not("PRICE")', "-", '"b"')]
    found = table(rows, "COLLECT", inputs=(("need.topic", "string"), ("need.text", "string")))
    assert found.evaluate({"need": {"topic": "PRICE", "text": "box"}}).value == ["a"]
    assert found.evaluate({"need": {"topic": "FEE", "text": ""}}).value == ["b"]
    with pytest.raises(ExpressionError, match="there is no field text; did you mean txt"):
        found.evaluate({"need": {"topic": "FEE", "txt": ""}})
