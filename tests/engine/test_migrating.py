"""Open cases that are moved to another version of their process: each shape that a token can have."""

import pytest
from sqlalchemy import text

from engine import SYSTEM
from engine.errors import Conflict, NotAllowed, NotFound, NotMigratable, Refusal
from tests.engine import tiny
from tests.engine.people import ANN, BEN, EVE, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, el, error, flow, line, multi, timer
from tests.engine.watching import acts, kinds, rows, unguarded

HOUR, DAY = timer("&quot;PT1H&quot;"), timer("&quot;P1D&quot;")
MESSAGES = tiny.messages("paid", "sent")


def begun(engine, old, new, roots=MESSAGES):
    """A case of an old version, waiting, and a new version of the same process."""
    for body in (old, new):
        engine.deploy(tiny.bundle("loan", body, roots), by=SYSTEM)
    return engine


def loan(engine, old, new, **more):
    """The same, begun before the new version came."""
    engine.deploy(tiny.bundle("loan", old, MESSAGES), by=SYSTEM)
    engine.start("loan", by=ANN)
    engine.deploy(tiny.bundle("loan", new, MESSAGES), by=SYSTEM)


def move(engine, mapping=None, **more):
    return engine.migrate("1", by=OLGA, reason="the new form", mapping=mapping, **more)


def stands(engine):
    return sorted((token.element, token.state) for token in engine.marking("1").tokens)


def tasks(engine):
    return [task.element for task in engine.tasks("1")]


def why(caught):
    return {(one.element, one.why) for one in caught.value.obstacles}


ONE = START + tiny.ask("ask") + END + line("start", "ask", "end")
TWO = START + tiny.ask("ask") + tiny.ask("again") + END + line("start", "ask", "again", "end")
RENAMED = START + tiny.ask("question", candidateGroups="pm", priority="1") + END + line("start", "question", "end")


def test_a_case_is_moved_to_the_newest_version(engine):
    loan(engine, ONE, TWO)
    before = engine.case("1")
    case = move(engine)
    assert (before.version, case.version) == (1, 2) and case.bundle == engine.deployments("loan")[0].bundle
    assert engine.case("1") == case and acts(engine) == [("started", "ann"), ("migrated", "olga")]
    said = engine.history("1")[-1].input
    assert (said["from"], said["bundle"], said["version"]) == (before.bundle, case.bundle, 2)
    assert said["reason"] == "the new form"
    (task,) = engine.inbox(ANN)
    assert task.bundle == case.bundle
    engine.complete(task.id, {"approved": True}, by=ANN)
    assert tasks(engine) == ["again"]


def test_a_task_keeps_its_holder_its_term_and_its_number(engine):
    loan(engine, START + tiny.ask("ask", dueIn="2 BD") + END + line("start", "ask", "end"), RENAMED)
    engine.claim("1.1.2", by=ANN)
    (before,) = engine.tasks("1")
    move(engine, {"ask": "question"})
    (after,) = engine.tasks("1")
    same = ("id", "occurrence", "due", "assignee", "claimed_at", "offered_at")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert (after.element, after.groups, after.priority) == ("question", ("pm",), 1)
    assert len(rows(engine, "job", kind="term")) == 3
    _, effect = engine.history("1")[-1].effects
    assert effect.detail == {"from": "ask", "groups": ["pm"], "priority": 1}
    engine.release(after.id, by=ANN)
    assert [task.element for task in engine.inbox(EVE)] == ["question"] and engine.inbox(BEN) == []


def test_back_to_an_older_version(engine):
    loan(engine, ONE, TWO)
    move(engine)
    assert move(engine, to=1).version == 1
    with pytest.raises(Conflict, match="version 1 already"):
        move(engine, to=1)


