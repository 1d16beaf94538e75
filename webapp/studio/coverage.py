"""Which elements and flows of a bundle were walked: by its scenarios, by finished cases, by both, by neither."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from engine.bundles import Bundle
from engine.diagram import Diagram
from engine.errors import NotFound
from engine.scenarios import Outcome

from .. import here, pictures
from ..labels import Labels
from .scenarios import played

BOTH, SCENARIOS, HISTORY, NEITHER = "both", "scenarios", "history", "neither"
KINDS = (BOTH, SCENARIOS, HISTORY, NEITHER)
MOST_NAMED = 12  # elements that nobody walked, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was walked of a bundle: how many elements and flows by whom, and what by nobody."""

    elements: Mapping[str, int]
    flows: Mapping[str, int]
    unwalked: tuple[Markup, ...]
    more: int
    cases: bool
    picture: Markup

    @property
    def rows(self) -> tuple[tuple[str, int, int], ...]:
        """By whom, with how many elements and flows."""
        return tuple((kind, self.elements[kind], self.flows[kind]) for kind in KINDS)


def panel(
    bundle_digest: str, key: str, bundle: Bundle | None = None, outcomes: Sequence[Outcome] | None = None
) -> Coverage | None:
    """What `studio/panels/coverage.html` shows; None for what has no diagram. A bundle not stored is given itself."""
    found = bundle or here.engine().bundle(bundle_digest)
    if found.diagram is None:
        return None
    by_scenarios = {id for one in played(found, outcomes) if one.good for id in (*one.elements, *one.flows)}
    return covered(found, by_scenarios, history(found, key))


def covered(bundle: Bundle, by_scenarios: set[str], by_cases: Mapping[str, int]) -> Coverage:
    """What was walked of a bundle by the ids of its elements and flows."""
    diagram, words = bundle.diagram, here.words()
    assert diagram is not None
    elements, flows = ([part.id for part in parts] for parts in (diagram.elements, diagram.flows))
    kinds = {id: kind_of(id, by_scenarios, by_cases) for id in (*elements, *flows)}
    labels, never = Labels(bundle, words), [id for id in elements if kinds[id] == NEITHER]
    marks = {id: f"by-{kind}" for id, kind in kinds.items()}
    counts = {id: by_cases[id] for id in elements if by_cases.get(id)}
    return Coverage(
        elements={kind: sum(kinds[id] == kind for id in elements) for kind in KINDS},
        flows={kind: sum(kinds[id] == kind for id in flows) for kind in KINDS},
        unwalked=tuple(map(labels.marked, never[:MOST_NAMED])),
        more=max(0, len(never) - MOST_NAMED),
        cases=bool(by_cases),
        picture=pictures.of_bundle(labels, marks, counts),
    )


def kind_of(id: str, by_scenarios: set[str], by_cases: Mapping[str, int]) -> str:
    """By whom an element or flow was walked."""
    if id in by_scenarios:
        return BOTH if by_cases.get(id) else SCENARIOS
    return HISTORY if by_cases.get(id) else NEITHER


def history(bundle: Bundle, key: str) -> dict[str, int]:
    """How often finished cases of any version walked what is in a bundle too: the same id, and the same thing."""
    found: Counter[str] = Counter()
    for digest, counted in here.engine().walked(key).items():
        try:
            old = here.engine().bundle(digest).diagram
        except NotFound:
            continue
        if old is not None and bundle.diagram is not None:
            found.update(dict(_same(counted, old, bundle.diagram)))
    return dict(found)


def _same(counted: Mapping[str, int], old: Diagram, new: Diagram) -> Iterator[tuple[str, int]]:
    for id, count in counted.items():
        if _what(id, old) is not None and _what(id, old) == _what(id, new):
            yield id, count


def _what(id: str, diagram: Diagram) -> Any:
    """What an id stands for: a kind of element, or the ends of a flow."""
    if id in diagram:
        return diagram.element(id).kind
    return (diagram.flow(id).source, diagram.flow(id).target) if diagram.has_flow(id) else None
