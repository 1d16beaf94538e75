"""Mutants of every diagram: of a hundred that do harm when they are run, at least ninety-five are found by the checks.

docs/checks.md names those that are missed. `MUTANTS_SEED` takes other mutants, `MUTANTS` more of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import workflows
from engine.errors import EngineError
from engine.operators import Registry
from engine.spiff.errors import StepperError

from .bundles import check
from .harm import BUNDLES, LANGUAGE, files_of, harms
from .mutants import SLIPS, mutant

SEED, MANY = int(os.environ.get("MUTANTS_SEED", "0")), int(os.environ.get("MUTANTS", "1"))
FOLDERS = sorted(path.parent for path in BUNDLES.glob("*/*.bpmn"))
PAGE = Path("docs/checks.md")
PLAYS = range(12)
QUIET = frozenset(
    {"no-translations", "missing-translation", "no-drawing", "missing-links", "unnamed-flow"}
)  # no faults
KNOWN = {
    "operators": Registry.of(workflows.OPERATORS),
    "language": LANGUAGE,
    "known_decisions": frozenset(path.stem for path in BUNDLES.glob("shared/*/*.dmn")),
    "known_processes": frozenset(path.name for path in FOLDERS),
}


@cache
def original(folder):
    """A bundle of the repository, and what plays of it come to that is none of a mutant's doing."""
    files = files_of(folder)
    return files, frozenset(where(harm) for harm in harms(files, range(30)))


def where(harm):
    """The kind of a harm and its place."""
    kind, said = harm
    return kind, said.split(":")[0]


def flagged(files):
    """What is found in a bundle that makes somebody look."""
    found = check(files, **KNOWN)
    return {(f.rule, f.element, f.file) for f in found if f.severity != "info" and f.rule not in QUIET}


def harmful(folder, slips, seeds) -> Iterator[tuple[str, dict, tuple]]:
    """The mutants of a bundle that do harm, each with the first harm."""
    files, usual = original(folder)
    for slip in slips:
        for seed in seeds:
            made = mutant(files, slip, f"{folder.name} {seed}")
            harm = first_harm(made[1], usual) if made else None
            if harm:
                yield f"{folder.name}: {made[0]}", made[1], harm


def first_harm(files, usual):
    """The first harm that a mutant does and the original does not; nothing where it is refused altogether."""
    try:
        return next((harm for harm in harms(files, PLAYS) if where(harm) not in usual), None)
    except (StepperError, EngineError, ValueError, KeyError, AttributeError, TypeError, RuntimeError):
        return None


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_original_is_flagged_for_nothing(folder):
    assert flagged(files_of(folder)) == set()


def test_a_few_mutants_of_a_small_diagram_are_found():
    found = list(harmful(BUNDLES / "callback", SLIPS[:4], [SEED]))
    assert found and [name for name, files, _ in found if not flagged(files)] == []


@pytest.mark.slow
def test_of_a_hundred_harmful_mutants_ninety_five_are_found():
    found = [one for folder in FOLDERS for one in harmful(folder, SLIPS, range(SEED, SEED + MANY))]
    missed = [f"{name} ({harm[0]})" for name, files, harm in found if not flagged(files)]
    assert len(found) >= 40
    assert len(missed) <= 0.05 * len(found), "\n".join([f"{len(missed)} of {len(found)}", *missed])
    if (SEED, MANY) == (0, 1):
        assert missed == re.findall(r"^- `(.+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
