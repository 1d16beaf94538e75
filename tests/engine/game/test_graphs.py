"""Random graphs of tasks and gateways, played in the stepper and in the token game at once."""

from collections import Counter
from random import Random

import pytest

from .graphs import POOL, GraphGame, State, Undecided, graph_of
from .player import BEGIN, Differs
from .steppers import StepperDriver
from .test_game import GAMES, portions

LONGEST = 15


def play(seed):
    """Play one graph as far as the game can decide it; how many steps there were."""
    graph, rng, trace = graph_of(seed), Random(f"play {seed}"), [f"graph {seed}"]
    driver = StepperDriver({"graph": graph.xml()})
    steps = 0
    try:
        game = GraphGame(graph)
        driver.start(graph.data, BEGIN)
        while steps < LONGEST:
            steps += 1
            compare(game, driver, trace)
            tasks = [here for here in driver.open() if here.kind == "task"]
            if not tasks:
                break
            task, values = rng.choice(tasks), {name: rng.randrange(3) for name in POOL if rng.random() < 0.5}
            trace.append(f"complete {task.element} with {values}")
            game.complete(task.element, values)
            driver.complete(task, values, BEGIN)
    except Undecided:
        trace.append("there is more to follow than the game follows")
    driver.replay()
    return steps


def compare(game, driver, trace):
    """Hold all tokens against what the game allows."""
    tokens = driver.marking.tokens
    state = State.of(
        Counter(t.element for t in tokens if t.state == "ready"), Counter(t.via for t in tokens if t.state == "waiting")
    )
    expected = game.states
    if not game.seen(state) or game.data != driver.data():
        raise Differs("\n".join([f"the game has {expected}, the engine {state}", *trace]))
    over = "over" if not tokens else "open" if state.tasks else "stuck"
    if driver.state() != over:
        raise Differs("\n".join([f"the game is {over}, the engine {driver.state()}", *trace]))


@pytest.mark.parametrize("seeds", portions(0, GAMES), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_random_graphs(seeds):
    assert sum(map(play, seeds)) > 2 * len(seeds)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(GAMES, 2_000), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_random_graphs(seeds):
    assert sum(map(play, seeds)) > 2 * len(seeds)
