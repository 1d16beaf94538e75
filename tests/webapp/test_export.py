"""Event logs from the page and from the command line: who gets which, what is in it, what is on record."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from engine import SYSTEM
from tests.engine.export.logs import ocel, xes
from tests.engine.watching import rows
from webapp.bootstrap import export_key_of
from webapp.cli import main

from .desk import IDENTIFY, walk_to
from .house import settings_in

PAGE = "/audit/export"


@pytest.fixture
def case(visit, engine):
    """A case about a customer, taken by a member of the staff."""
    walk_to(visit("li.na"), IDENTIFY)
    (one,) = engine.cases()
    return one


def test_the_page_offers_what_one_may_have(visit, case):
    assert visit("he.jing").open(PAGE).sees("Export for analysis", "1 case so far", "Ids instead of pseudonyms")
    owner = visit("sun.ke").open(PAGE)
    assert owner.sees("Event log for process mining") and not owner.sees("Ids instead of pseudonyms")
    assert visit("li.na").open(PAGE).status == 404


@pytest.mark.parametrize("who", ["he.jing", "sun.ke"])
def test_a_log_with_pseudonyms(visit, engine, case, who):
    visitor = visit(who)
    visitor.open(PAGE)
    visitor.post(PAGE, {"format": "xes", "key": "inquiry"})
    answer = visitor.response
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="inquiry-20261120.xes"'
    assert answer.is_streamed or answer.get_data()
    ((trace, events),) = xes(answer.get_data())
    assert trace["customer"].startswith("customer-") and events
    for planted in (case.customer, case.started_by, case.number):
        assert planted.encode() not in answer.get_data()
    assert [row for row in rows(engine, "reading") if row["kind"] == "exported"] == []


def test_a_log_of_objects(visit, case):
    visitor = visit("he.jing")
    visitor.open(PAGE)
    visitor.post(PAGE, {"format": "ocel"})
    assert visitor.response.mimetype == "application/json"
    assert {one["type"] for one in ocel(visitor.response.get_data())["objects"]} >= {"case", "task", "customer"}


def test_names_need_a_reason_and_are_on_record(visit, engine, case):
    visitor = visit("he.jing")
    visitor.open(PAGE)
    visitor.post(PAGE, {"format": "xes", "names": "1", "reason": "abc", "key": "inquiry"})
    assert visitor.status == 422 and visitor.sees("Write what you need the names for, in at least 5 characters")
    assert visitor.value("reason") == "abc" and visitor.page.get_element_by_id("key").value == "inquiry"
    visitor.post(PAGE, {"format": "xes", "names": "1", "reason": "a complaint about staff", "key": "inquiry"})
    ((trace, _),) = xes(visitor.response.get_data())
    assert (trace["concept:name"], trace["customer"]) == (case.id, case.customer)
    (row,) = (row for row in rows(engine, "reading") if row["kind"] == "exported")
    assert (row["actor"], row["case_id"], row["reason"]) == ("he.jing", int(case.id), "a complaint about staff")


def test_names_are_for_auditors(visit, engine, case):
    visitor = visit("sun.ke")
    visitor.open(PAGE)
    visitor.post(PAGE, {"format": "xes", "names": "1", "reason": "curious about staff"})
    assert visitor.status in (403, 404) and [row for row in rows(engine, "reading") if row["kind"] == "exported"] == []


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"key": "complaint"}, 0),
        ({"status": "completed"}, 0),
        ({"status": "open", "version": "1"}, 1),
        ({"since": "2026-11-20", "until": "2026-11-20"}, 1),
        ({"until": "2026-11-19"}, 0),
        ({"since": "2026-11-21"}, 0),
    ],
)
def test_the_form_chooses(visit, case, chosen, found):
    visitor = visit("he.jing")
    visitor.open(f"{PAGE}?{'&'.join(f'{name}={value}' for name, value in chosen.items())}")
    assert visitor.sees(f"{found} case{'' if found == 1 else 's'} so far")
    visitor.post(PAGE, {"format": "xes", **chosen})
    assert len(xes(visitor.response.get_data())) == found


@pytest.mark.parametrize("wrong", [{"key": "nonsense"}, {"status": "x"}, {"since": "x"}, {"format": "csv"}])
def test_what_cannot_be_chosen_is_no_page(visit, wrong):
    visitor = visit("he.jing")
    visitor.open(PAGE)
    assert visitor.post(PAGE, wrong).status == 404


# The command line


@pytest.fixture
def command(folder, engine, case, monkeypatch):
    """Run the command on the installation."""
    monkeypatch.setattr("webapp.commands.log.Settings", lambda database: settings_in(folder))

    def run(*arguments):
        return main(["--database", f"sqlite:///{folder / 'fundcase.db'}", "export", *map(str, arguments)])

    return run


@pytest.mark.parametrize("format", ["xes", "ocel"])
def test_the_command_writes_a_log(command, folder, engine, case, tmp_path, capsys, format):
    target = tmp_path / "log"
    assert command("--format", format, "--process", "inquiry", "--since", "2026-11-20", "--output", target) == 0
    assert capsys.readouterr().out == f"{target}: 1 cases.\n"
    key = export_key_of(settings_in(folder))
    assert target.read_bytes() == b"".join(engine.export_log(format, by=SYSTEM, key=key))
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["log"]


def test_the_command_says_what_it_wrote(command, case, tmp_path, capsys):
    target = tmp_path / "log"
    assert command("--format", "xes", "--case", case.number, "--until", "2026-11-19", "--json", "--output", target) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(target), "cases": 0}
    assert xes(target.read_bytes()) == []


def test_names_from_the_command_line_need_a_reason(command, engine, case, tmp_path, capsys):
    target = tmp_path / "log"
    assert command("--format", "xes", "--names", "--output", target) == 2
    assert "why the export needs names" in capsys.readouterr().err and not target.exists()
    assert command("--format", "xes", "--names", "--reason", "an audit", "--by", "li.na", "--output", target) == 2
    assert not target.exists()
    assert command("--format", "xes", "--names", "--reason", "an audit", "--by", "he.jing", "--output", target) == 0
    assert case.customer in target.read_text() and ElementTree.parse(target)
    (row,) = (row for row in rows(engine, "reading") if row["kind"] == "exported")
    assert (row["actor"], row["reason"]) == ("he.jing", "an audit")


@pytest.mark.parametrize(
    "arguments",
    [(), ("--format", "xes"), ("--format", "xes", "--since", "yesterday", "--output", "x"), ("--format", "csv")],
)
def test_wrong_use(command, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        assert command(*arguments) == 2
    except SystemExit as error:
        assert error.code == 2
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []
