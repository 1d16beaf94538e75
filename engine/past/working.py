"""What a batch asks of a finished case: what a draft would have made of it. It writes nothing and asks no operator."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection

from ..backtest import Tested, tested
from ..batches.rows import Batch, Result
from ..bundles import Bundle
from ..cases.context import Context
from ..cases.rehearsing import bound_now
from ..cases.steps import number_of
from ..errors import EngineError, NotFound
from ..history.chain import step_of
from ..history.replay import stored_archive
from ..model import CaseId
from ..spiff import StepperError
from ..store import files

BACKTEST = "backtest"


def ask(context: Context, batch: Batch, case_id: CaseId) -> Result:
    """What the bundle of a batch would have made of a case."""
    with context.database.reading() as connection:
        draft = context.shelf.bundle(connection, batch.bundle)
        found = tried(context, connection, draft, case_id).outcome
    return Result(outcome=found.outcome, seq=found.seq, detail=found.detail)


def tried(context: Context, connection: Connection, draft: Bundle, case_id: CaseId | str) -> Tested:
    """What a draft would have made of a case; EngineError where its own history cannot be replayed."""
    steps = [step_of(one) for one in files.steps_of(connection, number_of(case_id))]
    if not steps:
        raise NotFound(f"There is no case {case_id}.")
    in_force = partial(bound_now, connection, context.now_text())
    try:
        return tested(draft, steps, stored_archive(connection, context.shelf), in_force)
    except (StepperError, KeyError, TypeError, ValueError) as error:
        raise EngineError(f"the case cannot be replayed: {type(error).__name__}: {error}") from error
