"""Subprocesses, called processes, multi-instances and operators."""

from decimal import Decimal

import pytest

from engine.errors import StepFailed
from engine.spiff import Answer, Environment, NotWaiting, Shelf, Stepper, parse
from tests.engine.spiff.play import AT, Play, stored
from tests.engine.spiff.xmls import END, MESSAGE, START, el, error, guarded, line, many, multi, operator, timer, xml


def test_nested_subprocesses():
    inner = el(
        "subProcess", "t", el("startEvent", "s3") + el("userTask", "a") + el("endEvent", "e3") + line("s3", "a", "e3")
    )
    sub = el("subProcess", "s", el("startEvent", "s2") + inner + el("endEvent", "e2") + line("s2", "t", "e2"))
    p = Play(xml(START + sub + el("userTask", "b") + END + line("start", "s", "b", "end")))
    assert p.tasks == ["a"] and [len(t.scope) for t in p.marking.tokens] == [0, 1, 2]
    assert p.do("a").tasks == ["b"] and p.seen("left") == ["a", "e3", "t", "e2", "s"]


CALLER = xml(
    START + el("callActivity", "c", calledElement="q") + el("userTask", "b") + END + line("start", "c", "b", "end")
)


def called(label, io=""):
    return xml(
        io
        + START
        + el("userTask", label)
        + el("scriptTask", "add", "<bpmn:script>y = x + 1</bpmn:script>")
        + END
        + line("start", label, "add", "end"),
        key="q",
    )


def test_a_called_process_is_bound_when_it_is_called():
    old, new = parse(called("old")), parse(called("new"))
    stepper = Stepper(parse(CALLER), Environment(library=Shelf(old)))
    marking, effects = stored(stepper.start({"x": 1}, AT))
    assert [e.detail["digest"] for e in effects if e.kind == "called"] == [old.digest]
    stepper.environment = Environment(library=Shelf(old, new))
    task = next(t for t in marking.tokens if t.state == "ready")
    marking, _ = stored(stepper.complete(marking, task.occurrence, {}, AT))
    assert task.element == "old" and marking.data == {"x": 1, "y": 2}


def test_declared_inputs_and_outputs_close_a_called_process():
    io = (
        '<bpmn:ioSpecification><bpmn:dataInput id="x" name="x"/><bpmn:dataOutput id="y" name="y"/>'
        "<bpmn:inputSet><bpmn:dataInputRefs>x</bpmn:dataInputRefs></bpmn:inputSet><bpmn:outputSet><bpmn:dataOutputRefs>y</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>"
    )
    p = Play(CALLER, called("a", io), data={"x": 1, "secret": 2})
    p.do("a", scratch=5)
    assert p.marking.data == {"x": 1, "secret": 2, "y": 2}
    with pytest.raises(StepFailed, match="c: the called process needs x"):
        Play(CALLER, called("a", io))


def test_calls_that_lead_nowhere():
    with pytest.raises(StepFailed, match="c: it calls q, which is not deployed"):
        Play(CALLER)
    with pytest.raises(StepFailed, match="c: q has no plain start"):
        Play(CALLER, xml(el("startEvent", "s", MESSAGE) + END + line("s", "end"), key="q"))
    with pytest.raises(StepFailed, match="q: more than 20 scopes"):
        Play(CALLER, xml(START + el("callActivity", "c", calledElement="q") + END + line("start", "c", "end"), key="q"))


@pytest.mark.parametrize("one_by_one", ["true", "1", " 1 "])
def test_a_boolean_may_be_written_as_a_number(one_by_one):
    diagram = many(multi(True)).replace(b'isSequential="true"', f'isSequential="{one_by_one}"'.encode())
    assert b'="%b"' % one_by_one.encode() in diagram
    assert len(Play(diagram, data={"funds": ["A", "B"]}).tasks) == 1


@pytest.mark.parametrize("sequential", [False, True])
@pytest.mark.parametrize("number", [7, 2, "x", None])
def test_nothing_takes_the_place_of_the_number_of_an_instance(sequential, number):
    p = Play(many(multi(sequential)), data={"funds": ["A", "B", "C"]})
    for mark in (1, 2, 3):
        p.do("m", loopCounter=number, mark=mark)
    assert p.marking.data == {"funds": ["A", "B", "C"], "marks": [1, 2, 3]}


