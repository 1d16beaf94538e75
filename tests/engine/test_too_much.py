"""What one step may make of a case: instances, work, data; and a loop of one timer that never gets anywhere."""

import pytest

from engine import DiagramError, Operator, StepFailed
from tests.engine import tiny
from tests.engine.people import ANN, LEA, OLGA
from tests.engine.remote import Remote
from tests.engine.spiff.xmls import END, START, el, flow, line, timer
from tests.engine.watching import acts

TASK = "1.1.2"
DOUBLED = "t = &quot;aaaaaaaaaaaaaaaaaaaaaaaa&quot;" + "\nt = t + t" * 12


def times(count, sequential=False):
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:loopCardinality>{count}'
        "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )


def behind_a_task(id, node):
    return tiny.bundle("loan", START + tiny.ask("ask") + node + END + line("start", "ask", id, "end"))


def instances_of_instances(count):
    inside = el("startEvent", "s") + tiny.ask("q", inner=times(count)) + el("endEvent", "e") + line("s", "q", "e")
    return behind_a_task("all", el("subProcess", "all", times(count) + inside))


def script(id, text, more=""):
    return el("scriptTask", id, f"<bpmn:script>{text}</bpmn:script>{more}")


def texts_upon_texts():
    """Three scripts, each of which is within its bounds."""
    names = ["s1", "s2", "s3"]
    scripts = "".join(script(name, f"{DOUBLED}\n{name} = [t, t, t, t, t, t, t, t]") for name in names)
    return tiny.bundle("loan", START + tiny.ask("ask") + scripts + END + line("start", "ask", *names, "end"))


@pytest.mark.parametrize(
    ("diagram", "why"),
    [
        (instances_of_instances(300), "loan: a step makes no more than 11,000 tokens"),
        (
            behind_a_task(
                "s", script("s", "z = count(for i in 1..9000 return i * i + i)", times(1000, sequential=True))
            ),
            "the expressions of this step do too much work together",
        ),
        (behind_a_task("s", script("s", DOUBLED + "\nl = for i in 1..2000 return t")), "does too much work"),
        (texts_upon_texts(), "a case keeps at most 2,000,000 bytes, and would have 2,4"),
    ],
    ids=["instances of instances", "work", "a list of texts", "data"],
)
def test_a_step_that_would_do_too_much_is_refused_and_nothing_is_lost(engine, diagram, why):
    engine.deploy(diagram, by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(StepFailed, match=why):
        engine.complete(TASK, {"approved": True}, by=ANN)
    assert [one.id for one in engine.inbox(LEA)] == [TASK] and len(engine.incidents()) == 1
    assert engine.verify("1").sound


def test_a_large_answer_is_refused(opened):
    engine = opened(operators=[Operator(name="credit/look", kind="local", run=lambda call: "x" * 2_000_001)])
    engine.deploy(behind_a_task("look", tiny.call("look", "credit/look", variable="found")), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(StepFailed, match="of them in found"):
        engine.complete(TASK, {"approved": True}, by=ANN)


def test_a_case_that_was_too_large_already_can_be_made_smaller(engine, monkeypatch):
    engine.deploy(tiny.two_tasks("loan"), by=OLGA)
    engine.start("loan", by=ANN)
    monkeypatch.setattr("engine.cases.steps.LARGEST_STATE", 10)
    (first, *_) = engine.inbox(LEA)
    with pytest.raises(StepFailed, match="a case keeps at most 10 bytes"):
        engine.complete(first.id, {"approved": True}, by=ANN)
    assert engine.cancel("1", by=LEA, reason="too large").status == "cancelled"


@pytest.mark.parametrize("over", ["now()", "date(&quot;2020-01-01&quot;)", "now() - duration(&quot;PT5M&quot;)"])
def test_a_loop_of_a_timer_that_is_over_already_takes_a_breath(engine, clock, over):
    loop = (
        el("exclusiveGateway", "again") + tiny.catch("wait", timer(over)) + el("exclusiveGateway", "more", default="b")
    )
    flows = line("start", "again", "wait", "more") + flow("b", "more", "again") + flow("o", "more", "end", "1 = 2")
    engine.deploy(tiny.bundle("loan", START + loop + END + flows), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.run_due() == 1 and engine.run_due() == 0
    clock.advance(seconds=1)
    assert engine.run_due() == 1
    assert [kind for kind, _ in acts(engine)] == ["started", "fired", "fired"]


HALF = "\ud83d"


def test_an_error_that_no_database_keeps_stops_no_other_job(posted, clock):
    """Half of a character, as the answer of a bank may hold; the job is parked, and what is due behind it is done."""
    engine = posted(Remote(ValueError(f"bank says: {HALF}")), retries=0)
    engine.deploy(
        tiny.bundle("waits", START + tiny.catch("w", timer("&quot;PT1H&quot;")) + END + line("start", "w", "end")),
        by=OLGA,
    )
    engine.start("waits", by=ANN)
    clock.advance(hours=2)
    assert engine.run_due() == 2
    (incident,) = engine.incidents()
    assert incident.error.endswith("bank says: ?") and engine.case("2").status == "completed"


def test_a_job_that_cannot_even_be_parked_is_left_for_later(posted, clock, monkeypatch):
    engine = posted(Remote(ValueError("no")), retries=0)
    engine.deploy(
        tiny.bundle("waits", START + tiny.catch("w", timer("&quot;PT1H&quot;")) + END + line("start", "w", "end")),
        by=OLGA,
    )
    engine.start("waits", by=ANN)
    clock.advance(hours=2)
    with monkeypatch.context() as broken:
        broken.setattr("engine.jobs.run.open_incident", None)
        assert engine.run_due() == 2
    assert engine.case("2").status == "completed" and engine.incidents() == []
    clock.advance(hours=1)
    assert engine.run_due() == 1 and len(engine.incidents()) == 1


@pytest.mark.parametrize("payload", [object(), {"a": HALF}])
def test_an_error_for_the_diagram_that_cannot_be_kept(opened, payload):
    def run(call):
        raise DiagramError("E", payload)

    engine = opened(operators=[Operator(name="credit/look", kind="local", run=run)])
    engine.deploy(behind_a_task("look", tiny.call("look", "credit/look", variable="found")), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(StepFailed, match="look: credit/look"):
        engine.complete(TASK, {"approved": True}, by=ANN)
    assert len(engine.incidents()) == 1
