"""Ways in that differ between versions: forms, starters, messages, the clock; what a case calls by its own coin."""

from datetime import UTC, datetime, timedelta

import pytest

from engine import SYSTEM, Actor, AmbiguousMessage, Conflict, InvalidForm, NotAllowed, NotFound, Refusal
from engine.model import Draw
from engine.store.rollouts import coin
from tests.engine import tiny
from tests.engine.people import ANN, OLGA
from tests.engine.spiff.xmls import END, START, el, flow, line
from tests.engine.test_deploying import deciding
from tests.engine.test_front_door import RATE
from tests.engine.test_schedule import by_clock, in_rhythm
from tests.engine.watching import kinds, rows

LEA = Actor("lea", groups={"team_leader"})
AMOUNT, BOTH = {"amount": {"type": "integer"}}, {"amount": {"type": "integer"}, "why": {"type": "string"}}
NEW, OLD = "3", "1"  # coins of `loan` version 2: one within the first fifth, one beyond


def version(number, start=None, **more):
    """A bundle that is another one for each number."""
    return tiny.one_task(forms_ask=tiny.form(title=str(number)), start=start, **more)


def put(engine, files, percent=100, **more):
    return engine.deploy(files, by=OLGA, percent=percent, **more)


def test_the_coins_of_these_tests():
    assert coin("loan", 2, NEW) < 20 <= coin("loan", 2, OLD)


# Start forms


@pytest.fixture
def forms(engine):
    """Two versions with different start forms, the second one for a fifth."""
    put(engine, version(1, AMOUNT))
    put(engine, version(2, BOTH), 20)
    return engine


def test_a_form_is_shown_and_sent_by_the_same_coin(forms):
    for one, number in ((NEW, 2), (OLD, 1)):
        for _ in range(5):
            draw = forms.draw_version("loan", by=ANN, coin=one)
            assert (draw.version, draw.coin) == (number, one)
            case = forms.start("loan", {"amount": 1}, by=ANN, draw=draw)
            assert (case.version, case.bundle) == (number, draw.bundle)
            assert forms.history(case.id)[0].input["coin"] == one


def test_a_form_that_is_another_one_by_now_is_refused_and_the_same_form_is_not(forms):
    draw = forms.draw_version("loan", by=ANN, coin=NEW)
    forms.roll_back("loan", 1, by=OLGA, reason="no")
    with pytest.raises(Conflict) as refused:
        forms.start("loan", {"amount": 1}, by=ANN, draw=draw)
    assert refused.value.data["how"] == "form" and forms.cases() == []
    again = forms.draw_version("loan", by=ANN, coin=NEW)
    put(forms, version(3, AMOUNT))
    assert forms.start("loan", {"amount": 1}, by=ANN, draw=again).version == 3


def test_without_a_draw_the_form_is_that_of_the_version_that_comes(forms):
    for fields in ({"amount": 1}, {"amount": 1, "why": "x"}) * 10:
        next_one = rows(forms, "case_file")[-1]["id"] + 1 if forms.database.sqlite and forms.cases() else None
        try:
            case = forms.start("loan", fields, by=ANN)
        except InvalidForm:
            assert "why" in fields and (next_one is None or coin("loan", 2, str(next_one)) >= 20)
        else:
            assert case.version == (2 if coin("loan", 2, case.id) < 20 else 1)
    assert {case.version for case in forms.cases(limit=99)} >= {1}


@pytest.mark.parametrize("given", ["", "x" * 65])
def test_a_coin_that_is_none(forms, given):
    with pytest.raises(Refusal, match="coin"):
        forms.draw_version("loan", by=ANN, coin=given)


def test_a_draw_of_what_is_not_there(forms):
    with pytest.raises(NotFound):
        forms.draw_version("other", by=ANN, coin="x")
    with pytest.raises(NotFound):
        forms.start("loan", {}, by=ANN, draw=Draw(key="loan", version=1, bundle="0" * 64, coin="x"))
    with pytest.raises(NotAllowed):
        forms.draw_version("loan", by=Actor("eve"), coin="x")


# Starters


def test_whoever_may_start_one_version_only_gets_that_one(engine):
    put(engine, version(1))
    put(engine, version(2, process={"starters": "team_leader"}), 50)
    assert {engine.start("loan", by=ANN).version for _ in range(12)} == {1}
    assert {engine.start("loan", by=LEA).version for _ in range(12)} == {1, 2}
    assert [one.version for one in engine.startable(ANN)] == [1] == [one.version for one in engine.startable(LEA)]
    put(engine, version(3, process={"starters": "nobody"}))
    put(engine, version(4, process={"starters": "team_leader"}), 1)
    assert {engine.start("loan", by=LEA).version for _ in range(3)} == {4}
    assert [one.version for one in engine.startable(LEA)] == [4] and engine.startable(ANN) == []
    with pytest.raises(NotAllowed) as refused:
        engine.start("loan", by=ANN)
    assert refused.value.data["groups"] == ["nobody"]


