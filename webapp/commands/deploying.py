"""`fundcase check`, `deploy` and `rollout`: what the studio does, from a shell or a pipeline.

Exit code 0 all is well, 1 something was found or refused, 2 wrong use.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import SYSTEM, Engine, InvalidDiagram, Refusal, Rollout
from engine.bundles import digest_of, normal_files
from engine.canonical import moment
from engine.model import Standing

from .. import cli
from ..when import ZONE


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands."""
    check_ = command("check", check, "check a bundle: a folder, a .zip, or single files")
    deploy_ = command("deploy", deploy, "deploy a bundle, as the system")
    for made in (check_, deploy_):
        made.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    deploy_.add_argument("--reason", default="deployed from the command line", help="why; auditors read it")
    extent(deploy_, 100)
    add_rollout(command("rollout", rollout, "which version new cases begin with: list, widen, stop, back"))


def add_rollout(made: argparse.ArgumentParser) -> None:
    """Add the options of `rollout`."""
    made.add_argument("key", help="the key of a process or a shared decision")
    made.add_argument("act", nargs="?", default="list", choices=("list", "widen", "stop", "back"))
    made.add_argument("version", nargs="?", type=int, help="the version; stop takes the last one that has a share")
    made.add_argument("--reason", default="", help="why; auditors read it")
    extent(made, None)


def extent(made: argparse.ArgumentParser, percent: int | None) -> None:
    """The options that say for whom a version is, and from when."""
    made.add_argument("--percent", type=int, default=percent, metavar="N", help="of the new cases; default: 100")
    then = "in force from then on: 2026-11-23T09:00, in Shanghai where it names no zone"
    made.add_argument("--at", type=since, metavar="MOMENT", help=then)


def since(text: str) -> datetime:
    """A moment; without a zone it is that of Shanghai."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=ZONE) if found.tzinfo is None else found


def check(options: argparse.Namespace) -> int:
    """Print what is wrong with a bundle; 1 where there is an error."""
    files = cli.given_files(options.paths)
    with cli.opened(options) as engine:
        findings = engine.check(files)
    return cli.report(options, findings)


def deploy(options: argparse.Namespace) -> int:
    """Deploy a bundle; 1 where it is refused."""
    files = cli.given_files(options.paths)
    said = {"reason": options.reason, "percent": options.percent, "effective_at": options.at}
    with cli.opened(options) as engine:
        try:
            made = engine.deploy(files, by=SYSTEM, **said)
        except InvalidDiagram as error:
            return cli.report(options, error.findings)
        except Refusal as error:
            return refused(options, error)
        row = engine.rollouts(made.key)[0]
    alike = made.bundle != digest_of(normal_files(files))
    only = " The files only draw or write it otherwise, which makes no version." if alike else ""
    plain = {"key": made.key, "version": made.version, "bundle": made.bundle, "layout_only": alike}
    cli.say(options, {**plain, "rollout": plain_row(row)}, f"{made.key} {extended(row)}.{only}")
    return 0


def rollout(options: argparse.Namespace) -> int:
    """Say which version new cases begin with, or change it; 1 where that is refused."""
    with cli.opened(options) as engine:
        if options.act != "list" and not options.reason.strip():
            raise ValueError("say why: --reason TEXT")
        if options.act != "widen" and (options.percent, options.at) != (None, None):
            raise ValueError(f"{options.act} is for all and at once; --percent and --at are of widen")
        try:
            row = ACTS[options.act](engine, options)
        except Refusal as error:
            return refused(options, error)
        standing, rows = engine.rolled_out(options.key), engine.rollouts(options.key)
    if not rows:
        raise ValueError(f"there is nothing that is called {options.key}")
    data = {"key": options.key, **plain_standing(standing), "history": [plain_row(one) for one in rows]}
    cli.say(options, data, f"{options.key} {extended(row)}." if row else "\n".join(lines(standing, rows)))
    return 0


def _widen(engine: Engine, options: argparse.Namespace) -> Rollout:
    if options.version is None:
        raise ValueError("name the version that is to be widened")
    percent = 100 if options.percent is None else options.percent
    said = {"by": SYSTEM, "reason": options.reason, "effective_at": options.at}
    return engine.roll_out(options.key, options.version, percent, **said)


def _stop(engine: Engine, options: argparse.Namespace) -> Rollout:
    return engine.stop_rollout(options.key, version=options.version, by=SYSTEM, reason=options.reason)


def _back(engine: Engine, options: argparse.Namespace) -> Rollout:
    if options.version is None:
        raise ValueError("name the version to go back to")
    return engine.roll_back(options.key, options.version, by=SYSTEM, reason=options.reason)


ACTS: dict[str, Callable[[Engine, argparse.Namespace], Rollout | None]] = {
    "list": lambda engine, options: None,
    "widen": _widen,
    "stop": _stop,
    "back": _back,
}


def refused(options: argparse.Namespace, error: Refusal) -> int:
    """Say what was refused, and why."""
    cli.say(options, {"refused": str(error)}, f"Refused: {error}")
    return cli.FOUND


def extended(row: Rollout) -> str:
    """For whom a version is, as a sentence goes on."""
    if not row.percent:
        return f"version {row.version} gets no more new cases"
    whom = "" if row.percent == 100 else f" for {row.percent} % of the new cases"
    if row.effective_at > row.at:
        then = f"{row.effective_at.astimezone(ZONE):%Y-%m-%d %H:%M}"
        return f"version {row.version} comes in force{whom} at {then} (Shanghai)"
    return f"version {row.version} is in force{whom}"


def lines(standing: Standing, rows: list[Rollout]) -> list[str]:
    """What new cases begin with, what waits, and what was said before, newest first."""
    now = [f"version {one.version}: {one.share.normalize():f} %" for one in standing.shares] or ["nothing is in force"]
    return [*now, *map(extended, standing.coming), "", *map(told, rows)]


def told(row: Rollout) -> str:
    """A row of the history."""
    then = f", from {row.effective_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if row.effective_at > row.at else ""
    at = f"{row.at.astimezone(ZONE):%Y-%m-%d %H:%M}"
    return f"{row.number:>4}  {at}  version {row.version}, {row.percent} %{then}, {row.by}: {row.reason}"


def plain_standing(standing: Standing) -> dict[str, Any]:
    """What new cases begin with, as JSON."""
    shares = [{"version": one.version, "share": float(one.share), "bundle": one.bundle} for one in standing.shares]
    return {"shares": shares, "coming": [plain_row(one) for one in standing.coming]}


def plain_row(row: Rollout) -> dict[str, Any]:
    """A row as JSON."""
    said = {name: getattr(row, name) for name in ("number", "version", "percent", "by", "reason")}
    return {**said, "at": moment(row.at), "effective_at": moment(row.effective_at)}