def test_no_script_and_no_item_takes_the_place_of_the_number_of_an_instance():
    lines = el("scriptTask", "s", "<bpmn:script>loopCounter = 9&#10;mark = 10 * fund</bpmn:script>")
    inner = el("startEvent", "s2") + lines + el("endEvent", "e2") + line("s2", "s", "e2")
    p = Play(many(multi(True), "subProcess", inner), data={"funds": [1, 2]})
    assert p.marking.data == {"funds": [1, 2], "marks": [10, 20]}
    named = multi().replace('id="fund" name="fund"', 'id="loopCounter" name="loopCounter"')
    p = Play(many(named), data={"funds": ["A", "B"]})
    assert [t.locals["loopCounter"] for t in p.marking.tokens if t.state == "ready"] == [1, 2]
    assert p.do("m", mark=1).do("m", mark=2).marking.data["marks"] == [1, 2]


def test_outside_of_instances_the_name_of_their_number_is_one_as_any():
    p = Play(many(multi()), data={"funds": ["A"], "loopCounter": 5})
    p.do("m", mark=1).do("b", loopCounter=6)
    assert p.marking.data == {"funds": ["A"], "marks": [1], "loopCounter": 6}


@pytest.mark.parametrize("sequential", [False, True])
def test_multi_instance_over_a_collection_keeps_the_order_of_the_items(sequential):
    p = Play(many(multi(sequential)), data={"funds": ["A", "B", "C"]})
    assert p.tasks == ["m"] * (1 if sequential else 3)
    order = {t.locals["fund"]: t.occurrence for t in p.marking.tokens if t.locals}
    for fund in "CAB" if not sequential else "ABC":
        token = next(t for t in p.marking.tokens if t.locals.get("fund") == fund)
        p.take(p.stepper.complete(p.marking, token.occurrence, {"mark": f"ok {fund}"}, AT))
    assert (
        p.marking.data == {"funds": ["A", "B", "C"], "marks": ["ok A", "ok B", "ok C"]} and p.tasks == ["b"] and order
    )


@pytest.mark.parametrize("sequential", [False, True])
def test_multi_instance_by_cardinality_none_and_condition(sequential):
    n = "<bpmn:loopCardinality>n</bpmn:loopCardinality>"
    assert Play(many(multi(sequential, n)), data={"n": 0}).tasks == ["b"]
    assert Play(many(multi(sequential)), data={"funds": []}).marking.data["marks"] == []
    p = Play(many(multi(sequential, n, "enough = true")), data={"n": 5})
    assert p.do("m", enough=False).tasks == ["m"] * (1 if sequential else 4)
    assert p.do("m", enough=True).tasks == ["b"]
    with pytest.raises(StepFailed, match="1001 instances"):
        Play(many(multi(sequential, n)), data={"n": 1001})


def test_multi_instance_of_a_subprocess_a_service_and_a_call():
    inner = (
        el("startEvent", "s2")
        + el("userTask", "a")
        + el("userTask", "a2")
        + el("endEvent", "e2")
        + line("s2", "a", "a2", "e2")
    )
    p = Play(many(multi(), "subProcess", inner), data={"funds": ["A", "B"]})
    p.do("a", mark=1), p.do("a2"), p.do("a", mark=2), p.do("a2")
    assert p.marking.data["marks"] == [1, 2] and p.tasks == ["b"]
    p = Play(
        many(multi(True), "serviceTask", operator("rate", "mark", fund="fund")),
        data={"funds": ["A", "B"]},
        operators={"rate": lambda request: request.parameters["fund"] * 2},
    )
    assert p.marking.data["marks"] == ["AA", "BB"] and p.tasks == ["b"]
    io = (
        '<bpmn:ioSpecification><bpmn:dataInput id="fund"/><bpmn:dataOutput id="mark"/><bpmn:inputSet><bpmn:dataInputRefs>fund</bpmn:dataInputRefs></bpmn:inputSet>'
        "<bpmn:outputSet><bpmn:dataOutputRefs>mark</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>"
    )
    q = xml(
        io
        + START
        + el("userTask", "look")
        + el("scriptTask", "say", "<bpmn:script>mark = fund + note</bpmn:script>")
        + END
        + line("start", "look", "say", "end"),
        key="q",
    )
    p = Play(many(multi(), "callActivity", calledElement="q"), q, data={"funds": ["A", "B"]})
    p.do("look", note="1"), p.do("look", note="2")
    assert p.marking.data == {"funds": ["A", "B"], "marks": ["A1", "B2"]}


