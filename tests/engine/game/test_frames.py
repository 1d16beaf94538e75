"""Random diagrams: what the effects alone tell of a case is what its marking says, after every step."""

import pytest

from engine.diagram import read_diagram
from engine.history.frames import Folding
from engine.model import Step

from .diagrams import diagram_of, documents
from .player import Player
from .steppers import StepperDriver
from .test_game import portions

FAST, SLOW = 60, 400
OFTEN = 0.15  # of the steps of which the diagram is changed


class FoldingDriver(StepperDriver):
    """A case whose effects are folded beside it, and held against its marking."""

    def __init__(self, files):
        super().__init__(files)
        self.diagrams, self.given = {}, {}
        self.fold = Folding(self.diagram)

    def diagram(self, digest):
        if digest not in self.diagrams:
            (body,) = (body for body, bundle in self.parsed.items() if bundle.digest == digest)
            self.diagrams[digest] = read_diagram(body)
        return self.diagrams[digest]

    def start(self, data, at):
        self.given = {"bundle": self.stepper.bundle.digest}
        super().start(data, at)

    def migrate(self, files, mapping, script, at):
        self.given = {"mapping": mapping}
        super().migrate(files, mapping, script, at)

    def _take(self, take):
        super()._take(take)
        given, self.given = self.given, {}
        kind = "migrated" if "mapping" in given else "started" if given else "completed"
        given |= {"bundle": self.stepper.bundle.digest} if given else {}
        self.fold.take(step(len(self.record), kind, given, self.record[-1][3]))
        assert standing(self.fold) == standing_of(self.marking, self.stepper.bundle.digest)


def step(seq, kind, given, effects):
    """A step of which only this much is looked at."""
    hashes = {"semantics": 1, "state_hash": "", "prev_hash": "", "hash": ""}
    return Step(case_id="1", seq=seq, at=None, actor="", kind=kind, input=given, effects=effects, **hashes)


def standing(fold):
    """Every token by what the effects tell: its element, its scope, and the bundle that it is drawn in."""
    return {
        (place.occurrence, place.element, place.inside, fold.sheets[place.path].digest)
        for place in (*fold.open.values(), *fold.armed.values())
    }


def standing_of(marking, own):
    """The same by the marking."""
    calls = {token.occurrence: token.calls for token in marking.tokens if token.calls}
    return {
        (token.occurrence, token.element, token.scope[-1] if token.scope else 0, called(token, calls) or own)
        for token in marking.tokens
    }


def called(token, calls):
    return next((calls[host] for host in reversed(token.scope) if host in calls), None)


def play(seed, edits=0):
    diagram = diagram_of(seed)
    return Player(diagram, FoldingDriver(documents(diagram, seed)), seed, edits=edits).play()


@pytest.mark.parametrize("seeds", portions(0, FAST), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_random_diagrams(seeds):
    assert sum(map(play, seeds)) > len(seeds)


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(FAST, SLOW), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_random_diagrams(seeds):
    assert sum(map(play, seeds)) > len(seeds)


@pytest.mark.parametrize("seeds", portions(0, FAST // 2), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_random_diagrams_that_are_changed(seeds):
    assert sum(play(seed, OFTEN) for seed in seeds) > len(seeds)
