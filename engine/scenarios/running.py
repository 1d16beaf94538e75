"""Runs the scenarios of a bundle, and says of each whether it went as it has to, else where it went otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from ..bundles import Bundle
from ..canonical import canonical, instant, normal
from ..errors import EngineError
from .files import Malformed, read_scenario
from .model import Complete, Expected, Scenario, Wait, is_scenario
from .play import Around, Play, Stray, Unanswered

MOST = 100  # scenarios of a bundle
PATIENCE = 20.0  # seconds for all scenarios of a bundle; what is not done by then is said


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What went otherwise: `how`, at which input (0 is the start) and element, and what there is to say."""

    how: str
    input: int = 0
    element: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a scenario went; without a scenario its file could not be read."""

    path: str
    scenario: Scenario | None
    wrong: Wrong | None = None
    elements: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    end: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether everything went as it has to."""
        return self.wrong is None


def run_all(bundle: Bundle, around: Around) -> list[Outcome]:
    """All scenarios of a bundle, by their names, in the order in which they are run."""
    return list(outcomes(bundle, around))


def outcomes(bundle: Bundle, around: Around) -> Iterator[Outcome]:
    """The same, one after the other."""
    end, paths = bound(), sorted(filter(is_scenario, bundle.files))
    for number, path in enumerate(paths):
        if number >= MOST:
            yield Outcome(path=path, scenario=None, wrong=Wrong(how="many", said={"most": MOST}))
            return
        if monotonic() > end:
            yield Outcome(path=path, scenario=None, wrong=Wrong(how="late", said={"left": len(paths) - number}))
            return
        found = run_file(path, bundle, around, end)
        yield found
        if found.wrong is not None and found.wrong.how == "late":
            return


def bound() -> float:
    """Until when on the monotonic clock scenarios that begin now may go on."""
    return monotonic() + PATIENCE


def run_file(path: str, bundle: Bundle, around: Around, until: float) -> Outcome:
    """The scenario of one file, as far as it comes by a moment of the monotonic clock."""
    try:
        scenario = read_scenario(path, bundle.files[path])
    except Malformed as error:
        return Outcome(path=path, scenario=None, wrong=Wrong(how="malformed", said={"why": str(error)}))
    play = Play(bundle, around, scenario.replies, scenario.at, until)
    wrong = gone(scenario, play) or missed(scenario.expected, play)
    return Outcome(
        path=path,
        scenario=scenario,
        wrong=wrong,
        elements=tuple(play.path),
        flows=tuple(play.flows),
        end=play.end if play.over else "",
        data=play.data,
    )


def gone(scenario: Scenario, play: Play) -> Wrong | None:
    """Give a play all inputs; what keeps it from taking one, if anything does."""
    number = 0
    try:
        play.begin(scenario.data, scenario.message)
        for number, one in enumerate(scenario.inputs, 1):
            if play.over:
                return Wrong(how="over", input=number, element=play.end, said={"asked": _asked(one)})
            play.take(one)
    except Stray as error:
        return Wrong(how=error.how, input=number, element=error.element, said=error.data)
    except Unanswered as error:
        said = {"operator": error.request.operator}
        return Wrong(how="unanswered", input=number, element=error.request.element, said=said)
    return None


def _asked(one: Any) -> str:
    """What an input is about."""
    return one.element if isinstance(one, Complete) else one.until if isinstance(one, Wait) else one.name


def missed(expected: Expected, play: Play) -> Wrong | None:
    """The first thing that is not as it has to be."""
    return next(_missed(expected, play), None)


def _missed(expected: Expected, play: Play) -> Iterator[Wrong]:
    yield from _astray(expected.path, play.path)
    ended = play.end if play.over else ""
    waiting = [one.element for one in play.open if one.kind == "task"]
    if expected.end and expected.end != ended:
        yield Wrong(how="end", element=expected.end, said={"end": ended, "waiting": waiting})
    if expected.waiting is not None and sorted(expected.waiting) != sorted(waiting):
        yield Wrong(how="waiting", said={"expected": list(expected.waiting), "waiting": waiting, "end": ended})
    for name, value in expected.data.items():
        found, known = _at(play.data, name)
        if not known or not _same(found, value):
            yield Wrong(how="data", said={"field": name, "expected": value, "found": found, "known": known})
    for element, term in expected.due.items():
        if (wrong := _late(element, term, play)) is not None:
            yield wrong


def _astray(expected: tuple[str, ...], path: list[str]) -> Iterator[Wrong]:
    """Where a path leaves the one that it has to take."""
    at, last = 0, ""
    for element in expected:
        if element not in path[at:]:
            instead = path[at] if at < len(path) else ""
            yield Wrong(how="path", element=element, said={"after": last, "instead": instead})
            return
        at, last = path.index(element, at) + 1, element


def _at(data: Any, name: str) -> tuple[Any, bool]:
    """The value at a path of the data, and whether there is one."""
    if isinstance(data, Mapping) and name in data:
        return data[name], True
    for part in name.split("."):
        if not isinstance(data, Mapping) or part not in data:
            return None, False
        data = data[part]
    return data, True


def _same(found: Any, value: Any) -> bool:
    return canonical(normal(found)) == canonical(normal(value))


def _late(element: str, term: str, play: Play) -> Wrong | None:
    """Whether a task is due at another time than it has to be."""
    if element not in play.due:
        return Wrong(how="due", element=element, said={"expected": term, "found": ""})
    since, due = play.due[element]
    try:
        moment = instant(term) if "T" in term and ":" in term else play.around.configuration.due(term, since).at
        if moment == instant(due):
            return None
    except (EngineError, ValueError, OverflowError):
        pass
    return Wrong(how="due", element=element, said={"expected": term, "found": due})
