"""Open cases that are moved together: each by a step of its own, or left where it is with the reason."""

import pytest

from engine import SYSTEM, Policy
from engine.errors import NotAllowed, NotFound, Refusal
from engine.moving import choosing, working
from tests.engine import tiny
from tests.engine.people import AMY, ANN, AUDREY, OLGA
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import acts, kinds, rows

from .loans import GIVEN, begun, joined, newer, one, outcomes, stands, worked

RENAMED = {"ask": "question"}


def renamed(engine, count=1, **more):
    """Cases of an old version, a version in which the task is called otherwise, and the mapping between them."""
    old, new = begun(engine, one(), count=count, **more), newer(engine, one("question"))
    return engine.declare(old, new, RENAMED, by=OLGA)


def test_all_open_cases_are_moved(engine):
    made = renamed(engine, count=3, data=GIVEN)
    batch = engine.migrate_all("loan", by=OLGA, reason="the new words", mappings=[made.digest])
    assert worked(engine, batch) == [("moved", {"from": 1})] * 3
    for case_id in ("1", "2", "3"):
        assert acts(engine, case_id) == [("started", "ann"), ("migrated", "olga")] and stands(engine, case_id) == [
            "question"
        ]
        step = engine.history(case_id)[-1]
        said = (step.input["declared"], step.input["batch"], step.input["reason"], step.input["version"])
        assert said == (made.digest, batch.id, "the new words", 2)
    assert [one.seq for one in engine.batch_answers(batch.id, OLGA)] == [2, 2, 2]
    assert len(engine.inbox(ANN)) == 3 and {task.element for task in engine.inbox(ANN)} == {"question"}


def test_it_is_the_same_step_as_that_of_a_single_case(engine):
    renamed(engine, count=2, data=GIVEN)
    engine.migrate("1", by=OLGA, reason="renamed", mapping=RENAMED, script="twice = amount * 2")
    made = engine.history("1")[-1].input["declared"]
    batch = engine.migrate_all("loan", by=OLGA, reason="renamed", mappings=[made])
    assert outcomes(engine, batch) == ["moved"]
    first, second = (engine.history(case_id)[-1] for case_id in ("1", "2"))
    assert {**first.input, "batch": batch.id} == second.input and first.effects[1:] == second.effects[1:]
    assert first.effects[0].kind == second.effects[0].kind == "migrated"


def test_who_is_left_and_why(engine):
    made = renamed(engine, count=7, data=GIVEN)
    third = newer(engine, one("third"))
    engine.suspend("2", by=SYSTEM, reason="waits")
    engine.hold("4", by=SYSTEM, reason="a lawsuit")
    cases = ["1", "2", "3", "4", "5", "6", "7"]
    engine.migrate("6", to=2, by=OLGA, reason="first", mapping=RENAMED)
    batch = engine.migrate_all("loan", to=2, by=OLGA, reason="all", mappings=[made.digest], cases=cases)
    engine.complete("3.1.2", {"approved": True}, by=ANN)
    engine.migrate("5", to=3, by=OLGA, reason="further", mapping={"ask": "third"})
    found = worked(engine, batch)
    assert found == [
        ("moved", {"from": 1}),
        ("skipped", {"why": "suspended"}),
        ("skipped", {"why": "ended"}),
        ("skipped", {"why": "held"}),
        ("skipped", {"why": "moved on"}),
        ("skipped", {"why": "there"}),
        ("moved", {"from": 1}),
    ]
    assert engine.case("5").bundle == third
    assert engine.batch_progress(batch.id, OLGA).outcomes == {"moved": 2, "skipped": 5}


def test_a_case_that_does_not_fit_stays(engine):
    begun(engine, one(), data=GIVEN)
    engine.start("loan", {}, by=ANN)
    old, new = engine.deployments("loan")[0].bundle, newer(engine, one("question"))
    ((_, said), _) = worked(engine, engine.migrate_all("loan", by=OLGA, reason="all"))
    assert (said["why"], said["proposed"]) == ("unfit", RENAMED)
    made = engine.declare(old, new, RENAMED, "twice = amount * 2", by=OLGA)
    found = worked(engine, engine.migrate_all("loan", by=OLGA, reason="all", mappings=[made.digest]))
    assert [outcome for outcome, _ in found] == ["moved", "skipped"]
    assert (found[1][1]["why"], found[1][1]["fault"]) == ("unfit", "fails")
    assert kinds(engine, "2") == ["started"] and engine.incidents() == []


def test_only_some_cases_or_some_versions(engine):
    begun(engine, one(), count=2)
    newer(engine, one("question"))
    engine.start("loan", by=ANN)
    third = newer(engine, one("question", label="Ask once more"))
    assert outcomes(engine, engine.migrate_all("loan", by=OLGA, reason="some", versions=[2])) == ["moved"]
    made = engine.declare(engine.case("1").bundle, third, RENAMED, by=OLGA)
    chosen = engine.migrate_all("loan", by=OLGA, reason="one", mappings=[made.digest], cases=["2"])
    assert outcomes(engine, chosen) == ["moved"]
    assert [engine.case(case_id).version for case_id in "123"] == [1, 3, 3]


def test_a_case_of_the_version_has_nothing_to_do(engine):
    renamed(engine)
    engine.start("loan", by=ANN)
    assert outcomes(engine, engine.migrate_all("loan", by=OLGA, reason="all", cases=["2"])) == ["skipped"]
    assert engine.migrate_all("loan", by=OLGA, reason="none", versions=[2]).state == "done"


