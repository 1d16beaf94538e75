"""`fundcase verify` and `fundcase seal`: whether everything is as it was written, and what binds it from outside."""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine import Engine, open_engine
from engine.canonical import moment
from engine.model import Problem, Verification
from engine.proof.checkpoints import Checkpoint
from engine.proof.documents import Folder
from engine.proof.verify import Cover, Whole

from .. import cli, sealing
from ..bootstrap import Settings

CHUNK = 16  # cases that a process is handed at a time
_engine: Engine | None = None  # of a process that verifies


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands."""
    verify_ = command("verify", verify, "verify cases, and what binds them: chains, replays, tables, checkpoints")
    which = verify_.add_mutually_exclusive_group()
    which.add_argument("--case", help="the number or the id of one case")
    which.add_argument("--all", action="store_true", help="every case; the default")
    which.add_argument("--since", type=datetime.fromisoformat, metavar="DATE", help="cases with a step since then")
    verify_.add_argument("--jobs", type=int, default=1, metavar="N", help="how many processes share the work")
    verify_.add_argument("--checkpoints", type=Path, metavar="DIR", help="the folder outside; default: where they go")
    seal_ = command("seal", seal, "sign the heads of all cases that went on since the last checkpoint")
    seal_.add_argument("--new-key", action="store_true", help="let a new key sign from now on; the old one says so")


def verify(options: argparse.Namespace) -> int:
    """Verify and print what is wrong; 1 where anything is."""
    with open_engine(cli.url_of(options)) as engine:  # the domain has no say in it
        ids = cli.chosen(engine, options.case) if options.since is None else since(engine, options.since)
        found = Found()
        watched = tqdm(
            results(engine, ids, options), total=len(ids), desc="verifying", disable=not cli.watched(options)
        )
        for one in watched:
            found.add(one)
        whole = None if options.case is not None else engine.verify_whole(folder_of(options))
    cli.say(options, found.plain(whole), "\n".join(found.lines(whole)))
    return cli.FOUND if found.wrong or (whole is not None and not whole.sound) else 0


def since(engine: Engine, moment_: datetime) -> list[str]:
    """The ids of the cases that have a step since a moment."""
    return [str(one) for one in engine.case_ids_since(moment_)]


def folder_of(options: argparse.Namespace) -> Folder | None:
    """The folder with the checkpoints: the one that is named, else where they go; none if there is none there."""
    if options.checkpoints is not None:
        return Folder(options.checkpoints)
    settings = Settings(database=cli.url_of(options))
    found = sealing.folder_of(settings.database, settings.environment)
    return found if found is not None and found.path.is_dir() else None


def results(engine: Engine, ids: Sequence[str], options: argparse.Namespace) -> Iterator[Verification]:
    """The verifications of some cases, by this process or by several, each with the database opened by itself."""
    if options.jobs < 2:
        yield from map(engine.verify, ids)
        return
    context = multiprocessing.get_context("spawn")
    url = cli.url_of(options)
    with ProcessPoolExecutor(options.jobs, mp_context=context, initializer=_open, initargs=(url,)) as pool:
        yield from pool.map(_verify, ids, chunksize=CHUNK)


def _open(url: str) -> None:
    global _engine
    _engine = open_engine(url)


def _verify(case_id: str) -> Verification:
    assert _engine is not None
    return _engine.verify(case_id)


class Found:
    """What was found in the cases; of those that are sound only the number is kept."""

    def __init__(self) -> None:
        self.cases = self.steps = 0
        self.wrong: list[Verification] = []
        self.purged: list[Verification] = []

    def add(self, one: Verification) -> None:
        """Count one more case."""
        self.cases, self.steps = self.cases + 1, self.steps + one.steps
        if not one.sound:
            self.wrong.append(one)
        elif one.purged is not None:
            self.purged.append(one)

    def lines(self, whole: Whole | None) -> Iterator[str]:
        """The same for people."""
        for one in self.purged:
            assert one.purged is not None
            yield f"{one.number}: purged under {one.purged.policy} by {one.purged.by} at {one.purged.at}."
        yield from (said(problem, one.number) for one in self.wrong for problem in one.problems)
        if whole is not None:
            yield from map(said, whole.problems)
            yield from covered(whole.cover)
        yield f"{self.cases} cases, {self.steps} steps, {len(self.wrong)} cases not sound."

    def plain(self, whole: Whole | None) -> dict[str, Any]:
        """The same as JSON."""
        found: dict[str, Any] = {"cases": self.cases, "steps": self.steps}
        found["unsound"] = [
            {"case": one.number, "id": one.case_id, "problems": plain(one.problems)} for one in self.wrong
        ]
        found["purged"] = [
            {"case": one.number, "policy": one.purged.policy, "by": one.purged.by, "at": one.purged.at}
            for one in self.purged
            if one.purged is not None
        ]
        if whole is not None:
            cover = whole.cover
            found["problems"] = plain(whole.problems)
            found["covered"] = {name: getattr(cover, name) for name in ("checkpoints", "key", "files", "unsealed")}
            found["covered"]["sealed_at"] = moment(cover.sealed_at) if cover.sealed_at else None
        return found


def plain(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as JSON."""
    return [{"what": one.what, "case": one.case, "step": one.seq, "detail": one.detail} for one in problems]


def said(problem: Problem, number: str = "") -> str:
    """A problem as a line: where, what, and what there is to say."""
    case = number or (f"case {problem.case}" if problem.case else "")
    where = f"{case}: " if case else ""
    return f"{where}{problem.what}" + (f" at step {problem.seq}" if problem.seq else "") + f": {problem.detail}"


def covered(cover: Cover) -> Iterator[str]:
    """How far one can see."""
    if not cover.checkpoints:
        yield "No checkpoint binds the histories from outside: `fundcase seal` makes one."
        return
    files = "no folder outside was looked at" if cover.files is None else f"{cover.files} files outside were compared"
    last = f"the last at {cover.sealed_at:%Y-%m-%d %H:%M} UTC by key {cover.key[:16]}"
    yield f"{cover.checkpoints} checkpoints, {last}; {files}."
    if cover.unsealed:
        yield f"{cover.unsealed} cases have gone on since; what is new in them is not sealed yet."


def seal(options: argparse.Namespace) -> int:
    """Seal now."""
    with cli.opened(options) as engine:
        settings = Settings(database=cli.url_of(options))
        made = sealing.renew(engine, settings.instance) if options.new_key else engine.seal()
    cli.say(options, None if made is None else dict(made.said), sealed(made))
    return 0


def sealed(made: Checkpoint | None) -> str:
    """What was sealed."""
    if made is None:
        return "Nothing is new since the last checkpoint."
    return f"Checkpoint {made.number} covers {made.said['cases']} cases; its key is {made.key[:16]}."
