"""Two of whom one intervenes: suspends, resumes, migrates, corrects, jumps, skips, decides on an incident."""

import pytest

from engine import SYSTEM
from engine.cases.failures import Failed
from tests.engine import tiny
from tests.engine.concurrency.racing import do, losers, the_loser
from tests.engine.people import ANN, LEA, OLGA
from tests.engine.spiff.xmls import END, START, el, line, timer
from tests.engine.watching import count, kinds, rows

YES = {"approved": True}


def edged(number):
    """A task with a timer that is due in an hour and a message, then another task; each number is another version."""
    body = START + tiny.ask("ask") + END + tiny.ask("chase") + line("start", "ask", "end") + line("chase", "end")
    for name, definition in {"late": timer("&quot;PT1H&quot;"), "stop": tiny.message("stop")}.items():
        body += tiny.boundary(name, "ask", definition) + line(name, "chase")
    return tiny.bundle("loan", body, tiny.messages("stop"), forms_ask=tiny.form(title=str(number)))


@pytest.fixture
def loans(crew):
    """Cases of one task with a timer and a message, in version 1; version 2 is in force after their start."""
    crew.engine.deploy(edged(1), by=OLGA)
    return crew


def suspend(case):
    return do("suspend", case, by=LEA, reason="asked the customer")


def resume(case):
    return do("resume", case, by=LEA, reason="he has answered")


def migrate(case, to=None):
    return do("migrate", case, by=OLGA, reason="better", to=to)


def rests(crew, case):
    """Nothing of a suspended case is due or in an inbox."""
    assert crew.engine.run_due() == 0 and crew.engine.incidents() == []
    assert case not in {task.case_id for task in crew.engine.inbox(ANN, limit=200)}


# Suspending


def test_suspend_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        found = loans.race(suspend(case), do("complete", loans.tasks(case)[0], YES, by=ANN))
        lost = the_loser(found)
        if lost is found[0]:
            assert lost.data == {"status": "completed"} and kinds(loans.engine, case) == ["started", "completed"]
        else:
            assert lost.data == {"status": "suspended"} and kinds(loans.engine, case) == ["started", "suspended"]
            rests(loans, case)


def test_suspend_against_claim(loans):
    for _ in loans.rounds:
        case = loans.begin()
        found = loans.race(suspend(case), do("claim", loans.tasks(case)[0], by=ANN))
        assert not found[0].error and kinds(loans.engine, case)[-1] == "suspended"
        rests(loans, case)
        (row,) = rows(loans.engine, "task", case_id=int(case))
        assert row["queue"] == ("G:csr" if found[1].error else "U:ann")


def test_suspend_against_timer(loans, clock):
    for _ in loans.rounds:
        case = loans.begin()
        clock.advance(hours=1)
        found = loans.race(suspend(case), do("run_due"), do("run_due"))
        assert losers(found) == []
        done = kinds(loans.engine, case)
        assert done in (["started", "suspended"], ["started", "fired", "suspended"])
        rests(loans, case)
        loans.engine.resume(case, by=LEA, reason="on")
        assert loans.engine.run_due() == 3 - len(done)  # the timer is not lost, and does not fire twice
        assert loans.offered(case) == ["ask", "chase"]


def test_suspend_against_message(loans):
    for _ in loans.rounds:
        case = loans.begin()
        found = loans.race(suspend(case), do("send", "stop", case=case, by=SYSTEM, message_id=f"m-{case}"))
        assert losers(found) == []
        loans.engine.resume(case, by=LEA, reason="on")
        assert sorted(kinds(loans.engine, case)) == ["received", "resumed", "started", "suspended"]
        assert loans.offered(case) == ["ask", "chase"]


def test_suspend_against_suspend(loans):
    for _ in loans.rounds:
        case = loans.begin()
        lost = the_loser(loans.race(suspend(case), suspend(case)))
        assert lost.data == {"status": "suspended"} and kinds(loans.engine, case) == ["started", "suspended"]


def test_resume_against_resume(loans):
    for _ in loans.rounds:
        case = loans.begin()
        loans.engine.suspend(case, by=LEA, reason="x")
        lost = the_loser(loans.race(resume(case), resume(case)))
        assert lost.data == {"status": "open"} and kinds(loans.engine, case) == ["started", "suspended", "resumed"]
        assert [task.status for task in loans.engine.tasks(case)] == ["open"]


