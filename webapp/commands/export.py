"""`fundcase export`: what cases leave the system as."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from . import evidence, log


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    made = command("export", run, "take cases away: as evidence that proves itself, or as an event log")
    made.add_argument("--output", metavar="FILE", help="where it goes")
    evidence.options(made)
    log.options(made)


def run(options: argparse.Namespace) -> int:
    """Export what the options name."""
    if bool(options.evidence) == bool(options.format):
        raise ValueError("say what to export: --evidence CASE, or --format xes or ocel")
    return evidence.export(options) if options.evidence else log.export(options)
