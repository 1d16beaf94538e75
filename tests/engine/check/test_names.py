"""Names: declared by what comes before, read where something has written them, and never personal."""

import json

import pytest

from engine.check.overlaps import both_possible, complementary
from engine.check.reading import Read, reads
from engine.feel import compile_expression

from .bundles import (
    AND,
    END,
    OR,
    START,
    XOR,
    ask,
    bundle,
    call,
    decide,
    el,
    event,
    form,
    found,
    message,
    messages,
    properties,
    script,
    simple,
    sub,
    table,
    timer,
)

NEED = form(
    ("amount", "topic"),
    topic={"type": "string"},
    note={"type": "string"},
    urgent={"type": "boolean"},
    tags={"type": "array"},
)


def names(files):
    """The findings about names alone."""
    wanted = {
        "unknown-name",
        "name-not-written",
        "name-maybe-missing",
        "reads-personal-data",
        "never-defined",
        "read-in-parallel",
    }
    return [rule for rule, _ in found(files) if rule in wanted]


def read_after(*nodes, expression, ways=None, roots="", process="", **files):
    """The findings where a script reads an expression after some elements."""
    order = " > ".join(["start", *(node.split('"')[1] for node in nodes), "read", "end"])
    made = bundle([START, *nodes, script("read", f"found = {expression}"), END], ways or order, roots, process, **files)
    return names(made)


@pytest.mark.parametrize(
    "expression, rules",
    [
        ("amount", []),
        ("amuont", ["unknown-name"]),
        ("amount + other", ["unknown-name"]),
        ("topic", []),
        ("note", ["name-maybe-missing"]),
        ("if is defined(note) then note else 0", []),
        ("is defined(note) and note = 1", []),
        ("not(is defined(note)) or note = 1", []),
        ("if not(is defined(note)) then 0 else note", []),
        ("if is defined(topic) then note else 0", ["name-maybe-missing"]),
        ("if is defined(noet) then noet else 0", ["never-defined"]),
        ("urgent", []),
        ("tags", []),
        ("count(tags)", []),
        ("tags[1].anything", []),
        ("topic.length", ["unknown-name"]),
        ("for t in tags return t.x + amount", []),
        ("for t in tags return x", ["unknown-name"]),
        ("some t in tags satisfies t = topic", []),
        ("for n in 1..3 return n", []),
        ('{a: topic, b: {c: "x"}}.a', []),
        ("tags[item = topic]", []),
    ],
)
def test_a_form_declares_its_fields(expression, rules):
    assert read_after(ask("a"), expression=expression, ask_json=NEED) == rules


@pytest.mark.parametrize(
    "expression, rules",
    [
        ("need.topic", []),
        ("need.tpoic", ["unknown-name"]),
        ("topic", ["unknown-name"]),
        ("need.note", ["name-maybe-missing"]),
        ("if is defined(need.note) then need.note else 0", []),
        ("need", []),
        ("need.amount.x", ["unknown-name"]),
    ],
)
def test_a_form_under_a_name_of_its_own(expression, rules):
    assert read_after(ask("a", variable="need"), expression=expression, ask_json=NEED) == rules


def test_members_of_lists_and_of_what_filters_leave():
    item = {"type": "object", "properties": {"code": {"type": "string"}, "share": {"type": "number"}}}
    funds = form(("funds",), funds={"type": "array", "items": item})

    def after(expression):
        return read_after(ask("a"), expression=expression, ask_json=funds)

    assert after("funds[share > 3].code") == [] and after("funds.code") == [] and after("funds[1].code") == []
    assert after("for f in funds return f.code") == []
    assert after("for f in funds return f.cdoe") == ["unknown-name"]
    assert after("funds[shaer > 3]") == ["unknown-name"]
    assert after("funds[share > 3].cdoe") == ["unknown-name"]


def test_combined_schemas_and_references_declare_too():
    schema = (
        b'{"type": "object", "properties": {"place": {"$ref": "#/$defs/place"}}, "required": ["place"], "$defs": {"place": '
        b'{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},'
        b'"allOf": [{"if": {"properties": {"x": {"const": 1}}}, "then": {"required": ["x"], "properties": {"x": {"type": "integer"}}}}]}'
    )
    assert read_after(ask("a"), expression="place.city + x", ask_json=schema) == []
    assert read_after(ask("a"), expression="place.ctiy", ask_json=schema) == ["unknown-name"]