def test_what_is_removed_is_in_the_way(engine):
    loan(engine, ONE, RENAMED)
    with pytest.raises(NotMigratable, match="ask: removed") as caught:
        move(engine)
    assert why(caught) == {("ask", "removed")}
    assert engine.obstacles("1", by=OLGA) == caught.value.obstacles
    assert engine.obstacles("1", by=OLGA, mapping={"ask": "question"}) == []
    assert kinds(engine) == ["started"] and engine.case("1").version == 1 and engine.incidents() == []


def test_who_may_and_what_can_be_said(engine):
    loan(engine, ONE, TWO)
    with pytest.raises(NotAllowed):
        engine.migrate("1", by=ANN, reason="I want it")
    with pytest.raises(NotAllowed):
        engine.obstacles("1", by=ANN)
    for wrong, message in (
        ({"reason": " "}, "Say why"),
        ({"mapping": {"nothing": "ask"}}, "has no nothing"),
        ({"mapping": {"ask": "nothing"}}, "has no nothing"),
        ({"script": "a = "}, "cannot be read"),
        ({"script": "a = unknown_name + 1"}, "unknown name"),
    ):
        with pytest.raises(Refusal, match=message):
            engine.migrate("1", **{"by": OLGA, "reason": "new", **wrong})
    with pytest.raises(NotFound):
        move(engine, to=7)
    engine.complete("1.1.2", {"approved": True}, by=ANN)
    with pytest.raises(Conflict, match="is completed"):
        move(engine)
    assert engine.incidents() == []


def test_lines_over_the_data(engine):
    loan(engine, TWO, TWO.replace('id="ask" name="ask"', 'id="ask" name="asked"'))
    engine.complete("1.1.2", {"approved": True, "note": "yes"}, by=ANN)
    case = move(engine, script='answer = if approved then "yes" else "no"\nnote = null')
    assert case.data == {"approved": True, "note": None, "answer": "yes"}


def test_a_draft_goes_with_its_task_where_the_form_is_the_same(engine):
    loan(engine, ONE, TWO)
    engine.save_draft("1.1.2", {"note": "so far"}, by=ANN)
    move(engine)
    assert engine.draft("1.1.2", ANN) == {"note": "so far"}


SPLIT = START + el("parallelGateway", "split") + tiny.ask("left") + tiny.ask("right")


def joined(name="join", third="", **more):
    body = SPLIT + third + el("parallelGateway", name) + tiny.ask("last") + END
    body += line("start", "split", "left", name, "last", "end") + line("split", "right", name)
    return body + (line("split", "third", name) if third else "")


def test_a_token_waits_before_the_new_join(engine):
    loan(engine, joined(), joined("meet"))
    left, right = engine.tasks("1")
    engine.complete(left.id, {"approved": True}, by=ANN)
    with pytest.raises(NotMigratable) as caught:
        move(engine)
    assert why(caught) == {("join", "removed")}
    with pytest.raises(NotMigratable) as caught:
        move(engine, {"join": "meet"})
    assert why(caught) == {("join", "other flow")}
    move(engine, {"join": "meet", "f_left_join": "f_left_meet"})
    assert stands(engine) == [("meet", "waiting"), ("right", "ready")]
    engine.complete(right.id, {"approved": True}, by=ANN)
    assert tasks(engine) == ["last"]


def test_a_join_that_waits_for_less_opens(engine):
    third = tiny.ask("third")
    loan(engine, joined(third=third), joined())
    by_name = {task.element: task.id for task in engine.tasks("1")}
    engine.complete(by_name["left"], {"approved": True}, by=ANN)
    engine.complete(by_name["right"], {"approved": True}, by=ANN)
    assert tasks(engine) == ["third"]
    move(engine, {"third": "right"})
    assert stands(engine) == [("last", "ready"), ("right", "ready")]


def guarded(*edges, task="ask"):
    body = START + tiny.ask(task) + "".join(tiny.boundary(id, task, what, cut) for id, what, cut in edges)
    late = tiny.ask("late") + "".join(flow(f"to_{id}", id, "late") for id, _, _ in edges)
    return body + (late + flow("l", "late", "end") if edges else "") + END + line("start", task, "end")


