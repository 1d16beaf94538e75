"""The course of one sample case so far: its scenario, its fate, what has been done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..customers.model import Customer
from .fates import Fate
from .plot import Plot
from .texts import read

Scenario = Mapping[str, Any]
Values = dict[str, Any]
NO_SCENARIO: Scenario = {"language": "zh"}  # of cases that nobody tells a story about


@dataclass(kw_only=True)
class Script:
    """One case: who it is about, and how often each task was done and each reaction came."""

    plot: Plot
    fate: Fate
    scenario: Scenario
    person: Customer | None  # nothing: a caller whom nobody knows
    begins: datetime
    channel: str = "PHONE"
    caller: str | None = None
    case: str = ""
    opened_by: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)  # the case's, as they were when it was last looked at
    done: Counter[str] = field(default_factory=Counter)

    @property
    def customer(self) -> str:
        """The id of its customer, or nothing."""
        return self.person.id if self.person else ""

    @property
    def name(self) -> str:
        """What its customer signs with."""
        assert self.person is not None
        return self.person.name

    @property
    def vulnerable(self) -> bool:
        """Whether its customer needs special care."""
        return bool(self.person and self.person.care(self.begins))

    def phrase(self, name: str) -> str:
        """A standing phrase in the language of the case."""
        return str(read("phrases")[self.language][name])

    @property
    def language(self) -> str:
        """The language that its customer speaks."""
        return str(self.scenario["language"])

    def marked(self, mark: str) -> bool:
        """Whether the fate says so."""
        return mark in self.fate.marks

    def reaction(self, name: str) -> str:
        """What the customer writes with an answer."""
        own = self.scenario.get(name)
        return str(own) if own else self.phrase(name)