def test_resume_against_a_worker(loans, clock):
    for _ in loans.rounds:
        case = loans.begin()
        loans.engine.suspend(case, by=LEA, reason="x")
        clock.advance(hours=1)
        assert losers(loans.race(resume(case), do("run_due"), do("run_due"))) == []
        loans.engine.run_due()
        assert kinds(loans.engine, case) == ["started", "suspended", "resumed", "fired"]


def test_resume_against_message(loans):
    for _ in loans.rounds:
        case = loans.begin()
        loans.engine.suspend(case, by=LEA, reason="x")
        found = loans.race(resume(case), do("send", "stop", case=case, by=SYSTEM))
        assert losers(found) == []
        assert kinds(loans.engine, case) == ["started", "suspended", "resumed", "received"]


def test_suspend_against_cancel(loans):
    for _ in loans.rounds:
        case = loans.begin()
        found = loans.race(suspend(case), do("cancel", case, by=LEA, reason="x"))
        assert not found[1].error and loans.engine.case(case).status == "cancelled"
        assert count(loans.engine, "task") == count(loans.engine, "job") == 0


def test_suspend_against_a_message_that_the_case_has_sent_to_itself(crew, clock):
    """The hand-over holds its job and wants the case, whoever suspends holds the case and wants its jobs: no ring."""
    throw = el("intermediateThrowEvent", "say", tiny.message("stop"))
    wait = tiny.catch("wait", timer("&quot;PT1H&quot;"))
    body = START + el("parallelGateway", "split") + wait + throw + tiny.catch("hear", tiny.message("stop")) + END
    body += line("start", "split", "wait", "say", "end") + line("split", "hear", "end")
    crew.engine.deploy(tiny.bundle("loan", body, tiny.messages("stop")), by=OLGA)
    for _ in crew.rounds:
        case = crew.begin()
        clock.advance(hours=1)
        assert not losers([crew.race(do("run_due"), suspend(case))[0]])
        if crew.engine.case(case).status == "suspended":
            crew.engine.resume(case, by=LEA, reason="on")
        clock.advance(minutes=10)  # what was left to a worker
        crew.engine.run_due()
        assert crew.engine.case(case).status == "completed"
        assert [kind for kind in kinds(crew.engine, case) if kind in ("fired", "received")] == ["fired", "received"]


# Migrating


@pytest.fixture
def moving(loans):
    """A function that starts a case in the version before the one in force."""
    numbers = iter(range(2, 1000))

    def begin():
        case = loans.begin()
        loans.engine.deploy(edged(next(numbers)), by=OLGA)
        return case

    loans.begin_old = begin
    return loans


def test_migrate_against_complete(moving):
    for _ in moving.rounds:
        case = moving.begin_old()
        found = moving.race(migrate(case), do("complete", moving.tasks(case)[0], YES, by=ANN))
        assert not found[1].error  # the task is the same one in the new version
        if found[0].error:
            assert the_loser(found).data == {"status": "completed"}
        assert kinds(moving.engine, case)[1:] == (["completed"] if found[0].error else ["migrated", "completed"])


def test_migrate_against_migrate(moving):
    for _ in moving.rounds:
        case = moving.begin_old()
        lost = the_loser(moving.race(migrate(case), migrate(case)))
        assert lost.data["how"] == "migrated" and kinds(moving.engine, case) == ["started", "migrated"]
        assert len(rows(moving.engine, "task", case_id=int(case))) == 1


def test_migrate_against_timer(moving, clock):
    for _ in moving.rounds:
        case = moving.begin_old()
        clock.advance(hours=1)
        assert losers(moving.race(migrate(case), do("run_due"))) == []
        assert sorted(kinds(moving.engine, case)) == ["fired", "migrated", "started"]
        assert [task.element for task in moving.engine.tasks(case)] == ["chase"]
        assert moving.engine.tasks(case)[0].bundle == moving.engine.case(case).bundle


def test_migrate_against_draft(moving):
    for _ in moving.rounds:
        case = moving.begin_old()
        found = moving.race(migrate(case), do("save_draft", moving.tasks(case)[0], {"note": "x"}, by=ANN))
        assert losers(found) == [] and kinds(moving.engine, case) == ["started", "migrated"]


def test_migrate_against_deploy(moving):
    for number in moving.rounds:
        case = moving.begin_old()
        before = moving.engine.case(case).version
        assert losers(moving.race(migrate(case), do("deploy", edged(2000 + number), by=OLGA))) == []
        moved = moving.engine.case(case)
        assert moved.version in (before + 1, before + 2)
        assert moved.bundle == next(d.bundle for d in moving.engine.deployments("loan") if d.version == moved.version)


