"""`fundcase diff`: what is different between two bundles, of folders, archives or versions that are deployed."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from engine import Engine
from engine.bundles import normal_files, read_bundle
from engine.meaning import meaning

from .. import cli
from ..differences import Difference, differences
from ..language import Lang, words

VERSION = re.compile(r"(?P<key>[^@/]+)@(?P<version>\d{1,9})")
LANG: Lang = "en"  # what a shell speaks
SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
TOLD = ("kind", "file", "element", "what", "said", "before", "after")


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command."""
    made = command("diff", diff, "say what is different between two bundles; 1 where they mean something else")
    for name in ("old", "new"):
        made.add_argument(name, metavar=name.upper(), help="a folder, a .zip, a file, or KEY@VERSION of the database")


def diff(options: argparse.Namespace) -> int:
    """Print the differences, one line each; 1 where the bundles do not mean the same."""
    old, new = (files_of(options, given) for given in (options.old, options.new))
    found = differences(read_bundle(old), new, read_bundle(new).diagram, words(LANG))
    same = meaning(old) == meaning(new)
    said = {"same": same, "differences": [plain(one) for one in found]}
    cli.say(options, said, "\n".join([*map(line, found), summary(found, same)]))
    return 0 if same else cli.FOUND


def files_of(options: argparse.Namespace, given: str) -> Mapping[str, bytes]:
    """The files of a bundle that is named on the command line; ValueError where there is none."""
    if (named := VERSION.fullmatch(given)) is not None and not Path(given).exists():
        with cli.opened(options) as engine:
            return deployed(engine, named["key"], int(named["version"]))
    return normal_files(cli.given_files([Path(given)]))


def deployed(engine: Engine, key: str, version: int) -> Mapping[str, bytes]:
    """The files of a version; ValueError where it was never deployed."""
    found = next((one.bundle for one in engine.deployments(key) if one.version == version), None)
    if found is None:
        raise ValueError(f"there is no version {version} of {key}")
    return engine.bundle(found).files


def line(one: Difference) -> str:
    """A difference as a line; a text of several lines follows below it."""
    sides = f"{one.before} -> {one.after}" if one.before and one.after else one.before or one.after
    told = " ".join(filter(None, (SIGNS[one.kind], one.what, one.said, sides)))
    return "\n".join([told, *(f"    {sign} {text}" for sign, text in one.lines)])


def plain(one: Difference) -> dict[str, object]:
    """A difference as JSON."""
    return {name: getattr(one, name) for name in TOLD} | {"lines": [list(pair) for pair in one.lines]}


def summary(found: list[Difference], same: bool) -> str:
    """The last line."""
    count = "1 difference" if len(found) == 1 else f"{len(found)} differences"
    return f"{count}; both mean the same." if same else f"{count}."
