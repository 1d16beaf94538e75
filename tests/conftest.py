"""What every test may ask for: databases, an engine on them, a browser, the running application.

Options: `--slow` runs what takes long, `--pictures` renews docs/images. Without a browser or PostgreSQL the tests that
need them are skipped, but under FUNDCASE_REQUIRE=1 they fail.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests.support import network

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from engine import Engine, FixedClock
    from tests.support.pages import Pictures
    from tests.support.postgres import Postgres
    from tests.support.serving import LiveServer

FAILED_CHECKS = "FUNDCASE_FAILED_CHECKS"  # what run.py tells us: the names of checks that failed
EACH_KIND = ("database_url", "ready_url", "peopled")  # the fixtures that come once of each kind of database
START = "2026-03-02T01:00:00+00:00"  # a Monday, nine o'clock in Shanghai

settings.register_profile("fundcase", deadline=None, print_blob=True)
settings.load_profile("fundcase")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our two options."""
    group = parser.getgroup("fundcase")
    group.addoption("--slow", action="store_true", help="run what takes long, too")
    group.addoption("--pictures", action="store_true", help="renew the pictures in docs/images")


def pytest_configure(config: pytest.Config) -> None:
    """Switch the network off before anything is imported that might use it."""
    network.switch_off()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and leave out what takes long unless it is asked for."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if is_second(item):
            item.add_marker("slow")
    if not config.getoption("--slow"):
        slow = [item for item in items if item.get_closest_marker("slow")]
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)


def is_second(item: pytest.Item) -> bool:
    """Whether a test does on PostgreSQL what it does on SQLite too, and is about neither: the fast run does it once."""
    given = getattr(item, "callspec", None)
    second = given is not None and any(given.params.get(name) == "postgres" for name in EACH_KIND)
    return second and "crew" not in given.params and item.get_closest_marker("databases") is None


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail with the checks that failed before the tests began."""
    if os.environ.get(FAILED_CHECKS) and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name those checks where their output has long scrolled away."""
    if failed := os.environ.get(FAILED_CHECKS):
        terminalreporter.section("failed before the tests", red=True)
        terminalreporter.line(f"{failed} (see above)")


# -- databases


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """The PostgreSQL server of this run."""
    from tests.support.postgres import Postgres

    server = Postgres(os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12])
    yield server
    server.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of an empty PostgreSQL database."""
    with postgres.database() as name:
        yield postgres.url(name)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, once of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables in it, to be copied."""
    from tests.support.tables import make

    path = tmp_path_factory.mktemp("template") / "cases.db"
    make(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> Iterator[str]:
    """The name of a PostgreSQL database with all tables in it, to be copied."""
    from tests.support.tables import make

    with postgres.database() as name:
        make(postgres.url(name))
        yield name


@pytest.fixture(params=["sqlite", "postgres"])
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with all tables and nothing in them, once of each kind."""
    from tests.support.copies import copied

    with copied(request, tmp_path, sqlite="sqlite_template", postgres="postgres_template") as url:
        yield url


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at nine on a Monday morning in Shanghai, until the test moves it."""
    from engine import FixedClock

    return FixedClock(START)


@pytest.fixture
def engine(ready_url: str, clock: FixedClock) -> Iterator[Engine]:
    """An engine without any case or bundle, once on each kind of database."""
    from engine import open_engine

    with open_engine(ready_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def no_clock_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a step is applied, whoever reads the machine's clock fails the test."""
    from engine.spiff import Stepper
    from tests.support.clocks import without_clock

    for name, method in vars(Stepper).items():
        if callable(method) and not name.startswith("_"):
            monkeypatch.setattr(Stepper, name, without_clock(method))


# -- the browser and the running application


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    from tests.support.pages import launched

    with launched() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page: `open_page(lang="zh", theme="dark", size="phone")`; each has a session of its own."""
    from tests.support.pages import opened

    with ExitStack() as pages:
        yield lambda *arguments, **named: pages.enter_context(opened(browser, *arguments, **named))


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page in English on a desktop, light."""
    return open_page()


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Pictures:
    """Takes pictures for the documentation under `--pictures`, and does nothing otherwise."""
    from tests.support.pages import Pictures

    return Pictures(request.config.getoption("--pictures"))


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., AbstractContextManager[LiveServer]]:
    """Run the application: `with serve(database_url, "--option") as server:`."""
    from tests.support.serving import serving

    @contextmanager
    def run(database: str, *options: str, **more: Any) -> Iterator[LiveServer]:
        with serving(database, tmp_path, *options, **more) as server:
            yield server

    return run


@pytest.fixture
def live_server(serve: Callable[..., AbstractContextManager[LiveServer]], sqlite_url: str) -> Iterator[LiveServer]:
    """The application on an empty SQLite database of its own."""
    with serve(sqlite_url) as server:
        yield server
