"""An installation with the sample people, customers and funds and the shipped bundles, and visitors who use its pages."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from jinja2 import FileSystemBytecodeCache

from engine import FixedClock
from engine.bounded import Readers
from tests.webapp.visitor import Visitor
from webapp.bootstrap import Settings, install, open_product, web
from workflows.demo import seed_base

NOW = "2026-11-20T14:32:00+08:00"  # a Friday afternoon in Shanghai


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A folder with the database of a fresh installation, to be copied."""
    folder = tmp_path_factory.mktemp("installation")
    with open_product(settings_in(folder), FixedClock(NOW)) as engine:
        with engine.database.writing() as connection:
            seed_base(connection, today=date(2026, 11, 20))
        install(engine)
    return folder


def settings_in(folder, **more):
    """The settings of an installation in a folder."""
    given = {"demo": True, "environment": {}, "base_url": "http://localhost"} | more
    return Settings(database=f"sqlite:///{folder / 'fundcase.db'}", instance=folder, **given)


@pytest.fixture(scope="session")
def readers():
    """The children that read uploads, as in the product."""
    with Readers() as found:
        yield found


@pytest.fixture
def folder(prepared, tmp_path):
    """A copy of the installation."""
    return shutil.copytree(prepared, tmp_path / "instance")


@pytest.fixture
def clock():
    """The clock of the installation."""
    return FixedClock(NOW)


@pytest.fixture
def engine(folder, clock, readers):
    """The engine of the installation."""
    with open_product(settings_in(folder), clock, readers) as engine:
        yield engine


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """The templates that some test has compiled: compiling one takes longer than rendering it."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))


@pytest.fixture
def app(folder, engine, compiled):
    """The web application of the installation."""
    app = web(settings_in(folder), engine)
    app.jinja_env.bytecode_cache = compiled
    return app


@pytest.fixture
def visit(app):
    """Make a visitor: somebody of the staff by id, or nobody in particular."""

    def visitor(person=None, lang="en"):
        one = Visitor(app, lang)
        if person:
            one.log_in(person)
        return one

    return visitor
