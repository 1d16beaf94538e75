"""Verifies what no single case can: checkpoints and the files outside, purges, numbers, contents, rows of no case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from ...model import Problem, Purged
from ...store.shelf import Shelf
from ...store.tables import purge
from ..checkpoints import NONE, newest
from ..documents import Folder
from ..heads import count_unsealed
from .chain import checkpoint_problems, documents_in, outside_problems
from .contents import (
    bundle_problems,
    configuration_problems,
    content_problems,
    deployment_problems,
    mapping_problems,
    rollout_problems,
)
from .sealed import leaf_problems, purge_problems, record_problems
from .whole import number_problems, orphan_problems

CHECKS: tuple[Callable[[Connection], Iterator[Problem]], ...] = (
    checkpoint_problems,
    leaf_problems,
    record_problems,
    number_problems,
    orphan_problems,
    content_problems,
    configuration_problems,
    rollout_problems,
    mapping_problems,
)
WITH_SHELF = (bundle_problems, deployment_problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """How far a verification reaches: what is sealed, by which key, and what is not sealed yet."""

    checkpoints: int
    sealed_at: datetime | None
    key: str
    files: int | None  # how many files were held against the database; None where no folder was given
    unsealed: int  # cases with steps that no checkpoint covers yet
    purged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What was found wrong beside the cases, and how far one can see."""

    problems: tuple[Problem, ...]
    cover: Cover

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify_whole(connection: Connection, shelf: Shelf, folder: Folder | None = None) -> Whole:
    """Everything that is wrong beside the cases themselves."""
    documents, problems = documents_in(folder) if folder is not None else ({}, [])
    for check in CHECKS:
        problems += _found(connection, check)
    for check_with in WITH_SHELF:
        problems += _found(connection, partial(check_with, shelf=shelf))
    problems += _found(connection, lambda c: purge_problems(c, _sealed_purges(c)))
    if folder is not None:
        problems += _found(connection, lambda c: outside_problems(c, documents))
    try:
        last = newest(connection)
    except ValueError:  # and it is reported
        last = None
    cover = Cover(
        checkpoints=last.number if last else 0,
        sealed_at=last.at if last else None,
        key=last.key if last else "",
        files=None if folder is None else len(documents),
        unsealed=count_unsealed(connection),
        purged=connection.execute(select(func.count()).select_from(purge)).scalar_one(),
    )
    return Whole(problems=tuple(problems), cover=cover)


def _sealed_purges(connection: Connection) -> str:
    last = newest(connection)
    return str(last.said["purges"]) if last else NONE


def _found(connection: Connection, check: Callable[[Connection], Iterator[Problem]]) -> list[Problem]:
    try:
        return list(check(connection))
    except SQLAlchemyError:
        raise
    except Exception as error:  # whatever somebody has written there, the answer is not that it is sound
        name = getattr(check, "__name__", "")
        return [Problem(what="unreadable", detail=f"{name}: {type(error).__name__}: {error}"[:500])]


__all__ = ["Cover", "Purged", "Whole", "leaf_problems", "verify_whole"]
