"""`fundcase`: the command line. Exit code 0 all is well, 1 something was found, 2 wrong use."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from getpass import getpass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine import Engine, EngineError
from engine.jobs.worker import Worker
from engine.model import Finding
from engine.observing import Observer, nobody, several

from . import logs
from .bootstrap import METRICS_TOKEN, Settings, database_url, files_of, open_product
from .metrics import Metrics

FOUND, WRONG = 1, 2
CHECKOUT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    options = parser().parse_args(arguments)
    if getattr(options, "run", None) is None:
        parser().print_help()
        return WRONG
    try:
        return int(options.run(options) or 0)
    except (EngineError, OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"fundcase: {error}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The commands and their options; --database and --json may stand before or after the command."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("--database", metavar="URL", help="default: FUNDCASE_DATABASE, else instance/fundcase.db")
    shared.add_argument("--json", action="store_true", help="print JSON")
    top = argparse.ArgumentParser(prog="fundcase", description=__doc__, parents=[shared])
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int | None], help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help, parents=[shared])
        made.set_defaults(run=run)
        return made

    serve_ = command("serve", serve, "serve the web application, with one worker")
    serve_.add_argument("--port", type=int, default=8000)
    serve_.add_argument("--host", default="127.0.0.1")
    serve_.add_argument("--base-url", help="how customers reach it, for the links in messages")
    serve_.add_argument("--no-demo", action="store_true", help="no sample data on an empty database, no demo log-in")
    serve_.add_argument("--no-worker", action="store_true", help="run no worker in this process")
    amount(serve_)
    worker_ = command("worker", worker, "run due timers and jobs until stopped")
    worker_.add_argument("--once", action="store_true", help="run what is due now, then stop")
    worker_.add_argument("--metrics-port", type=int, metavar="N", help="answer /metrics, /healthz, /readyz here")
    for made in (serve_, worker_):
        made.add_argument("--log-format", choices=logs.FORMATS, default=os.environ.get(logs.LOG_FORMAT, "plain"))
    from .commands import backtest, deploying, diff, export, insight, migrate, proof, retention

    proof.add(command)
    backtest.add(command)
    diff.add(command)
    migrate.add(command)
    insight.add(command)
    retention.add(command)
    export.add(command)
    command("upgrade", upgrade, "bring the tables of a database, and its open cases, to this release")
    deploying.add(command)
    seed_ = command("seed", seed, "fill an empty database with sample data")
    amount(seed_)
    seed_.add_argument("--seed", type=int, default=20261121, help="the same seed gives the same cases")
    staff_ = command("staff", staff, "add somebody who may log in, or give a new password")
    staff_.add_argument("id")
    staff_.add_argument("--name", required=True)
    staff_.add_argument("--name-zh", default="")
    staff_.add_argument("--groups", required=True, help="ids of groups, with commas: csr,csl")
    bench_ = command("bench", bench, "measure the engine against its yardsticks")
    bench_.add_argument("--only", metavar="ROWS", help="rows with commas between them: completion,inbox")
    bench_.add_argument("--small", action="store_true", help="little of everything, to see that it runs")
    bench_.add_argument("--rounds", type=int, help="of what takes a millisecond or so")
    bench_.add_argument(
        "--postgres", nargs="?", const="own", metavar="URL", help="on PostgreSQL, too: there, or on a server of its own"
    )
    bench_.add_argument("--output", type=Path, metavar="FILE", help="write JSON there")
    return top


def amount(made: argparse.ArgumentParser) -> None:
    """The options that say how much sample data there is to be."""
    made.add_argument("--cases", type=int, default=150, help="about how many sample cases an empty database gets")
    made.add_argument("--days", type=int, default=90, help="over how many days they lie")


def serve(options: argparse.Namespace) -> int:
    """Serve until stopped."""
    from .serving import serve as run

    logs.set_up(options.log_format)
    return run(
        database=url_of(options),
        host=options.host,
        port=options.port,
        base_url=options.base_url,
        demo=not options.no_demo,
        worker=not options.no_worker,
        cases=options.cases,
        days=options.days,
    )


def worker(options: argparse.Namespace) -> int:
    """Run jobs until a signal says stop."""
    logs.set_up(options.log_format)
    metrics = Metrics()
    with ExitStack() as stack:
        engine = stack.enter_context(opened(options, several(metrics.observe, logs.observe)))
        if options.metrics_port is not None:
            from .serving import door

            token = os.environ.get(METRICS_TOKEN, "")
            port = stack.enter_context(door(engine, metrics, options.metrics_port, token))
            print(f"Its metrics are at http://127.0.0.1:{port}/metrics", flush=True)
        if options.once:
            done = engine.run_due()
            say(options, {"jobs": done}, f"{done} jobs were run.")
            return 0
        engine.plan_seals()
        engine.plan_counting()
        working = Worker(lambda most: engine.run_due(most))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: working.stop(0))
        print("The worker runs; stop it with Ctrl+C.", flush=True)
        working.run()
    return 0


def upgrade(options: argparse.Namespace) -> int:
    """Upgrade the tables of the engine and of the domain."""
    import workflows
    from engine.store import schema
    from engine.store.database import Database

    database = Database(url_of(options))
    schema.upgrade(database)
    with database.writing() as connection:
        workflows.upgrade(connection)
    database.close()
    with opened(options) as engine:
        cases = len(list(engine.upgrade_cases()))
    said = f"{cases} cases were brought to its rules." if cases else "So are the rules of all open cases."
    say(options, {"revision": schema.HEAD, "cases": cases}, f"The tables are those of this release. {said}")
    return 0


def report(options: argparse.Namespace, findings: Iterable[Finding]) -> int:
    """Print findings, one line each; 1 where one is an error."""
    found = list(findings)
    if getattr(options, "json", False):
        keys = ("severity", "rule", "file", "element", "line", "column", "message")
        print(json.dumps([{key: getattr(one, key) for key in keys} for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            print(f"{one.file}:{one.line}:{one.column}: {one.severity} [{one.rule}] {one.message}")
        errors = sum(one.severity == "error" for one in found)
        print(f"{errors} errors, {len(found) - errors} other findings.")
    return FOUND if any(one.severity == "error" for one in found) else 0


def chosen(engine: Engine, case: str | None) -> list[str]:
    """The ids of the cases to look at: one by its number or id, else all that there are or were."""
    if case is None:
        return [str(one) for one in engine.case_ids()]
    if case.isdecimal():
        return [case]
    found = engine.cases(number=case)
    if not found:
        raise ValueError(f"there is no case {case}")
    return [str(found[0].id)]


def seed(options: argparse.Namespace) -> int:
    """Fill an empty database."""
    from .seeding import seed as fill

    settings = Settings(database=url_of(options), demo=True)
    made = fill(settings, cases=options.cases, days=options.days, seed=options.seed)
    say(options, {"cases": made}, f"{made} cases.")
    return 0


def staff(options: argparse.Namespace) -> int:
    """Add a person; the password is read from the terminal, or from standard input."""
    from workflows.staff import enrol

    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    groups = [name.strip() for name in options.groups.split(",") if name.strip()]
    with opened(options) as engine, engine.database.writing() as connection:
        enrol(connection, options.id, options.name, options.name_zh, groups, password)
    say(options, {"id": options.id}, f"{options.name} may log in as {options.id}.")
    return 0


def bench(options: argparse.Namespace) -> int:
    """Measure; 1 where an aim is missed."""
    sys.path.insert(0, str(CHECKOUT))  # the benchmarks are tests, which are not installed
    try:
        from tests.benchmarks.run import bench as measure
    except ImportError as error:
        raise ValueError(f"the benchmarks need a checkout with the tests ({error}): python3 run.py test") from error
    return measure(
        only=[name.strip() for name in (options.only or "").split(",") if name.strip()],
        small=options.small,
        rounds=options.rounds,
        postgres=options.postgres,
        as_json=getattr(options, "json", False),
        output=options.output,
    )


def url_of(options: argparse.Namespace) -> str:
    """The database that the options or the environment name."""
    return database_url(getattr(options, "database", None))


@contextmanager
def opened(options: argparse.Namespace, observer: Observer = nobody) -> Iterator[Engine]:
    """The product's engine on the database that the options name."""
    with open_product(Settings(database=url_of(options)), observer=observer) as engine:
        yield engine


def given_files(paths: Sequence[Path]) -> dict[str, bytes]:
    """The files of a bundle: of a folder, of a zip, or as they are named."""
    if len(paths) == 1 and paths[0].is_dir():
        return files_of(paths[0])
    if len(paths) == 1 and paths[0].suffix == ".zip":
        from .uploads import unzipped

        return unzipped(paths[0].read_bytes())
    return {path.as_posix() if not path.is_absolute() else path.name: path.read_bytes() for path in paths}


def progress(items: Sequence[Any], what: str, options: argparse.Namespace) -> Iterable[Any]:
    """The items, with a bar while somebody watches."""
    return tqdm(items, desc=what, disable=not watched(options), leave=False)


def watched(options: argparse.Namespace) -> bool:
    """Whether somebody looks on, who wants to see that it goes on."""
    return sys.stderr.isatty() and not getattr(options, "json", False)


def say(options: argparse.Namespace, data: object, sentence: str) -> None:
    """The answer of a command: a sentence, or JSON."""
    print(json.dumps(data, ensure_ascii=False, indent=1) if getattr(options, "json", False) else sentence)


if __name__ == "__main__":
    sys.exit(main())
