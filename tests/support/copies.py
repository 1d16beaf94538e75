"""Copies of prepared databases: making one takes longer than most tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.support.postgres import Postgres


@contextmanager
def copied(request: pytest.FixtureRequest, folder: Path, *, sqlite: str, postgres: str) -> Iterator[str]:
    """The address of a copy that lasts one test; the fixture that is named for its parameter has the prepared one."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copyfile(request.getfixturevalue(sqlite), folder / 'cases.db')}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        with server.database(request.getfixturevalue(postgres)) as name:
            yield server.url(name)
