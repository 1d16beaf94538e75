"""The history of a case: every kind of step, what each holds, how they hang together, and their replay."""

from dataclasses import replace

import pytest

from engine import SYSTEM, DiagramError, Operator
from engine.cases.semantics import newest
from engine.history.chain import FIRST, link
from engine.history.replay import Archive, replay
from engine.model import Effect
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA, SUE
from tests.engine.spiff.xmls import END, START, line, timer

ERROR = '<bpmn:error id="e_lost" errorCode="lost"/>'
KEYS = {
    "started": {"key", "number", "version", "bundle", "data", "config"},
    "claimed": {"task", "element", "assignee"},
    "released": {"task", "element"},
    "assigned": {"task", "element", "assignee"},
    "completed": {"task", "element", "values", "config"},
    "reminded": {"task", "element", "percent", "tell"},
    "breached": {"task", "element", "percent", "tell"},
    "escalated": {"task", "element", "percent", "tell"},
    "fired": {"timer", "config"},
    "received": {"message", "payload", "to", "config"},
    "signalled": {"signal", "payload", "config"},
    "answered": {"operator", "result", "config"},
    "failed": {"operator", "code", "result", "config"},
    "cancelled": {"reason", "config"},
}


@pytest.fixture
def eventful(opened, clock):
    """Two cases in which everything happens that can happen to a case."""
    says = [{"id": 1}, DiagramError("lost")]

    def mail(call):
        said = says.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    engine = opened(operators=[Operator(name="mail/send", kind="remote", run=mail)])
    body = (
        START
        + tiny.ask("ask", dueIn="4 bh")
        + tiny.catch("wait", timer("&quot;PT1H&quot;"))
        + tiny.call("first", "mail/send")
        + tiny.call("second", "mail/send")
        + tiny.boundary("lost", "second", '<bpmn:errorEventDefinition errorRef="e_lost"/>')
        + tiny.catch("hear", tiny.signal("go"))
        + tiny.catch("paid", tiny.message("paid"))
        + tiny.ask("last")
        + END
        + line("start", "ask", "wait", "first", "second", "end")
        + line("lost", "hear", "paid", "last", "end")
    )
    engine.deploy(tiny.bundle("loan", body, tiny.messages("paid") + tiny.signals("go") + ERROR), by=OLGA)
    shout = tiny.one_task(
        "shout",
        after='<bpmn:intermediateThrowEvent id="t" name="t">' + tiny.signal("go") + "</bpmn:intermediateThrowEvent>",
        roots=tiny.signals("go"),
    )
    engine.deploy(shout, by=OLGA)
    engine.start("loan", {"amount": 1}, by=ANN)
    engine.claim("1.1.2", by=ANN)
    engine.release("1.1.2", by=ANN)
    engine.assign("1.1.2", to="ben", by=SUE)
    clock.advance(days=1)
    engine.run_due()
    engine.complete("1.1.2", {"approved": True}, by=BEN)
    clock.advance(hours=1)
    engine.run_due()
    engine.start("shout", by=ANN)
    engine.complete("2.1.2", {"approved": True}, by=ANN)
    engine.run_due()
    engine.send("paid", {"paid": 1}, by=SYSTEM)
    engine.cancel("1", by=ANN, reason="enough")
    return engine


def test_every_kind_of_step(eventful):
    steps = eventful.history("1")
    assert [(step.kind, step.actor) for step in steps] == [
        ("started", "ann"),
        ("claimed", "ann"),
        ("released", "ann"),
        ("assigned", "sue"),
        ("reminded", "system"),
        ("breached", "system"),
        ("escalated", "system"),
        ("completed", "ben"),
        ("fired", "system"),
        ("answered", "system"),
        ("failed", "system"),
        ("signalled", "system"),
        ("received", "system"),
        ("cancelled", "ann"),
    ]
    assert {step.kind: step.input.keys() for step in steps} == KEYS
    assert {effect.kind for step in steps for effect in step.effects} >= {
        "entered", "left", "taken", "offered", "cancelled", "armed", "subscribed", "requested"
    }  # fmt: skip


def test_steps_hang_together(eventful):
    steps = eventful.history("1")
    assert [step.seq for step in steps] == list(range(1, len(steps) + 1))
    assert steps[0].prev_hash == FIRST.hex()
    assert [step.prev_hash for step in steps[1:]] == [step.hash for step in steps[:-1]]
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert {step.semantics for step in steps} == {newest()}
    assert len({step.hash for step in steps}) == len(steps)
    assert steps[-1].state_hash == eventful.marking("1").sha256


def test_a_case_is_replayed_step_by_step(eventful):
    for case_id, steps in (("1", 14), ("2", 2)):
        found = eventful.replay(case_id)
        assert (found.case_id, found.steps, found.difference, found.equal) == (case_id, steps, None, True)


def test_a_replay_needs_nothing_but_the_contents(eventful, opened):
    other = opened(operators=[])
    assert other.replay("1").equal and other.verify("1").sound


def archive(engine):
    return Archive(bundle=engine.bundle, configuration=lambda digest: engine.configuration())


def replayed(engine, seq, **changes):
    """The replay of a history in which one step is another."""
    steps = engine.history("1")
    steps[seq - 1] = replace(steps[seq - 1], **changes)
    return replay("1", steps, archive(engine))


def test_the_first_step_that_differs(eventful):
    steps = eventful.history("1")
    assert replay("1", steps, archive(eventful)).equal
    found = replayed(eventful, 8, input={**steps[7].input, "values": {"approved": False}})
    assert (found.equal, found.steps) == (False, 7)
    assert (found.difference.seq, found.difference.what) == (8, "state")
    assert found.difference.recorded == steps[7].state_hash != found.difference.replayed
    found = replayed(eventful, 8, effects=(*steps[7].effects, Effect("left", "nowhere", 1)))
    assert (found.difference.seq, found.difference.what, found.difference.replayed) == (8, "effects", None)
    found = replayed(eventful, 9, effects=())
    assert (found.difference.seq, found.difference.what, found.difference.recorded) == (9, "effects", None)


@pytest.mark.parametrize(
    ("seq", "changes", "says"),
    [
        (1, {"kind": "completed"}, "does not begin with a start"),
        (9, {"semantics": 99}, "semantics 99"),
        (9, {"kind": "unheard"}, "KeyError"),
        (9, {"input": {}}, "KeyError"),
        (8, {"input": {"task": 99, "values": {}, "config": "x"}}, "NotWaiting"),
    ],
)
def test_a_step_that_cannot_be_replayed(eventful, seq, changes, says):
    found = replayed(eventful, seq, **changes)
    assert (found.equal, found.difference.seq, found.difference.what) == (False, seq, "step")
    assert says in found.difference.replayed


def test_a_link_is_bound_to_all_it_holds():
    plain = {
        "case_id": 1,
        "seq": 1,
        "at": "x",
        "actor": "a",
        "kind": "k",
        "input": {"a": 1},
        "effects": [],
        "state_hash": b"s",
        "prev_hash": FIRST,
        "semantics": 1,
    }
    changed = [
        {"case_id": 2}, {"seq": 2}, {"at": "y"}, {"actor": "b"}, {"kind": "l"}, {"input": {"a": 2}},
        {"effects": [Effect("left", "e", 1)]}, {"state_hash": b"t"}, {"prev_hash": b"\1" * 32}, {"semantics": 2},
    ]  # fmt: skip
    hashes = {link(**plain).hash, *(link(**plain | change).hash for change in changed)}
    assert len(hashes) == len(changed) + 1
