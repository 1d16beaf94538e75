"""Random diagrams whose cases somebody intervenes in: tasks are skipped, data corrected, tokens moved.

To skip a task and to correct data is to the token game what it is to complete a task and to write data. A jump is not
said by blocks; there the engine alone is asked: what it offers it takes, nothing gets stuck by it, and all of it replays.
"""

from datetime import timedelta
from random import Random

import pytest

from engine.errors import Refusal
from engine.spiff import Marking

from .diagrams import POOL, diagram_of, documents
from .engines import PLAYER, EngineDriver
from .player import LONGEST, Player
from .steppers import StepperDriver
from .test_game import portions

FAST, SLOW = 12, 400
FEW, MANY = 2, 30
WHY = "the game wants it"


class Intervening(Player):
    """A player who skips some tasks and corrects the data now and then."""

    def _task(self, wait, here):
        if self.rng.random() < 0.6:
            return super()._task(wait, here)
        values = self._values(wait.block.writes)
        self.trace.append(f"skip {here.element} {here.place} with {values}")
        self.game.complete(wait, values, self.at)
        return self.driver.skip(here, values, self.at)

    def _step(self):
        self.corrected()
        return super()._step()

    def corrected(self):
        """Give some of the data other values."""
        held = self.game.data
        values = {name: value for name, value in self._values(POOL).items() if held.get(name) != value}
        if values and self.rng.random() < 0.5 and not self.game.over:
            self.trace.append(f"correct {values}")
            held.update(values)
            self.driver.correct(values, self.at)
            self._compare()


class SteppersWay(StepperDriver):
    """The stepper, which is told of interventions."""

    def skip(self, task, values, at):
        self._take(lambda stepper, marking: stepper.skip(marking, task.handle, values, at))

    def correct(self, values, at):
        self._take(lambda stepper, marking: stepper.correct(marking, values, (), at))


class EnginesWay(EngineDriver):
    """The engine, which is told of interventions."""

    def skip(self, task, values, at):
        self.clock.set(at)
        (found,) = [t for t in self.engine.tasks(self.case) if t.occurrence == task.handle]
        self.engine.skip(found.id, by=PLAYER, reason=WHY, values=values)

    def correct(self, values, at):
        self.clock.set(at)
        self.engine.correct(self.case, values, by=PLAYER, reason=WHY)


def play(seed):
    diagram = diagram_of(seed)
    return Intervening(diagram, SteppersWay(documents(diagram, seed)), seed).play()


@pytest.mark.parametrize("seeds", portions(0, FAST), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_skipping_and_correcting(seeds):
    assert sum(map(play, seeds)) > len(seeds)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(FAST, SLOW), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_skipping_and_correcting_more(seeds):
    assert sum(map(play, seeds)) > len(seeds)


def play_all(engine, clock, seeds):
    """Play on a database; how many steps there were."""
    steps = 0
    for seed in seeds:
        diagram = diagram_of(seed)
        driver = EnginesWay(engine, clock, documents(diagram, seed))
        steps += Intervening(diagram, driver, seed, clock.now() + timedelta(minutes=1)).play()
    return steps


def test_skipping_and_correcting_on_a_database(engine, clock):
    assert play_all(engine, clock, range(FEW)) > FEW


@pytest.mark.slow
def test_skipping_and_correcting_on_a_database_more(engine, clock):
    assert play_all(engine, clock, range(FEW, MANY)) > MANY


class Jumper:
    """Takes a case through its diagram, and lets its tokens jump on the way."""

    def __init__(self, engine, clock, seed):
        self.engine, self.clock, self.rng = engine, clock, Random(f"jump {seed}")
        self.diagram, self.trace, self.jumps = diagram_of(seed), [f"seed {seed}"], 0
        self.driver = EnginesWay(engine, clock, documents(self.diagram, seed))
        self.at = clock.now() + timedelta(minutes=1)

    def play(self):
        """Play for so many steps; how many jumps there were."""
        try:
            self.driver.start(dict(self.diagram.data), self.at)
            for _ in range(LONGEST):
                if self.driver.state() != "open" or not self.step():
                    break
            self.driver.replay()
        except Exception as error:
            raise AssertionError("\n".join([f"{type(error).__name__}: {error}", *self.trace])) from error
        return self.jumps

    def step(self):
        """Jump, or do what is to be done; whether there was anything."""
        self.at += timedelta(seconds=self.rng.randrange(100))
        self.clock.set(self.at)
        if self.rng.random() < 0.4:
            ways = [(way, to) for way in self.engine.jumps(self.driver.case, by=PLAYER) for to in way.targets]
            self.jump(*self.rng.choice(ways))
            return True
        found = [one for one in self.driver.open() if one.kind == "task"]
        if not found:
            return False
        task = self.rng.choice(found)
        self.trace.append(f"complete {task.element}")
        self.driver.complete(task, {}, self.at)
        return True

    def jump(self, way, to):
        """Jump; a loop without a wait in it is the one thing that may be refused."""
        self.trace.append(f"jump from {way.element} {way.token} to {to}")
        before = self.engine.marking(self.driver.case)
        try:
            self.engine.jump(self.driver.case, way.token, to=to, by=PLAYER, reason=WHY)
        except Refusal as refused:
            assert "runs on and on" in str(refused), refused
            return
        after = self.engine.marking(self.driver.case)
        assert not after.stuck, f"stuck at {[token.element for token in after.tokens]}"
        assert gone(before, way.token, after), "what was withdrawn is still there"
        self.jumps += 1


def gone(before: Marking, token: int, after: Marking) -> bool:
    """Whether a token has gone with all that was inside of it or beside it."""
    inside = {t.occurrence for t in before.tokens if token in (t.occurrence, t.host, *t.scope)}
    left = {t.occurrence for t in after.tokens} | {t.occurrence for t in (*after.timers, *after.subscriptions)}
    return not inside & left


def jump_all(engine, clock, seeds):
    return sum(Jumper(engine, clock, seed).play() for seed in seeds)


def test_jumping(engine, clock):
    assert jump_all(engine, clock, range(FEW)) > FEW


@pytest.mark.slow
def test_jumping_more(engine, clock):
    assert jump_all(engine, clock, range(FEW, MANY)) > MANY