# Messages


def heard(number, *names):
    """A process that begins with any of these messages."""
    starts = "".join(el("startEvent", f"start_{name}", tiny.message(name)) for name in names)
    ways = "".join(flow(f"f_{name}", f"start_{name}", "ask") for name in names)
    form = tiny.form(title=str(number))
    return tiny.bundle(
        "loan", starts + tiny.ask("ask") + END + ways + line("ask", "end"), tiny.messages(*names), forms_ask=form
    )


def test_a_message_goes_by_the_coin_among_the_versions_that_know_it(engine):
    put(engine, heard(1, "paid", "called"))
    put(engine, heard(2, "paid", "wrote"), 20)
    for name, among in (("paid", {1, 2}), ("called", {1}), ("wrote", {2})):
        cases = [engine.send(name, {}, by=SYSTEM) for _ in range(20)]
        assert {case.version for case in cases} == among, name
        if name == "paid":
            assert all((case.version == 2) == (coin("loan", 2, case.id) < 20) for case in cases)
    engine.stop_rollout("loan", by=OLGA, reason="no")
    assert engine.send("wrote", {}, by=SYSTEM) is None and len(engine.kept_messages()) == 1


def test_a_message_that_begins_versions_of_two_processes(engine):
    put(engine, heard(1, "paid"))
    put(engine, tiny.one_task("gift"))
    named = {"gift.bpmn": heard(1, "paid")["loan.bpmn"].replace('"loan"', '"gift"'), "forms/ask.json": tiny.form()}
    put(engine, named, 10)
    with pytest.raises(AmbiguousMessage):
        engine.send("paid", {}, by=SYSTEM)


# The clock

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def plain(key="report"):
    return tiny.bundle(key, START + tiny.ask("look") + END + line("start", "look", "end"))


def test_the_rhythm_is_that_of_most_cases_and_the_coin_says_the_version(engine, clock):
    put(engine, in_rhythm("&quot;R/P1D&quot;"))
    clock.advance(hours=5)
    put(engine, in_rhythm("&quot;R/PT6H&quot;"), 40)
    assert engine.next_due() == NOW + timedelta(days=1)
    for _ in range(12):
        clock.set(engine.next_due())
        assert engine.run_due() == 1
    cases = engine.cases(limit=99)
    assert len(cases) == 12 and clock.now() == NOW + timedelta(days=12)
    assert {case.id for case in cases if case.version == 2} == {c.id for c in cases if coin("report", 2, c.id) < 40}
    assert {case.version for case in cases} == {1, 2}
    engine.roll_out("report", 2, 100, by=OLGA, reason="all")
    assert engine.next_due() == clock.now() + timedelta(hours=6)
    engine.roll_back("report", 1, by=OLGA, reason="back")
    assert engine.next_due() == clock.now() + timedelta(days=1)


def test_a_start_by_the_clock_that_only_the_new_version_has(engine, clock):
    put(engine, plain())
    put(engine, by_clock("&quot;P1D&quot;"), 10)
    clock.set(engine.next_due())
    assert engine.run_due() == 1 and [case.version for case in engine.cases()] == [2]
    engine.stop_rollout("report", by=OLGA, reason="no")
    assert engine.next_due() is None


def test_a_start_by_the_clock_that_only_the_old_version_has(engine, clock):
    put(engine, by_clock("&quot;P1D&quot;"))
    put(engine, plain(), 90)
    for _ in range(3):
        clock.set(engine.next_due())
        assert engine.run_due() == 1
    assert {case.version for case in engine.cases()} == {1}
    put(engine, plain())
    assert engine.next_due() is None


def test_a_plan_changes_at_the_moment_of_its_version(engine, clock):
    put(engine, in_rhythm("&quot;R/P1D&quot;"))
    put(engine, in_rhythm("&quot;R/PT6H&quot;"), effective_at=NOW + timedelta(hours=10))
    assert [row["run_at"][8:13] for row in sorted(rows(engine, "job"), key=lambda row: row["run_at"])] == [
        "02T11",
        "03T01",
    ]
    clock.set(NOW + timedelta(hours=10))
    assert engine.run_due() == 1 and engine.cases() == []
    assert engine.next_due() == NOW + timedelta(hours=16) and len(rows(engine, "job")) == 1
    clock.set(engine.next_due())
    assert engine.run_due() == 1 and [case.version for case in engine.cases()] == [2]


def test_a_plan_that_waits_for_a_share_is_not_shifted_by_it(engine, clock):
    put(engine, in_rhythm("&quot;R/P1D&quot;"))
    put(engine, in_rhythm("&quot;R/PT6H&quot;"), 10, effective_at=NOW + timedelta(hours=10))
    clock.set(NOW + timedelta(hours=10))
    assert engine.run_due() == 1 and engine.next_due() == NOW + timedelta(days=1)


