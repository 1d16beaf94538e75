"""Decision tables: they can be read, and no id is there twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from .. import feel
from ..errors import MalformedXml
from ..feel.dmn_elements import below
from ..model import Finding
from ..xml import parse_xml
from .phrases import phrase
from .rules import finding

MOST_ROWS = 2_000
MOST_CELLS = 20_000


@dataclass(slots=True)
class Tables:
    """The decisions of a bundle by id, the ids in each file, readable or not, and what is wrong with these."""

    decisions: dict[str, feel.Decision] = field(default_factory=dict)
    ids: dict[str, frozenset[str]] = field(default_factory=dict)
    roots: dict[str, etree._Element] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_tables(files: Mapping[str, bytes], language: feel.Language) -> Tables:
    """Read all decision files of a bundle."""
    tables = Tables()
    for path, content in files.items():
        if path.endswith(".dmn"):
            try:
                root = parse_xml(content)
            except MalformedXml as error:
                tables.findings.append(finding("malformed-xml", path, "", error.line, error.column, why=error.why))
                continue
            tables.roots[path] = root
            tables.findings += _read(tables, path, root, language)
    return tables


def _read(tables: Tables, path: str, root: etree._Element, language: feel.Language) -> Iterator[Finding]:
    for what, name, most in ((phrase("rows"), "rule", MOST_ROWS), (phrase("cells"), "text", MOST_CELLS)):
        count = sum(1 for _ in root.iter(f"{{*}}{name}"))
        if count > most:
            yield finding("too-many", path, count=count, what=what, most=most)
            return
    elements = {element.get("id", ""): element for element in below(root, "decision")}
    for other, ids in tables.ids.items():
        for id in sorted(ids & elements.keys()):
            yield finding("decision-twice", path, id, elements[id].sourceline or 0, 0, decision=id, other=other)
    tables.ids[path] = frozenset(elements)
    decisions, problems = feel.read_table_file(root, language)
    for problem in problems:
        where = {"decision": problem.decision or path, "where": problem.where, "why": problem.message}
        yield finding("decision-malformed", path, problem.decision, problem.line, 0, **where)
    for decision in decisions.values() if not problems else ():
        tables.decisions.setdefault(decision.id, decision)
