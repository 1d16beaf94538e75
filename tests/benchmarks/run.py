"""Runs the benchmarks, prints them with their ratios, and says which aims were missed."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from .backtest import backtesting
from .completion import completion, late_round, long_line
from .export import exporting
from .inbox import inbox
from .insight import insight
from .measure import FULL, SMALL, Result, Size
from .pages import over_http
from .places import Place, places
from .proof import replaying, sealing, verifying
from .retention import purging
from .waiting import poll, timers
from .weight import weight

Row = Callable[[Place, Size], Iterator[Result]]
ROWS: dict[str, Row] = {
    "completion": completion,
    "loop": late_round,
    "line": long_line,
    "bytes": weight,
    "http": over_http,
    "inbox": inbox,
    "insight": insight,
    "poll": poll,
    "replay": replaying,
    "verify": verifying,
    "seal": sealing,
    "backtest": backtesting,
    "export": exporting,
    "timers": timers,
    "retention": purging,
}
IN_MEMORY = frozenset({"replay"})  # the same whatever database is below


def bench(
    *,
    only: Sequence[str] = (),
    small: bool = False,
    rounds: int | None = None,
    postgres: str | None = None,
    as_json: bool = False,
    output: Path | None = None,
) -> int:
    """Measure, print, write; 1 where an aim is missed, ValueError where a row is named that there is not."""
    if unknown := set(only) - ROWS.keys():
        raise ValueError(f"no rows of the benchmarks: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    size = SMALL if small else FULL
    size = replace(size, rounds=rounds) if rounds else size
    with places(postgres) as found:
        measured = list(all_rows(found, only or tuple(ROWS), size))
    said = json.dumps(report(measured, size), indent=1)
    if output is not None:
        output.write_text(said + "\n", encoding="utf-8")
    print(said if as_json else "\n".join(table(measured)))
    return 0 if all(result.reached for _, _, result in measured) else 1


def all_rows(found: Sequence[Place], only: Sequence[str], size: Size) -> Iterator[tuple[str, str, Result]]:
    """The results of the rows that are asked for, with the row's name and the database's."""
    todo = [(name, place) for name in ROWS if name in only for place in found[: 1 if name in IN_MEMORY else None]]
    with tqdm(total=len(todo), disable=not sys.stderr.isatty(), leave=False) as bar:
        for name, place in todo:
            bar.set_description(f"{name}, {place.name}")
            yield from ((name, place.name, result) for result in ROWS[name](place, size))
            bar.update()


def report(measured: Sequence[tuple[str, str, Result]], size: Size) -> dict[str, Any]:
    """Everything as JSON: when and on what it was measured, how much, and the figures."""
    machine = {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {**machine, "load": os.getloadavg()},
        "size": {name: getattr(size, name) for name in size.__slots__},
        "rows": [{"row": name, "database": place, **result.plain()} for name, place, result in measured],
    }


def table(measured: Sequence[tuple[str, str, Result]]) -> Iterator[str]:
    """The results as a table in Markdown."""
    yield "| database | what | measured | against | ratio | aim |"
    yield "|---|---|---|---|---|---|"
    for _, place, one in measured:
        ratio = f"{one.ratio:.2f} x" if one.ratio is not None else ""
        aim = "" if one.aim is None else f"{one.aim:g}{' x' if ratio else ''}{'' if one.reached else ' **missed**'}"
        yield f"| {place} | {one.name} | {figure(one)} | {one.against} | {ratio} | {aim} |"


def figure(one: Result) -> str:
    """A figure with its unit."""
    whole = one.exact or one.value >= 100
    return f"{one.value:,.0f} {one.unit}" if whole else f"{one.value:.2f} {one.unit}"
