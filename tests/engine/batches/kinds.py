"""Kinds of batches for tests: one asks each case its status, one cancels it; some cases are refused, or kill."""

import os
from functools import partial

from engine import SYSTEM, FixedClock, open_engine
from engine.batches import kinds
from engine.batches.kinds import Asking, Changing
from engine.batches.rows import Result
from engine.cases import steps
from engine.errors import Refusal
from engine.store import files

AT = "2026-03-02T01:00:00+00:00"


def ask(context, batch, case_id, seen=None):
    """The case's parity; case 5 refuses, case 6 is a fault."""
    if seen is not None:
        seen.append(int(case_id))
    if case_id == "5" and batch.asked.get("faults"):
        raise Refusal("not this one")
    if case_id == "6" and batch.asked.get("faults"):
        raise ZeroDivisionError("odd")
    with context.database.reading() as connection:
        found = files.load_plain(connection, int(case_id))
    return Result(outcome="even" if found.id % 2 == 0 else "odd", seq=found.seq, detail={"number": found.number})


def change(context, connection, batch, case_id):
    """Cancel the case."""
    taken = steps.cancel(context, connection, case_id, SYSTEM, "a batch")
    return Result(outcome="cancelled", seq=taken.case.seq), taken.jobs


def known(monkeypatch, **more):
    """Let the engine of this process know the kinds."""
    for name, kind in {"ask": Asking(ask), "change": Changing(change), **more}.items():
        monkeypatch.setitem(kinds.KINDS, name, kind)


def dying(one, fatal):
    """A kind's function that kills its process at one case, after what it does there."""

    def work(*given):
        found = one(*given)
        if given[-1] == fatal:
            os._exit(9)
        return found

    return work


def dying_before(one, fatal):
    """The same, before it does anything there."""

    def work(*given):
        if given[-1] == fatal:
            os._exit(9)
        return one(*given)

    return work


def work_until_killed(url, fatal, before):
    """Run what is due in this process, which one case kills."""
    die = partial(dying_before if before else dying, fatal=fatal)
    kinds.KINDS |= {"ask": Asking(die(ask)), "change": Changing(die(change))}
    open_engine(url, clock=FixedClock(AT)).run_due()


def work(url, clock_at, seen):
    """Run what is due in this process; which cases it was asked about."""
    mine = []
    kinds.KINDS |= {"ask": Asking(partial(ask, seen=mine)), "change": Changing(change)}
    with open_engine(url, clock=FixedClock(clock_at)) as engine:
        engine.run_due()
    seen.put(mine)
