"""Databases that are as durable as in earnest, with the people and the processes of these tests in them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from .servers import Server, durable
from .works import furnish

names = count(1)


@pytest.fixture(scope="package")
def server() -> Iterator[Server]:
    """A PostgreSQL server that writes to the disk what it says is written."""
    with durable() as made:
        said = {name: made.execute(f"show {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")}
        assert set(map(str, said.values())) == {"[('on',)]"}, said
        yield made


@pytest.fixture
def durable_url(server: Server) -> str:
    """The address of a furnished database on the durable server."""
    made = server.database(f"crash_{next(names)}")
    furnish(made)
    return made


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The address of a furnished SQLite database."""
    made = f"sqlite:///{tmp_path / 'cases.db'}"
    furnish(made)
    return made


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a furnished database, once of each kind."""
    return str(request.getfixturevalue("sqlite" if request.param == "sqlite" else "durable_url"))
