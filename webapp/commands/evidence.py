"""`fundcase export --evidence`: cases as one ZIP that proves them."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import NamedTemporaryFile

from engine import SYSTEM, Actor

from .. import cli
from ..bootstrap import Settings, open_product, services_of
from ..dossier import Archivist
from ..services import Services


def options(made: argparse.ArgumentParser) -> None:
    """Add the options of evidence."""
    made.add_argument(
        "--evidence", nargs="+", metavar="CASE", help="the numbers or ids of cases: one ZIP that proves them"
    )
    made.add_argument("--reason", default="", help="what the evidence is for; it is kept")
    made.add_argument("--by", metavar="ID", help="who takes the evidence; default: the system")
    made.add_argument("--personal", action="store_true", help="include personal values in the evidence")


def export(given: argparse.Namespace) -> int:
    """Write the bundle, whole or not at all."""
    if given.output is None:
        raise ValueError("say where the evidence goes: --output FILE")
    settings = Settings(database=cli.url_of(given))
    with open_product(settings) as engine:
        services = services_of(settings, engine)
        ids = [one for case in given.evidence for one in cli.chosen(engine, case)]
        by, target = taker(services, given.by), Path(given.output)
        said = {"by": by, "reason": given.reason, "personal": given.personal}
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}-", delete=False) as out:
            try:
                packed = engine.export_evidence(ids, out, witness=Archivist(services), **said)
                out.flush()
                Path(out.name).replace(target)
            finally:
                Path(out.name).unlink(missing_ok=True)
    said = {"file": str(target), "cases": len(set(ids)), "files": packed.files, "manifest": packed.digest}
    cli.say(given, said, f"{target}: {packed.files} files. SHA-256 of the manifest: {packed.digest}")
    return 0


def taker(services: Services, id: str | None) -> Actor:
    """Who takes the evidence."""
    if id is None:
        return SYSTEM
    person = services.directory.person(id)
    if person is None:
        raise ValueError(f"nobody here is called {id}")
    return person.actor