def test_remote_operator():
    thrown, root = error("REFUSED")
    doc = guarded(thrown, kind="serviceTask", inner=operator("send_mail", "receipt", to="customer.mail"), roots=root)
    p = Play(doc, data={"customer": {"mail": "x@y"}})
    assert [e.detail for e in p.effects if e.kind == "requested"] == [
        {"operator": "send_mail", "parameters": {"to": "x@y"}}
    ] and p.tasks == []
    before = p.marking
    assert p.take(p.stepper.answer(p.marking, p.asked("a"), {"id": 7}, AT)).tasks == ["b"] and p.marking.data[
        "receipt"
    ] == {"id": 7}
    p.marking = before
    assert p.take(p.stepper.fail(p.marking, p.asked("a"), "REFUSED", None, AT)).tasks == ["late"]


def test_a_local_operator_is_not_asked_again_in_replay():
    doc = xml(
        START
        + el("userTask", "a")
        + el("serviceTask", "s", operator("quota", "left", spent="spent"))
        + el("userTask", "b")
        + END
        + line("start", "a", "s", "b", "end")
    )
    p = Play(doc, operators={"quota": lambda request: 100 - request.parameters["spent"]}).do("a", spent=30)
    answers = {(e.element, e.occurrence): e.detail["result"] for e in p.effects if e.kind == "answered"}
    assert p.marking.data == {"spent": 30, "left": 70} and answers == {("s", 3): 70}
    q = Play(doc, operators={"quota": lambda request: answers[request.element, request.occurrence]}).do("a", spent=30)
    assert q.marking.sha256 == p.marking.sha256 and q.effects == p.effects


@pytest.mark.parametrize("sequential", [False, True])
def test_a_completion_condition_reads_the_numbers_of_instances(sequential):
    n = "<bpmn:loopCardinality>4</bpmn:loopCardinality>"
    half = "numberOfCompletedInstances / numberOfInstances &gt;= 0.5"
    p = Play(many(multi(sequential, n, half)))
    assert p.do("m").tasks == ["m"] * (1 if sequential else 3) and p.do("m").tasks == ["b"]
    active = Play(many(multi(sequential, n, "numberOfActiveInstances = 2")))
    assert [active.do("m").tasks[-1] for _ in range(4 if sequential else 2)][-1] == "b"
    assert "numberOfInstances" not in p.marking.data


def post(script):
    return f"<bpmn:extensionElements><spiffworkflow:postScript>{script}</spiffworkflow:postScript></bpmn:extensionElements>"


def test_a_post_script_runs_when_an_activity_completes():
    body = START + el("userTask", "a", post("rounds = rounds + 1\nfirst = x")) + el("userTask", "b") + END
    p = Play(xml(body + line("start", "a", "b", "end")), data={"rounds": 0})
    assert p.marking.data == {"rounds": 0} and p.do("a", x=7).marking.data == {"rounds": 1, "first": 7, "x": 7}


@pytest.mark.parametrize(
    "kind, inner",
    [
        ("task", ""),
        ("manualTask", ""),
        ("scriptTask", "<bpmn:script>x = 1</bpmn:script>"),
        ("subProcess", el("startEvent", "s2") + el("endEvent", "e2") + line("s2", "e2")),
        ("sendTask", ""),
        ("receiveTask", ""),
    ],
)
def test_every_activity_runs_its_post_script(kind, inner):
    more = {"messageRef": "M"} if kind in ("sendTask", "receiveTask") else {}
    doc = xml(
        START + el(kind, "a", post("n = n + 1") + inner, **more) + el("userTask", "b") + line("start", "a", "b"),
        '<bpmn:message id="M" name="m"/>',
    )
    p = Play(doc, data={"n": 0})
    if kind == "manualTask":
        p.do("a")
    elif kind == "receiveTask":
        p.hear("m")
    assert p.marking.data["n"] == 1 and p.tasks == ["b"]


def test_a_post_script_of_a_multi_instance_runs_once_when_all_is_done():
    p = Play(many(post("n = n + count(marks)") + multi()), data={"n": 0, "funds": [1, 2]})
    assert p.do("m").marking.data["n"] == 0 and p.do("m").marking.data["n"] == 2


def test_a_post_script_does_not_run_when_the_activity_is_withdrawn():
    p = Play(guarded(MESSAGE, inner=post("n = n + 1")), data={"n": 0})
    assert p.hear("stop").marking.data == {"n": 0}


def test_a_post_script_that_fails_names_its_element():
    with pytest.raises(StepFailed, match=r"a: .*unknown name nothing"):
        Play(guarded(MESSAGE, inner=post("x = nothing"))).do("a")