def test_migrate_against_suspend(moving):
    for _ in moving.rounds:
        case = moving.begin_old()
        found = moving.race(migrate(case), suspend(case))
        assert not found[1].error
        assert kinds(moving.engine, case)[1:] == (["suspended"] if found[0].error else ["migrated", "suspended"])
        rests(moving, case)


def test_migrate_all_against_complete_suspend_and_cancel(moving):
    """Whatever is first, no case fails: each is moved, or left with the reason; asked twice, each is moved once."""
    engine, whys = moving.engine, {"ended", "suspended"}
    for _ in moving.rounds:
        cases = [moving.begin_old() for _ in range(3)]
        said = {"by": OLGA, "reason": "better", "cases": cases}
        first, second = (engine.migrate_all("loan", **said) for _ in range(2))
        complete = do("complete", moving.tasks(cases[0])[0], YES, by=ANN)
        cancel = do("cancel", cases[2], by=LEA, reason="x")
        found = moving.race(do("run_due"), complete, suspend(cases[1]), cancel)
        assert losers(found) == []
        while engine.run_due():
            pass
        results = [engine.batch_answers(batch.id, OLGA) for batch in (first, second)]
        for case, *answers in zip(cases, *results, strict=True):
            moved = sum(answer.outcome == "moved" for answer in answers)
            assert kinds(engine, case).count("migrated") == moved <= 1
            left = {answer.detail["why"] for answer in answers if answer.outcome == "skipped"}
            assert left <= whys | {"there"} and {answer.outcome for answer in answers} <= {"moved", "skipped"}


# Correcting, jumping, skipping


def jump(case, token=2, to="chase"):
    return do("jump", case, token, to=to, by=LEA, reason="the wrong way")


def skip(task):
    return do("skip", task, by=LEA, reason="not needed", values=YES)


def correct(case, **values):
    return do("correct", case, values, by=LEA, reason="typed wrong")


def test_jump_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        found = loans.race(jump(case), do("complete", loans.tasks(case)[0], YES, by=ANN))
        lost = the_loser(found)
        if lost is found[0]:
            assert lost.data == {"status": "completed"} and kinds(loans.engine, case) == ["started", "completed"]
        else:
            assert (lost.by, lost.data["how"]) == ("lea", "withdrawn")
            assert kinds(loans.engine, case) == ["started", "jumped"] and loans.offered(case) == ["ask", "chase"]


def test_jump_against_jump(loans):
    for _ in loans.rounds:
        case = loans.begin()
        lost = the_loser(loans.race(jump(case), jump(case, to="ask")))
        assert lost.data == {"how": "withdrawn"} and kinds(loans.engine, case) == ["started", "jumped"]
        assert len(loans.tasks(case)) == 1


def test_jump_against_timer(loans, clock):
    for _ in loans.rounds:
        case = loans.begin()
        clock.advance(hours=1)
        found = loans.race(jump(case, to="end"), do("run_due"))
        assert not found[1].error
        if found[0].error:
            assert the_loser(found).data == {"how": "withdrawn"} and loans.offered(case) == ["ask", "chase"]
        else:
            assert kinds(loans.engine, case) == ["started", "jumped"] and count(loans.engine, "job") == 0
        loans.engine.run_due()
        if found[0].error:
            loans.engine.cancel(case, by=SYSTEM, reason="x")


def test_jump_against_message(loans):
    for _ in loans.rounds:
        case = loans.begin()
        found = loans.race(jump(case), do("send", "stop", case=case, by=SYSTEM, message_id=f"j-{case}"))
        assert not found[1].error
        done = kinds(loans.engine, case)
        assert done == (["started", "received"] if found[0].error else ["started", "jumped"])
        assert loans.offered(case) == ["ask", "chase"]


def test_jump_against_migrate(moving):
    for _ in moving.rounds:
        case = moving.begin_old()
        assert losers(moving.race(jump(case), migrate(case))) == []
        assert sorted(kinds(moving.engine, case)) == ["jumped", "migrated", "started"]
        (task,) = moving.engine.tasks(case)
        assert (task.element, task.bundle) == ("chase", moving.engine.case(case).bundle)


def test_skip_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        (task,) = loans.tasks(case)
        found = loans.race(skip(task), do("complete", task, YES, by=ANN))
        lost = the_loser(found)
        first = "completed" if lost is found[0] else "skipped"
        assert (lost.by, lost.data["how"]) == ({"completed": "ann", "skipped": "lea"}[first], first)
        assert kinds(loans.engine, case) == ["started", first]


