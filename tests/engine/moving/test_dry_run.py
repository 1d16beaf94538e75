"""Every open case tried in a draft: safe, in need of a mapping, or impossible; nothing is written to any of them."""

import pytest

from engine import SYSTEM, Operator, Policy
from engine.errors import Conflict, InvalidDiagram, NotAllowed, NotFound, Refusal
from tests.engine import tiny
from tests.engine.people import AMY, ANN, AUDREY, NOBODY, OLGA
from tests.engine.spiff.xmls import END, START, el, line
from tests.engine.watching import rows, statements

from .loans import GIVEN, begun, bundle, joined, newer, one, outcomes, worked

WRITTEN = ("case_file", "step", "task", "subscription", "incident", "vault", "deployment")


def test_a_draft_that_nobody_deployed(engine):
    begun(engine, one(), count=3, data=GIVEN)
    engine.complete("2.1.2", {"approved": True}, by=ANN)
    engine.suspend("3", by=SYSTEM, reason="waits")
    before = {name: rows(engine, name) for name in WRITTEN}
    batch = engine.dry_run(one("question"), by=OLGA, reason="to see")
    found = worked(engine, batch)
    assert {name: rows(engine, name) for name in WRITTEN} == before
    assert (batch.kind, batch.key, batch.by, batch.reason) == ("dry_run", "loan", "olga", "to see")
    assert batch.bundle != engine.deployments("loan")[0].bundle
    old = engine.deployments("loan")[0].bundle
    said = {
        "from": old,
        "version": 1,
        "stands": ["ask"],
        "stranded": [{"element": "ask", "why": "removed", "candidates": [["question", "form"]]}],
        "proposed": {"ask": "question"},
    }
    assert found == [("mapping", said), ("mapping", {**said, "suspended": True})]
    assert engine.verify_whole().problems == ()


def test_with_the_mapping_that_was_proposed_it_is_safe(engine):
    old = begun(engine, one())
    first = engine.dry_run(one("question"), by=OLGA)
    ((_, said),) = worked(engine, first)
    made = engine.declare(old, first.bundle, said["proposed"], by=OLGA)
    assert outcomes(engine, engine.dry_run(first.bundle, by=OLGA, mappings=[made.digest])) == ["safe"]
    assert engine.case("1").seq == 1


def proposals(engine, new):
    ((_, said),) = worked(engine, engine.dry_run(new, by=OLGA))
    return {one["element"]: one["candidates"] for one in said["stranded"]}


def test_what_is_alike_is_proposed_first(engine):
    other = "forms/other.json"
    begun(engine, one(label="Decide"))
    body = tiny.begin() + tiny.ask("same_form") + tiny.ask("same_kind", form=other) + tiny.ask("same_name", form=other)
    body += END + line("start", "same_form", "same_kind", "same_name", "end")
    new = bundle(
        body.replace('name="same_name"', 'name="  decide "'),
        forms_other=tiny.form({"x": {"type": "string"}}, required=()),
    )
    assert proposals(engine, new) == {
        "ask": [["same_name", "name"], ["same_form", "form"], ["same_kind", "kind"]],
    }


def test_a_join_is_proposed_with_the_flow_into_it(engine):
    begun(engine, joined())
    engine.complete(engine.tasks("1")[0].id, {"approved": True}, by=ANN)
    assert proposals(engine, joined("meet")) == {
        "join": [["meet", "place"], ["split", "kind"]],
        "f_left_join": [["f_left_meet", "name"], ["f_right_meet", "kind"]],
    }


def test_what_has_no_place_at_all(engine):
    begun(engine, joined())
    body = START + tiny.ask("left") + tiny.script("work", "note = 1") + END + line("start", "left", "work", "end")
    engine.complete(engine.tasks("1")[0].id, {"approved": True}, by=ANN)
    ((outcome, said),) = worked(engine, engine.dry_run(bundle(body), by=OLGA))
    assert outcome == "impossible"
    assert [(s["element"], s["why"], s["candidates"]) for s in said["stranded"] if not s["candidates"]] == [
        ("join", "removed", [])
    ]


def test_lines_that_fail_in_one_case_only(engine):
    old = begun(engine, one(), data=GIVEN)
    engine.start("loan", {}, by=ANN)
    draft = engine.dry_run(one("question"), by=OLGA).bundle
    made = engine.declare(old, draft, {"ask": "question"}, "twice = amount * 2", by=OLGA)
    (_, (outcome, said)) = worked(engine, engine.dry_run(draft, by=OLGA, mappings=[made.digest]))
    assert outcome == "mapping" and said["why"] == "fails" and "unknown name amount" in said["said"]


def test_operators_are_not_asked(opened):
    asked = []
    engine = opened(operators=[Operator(name="count", kind="local", run=lambda call: asked.append(call) or {})])
    begun(engine, joined())
    left, _ = engine.tasks("1")
    engine.complete(left.id, {"approved": True}, by=ANN)
    body = START + el("parallelGateway", "split") + tiny.ask("left") + tiny.ask("right") + el("parallelGateway", "join")
    body += tiny.call("count_it", "count") + END + line("start", "split", "left", "join", "count_it", "end")
    draft = bundle(body + line("split", "right", "end"))
    assert outcomes(engine, engine.dry_run(draft, by=OLGA)) == ["safe"] and asked == []
    engine.deploy(draft, by=SYSTEM)
    engine.migrate("1", by=OLGA, reason="the join has all it needs")
    assert len(asked) == 1