def test_who_may_and_what_is_wrong(opened):
    engine = opened(policy=Policy(confidential={"aml": frozenset({"aml"})}))
    renamed(engine)
    for who in (ANN, AUDREY, AMY):
        with pytest.raises(NotAllowed):
            engine.migrate_all("loan", by=who, reason="I want it")
    for wrong in ({"reason": " "}, {"mappings": ["0" * 64]}, {"to": 9}, {"versions": [9]}, {"cases": ["99"]}):
        with pytest.raises((Refusal, NotFound)):
            engine.migrate_all("loan", **{"by": OLGA, "reason": "all", **wrong})
    engine.deploy(tiny.one_task("secret", process={"confidentiality": "aml"}), by=SYSTEM)
    engine.start("secret", by=SYSTEM)
    engine.deploy(tiny.one_task("secret", before=tiny.ask("new"), process={"confidentiality": "aml"}), by=SYSTEM)
    with pytest.raises(NotFound):
        engine.migrate_all("secret", by=OLGA, reason="all", cases=["2"])
    assert engine.migrate_all("secret", by=OLGA, reason="all").state == "done" and kinds(engine, "2") == ["started"]


def timed(task):
    body = START + tiny.ask(task, dueIn="2 BD") + tiny.boundary("slow", task, timer("&quot;PT1H&quot;"))
    body += tiny.ask("late") + END + line("start", task, "end") + line("slow", "late", "end")
    return tiny.bundle("loan", body)


def test_clocks_go_on(engine, clock):
    old, new = begun(engine, timed("ask"), count=2), newer(engine, timed("question"))
    due, terms = engine.next_due(), len(rows(engine, "job", kind="term"))
    clock.advance(minutes=30)
    made = engine.declare(old, new, RENAMED, by=OLGA)
    assert outcomes(engine, engine.migrate_all("loan", by=OLGA, reason="all", mappings=[made.digest])) == ["moved"] * 2
    assert engine.next_due() == due and len(rows(engine, "job", kind="term")) == terms
    clock.set(due)
    engine.run_due()
    assert stands(engine, "1") == stands(engine, "2") == ["late"]


def test_a_join_that_opens_leads_on_to_other_cases(engine):
    engine.deploy(tiny.one_task("gift"), by=SYSTEM)
    old = begun(engine, joined())
    left, _ = engine.tasks("1")
    engine.complete(left.id, {"approved": True}, by=ANN)
    body = joined()["loan.bpmn"]
    begins = tiny.call("linked", "case/start", process="&quot;gift&quot;")
    assert 'id="last"' in body
    new = START + tiny.ask("right") + '<bpmn:parallelGateway id="join" name="join"/>' + begins + END
    new += '<bpmn:parallelGateway id="split" name="split"/>' + tiny.ask("left")
    new += line("start", "split", "left", "join", "linked", "end") + line("split", "right", "end")
    engine.declare(old, newer(engine, tiny.bundle("loan", new)), by=OLGA)
    assert outcomes(engine, engine.migrate_all("loan", by=OLGA, reason="all")) == ["moved"]
    assert [case.key for case in engine.linked("1")] == ["gift"]


def test_cancelled_in_the_middle(engine, monkeypatch):
    made = renamed(engine, count=3)
    batch = engine.migrate_all("loan", by=OLGA, reason="all", mappings=[made.digest])
    engine.run_due(limit=1)
    engine.cancel_batch(batch.id, by=OLGA)
    engine.run_due()
    progress = engine.batch_progress(batch.id, OLGA)
    moved = [case_id for case_id in "123" if kinds(engine, case_id)[-1] == "migrated"]
    assert progress.done == len(moved) == 1 and progress.left == 2


def test_a_worker_that_dies_between_the_move_and_its_end_moves_nobody_twice(engine, monkeypatch):
    made = renamed(engine, count=2)
    batch = engine.migrate_all("loan", by=OLGA, reason="all", mappings=[made.digest])
    whole = working.migrating.migrate

    def dies(*given, **more):
        whole(*given, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(working.migrating, "migrate", dies)
        with pytest.raises(KeyboardInterrupt):
            engine.run_due()
    assert [kinds(engine, case_id) for case_id in "12"] == [["started"]] * 2
    engine.clock.advance(minutes=10)
    assert outcomes(engine, batch) == ["moved"] * 2
    assert [kinds(engine, case_id) for case_id in "12"] == [["started", "migrated"]] * 2


def test_asked_twice_each_case_is_moved_once(engine):
    made = renamed(engine, count=2)
    batches = [engine.migrate_all("loan", by=OLGA, reason="all", mappings=[made.digest]) for _ in range(2)]
    moved, there = ("moved", {"from": 1}), ("skipped", {"why": "there"})
    for each in zip(*[worked(engine, batch) for batch in batches], strict=True):
        assert each in ((moved, there), (there, moved))
    assert [kinds(engine, case_id) for case_id in "12"] == [["started", "migrated"]] * 2


def test_more_cases_than_one_statement_names(engine, monkeypatch):
    monkeypatch.setattr(choosing, "MOST_NAMED", 2)
    made = renamed(engine, count=5)
    chosen = engine.migrate_all("loan", by=OLGA, reason="some", mappings=[made.digest], cases=["1", "3", "4", "5", "3"])
    assert outcomes(engine, chosen) == ["moved"] * 4 and engine.case("2").version == 1
    with pytest.raises(NotFound):
        engine.migrate_all("loan", by=OLGA, reason="some", cases=["1", "2", "3", "99"])
