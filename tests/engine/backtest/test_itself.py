"""A case that is tried against the bundle it ran by comes out the same: random diagrams, with events and calls."""

import pytest

from tests.engine.backtest.trying import TrialDriver
from tests.engine.game.diagrams import diagram_of, documents
from tests.engine.game.player import Player
from tests.engine.game.test_game import portions

FAST, SLOW = 20, 400


def differing(seeds):
    """The seeds of diagrams whose cases do not come out the same, with what they came to."""
    found = []
    for seed in seeds:
        diagram = diagram_of(seed)
        driver = TrialDriver(documents(diagram, seed))
        Player(diagram, driver, seed).play()
        outcome = driver.told.tried(driver.told.bundles[0]).outcome
        if outcome.outcome != "same" or outcome.detail.keys() - {"steps", "hands"}:
            found.append((seed, outcome))
    return found


@pytest.mark.parametrize("seeds", portions(0, FAST), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_a_case_comes_out_of_its_own_bundle_as_it_was(seeds):
    assert differing(seeds) == []


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(FAST, SLOW), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_cases_come_out_of_their_own_bundles_as_they_were(seeds):
    assert differing(seeds) == []
