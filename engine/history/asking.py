"""What decision tables were asked: one recorded step is replayed, and its tables say what they are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .. import spiff
from ..bundles import Bundle
from ..canonical import normal
from ..cases import semantics
from ..cases.world import Recorded
from ..feel import Decision, Limits
from ..model import Step
from ..spiff import Marking, Stepper
from .replay import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A table that was evaluated, and the value of each of its inputs, in their order."""

    decision: Decision
    inputs: tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Overheard(Recorded):
    """The world of a recorded step whose tables are listened to."""

    heard: list[Asked] = field(default_factory=list)

    def version(self, digest: str) -> spiff.Bundle:
        """The process of a bundle, with tables that say what they are asked."""
        return self.listened(super().version(digest))

    def decision(self, key: str) -> tuple[Decision, str]:
        """The decision that was bound, listened to."""
        found, digest = super().decision(key)
        return Listening.to(found, self.heard), digest

    def listened(self, bundle: spiff.Bundle) -> spiff.Bundle:
        """A process with tables that say what they are asked."""
        return replace(bundle, decisions={key: Listening.to(one, self.heard) for key, one in bundle.decisions.items()})


@dataclass(frozen=True, eq=False)
class Listening(Decision):
    """A table that writes down what it is asked before it answers as it does."""

    plain: Decision
    heard: list[Asked]

    @classmethod
    def to(cls, plain: Decision, heard: list[Asked]) -> Listening:
        """The same table, listened to."""
        own = {name: getattr(plain, name) for name in Decision.__dataclass_fields__}
        return cls(**own, plain=plain, heard=heard)

    def evaluate(self, data: Mapping[str, Any], now: datetime | None = None, limits: Limits | None = None) -> Any:
        """The outcome over case data."""
        inputs = tuple(normal(value) for value in self.plain.asked(data, now, limits))
        self.heard.append(Asked(decision=self.plain, inputs=inputs))
        return self.plain.evaluate(data, now, limits)


def asked(step: Step, before: Marking, bundle: Bundle | None, archive: Archive) -> list[Asked]:
    """Every table that a step evaluated, in the order of its effects."""
    own = archive.bundle(step.input["bundle"]) if step.kind in ("started", "migrated") or bundle is None else bundle
    configuration = archive.configuration(step.input["config"])
    world = Overheard(given=step.input, bundle=archive.bundle, configuration=configuration)
    stepper = Stepper(world.listened(own.executable(configuration.language)), world.environment())
    semantics.apply(step.semantics, stepper, Marking.from_bytes(before.to_bytes()), step.kind, step.input, step.at)
    return world.heard


__all__ = ["Asked", "asked"]
