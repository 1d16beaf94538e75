"""The shipped parameters, and what an installation decides: said once, said completely, and used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import workflows
from engine import Actor
from engine.policy import OWNER

ROOT = Path(__file__).resolve().parents[2]
DIAGRAMS = sorted((ROOT / "bpmn_diagrams").rglob("*.bpmn")) + sorted((ROOT / "bpmn_diagrams").rglob("*.dmn"))
CODE = sorted((ROOT / "workflows").rglob("*.py"))


def asked() -> set[str]:
    """The parameters that diagrams, tables and operators ask for."""
    found: set[str] = set()
    for path in [*DIAGRAMS, *CODE]:
        text = path.read_text(encoding="utf-8").replace("&quot;", '"')
        found |= set(re.findall(r"""parameter\(["']([A-Z0-9_]+)["']\)""", text))
    return found | {rule.years for rule in workflows.POLICY.retention}


def test_whatever_is_asked_for_is_shipped_and_nothing_else() -> None:
    assert DIAGRAMS and asked() == set(workflows.parameters())


@pytest.mark.parametrize("name", sorted(workflows.parameters()))
def test_a_parameter_says_where_it_comes_from(name: str) -> None:
    said = workflows.parameters()[name]
    assert set(said) == {"value", "unit", "tag", "source", "title"}
    assert said["tag"] in {"V1", "V2", "U", "INT"}
    assert said["unit"] and said["source"]
    if isinstance(said["source"], dict):
        assert said["source"]["en"] and re.search(r"[\u4e00-\u9fff、，（]", said["source"]["zh"])
    else:
        assert re.fullmatch(r"[A-Z]+[0-9-]*[a-z]?( TC[0-9]+)?", said["source"]), "words need a translation"
    assert said["title"]["en"] and re.search(r"[\u4e00-\u9fff]", said["title"]["zh"])


def test_who_decides_what() -> None:
    policy = workflows.POLICY
    assert policy.second_approval
    assert [(term.percent, term.tell) for term in policy.terms] == [(80, OWNER), (100, "csl"), (150, "exec")]
    assert policy.classes_open_to(Actor("fang.yu", groups={"aml"})) == ("normal", "aml")
    assert policy.classes_open_to(Actor("he.jing", groups={"auditor"})) == ("normal",)
    assert policy.may_read_all(Actor("he.jing", groups={"auditor"}))
    assert not policy.may_read_all(Actor("li.na", groups={"csr"}))
    assert policy.remind_with in {operator.name for operator in workflows.OPERATORS}
