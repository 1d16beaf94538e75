"""Who plays in which sample case: a scenario and a customer for each fate, and when the case begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from ..customers.model import Customer
from .fates import FATES, Fate
from .plots import PLOTS
from .script import NO_SCENARIO, Scenario, Script
from .shifts import Shifts
from .texts import read

CHANNELS = {"PHONE": 34, "CHAT": 26, "APP": 22, "WECOM": 10, "EMAIL": 5, "F2F": 3}
ANONYMOUS = 12  # per cent of the inquiries that end, whose caller is nobody we know
WEEK = (1.15, 1.0, 1.0, 1.0, 0.95, 0.35, 0.35)  # how much comes in on each day, Monday first
HOURS = {8: 4, 9: 12, 10: 11, 11: 8, 12: 6, 13: 8, 14: 17, 15: 7, 16: 4, 17: 3, 18: 3, 19: 3, 20: 3, 21: 3}
TRADING = ("trade", "recommendation")  # are not played where nobody knows yet on which days there is trading
SETTLED_BY = timedelta(days=30)
LATELY = 3  # days before the end in which nothing begins that is to come to its end


class Cast:
    """Hands out scenarios and customers; the same random numbers hand out the same."""

    def __init__(self, random: Random, customers: Iterable[Customer], shifts: Shifts, end: datetime) -> None:
        self._random, self._shifts, self._end = random, shifts, end
        self._customers = {customer.id: customer for customer in customers}
        self._scenarios = {
            plot.key: {one["id"]: one for one in read(plot.scenarios)} for plot in PLOTS.values() if plot.scenarios
        }

    def scripts(self, count: int, days: int) -> Iterator[Script]:
        """So many cases within so many days, in the order of the fates; when they are used up, those that end again."""
        ended = [fate for fate in FATES if not fate.stop]
        for number in range(count):
            fate = FATES[number] if number < len(FATES) else self._random.choice(ended)
            begins = self._begins(fate, days)
            if fate.key not in TRADING or self._shifts.knows(begins + SETTLED_BY):
                yield self._script(fate, begins)

    def child(self, key: str, parent: Script | None, at: datetime) -> Script:
        """The script of a case that came out of another one, or began by the clock."""
        given = parent.fate.children.get(key) if parent else None
        script = self._script(given or self._random.choice(PLOTS[key].usual), at)
        if parent:
            script.person, script.caller, script.channel = parent.person, parent.caller, parent.channel
            if script.scenario is NO_SCENARIO:
                script.scenario = {"language": parent.language}
        return script

    def _script(self, fate: Fate, begins: datetime) -> Script:
        scenario = self._scenarios[fate.key][fate.scenario] if fate.scenario else NO_SCENARIO
        customer = self._customer(fate, scenario)
        phone = "dropped" in fate.marks or "lost" in fate.marks
        channel = "PHONE" if phone else self._random.choices(list(CHANNELS), list(CHANNELS.values()))[0]
        unknown = f"1990001{self._random.randint(0, 9999):04d}"
        return Script(
            plot=PLOTS[fate.key],
            fate=fate,
            scenario=scenario,
            person=customer,
            begins=begins,
            channel=channel,
            caller=None if customer else unknown,
        )

    def _customer(self, fate: Fate, scenario: Scenario) -> Customer | None:
        if named := scenario.get("customer"):
            return self._customers[named]
        ends = not (fate.stop or fate.children)
        if fate.key == "inquiry" and ends and self._random.random() * 100 < ANONYMOUS:
            return None
        speaking = [one for one in self._customers.values() if one.language == scenario["language"] and one.mobile]
        return self._random.choice(speaking)

    def _begins(self, fate: Fate, days: int) -> datetime:
        """Some minutes before the end, whatever the hour; else in the shift of a day before it."""
        if fate.fresh:
            return self._end - timedelta(minutes=fate.fresh)
        groups, last = PLOTS[fate.key].opened_by, self._shifts.last(self._end, ("chs",))
        if fate.age == (0, 0):
            return last - timedelta(minutes=self._random.randint(120, 200))
        if fate.age is None:
            return self._any_time(fate.key, days)
        working_days = min(self._random.randint(*fate.age), days * 5 // 7)
        begins = self._shifts.begins(self._shifts.before(last, working_days), groups)
        return begins + timedelta(minutes=self._random.randint(4, PLOTS[fate.key].latest))

    def _any_time(self, key: str, days: int) -> datetime:
        """A moment in the shift of whoever begins such cases, more often when more comes in."""
        plot, ago = PLOTS[key], range(min(LATELY, days - 1), days)
        weights = [WEEK[(self._end - timedelta(days=day)).weekday()] for day in ago]
        day = self._end - timedelta(days=self._random.choices(ago, weights)[0])
        hour = self._random.choices(list(HOURS), list(HOURS.values()))[0]
        moment = day.replace(hour=hour, minute=self._random.randrange(60), second=self._random.randrange(60))
        return self._shifts.next(moment, plot.opened_by)
