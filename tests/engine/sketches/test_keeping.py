"""Sketches are begun, listed, opened and discarded; they belong to a person and survive whatever ends the process."""

import pytest

from engine import SYSTEM, Actor, NotAllowed, NotFound, Refusal
from engine.bundles import MOST_FILES, digest_of, read_bundle
from engine.errors import InvalidDiagram
from engine.sketches import bounds
from tests.engine import tiny
from tests.engine.people import ANN, AUDREY, NOBODY, OLGA
from tests.engine.watching import count, rows

KIM = Actor("kim", groups={"process_owner"})


def files(**more):
    """The files of `loan` as bytes."""
    return {path: body.encode() for path, body in tiny.one_task(**more).items()}


@pytest.fixture
def deployed(engine):
    """An engine with two versions of `loan`."""
    engine.deploy(tiny.one_task(), by=OLGA)
    engine.deploy(tiny.one_task(forms_ask=tiny.form(title="Second")), by=OLGA)
    return engine


def test_a_sketch_of_the_version_in_force(deployed, clock):
    made = deployed.sketch_begin(key="loan", by=KIM)
    newest = deployed.deployments("loan")[0]
    assert (made.key, made.owner, made.revision, made.base) == ("loan", "kim", 1, newest.bundle)
    assert made.digest == newest.bundle and made.files == deployed.bundle(newest.bundle).files
    assert made.created_at == made.changed_at == clock.now() and made.changed_by == "kim"
    assert {(one.revision, one.by) for one in made.entries} == {(1, "kim")}
    assert deployed.sketch(made.id, OLGA) == made
    assert made.name == deployed.bundle(newest.bundle).name


def test_a_sketch_of_an_earlier_version(deployed):
    made = deployed.sketch_begin(key="loan", version=1, by=KIM)
    assert made.base == made.digest == deployed.deployments("loan")[1].bundle
    for given in ({"key": "loan", "version": 3}, {"key": "nothing"}, {}):
        with pytest.raises(NotFound):
            deployed.sketch_begin(**given, by=KIM)
    assert count(deployed, "sketch") == 1


def test_a_sketch_of_files(deployed):
    known = deployed.sketch_begin(files=files(), by=KIM)
    assert (known.key, known.base) == ("loan", deployed.deployments("loan")[0].bundle)
    new = deployed.sketch_begin(files=files(key="other"), name="  My \n draft ", by=KIM)
    assert (new.key, new.base, new.name) == ("other", None, "My draft")
    assert new.digest == read_bundle(files(key="other")).digest
    broken = deployed.sketch_begin(files={"x.bpmn": b"<not xml"}, by=KIM)
    assert (broken.key, broken.base, broken.name) == ("", None, "")


def test_a_sketch_of_nothing(engine):
    made = engine.sketch_begin(files={}, name="Empty", by=KIM)
    assert (made.key, made.base, made.files, made.digest) == ("", None, {}, digest_of({}))
    with pytest.raises(InvalidDiagram):
        engine.propose(made.files, by=KIM, reason="nothing")


def test_a_new_process_gets_the_key_that_its_files_say(engine):
    made = engine.sketch_begin(files={}, by=KIM)
    saved = engine.sketch_save(made.id, 1, files(), by=KIM)
    assert saved.key == "loan"
    engine.deploy(saved.files, by=SYSTEM)
    based = engine.sketch_begin(key="loan", by=KIM)
    renamed = engine.sketch_save(based.id, 1, {"loan.bpmn": files(key="other")["other.bpmn"]}, by=KIM)
    assert renamed.key == "loan"  # it stands beside the process that it was begun from


def test_the_sketches_of_everybody_the_last_changed_first(deployed, clock):
    first = deployed.sketch_begin(key="loan", by=KIM)
    clock.advance(minutes=1)
    second = deployed.sketch_begin(files=files(key="other"), by=OLGA)
    clock.advance(minutes=1)
    deployed.sketch_save(first.id, 1, {"forms/ask.json": b"{}"}, by=KIM)
    assert [one.id for one in deployed.sketches(AUDREY)] == [first.id, second.id]
    assert [one.id for one in deployed.sketches(KIM, "other")] == [second.id]
    assert deployed.sketches(KIM, "nothing") == []


def test_who_may_do_what(deployed):
    made = deployed.sketch_begin(key="loan", by=KIM)
    assert deployed.sketch(made.id, AUDREY) == made
    doings = (
        lambda who: deployed.sketch_begin(key="loan", by=who),
        lambda who: deployed.sketch_save(made.id, 1, {"forms/ask.json": b"{}"}, by=who),
        lambda who: deployed.sketch_rebase(made.id, 1, made.base, {}, by=who),
        lambda who: deployed.sketch_seen(made.id, by=who),
        lambda who: deployed.sketch_discard(made.id, by=who),
    )
    looks = (
        lambda who: deployed.sketch(made.id, who),
        lambda who: deployed.sketches(who),
        lambda who: deployed.sketch_others(made.id, who),
        lambda who: deployed.sketch_lost(made.id, who),
        lambda who: deployed.sketch_state(made.id, "forms/ask.json", 1, who),
    )
    for do in doings:
        with pytest.raises(NotAllowed):
            do(AUDREY)
        for who in (ANN, NOBODY):
            with pytest.raises(NotFound):
                do(who)
    for look in looks:
        look(AUDREY)
        for who in (ANN, NOBODY):
            with pytest.raises(NotFound):
                look(who)
    assert deployed.sketch(made.id, KIM) == made and count(deployed, "sketch") == 1
    assert deployed.sketch_save(made.id, 1, {"forms/ask.json": b"{}"}, by=OLGA).changed_by == "olga"


