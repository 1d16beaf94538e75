"""`fundcase backtest`: what a draft would have made of the finished cases, worked out here and now, stored nowhere."""

from __future__ import annotations

import argparse
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from engine import SYSTEM, Engine, open_engine
from engine.backtest import DECIDED, OUTCOMES
from engine.batches.rows import FAILED
from engine.bundles import Bundle, read_bundle
from engine.errors import EngineError, InvalidDiagram
from engine.past.choosing import Chosen, Past

from .. import cli

CHUNK = 16  # cases that a process is handed at a time
HARMLESS = "same"
WORDS = {
    "same": "run through the same",
    "other_path": "take another path",
    "input_unused": "end with an input that is not used",
    "stuck": "get stuck",
    "needs_data": "need data that nobody gave",
    "answer_unknown": "ask an operator what nobody asked",
    FAILED: "cannot be replayed",
}
_engine: Engine | None = None  # of a process that tries cases, and the draft that it tries
_draft: Bundle | None = None


class One(NamedTuple):
    """What a draft makes of one case."""

    case: str
    outcome: str
    seq: int | None
    detail: Mapping[str, Any]


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    made = command("backtest", backtest, "try a bundle on the finished cases: a folder, a .zip, or single files")
    made.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    made.add_argument("--sample", type=int, metavar="N", help="try so many cases, drawn by a seed; default: all")
    made.add_argument("--seed", default="", metavar="S", help="the same seed draws the same cases")
    made.add_argument(
        "--version", type=int, action="append", metavar="V", help="cases of this version alone; repeat it"
    )
    made.add_argument("--since", type=datetime.fromisoformat, metavar="DATE", help="cases that ended since then")
    made.add_argument("--jobs", type=int, default=1, metavar="N", help="how many processes share the work")


def backtest(options: argparse.Namespace) -> int:
    """Try a bundle and say what it would have changed; 1 where a case does not run through the same."""
    files = cli.given_files(options.paths)
    with cli.opened(options) as engine:
        try:
            draft = engine.drafted(files)
        except InvalidDiagram as error:
            return cli.report(options, error.findings)
        since = options.since.astimezone() if options.since and options.since.tzinfo is None else options.since
        past = Past(versions=options.version, since=since, sample=options.sample, seed=options.seed)
        chosen = engine.past(draft, past, by=SYSTEM)
        watched = tqdm(
            results(engine, draft, chosen.ids, options),
            total=len(chosen.ids),
            desc="trying",
            disable=not cli.watched(options),
        )
        found = list(watched)
    cli.say(options, plain(draft, chosen, found), "\n".join(lines(draft, chosen, found)))
    return cli.FOUND if any(one.outcome != HARMLESS for one in found) else 0


def results(engine: Engine, draft: Bundle, ids: Sequence[int], options: argparse.Namespace) -> Iterator[One]:
    """What a draft makes of some cases, by this process or by several, each with the database opened by itself."""
    if options.jobs < 2:
        yield from (one(engine, draft, str(case_id)) for case_id in ids)
        return
    context = multiprocessing.get_context("spawn")
    given = (cli.url_of(options), dict(draft.files))
    with ProcessPoolExecutor(options.jobs, mp_context=context, initializer=_open, initargs=given) as pool:
        yield from pool.map(_one, map(str, ids), chunksize=CHUNK)


def one(engine: Engine, draft: Bundle, case_id: str) -> One:
    """What a draft makes of a case; what goes wrong with one is its outcome."""
    try:
        found = engine.tried(draft, case_id, SYSTEM).outcome
    except EngineError as error:
        return One(case_id, FAILED, None, {"why": str(error)})
    return One(case_id, found.outcome, found.seq, found.detail)


def _open(url: str, files: Mapping[str, bytes]) -> None:
    global _engine, _draft
    _engine, _draft = open_engine(url), read_bundle(files)


def _one(case_id: str) -> One:
    assert _engine is not None and _draft is not None
    return one(_engine, _draft, case_id)


def counted(found: Sequence[One]) -> Counter[str]:
    """How many cases came to each outcome."""
    return Counter(one.outcome for one in found)


def share(part: int, whole: int) -> float:
    """A part in percent, to one digit behind the point."""
    return round(100 * part / whole, 1) if whole else 0.0


def decided(found: Sequence[One]) -> int:
    """How many cases the record decides."""
    return sum(one.outcome in DECIDED for one in found)


def lines(draft: Bundle, chosen: Chosen, found: Sequence[One]) -> Iterator[str]:
    """The same for people."""
    counts, sure = counted(found), decided(found)
    drawn = f", a sample of {chosen.population} by the seed {chosen.seed}" if chosen.seed else ""
    yield f"{draft.key}: {len(found)} finished cases{drawn}; {sure} of them decided ({share(sure, len(found))} %)."
    for outcome in (*OUTCOMES, FAILED):
        if counts[outcome]:
            yield f"{counts[outcome]:>8}  {share(counts[outcome], len(found)):>5} %  {WORDS[outcome]}"
    if chosen.purged:
        yield f"{chosen.purged} cases are purged and cannot be tried."


def plain(draft: Bundle, chosen: Chosen, found: Sequence[One]) -> dict[str, Any]:
    """The same as JSON; cases that run through the same are counted and not listed."""
    sure = decided(found)
    return {
        "key": draft.key,
        "bundle": draft.digest,
        **chosen.plain(),
        "cases": len(found),
        "decided": sure,
        "decided_percent": share(sure, len(found)),
        "outcomes": dict(sorted(counted(found).items())),
        "different": [
            {"case": one.case, "outcome": one.outcome, "step": one.seq, **one.detail}
            for one in found
            if one.outcome != HARMLESS
        ],
    }