def test_a_timer_at_the_edge_keeps_its_moment(engine, clock):
    loan(engine, guarded(("slow", HOUR, True)), guarded(("overdue", DAY, False), task="question"))
    due = engine.next_due()
    clock.advance(minutes=30)
    move(engine, {"ask": "question", "slow": "overdue"})
    assert engine.next_due() == due
    clock.set(due)
    engine.run_due()
    assert sorted(tasks(engine)) == ["late", "question"]


def test_events_at_the_edge_come_and_go(engine, clock):
    loan(engine, guarded(("slow", HOUR, True)), guarded(("paid", tiny.message("paid"), True)))
    clock.advance(minutes=30)
    move(engine)
    assert engine.next_due() is None and [one.name for one in engine.awaited("1")] == ["paid"]
    effects = [(effect.kind, effect.element) for effect in engine.history("1")[-1].effects[1:]]
    assert effects == [("disarmed", "slow"), ("moved", "ask"), ("subscribed", "paid")]
    engine.send("paid", {}, by=SYSTEM)
    assert tasks(engine) == ["late"]


def test_an_event_that_has_come_already_is_not_armed_again(engine, clock):
    old = guarded(("slow", HOUR, False))
    slower = tiny.boundary("slower", "ask", DAY, False) + tiny.ask("later") + line("slower", "later", "end")
    loan(engine, old, old + slower)
    clock.set(engine.next_due())
    engine.run_due()
    move(engine)
    assert [one.element for one in engine.marking("1").timers] == ["slower"]


def test_an_error_at_the_edge_is_never_armed(opened):
    definition, root = error("broken")
    remote = Remote(RuntimeError("down"))
    engine = opened(operators=[remote.operator()])
    body = START + tiny.call("mail", "mail/send") + END + line("start", "mail", "end")
    caught = body + tiny.boundary("failed", "mail", definition) + tiny.ask("mend") + line("failed", "mend", "end")
    begun(engine, body, body + "<!-- the same -->", roots="")
    engine.start("loan", by=ANN)
    engine.deploy(tiny.bundle("loan", caught, root), by=SYSTEM)
    move(engine)
    assert stands(engine) == [("mail", "started")] and len(rows(engine, "job", kind="operator")) == 1


def test_another_operator_is_in_the_way(opened):
    remote = Remote("sent")
    engine = opened(operators=[remote.operator()])
    body = START + tiny.call("mail", "mail/send") + END + line("start", "mail", "end")
    engine.deploy(tiny.bundle("loan", body), by=SYSTEM)
    engine.start("loan", by=ANN)
    other = opened(operators=[remote.operator(), type(remote.operator())(name="mail/other", kind="remote", run=remote)])
    other.deploy(tiny.bundle("loan", body.replace("mail/send", "mail/other")), by=SYSTEM)
    with pytest.raises(NotMigratable) as caught:
        move(other)
    assert why(caught) == {("mail", "other kind")}


def caught(*names, task="sent"):
    body = START + "".join(tiny.catch(f"wait_{name}", tiny.message(name)) for name in names) + END
    return body + line("start", *(f"wait_{name}" for name in names), "end")


def test_a_subscription_keeps_its_key(engine):
    event = tiny.catch("wait", tiny.message("paid"), correlationKey="order")
    start = tiny.begin()
    old = start + event + END + line("start", "wait", "end")
    form = tiny.form({"order": {"type": "string"}}, required=())
    engine.deploy(tiny.bundle("loan", old, MESSAGES, forms_start=form), by=SYSTEM)
    engine.start("loan", {"order": "42"}, by=ANN)
    new = old.replace('"wait"', '"waiting"').replace("start_wait", "start_waiting")
    engine.deploy(tiny.bundle("loan", new, MESSAGES, forms_start=form), by=SYSTEM)
    move(engine, {"wait": "waiting"}, script='order = "43"')
    assert engine.send("paid", {}, {"order": "43"}, by=SYSTEM) is None
    assert engine.send("paid", {}, {"order": "42"}, by=SYSTEM).status == "completed"


