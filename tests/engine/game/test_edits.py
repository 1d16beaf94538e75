"""Random diagrams that somebody changes while a case is open: the case is moved, and goes on by the new version.

Elements are renamed, whole blocks that no token stands in are removed, tasks and scripts are inserted, again and again.
"""

from datetime import timedelta

import pytest

from engine.spiff import migration

from .diagrams import diagram_of, documents
from .engines import EngineDriver
from .player import Differs, Player
from .steppers import StepperDriver
from .test_game import portions

FAST, SLOW, ON_A_DATABASE = 15, 600, 100
OFTEN = 0.15  # of the steps


def play(seed):
    """Play one diagram; how often it was changed."""
    diagram = diagram_of(seed)
    return changes(Player(diagram, StepperDriver(documents(diagram, seed)), seed, edits=OFTEN))


def changes(player):
    player.play()
    return sum(line.startswith("change") for line in player.trace)


@pytest.mark.parametrize("seeds", portions(0, FAST), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_random_changes(seeds):
    assert sum(map(play, seeds)) > len(seeds) / 2


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(FAST, SLOW), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_random_changes(seeds):
    assert sum(map(play, seeds)) > len(seeds) / 2


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(0, ON_A_DATABASE), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_random_changes_on_a_database(engine, clock, seeds):
    found = 0
    for seed in seeds:
        diagram = diagram_of(seed)
        driver = EngineDriver(engine, clock, documents(diagram, seed))
        found += changes(Player(diagram, driver, seed, clock.now() + timedelta(minutes=1), edits=OFTEN))
    assert found > len(seeds) / 2


def elements_of_called_processes_are_looked_for_in_the_caller(patch):
    patch.setattr(migration.Move, "_is_called", lambda self, task: False)


def timers_keep_their_element(patch):
    whole = migration.Move.marking

    def marking(self, before):
        return migration.replace(whole(self, before), timers=before.timers)

    patch.setattr(migration.Move, "marking", marking)


def the_lines_over_the_data_are_not_run(patch):
    whole = migration.Move.finish
    patch.setattr(migration.Move, "finish", lambda self, case, script: whole(self, case, ""))


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(elements_of_called_processes_are_looked_for_in_the_caller, marks=pytest.mark.slow),
        pytest.param(timers_keep_their_element, marks=pytest.mark.slow),
        the_lines_over_the_data_are_not_run,
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_fault_is_noticed(fault, monkeypatch):
    fault(monkeypatch)
    with pytest.raises(Differs):
        for seed in range(SLOW):
            play(seed)
