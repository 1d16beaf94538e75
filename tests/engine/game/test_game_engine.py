"""The same random diagrams, through the engine's front door: on SQLite and PostgreSQL, with real rows between the steps."""

from datetime import timedelta

import pytest

from .diagrams import diagram_of, documents
from .engines import EngineDriver
from .player import Player
from .test_game import portions

FAST, SLOW = 20, 1_000


def play_all(engine, clock, seeds):
    """Play diagrams one after the other, each as a case of its own; how many steps there were."""
    steps = 0
    for seed in seeds:
        diagram = diagram_of(seed)
        driver = EngineDriver(engine, clock, documents(diagram, seed))
        steps += Player(diagram, driver, seed, clock.now() + timedelta(minutes=1)).play()
    return steps


@pytest.mark.parametrize("seeds", portions(0, FAST), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_random_diagrams_on_a_database(engine, clock, seeds):
    assert play_all(engine, clock, seeds) > len(seeds)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(FAST, SLOW), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_random_diagrams_on_a_database(engine, clock, seeds):
    assert play_all(engine, clock, seeds) > len(seeds)
