"""Decision tables as their file has them, with the rows that hit and the steps in which they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import MalformedXml
from engine.xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree

    from engine.bundles import Bundle
    from engine.model import Effect, Step

WIDE = 6  # columns


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row of a table: its number from 1, its cells, and the steps in which it hit."""

    number: int
    cells: tuple[str, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table that a case has asked, with what it was asked for."""

    name: str
    policy: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    bundle: str

    @property
    def wide(self) -> bool:
        """Whether it has more columns than fit on a page."""
        return len(self.inputs) + len(self.outputs) > WIDE

    def conditions(self, rule: Rule) -> list[tuple[str, str]]:
        """What a row asks for: the columns that it says anything of."""
        found = zip(self.inputs, rule.cells, strict=False)
        return [(label, cell) for label, cell in found if cell not in ("", "-")]

    def results(self, rule: Rule) -> list[tuple[str, str]]:
        """What a row gives."""
        found = zip(self.outputs, rule.cells[len(self.inputs) :], strict=False)
        return [(label, cell) for label, cell in found if cell]


Asked = dict[tuple[str, str], dict[int, set[int]]]  # by bundle and decision: the steps, each with the rows that hit


def tables(steps: Sequence[Step], home: Mapping[int, str], bundles: Mapping[str, Bundle]) -> Iterator[Table]:
    """The tables that a case has asked, in the order in which it did; `home` is the bundle of each step."""
    asked: Asked = {}
    for step in steps:
        for effect in step.effects:
            if effect.kind == "decided" and isinstance(effect.detail, Mapping):
                found = asked.setdefault(_place(effect, bundles, home[step.seq]), {})
                found.setdefault(step.seq, set()).update(effect.detail.get("rows", ()))
    for (digest, decision), hits in asked.items():
        if digest in bundles and (drawn := _drawn(bundles[digest], decision)) is not None:
            yield _table(drawn, hits, digest)


def _place(effect: Effect, bundles: Mapping[str, Bundle], home: str) -> tuple[str, str]:
    """The bundle and the id of the decision that an effect tells of; a called process may have tables of its own."""
    decision = str(effect.detail["decision"])
    if "digest" in effect.detail:
        return str(effect.detail["digest"]), decision
    drawn = (digest for digest, one in bundles.items() if one.diagram and effect.element in one.diagram)
    known = [home, *drawn]
    return next((one for one in known if one in bundles and _drawn(bundles[one], decision) is not None), home), decision


def _drawn(bundle: Bundle, decision: str) -> etree._Element | None:
    """The element of a decision in the files of a bundle."""
    for path, body in bundle.files.items():
        if path.endswith(".dmn"):
            try:
                found = [one for one in parse_xml(body).iter("{*}decision") if one.get("id") == decision]
            except MalformedXml:
                continue
            if found and found[0].find("{*}decisionTable") is not None:
                return found[0]
    return None


def _table(decision: etree._Element, hits: Mapping[int, set[int]], bundle: str) -> Table:
    drawn: Any = decision.find("{*}decisionTable")
    return Table(
        name=decision.get("name") or decision.get("id", ""),
        policy=drawn.get("hitPolicy", "UNIQUE"),
        inputs=tuple(one.get("label") or _text(one, "{*}inputExpression/{*}text") for one in drawn.iter("{*}input")),
        outputs=tuple(one.get("label") or one.get("name", "") for one in drawn.iter("{*}output")),
        rules=tuple(_rule(number, rule, hits) for number, rule in enumerate(drawn.iter("{*}rule"), 1)),
        bundle=bundle,
    )


def _rule(number: int, rule: etree._Element, hits: Mapping[int, set[int]]) -> Rule:
    cells = [*rule.iterfind("{*}inputEntry"), *rule.iterfind("{*}outputEntry")]
    steps = tuple(seq for seq, rows in hits.items() if number in rows)
    return Rule(number=number, cells=tuple(_text(one, "{*}text") for one in cells), steps=steps)


def _text(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return "" if found is None else "".join(found.itertext()).strip()
