"""A case with a very long history in little time: the steps are taken and chained as ever, and stored in one go."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, update

from engine.canonical import instant, moment
from engine.cases.inputs import apply
from engine.cases.semantics import newest
from engine.cases.world import Recorded
from engine.history.chain import link
from engine.spiff import Marking, Stepper
from engine.store import files
from engine.store.tables import case, step, task


def lengthen(engine, case_id, until, values, by="ann"):
    """Complete the one open task of a case again and again until it has so many steps; `values` of a step's number."""
    with engine.database.reading() as connection:
        row = files.load_plain(connection, int(case_id))
        config = engine.history(case_id)[0].input["config"]
        bundle = engine.bundle(row.bundle)
        configuration = engine.context.shelf.configuration(connection, config)
    world = Recorded(given={}, bundle=engine.bundle, configuration=configuration)
    stepper = Stepper(bundle.executable(configuration.language), world.environment())
    marking, head, at = Marking.from_bytes(bytes(row.state)), bytes(row.head), instant(row.last_at)
    links = []
    for seq in range(row.seq + 1, until + 1):
        at += timedelta(seconds=30)
        (token,) = marking.tokens
        given = {"task": token.occurrence, "element": token.element, "values": values(seq), "config": config}
        marking, effects = apply(stepper, marking, "completed", given, at)
        made = {"seq": seq, "at": moment(at), "actor": by, "kind": "completed", "input": given, "effects": effects}
        made["semantics"] = newest()
        state = bytes.fromhex(marking.sha256)
        links.append(link(case_id=int(case_id), **made, state_hash=state, prev_hash=head))
        head = links[-1].hash
    store(engine, int(case_id), links, marking)


def store(engine, case_id, links, marking):
    """Store the steps, and where the case stands now."""
    (token,) = marking.tokens
    last = links[-1]
    with engine.database.writing() as connection:
        connection.execute(insert(step), [{name: getattr(one, name) for name in one.__slots__} for one in links])
        here = {"seq": last.seq, "head": last.hash, "last_at": last.at, "state": marking.to_bytes()}
        connection.execute(update(case).where(case.c.id == case_id).values(**here))
        offered = {"seq": last.seq, "occurrence": token.occurrence, "offered_at": last.at}
        connection.execute(update(task).where(task.c.case_id == case_id).values(**offered))
