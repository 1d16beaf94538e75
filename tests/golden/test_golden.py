"""Every history that a release has kept is whole, and replays to the same state and the same effects."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.history.replay import replay
from engine.history.verify import chain_problems
from tests.golden.keep import Kept, stored_row

HERE = Path(__file__).parent
KEPT = sorted(HERE.glob("*/*.json"))


def test_there_are_golden_histories():
    assert {path.parent.name for path in KEPT} >= {"0.1"}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_golden_history_replays(path):
    kept = Kept(path)
    assert list(chain_problems(kept.rows)) == []
    found = replay(kept.steps[0].case_id, kept.steps, kept.archive)
    assert found.difference is None and found.steps == len(kept.rows)


@pytest.mark.parametrize("path", KEPT[:1], ids=lambda path: path.stem)
def test_a_golden_history_that_was_touched_does_not(path):
    kept = Kept(path)
    row = kept.rows[-1]
    kept.rows[-1] = stored_row(
        {
            **vars(row),
            "input": "{}",
            "effects": "[]",
            "state_hash": row.state_hash.hex(),
            "prev_hash": row.prev_hash.hex(),
            "hash": row.hash.hex(),
        }
    )
    assert [problem.seq for problem in chain_problems(kept.rows)] == [row.seq]
    assert replay(kept.steps[0].case_id, kept.steps, kept.archive).difference is not None
