"""Mappings that are declared: what they may say, how they are kept, and what a step says of the one it followed."""

import json
from io import BytesIO

import pytest
from sqlalchemy import text

from engine import SYSTEM
from engine.canonical import digest
from engine.errors import Conflict, NotAllowed, NotFound, NotMigratable, Refusal
from engine.history.verify import verify
from engine.mapping import Declared
from tests.engine import tiny
from tests.engine.people import ANN, AUDREY, OLGA
from tests.engine.spiff.xmls import END, START, line, timer
from tests.engine.watching import rows, unguarded

from .loans import GIVEN, begun, bundle, joined, newer, one, stands


def test_a_mapping_is_content_under_its_hash(engine):
    old, new = begun(engine, one()), newer(engine, one("question"))
    made = engine.declare(old, new, {"ask": "question"}, 'note = "moved"', by=OLGA)
    said = {"elements": {"ask": "question"}, "from": old, "script": 'note = "moved"', "to": new}
    assert json.loads(made.content) == said and made.digest == digest(made.content)
    assert engine.declare(old, new, {"ask": "question"}, ' note = "moved"\n', by=OLGA) == made
    assert engine.mapping(made.digest) == made and engine.mappings("loan", old=old, new=new) == [made]
    assert engine.mappings("loan", old=new) == [] and len(rows(engine, "mapping")) == 1
    with pytest.raises(NotFound):
        engine.mapping("0" * 64)
    assert engine.verify_whole().problems == ()


def test_a_step_names_its_mapping_and_where_the_case_stood(engine):
    old, new = begun(engine, one(), data=GIVEN), newer(engine, one("question"))
    before = engine.marking("1")
    engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"}, script="twice = amount * 2")
    step, after = engine.history("1")[-1], engine.marking("1")
    assert step.input.keys() == {"key", "version", "bundle", "from", "declared", "reason", "config"}
    assert engine.mapping(step.input["declared"]) == Declared(
        old=old, new=new, elements={"ask": "question"}, script="twice = amount * 2"
    )
    first = step.effects[0]
    assert (first.kind, first.element, first.occurrence) == ("migrated", "", 0)
    assert first.detail == {
        "before": {"state": before.sha256, "tokens": [["ask", 2, "ready"]]},
        "after": {"state": after.sha256, "tokens": [["question", 2, "ready"]]},
    }
    assert (before.sha256, after.sha256) == (engine.history("1")[-2].state_hash, step.state_hash)
    assert after.data["twice"] == 24 and engine.replay("1").equal


def test_a_replay_applies_the_mapping_again(engine):
    begun(engine, one())
    newer(engine, one("question"))
    engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"}, script='note = "one"')
    made = engine.history("1")[-1].input["declared"]
    with unguarded(engine) as connection:
        said = engine.mapping(made)
        other = Declared(old=said.old, new=said.new, elements=said.elements, script='note = "two"')
        changed = {"body": other.content, "digest": made}
        connection.execute(text("UPDATE content SET body = :body WHERE digest = :digest"), changed)
    difference = engine.replay("1").difference
    assert (difference.seq, difference.what) == (2, "state")
    with engine.database.reading() as connection:
        found = {problem.what for problem in verify(connection, engine.context.shelf, 1).problems}
    assert found == {"mapping changed"}
    assert {one.what for one in engine.verify_whole().problems} == {"content changed", "mapping changed"}


def test_a_mapping_that_is_gone_is_found(engine):
    begun(engine, one())
    newer(engine, one("question"))
    engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"})
    with unguarded(engine) as connection:
        connection.execute(text("DELETE FROM mapping"))
    assert [(one.what, one.seq) for one in engine.verify("1").problems] == [("mapping changed", 2)]
    assert [one.what for one in engine.verify_whole().problems] == ["content unknown"]
    assert not engine.replay("1").equal


@pytest.mark.parametrize(
    ("elements", "script", "says"),
    [
        ({"ask": "nothing"}, "", "has no nothing"),
        ({"nothing": "question"}, "", "has no nothing"),
        ({"ask": "f_start_question"}, "", "one of them is a flow"),
        ({"f_start_ask": "question"}, "", "one of them is a flow"),
        ({}, "note = ", "cannot be read"),
        ({}, "note = phone", "reads phone, which is personal"),
        ({}, 'note = phone + ""', "reads phone, which is personal"),
        ({}, "a = " + "(" * 5_000, "are not good"),
        ({}, "a = " + "-" * 5_000 + "1", "are not good"),
        ({}, "a" + ".b" * 5_000 + " = 1", "are not good"),
        ({}, "\n".join(f"a{number} = {number}" for number in range(5_000)), "are not good"),
        ({}, 'a = "' + "x" * 2_000_000 + '"', "are not good"),
        ({}, "\u202e = 1", "are not good"),
    ],
)
def test_what_no_mapping_may_say(engine, elements, script, says):
    old, new = begun(engine, one(), data=GIVEN), newer(engine, one("question"))
    with pytest.raises(Refusal, match=says):
        engine.declare(old, new, elements, script, by=OLGA)
    with pytest.raises(Refusal, match=says):
        engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"} | elements, script=script)
    assert rows(engine, "mapping") == [] and engine.case("1").version == 1


