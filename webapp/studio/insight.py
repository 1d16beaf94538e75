"""What the page of a process shows of its cases: figures, heat, ways, versions held against each other, and hints.

It asks the engine a bounded number of questions, whatever the number of cases, and draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, sqrt

from markupsafe import Markup

from engine.diagram import Diagram
from engine.insight import Insight, Part, Standing, Tally, figures
from engine.insight.asking import Choices, Way, Ways, weeks
from engine.insight.cells import CANCELLED
from engine.model import Deployment

from .. import here
from ..labels import Labels
from .asked import Asked, asked, today
from .quantities import Spark, lasted, part_of, percent, spark
from .ways import Told, order_of, told
from .worth import Hint, Measure, Row, hints, measures

TREND = 13  # weeks that the small curves show
SHOWN = 12  # ways in the list
EXAMPLES = 8  # cases of a way
STEPS = 5  # of heat, and of how thick a flow is
PEOPLE = ("userTask", "manualTask")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Everything that the page shows of the cases of a process."""

    asked: Asked
    labels: Labels
    insight: Insight
    choices: Choices
    standing: Standing
    rows: tuple[Row, ...]  # of elements
    flows: tuple[Row, ...]
    ways: Ways
    way: Way | None
    examples: tuple[tuple[str, str], ...]  # cases that went it: id and number
    versions: Mapping[int, Tally]
    weekly: tuple[Tally, ...]
    measures: tuple[Measure, ...]

    @property
    def tally(self) -> Tally:
        """All cases that are asked for."""
        return self.insight.cell.tally

    @property
    def few(self) -> bool:
        """Whether there are so few cases that rates are no more than examples."""
        return self.tally.cases < figures.FEW

    @cached_property
    def told(self) -> tuple[Told, ...]:
        """The ways in words."""
        return tuple(told(self.labels, self.ways.shown))

    @cached_property
    def chosen(self) -> Told | None:
        """The way that is shown on the diagram, in words."""
        return next(told(self.labels, [self.way]), None) if self.way else None

    @cached_property
    def hints(self) -> tuple[Hint, ...]:
        """What is worth a change."""
        return tuple(hints(self.rows))

    @cached_property
    def values(self) -> Mapping[str, float]:
        """By how much each element is coloured."""
        found = {row.id: heat_of(row.part, self.asked.view) for row in self.rows}
        return {id: value for id, value in found.items() if value is not None}

    @property
    def scale(self) -> tuple[tuple[int, str], ...]:
        """The steps of heat, each with the most that it stands for, in words."""
        most = max(self.values.values(), default=0)
        return tuple((step, self._said(most * (step / STEPS) ** 2)) for step in range(1, STEPS + 1)) if most else ()

    def _said(self, value: float) -> str:
        if self.asked.view == "cases":
            return f"{value:,.0f}"
        return percent(value) if self.asked.view == "rework" else lasted(value)

    @property
    def marks(self) -> dict[str, str]:
        """The classes of elements and flows: the way that was chosen, or heat and how many went there."""
        if self.way is not None and (diagram := self.labels.bundle.diagram) is not None:
            idle = dict.fromkeys((part.id for part in (*diagram.elements, *diagram.flows)), "idle")
            went = dict.fromkeys(self.way.path.flows, "travelled") | dict.fromkeys(self._passed(diagram), "done")
            return idle | went
        found = {id: f"heat-{step}" for id, step in steps_of(self.values).items()}
        thick = steps_of({row.id: row.part.cases for row in self.flows})
        return found | {id: f"walked-{step}" for id, step in thick.items()}

    def _passed(self, diagram: Diagram) -> set[str]:
        """The elements of the way, its gateways with them."""
        assert self.way is not None
        flows = [diagram.flow(id) for id in self.way.path.flows if diagram.has_flow(id)]
        return {*self.way.path.elements, *(one for flow in flows for one in (flow.source, flow.target))}

    @property
    def counts(self) -> dict[str, int]:
        """The open tasks at each element."""
        return {} if self.way else {row.id: row.open for row in self.rows if row.open}

    @property
    def sparks(self) -> dict[str, Spark | None]:
        """How median, punctuality and coming back went, week by week."""
        return {
            "time": spark([one.time.percentile(50) for one in self.weekly]),
            "on_time": spark([part_of(one.on_time, one.timed) for one in self.weekly]),
            "again": spark([part_of(one.again, one.cases) for one in self.weekly]),
        }

    def outcome(self, id: str) -> str:
        """What an outcome is called; empty for a case that was cancelled."""
        return "" if id == CANCELLED else self.labels.element(id)


