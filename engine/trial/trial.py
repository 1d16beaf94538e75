"""One case of a bundle in memory. It knows no database, no clock and no chance: whoever tries it says what comes when.

What an operator answers, and which version another process or shared decision has, is asked of whoever tries it too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import spiff
from ..bundles import Bundle
from ..cases import semantics
from ..cases.world import NO_CLOCK, environment
from ..configuration import Configuration
from ..feel import Decision
from ..history.replay import Archive
from ..mapping import Declared
from ..model import Effect
from ..spiff import Answer, Environment, Marking, Request, Stepper

Bound = Callable[[str], str]  # `process:key` or `decision:key` to the digest of a bundle; KeyError where there is none


class Nowhere(KeyError):
    """No version of another process or shared decision is known."""


def nothing_bound(name: str) -> str:
    """Know no version of anything."""
    raise Nowhere(name)


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a bundle that is tried finds around it; its own content it has itself, stored or not."""

    bundle: Bundle
    configuration: Configuration
    archive: Archive
    answer: Callable[[Request], Answer | None]
    bound: Bound

    def environment(self) -> Environment:
        """What the stepper is given."""
        return environment(self.configuration, self, self.answer, limits=NO_CLOCK)

    def newest(self, key: str) -> spiff.Bundle:
        """The process that is called."""
        return self.version(self.bound(f"process:{key}"))

    def version(self, digest: str) -> spiff.Bundle:
        """The process of a bundle."""
        return self._found(digest).executable(self.configuration.language)

    def decision(self, key: str) -> tuple[Decision, str]:
        """The shared decision that is asked."""
        digest = self.bound(f"decision:{key}")
        return self._found(digest).decisions(self.configuration.language)[key], digest

    def mapping(self, digest: str) -> Declared:
        """The mapping with a digest."""
        return self.archive.mapping(digest)

    def _found(self, digest: str) -> Bundle:
        return self.bundle if digest == self.bundle.digest else self.archive.bundle(digest)


class Trial:
    """A case of a bundle, from its first input to its last; `configuration` may change between two of them."""

    def __init__(
        self,
        bundle: Bundle,
        configuration: Configuration,
        archive: Archive,
        answer: Callable[[Request], Answer | None],
        bound: Bound = nothing_bound,
    ) -> None:
        self.bundle, self.configuration, self.archive = bundle, configuration, archive
        self.marking = Marking()
        self._answer, self._bound = answer, bound

    @property
    def over(self) -> bool:
        """Whether the case has ended; one that has not begun has no token either."""
        return self.marking.over

    def apply(self, kind: str, given: Mapping[str, Any], at: datetime) -> tuple[Effect, ...]:
        """Take an input; NotWaiting or StepFailed where it cannot be taken, and then nothing has happened."""
        around = Surroundings(
            bundle=self.bundle,
            configuration=self.configuration,
            archive=self.archive,
            answer=self._answer,
            bound=self._bound,
        )
        stepper = Stepper(self.bundle.executable(self.configuration.language), around.environment())
        before = Marking.from_bytes(self.marking.to_bytes())
        self.marking, effects = semantics.apply(semantics.newest(), stepper, before, kind, given, at)
        return effects
