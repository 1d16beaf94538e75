"""The models: those of other tools answer findings, and our own are in order."""

from pathlib import Path

import pytest

from engine.check import RULES

from .bundles import (
    check,
)
from .hostile import CALENDARS, MIWG, MODELS, OWN, files_of, operators_of, rules


@pytest.mark.parametrize("path", MIWG, ids=lambda path: path.name)
def test_models_of_other_tools_answer_findings(path):
    findings = check({path.name: path.read_bytes()})
    assert any(one.severity == "error" for one in findings)
    assert all(one.message and one.rule in RULES and one.file for one in findings)


HARMLESS = {
    "reads-personal-data",
    "unknown-operator",
    "missing-parameter",
}  # the drafts of the models know older operators


@pytest.mark.parametrize("folder", MODELS, ids=lambda path: path.name)
def test_the_drafts_of_the_models_have_no_errors_of_structure(folder):
    files = {path: content for path, content in files_of(folder).items() if not path.startswith(("labels", "layout"))}
    assert rules(files, "error", language=CALENDARS) <= HARMLESS


@pytest.mark.parametrize("folder", OWN, ids=lambda path: path.name)
def test_our_own_bundles_have_no_errors(folder):
    shared = {path.stem for path in Path("bpmn_diagrams").glob("shared/*/*.dmn")}
    files = {path: content for path, content in files_of(folder).items() if not path.endswith(".md")}
    operators = operators_of(files)
    processes = {path.stem for path in Path("bpmn_diagrams").glob("*/*.bpmn")}
    findings = check(files, operators=operators, language=CALENDARS, known_decisions=shared, known_processes=processes)
    assert [one.message for one in findings if one.severity == "error"] == []
