"""Random diagrams that somebody changes while a case is open, moved as many cases are: tried first, then in a batch.

The token game says what has to come of it. What it knows to be a mapping is found safe and moves the case; what a dry
run proposes for the rest leads to a place for every token.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.batches import rows as batches
from engine.cases.steps import look_at
from engine.jobs import batching, run
from engine.moving import IMPOSSIBLE, NEEDS, SAFE, working
from tests.engine.game.diagrams import diagram_of, documents
from tests.engine.game.drawing import FORM
from tests.engine.game.engines import ANY, PLAYER, EngineDriver
from tests.engine.game.player import Player
from tests.engine.game.test_game import portions
from tests.engine.watching import rows

FAST, SLOW = 2, 60
OFTEN = 0.2  # of the steps


class BatchDriver(EngineDriver):
    """A case that is moved by batches: a dry run without a mapping, one with it, and the migration."""

    def __init__(self, engine, clock, files):
        super().__init__(engine, clock, files)
        self.verdicts = []

    def migrate(self, files, mapping, script, at):
        self.clock.set(at)
        for key, document in files.items():
            self._deploy({f"{key}.bpmn": document, FORM: ANY})
        old, new = self.engine.case(self.case).bundle, self.engine.deployments(self.key)[0].bundle
        if old == new:
            return
        before, ids = self.engine.history(self.case), dict(mapping)
        (found,) = self.worked(self.engine.dry_run(new, by=PLAYER))
        self.verdicts.append(found.outcome)
        self.proposals_help(found, old, new)
        declared = self.engine.declare(old, new, ids, script, by=PLAYER)
        (found,) = self.worked(self.engine.dry_run(new, by=PLAYER, mappings=[declared.digest]))
        assert found.outcome == SAFE, found
        assert self.engine.history(self.case) == before
        moves = self.engine.migrate_all(self.key, by=PLAYER, reason="changed", mappings=[declared.digest])
        (found,) = self.worked(moves)
        assert found.outcome == working.MOVED, found

    def worked(self, batch):
        """Do the work of a batch and nothing else that is due; what became of this case."""
        while self.engine.batch(batch.id, PLAYER).state == "running":
            for row in rows(self.engine, "job", kind=batches.JOB):
                run.follow_up(self.engine.context, batching.work_on(self.engine.context, row))
        return [one for one in self.engine.batch_answers(batch.id, PLAYER, limit=1000) if one.case_id == self.case]

    def proposals_help(self, found, old, new):
        """What is proposed for a case that needs a mapping leaves nothing in its way."""
        if found.outcome != NEEDS or not found.detail.get("proposed"):
            return
        context = self.engine.context
        declared = self.engine.declare(old, new, found.detail["proposed"], by=PLAYER)
        with self.engine.database.reading() as connection:
            opened = look_at(context, connection, self.case)
            judged = working.judged(context, connection, replace(opened), declared)
        assert judged.stranded == (), judged


def played(engine, clock, seeds):
    verdicts = []
    for seed in seeds:
        diagram = diagram_of(seed)
        driver = BatchDriver(engine, clock, documents(diagram, seed))
        Player(diagram, driver, seed, clock.now() + timedelta(minutes=1), edits=OFTEN).play()
        verdicts += driver.verdicts
    return verdicts


def test_random_changes(engine, clock):
    assert set(played(engine, clock, range(FAST))) & {SAFE, NEEDS}


@pytest.mark.slow
@pytest.mark.parametrize("seeds", portions(FAST, SLOW), ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_random_changes(engine, clock, seeds):
    found = played(engine, clock, seeds)
    assert found.count(IMPOSSIBLE) < len(found) / 10  # by chance a block of the same kind may be gone with its names
