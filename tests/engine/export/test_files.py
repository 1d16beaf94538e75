"""The files: what they hold, whom they name, what no name in them can break, and that they are written as they are read."""

import json
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from engine import SYSTEM, Actor, NotAllowed, Policy, Refusal, open_engine
from engine.export import Event, Pseudonyms, Selection, Subject, ocel, xes
from engine.export.selecting import STEPS, entries, heads
from tests.benchmarks.copies import multiply
from tests.engine import tiny
from tests.engine.export import logs
from tests.engine.export.logs import KEY, exported
from tests.engine.people import ANN, AUDREY, BEN, OLGA
from tests.engine.watching import rows

TASK = "1.1.2"
HOSTILE = 'O\'Neill "<&>" \U0001f642 \x01\x0b\t\n\ufffe]]>'
FIELDS = {
    "customer": {"type": "string"},
    "name": {"type": "string", "x-personal": True},
    "note": {"type": "string"},
    "amount": {"type": "number"},
    "kind": {"enum": ["A", HOSTILE]},
    "urgent": {"type": "boolean"},
    "time:timestamp": {"type": "integer"},
}
PERSONAL = ("Zhang Min", "C000042", "said on the phone", "ann.smith", "ben.jones")
ANNE, BENJAMIN = Actor("ann.smith", groups={"csr"}), Actor("ben.jones", groups={"csr"})


@pytest.fixture
def desk(engine):
    """Two cases of one process about a customer, the second from the first, and one of another; much in them is personal."""
    form = tiny.form({name: one for name, one in FIELDS.items() if name != "customer"}, required=())
    loan = tiny.one_task(
        task=tiny.ask("ask", form="forms/full.json"),
        start=FIELDS,
        process={"customer": "customer", "subject": "note"},
        forms_full=form,
    )
    engine.deploy(loan, by=OLGA)
    engine.deploy(tiny.one_task("other"), by=OLGA)
    given = {"customer": "C000042", "name": "Zhang Min", "note": "said on the phone", "amount": Decimal("19.99")}
    engine.start("loan", {**given, "kind": HOSTILE}, by=ANNE)
    engine.complete(TASK, {"urgent": True, "note": "Zhang Min was heard", "time:timestamp": 7}, by=BENJAMIN)
    engine.start("loan", given, by=ANNE, parent="1")
    engine.start("other", by=ANNE)
    return engine


@pytest.mark.parametrize("format", ["xes", "ocel"])
def test_pseudonyms_name_nobody(desk, format):
    content = exported(desk, format).decode()
    assert len(content) > 1000
    for planted in (*PERSONAL, "Zhang", "LOA-", "heard"):
        assert planted not in content and json.dumps(planted)[1:-1] not in content, planted


def test_the_same_person_has_the_same_pseudonym_in_every_export(desk):
    first, again = ({event["org:resource"] for _, events in logs.xes(exported(desk)) for event in events} for _ in "12")
    log = logs.ocel(exported(desk, "ocel"))
    assert first == again == {one["id"].removeprefix("actor:") for one in log["objects"] if one["type"] == "actor"}
    assert Pseudonyms(KEY)("person", "ann.smith") in first and "system" in first and len(first) == 3
    assert first & {Pseudonyms(KEY + b"2")("person", "ann.smith"), Pseudonyms(KEY)("customer", "ann.smith")} == set()


def test_the_same_id_of_two_kinds_has_nothing_in_common():
    person, customer = (Pseudonyms(KEY)(kind, "17").removeprefix(kind) for kind in ("person", "customer"))
    assert person != customer and person == Pseudonyms(KEY)("person", "17").removeprefix("person")


def test_a_key_is_no_word():
    with pytest.raises(ValueError, match="16 bytes"):
        Pseudonyms(b"short")


