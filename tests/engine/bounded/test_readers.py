"""Uploads are read by children: the same answers, within limits, and whatever a child does, the next one answers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import Actor, InvalidDiagram, open_engine
from engine.bounded import NOT_READ, Limits, Question, Readers, answer
from engine.bounded.readers import Child, Unanswered
from engine.bounded.wire import packed, read, unpacked, written
from engine.check.phrases import Phrase
from engine.configuration import Configurations, default_content
from engine.model import Finding
from tests.engine.check.bundles import REGISTRY, ask, call, simple

ROOT = Path(__file__).parents[3]
CONFIGURATION = Configurations().read(default_content())
GOOD = simple(ask("a"), call("b", amount="amount"), ways="start > a > b > end")
OLGA, PAUL = Actor("olga", {"process_owner"}), Actor("paul", {"process_owner"})


def shipped(name):
    """The files of a bundle that we ship."""
    folder = ROOT / "bpmn_diagrams" / name
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def question(files=GOOD, **known):
    return Question(files=files, configuration=CONFIGURATION, operators=REGISTRY, **known)


def why(findings):
    """Why nothing could be read."""
    (one,) = findings
    assert (one.severity, one.rule) == ("error", NOT_READ) and one.data["why"] in one.message
    return one.data["why"]


@pytest.fixture(scope="module")
def readers():
    with Readers() as found:
        yield found


@pytest.fixture
def child(readers):
    """The child that is asked next."""
    assert readers(question()) == answer(question())
    return readers._idle[-1]


@pytest.mark.parametrize(
    "files",
    [
        GOOD,
        shipped("inquiry"),
        {"p.bpmn": b"<a"},
        {"p.bpmn": b"\0", "\ud800.json": b"{}"},
        {"forms/a.json": b"[" * 100_000},
        {},
    ],
    ids=["good", "inquiry", "malformed", "names", "deep", "empty"],
)
def test_a_child_finds_what_we_find(readers, files):
    asked = question(files, groups=frozenset({"csr"}), processes=frozenset({"x"}), formats=frozenset(), lookups=None)
    assert readers(asked) == answer(asked)


def test_what_findings_are_made_of_crosses_whole(readers):
    (mine, *_), (theirs, *_) = answer(question(simple(call("a", "rat")))), readers(question(simple(call("a", "rat"))))
    assert isinstance(theirs.data["here"], Phrase) and vars(theirs.data["here"]) == vars(mine.data["here"])


def test_a_child_is_warm_and_asked_again(child, readers):
    readers(question())
    assert readers._idle == [child] and child.process.poll() is None


def test_questions_and_answers_come_through_as_they_are():
    asked = question({"a": b"\0\xff", "ü": b""}, groups=frozenset({"csr"}), lookups=frozenset())
    found = unpacked(b"".join(packed(asked)), Configurations())
    assert dict(found.files) == dict(asked.files) and found.configuration.digest == CONFIGURATION.digest
    assert (found.groups, found.lookups, found.formats) == (asked.groups, asked.lookups, None)
    assert [(one.name, one.parameters, one.result) for one in found.operators] == [
        (one.name, one.parameters, one.result) for one in REGISTRY
    ]
    with pytest.raises(NotImplementedError):
        next(iter(found.operators)).run(type("Call", (), {"operator": "rate"}))
    findings = [Finding(severity="info", rule="x", file="\ud800", data={"n": 1, "p": Phrase("t", "{a}", {"a": "t"})})]
    assert read(written(findings)) == findings


@pytest.mark.parametrize("text", [b"", b"{", b"1", b"[1]", b"[{}]", b'[{"severity":"error"}]', b"[" * 100_000])
def test_an_answer_that_is_none(text):
    with pytest.raises(ValueError):
        read(text)


# Limits


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(seconds=0.02), "it takes longer than 0.02 seconds"),
        (Limits(patience=0.02), "it takes longer than 0.02 seconds"),
        (Limits(megabytes=20), "it needs more than 20 MB of memory"),
    ],
    ids=["processor", "clock", "memory"],
)
def test_a_limit_ends_the_child_and_the_next_one_answers(limits, said):
    files = shipped("complaint") | ({"x": b"0" * 40_000_000} if "MB" in said else {})
    with Readers(limits) as readers:
        assert why(readers(question(files))) == said
        (next_one,) = readers._idle
        assert next_one.process.poll() is None and next_one.asked == 0


def test_a_child_that_hangs_is_killed(child):
    child.limits = Limits(patience=0.2)
    os.kill(child.process.pid, signal.SIGSTOP)
    with pytest.raises(Unanswered, match=r"longer than 0\.2 seconds"):
        child.ask(question())
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_that_died_is_replaced_unseen(child, readers):
    child.process.kill()
    child.process.wait()
    assert readers(question()) == answer(question())
    assert child not in readers._idle


def test_a_child_that_talks_nonsense_is_ended(readers):
    said = Child(Limits())
    said.end()
    code = "import os; os.write(1, (1).to_bytes(8, 'big') + b'+' + (12).to_bytes(8, 'big') + b'+12345678xyz')"
    said.process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with pytest.raises(Unanswered, match="could not be done"):
        said.ask(question())
    assert said.process.poll() is not None and not said.usable


@pytest.mark.parametrize(
    "limits", [Limits(uploads=1), pytest.param(Limits(grown=1), marks=pytest.mark.slow)], ids=["uploads", "grown"]
)
def test_a_child_is_recycled(limits):
    with Readers(limits) as readers:
        readers.warm()
        (first,) = readers._idle
        assert readers(question()) == answer(question())
        (second,) = readers._idle
        assert first is not second and first.process.poll() is not None and second.process.poll() is None


def test_who_comes_while_all_are_busy_is_told_so():
    with Readers(Limits(children=1, patience=0.05)) as readers:
        readers._places.acquire()
        assert "try again" in why(readers(question()))


@pytest.mark.slow
def test_many_threads_ask_at_once():
    with Readers() as readers, ThreadPoolExecutor(8) as threads:
        assert all(found == answer(question()) for found in threads.map(readers, [question()] * 12))
        assert len(readers._idle) <= readers.limits.children and threading.active_count() < 20


@pytest.mark.slow
def test_children_end_with_their_parent():
    code = "from engine.bounded import Readers; r = Readers(); r.warm(); print(r._idle[0].process.pid, flush=True); input()"
    parent = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdin and parent.stdout
    found = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert gone(found)


def gone(pid, patience=30.0):
    """Whether a process ends, or is nobody's any more."""
    ended = threading.Event()
    for _ in range(int(patience / 0.05)):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z" or ended.wait(0.05):
            return True
    return False


