"""Spoilt diagrams: the check answers with findings, and what passes it deploys, starts and stops at a condition at most."""

from __future__ import annotations

import contextlib
import os
import re
from functools import cache
from pathlib import Path

import pytest

from engine import SYSTEM, FixedClock, open_engine
from engine.bundles import read_bundle
from engine.check import RULES
from engine.errors import InvalidForm, Refusal, StepFailed
from tests.engine.check.bundles import check
from tests.engine.check.hostile import CALENDARS, MIWG, OWN, executable, files_of, operators_of
from tests.engine.check.mutations import mutated
from tests.support.work import at_most

MANY = int(os.environ.get("DIAGRAM_FUZZ", "6"))
FIRST = int(os.environ.get("DIAGRAM_SEED", "1"))
MONDAY = "2026-03-02T01:00:00+00:00"
CALLING = ("recommendation", "trade", "feedback-analysis")  # they need another process, or parameters
MOST = 1.5  # seconds of work


def checked(files, seed, **given):
    """The findings of a check that ends in time."""
    with at_most(MOST, f"seed {seed}"):
        findings = check(files, **given)
    assert all(one.rule in RULES and one.message for one in findings), f"seed {seed}"
    return findings


@pytest.mark.skipif(not MIWG, reason="the conformance models are not there")
@pytest.mark.parametrize("path", [pytest.param(path, marks=pytest.mark.slow) for path in MIWG], ids=lambda p: p.stem)
def test_spoilt_models_of_other_tools(path):
    content = executable(path.read_bytes())
    for seed in range(FIRST, FIRST + MANY):
        checked({path.name: mutated(content, seed)}, seed)


@cache
def own(folder):
    """A bundle of ours without its scenarios, which need what operators answer, and operators that answer nothing."""
    files = {path: body for path, body in files_of(folder).items() if not path.startswith("scenarios/")}
    return {path: body for path, body in files.items() if not path.endswith(".md")}, operators_of(files)


SLOW = [pytest.param(folder, marks=pytest.mark.slow if folder.name != "inquiry" else ()) for folder in OWN]


@pytest.mark.parametrize("folder", SLOW, ids=lambda path: getattr(path, "name", None))
def test_spoilt_bundles_of_ours(folder, sqlite_url):
    """What passes without an error deploys and starts."""
    files, operators = own(folder)
    shared = {path.stem for path in Path("bpmn_diagrams").glob("shared/*/*.dmn")}
    processes = {path.stem for path in Path("bpmn_diagrams").glob("*/*.bpmn")}
    known = {"operators": operators, "language": CALENDARS, "known_decisions": shared, "known_processes": processes}
    name = f"{folder.name}.bpmn"
    looked_up = dict.fromkeys(re.findall(rb'"x-exists": *"(\w+)"', b"".join(files.values())), lambda *given: True)
    lookups = {name.decode(): look_up for name, look_up in looked_up.items()}
    with open_engine(sqlite_url, clock=FixedClock(MONDAY), operators=operators, lookups=lookups) as engine:
        for decision in sorted(Path("bpmn_diagrams").glob("shared/*/")):
            engine.deploy({path: body for path, body in files_of(decision).items() if path[-3:] != ".md"}, by=SYSTEM)
        assert starts(engine, files, 0) is (folder.name not in CALLING)
        for seed in range(FIRST, FIRST + MANY):
            spoilt = {**files, name: mutated(files[name], seed)}
            if not any(one.severity == "error" for one in checked(spoilt, seed, **known)):
                read_bundle(spoilt).executable(CALENDARS)
                starts(engine, spoilt, seed)


def starts(engine, files, seed):
    """Whether a bundle deploys and starts, if it is in order; a step may fail over data that are not there."""
    if any(one.severity == "error" for one in engine.check(files)):
        return False  # it calls a process that is not deployed here
    try:
        key = engine.deploy(files, by=SYSTEM).key
    except Refusal:
        return False  # its first start is a matter of parameters, which are not configured here
    with contextlib.suppress(StepFailed, InvalidForm):
        assert engine.start(key, {}, by=SYSTEM).number, f"seed {seed}"
    return True


def test_a_seed_spoils_a_diagram_in_one_way():
    content = own(OWN[0])[0][f"{OWN[0].name}.bpmn"]
    assert mutated(content, 3) == mutated(content, 3) != mutated(content, 4)
