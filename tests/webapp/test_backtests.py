"""Trying a draft on finished cases: on the pages of the studio, and from the command line."""

from __future__ import annotations

import json

import pytest

from engine import SYSTEM, Actor, Policy, open_engine
from engine.batches import rows
from tests.engine import tiny
from tests.engine.moving.loans import begun as under_way
from tests.engine.moving.loans import newer, one
from webapp.cli import main
from webapp.studio import backtests
from webapp.uploads import packed

OWNER = Actor("sun.ke", {"process_owner"})
CLERK = Actor("li.na", {"csr"})
NOTE = {"note": {"type": "string"}}
ASKS_MORE = tiny.one_task(
    after=tiny.ask("more", form="forms/more.json", candidateGroups="csr"), forms_more=tiny.form(NOTE, ["note"])
)


def bytes_of(files):
    return {path: body.encode() if isinstance(body, str) else body for path, body in files.items()}


def finish(engine, count=3):
    """Cases of one task, all of them done."""
    engine.deploy(tiny.one_task(), by=SYSTEM)
    found = []
    for _ in range(count):
        case = engine.start("loan", by=CLERK)
        engine.complete(engine.tasks(case.id)[0].id, {"approved": True, "note": "x"}, by=CLERK)
        found.append(case)
    return found


@pytest.fixture
def cases(engine):
    return finish(engine)


@pytest.fixture
def owner(visit):
    return visit("sun.ke")


def begun(owner, files=ASKS_MORE, **more):
    """The page of a backtest that has just begun."""
    owner.open("/studio/backtests")
    return owner.post("/studio/backtests", {"files": packed(bytes_of(files)), **more})


# Pages


def test_from_the_beginning_to_one_case_beside_the_draft(owner, engine, cases):
    begun(owner)
    assert owner.sees("Backtest of a draft", "running", "0 of 3 cases", "All 3 finished cases", "Stop the backtest")
    page = owner.path
    engine.run_due()
    owner.open(page)
    assert owner.sees("done", "3 of 3 cases", "0 of 3 cases are decided by what is on record (0.0 %)")
    assert owner.sees("Needs data", "100.0 %", "more asks for Note")
    assert owner.page.xpath("//progress") == []
    owner.open(f"{page}?show=needs_data")
    paths = owner.links(f"{page}/cases/")
    assert len(paths) == 3
    owner.open(paths[0])
    assert owner.sees("As it was", "With the draft", "Here they part", "differs from step 2 on", "Step 2 in the replay")
    assert len(owner.page.xpath("//*[contains(@class, 'diagram')]//*[local-name()='svg']")) == 2
    assert owner.open("/studio/backtests").sees("done")


def test_what_is_decided_stands_beside_what_changes(owner, engine, cases):
    begun(owner, tiny.one_task(task=tiny.ask("ask", dueIn="PT4H")))
    engine.run_due()
    owner.open(owner.path)
    assert owner.sees("3 of 3 cases are decided by what is on record (100.0 %)", "1.0, now 1.0", "in 3 cases")
    assert owner.sees("Means over the 3 decided cases (100.0 %)", "1 promised time moves")


def test_what_is_summed_up_of_the_first_cases_alone_says_so(owner, engine, cases, monkeypatch):
    begun(owner)
    engine.run_due()
    said = "is told of the first 2 cases alone"
    assert said not in owner.open(owner.path).text
    monkeypatch.setattr(backtests, "MOST", 2)
    assert owner.open(owner.path).sees(said, "(2 cases)", "3 of 3 cases")


def test_a_sample_says_how_it_was_drawn(owner, engine, cases):
    begun(owner, sample="2", seed="seven")
    assert owner.sees("A sample of 2 of 3 finished cases, drawn by the seed seven", "0 of 2 cases")


def test_it_is_stopped_and_keeps_what_it_has(owner, engine, cases):
    begun(owner)
    engine.run_due(1)
    owner.open(owner.path)
    owner.post(f"{owner.path}/cancellation")
    assert owner.sees("stopped", "1 of 3 cases")
    assert owner.post(f"{owner.path}/cancellation").sees("It was over already.")


def test_files_with_errors_are_not_tried(owner, engine, cases):
    wrong = tiny.one_task()
    del wrong[tiny.ASK]
    begun(owner, wrong)
    assert owner.sees("Correct the errors of the check first") and engine.batches(OWNER) == []


def test_a_stored_bundle_is_tried_by_its_digest(owner, engine, cases):
    owner.open("/studio/backtests")
    owner.post("/studio/backtests", {"bundle": cases[0].bundle})
    assert owner.sees("Backtest of version 1")
    assert owner.open("/studio/backtests").post("/studio/backtests", {"bundle": "0" * 64}).status == 404


def test_it_is_for_process_owners(visit, owner, engine, cases):
    page = begun(owner).path
    for who in ("li.na", "he.jing"):
        assert visit(who).open(page).status == 404


def test_a_case_that_somebody_may_not_see_is_no_page(owner, engine):
    engine.deploy(tiny.one_task(process={"confidentiality": "aml"}), by=SYSTEM)
    case = engine.start("loan", by=CLERK)
    engine.cancel(case.id, by=SYSTEM, reason="over")
    page = begun(owner).path
    engine.run_due()
    assert owner.open(page).sees("1 of 1 cases", "There is none that you may see.")
    assert owner.open(f"{page}/cases/{case.id}").status == 404