def test_a_child_knows_no_secret(child, monkeypatch):
    monkeypatch.setenv("FUNDCASE_DATABASE", "postgresql://secret")
    fresh = Child(Limits())
    try:
        while not (known := Path(f"/proc/{fresh.process.pid}/environ").read_bytes()):
            assert fresh.process.poll() is None  # it is about to be started
        names = {entry.split(b"=")[0] for entry in known.split(b"\0")}
        assert b"FUNDCASE_DATABASE" not in names and b"PATH" in names
    finally:
        fresh.end()


# The engine over them


def test_deploying_and_approving_pass_through_the_reader(sqlite_url):
    asked = []

    def reader(question):
        asked.append(question.files)
        return answer(question) if len(asked) < 3 else [Finding(severity="error", rule=NOT_READ, file="")]

    with open_engine(sqlite_url, operators=REGISTRY, reader=reader) as engine:
        engine.deploy(GOOD, by=OLGA)
        other = simple(ask("a"), ways="start > a > end")
        proposal = engine.propose(other, by=OLGA, reason="shorter")
        with pytest.raises(InvalidDiagram) as refused:
            engine.approve(proposal.id, by=PAUL)
        assert [one.rule for one in refused.value.findings] == [NOT_READ]
        assert [dict(files) for files in asked] == [dict(sorted(one.items())) for one in (GOOD, other, other)]
        assert len(engine.deployments("p")) == 1 and len(engine.proposals()) == 1
        with pytest.raises(InvalidDiagram):
            engine.deploy(GOOD, by=OLGA)
        assert [one.rule for one in engine.check(GOOD)] == [NOT_READ]


def test_who_may_not_deploy_has_nothing_read(sqlite_url):
    from engine import NotAllowed

    with open_engine(sqlite_url, reader=lambda question: pytest.fail("it was read")) as engine:
        for command in (engine.deploy, engine.propose):
            with pytest.raises(NotAllowed):
                command(GOOD, by=Actor("ann", {"csr"}), reason="x")