def test_names_need_an_auditor_and_a_reason_and_are_on_record(desk, clock):
    for who in (ANN, OLGA):
        with pytest.raises(NotAllowed):
            desk.export_log("xes", by=who, key=None, reason="curious")
    with pytest.raises(Refusal):
        desk.export_log("xes", by=AUDREY, key=None, reason="  ")
    assert rows(desk, "reading") == []
    selection = Selection(key="loan")
    content = b"".join(desk.export_log("xes", selection, by=AUDREY, key=None, reason=" a complaint about staff "))
    assert b"ann.smith" in content and b"C000042" in content
    for planted in (b"Zhang", b"said on the phone", b"LOA-"):
        assert planted not in content
    found = rows(desk, "reading")
    assert [row["case_id"] for row in found] == [1, 2]
    for row in found:
        assert (row["kind"], row["actor"], row["reason"]) == ("exported", "audrey", "a complaint about staff")
        assert row["reference"] == "xes: loan" and datetime.fromisoformat(row["at"]) == clock.now()


def test_pseudonyms_need_one_who_reads_every_case(desk):
    assert exported(desk, by=AUDREY) and exported(desk, by=OLGA) and rows(desk, "reading") == []
    with pytest.raises(NotAllowed):
        desk.export_log("xes", by=BEN, key=KEY)


def test_what_somebody_may_not_see_is_not_in_it(opened):
    engine = opened(policy=Policy(confidential={"aml": frozenset({"aml"})}))
    engine.deploy(tiny.one_task("secret", process={"confidentiality": "aml", "prefix": "SEC"}), by=OLGA)
    engine.start("secret", by=Actor("amy", groups={"aml", "csr"}))
    assert logs.xes(exported(engine, by=AUDREY)) == [] and engine.exportable(by=AUDREY) == 0
    assert len(logs.xes(exported(engine, by=SYSTEM))) == engine.exportable(by=SYSTEM) == 1


def test_selections(desk, clock):
    clock.advance(days=1)
    desk.start("other", by=ANNE)
    now = clock.now()
    for selection, ids in (
        (Selection(), "1234"),
        (Selection(key="loan"), "12"),
        (Selection(key="loan", status="open"), "2"),
        (Selection(key="loan", version=2), ""),
        (Selection(since=now), "4"),
        (Selection(until=now), "123"),
        (Selection(ids=("3", "1", "99")), "13"),
        (Selection(ids=()), ""),
    ):
        content = b"".join(desk.export_log("xes", selection, by=AUDREY, key=None, reason="a test"))
        assert [trace["concept:name"] for trace, _ in logs.xes(content)] == list(ids), selection
        assert desk.exportable(selection, by=AUDREY) == len(ids)


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(), "all"),
        (Selection(key="loan", version=2, status="open"), "loan, version 2, open"),
        (Selection(since=datetime(2026, 3, 1, tzinfo=UTC)), "2026-03-01.."),
        (Selection(until=datetime(2026, 3, 1, tzinfo=UTC), ids=("1", "2")), "..2026-03-01, 2 cases"),
    ],
)
def test_a_selection_in_a_line(selection, said):
    assert selection.short == said


def test_an_object_centric_log(desk):
    log = logs.ocel(exported(desk, "ocel", key=None))
    objects = {one["id"]: one for one in log["objects"]}
    assert len(objects) == len(log["objects"]) and len({one["id"] for one in log["events"]}) == len(log["events"])
    links = [link["objectId"] for one in (*log["events"], *log["objects"]) for link in one["relationships"]]
    assert set(links) <= objects.keys()
    kinds = {kind: {one["id"] for one in log["objects"] if one["type"] == kind} for kind in ocel.OBJECTS}
    assert kinds == {
        "case": {"case:1", "case:2", "case:3"},
        "task": {"task:1.2", "task:2.2", "task:3.2"},
        "customer": {"customer:C000042"},
        "actor": {"actor:ann.smith", "actor:ben.jones", "actor:system"},
        "process version": {"process version:loan 1", "process version:other 1"},
    }
    assert objects["case:2"]["touched"] == {
        ("runs", "process version:loan 1"),
        ("is about", "customer:C000042"),
        ("came from", "case:1"),
    }
    assert objects["case:1"]["said"] == {"process": "loan", "status": "completed", "outcome": "end"}
    (done,) = (one for one in log["events"] if one["type"] == "ask" and one["said"]["lifecycle"] == "complete")
    assert done["touched"] == {
        ("in", "case:1"),
        ("by", "actor:ben.jones"),
        ("under", "process version:loan 1"),
        ("complete", "task:1.2"),
        ("for", "customer:C000042"),
    }
    assert done["said"]["data.urgent"] is True and done["said"]["data.time:timestamp"] == 7
    assert done["time"] == "2026-03-02T01:00:00.000Z"


