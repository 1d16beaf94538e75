"""The part of the engine's front door about what finished cases tell: how often, how long, which way."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..errors import NotAllowed
from ..insight import asking, folding
from ..insight.asking import Choices, Insight, Way, Ways, Where
from ..insight.cells import Tally
from ..insight.standing import Standing, standing
from ..jobs import counting
from ..model import SYSTEM, Actor, CaseId
from .part import Part


class Insights(Part):
    """What finished cases come to, of the classes that are open to whoever asks."""

    def insight(self, where: Where, actor: Actor = SYSTEM) -> Insight:
        """Some finished cases added up: their number and duration, and what happened at each element and flow."""
        with self.database.reading() as connection:
            return asking.ask(connection, where, self._classes(actor))

    def insight_by_version(self, where: Where, versions: Collection[int], actor: Actor = SYSTEM) -> dict[int, Tally]:
        """The finished cases of each of some versions."""
        with self.database.reading() as connection:
            return asking.by_version(connection, where, versions, self._classes(actor))

    def insight_by_period(self, where: Where, actor: Actor = SYSTEM) -> dict[str, Tally]:
        """The finished cases of each of the periods that are asked for."""
        with self.database.reading() as connection:
            return asking.by_period(connection, where, self._classes(actor))

    def insight_ways(self, where: Where, actor: Actor = SYSTEM, *, limit: int = 20) -> Ways:
        """The ways that most of some cases went."""
        with self.database.reading() as connection:
            return asking.ways(connection, where, self._classes(actor), limit)

    def insight_way(self, where: Where, variant: str, actor: Actor = SYSTEM) -> Way | None:
        """One way, as some cases went it; None where none did."""
        with self.database.reading() as connection:
            return asking.way(connection, where, self._classes(actor), variant)

    def insight_cases(self, key: str, variant: str, actor: Actor = SYSTEM, *, limit: int = 20) -> list[CaseId]:
        """The ids of some finished cases that went a way, the last begun first."""
        with self.database.reading() as connection:
            found = asking.cases_of(connection, key, variant, self._classes(actor), limit)
        return [CaseId(str(one)) for one in found]

    def insight_choices(self, key: str, actor: Actor = SYSTEM) -> Choices:
        """By what the finished cases of a process can be told apart."""
        with self.database.reading() as connection:
            return asking.choices(connection, key, self._classes(actor))

    def standing(self, key: str, actor: Actor = SYSTEM) -> Standing:
        """Where the open cases of a process stand now: open tasks, overdue ones and incidents by element."""
        with self.database.reading() as connection:
            return standing(connection, key, self._classes(actor), self.context.now_text())

    def walked(self, key: str, actor: Actor = SYSTEM) -> Mapping[str, Mapping[str, int]]:
        """How often finished cases passed each element and flow, by the digest of the bundle that it is drawn in."""
        with self.database.reading() as connection:
            return asking.count_walked(connection, key, self._classes(actor))

    def count_finished(self, limit: int | None = None) -> int:
        """Add up the cases that have ended and are not counted yet; how many they were."""
        return folding.fold(self.context, limit)

    def forget_counts(self) -> None:
        """Forget all sums; whoever counts next makes them anew, from the steps."""
        with self.database.writing() as connection:
            folding.clear(connection)

    def plan_counting(self) -> None:
        """Let workers add up finished cases from now on."""
        counting.plan(self.context)

    def _classes(self, actor: Actor) -> Collection[str] | None:
        policy = self.context.policy
        if not policy.may_read_all(actor):
            raise NotAllowed("Insight needs a group that reads all cases.", groups=sorted(policy.readers))
        return policy.classes_open_to(actor)