def shown(key: str, labels: Labels, versions: Sequence[Deployment], listed: Iterable[Deployment]) -> Shown:
    """What there is to say; `labels` are those of the version whose diagram is shown, `listed` those with figures."""
    engine, actor, wish = here.engine(), here.actor(), asked()
    told_of = {one.version for one in listed} | {one.version for one in versions if str(one.version) in wish.against}
    where = wish.where(key)
    insight, standing = engine.insight(where, actor), engine.standing(key, actor)
    way = engine.insight_way(where, wish.way, actor) if wish.way else None
    rows, flows = rows_of(labels, insight, standing, {one.bundle for one in versions})
    tallies = engine.insight_by_version(where, told_of, actor)
    trend = engine.insight_by_period(replace(where, periods=weeks(today(), TREND)), actor)
    return Shown(
        asked=wish,
        labels=labels,
        insight=insight,
        choices=engine.insight_choices(key, actor),
        standing=standing,
        rows=rows,
        flows=flows,
        ways=engine.insight_ways(where, actor, limit=SHOWN),
        way=way,
        examples=examples(key, way) if way else (),
        versions=tallies,
        weekly=tuple(trend.values()),
        measures=tuple(measures(*(tallies[int(one)] for one in wish.against))) if comparable(wish, tallies) else (),
    )


def comparable(wish: Asked, tallies: Mapping[int, Tally]) -> bool:
    """Whether two versions are asked for that there are."""
    return all(one and int(one) in tallies for one in wish.against)


def examples(key: str, way: Way) -> tuple[tuple[str, str], ...]:
    """Some cases that went a way, by id and number."""
    engine, actor = here.engine(), here.actor()
    ids = engine.insight_cases(key, way.variant, actor, limit=EXAMPLES)
    return tuple((str(one.id), one.number) for one in engine.cases(actor, ids=ids))


def rows_of(
    labels: Labels, insight: Insight, standing: Standing, bundles: set[str]
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """The elements and the flows of the diagram that anything is known of, in the order in which one comes to them."""
    diagram, parts = labels.bundle.diagram, insight.cell.parts
    if diagram is None:
        return (), ()
    rank = order_of(diagram)
    live = [at_element(counts, bundles) for counts in (standing.tasks, standing.overdue, standing.incidents)]
    rows = []
    for element in sorted(diagram.elements, key=lambda one: rank[one.id]):
        open_now, overdue, incidents = (one.get(element.id, 0) for one in live)
        part, people = parts.get(element.id, Part()), element.kind in PEOPLE
        silent = element.kind == "startEvent" or (element.is_gateway and not part.waiting.n)  # the flows say more
        if silent or not (part.times or open_now or incidents):
            continue
        said = {"open": open_now, "overdue": overdue, "incidents": incidents}
        rows.append(Row(id=element.id, name=labels.element(element.id), part=part, people=people, **said))
    flows = [
        Row(id=flow.id, name=flow_name(labels, diagram, flow.id), part=parts[flow.id])
        for flow in sorted(diagram.flows, key=lambda one: (rank[one.source], rank[one.target]))
        if flow.id in parts
    ]
    return tuple(rows), tuple(flows)


def at_element(counts: Mapping[tuple[str, str], int], bundles: set[str]) -> dict[str, int]:
    """Counts by element, of the versions of a process together."""
    found: dict[str, int] = {}
    for (digest, element), count in counts.items():
        if digest in bundles:
            found[element] = found.get(element, 0) + count
    return found


def flow_name(labels: Labels, diagram: Diagram, id: str) -> Markup:
    """A flow by what it joins, and its own name: Over 500? yes → Approve."""
    flow = diagram.flow(id)
    name = f" {labels.text(flow.name)}" if flow.name else ""
    return Markup("{}{} → {}").format(labels.marked(flow.source), name, labels.marked(flow.target))


def heat_of(part: Part, view: str) -> float | None:
    """By how much an element is coloured in a picture; None where it says nothing of it."""
    match view:
        case "waiting":
            return part.waiting.percentile(50)
        case "working":
            return part.working.percentile(50)
        case "rework":
            return part_of(part.again, part.cases)
    return part.cases or None


def steps_of(values: Mapping[str, float]) -> dict[str, int]:
    """Which of the steps each value is in: they grow as squares, so that one that is far ahead hides no other."""
    most = max(values.values(), default=0)
    return {id: max(1, ceil(STEPS * sqrt(value / most) - 1e-9)) if most else 1 for id, value in values.items()}
