"""Kinds and values: found where all that may write a name say what it is, and not where one does not."""

import pytest

from .bundles import (
    END,
    START,
    XOR,
    ask,
    bundle,
    call,
    decide,
    el,
    form,
    found,
    message,
    messages,
    script,
    simple,
    table,
)

TOPIC = {"type": "string", "oneOf": [{"const": "LOAN"}, {"const": "CARD"}]}
ASKED = form(
    ("amount", "topic", "urgent", "tags", "when"),
    topic=TOPIC,
    urgent={"type": "boolean"},
    tags={"type": "array", "minItems": 1, "items": {"enum": ["NEW", "OLD"]}},
    when={"type": "string", "format": "date"},
    anything={},
)
ABOUT = {"kinds-differ", "value-never", "condition-never-holds", "not-configured"}


def kinds(files):
    return [rule for rule, _ in found(files) if rule in ABOUT]


@pytest.mark.parametrize(
    "expression, rules",
    [
        ("amount = 3", []),
        ("amount = null", []),
        ("topic = null", []),
        ('amount = "3"', ["kinds-differ"]),
        ('amount > "3"', ["kinds-differ"]),
        ("urgent > false", ["kinds-differ"]),
        ("tags > 3", ["kinds-differ"]),
        ("topic > 3", ["kinds-differ"]),
        ("not(topic)", ["kinds-differ"]),
        ("urgent and amount", ["kinds-differ"]),
        ("if amount then 1 else 2", ["kinds-differ"]),
        ("amount between 1 and topic", ["kinds-differ"]),
        ("amount + topic", ["kinds-differ"]),
        ('topic + "x"', []),
        ("amount - 1 > count(tags)", []),
        ('string(amount) + "x"', []),
        ("upper case(amount)", ["kinds-differ"]),
        ("count(tags) = topic", ["kinds-differ"]),
        ('topic = "LOAN"', []),
        ('topic = "LOANS"', ["value-never"]),
        ('topic != "LOANS"', ["value-never"]),
        ('topic in ("LOAN", "CRAD")', ["value-never"]),
        ('list contains(tags, "NEWER")', ["value-never"]),
        ('list contains(tags, "NEW")', []),
        ('some tag in tags satisfies tag = "NEWER"', ["value-never"]),
        ("some tag in tags satisfies tag = 3", ["kinds-differ"]),
        ("every tag in tags satisfies tag", ["kinds-differ"]),
        ("is defined(anything) and anything = 3", []),
        ("date(when) > today()", []),
    ],
)
def test_what_an_expression_compares(expression, rules):
    escaped = expression.replace("<", "&lt;").replace(">", "&gt;")
    nodes = ask("a"), script("s", f"x = {escaped}")
    assert kinds(simple(*nodes, ways="start > a > s > end", ask_json=ASKED)) == rules


@pytest.mark.parametrize(
    "content, rules",
    [
        ("42", ["kinds-differ"]),
        ("amount", ["kinds-differ"]),
        ("tags", ["kinds-differ"]),
        ('"paid"', ["kinds-differ"]),
        ("{amount: amount}", []),
        ("null", []),
        ("if urgent then null else {amount: amount}", []),
        ("is defined(anything) and amount = 3", ["kinds-differ"]),
    ],
)
def test_what_a_message_holds(content, rules):
    said, roots = message("paid", payload=content), messages("paid")
    for kind in ("intermediateThrowEvent", "endEvent"):
        nodes = [START, ask("a"), el(kind, "throw", said), *([] if kind == "endEvent" else [END])]
        ways = "start > a > throw" + ("" if kind == "endEvent" else " > end")
        assert kinds(bundle(nodes, ways, roots=roots, ask_json=ASKED)) == rules


def test_a_script_says_what_a_name_can_be():
    nodes = [START, ask("a"), script("s", 'state = "NEW"'), el(XOR, "x"), ask("b", variable="b"), END]
    ways = "start > a > s > x\nx > b : state = {}\nx > end : default\nb > end"
    assert kinds(bundle(nodes, ways.format('"NWE"'))) == ["value-never"]
    assert kinds(bundle(nodes, ways.format('"NEW"'))) == []
    assert kinds(bundle(nodes, ways.format("3"))) == ["kinds-differ"]


def test_one_writer_that_is_not_known_says_nothing_of_all():
    nodes = [START, ask("a"), script("s", "topic = amount + 1"), script("r", 'x = topic = "GONE"'), END]
    assert kinds(bundle(nodes, "start > a > r > end", ask_json=ASKED)) == ["value-never"]
    assert kinds(bundle(nodes, "start > a > s > r > end", ask_json=ASKED)) == []


def test_what_a_later_round_of_a_loop_writes_counts():
    nodes = [script("first", 'state = "NEW"'), el(XOR, "m"), ask("a"), script("s", 'state = "OLD"'), el(XOR, "x")]
    ways = "start > first > m > a > s > x\nx > m : {}\nx > end : default\n"
    assert kinds(simple(*nodes, ways=ways.format('state = "OLD"'))) == []
    looked = [*nodes[:2], script("look", 'y = state = "OLD"'), *nodes[2:]]
    again = ways.replace("m > a", "m > look > a").format("amount > 1")
    assert kinds(simple(*looked, ways=again)) == []


def test_a_table_and_an_operator_say_what_they_give():
    rows = [("> 100", '"HIGH"'), ("<= 100", '"LOW"')]
    nodes = [ask("a"), decide("d", "grade"), script("s", 'x = level = "MIDDLE"')]
    assert kinds(simple(*nodes, ways="start > a > d > s > end", grade_dmn=table(rows=rows))) == ["value-never"]
    nodes = [ask("a"), call("c", "look"), script("s", "x = found &gt; 3")]
    assert kinds(simple(*nodes, ways="start > a > c > s > end")) == ["kinds-differ"]


@pytest.mark.parametrize(
    "first, second, never",
    [
        ("amount > 10", "amount > 20", ["second"]),
        ("amount > 20", "amount > 10", []),
        ("amount > 10 and amount < 5", "amount > 20", ["first"]),
        ('topic = "LOAN"', 'topic = "LOAN" and urgent', ["second"]),
        ('topic = "LOAN" or urgent', 'topic != "LOAN" and not(urgent)', []),
        ("urgent", "not(urgent)", []),
        ("count(tags) > 3", "count(tags) > 5", []),
    ],
)
def test_conditions_that_never_hold(first, second, never):
    gone = el("endEvent", "first"), el("endEvent", "second")
    ways = f"start > a > x\nx > first : {first}\nx > second : {second}\nx > end : default".replace("<", "&lt;")
    files = bundle([START, ask("a"), el(XOR, "x"), *gone, END], ways, ask_json=ASKED)
    assert [element for rule, element in found(files) if rule == "condition-never-holds"] == [f"x_{id}" for id in never]
