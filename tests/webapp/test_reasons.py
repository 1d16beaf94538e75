"""Reasons and remarks have an end: nobody keeps a book in a history, and nothing that was written is cut or lost."""

from __future__ import annotations

import sqlite3

import pytest

from engine import SYSTEM, Actor
from engine.errors import Refusal
from engine.reasons import LONGEST
from tests.webapp.desk import IDENTIFY, NEED, walk_to

LONG, FITS = "so long " * (LONGEST // 8) + "!", "y" * LONGEST
OWNER, LEAD, AUDITOR = Actor("sun.ke", {"process_owner"}), Actor("wang.lei", {"csl"}), Actor("he.jing", {"auditor"})
SAID = "Write at most 2,000 characters; these are 2,001"


@pytest.fixture
def scene(visit, engine):
    """An inquiry that Li Na has, and a proposal of each kind."""
    task = walk_to(visit("li.na"), IDENTIFY, NEED)
    engine.claim(task, by=Actor("li.na", {"csr"}))
    files = dict(engine.bundle(engine.deployments("inquiry")[0].bundle).files)
    files["inquiry.bpmn"] = files["inquiry.bpmn"].replace(b'name="Call back once"', b'name="Call back"')
    bundle = engine.propose(files, by=OWNER, reason="A better name").id
    values = engine.propose_configuration({"SURVEY_PAUSE_DAYS": 31}, by=OWNER, reason="A longer pause").id
    batch = engine.dry_run(files, by=OWNER).id
    return {"case": task.split(".")[0], "task": task, "bundle": bundle, "values": values, "batch": batch}


FIELDS = [
    ("wang.lei", "/cases/{case}/suspension", {}),
    ("wang.lei", "/cases/{case}/cancellation", {}),
    ("wang.lei", "/cases/{case}/tasks/{task}/skip", {}),
    ("wang.lei", "/tasks/{task}/assignment", {"to": "xu.kai"}),
    ("he.jing", "/cases/{case}/evidence", {}),
    ("he.jing", "/audit/export", {"names": "1"}),
    ("he.jing", "/audit/samples", {"key": "inquiry", "size": "1"}),
    ("sun.ke", "/admin/parameters/SURVEY_PAUSE_DAYS/proposals", {"value": "40"}),
    ("sun.ke", "/studio/inquiry/rollouts", {"version": "1", "percent": "50"}),
    ("li.na", "/customers/C000001/personal/mobile", {}),
]
REMARKS = [
    ("/studio/proposals/{bundle}/approval", "remark"),
    ("/studio/proposals/{bundle}/rejection", "remark"),
    ("/admin/parameters/proposals/{values}/approval", "remark"),
    ("/admin/parameters/proposals/{values}/rejection", "remark"),
]


def longest(folder):
    """The most characters that stand in any text of the database, but for contents and pictures of bundles."""
    with sqlite3.connect(folder / "fundcase.db") as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = []
        for table in tables:
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            for name in {"reason", "remark"} & set(columns):
                found.append(database.execute(f'SELECT max(length("{name}")) FROM "{table}"').fetchone()[0] or 0)
        assert len(LONG) == LONGEST + 1
        steps = database.execute("SELECT count(*) FROM step WHERE instr(input, ?)", (LONG,)).fetchone()[0]
    assert len(found) > 5 and steps == 0
    return max(found)


@pytest.mark.parametrize(("person", "path", "more"), FIELDS)
def test_a_reason_that_is_too_long_is_told_at_its_field(visit, scene, folder, person, path, more):
    address = path.format(**scene)
    visitor = visit(person).open("/inbox")
    visitor.post(address, more | {"reason": LONG})
    assert visitor.status == 422 and SAID in visitor.text, address
    assert LONG in visitor.text, "what was written stays"
    assert longest(folder) < LONGEST


@pytest.mark.parametrize(("path", "field"), REMARKS)
def test_a_remark_that_is_too_long_changes_nothing_and_is_not_lost(visit, scene, folder, path, field):
    visitor = visit("qian.wen").open("/inbox")
    visitor.post(path.format(**scene), {field: LONG})
    assert visitor.status == 422 and visitor.sees("This text is too long to be kept") and LONG in visitor.text
    assert longest(folder) < LONGEST
    assert visit("qian.wen", "zh").open("/inbox").post(path.format(**scene), {field: LONG}).sees("文字过长，无法保存")


def test_what_fits_is_kept_whole(visit, scene, engine):
    visitor = visit("wang.lei").open("/inbox")
    visitor.post(f"/cases/{scene['case']}/suspension", {"reason": FITS})
    assert visitor.status == 200 and engine.history(scene["case"])[-1].input["reason"] == FITS


def test_the_engine_itself_refuses_what_is_too_long(scene, engine):
    """Whoever calls it from a script finds the same end."""
    case, task = scene["case"], scene["task"]
    calls = {
        "cancel": lambda: engine.cancel(case, by=LEAD, reason=LONG),
        "assign": lambda: engine.assign(task, to="xu.kai", by=LEAD, reason=LONG),
        "deploy": lambda: engine.deploy(engine.bundle(engine.case(case).bundle).files, by=SYSTEM, reason=LONG),
        "roll out": lambda: engine.roll_out("inquiry", 1, 50, by=SYSTEM, reason=LONG),
        "configure": lambda: engine.configure(parameters={}, by=SYSTEM, reason=LONG),
        "propose": lambda: engine.propose_configuration({"SURVEY_PAUSE_DAYS": 9}, by=OWNER, reason=LONG),
        "hold": lambda: engine.hold(case, by=Actor("tan.xin", {"dpo"}), reason=LONG),
        "move": lambda: engine.migrate_all("inquiry", to=1, by=OWNER, reason=LONG, cases=[case]),
    }
    for name, call in calls.items():
        with pytest.raises(Refusal) as refused:
            call()
        assert refused.value.data == {"bound": "reason", "most": LONGEST}, name