def test_a_form_that_takes_any_field_opens_all_names_after_it():
    assert read_after(ask("a"), expression="whatever", ask_json=form(open=True)) == []
    assert read_after(ask("a"), expression="whatever", ask_json='{"type":"object","additionalProperties":true}') == []
    assert read_after(script("s", "x = whatever"), ask("a"), expression="1", ask_json=form(open=True)) == [
        "unknown-name"
    ]


def test_start_data_without_a_start_form_opens_nothing():
    assert read_after(expression="amount") == ["unknown-name"]


def test_a_start_form_declares_its_fields():
    start = el(
        "startEvent",
        "start",
        f"<bpmn:extensionElements>{properties(formJsonSchemaFilename='forms/ask.json')}</bpmn:extensionElements>",
    )
    ways = "start > read > end"
    assert names(bundle([start, script("read", "x = amount"), END], ways)) == []
    hears = start.replace("</bpmn:extensionElements>", "</bpmn:extensionElements>" + message("begun", "contact"))
    roots = messages("begun")
    assert names(bundle([hears, script("read", "x = contact.amount"), END], ways, roots)) == []
    assert names(bundle([hears, script("read", "x = amount"), END], ways, roots)) == ["unknown-name"]


def test_scripts_tables_operators_and_messages_declare():
    assert read_after(script("s", "a = 1\nb = a + 1"), expression="a + b") == []
    assert read_after(ask("o"), decide("d", "grade"), expression="level", grade_dmn=table()) == []
    assert read_after(ask("o"), decide("d", "grade", resultVariable="g"), expression="level", grade_dmn=table()) == [
        "unknown-name"
    ]
    assert read_after(ask("o"), call("c", variable="r", amount="amount"), expression="r.risk") == []
    assert read_after(ask("o"), call("c", variable="r", amount="amount"), expression="r.rsik") == ["unknown-name"]
    assert read_after(ask("o"), call("c", amount="amount"), expression="risk") == []
    wait = event("intermediateCatchEvent", "m", message("paid", "payment"))
    assert read_after(wait, expression="payment.sum", roots=messages("paid")) == []
    assert read_after(wait, expression="paymnet", roots=messages("paid")) == ["unknown-name"]
    unnamed = event("intermediateCatchEvent", "m", message("paid"))
    assert read_after(unnamed, expression="anything", roots=messages("paid")) == []
    assert read_after(el("callActivity", "q", calledElement="q"), expression="anything") == []


def test_a_message_may_have_a_schema():
    held = f"<bpmn:extensionElements>{properties(formJsonSchemaFilename='forms/ask.json')}</bpmn:extensionElements>"
    wait = event("intermediateCatchEvent", "m", held + message("paid", "payment"))
    assert read_after(wait, expression="payment.amount", roots=messages("paid")) == []
    assert read_after(wait, expression="payment.sum", roots=messages("paid")) == ["unknown-name"]


def test_a_table_reads_its_columns_and_cells():
    rows = [("> limit", '"HIGH"'), ("<= limit", "note")]
    given = {"grade_dmn": table(rows=rows)}
    assert names(simple(ask("o"), decide("d", "grade"), ways="start > o > d > end", **given)) == ["unknown-name"] * 2
    assert names(simple(decide("d", "grade"), ways="start > d > end", grade_dmn=table())) == ["unknown-name"]


def test_a_name_that_is_only_written_later():
    files = simple(script("read", "x = amount"), ask("a"), ways="start > read > a > end")
    assert names(files) == ["name-not-written"]


def test_a_counter_without_a_first_value_is_never_written_before():
    ways = "start > a > x\nx > a : n &lt; 3\nx > end : default"
    nodes = [ask("a", post="n = n + 1"), el(XOR, "x")]
    assert names(bundle([START, *nodes, END], ways)) == ["name-not-written"]
    ways = ways.replace("start > a", "start > s > a")
    assert names(bundle([START, script("s", "n = 0"), *nodes, END], ways)) == []


def test_a_name_that_one_way_does_not_write():
    nodes = [ask("o"), el(XOR, "x"), ask("a", form="forms/need.json"), script("read", "y = topic")]
    ways = "start > o > x\nx > a : amount > 1\nx > read : default\na > read > end"
    assert names(bundle([START, *nodes, END], ways, need_json=NEED)) == ["name-maybe-missing"]
    both = ways.replace("x > read", "x > s").replace("read > end", "read > end\ns > read")
    assert names(bundle([START, *nodes, script("s", 'topic = "none"'), END], both, need_json=NEED)) == []


def test_a_gateway_that_asks_whether_a_name_is_there():
    ways = "start > o > x\nx > read : is defined(note)\nx > end : default\nread > end"
    files = bundle([START, ask("o"), el(XOR, "x"), script("read", "y = note"), END], ways, ask_json=NEED)
    assert names(files) == []
    turned = ways.replace("is defined(note)", "not(is defined(note))")
    swapped = (
        turned.replace("x > end : default", "x > w : default\nw > end")
        .replace("x > read", "x > end")
        .replace("\nread > end", "")
    )
    files = bundle([START, ask("o"), el(XOR, "x"), script("w", "y = note"), END], swapped, ask_json=NEED)
    assert names(files) == []


def test_parallel_branches_and_what_comes_after_their_join():
    ways = "start > s > a > j > read > end\ns > b > j"
    nodes = [
        el(AND, "s"),
        ask("a", variable="one"),
        ask("b", variable="two"),
        el(AND, "j"),
        script("read", "x = one.amount + two.amount"),
    ]
    assert names(bundle([START, *nodes, END], ways)) == []
    nodes[0] = nodes[0].replace(AND, OR)
    nodes[3] = nodes[3].replace(AND, OR)
    ways = (
        ways.replace("s > a > j", "s > a : 1 = 1\na > j")
        .replace("start > s > a : 1 = 1", "start > s\ns > a : 1 = 1")
        .replace("s > b > j", "s > b : 1 = 1\nb > j")
    )
    assert names(bundle([START, *nodes, END], ways)) == ["name-maybe-missing"] * 2


def test_an_event_at_the_edge_reads_what_was_there_when_its_host_began():
    late = event("boundaryEvent", "late", timer("amount"), attachedToRef="a", cancelActivity="false")
    ways = "start > a > end\nlate > done"
    assert names(bundle([START, ask("a"), late, END, el("endEvent", "done")], ways)) == ["name-not-written"]
    ways = "start > o > a > end\nlate > done"
    assert names(bundle([START, ask("o"), ask("a"), late, END, el("endEvent", "done")], ways)) == []


def test_subprocesses_hand_in_and_out():
    inner = sub(
        "s",
        [el("startEvent", "i"), ask("a", variable="inner"), script("w", "x = amount"), el("endEvent", "e")],
        "i > a > w > e",
    )
    assert read_after(ask("o"), inner, expression="inner.amount + x + amount") == []
    assert read_after(inner, expression="inner.amount", ways="start > s > read > end") == ["unknown-name"]


def test_an_event_subprocess_may_read_what_its_scope_writes():
    handler = sub(
        "h",
        [event("startEvent", "hs", message("stop")), script("w", "x = amount"), el("endEvent", "he")],
        "hs > w > he",
        triggeredByEvent="true",
    )
    assert "unknown-name" not in read_after(
        ask("o"), handler, expression="1", ways="start > o > read > end", roots=messages("stop")
    )


def test_the_names_of_an_instance():
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopDataInputRef>funds</bpmn:loopDataInputRef>"
        '<bpmn:loopDataOutputRef>marks</bpmn:loopDataOutputRef><bpmn:inputDataItem id="fund"/><bpmn:outputDataItem id="mark"/>'
        "<bpmn:completionCondition>numberOfCompletedInstances > 2 or mark = loopCounter</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    item = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}
    forms = {
        "ask_json": form(("funds",), funds={"type": "array", "items": item}),
        "mark_json": form((), mark={"type": "integer"}).replace(b"amount", b"mark"),
    }

    def many(path):
        task = ask("m", form="forms/mark.json", inner=loop, assignee=f"= {path}")
        return read_after(ask("o"), task, expression="marks[1]", **forms)

    assert many("fund.code") == []
    assert many("fund.cdoe") == ["unknown-name"]
    assert many("mark") == []
    assert read_after(ask("o"), expression="fund", **forms) == ["unknown-name"]


PERSONAL = form(
    ("phone", "who"),
    phone={"type": "string", "x-personal": True},
    who={"type": "object", "x-personal": True, "properties": {"name": {"type": "string"}}},
)


