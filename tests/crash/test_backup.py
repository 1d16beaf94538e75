"""A SQLite database is copied while cases go on: the copy is whole, and holds all that was answered before."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from engine import Actor, Engine, open_engine
from tests.engine import tiny

from .waiting import until

ANN, OLGA = Actor("ann", groups={"csr"}), Actor("olga", groups={"process_owner"})
FEW = 5


def vacuum(file: Path, copy: Path) -> None:
    """As `sqlite3 cases.db "VACUUM INTO 'copy.db'"` does it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))


def backup(file: Path, copy: Path) -> None:
    """As `sqlite3 cases.db ".backup copy.db"` does it."""
    with closing(sqlite3.connect(file)) as connection, closing(sqlite3.connect(copy)) as other:
        connection.backup(other)


@pytest.mark.parametrize("how", [vacuum, backup])
def test_a_copy_that_is_made_under_load_is_whole(
    how: Callable[[Path, Path], None], sqlite_template: Path, tmp_path: Path
) -> None:
    file, copy = tmp_path / "cases.db", tmp_path / "copy.db"
    file.write_bytes(sqlite_template.read_bytes())
    with open_engine(f"sqlite:///{file}") as engine:
        engine.deploy(tiny.one_task(), by=OLGA)
        done: list[str] = []
        over = threading.Event()
        load = threading.Thread(target=work, args=(engine, done, over))
        load.start()
        try:
            until(lambda: len(done) > FEW, "some cases are over")
            before = list(done)
            how(file, copy)
            until(lambda: len(done) > len(before) + FEW, "cases go on")
        finally:
            over.set()
            load.join(60)
    with open_engine(f"sqlite:///{copy}") as restored:
        assert {restored.case(case).status for case in before} == {"completed"}
        assert all(restored.verify(str(case)).sound for case in restored.case_ids())
        restored.start("loan", by=ANN)


def work(engine: Engine, done: list[str], over: threading.Event) -> None:
    """Begin and end one case after the other."""
    while not over.is_set():
        case = engine.start("loan", by=ANN).id
        engine.complete(f"{case}.1.2", {"approved": True}, by=ANN)
        done.append(case)
