"""Terms in every expression that needs a time: in business time, over holidays, past the known years, in any zone."""

from datetime import UTC, datetime

import pytest

from engine import Operator
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line, multi, timer

HOLIDAY = "2026-09-30T10:00"  # a Wednesday; then seven days off, and Saturday 10 October is worked


def at(text):
    """A moment in Shanghai, where the business hours are."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


TERMS = {
    "4 bh": "2026-09-30T14:00",
    "9 bh": "2026-10-08T10:00",
    "2 h24": "2026-09-30T12:00",
    "3 BD": "2026-10-10T18:00",
    "2 TD": "2026-10-09T18:00",
    "T+1": "2026-10-08T18:00",
    "15 ND": "2026-10-15T18:00",
    "PT72H": "2026-10-03T10:00",
    "P1M": "2026-10-30T10:00",
}


def quoted(term):
    return f"due(&quot;{term}&quot;)"


@pytest.mark.parametrize("said", ["term", "due(term)"])
def test_the_end_of_a_task(engine, clock, said):
    clock.set(at(HOLIDAY))
    files = tiny.one_task(task=tiny.ask("ask", dueIn=f"= {said}"), start={"term": {"type": "string"}})
    engine.deploy(files, by=OLGA)
    for term, end in TERMS.items():
        (task,) = engine.tasks(engine.start("loan", {"term": term}, by=ANN).id)
        assert task.due == at(end), term


@pytest.mark.parametrize(("tag", "said"), [("timeDuration", "term"), ("timeDate", "due(term)")])
def test_a_timer(engine, clock, tag, said):
    clock.set(at(HOLIDAY))
    wait = tiny.catch("wait", timer(said).replace("timeDuration", tag))
    engine.deploy(tiny.one_task(before=wait, start={"term": {"type": "string"}}), by=OLGA)
    for term, end in TERMS.items():
        marking = engine.marking(engine.start("loan", {"term": term}, by=ANN).id)
        assert [datetime.fromisoformat(one.due) for one in marking.timers] == [at(end)], term


def test_written_out(engine, clock):
    clock.set(at(HOLIDAY))
    for said in ("3 BD", "= &quot;3 BD&quot;", f"= {quoted('3 BD')}"):
        engine.deploy(tiny.one_task(task=tiny.ask("ask", dueIn=said)), by=OLGA)
        assert engine.tasks(engine.start("loan", by=ANN).id)[0].due == at(TERMS["3 BD"])


def test_a_script_a_condition_and_the_parameter_of_an_operator(opened, clock):
    asked = []
    engine = opened(operators=[Operator(name="book", kind="local", run=lambda call: asked.append(call.parameters))])
    clock.set(at(HOLIDAY))
    body = (
        START
        + tiny.script("s", f"until = {quoted('3 BD')}\nfrom = due(&quot;1 BD&quot;, date and time(until))")
        + tiny.call("book", "book", until=quoted("9 bh"))
        + el("exclusiveGateway", "late", default="yes")
        + tiny.ask("ask")
        + END
        + line("start", "s", "book", "late")
        + flow("no", "late", "ask", f"date and time(until) &gt; {quoted('2 TD')}")
        + flow("yes", "late", "end")
        + line("ask", "end", prefix="g")
    )
    engine.deploy(tiny.bundle("loan", body), by=OLGA)
    case = engine.start("loan", by=ANN)
    assert case.data["until"] == "2026-10-10T18:00:00+08:00" and case.data["from"] == "2026-10-12T18:00:00+08:00"
    assert asked == [{"until": "2026-10-08T10:00:00+08:00"}]
    assert [task.element for task in engine.tasks(case.id)] == ["ask"]
    clock.advance(days=40)
    assert engine.replay(case.id).equal and engine.verify(case.id).sound


def test_a_term_from_the_data_and_from_a_parameter(engine, clock):
    clock.set(at(HOLIDAY))
    engine.configure(parameters={"REPLY": {"value": "3 BD"}}, by=OLGA, reason="terms")
    for said in ("= due(parameter(&quot;REPLY&quot;))", "= parameter(&quot;REPLY&quot;)", "= due(term)", "= term"):
        files = tiny.one_task(task=tiny.ask("ask", dueIn=said), start={"term": {"type": "string"}})
        engine.deploy(files, by=OLGA)
        case = engine.start("loan", {"term": "3 BD"}, by=ANN)
        assert engine.tasks(case.id)[0].due == at("2026-10-10T18:00"), said


def test_how_many_instances_and_over_what(engine, clock):
    clock.set(at(HOLIDAY))
    count = f"<bpmn:loopCardinality>if {quoted('3 BD')} &gt; {quoted('5 ND')} then 2 else 3</bpmn:loopCardinality>"
    ask = tiny.ask("ask", variable="said", inner=multi(inner=count))
    engine.deploy(tiny.bundle("loan", START + ask + END + line("start", "ask", "end")), by=OLGA)
    assert len(engine.tasks(engine.start("loan", by=ANN).id)) == 2


@pytest.mark.parametrize(
    ("said", "provisional"),
    [
        ("due(&quot;15 BD&quot;)", True),
        ("due( &quot;15  bd&quot; )", True),
        ("due(&quot;150 bh&quot;)", True),
        ("due(&quot;15 ND&quot;)", False),
        ("due(&quot;PT720H&quot;)", False),
        ("due(&quot;1 BD&quot;)", False),
        ("&quot;15 BD&quot;", True),
    ],
)
def test_past_the_last_known_year(engine, clock, said, provisional):
    clock.set(at("2026-12-28T10:00"))
    body = tiny.ask("ask", dueIn=f"= {said}") + tiny.boundary("late", "ask", timer(said))
    body = START + body + END + line("start", "ask", "end") + line("late", "end", prefix="g")
    engine.deploy(tiny.bundle("loan", body), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.tasks("1")[0].provisional is provisional
    assert [one.provisional for one in engine.marking("1").timers] == [provisional]


def test_trading_days_of_an_unknown_year_are_an_error(engine, clock):
    from engine import StepFailed

    clock.set(at("2026-12-30T10:00"))
    engine.deploy(tiny.one_task(before=tiny.script("s", f"until = {quoted('5 TD')}")), by=OLGA)
    with pytest.raises(StepFailed, match="load that year first"):
        engine.start("loan", by=ANN)


def test_the_zone_is_that_of_the_calendars(engine, clock):
    data = engine.configuration().calendars.to_data()
    engine.configure(calendars=data | {"offset": "-05:00"}, by=OLGA, reason="elsewhere")
    clock.set(datetime(2026, 3, 3, 2, tzinfo=UTC))  # Monday evening there, Tuesday in China
    engine.deploy(tiny.one_task(before=tiny.script("s", f"until = {quoted('1 BD')}")), by=OLGA)
    assert engine.start("loan", by=ANN).data["until"] == "2026-03-03T18:00:00-05:00"
