"""The kinds of batches: each says what becomes of one case. Who asks, and who works it off, it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from ..cases import retrying
from ..cases.context import Context
from ..model import CaseId
from ..moving import working
from ..past import working as past
from .rows import Batch, Result


@dataclass(frozen=True)
class Asking:
    """A kind that changes nothing: it may be asked twice of a case whose worker was killed, and one answer counts."""

    one: Callable[[Context, Batch, CaseId], Result]


@dataclass(frozen=True)
class Changing:
    """A kind that changes each case, in the transaction that writes its result; with it the jobs to run at once.

    Whoever raises has changed nothing, and the case has failed with that reason.
    """

    one: Callable[[Context, Connection, Batch, CaseId], tuple[Result, Iterable[Mapping[str, Any]]]]


Kind = Asking | Changing

KINDS: dict[str, Kind] = {
    past.BACKTEST: Asking(past.ask),
    working.DRY_RUN: Asking(working.dry_run),
    working.MIGRATION: Changing(working.migration),
    retrying.RETRY: Changing(retrying.one),
}
