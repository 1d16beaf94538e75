"""An independent reader finds in both files what the database holds; it is installed with the slow tests."""

import shutil
import warnings
from collections import Counter

import pytest
from sqlalchemy import select

from engine import SYSTEM, open_engine
from engine.canonical import read
from tests.engine.export.logs import KEY
from tests.engine.watching import rows
from webapp.bootstrap import Settings
from webapp.seeding import seed
from workflows.tables import customer, staff

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # what others warn of is no fault of ours


@pytest.fixture(scope="module")
def pm4py():
    """The reader; it greets whoever imports it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pm4py

    return pm4py


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An engine on the sample cases, and a folder with both logs of them."""
    folder = tmp_path_factory.mktemp("house")
    settings = Settings(database=f"sqlite:///{folder / 'fundcase.db'}", instance=folder, demo=True, environment={})
    seed(settings, cases=12, days=12)
    with open_engine(settings.database) as engine:
        for format, end in (("xes", "xes"), ("ocel", "jsonocel")):
            with (folder / f"log.{end}").open("wb") as out:
                out.writelines(engine.export_log(format, by=SYSTEM, key=KEY))
        yield engine, folder
    shutil.rmtree(folder)


def counted(engine):
    """What the histories say by themselves, without the code of the export: of tasks, ends, cases, people."""
    found, people, versions = Counter(), set(), set()
    for step in rows(engine, "step"):
        given, effects = read(step["input"]), read(step["effects"])
        found["case.start"] += step["kind"] == "started"
        found["completed"] += step["kind"] == "completed"
        found["breached"] += step["kind"] == "breached"
        found["created"] += sum(1 for effect in effects if effect[0] == "offered")
        found["case.close"] += sum(1 for effect in effects if effect[0] == "ended")
        people.add(step["actor"])
        versions |= {(given["key"], given["version"])} if "version" in given else set()
    return found, people, versions


def test_a_log_of_traces(pm4py, house):
    engine, folder = house
    found, people, _ = counted(engine)
    log = pm4py.read_xes(str(folder / "log.xes"), show_progress_bar=False)
    assert log["case:concept:name"].nunique() == len(rows(engine, "case_file")) == engine.exportable(by=SYSTEM)
    names = Counter(log["concept:name"])
    assert {name: names[name] for name in ("case.start", "case.close")} == {
        name: found[name] for name in ("case.start", "case.close")
    }
    tasks = log[log["activityType"].isin(["userTask", "manualTask"])]
    lives = Counter(tasks["lifecycle"])
    assert (lives["create"], lives["complete"], lives["breach"]) == tuple(
        found[name] for name in ("created", "completed", "breached")
    )
    assert log["eventId"].is_unique and log["org:resource"].nunique() == len(people | {"system"})
    assert str(log["time:timestamp"].dtype).endswith("UTC]")
    dfg, starts, ends = pm4py.discover_dfg(log)
    assert dfg and starts == {"case.start": found["case.start"]} and sum(ends.values()) == found["case.start"]


def test_the_lives_of_tasks_are_in_order(pm4py, house):
    """What is measured from a log rests on create, assign, start and complete in this order."""
    _, folder = house
    log = pm4py.read_xes(str(folder / "log.xes"), show_progress_bar=False)
    tasks = log[log["activityType"].isin(["userTask", "manualTask"])]
    for _, life in tasks.groupby("activityInstanceId", sort=False):
        words = list(life["lifecycle"])
        assert words[0] == "create" and list(life["time:timestamp"]) == sorted(life["time:timestamp"])
        places = [words.index(word) for word in ("create", "assign", "start", "complete") if word in words]
        assert places == sorted(places) and ("complete" not in words or len(places) == 4)


def test_a_log_of_objects(pm4py, house):
    engine, folder = house
    found, people, versions = counted(engine)
    log = pm4py.read_ocel2_json(str(folder / "log.jsonocel"))
    kinds = Counter(log.objects["ocel:type"])
    cases = rows(engine, "case_file")
    assert kinds == {
        "case": len(cases),
        "task": found["created"],
        "customer": len({row["customer"] for row in cases} - {None}),
        "actor": len(people | {"system"}),
        "process version": len(versions),
    }
    flat = pm4py.read_xes(str(folder / "log.xes"), show_progress_bar=False)
    assert Counter(log.events["ocel:activity"]) == Counter(flat["concept:name"])
    assert set(log.relations["ocel:oid"]) <= set(log.objects["ocel:oid"])
    assert len(log.events) == len(flat) == log.events["ocel:eid"].nunique()
    per_case = log.relations[log.relations["ocel:type"] == "case"]
    assert len(per_case) == len(flat)


def texts(value):
    """Every text of more than one word in some data."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {text for item in value for text in texts(item)}
    return {value} if isinstance(value, str) and (" " in value.strip() or not value.isascii()) else set()


@pytest.mark.parametrize("name", ["log.xes", "log.jsonocel"])
def test_nobody_can_be_told_from_a_log(house, name):
    """What names or reaches somebody in the sample data is not in it, and nothing that anybody typed."""
    engine, folder = house
    content = (folder / name).read_text(encoding="utf-8")
    planted = {row["number"] for row in rows(engine, "case_file")}
    with engine.database.reading() as connection:
        for row in connection.execute(select(customer)).mappings():
            planted |= {row[field] for field in ("id", "name", "name_latin", "id_number", "mobile", "email")}
        for row in connection.execute(select(staff)).mappings():
            planted |= {row["id"], row["name"], row["name_zh"]}
    for step in rows(engine, "step"):
        planted |= texts(read(step["input"]).get("values", {})) | texts(read(step["input"]).get("data", {}))
    planted -= {None, ""}
    assert len(planted) > 200 and [one for one in planted if one in content] == []