def test_an_object_is_written_once_however_little_is_remembered(desk, monkeypatch):
    whole = exported(desk, "ocel")
    monkeypatch.setattr("engine.export.ocel.LATELY", 1)
    assert exported(desk, "ocel") == whole


def test_every_attribute_is_declared_with_its_type(desk):
    log = logs.ocel(exported(desk, "ocel"))
    types = {"string": str, "boolean": bool, "integer": int, "float": float}
    for all_of, kinds in ((log["events"], log["eventTypes"]), (log["objects"], log["objectTypes"])):
        declared = {kind["name"]: {one["name"]: types[one["type"]] for one in kind["attributes"]} for kind in kinds}
        for one in all_of:
            for name, value in one["said"].items():
                assert type(value) is declared[one["type"]][name], (name, value)


def test_a_case_whose_parent_is_not_in_the_log_still_names_it(desk):
    log = logs.ocel(exported(desk, "ocel", key=None, ids=("2",)))
    assert {one["id"]: one["said"] for one in log["objects"] if one["type"] == "case"}["case:1"] == {}


@pytest.mark.parametrize("format", ["xes", "ocel"])
def test_an_empty_log_is_a_log(engine, format):
    content = exported(engine, format)
    if format == "xes":
        assert logs.xes(content) == [] and len(list(logs.root(content).iter(f"{logs.NS}classifier"))) == 2
    else:
        log = json.loads(content)
        assert (log["events"], log["objects"], log["eventTypes"]) == ([], [], []) and len(log["objectTypes"]) == 5


def test_a_case_without_events_is_a_trace():
    case = a_case("1")
    text = "".join(xes.write([(case, iter(()))]))
    assert [(trace["concept:name"], events) for trace, events in logs.xes(text)] == [("1", [])]
    log = json.loads("".join(ocel.write([(case, iter(()))])))
    assert log["events"] == [] and {one["type"] for one in log["objects"]} == {"case", "process version", "customer"}


def test_no_name_breaks_a_file():
    """What a name may not be in XML becomes the character that says so; JSON holds everything."""
    event = an_event(
        name=HOSTILE, actor=HOSTILE, role=HOSTILE, values={HOSTILE: HOSTILE, "n": 1 << 70, "d": Decimal("1E+3")}
    )
    cases = lambda: [(a_case(HOSTILE), iter([event]))]  # noqa: E731
    ((trace, (found,)),) = logs.xes("".join(xes.write(cases())))
    seen = HOSTILE.replace("\x01", "\ufffd").replace("\x0b", "\ufffd").replace("\ufffe", "\ufffd")
    assert {trace["concept:name"], found["concept:name"], found["org:resource"], found["org:role"]} == {seen}
    assert found[f"data.{seen}"] == seen and (found["data.n"], found["data.d"]) == (str(1 << 70), "1000")
    (told,) = logs.ocel("".join(ocel.write(cases())))["events"]
    assert (told["type"], told["said"]["role"], told["said"][f"data.{HOSTILE}"]) == (HOSTILE,) * 3


def test_standard_extensions_and_globals(desk):
    log = ElementTree.fromstring(exported(desk))
    prefixes = {one.get("prefix"): one.get("uri") for one in log.iter(f"{logs.NS}extension")}
    assert prefixes == {
        name: f"http://www.xes-standard.org/{name}.xesext" for name in ("concept", "lifecycle", "time", "org")
    }
    keys = {one.get("scope"): {each.get("key") for each in one} for one in log.iter(f"{logs.NS}global")}
    assert keys == {"trace": {"concept:name"}, "event": {"concept:name", "time:timestamp", "lifecycle:transition"}}
    for trace in log.iter(f"{logs.NS}trace"):
        assert keys["trace"] <= {one.get("key") for one in trace}
        for event in trace.iter(f"{logs.NS}event"):
            names = [one.get("key") for one in event]
            assert keys["event"] <= set(names) and len(names) == len(set(names))


# As much as one likes


def a_case(case):
    return Subject(
        case=case,
        key="loan",
        version=1,
        status="open",
        started_at="2026-03-02T01:00:00.000000Z",
        last_at="2026-03-02T01:00:00.000000Z",
        ended_at=None,
        outcome=None,
        customer=f"customer of {case}",
        parent=None,
    )


