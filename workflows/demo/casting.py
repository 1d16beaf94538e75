"""Who plays in which sample case: a scenario and a customer for each fate, and when the case begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from ..customers.model import Customer
from .fates import FATES, Fate
from .script import Scenario, Script
from .shifts import Shifts
from .texts import read

CHANNELS = {"PHONE": 34, "CHAT": 26, "APP": 22, "WECOM": 10, "EMAIL": 5, "F2F": 3}
ANONYMOUS = 12  # per cent of the inquiries that end, whose caller is nobody we know
OPENED_BY = {"inquiry": ("csr",), "complaint": ("chs",)}
LATEST = {"inquiry": 700, "complaint": 420}  # minutes of the shift, after which nothing begins


class Cast:
    """Hands out scenarios and customers; the same random numbers hand out the same."""

    def __init__(self, random: Random, customers: Iterable[Customer], shifts: Shifts, end: datetime) -> None:
        self._random, self._shifts, self._end = random, shifts, end
        self._customers = {customer.id: customer for customer in customers}
        self._scenarios = {
            "inquiry": {one["id"]: one for one in read("inquiries")},
            "complaint": {one["id"]: one for one in read("complaints")},
        }

    def scripts(self, count: int, days: int) -> Iterator[Script]:
        """So many cases within so many days, in the order of the fates; when they are used up, those that end again."""
        ended = [fate for fate in FATES if not fate.stop]
        for number in range(count):
            fate = FATES[number] if number < len(FATES) else self._random.choice(ended)
            yield self._script(fate, self._begins(fate, days))

    def child(self, scenario: str, parent: Script, at: datetime) -> Script:
        """The complaint that comes out of an inquiry, about the same customer."""
        fate = Fate(key="complaint", scenario=scenario, reactions=("accepted",))
        script = self._script(fate, at)
        script.customer = parent.customer
        return script

    def _script(self, fate: Fate, begins: datetime) -> Script:
        scenario = self._scenarios[fate.key][fate.scenario]
        customer = self._customer(fate, scenario)
        phone = "dropped" in fate.marks or "lost" in fate.marks
        channel = "PHONE" if phone else self._random.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        unknown = f"1990001{self._random.randint(0, 9999):04d}"
        return Script(
            fate=fate,
            scenario=scenario,
            customer=customer.id if customer else "",
            begins=begins,
            channel=channel,
            caller=None if customer else unknown,
            vulnerable=bool(customer and customer.care(begins)),
        )

    def _customer(self, fate: Fate, scenario: Scenario) -> Customer | None:
        if named := scenario.get("customer"):
            return self._customers[named]
        ends = not (fate.stop or fate.child)
        if fate.key == "inquiry" and ends and self._random.random() * 100 < ANONYMOUS:
            return None
        speaking = [one for one in self._customers.values() if one.language == scenario["language"] and one.mobile]
        return self._random.choice(speaking)

    def _begins(self, fate: Fate, days: int) -> datetime:
        """Some minutes before the end, whatever the hour; else in the shift of a working day so many days before."""
        if fate.fresh:
            return self._end - timedelta(minutes=fate.fresh)
        groups = OPENED_BY[fate.key]
        last = self._shifts.last(self._end, ("chs",))
        if fate.age == (0, 0):
            return last - timedelta(minutes=self._random.randint(120, 200))
        working_days = min(self._random.randint(*fate.age), days * 5 // 7)
        day = self._shifts.before(last, working_days)
        return self._shifts.begins(day, groups) + timedelta(minutes=self._random.randint(4, LATEST[fate.key]))
