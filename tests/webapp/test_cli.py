"""The command line: answers, JSON, exit codes, on databases of its own."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path

import pytest

from engine import Actor, open_engine
from webapp.bootstrap import DIAGRAMS
from webapp.cli import main

WORDING = DIAGRAMS / "shared" / "wording"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cases.db'}"


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, capsys.readouterr().out


def test_check_says_what_is_wrong_and_whether(capsys, url, tmp_path):
    assert ran(capsys, "--database", url, "check", str(WORDING)) == (0, "0 errors, 0 other findings.\n")
    (tmp_path / "broken.bpmn").write_text("<definitions")
    code, said = ran(capsys, "check", str(tmp_path / "broken.bpmn"), "--database", url, "--json")
    (finding,) = [one for one in json.loads(said) if one["severity"] == "error"]
    assert (code, finding["rule"]) == (1, "malformed-xml")


def test_deploy_puts_a_version_in_force_once(capsys, url):
    for _ in range(2):
        code, said = ran(capsys, "deploy", str(WORDING), "--json", "--database", url, "--reason", "because")
        assert code == 0 and {name: json.loads(said)[name] for name in ("key", "version")} == {
            "key": "wording",
            "version": 1,
        }
    with open_engine(url) as engine:
        assert [(one.by, one.reason) for one in engine.deployments("wording")] == [("system", "because")]


def test_a_refused_bundle_is_not_deployed(capsys, url, tmp_path):
    (tmp_path / "empty.bpmn").write_text("<definitions/>")
    code, said = ran(capsys, "deploy", str(tmp_path / "empty.bpmn"), "--database", url)
    assert code == 1 and "error" in said
    with open_engine(url) as engine:
        assert engine.deployments() == []


@pytest.fixture
def case(url: str) -> str:
    task = (
        '<bpmn:manualTask id="a"><bpmn:extensionElements><s:taskMetadataValues>'
        '<s:taskMetadataValue name="candidateGroups" value="csr"/></s:taskMetadataValues></bpmn:extensionElements></bpmn:manualTask>'
    )
    source = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x" '
        'xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"><bpmn:process id="p" isExecutable="true">'
        f'<bpmn:startEvent id="s"/>{task}<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        '<bpmn:sequenceFlow id="g" sourceRef="a" targetRef="e"/></bpmn:process></bpmn:definitions>'
    )
    with open_engine(url) as engine:
        engine.deploy({"p.bpmn": source}, by=Actor("olga", {"process_owner"}))
        return engine.start("p", {"x": 1}, by=Actor("ann", {"csr"})).number


def test_verify_finds_nothing_in_a_sound_history_and_names_what_was_changed(capsys, url, case):
    code, said = ran(capsys, "verify", "--database", url)
    assert code == 0 and said.startswith("No checkpoint") and said.endswith("1 cases, 1 steps, 0 cases not sound.\n")
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.execute("DROP TRIGGER step_no_update")
    connection.execute("UPDATE step SET actor = 'eve'")
    connection.commit()
    connection.close()
    code, said = ran(capsys, "verify", "--case", case, "--database", url, "--json")
    (found,) = json.loads(said)["unsound"]
    assert code == 1 and found["case"] == case and [one["step"] for one in found["problems"]] == [1]


@pytest.mark.parametrize("arguments", [("verify", "--case", "INQ-1"), ("check", "no/such/folder"), ()])
def test_wrong_use_is_two(capsys, url, arguments, monkeypatch):
    monkeypatch.setenv("FUNDCASE_DATABASE", url)
    assert main(arguments) == 2


def test_an_unknown_command_is_two(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["nonsense"])
    assert stopped.value.code == 2


def test_the_worker_runs_what_is_due_and_upgrade_has_nothing_to_do(capsys, url, case):
    assert ran(capsys, "worker", "--once", "--database", url) == (0, "0 jobs were run.\n")
    code, said = ran(capsys, "upgrade", "--json", "--database", url)
    assert code == 0 and json.loads(said)["revision"]


def test_somebody_who_was_added_may_log_in(capsys, url, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    code, said = ran(capsys, "staff", "ann.li", "--name", "Ann Li", "--groups", "csr,csl", "--database", url)
    assert (code, said) == (0, "Ann Li may log in as ann.li.\n")
    from workflows import Directory

    with open_engine(url) as engine:
        directory = Directory(engine.database.reading, engine.database.writing)
        person = directory.authenticate("ann.li", "correct horse battery")
        assert person is not None and set(person.groups) == {"csr", "csl"}
        assert directory.authenticate("ann.li", "wrong") is None


@pytest.mark.slow
def test_the_benchmark_measures_a_completion(capsys):
    code, said = ran(capsys, "bench", "--small", "--only", "completion", "--json")
    found = {(one["database"], one["name"]): one for one in json.loads(said)["rows"]}
    assert found["SQLite", "its statements, without BEGIN and COMMIT"]["value"] <= 8
    assert found["SQLite", "one durable completion, ten fields"]["ratio"] > 0 and code in (0, 1)


def test_insight_adds_up_what_has_ended_and_rebuilds(capsys, url):
    from engine import SYSTEM
    from tests.engine import tiny

    with open_engine(url) as engine:
        engine.deploy(tiny.one_task(), by=Actor("olga", {"process_owner"}))
        case = engine.start("loan", by=SYSTEM)
        engine.complete(f"{case.id}.1.2", {"approved": True}, by=SYSTEM)
    assert ran(capsys, "insight", "--database", url) == (0, "1 case was added up.\n")
    assert json.loads(ran(capsys, "insight", "--json", "--database", url)[1]) == {"cases": 0}
    assert ran(capsys, "insight", "--rebuild", "--database", url) == (0, "1 case was added up.\n")
