"""Replays a case: the recorded inputs, under the recorded bundles and configurations, in memory; it calls nothing.

After every step the state hash and the effects are held against the record. Live steps and replayed ones go through the
same function, `engine.cases.semantics.apply`, each by the rules that its step names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest

from sqlalchemy import Connection

from ..bundles import Bundle
from ..canonical import canonical, digest
from ..cases import semantics
from ..cases.inputs import BESIDE
from ..cases.world import Recorded, none_declared
from ..configuration import Configuration
from ..errors import EngineError
from ..mapping import Declared
from ..model import CaseId, Difference, Effect, Replay, Step
from ..spiff import Marking, Stepper, StepperError
from ..store.shelf import Shelf
from .chain import plain


@dataclass(frozen=True, kw_only=True)
class Archive:
    """Where a replay finds what a history names by its digest."""

    bundle: Callable[[str], Bundle]
    configuration: Callable[[str], Configuration]
    mapping: Callable[[str], Declared] = none_declared


@dataclass(frozen=True)
class Moved:
    """One replayed step: the marking after it and what followed from its input."""

    step: Step
    marking: Marking
    effects: tuple[Effect, ...]


def moves(
    steps: Sequence[Step],
    archive: Archive,
    marking: Marking | None = None,
    bundle: Bundle | None = None,
    world: Callable[..., Recorded] = Recorded,
) -> Iterator[Moved]:
    """Replay step after step; the caller compares. EngineError or StepperError where a step cannot be replayed.

    A history that does not begin with its start goes on from the marking and the bundle that its case had before.
    `world` is what each step finds around it; another one than `Recorded` may listen.
    """
    marking, rules = marking or Marking(), 0
    for step in steps:
        if step.kind in ("started", "migrated"):
            bundle = archive.bundle(step.input["bundle"])
        if step.kind in BESIDE:
            yield Moved(step, marking, ())
            continue
        if bundle is None:
            raise EngineError("the history does not begin with a start")
        if rules not in (0, step.semantics) and step.kind != "upgraded":
            raise EngineError(f"step {step.seq} has the semantics {step.semantics}, the case has {rules}")
        rules = step.semantics
        configuration = archive.configuration(step.input["config"])
        around = world(given=step.input, bundle=archive.bundle, configuration=configuration, mapping=archive.mapping)
        stepper = Stepper(bundle.executable(configuration.language), around.environment())
        before = Marking.from_bytes(marking.to_bytes())
        marking, effects = semantics.apply(rules, stepper, before, step.kind, step.input, step.at)
        yield Moved(step, marking, effects)


def replay(case_id: CaseId, steps: Sequence[Step], archive: Archive) -> Replay:
    """Replay a case and compare every step with its record; the first difference ends it."""
    done = 0
    try:
        for moved in moves(steps, archive):
            found = difference(moved)
            if found is not None:
                return Replay(case_id=case_id, steps=done, difference=found)
            done += 1
    except (EngineError, StepperError, KeyError, ValueError, TypeError) as error:
        seq = steps[done].seq if done < len(steps) else 0
        failed = Difference(
            seq=seq, what="step", recorded=steps[done].kind, replayed=f"{type(error).__name__}: {error}"
        )
        return Replay(case_id=case_id, steps=done, difference=failed)
    return Replay(case_id=case_id, steps=done)


def difference(moved: Moved) -> Difference | None:
    """What differs between a replayed step and its record."""
    recorded = moved.step
    state = digest(moved.marking.to_bytes())
    if state != recorded.state_hash:
        return Difference(seq=recorded.seq, what="state", recorded=recorded.state_hash, replayed=state)
    return _effects_difference(recorded, moved.effects)


def _effects_difference(recorded: Step, effects: tuple[Effect, ...]) -> Difference | None:
    for was, became in zip_longest(plain(recorded.effects), plain(effects)):
        if was is None or became is None or canonical(was) != canonical(became):
            return Difference(seq=recorded.seq, what="effects", recorded=was, replayed=became)
    return None


def stored_archive(connection: Connection, shelf: Shelf) -> Archive:
    """What a database holds, for as long as the connection is open."""
    return Archive(
        bundle=partial(shelf.bundle, connection),
        configuration=partial(shelf.configuration, connection),
        mapping=partial(shelf.mapping, connection),
    )


__all__ = ["Archive", "Moved", "difference", "moves", "replay", "stored_archive"]