def test_cases_that_are_there_or_over(engine):
    begun(engine, one(), count=2)
    new = newer(engine, one("question"))
    engine.start("loan", by=ANN)
    batch = engine.dry_run(new, by=OLGA)
    engine.cancel("1", by=SYSTEM, reason="gone")
    engine.migrate("2", by=OLGA, reason="first", mapping={"ask": "question"})
    assert worked(engine, batch) == [("over", {}), ("over", {"why": "there"})]


def test_a_mapping_for_another_pair(engine):
    old, new = begun(engine, one()), newer(engine, one("question"))
    back = engine.declare(new, old, by=OLGA)
    there, again = engine.declare(old, new, by=OLGA), engine.declare(old, new, {"ask": "question"}, by=OLGA)
    for digests in ([back.digest], [there.digest, again.digest]):
        with pytest.raises(Refusal, match="other versions"):
            engine.dry_run(new, by=OLGA, mappings=digests)
        with pytest.raises(Refusal, match="other versions"):
            engine.migrate_all("loan", by=OLGA, reason="all", mappings=digests)
    with pytest.raises(NotFound):
        engine.dry_run(new, by=OLGA, mappings=["0" * 64])
    assert rows(engine, "batch") == []


def test_who_may_ask_and_about_what(opened):
    engine = opened(policy=Policy(confidential={"aml": frozenset({"aml"})}))
    engine.deploy(tiny.one_task(process={"confidentiality": "aml"}), by=SYSTEM)
    engine.start("loan", by=SYSTEM)
    for who in (ANN, AUDREY, AMY):
        with pytest.raises(NotAllowed):
            engine.dry_run(one("question"), by=who)
    with pytest.raises(InvalidDiagram):
        engine.dry_run({"loan.bpmn": "<loan/>"}, by=OLGA)
    batch = engine.dry_run(tiny.one_task(task=tiny.ask("ask", dueIn="PT1H")), by=OLGA)
    assert batch.state == "done" and engine.batch_progress(batch.id, OLGA).total == 0
    assert engine.whereabouts("loan", OLGA) == [] and engine.whereabouts("loan", SYSTEM)[0].cases == 1


def test_it_can_be_cancelled(engine):
    begun(engine, one(), count=2)
    batch = engine.dry_run(one("question"), by=OLGA)
    assert engine.cancel_batch(batch.id, by=OLGA).state == "cancelled"
    engine.run_due()
    assert engine.batch_progress(batch.id, OLGA).done == 0
    with pytest.raises(Conflict):
        engine.cancel_batch(batch.id, by=OLGA)


def test_where_cases_stand(engine):
    engine.deploy(tiny.one_task("part"), by=SYSTEM)
    call = '<bpmn:callActivity id="call" name="call" calledElement="part"/>'
    old = begun(engine, tiny.bundle("loan", START + call + END + line("start", "call", "end")), count=2)
    new = newer(engine, joined())
    engine.start("loan", by=ANN)
    there, first = engine.whereabouts("loan", OLGA)
    assert (there.bundle, there.version, there.cases, dict(there.elements)) == (new, 2, 1, {"left": 1, "right": 1})
    assert (first.bundle, first.version, first.cases, dict(first.elements)) == (old, 1, 2, {"call": 2})
    assert engine.open_versions("loan", OLGA) == {new: 2, old: 1} and engine.open_versions("loan", NOBODY) == {}


def test_a_case_costs_few_statements(engine):
    begun(engine, one(), count=20)
    engine.dry_run(one("question"), by=OLGA)
    with statements(engine) as seen:
        engine.run_due()
    assert len(seen) < 20 * 10 + 16 * 20, seen


def test_only_cases_of_some_versions_are_tried(engine):
    begun(engine, one(), count=2)
    newer(engine, one("question"))
    engine.start("loan", by=ANN)
    batch = engine.dry_run(one("question", label="Ask again"), by=OLGA, versions=[2])
    assert outcomes(engine, batch) == ["safe"]
    with pytest.raises(NotFound):
        engine.dry_run(batch.bundle, by=OLGA, versions=[9])


@pytest.mark.parametrize(
    "script",
    [
        "a = for x in 1..1000000000 return x",
        "a = for x in 1..9999, y in 1..9999 return x * y",
        "a = 9 ** 9 ** 9 ** 9",
        'a = string join(for x in 1..9999 return "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")',
    ],
)
def test_lines_that_do_too_much_fail_in_each_case_and_move_none(engine, script):
    old = begun(engine, one(), count=2, data=GIVEN)
    new = newer(engine, one("question"))
    made = engine.declare(old, new, {"ask": "question"}, script, by=OLGA)
    found = worked(engine, engine.dry_run(new, by=OLGA, mappings=[made.digest]))
    assert [(outcome, said["why"]) for outcome, said in found] == [("mapping", "fails")] * 2
    assert (
        outcomes(engine, engine.migrate_all("loan", by=OLGA, reason="all", mappings=[made.digest])) == ["skipped"] * 2
    )
    assert [engine.case(case_id).seq for case_id in "12"] == [1, 1] and engine.incidents() == []
