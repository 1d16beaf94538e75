"""Random diagrams, played in the stepper and in the token game at once.

A failure begins with what differs and tells the seed and every input: `play(seed)` takes the very same steps again.
`FUNDCASE_GAMES` says how many diagrams there are.
"""

import os

import pytest
from hypothesis import given, settings

from .diagrams import diagram_of, diagrams, documents
from .player import Player
from .steppers import StepperDriver

GAMES = int(os.environ.get("FUNDCASE_GAMES", "100"))
PORTION = 50


def play(seed):
    diagram = diagram_of(seed)
    return Player(diagram, StepperDriver(documents(diagram, seed)), seed).play()


def portions(first, last):
    return [range(start, min(start + PORTION, last)) for start in range(first, last, PORTION)]


@pytest.mark.parametrize("seeds", portions(0, GAMES), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_random_diagrams(seeds):
    assert sum(map(play, seeds)) > len(seeds)


@pytest.mark.parametrize("seed", [204308, 351369, 361897])
def test_diagrams_that_differed_once(seed):
    """A join behind a boundary event; an instance that began its own way once more; an error on the way to a join."""
    assert play(seed) > 1


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(GAMES, 2_000), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_random_diagrams(seeds):
    assert sum(map(play, seeds)) > len(seeds)


@settings(max_examples=30, derandomize=True, database=None, deadline=None)
@given(diagrams())
def test_small_diagrams(diagram):
    Player(diagram, StepperDriver(documents(diagram, 0)), 0).play()