def test_a_first_version_by_the_clock_that_waits(engine, clock):
    put(engine, by_clock("&quot;P1D&quot;"), effective_at=NOW + timedelta(hours=10))
    assert engine.next_due() == NOW + timedelta(hours=10)
    clock.set(engine.next_due())
    engine.run_due()
    assert engine.cases() == [] and engine.next_due() == NOW + timedelta(hours=34)


def test_what_waits_is_no_more_planned_when_it_is_called_off(engine, clock):
    put(engine, plain())
    put(engine, by_clock("&quot;P1D&quot;"), effective_at=NOW + timedelta(hours=10))
    engine.stop_rollout("report", by=OLGA, reason="no")
    assert rows(engine, "job") == []


def test_a_date_that_is_reached_begins_one_case_and_is_not_planned_again(engine, clock):
    put(engine, by_clock("date and time(&quot;2026-03-09T01:00:00Z&quot;)"))
    clock.set(engine.next_due())
    assert engine.run_due() == 1 and len(engine.cases()) == 1
    assert engine.next_due() is None and engine.incidents() == []


def test_going_back_to_a_version_whose_date_is_over(engine, clock):
    put(engine, by_clock("date and time(&quot;2026-03-09T01:00:00Z&quot;)"))
    put(engine, plain())
    clock.advance(days=30)
    assert engine.roll_back("report", 1, by=OLGA, reason="x").version == 1 and engine.next_due() is None


# What a case calls


def calling():
    call = el("callActivity", "call", calledElement="inner")
    return tiny.bundle("loan", START + tiny.ask("ask") + call + END + line("start", "ask", "call", "end"))


def inner(group):
    return tiny.one_task("inner", task=tiny.ask("ask", candidateGroups=group))


def test_a_called_process_goes_by_the_coin_of_the_case_that_calls(engine):
    made = [put(engine, inner("pm")), put(engine, inner("aml"), 30)]
    put(engine, calling())
    for number in range(1, 16):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True}, by=ANN)
        fresh = coin("inner", 2, str(number)) < 30
        (task,) = engine.tasks(str(number))
        assert task.groups == (("aml",) if fresh else ("pm",))
        assert engine.history(str(number))[-1].input["bound"] == {"process:inner": made[fresh].bundle}
    assert len({engine.tasks(str(number))[0].groups for number in range(1, 16)}) == 2


def test_a_version_that_nobody_can_call_is_passed_over(engine):
    put(engine, inner("pm"))
    form = {"forms/ask.json": tiny.form(title="x")}
    only = tiny.bundle(
        "inner",
        el("startEvent", "start", tiny.message("go")) + tiny.ask("ask") + END + line("start", "ask", "end"),
        tiny.messages("go"),
    )
    put(engine, {**only, **form}, 99)
    put(engine, calling())
    for number in range(1, 6):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True}, by=ANN)
        assert [task.groups for task in engine.tasks(str(number))] == [("pm",)]


def test_a_shared_decision_goes_by_the_coin_of_the_case(engine, clock):
    made = [put(engine, {"rate.dmn": RATE}), put(engine, {"rate.dmn": RATE.replace("4.5", "3.5")}, 30)]
    put(engine, deciding())
    seen = set()
    for number in range(1, 16):
        engine.start("loan", by=ANN)
        case = engine.complete(f"{number}.1.2", {"approved": True}, by=ANN)
        fresh = coin("rate", 2, str(number)) < 30
        assert float(case.data["percent"]) == (3.5 if fresh else 4.5)
        assert engine.history(str(number))[-1].input["bound"] == {"decision:rate": made[fresh].bundle}
        seen.add(fresh)
    assert seen == {True, False} and engine.replay("1").equal


def test_a_version_that_waits_is_not_called_before_its_moment(engine, clock):
    put(engine, inner("pm"))
    put(engine, inner("aml"), effective_at=clock.now() + timedelta(days=1))
    put(engine, calling())
    for number, group in ((1, "pm"), (2, "aml")):
        engine.start("loan", by=ANN)
        engine.complete(f"{number}.1.2", {"approved": True}, by=ANN)
        assert [task.groups for task in engine.tasks(str(number))] == [(group,)]
        clock.advance(days=1)
    assert kinds(engine, "1") == ["started", "completed"]


def test_a_linked_case_has_a_coin_of_its_own(engine):
    put(engine, tiny.one_task("child", process={"starters": "nobody"}))
    put(engine, tiny.one_task("child", process={"starters": "nobody"}, task=tiny.ask("ask", priority="1")), 40)
    begin = tiny.call("begin", "case/start", variable="handed", process="&quot;child&quot;", data="{}")
    put(engine, tiny.one_task(after=begin))
    for _ in range(8):
        case = engine.start("loan", by=ANN)
        engine.complete(f"{case.id}.1.2", {"approved": True}, by=ANN)
    children = engine.cases(key="child")
    assert len(children) == 8 and {one.version for one in children} == {1, 2}
    assert all((one.version == 2) == (coin("child", 2, one.id) < 40) for one in children)