def named(variable):
    return f"<bpmn:extensionElements><spiffworkflow:variableName>{variable}</spiffworkflow:variableName></bpmn:extensionElements>"


def test_the_values_of_a_form_under_one_name():
    p = Play(guarded(MESSAGE, inner=named(" answer "))).do("a", x=1, y={"z": 2})
    assert p.marking.data == {"answer": {"x": 1, "y": {"z": 2}}}
    assert Play(guarded(MESSAGE, inner=named(""))).do("a", x=1).marking.data == {"x": 1}
    p = Play(many(named("mark") + multi()), data={"funds": [1, 2]})
    assert p.do("m", ok=True).do("m", ok=False).marking.data["marks"] == [{"ok": True}, {"ok": False}]


def test_an_error_that_a_local_operator_answers_goes_to_who_catches_it():
    thrown, root = error("TOO_MUCH")
    doc = guarded(thrown, kind="serviceTask", inner=operator("quota", "left", spent="spent"), roots=root)
    refuse = {"quota": lambda request: Answer({"limit": 100}, "TOO_MUCH")}
    p = Play(doc, data={"spent": 130}, operators=refuse)
    asked = {"operator": "quota", "parameters": {"spent": 130}, "error": "TOO_MUCH"}
    assert [e.detail for e in p.effects if e.kind == "answered"] == [asked]
    assert p.tasks == ["late"] and p.marking.data == {"spent": 130, "limit": 100} and p.seen("cancelled") == ["a"]
    with pytest.raises(StepFailed, match="a: nobody catches the error OTHER"):
        Play(doc, data={"spent": 1}, operators={"quota": lambda request: Answer(None, "OTHER")})
    assert Play(doc, data={"spent": 1}, operators={"quota": lambda request: 99}).marking.data["left"] == 99


def test_an_operator_sees_the_data_and_cannot_change_them():
    def meddle(request):
        request.data["deep"]["x"] = 2
        request.data["more"] = 3
        return {"seen": len(request.data)}

    doc = xml(START + el("serviceTask", "s", operator("meddle")) + el("userTask", "b") + line("start", "s", "b"))
    p = Play(doc, data={"deep": {"x": 1}}, operators={"meddle": meddle})
    assert p.marking.data == {"deep": {"x": 1}, "seen": 2}


@pytest.mark.parametrize("given", [object(), float("nan"), "\ud800"])
def test_an_answer_that_cannot_be_kept_fails_the_step(given):
    doc = xml(START + el("serviceTask", "s", operator("odd", "x")) + line("start", "s"))
    with pytest.raises(StepFailed, match="s: the answer of odd"):
        Play(doc, operators={"odd": lambda request: given})


@pytest.mark.parametrize("n", [-1, Decimal("1.5"), "2", True, None])
def test_a_number_of_instances_that_is_none(n):
    with pytest.raises(StepFailed, match="m: the number of instances is"):
        Play(many(multi(inner="<bpmn:loopCardinality>n</bpmn:loopCardinality>")), data={"n": n})


@pytest.mark.parametrize("funds", ["AB", 2, {"A": 1}, None])
def test_items_that_are_no_list(funds):
    with pytest.raises(StepFailed, match="m: funds is not a list"):
        Play(many(multi()), data={"funds": funds})


def test_only_who_was_asked_can_answer():
    p = Play(guarded(MESSAGE))
    with pytest.raises(NotWaiting):
        p.stepper.answer(p.marking, p.of("a"), {}, AT)
    inner = el("startEvent", "s2") + el("userTask", "i") + el("endEvent", "e2") + line("s2", "i", "e2")
    p = Play(guarded(MESSAGE, kind="subProcess", inner=inner))
    with pytest.raises(NotWaiting, match="a has asked no operator"):
        p.stepper.answer(p.marking, p.asked("a"), {}, AT)


def test_a_case_is_given_up():
    inner = el("startEvent", "s2") + el("userTask", "i") + el("endEvent", "e2") + line("s2", "i", "e2")
    p = Play(guarded(timer('"PT1H"'), kind="subProcess", inner=inner + multi()), data={"funds": [1, 2]})
    p.take(p.stepper.cancel(p.marking, AT))
    assert p.marking.over and p.waits == [] and p.marking.counters == () and p.seen("disarmed") == ["stop"]
    assert sorted(p.seen("cancelled")) == ["a", "a", "a", "i", "i"]
