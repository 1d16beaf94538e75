"""The living demo: on both databases every case of it is sound, and comes out of its own bundle as it was."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime

import pytest

from engine import SYSTEM
from webapp.bootstrap import Settings, open_product
from webapp.cli import main
from webapp.seeding import seed
from workflows.demo.plots import PLOTS

NOW = datetime.fromisoformat("2026-11-18T15:30:00+08:00")


@pytest.mark.slow
def test_all_sample_cases_verify(capsys, database_url, tmp_path):
    settings = Settings(database=database_url, demo=True, instance=tmp_path)
    made = seed(settings, cases=150, days=90, now=NOW)
    capsys.readouterr()
    assert main(["verify", "--all", "--json", "--database", database_url]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["cases"] == made and said["unsound"] == said["problems"] == []
    with open_product(settings) as engine:
        cases = engine.cases(limit=1000)
        assert engine.incidents() == [] and 110 <= len(cases) == made <= 210
        assert set(Counter(case.key for case in cases)) >= set(PLOTS) - {"risk-assess"}
        assert {case.status for case in cases} == {"open", "completed", "cancelled"}
        assert 60 <= (NOW - min(case.started_at for case in cases)).days <= 90
        finished = [case for case in cases if case.ended_at is not None]
        found = {case.number: engine.tried(case.bundle, case.id, SYSTEM).outcome for case in finished}
        assert {number: one for number, one in found.items() if one.outcome != "same"} == {} and len(found) > 50