def test_lines_are_checked_before_they_are_declared(engine):
    old = begun(engine, one())
    found = engine.check_lines(old, "note = amuont + 1\nother = note")
    assert [(one.severity, one.rule, one.line, one.column) for one in found] == [("warning", "unknown-name", 1, 8)]
    assert found[0].message == (
        "The script of the migration reads amuont, which nothing declares (did you mean amount?); "
        "correct it, or declare it in a form, a script, a table or an operator's result."
    )
    (found,) = engine.check_lines(old, "note = (")
    assert (found.severity, found.rule) == ("error", "expression-syntax")
    fine = "", "note = amount", "x = if is defined(later) then later else null", "known = is defined(phone)"
    assert [engine.check_lines(old, script) for script in fine] == [[]] * 4


def test_who_may_declare(engine):
    old, new = begun(engine, one()), newer(engine, one("question"))
    for who in (ANN, AUDREY):
        with pytest.raises(NotAllowed):
            engine.declare(old, new, by=who)
    with pytest.raises(NotFound):
        engine.declare(old, "0" * 64, by=OLGA)
    engine.deploy(tiny.one_task("gift"), by=SYSTEM)
    with pytest.raises(Refusal, match="two processes"):
        engine.declare(old, engine.deployments("gift")[0].bundle, by=OLGA)


def test_another_kind_a_join_and_another_scope_are_in_the_way(engine):
    begun(engine, joined())
    left, _ = engine.tasks("1")
    engine.complete(left.id, {"approved": True}, by=ANN)
    newer(engine, joined("meet"))
    for mapping, element in (
        ({"join": "last"}, "join"),
        ({"right": "meet", "join": "meet", "f_left_join": "f_left_meet"}, "right"),
        ({"join": "meet"}, "join"),
    ):
        with pytest.raises(NotMigratable) as caught:
            engine.migrate("1", by=OLGA, reason="renamed", mapping=mapping)
        assert {obstacle.element for obstacle in caught.value.obstacles} == {element}


def test_names_that_are_exchanged(engine):
    def two(first, second):
        body = START + tiny.ask(first) + tiny.ask(second) + END + line("start", first, second, "end")
        return tiny.bundle("loan", body)

    begun(engine, two("a", "b"))
    newer(engine, two("b", "a"))
    engine.migrate("1", by=OLGA, reason="in a ring", mapping={"a": "b", "b": "a"})
    assert stands(engine) == ["b"]


def edged(*timers):
    body = START + tiny.ask("ask")
    body += "".join(tiny.boundary(id, "ask", timer(f"&quot;{term}&quot;"), False) for id, term in timers)
    body += "".join(tiny.ask(f"after_{id}") + line(id, f"after_{id}", "end") for id, _ in timers)
    return tiny.bundle("loan", body + END + line("start", "ask", "end"))


def test_two_events_that_only_wait_cannot_be_one(engine):
    begun(engine, edged(("slow", "PT1H"), ("slower", "PT2H")))
    newer(engine, edged(("overdue", "PT3H")))
    with pytest.raises(NotMigratable, match="slower: twice"):
        engine.migrate("1", by=OLGA, reason="merged", mapping={"slow": "overdue", "slower": "overdue"})
    engine.migrate("1", by=OLGA, reason="merged", mapping={"slow": "overdue"})
    assert [timer.element for timer in engine.marking("1").timers] == ["overdue"]


def test_two_tasks_may_become_one(engine):
    begun(engine, joined())
    body = START + tiny.ask("left") + END + line("start", "left", "end")
    newer(engine, bundle(body))
    engine.migrate("1", by=OLGA, reason="merged", mapping={"right": "left"})
    assert stands(engine) == ["left", "left"]


def test_the_case_is_completed_meanwhile(engine, monkeypatch):
    begun(engine, one())
    newer(engine, one("question"))
    engine.complete("1.1.2", {"approved": True}, by=ANN)
    with pytest.raises(Conflict, match="is completed"):
        engine.migrate("1", by=OLGA, reason="too late", mapping={"ask": "question"})


def test_evidence_holds_the_mapping(engine):
    begun(engine, one())
    newer(engine, one("question"))
    engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"})
    made = engine.mapping(engine.history("1")[-1].input["declared"])
    out = BytesIO()
    engine.export_evidence(["1"], out, by=SYSTEM, reason="a court asks")
    from tests.engine.evidence.bundles import unpacked

    assert unpacked(out.getvalue())[f"mappings/{made.digest}.json"] == made.content


def test_the_programme_of_the_evidence_misses_it(engine, tmp_path):
    from engine.evidence.verify import Report, checked
    from tests.engine.evidence.bundles import repacked, unpacked

    begun(engine, one())
    newer(engine, one("question"))
    engine.migrate("1", by=OLGA, reason="renamed", mapping={"ask": "question"})
    out = BytesIO()
    engine.export_evidence(["1"], out, by=SYSTEM, reason="a court asks")
    files = unpacked(out.getvalue())
    (name,) = (path for path in files if path.startswith("mappings/"))

    def wrong(given):
        (tmp_path / "evidence.zip").write_bytes(repacked(given))
        report = Report("en")
        checked(str(tmp_path / "evidence.zip"), report, [])
        return report.wrong

    assert wrong(files) == []
    assert wrong({path: body for path, body in files.items() if path != name}) == [f"{name}: is missing"]
    (said,) = wrong({**files, name: files[name].replace(b"question", b"questions")})
    assert said == f"{name}: is not what its digest says"