def test_a_sketch_is_discarded_by_whose_it_is(deployed):
    made = deployed.sketch_begin(key="loan", by=KIM)
    deployed.sketch_seen(made.id, by=OLGA)
    with pytest.raises(NotAllowed) as refused:
        deployed.sketch_discard(made.id, by=OLGA)
    assert refused.value.data["by"] == "kim"
    deployed.sketch_discard(made.id, by=KIM)
    for table in ("sketch", "sketch_file", "sketch_lost", "sketching"):
        assert count(deployed, table) == 0
    for do in (
        lambda: deployed.sketch(made.id, KIM),
        lambda: deployed.sketch_save(made.id, 1, {"forms/ask.json": b"{}"}, by=KIM),
        lambda: deployed.sketch_seen(made.id, by=KIM),
        lambda: deployed.sketch_discard(made.id, by=KIM),
    ):
        with pytest.raises(NotFound):
            do()
    assert deployed.sketch_begin(key="loan", by=KIM).id > made.id  # an old address never leads to another sketch


def test_sketches_are_there_when_an_engine_opens_again(opened):
    first = opened()
    made = first.sketch_begin(files=files(), by=KIM)
    saved = first.sketch_save(made.id, 1, {"forms/ask.json": b"half of a f"}, by=KIM)
    first.close()
    assert opened().sketch(made.id, KIM) == saved


@pytest.mark.parametrize(
    "path",
    [
        *(
            "../x.bpmn",
            "/x.bpmn",
            "a/../../x.bpmn",
            "a\\..\\x.bpmn",
            "C:/x.bpmn",
            "x\0.bpmn",
            "./x.bpmn",
            "a//x.bpmn",
            "",
        ),
        *("a/../x.bpmn", "..\u2215x.bpmn", "\ud800.bpmn", "\u200b.bpmn", "x.bpmn\u200f", "x.bpmn "),
        *("x" * 300 + ".bpmn", "x\n.bpmn", "x\u202e.bpmn", "x.exe", "x.html", "x", "x.bpmn/", "x.svg"),
    ],
)
def test_paths_that_no_bundle_has(engine, path):
    made = engine.sketch_begin(files={}, by=KIM)
    for do in (
        lambda: engine.sketch_begin(files={path: b"x"}, by=KIM),
        lambda: engine.sketch_save(made.id, 1, {path: b"x"}, by=KIM),
        lambda: engine.sketch_save(made.id, 1, {path: None}, by=KIM),
    ):
        with pytest.raises(Refusal) as refused:
            do()
        assert refused.value.data["bound"] in ("path", "kind")
    assert count(engine, "sketch_file") == 0


def test_too_many_and_too_large(engine, monkeypatch):
    monkeypatch.setattr(bounds, "LARGEST", 1000)
    made = engine.sketch_begin(files={"a.json": b"x" * 600}, by=KIM)
    for more, bound in (
        ({"b.json": b"x" * 401}, "bytes"),
        ({f"{n}.json": b"" for n in range(MOST_FILES)}, "files"),
    ):
        with pytest.raises(Refusal) as refused:
            engine.sketch_save(made.id, 1, more, by=KIM)
        assert refused.value.data["bound"] == bound
        with pytest.raises(Refusal):
            engine.sketch_begin(files={"a.json": b"x" * 600, **more}, by=KIM)
    assert engine.sketch(made.id, KIM) == made
    assert engine.sketch_save(made.id, 1, {"a.json": None, "b.json": b"x" * 900}, by=KIM).revision == 2


def test_a_name_that_is_none(engine):
    for name in ("x" * 300, "a\u202eb"):
        with pytest.raises(Refusal) as refused:
            engine.sketch_begin(files={}, name=name, by=KIM)
        assert refused.value.data["bound"] == "name"


def test_too_many_sketches(engine, monkeypatch):
    from engine.sketches import keeping

    monkeypatch.setattr(keeping, "MOST_SKETCHES", 2)
    for _ in range(2):
        engine.sketch_begin(files={}, by=KIM)
    with pytest.raises(Refusal) as refused:
        engine.sketch_begin(files={}, by=KIM)
    assert refused.value.data["bound"] == "sketches"
    assert engine.sketch_begin(files={}, by=OLGA).owner == "olga"
    assert [row["owner"] for row in rows(engine, "sketch")] == ["kim", "kim", "olga"]


def test_a_name_that_a_deployed_version_has_is_cut_to_fit(engine):
    name = "x\u202e" * 300
    long = f'<bpmn:process name="{name}" '
    engine.deploy({path: body.decode().replace("<bpmn:process ", long) for path, body in files().items()}, by=OLGA)
    made = engine.sketch_begin(key="loan", by=KIM)
    assert (made.key, made.name) == ("loan", "x" * 200)
