"""`fundcase retain`: what becomes of cases that ended long ago, now and not tonight."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from engine.retention.running import Retained

from .. import cli

SAID = {
    "purged": "purged",
    "disposed": "with values disposed of",
    "held": "kept under a legal hold",
    "needed": "kept for cases that came from them",
}


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    made = command("retain", retain, "purge and mask cases whose time is over, as the policy says")
    made.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    made.add_argument("--limit", type=int, metavar="N", help="stop after so many cases")


def retain(options: argparse.Namespace) -> int:
    """Run the rules of retention until nothing is due."""
    with cli.opened(options) as engine:
        retained = engine.retain(limit=options.limit, dry_run=options.dry_run)
    counts = [{"rule": rule, "what": what, "cases": number} for (rule, what), number in sorted(retained.counts.items())]
    cli.say(options, [one for one in counts if one["what"] in SAID], sentence(retained, dry=options.dry_run))
    return 0


def sentence(retained: Retained, *, dry: bool) -> str:
    """What was done, one line for each rule."""
    lines = [
        f"{rule}: {number} {SAID[what]}." for (rule, what), number in sorted(retained.counts.items()) if what in SAID
    ]
    return "\n".join([*lines, "Nothing was changed." if dry else f"{retained.done} cases."])
