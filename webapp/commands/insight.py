"""`fundcase insight`: adds up the cases that have ended, now and not when a worker comes to it."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tqdm import tqdm

from engine import open_engine

from .. import cli

SOME = 200  # cases between two moves of the bar


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    made = command("insight", insight, "add up the cases that have ended, for the pages of process owners")
    made.add_argument("--rebuild", action="store_true", help="forget all sums first, and make them anew from the steps")


def insight(options: argparse.Namespace) -> int:
    """Add up what is not counted yet, or everything."""
    done = 0
    with (
        open_engine(cli.url_of(options)) as engine,  # the domain has no say in it
        tqdm(desc="counting", unit=" cases", disable=not cli.watched(options), leave=False) as bar,
    ):
        if options.rebuild:
            engine.forget_counts()
        while found := engine.count_finished(SOME):
            done += found
            bar.update(found)
    said = "1 case was added up." if done == 1 else f"{done} cases were added up."
    cli.say(options, {"cases": done}, said)
    return 0
