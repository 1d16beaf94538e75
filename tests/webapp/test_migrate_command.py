"""`fundcase migrate`: what it prints, what it answers, and that it moves only what it said."""

from __future__ import annotations

import json

import pytest

from engine import SYSTEM, open_engine
from tests.engine.moving.loans import one
from webapp.cli import main

RENAMED = {"elements": {"ask": "question"}}


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture
def cases(url):
    """Two open cases of version 1, and version 2, in which their task is called otherwise."""
    with open_engine(url) as engine:
        engine.deploy(one(), by=SYSTEM)
        found = [engine.start("loan", {"amount": amount}, by=SYSTEM).id for amount in (1, 2)]
        engine.deploy(one("question"), by=SYSTEM)
    return found


@pytest.fixture
def run(url, capsys):
    def ran(*arguments):
        code = main(["migrate", *map(str, arguments), "--database", url])
        return code, capsys.readouterr()

    return ran


def versions(url, cases):
    with open_engine(url) as engine:
        return [engine.case(case_id).version for case_id in cases]


def written(tmp_path, said):
    (tmp_path / "mapping.json").write_text(json.dumps(said))
    return tmp_path / "mapping.json"


def test_tried_mapped_and_moved(run, cases, url, tmp_path):
    code, said = run("loan", "--to", "2", "--dry-run")
    assert code == 1 and said.out.endswith("2 cases: 2 mapping.\n")
    assert "mapping (ask removed, perhaps question)" in said.out and said.err == ""
    mapping = written(tmp_path, RENAMED)
    code, said = run("loan", "--to", "2", "--dry-run", "--mapping", mapping)
    assert (code, said.out) == (0, "2 cases: 2 safe.\n") and versions(url, cases) == [1, 1]
    code, said = run("loan", "--to", "2", "--mapping", mapping, "--json", "--reason", "renamed")
    found = json.loads(said.out)
    assert code == 0 and (found["kind"], found["total"], found["outcomes"]) == ("migration", 2, {"moved": 2})
    assert versions(url, cases) == [2, 2]
    with open_engine(url) as engine:
        assert engine.history(cases[0])[-1].input["reason"] == "renamed"
    assert run("loan", "--to", "2")[1].out == "0 cases: none.\n"


def test_a_batch_that_could_not_go_on_is_found(run, cases, tmp_path, monkeypatch):
    def broken(*_):
        raise OSError("no room")

    monkeypatch.setattr("engine.batches.rows.next_cases", broken)
    code, said = run("loan", "--to", "2", "--mapping", written(tmp_path, RENAMED))
    assert code == 1 and said.out == "It could not go on: OSError: no room\n2 cases: none.\n"


def test_what_is_left_is_found(run, cases, url, tmp_path):
    with open_engine(url) as engine:
        engine.suspend(cases[0], by=SYSTEM, reason="waits")
    code, said = run("loan", "--to", "2", "--mapping", written(tmp_path, RENAMED))
    assert code == 1 and "skipped (suspended)" in said.out and "1 moved, 1 skipped" in said.out
    assert versions(url, cases) == [1, 2]


def test_a_draft_is_tried_from_its_folder(run, cases, url, tmp_path):
    for path, body in one("third").items():
        (tmp_path / "draft" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "draft" / path).write_text(body)
    mapping = written(tmp_path, {"elements": {"ask": "third"}, "script": "twice = amount * 2"})
    code, said = run("loan", "--to", tmp_path / "draft", "--dry-run", "--mapping", mapping)
    assert (code, said.out) == (0, "2 cases: 2 safe.\n")
    assert run("loan", "--to", tmp_path / "draft")[0] == 2
    with open_engine(url) as engine:
        assert len(engine.deployments("loan")) == 2 and engine.verify_whole().problems == ()


def test_only_cases_of_one_version(run, cases, url, tmp_path):
    with open_engine(url) as engine:
        engine.start("loan", by=SYSTEM)
        engine.deploy(one("question", label="Ask again"), by=SYSTEM)
    assert run("loan", "--to", "3", "--from", "2", "--dry-run")[1].out == "1 cases: 1 safe.\n"
    code, said = run("loan", "--to", "3", "--from", "2")
    assert (code, said.out) == (0, "1 cases: 1 moved.\n") and versions(url, [*cases, "3"]) == [1, 1, 3]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"elements": {"nothing": "question"}}, "no version that cases come from has nothing"),
        ({"elements": {"ask": "nothing"}}, "has no nothing"),
        ({"elements": {}, "script": "a = ("}, "not good"),
        ({"elements": {}, "script": "a = phone"}, "personal"),
        ({"map": {}}, "write"),
        ([], "write"),
        ({"elements": {}, "to": "0" * 64}, "for other versions"),
    ],
)
def test_wrong_use(run, cases, url, tmp_path, said, message):
    code, printed = run("loan", "--to", "2", "--mapping", written(tmp_path, said))
    assert code == 2 and message in printed.err and versions(url, cases) == [1, 1]


def test_what_there_is_not(run, cases, tmp_path):
    for arguments in (("loan", "--to", "9"), ("nothing", "--to", "1"), ("loan", "--to", "2", "--from", "9")):
        assert run(*arguments)[0] == 2
    assert run("loan", "--to", "2", "--mapping", tmp_path / "none.json")[0] == 2
