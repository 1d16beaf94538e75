"""How cases of a process go in the demo: who begins them, what people write, what customers answer, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from .fates import Fate

if TYPE_CHECKING:
    from .script import Script, Values

Around = tuple[float, float]  # a median, and the sigma of its logarithm


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a customer can do: the message that it sends, and what it holds."""

    message: str
    says: Callable[[Script], Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """One process. Times to do a task are in minutes, those until a customer reacts in hours."""

    key: str
    begin: Callable[[Script, datetime], Values]
    forms: Mapping[str, Callable[[Script, datetime], Values]]  # by element
    stages: tuple[tuple[str, ...], ...]  # elements in the order in which a case comes to them, those of a line together
    scenarios: str = ""  # the file of texts that its fates name
    opened_by: tuple[str, ...] = ("csr",)
    latest: int = 700  # minutes of the shift after which nothing begins
    reactions: Mapping[str, Reaction] = field(default_factory=dict)
    ordinarily: tuple[str, ...] = ()  # the reactions that come whenever they are asked for, unless a fate names others
    working: Around = (6.0, 0.7)
    reacting: Around = (5.0, 0.8)
    at_once: Mapping[str, Around] = field(default_factory=dict)  # minutes: somebody waits on the line
    usual: tuple[Fate, ...] = ()  # of cases that come out of others, each as likely as the next

    def stages_left(self, fate: Fate, element: str) -> int:
        """How many stages there are from an element to where a case is left, at least one."""
        places = {name: place for place, stage in enumerate(self.stages) for name in stage}
        return max(places.get(fate.stop, 0) - places.get(element, 0), 1)


def comment(name: str) -> Callable[[Script], Values]:
    """A reaction that is a comment: the scenario's own, or the phrase of the name."""
    return lambda script: {"comment": script.reaction(name)}
