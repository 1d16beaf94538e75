"""Runs the benchmarks, prints them with their ratios, and says which aims were missed."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from .completion import completion
from .measure import Result

LINES = 6  # of one database, for the bar


def bench(*, rounds: int, postgres: str | None, as_json: bool) -> int:
    """Measure on SQLite, and on a PostgreSQL where one is named; 1 where an aim is missed."""
    databases = 2 if postgres else 1
    with tqdm(total=LINES * databases, desc="measuring", disable=not sys.stderr.isatty(), leave=False) as bar:
        results = []
        for result in measured(rounds, postgres):
            results.append(result)
            bar.update()
    if as_json:
        rows = [{**asdict(one), "ratio": one.ratio, "reached": one.reached} for one in results]
        print(json.dumps(rows, indent=1))
    else:
        print("\n".join(table(results)))
    return 0 if all(result.reached for result in results) else 1


def measured(rounds: int, postgres: str | None) -> Iterator[Result]:
    """All results, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        yield from completion(f"sqlite:///{Path(folder) / 'bench.db'}", "SQLite", rounds)
    if postgres:
        yield from completion(postgres, "PostgreSQL", rounds)


def table(results: list[Result]) -> Iterator[str]:
    """The results as a table in Markdown."""
    yield "| what | measured | against | ratio |"
    yield "|---|---|---|---|"
    for one in results:
        figure = f"{one.value:.0f}" if one.unit == "SQL" else f"{one.value:.2f}"
        aim = f" (aim {one.aim:g}{', missed' if not one.reached else ''})" if one.aim else ""
        ratio = f"{one.ratio:.2f} x" if one.yardstick else ""
        yield f"| {one.name} | {figure} {one.unit}{aim} | {one.against} | {ratio} |"
