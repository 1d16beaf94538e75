"""`fundcase export --format`: cases as an event log for process mining."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import cast

from tqdm import tqdm

from engine import Engine
from engine.export import FORMATS, Format, Selection

from .. import cli
from ..bootstrap import Settings, export_key_of, open_product, services_of
from .evidence import taker

STATUSES = ("open", "suspended", "completed", "cancelled")


def options(made: argparse.ArgumentParser) -> None:
    """Add the options of event logs."""
    made.add_argument("--format", choices=FORMATS, help="an event log of the cases that the next options choose")
    made.add_argument("--process", metavar="KEY", help="cases of a process")
    made.add_argument("--process-version", type=int, metavar="N", help="cases that have this version of it")
    made.add_argument("--since", metavar="DATE", help="cases that were started on this day or later")
    made.add_argument("--until", metavar="DATE", help="cases that were started on this day or earlier")
    made.add_argument("--status", choices=STATUSES, help="cases that stand like this")
    made.add_argument("--case", nargs="+", metavar="CASE", help="cases by number or id")
    made.add_argument("--names", action="store_true", help="real ids instead of pseudonyms; needs --reason")


def export(given: argparse.Namespace) -> int:
    """Write the log, whole or not at all."""
    if given.output is None:
        raise ValueError("say where the log goes: --output FILE")
    settings, target = Settings(database=cli.url_of(given)), Path(given.output)
    with open_product(settings) as engine:
        by, selection = taker(services_of(settings, engine), given.by), selection_of(engine, given)
        cases = engine.exportable(selection, by=by)
        key = None if given.names else export_key_of(settings)
        watched = sys.stderr.isatty() and not getattr(given, "json", False)
        with tqdm(total=cases, desc="exporting", unit=" cases", disable=not watched, leave=False) as bar:
            said = {"by": by, "reason": given.reason, "seen": bar.update}
            write(target, engine.export_log(cast(Format, given.format), selection, key=key, **said))
    cli.say(given, {"file": str(target), "cases": cases}, f"{target}: {cases} cases.")
    return 0


def write(target: Path, content: Iterable[bytes]) -> None:
    """Write a file, whole or not at all."""
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as out:
        try:
            out.writelines(content)
            out.flush()
            Path(out.name).replace(target)
        finally:
            Path(out.name).unlink(missing_ok=True)


def selection_of(engine: Engine, given: argparse.Namespace) -> Selection:
    """The cases that the options choose; days are those of the installation's calendars."""
    zone = engine.configuration().zone
    return Selection(
        key=given.process,
        version=given.process_version,
        since=beginning(given.since, zone),
        until=beginning(given.until, zone, days=1),
        status=given.status,
        ids=tuple(one for case in given.case for one in cli.chosen(engine, case)) if given.case else None,
    )


def beginning(day: str | None, zone: tzinfo, days: int = 0) -> datetime | None:
    """When a day begins, or one so many days after it; ValueError where it is none."""
    return datetime.combine(date.fromisoformat(day) + timedelta(days), time.min, zone) if day else None