def test_waiting_for_another_message_is_in_the_way(engine):
    loan(engine, caught("paid"), caught("sent"))
    with pytest.raises(NotMigratable) as found:
        move(engine, {"wait_paid": "wait_sent"})
    assert why(found) == {("wait_paid", "other kind")}


def raced(*ways):
    body = START + el("eventBasedGateway", "first")
    for id, what in ways:
        body += tiny.catch(id, what) + tiny.ask(f"after_{id}") + line("first", id, f"after_{id}", "end")
    return body + END + line("start", "first")


def test_the_ways_of_an_event_based_gateway(engine, clock):
    loan(
        engine,
        raced(("paid", tiny.message("paid")), ("late", HOUR)),
        raced(("paid", tiny.message("paid")), ("sent", tiny.message("sent"))),
    )
    move(engine)
    assert engine.next_due() is None and [one.name for one in engine.awaited("1")] == ["paid", "sent"]
    engine.send("sent", {}, by=SYSTEM)
    assert stands(engine) == [("after_sent", "ready")]


def nested(name="part", task="ask", inside="", **attributes):
    inner = el("startEvent", "begin") + tiny.ask(task) + el("endEvent", "done") + line("begin", task, "done") + inside
    return START + el("subProcess", name, inner) + END + line("start", name, "end")


def handler(id="help", definition=None):
    inner = el("startEvent", f"on_{id}", definition or tiny.message("paid"), isInterrupting="false")
    inner += tiny.ask(f"do_{id}") + el("endEvent", f"end_{id}") + line(f"on_{id}", f"do_{id}", f"end_{id}")
    return el("subProcess", id, inner, triggeredByEvent="true")


def test_inside_of_a_subprocess(engine):
    loan(engine, nested(), nested("section", "question", handler()))
    with pytest.raises(NotMigratable) as caught:
        move(engine, {"ask": "question"})
    assert why(caught) == {("part", "removed")}
    move(engine, {"part": "section", "ask": "question"})
    assert stands(engine) == [("help", "waiting"), ("question", "ready"), ("section", "started")]
    engine.send("paid", {}, by=SYSTEM)
    assert sorted(tasks(engine)) == ["do_help", "question"]


def test_a_task_that_is_now_inside_of_something_is_in_the_way(engine):
    loan(engine, ONE, nested())
    with pytest.raises(NotMigratable) as caught:
        move(engine)
    assert why(caught) == {("ask", "removed")}


def test_event_subprocesses_come_and_go(engine):
    loan(engine, ONE + handler("help"), ONE + handler("other", tiny.message("sent")))
    move(engine)
    assert [one.name for one in engine.awaited("1")] == ["sent"]
    engine.send("sent", {}, by=SYSTEM)
    assert sorted(tasks(engine)) == ["ask", "do_other"]
    move(engine, to=1, mapping={"other": "help", "do_other": "do_help"})
    assert [one.name for one in engine.awaited("1")] == ["paid"]


LOOP = multi(inner="<bpmn:loopCardinality>3</bpmn:loopCardinality>")


def test_multi_instances(engine):
    old = START + tiny.ask("ask", inner=LOOP) + END + line("start", "ask", "end")
    new = START + tiny.ask("question", inner=LOOP) + tiny.ask("last") + END + line("start", "question", "last", "end")
    loan(engine, old, new)
    engine.complete(engine.tasks("1")[1].id, {"approved": True}, by=ANN)
    move(engine, {"ask": "question"})
    assert tasks(engine) == ["question", "question"]
    for task in engine.tasks("1"):
        engine.complete(task.id, {"approved": True}, by=ANN)
    assert tasks(engine) == ["last"]


