"""One installation for many tests: the application is built once, what is stored is put back before each of them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from engine import Engine, FixedClock
from engine.bounded import Readers
from webapp.bootstrap import Settings, open_product, web
from webapp.config import Config
from webapp.security import Attempts

NOW = "2026-11-20T14:32:00+08:00"  # a Friday afternoon in Shanghai
DATABASE = "fundcase.db"
USUAL = Config(secret="")


def settings_in(folder: Path, **more: Any) -> Settings:
    """The settings of an installation in a folder."""
    given = {"demo": True, "environment": {}, "base_url": "http://localhost"} | more
    return Settings(database=f"sqlite:///{folder / DATABASE}", instance=folder, **given)


@dataclass(frozen=True, kw_only=True)
class House:
    """An installation that is running; `pristine` is a folder with one as it is to be again."""

    pristine: Path
    folder: Path
    clock: FixedClock
    engine: Engine
    app: Flask

    def put_back(self) -> None:
        """Let everything be as after the installation; what stays in memory is what never changes."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif not is_stored(path):
                path.unlink()
        shutil.copytree(self.pristine, self.folder, ignore=shutil.ignore_patterns(f"{DATABASE}*"), dirs_exist_ok=True)
        with (
            closing(sqlite3.connect(self.pristine / DATABASE)) as source,
            closing(sqlite3.connect(self.folder / DATABASE)) as target,
        ):
            source.backup(target)
        self.clock.set(NOW)
        self.app.extensions["attempts"] = Attempts(USUAL.attempts, USUAL.wait, self.clock.now)


def is_stored(path: Path) -> bool:
    """Whether a file belongs to the database."""
    return path.name.startswith(DATABASE)


@contextmanager
def living(pristine: Path, folder: Path, readers: Readers) -> Iterator[House]:
    """A copy of an installation, running in a folder that is not there yet."""
    shutil.copytree(pristine, folder)
    clock = FixedClock(NOW)
    with open_product(settings_in(folder), clock, readers) as engine:
        app = web(settings_in(folder), engine)
        yield House(pristine=pristine, folder=folder, clock=clock, engine=engine, app=app)
