"""Parameters and calendars: data that steps carry the hash of, so that a replay has those of then."""

from datetime import UTC, datetime

import pytest

from engine import NotAllowed, Operator, Refusal, StepFailed
from tests.engine import tiny
from tests.engine.people import ANN, NOBODY, OLGA
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import rows


def limit(value):
    return {"LIMIT": {"value": value, "unit": "CNY", "tag": "INT", "source": "P01", "title": {"en": "Limit"}}}


def test_a_configuration(engine, clock):
    first = engine.configuration()
    made = engine.configure(by=OLGA, parameters=limit(100), reason="the first")
    assert made.digest != first.digest and engine.configuration().digest == made.digest
    assert made.parameters == limit(100) and made.values == {"LIMIT": 100} and made.parameter("LIMIT") == 100
    assert made.calendars == first.calendars
    row = rows(engine, "configuration")[-1]
    assert (row["version"], row["digest"], row["by"], row["reason"]) == (2, made.digest, "olga", "the first")
    assert engine.configure(by=OLGA, parameters=limit(100)).digest == made.digest
    assert len(rows(engine, "configuration")) == 2


def test_what_is_not_given_stays(engine):
    engine.configure(by=OLGA, parameters=limit(100))
    shorter = engine.configuration().calendars.to_data() | {"shift": ["10:00", "16:00"]}
    engine.configure(by=OLGA, calendars=shorter)
    found = engine.configuration()
    assert found.values == {"LIMIT": 100} and found.calendars.to_data() == shorter
    engine.configure(by=OLGA, parameters=limit(7))
    assert engine.configuration().calendars.to_data() == shorter


@pytest.mark.parametrize("who", [ANN, NOBODY], ids=lambda who: who.name)
def test_who_may_not_configure(engine, who):
    with pytest.raises(NotAllowed):
        engine.configure(by=who, parameters=limit(1))
    assert len(rows(engine, "configuration")) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"parameters": {"LIMIT": 100}},
        {"parameters": {"LIMIT": {"unit": "CNY"}}},
        {"parameters": {"LIMIT": {"value": {1}}}},
        {"parameters": {"LIMIT": {"value": float("nan")}}},
        {"parameters": {"LIMIT": {"value": "\ud800"}}},
        {"calendars": {}},
        {"calendars": {"offset": "Asia/Shanghai"}},
        {"calendars": []},
    ],
)
def test_what_is_no_configuration(engine, given):
    before = engine.configuration().digest
    with pytest.raises(Refusal):
        engine.configure(by=OLGA, **given)
    assert engine.configuration().digest == before and len(rows(engine, "configuration")) == 1


def test_floats_are_the_decimals_they_show(engine):
    engine.configure(by=OLGA, parameters=limit(0.1))
    assert str(engine.configuration().parameter("LIMIT")) == "0.1"


def test_steps_carry_the_configuration_they_were_taken_under(engine):
    engine.configure(by=OLGA, parameters=limit(100))
    script = tiny.script("set", "limit = parameter(&quot;LIMIT&quot;)")
    engine.deploy(tiny.one_task(after=script), by=OLGA)
    digests, seen = [], []
    for value in (100, 200):
        digests.append(engine.configure(by=OLGA, parameters=limit(value)).digest)
        case = engine.start("loan", by=ANN)
        seen.append(engine.complete(engine.tasks(case.id)[0].id, {"approved": True}, by=ANN).data["limit"])
    assert seen == [100, 200]
    for case_id, digest in zip("12", digests, strict=True):
        assert {step.input["config"] for step in engine.history(case_id)} == {digest}
        assert engine.replay(case_id).equal and engine.verify(case_id).sound


def test_an_open_case_follows_the_configuration_in_force(engine):
    engine.configure(by=OLGA, parameters=limit(100))
    engine.deploy(tiny.one_task(after=tiny.script("set", "limit = parameter(&quot;LIMIT&quot;)")), by=OLGA)
    engine.start("loan", by=ANN)
    engine.configure(by=OLGA, parameters=limit(300))
    assert engine.complete("1.1.2", {"approved": True}, by=ANN).data["limit"] == 300
    first, second = engine.history("1")
    assert first.input["config"] != second.input["config"]
    assert engine.replay("1").equal


def test_a_parameter_that_is_not_configured(engine):
    engine.configure(by=OLGA, parameters=limit(100))
    engine.deploy(tiny.one_task(after=tiny.script("set", "limit = parameter(&quot;LIMIT&quot;)")), by=OLGA)
    engine.start("loan", by=ANN)
    engine.configure(by=OLGA, parameters={"LIMITS": {"value": 1}})
    with pytest.raises(StepFailed, match="unknown parameter LIMIT"):
        engine.complete("1.1.2", {"approved": True}, by=ANN)
    assert engine.incidents()[0].element == "set"


def test_operators_read_parameters_and_terms(opened, clock):
    seen = []

    def run(call):
        seen.append((call.parameter("LIMIT"), call.moment("2 bh")))
        with pytest.raises(Refusal):
            call.parameter("UNKNOWN")
        return {}

    engine = opened(
        operators=[Operator(name="a/local", kind="local", run=run), Operator(name="b/remote", kind="remote", run=run)]
    )
    engine.configure(by=OLGA, parameters=limit(100))
    engine.deploy(tiny.one_task(before=tiny.call("one", "a/local") + tiny.call("two", "b/remote")), by=OLGA)
    engine.start("loan", by=ANN)
    assert engine.run_due() == 1
    assert seen == [(100, datetime(2026, 3, 2, 3, tzinfo=UTC))] * 2


def test_changed_hours_hold_from_the_next_step_on(engine, clock):
    body = START + tiny.ask("ask", dueIn="2 bh") + tiny.catch("wait", timer("business_hours(2)")) + END
    engine.deploy(tiny.bundle("loan", body + line("start", "ask", "wait", "end")), by=OLGA)
    engine.start("loan", by=ANN)
    afternoon = engine.configuration().calendars.to_data() | {"shift": ["13:00", "18:00"]}
    engine.configure(by=OLGA, calendars=afternoon)
    assert engine.tasks("1")[0].due == datetime(2026, 3, 2, 3, tzinfo=UTC)
    engine.complete("1.1.2", {"approved": True}, by=ANN)
    assert engine.next_due() == datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert engine.replay("1").equal and engine.verify("1").sound