def an_event(number=1, **said):
    plain = {
        "number": f"{number}.1",
        "at": "2026-03-02T01:00:00.000000Z",
        "activity": "ask",
        "name": "ask",
        "kind": "userTask",
        "instance": number,
        "lifecycle": "complete",
        "actor": "ann",
        "actor_type": "HUMAN",
        "role": "csr",
        "direction": "",
        "planned": True,
        "begun": True,
        "version": 1,
        "values": {"amount": Decimal("19.99")},
    }
    return Event(**plain | said)


def most_memory(texts):
    """The most bytes that were held while some texts were taken and dropped, one by one."""
    tracemalloc.start()
    try:
        for _ in texts:
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def small_pages(monkeypatch):
    """Little is read and remembered at once."""
    monkeypatch.setattr("engine.export.ocel.LATELY", 50)
    monkeypatch.setattr("engine.export.names.KEPT", 50)
    monkeypatch.setattr("engine.export.selecting.CASES", 25)
    monkeypatch.setattr("engine.export.selecting.STEPS", 25)


@pytest.mark.parametrize("write", [xes.write, ocel.write])
def test_a_writer_keeps_little_of_what_it_writes(small_pages, write):
    def memory(cases):
        said = ((a_case(str(case)), (an_event(number) for number in range(3))) for case in range(cases))
        return most_memory(write(said))

    memory(10)  # what is worked out once stays
    assert memory(500) < memory(50) + 50_000


@pytest.mark.slow
@pytest.mark.parametrize("format", ["xes", "ocel"])
def test_an_export_keeps_a_page_in_memory(ready_sqlite_url, clock, small_pages, format):
    with open_engine(ready_sqlite_url, clock=clock) as engine:  # a fixture would verify each of the cases
        engine.deploy(tiny.one_task(), by=OLGA)
        engine.start("loan", by=ANN)

        def memory():
            return most_memory(engine.export_log(format, by=SYSTEM, key=KEY))

        multiply(engine, "1", 100)
        memory()  # what is read once stays
        few = memory()
        multiply(engine, "101", 900)
        assert engine.exportable(by=SYSTEM) == 1_001 and memory() < few * 1.5


def test_a_case_of_many_steps_is_read_in_parts(engine, monkeypatch):
    monkeypatch.setattr("engine.export.selecting.STEPS", 3)
    engine.deploy(tiny.rounds(), by=OLGA)
    for _ in range(3):
        case = engine.start("rounds", by=ANN)
        for approved in (False, False, False, True):
            (task,) = engine.tasks(case.id)
            engine.complete(task.id, {"approved": approved}, by=ANN)
    parts = logs.xes(exported(engine))
    monkeypatch.setattr("engine.export.selecting.STEPS", STEPS)
    assert parts == logs.xes(exported(engine)) and [len(events) for _, events in parts] == [len(parts[0][1])] * 3


def test_what_happens_while_it_is_written_is_not_in_it(desk, monkeypatch):
    """A case is told up to where it stood when its page was read."""
    monkeypatch.setattr("engine.export.writing.CHUNK", 1)
    whole = exported(desk)
    pieces = desk.export_log("xes", by=SYSTEM, key=KEY)
    begun = next(pieces) + next(pieces)
    assert b"<trace>" in begun
    desk.complete("2.1.2", {"urgent": True}, by=BENJAMIN)
    assert begun + b"".join(pieces) == whole and exported(desk) != whole


def test_a_step_after_its_case_was_read_is_not_told(desk):
    (page,) = heads(desk.context, Selection(), SYSTEM)
    desk.complete("2.1.2", {"urgent": True}, by=BENJAMIN)
    told = [(row.id, [step.seq for step in steps]) for row, steps in entries(desk.context, page)]
    assert told == [(1, [1, 2]), (2, [1]), (3, [1])]


def test_progress_is_told_page_by_page(desk, monkeypatch):
    monkeypatch.setattr("engine.export.selecting.CASES", 2)
    seen = []
    assert len(logs.xes(b"".join(desk.export_log("xes", by=SYSTEM, key=KEY, seen=seen.append)))) == 3
    assert seen == [2, 1]