def test_skip_against_suspend(loans):
    for _ in loans.rounds:
        case = loans.begin()
        lost = the_loser(loans.race(skip(loans.tasks(case)[0]), suspend(case)))
        assert kinds(loans.engine, case)[1:] in (["skipped"], ["suspended"])
        assert lost.data in ({"status": "completed"}, {"status": "suspended"})


def test_correct_against_complete(loans):
    for _ in loans.rounds:
        case = loans.begin()
        found = loans.race(correct(case, extra=1), do("complete", loans.tasks(case)[0], YES, by=ANN))
        assert not found[1].error
        assert kinds(loans.engine, case)[1:] == (["completed"] if found[0].error else ["corrected", "completed"])
        assert ("extra" in loans.engine.case(case).data) is not bool(found[0].error)


def test_correct_against_correct(loans):
    for _ in loans.rounds:
        case = loans.begin()
        assert losers(loans.race(correct(case, extra=1), correct(case, extra=2))) == []
        first, second = (step.effects[0].detail["extra"] for step in loans.engine.history(case)[1:])
        assert second == {"old": first["new"], "new": loans.engine.case(case).data["extra"]} and "old" not in first


# Incidents


@pytest.fixture
def failed(crew):
    """A function that makes a case with an incident: its id, and that of the incident."""
    crew.engine.deploy(tiny.one_task(before=tiny.call("mail", "mail/lost")), by=OLGA)

    def fail():
        case = crew.begin()
        assert crew.engine.run_due() == 1
        (incident,) = [one for one in crew.engine.incidents() if one.case_id == case]
        return case, incident.id

    crew.fail = fail
    return crew


def retry(incident):
    return do("retry", incident, by=LEA)


def give_up(incident):
    return do("give_up", incident, by=LEA, reason="by phone")


def test_retry_against_retry(failed):
    for _ in failed.rounds:
        case, incident = failed.fail()
        the_loser(failed.race(retry(incident), retry(incident)), "NotFound")
        assert failed.engine.run_due() == 1 and kinds(failed.engine, case) == ["started", "retried"]
        assert [one.count for one in failed.engine.incidents() if one.case_id == case] == [2]


def test_retry_all_against_retry_all(failed):
    for _ in failed.rounds:
        case, _ = failed.fail()
        ask = do("retry_all", Failed(key="loan", element="mail"), by=LEA, reason="it is back")
        found = failed.race(ask, ask)
        assert losers(found) == [] and found[0].result == found[1].result
        failed.engine.run_due()
        assert kinds(failed.engine, case) == ["started", "retried"]
        failed.engine.cancel(case, by=SYSTEM, reason="x")


def test_retry_all_against_retry(failed):
    for _ in failed.rounds:
        case, incident = failed.fail()
        found = failed.race(do("retry_all", Failed(key="loan", element="mail"), by=LEA, reason="back"), retry(incident))
        assert not found[1].error and found[0].error in ("", "Conflict")
        failed.engine.run_due()
        assert kinds(failed.engine, case)[1] == "retried" and len(kinds(failed.engine, case)) <= 3
        failed.engine.cancel(case, by=SYSTEM, reason="x")


def test_retry_against_give_up(failed):
    for _ in failed.rounds:
        case, incident = failed.fail()
        found = failed.race(retry(incident), give_up(incident))
        lost = the_loser(found, "NotFound")
        assert kinds(failed.engine, case) == ["started", "given_up" if lost is found[0] else "retried"]
        left = len(failed.tasks(case)), len(rows(failed.engine, "job", case_id=int(case)))
        assert left == ((1, 0) if lost is found[0] else (0, 1))
        failed.engine.run_due()


def test_retry_against_cancel(failed):
    for _ in failed.rounds:
        case, incident = failed.fail()
        found = failed.race(retry(incident), do("cancel", case, by=SYSTEM, reason="x"))
        assert not found[1].error and failed.engine.case(case).status == "cancelled"
        failed.engine.run_due()
        assert count(failed.engine, "job") == 0


def test_retry_against_workers(failed):
    for _ in failed.rounds:
        case, incident = failed.fail()
        found = failed.race(retry(incident), do("run_due"), do("run_due"))
        assert losers(found) == []
        failed.engine.run_due()
        assert [one.count for one in failed.engine.incidents() if one.case_id == case] == [2]
        failed.engine.cancel(case, by=SYSTEM, reason="x")