def test_a_case_that_was_moved_says_so(visit, owner, engine):
    under_way(engine, one())
    newer(engine, one("question"))
    engine.migrate("1", by=OWNER, reason="renamed", mapping={"ask": "question"})
    engine.complete(engine.tasks("1")[0].id, {"approved": True}, by=CLERK)
    page = begun(owner, one("question")).path
    engine.run_due()
    assert owner.open(page).sees("Another path", "It got another version in step 2; here it has the draft")
    case = f"{page}/cases/1"
    assert owner.open(case).sees("It got another version in step 2", "Moved to another version", "question in place of")
    assert visit("sun.ke", "zh").open(case).sees("它在第2步换成了另一个版本")


def test_one_that_could_not_go_on_says_why(visit, owner, engine, cases):
    page = begun(owner).path
    number = engine.batches(OWNER)[0].id
    with engine.database.writing() as connection:
        rows.end(connection, number, "failed", engine.context.now_text(), why="<b> is gone")
    assert owner.open(page).sees("failed", "It could not go on, and has ended.", "<b> is gone", "begin it again")
    assert not owner.page.xpath("//progress | //button[text()='Stop the backtest']")
    assert owner.open("/studio/backtests").sees("failed")
    assert visit("sun.ke", "zh").open(page).sees("它无法继续，已经结束。", "<b> is gone")


def test_it_leads_back_to_what_was_tried(owner, engine, cases):
    draft = engine.sketch_begin(by=OWNER, files=bytes_of(ASKS_MORE))
    page = begun(owner).path

    def back():
        return owner.open(page).page.xpath("//header[@class='page-head']//a/@href")

    assert back() == [f"/studio/sketches/{draft.id}/check"] and owner.sees("Back to the draft")
    proposal = engine.propose(ASKS_MORE, by=OWNER, reason="more to ask").id
    assert back() == [f"/studio/proposals/{proposal}"] and owner.sees("Back to the proposal")
    engine.reject(proposal, by=OWNER)
    other = {"forms/ask.json": tiny.form(NOTE).encode()}
    engine.sketch_save(draft.id, draft.revision, other, by=OWNER)
    assert back() == ["/studio/loan"] and owner.sees("Back to the process")


def test_it_reads_chinese(visit, engine, cases):
    owner = visit("sun.ke", lang="zh")
    begun(owner)
    engine.run_due()
    assert owner.open(owner.path).sees("草稿的回测", "缺少数据", "“more”需要填写：Note")


def test_the_page_of_a_proposal_shows_the_backtest_of_exactly_its_files(owner, engine, cases):
    page = f"/studio/proposals/{engine.propose(ASKS_MORE, by=OWNER, reason='more to ask').id}"
    assert owner.open(page).sees("No backtest was made with exactly these files.", "Try finished cases")
    (digest,) = owner.page.xpath("//form[@action='/studio/backtests']/input[@name='bundle']/@value")
    owner.post("/studio/backtests", {"bundle": digest, "sample": "", "seed": ""})
    engine.run_due()
    assert owner.open(page).sees("Backtest of 3 of 3 cases", "0 of 3 cases are decided", "more asks for Note")


# The command line


@pytest.fixture
def url(tmp_path):
    """A database with finished cases."""
    made = f"sqlite:///{tmp_path / 'cases.db'}"
    with open_engine(made, policy=Policy()) as plain:
        finish(plain, 5)
    return made


def folder_of(path, files):
    for name, body in bytes_of(files).items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(body)
    return str(path)


def ran(capsys, *arguments):
    code = main(arguments)
    return code, capsys.readouterr().out


def test_the_same_is_zero(capsys, url, tmp_path):
    code, said = ran(capsys, "--database", url, "backtest", folder_of(tmp_path / "loan", tiny.one_task()))
    assert code == 0
    assert said.splitlines()[0] == "loan: 5 finished cases; 5 of them decided (100.0 %)."


def test_what_differs_is_one_and_is_listed(capsys, url, tmp_path):
    given = ("backtest", folder_of(tmp_path / "loan", ASKS_MORE), "--database", url)
    code, said = ran(capsys, *given, "--json", "--sample", "2", "--seed", "s")
    found = json.loads(said)
    assert code == 1 and found["outcomes"] == {"needs_data": 2} and found["decided"] == 0
    assert (found["population"], found["sample"], found["seed"]) == (5, 2, "s")
    assert [one["fields"] for one in found["different"]] == [{"more": ["note"]}] * 2
    assert ran(capsys, *given, "--json", "--sample", "2", "--seed", "s")[1] == said
    with open_engine(url) as engine:
        assert engine.batches(SYSTEM) == [] and len(engine.deployments()) == 1


def test_what_is_no_bundle_is_one_and_wrong_use_is_two(capsys, url, tmp_path):
    broken = {**tiny.one_task(), "loan.bpmn": "<definitions"}
    assert ran(capsys, "--database", url, "backtest", folder_of(tmp_path / "loan", broken))[0] == 1
    assert (
        ran(capsys, "--database", url, "backtest", folder_of(tmp_path / "ok", tiny.one_task()), "--sample", "0")[0] == 2
    )
    assert ran(capsys, "--database", url, "backtest", str(tmp_path / "nothing"))[0] == 2


@pytest.mark.slow
def test_several_processes_come_to_the_same(capsys, url, tmp_path):
    given = ("backtest", folder_of(tmp_path / "loan", ASKS_MORE), "--database", url, "--json")
    assert ran(capsys, *given, "--jobs", "2") == ran(capsys, *given)
