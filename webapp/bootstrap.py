"""The one place where engine, domain and web application are joined. Nothing else in the project wires anything."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from graphlib import TopologicalSorter
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect

import workflows
from engine import SYSTEM, Engine, SystemClock, open_engine
from engine.bounded import Reader, answer
from engine.clock import Clock
from engine.diagram import read_diagram
from engine.errors import EngineError, SchemaOutdated
from engine.observing import Observer, nobody
from workflows.demo import LOGINS
from workflows.links import Links
from workflows.outbox.mailer import mailer_from
from workflows.staff.model import GROUPS

from . import sealing
from .app import create_app
from .config import Config, secret_of
from .domain import Domain
from .domain.beside import CustomerBeside
from .domain.operators import described
from .domain.papers import papers_of
from .domain.people import People
from .language import noop
from .metrics import Metrics
from .services import Services

ROOT = Path(__file__).resolve().parent.parent
DIAGRAMS = ROOT / "bpmn_diagrams"
INSTANCE = ROOT / "instance"
DATABASE = "FUNDCASE_DATABASE"
METRICS_TOKEN = "FUNDCASE_METRICS_TOKEN"
LINKS_LAST = timedelta(days=30)  # how long a customer may answer
PARTS = (".bpmn", ".dmn", ".json")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where an installation keeps things, and how it is run."""

    database: str
    base_url: str = "http://127.0.0.1:8000"  # where customers find the pages behind their links
    demo: bool = False
    testing: bool = False
    instance: Path = INSTANCE
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


def database_url(given: str | None) -> str:
    """The database that is named, by the caller or the environment; else a file in the instance folder."""
    if found := given or os.environ.get(DATABASE):
        return found
    INSTANCE.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{INSTANCE / 'fundcase.db'}"


def open_product(
    settings: Settings, clock: Clock | None = None, reader: Reader = answer, observer: Observer = nobody
) -> Engine:
    """The engine with the domain's operators and rules; the domain's tables are made or brought up to date.

    `reader` reads bundles that are checked: whoever serves strangers gives `Readers`, which do so within limits.
    """
    clock = clock or SystemClock()
    mailer, every = mailer_from(settings.environment), sealing.every(settings.environment)
    engine = open_engine(
        settings.database,
        clock=clock,
        operators=workflows.operators(links_of(settings, clock), mailer),
        policy=replace(workflows.POLICY, seal_every=every) if every else workflows.POLICY,
        formats=workflows.DEMO_FORMATS if settings.demo else workflows.FORMATS,
        lookups=workflows.LOOKUPS,
        groups=lambda: frozenset(GROUPS),
        reader=reader,
        observer=observer,
        signing=sealing.signing_of(settings.instance),
        sinks=sealing.sinks_of(settings.database, settings.environment, mailer),
        elsewhere=workflows.ELSEWHERE,
    )
    with engine.database.writing() as connection:
        if not workflows.is_current(connection):
            if not engine.database.sqlite and inspect(connection).has_table("staff"):
                raise SchemaOutdated
            workflows.upgrade(connection)
    return engine


def install(engine: Engine) -> None:
    """Put the shipped parameters and bundles in force where nothing of theirs is yet."""
    if not engine.configuration().parameters:
        engine.configure(parameters=workflows.parameters(), by=SYSTEM, reason=noop("the parameters it ships"))
    known = {one.key for one in engine.in_force()}
    for folder in shipped():
        if folder.name not in known:
            engine.deploy(files_of(folder), by=SYSTEM, reason=noop("the bundle it ships"))


def shipped() -> list[Path]:
    """The folders of the shipped bundles, each after those that it calls: shared decisions first."""
    processes = {folder.name: folder for folder in sorted(DIAGRAMS.glob("*/")) if folder.name != "shared"}
    calls = {name: called_by(folder) & processes.keys() for name, folder in processes.items()}
    in_order = TopologicalSorter(calls).static_order()
    return [*sorted((DIAGRAMS / "shared").glob("*/")), *(processes[name] for name in in_order)]


def called_by(folder: Path) -> set[str]:
    """The keys of the processes that a bundle calls."""
    diagram = read_diagram((folder / f"{folder.name}.bpmn").read_bytes())
    return {element.called_process for element in diagram.elements if element.called_process}


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a bundle, by their path inside the folder."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in PARTS
    }


def links_of(settings: Settings, clock: Clock) -> Links:
    """What signs the links to customers."""
    return Links(secret_of(settings.instance), settings.base_url, LINKS_LAST, now=clock.now)


def export_key_of(settings: Settings) -> bytes:
    """What pseudonyms in event logs are made with; whoever keeps it can tell who is who, and nobody else."""
    return secret_of(settings.instance, "pseudonyms").encode()


def is_ready(engine: Engine) -> bool:
    """Whether the database answers and has the tables of this release, those of the domain too."""
    try:
        with engine.one_moment() as connection:
            return engine.is_ready() and workflows.is_current(connection)
    except EngineError:
        return False


def services_of(settings: Settings, engine: Engine, metrics: Metrics | None = None) -> Services:
    """The services of the web application over an engine."""
    directory = workflows.Directory(engine.database.reading, engine.database.writing)
    return Services(
        engine=engine,
        directory=People(directory, LOGINS if settings.demo else ()),
        beside=CustomerBeside(engine.database, engine.context.now),
        domain=Domain(database=engine.database, links=links_of(settings, engine.context.clock)),
        metrics=metrics or Metrics(),
        papers=papers_of(engine),
        described=described,
        export_key=export_key_of(settings),
        ready=lambda: is_ready(engine),
    )


def web(settings: Settings, engine: Engine, metrics: Metrics | None = None) -> Flask:
    """The web application of an installation."""
    config = Config(
        secret=secret_of(settings.instance),
        demo=settings.demo,
        https=settings.base_url.startswith("https://"),
        testing=settings.testing,
        metrics_token=settings.environment.get(METRICS_TOKEN, ""),
    )
    return create_app(services_of(settings, engine, metrics), config)
