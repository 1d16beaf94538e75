"""An installation with the sample people, customers and funds and the shipped bundles, and visitors who use its pages."""

from __future__ import annotations

from datetime import date

import pytest

from engine import FixedClock
from engine.bounded import Readers
from tests.webapp.house import NOW, living, settings_in
from tests.webapp.visitor import Visitor
from webapp.bootstrap import install, open_product
from workflows.demo import seed_base


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A folder with the database of a fresh installation, to be copied."""
    folder = tmp_path_factory.mktemp("installation")
    with open_product(settings_in(folder), FixedClock(NOW)) as engine:
        with engine.database.writing() as connection:
            seed_base(connection, today=date(2026, 11, 20))
        install(engine)
    return folder


@pytest.fixture(scope="session")
def readers():
    """The children that read uploads, as in the product."""
    with Readers() as found:
        yield found


@pytest.fixture(scope="session")
def running(prepared, tmp_path_factory, readers):
    """The installation of this run."""
    with living(prepared, tmp_path_factory.mktemp("running") / "instance", readers) as house:
        yield house


@pytest.fixture
def house(running):
    """The same, as it is after it was installed."""
    running.put_back()
    return running


@pytest.fixture
def house_of_its_own(prepared, tmp_path, readers):
    """An installation for one test, which may do with its files what it likes."""
    with living(prepared, tmp_path / "instance", readers) as house:
        yield house


@pytest.fixture
def folder(house):
    """Where it keeps everything."""
    return house.folder


@pytest.fixture
def clock(house):
    """Its clock."""
    return house.clock


@pytest.fixture
def engine(house):
    """Its engine."""
    return house.engine


@pytest.fixture
def app(house):
    """Its web application."""
    return house.app


@pytest.fixture
def visit(app):
    """Make a visitor: somebody of the staff by id, or nobody in particular."""

    def visitor(person=None, lang="en"):
        one = Visitor(app, lang)
        if person:
            one.log_in(person)
        return one

    return visitor