@pytest.mark.parametrize(
    "expression, rules",
    [
        ("phone", []),
        ("who", []),
        ("who.name", ["reads-personal-data"]),
        ('phone + ""', ["reads-personal-data"]),
        ("{p: phone}", ["reads-personal-data"]),
        ('if is defined(phone) then phone else ""', ["reads-personal-data"]),
        ("is defined(phone)", []),
        ("[phone]", ["reads-personal-data"]),
    ],
)
def test_personal_data_may_be_handed_over_alone(expression, rules):
    files = simple(
        ask("a"), call("c", amount=expression.replace('"', "&quot;")), ways="start > a > c > end", ask_json=PERSONAL
    )
    assert names(files) == rules
    told = event("intermediateThrowEvent", "t", message("told", payload=expression))
    files = simple(ask("a"), told, ways="start > a > t > end", roots=messages("told"), ask_json=PERSONAL)
    assert names(files) == rules
    assert read_after(ask("a"), expression=expression, ask_json=PERSONAL) == (
        [] if expression == "is defined(phone)" else ["reads-personal-data"]
    )


def test_an_answer_of_an_operator_may_be_personal():
    assert read_after(ask("o"), call("c", variable="r", amount="amount"), expression="r.mobile") == [
        "reads-personal-data"
    ]
    assert read_after(ask("o"), call("c", variable="r", amount="amount"), expression="r") == []


def test_inputs_that_the_process_declares():
    io = (
        '<bpmn:ioSpecification><bpmn:dataInput id="sum"/><bpmn:inputSet><bpmn:dataInputRefs>sum</bpmn:dataInputRefs></bpmn:inputSet>'
        "<bpmn:outputSet/></bpmn:ioSpecification>"
    )
    assert read_after(expression="sum + 1", process=io) == []
    assert read_after(expression="smu", process=io) == ["unknown-name"]


def test_a_name_is_said_once_for_an_expression():
    assert read_after(expression="gone + gone + gone") == ["unknown-name"]


# What the parts do


def paths(text):
    return [".".join(read.path) for read in reads(compile_expression(text).tree)]


def test_the_paths_of_an_expression():
    assert paths("a.b.c + d") == ["a.b.c", "d"]
    assert paths("a[b > 1].c") == ["b", "a.[].c"]
    assert paths("for x in a.b return x.c + y") == ["a.b", "a.b.[].c", "y"]
    assert paths("for x in [1, z] return x") == ["z"]
    assert paths('if is defined(a.b) then a.b else "c"') == ["a.b", "a.b"]
    assert paths("count(a) + (if b then c.d else e)") == ["a", "b", "c.d", "e"]
    assert reads(compile_expression("a.b").tree) == [Read(("a", "b"), 0, whole=True)]


@pytest.mark.parametrize(
    "one, other, both, always",
    [
        ("a > 10", "a > 100", True, False),
        ("a > 10", "a < 10", False, False),
        ("a >= 10", "a <= 10", True, True),
        ("a > 10", "a <= 10", False, True),
        ("10 < a", "a = 11", True, False),
        ('a = "x"', 'a = "y"', False, False),
        ('a = "x"', 'a != "x"', False, True),
        ('a = "x" or a = "y"', 'a = "y"', True, False),
        ("a", "not(a)", False, True),
        ("a", "b", True, False),
        ("a and b", "a and not(b)", False, False),
        ("a = true", "a", True, False),
        ('a = "FRONT" and not(b.c)', 'a = "BACK"', False, False),
        ("a + 1 > 3", "a > 100", False, False),
        ("a > -5", "a = -6", False, False),
        ("a != 1", "a != 2", True, True),
        ("true", "a > 1", True, True),
        ("a = 1", 'a = "x"', False, False),
    ],
)
def test_what_two_conditions_allow(one, other, both, always):
    trees = compile_expression(one).tree, compile_expression(other).tree
    assert both_possible(*trees) is both and both_possible(*reversed(trees)) is both
    assert complementary(*trees) is always


def test_what_a_call_on_one_of_two_ways_may_bring_is_missing_on_the_other():
    called = el("callActivity", "c", calledElement="q")
    nodes = [START, ask("a"), el(XOR, "x"), called, el(XOR, "y"), script("read", "found = brought"), END]
    some = "start > a > x\nx > c : amount > 10\nx > y : default\nc > y > read > end"
    assert names(bundle(nodes, some)) == ["unknown-name"]
    assert names(bundle([n for n in nodes if 'id="x"' not in n], "start > a > c > y > read > end")) == []


def test_what_only_a_condition_requires_may_be_missing():
    schema = json.loads(form((), note={"type": "string"}))
    schema |= {"if": {"required": ["note"]}, "then": {"required": ["amount"]}}
    assert read_after(ask("a"), expression="note", ask_json=json.dumps(schema).encode()) == ["name-maybe-missing"]
