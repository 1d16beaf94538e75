"""`fundcase migrate`: tries every open case of a process in another version, or moves them there; as the system."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine import SYSTEM, Engine
from engine.batches import Answer, Batch, Progress
from engine.bundles import Bundle
from engine.canonical import read_file
from engine.errors import NotFound, Refusal

from .. import cli

WELL = frozenset({"safe", "moved", "over"})
MOST = 1_000_000  # cases that are listed
PAUSE = 0.2  # seconds until somebody looks again, where other workers have all that is left at hand
KEYS = {"elements", "script", "from", "to"}


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    made = command("migrate", migrate, "move open cases to a version of their process; 1 where one is left")
    made.add_argument("key", metavar="KEY", help="the id of the process")
    made.add_argument("--to", required=True, metavar="VERSION", help="its number; with --dry-run a folder, too")
    made.add_argument("--from", type=int, dest="old", metavar="VERSION", help="only cases of this one; default: all")
    made.add_argument("--mapping", type=Path, metavar="FILE", help='{"elements": {"Old": "New"}, "script": "a = 1"}')
    made.add_argument("--dry-run", action="store_true", help="only say what would become of each case")
    made.add_argument("--reason", default="moved from the command line")


def migrate(options: argparse.Namespace) -> int:
    """Work a dry run or a migration off, and print what became of the cases; 1 where one is left."""
    if not (options.dry_run or options.to.isdecimal()):
        raise ValueError("cases can be moved to a version that is deployed; a folder can only be tried")
    with cli.opened(options) as engine:
        batch = _begun(engine, options)
        progress = worked_off(engine, batch, watched=cli.watched(options))
        batch = engine.batch(batch.id, SYSTEM)
        answers = engine.batch_answers(batch.id, SYSTEM, limit=MOST)
    cli.say(options, _plain(batch, progress, answers), "\n".join(_lines(batch, progress, answers)))
    return 0 if not progress.left and all(one.outcome in WELL for one in answers) else cli.FOUND


def worked_off(engine: Engine, batch: Batch, *, watched: bool) -> Progress:
    """Work a batch off beside whatever workers there are; its progress when it is over."""
    progress, never = engine.batch_progress(batch.id, SYSTEM), threading.Event()
    with tqdm(total=progress.total, desc=batch.kind.replace("_", " "), disable=not watched) as bar:
        while engine.batch(batch.id, SYSTEM).state == "running":
            if not engine.run_due(limit=1):
                never.wait(PAUSE)
            progress = engine.batch_progress(batch.id, SYSTEM)
            bar.update(progress.done - bar.n)
    return progress


def _begun(engine: Engine, options: argparse.Namespace) -> Batch:
    target = _target(engine, options)
    there = engine.open_versions(options.key, SYSTEM)
    olds = {old: version for old, version in there.items() if options.old in (None, version)}
    digest = target if isinstance(target, str) else engine.keep_draft(target, by=SYSTEM)
    olds.pop(digest, None)
    mappings = _declared(engine, options, sorted(olds), digest) if options.mapping else []
    versions = None if options.old is None else [options.old]
    if options.dry_run:
        return engine.dry_run(digest, by=SYSTEM, mappings=mappings, versions=versions, reason=options.reason)
    return engine.migrate_all(
        options.key, to=int(options.to), by=SYSTEM, reason=options.reason, mappings=mappings, versions=versions
    )


def _target(engine: Engine, options: argparse.Namespace) -> str | Mapping[str, bytes]:
    """The digest of a version, or the files of a draft."""
    if not options.to.isdecimal():
        return cli.given_files([Path(options.to)])
    found = next((one for one in engine.deployments(options.key) if one.version == int(options.to)), None)
    if found is None:
        raise NotFound(f"There is no version {options.to} of {options.key}.")
    return found.bundle


def _declared(engine: Engine, options: argparse.Namespace, olds: list[str], new: str) -> list[str]:
    """The digests of a mapping for each version that cases come from; ValueError where it fits none."""
    said = read_file(options.mapping.read_bytes())
    if not isinstance(said, dict) or not said.keys() <= KEYS:
        raise ValueError(f'{options.mapping}: write {{"elements": {{...}}, "script": "..."}}')
    if said.get("to", new) != new:
        raise Refusal(f"{options.mapping}: the mapping is for other versions.")
    olds = [old for old in olds if said.get("from", old) == old]
    elements, script = said.get("elements", {}), said.get("script", "")
    known = {old: {name for name in elements if _has(engine.bundle(old), name)} for old in olds}
    unknown = sorted(set(elements) - {name for names in known.values() for name in names})
    if unknown:
        raise ValueError(f"{options.mapping}: no version that cases come from has {', '.join(unknown)}")
    return [
        engine.declare(old, new, {name: elements[name] for name in names}, script, by=SYSTEM).digest
        for old, names in known.items()
        if names or script
    ]


def _has(bundle: Bundle, name: str) -> bool:
    return bundle.diagram is not None and (name in bundle.diagram or bundle.diagram.has_flow(name))


def _plain(batch: Batch, progress: Progress, answers: list[Answer]) -> dict[str, Any]:
    """The same as JSON."""
    cases = [{"id": one.case_id, "number": one.number, "outcome": one.outcome, **dict(one.detail)} for one in answers]
    about = {"batch": batch.id, "kind": batch.kind, "bundle": batch.bundle, "state": batch.state}
    return {**about, "total": progress.total, "outcomes": dict(progress.outcomes), "cases": cases}


def _lines(batch: Batch, progress: Progress, answers: list[Answer]) -> list[str]:
    """Why the batch could not go on, if it could not; one line for each case that is left, and one for all."""
    left = [f"{one.number}: {one.outcome}{_why(one)}" for one in answers if one.outcome not in WELL]
    counts = ", ".join(f"{count} {outcome}" for outcome, count in progress.outcomes.items())
    stopped = [f"It could not go on: {batch.why}"] if batch.why else []
    return [*stopped, *left, f"{progress.total} cases: {counts or 'none'}."]


def _why(one: Answer) -> str:
    """What is in the way of a case."""
    stranded = [
        f"{each['element']} {each['why']}{_proposed(each['candidates'])}" for each in one.detail.get("stranded", ())
    ]
    why = [str(one.detail[name]) for name in ("why", "said") if one.detail.get(name) and not stranded]
    return f" ({'; '.join(stranded or why)})" if stranded or why else ""


def _proposed(found: list[list[str]]) -> str:
    return f", perhaps {found[0][0]}" if found else ""