def collecting(output="", item=""):
    """The same with a list of results, and the name under which an instance has its own."""
    result = f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>" if output else ""
    name = f'<bpmn:outputDataItem id="{item}" name="{item}"/>' if item else ""
    loop = multi(inner=f"<bpmn:loopCardinality>3</bpmn:loopCardinality>{result}{name}")
    return START + tiny.ask("ask", inner=loop) + END + line("start", "ask", "end")


@pytest.mark.parametrize(
    "old, new",
    [((), ("marks", "approved")), (("marks",), ("marks", "approved")), (("marks", "mark"), ("marks", "approved"))],
)
def test_results_that_instances_do_not_bring_are_in_the_way(engine, old, new):
    loan(engine, collecting(*old), collecting(*new))
    with pytest.raises(NotMigratable) as caught:
        move(engine)
    assert why(caught) == {("ask", "other results")}


@pytest.mark.parametrize("new, results", [(("all", "approved"), {"all": [True] * 3}), ((), {})])
def test_results_that_are_collected_under_another_name_or_not_any_more(engine, new, results):
    loan(engine, collecting("marks", "approved"), collecting(*new))
    move(engine)
    for task in engine.tasks("1"):
        engine.complete(task.id, {"approved": True}, by=ANN)
    case = engine.case("1")
    assert (case.status, case.data) == ("completed", results) and engine.replay("1").equal


def test_once_and_many_times_are_two_kinds(engine):
    loan(engine, START + tiny.ask("ask", inner=LOOP) + END + line("start", "ask", "end"), ONE)
    with pytest.raises(NotMigratable) as caught:
        move(engine)
    assert why(caught) == {("ask", "other kind")}


def test_a_called_process_stays_as_it_was_called(engine):
    engine.deploy(tiny.one_task("part"), by=SYSTEM)
    called = '<bpmn:callActivity id="{0}" name="{0}" calledElement="part"/>'
    old = START + called.format("call") + END + line("start", "call", "end")
    new = START + called.format("calls") + tiny.ask("last") + END + line("start", "calls", "last", "end")
    loan(engine, old, new)
    (before,) = engine.tasks("1")
    move(engine, {"call": "calls"})
    (after,) = engine.tasks("1")
    assert (after.element, after.bundle) == ("ask", before.bundle)
    engine.complete(after.id, {"approved": True}, by=ANN)
    assert tasks(engine) == ["last"]


def test_the_same_element_names_in_a_called_process_are_not_mapped(engine):
    engine.deploy(tiny.one_task("part"), by=SYSTEM)
    call = '<bpmn:callActivity id="call" name="call" calledElement="part"/>'
    old = START + el("parallelGateway", "split") + call + tiny.ask("ask") + END
    old += line("start", "split", "call", "end") + line("split", "ask", "end")
    loan(engine, old, old.replace('"ask"', '"question"').replace("_ask", "_question"))
    move(engine, {"ask": "question"})
    assert sorted(tasks(engine)) == ["ask", "question"]


def test_a_case_that_ends_by_being_moved(engine):
    loan(engine, joined(), SPLIT + el("parallelGateway", "join") + END
         + line("start", "split", "left", "join", "end") + line("split", "right", "end"))  # fmt: skip
    left, right = engine.tasks("1")
    engine.complete(left.id, {"approved": True}, by=ANN)
    move(engine)
    assert tasks(engine) == ["right"]
    assert engine.complete(right.id, {"approved": True}, by=ANN).outcome == "end"


def test_history_of_a_moved_case_that_somebody_changed_is_found(engine):
    loan(engine, ONE, TWO)
    move(engine)
    with unguarded(engine) as connection:
        connection.execute(text("UPDATE case_file SET version = 1 WHERE id = 1"))
    assert [problem.what for problem in engine.verify("1").problems] == ["case changed"]
