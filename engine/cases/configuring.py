"""Puts parameters and calendars in force, with a second person where the policy says so; tells what changed when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from ..calendars.terms import parse_term
from ..canonical import instant, normal, read
from ..configuration import Configuration, content_of
from ..errors import Conflict, NotAllowed, NotFound, Refusal
from ..model import Actor
from ..reasons import LONGEST, demand_short
from ..store import shelf
from ..store.database import alone
from ..store.tables import configuration, configuration_proposal, content
from . import redating
from .context import Context

TERM = "term"  # the unit of a parameter whose text is a term of the calendars
TIME = "time"  # that of one whose text is a time of the day
TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", re.ASCII)
LARGEST = 10**15  # of a number, in whatever it counts
MOST_VALUES = 100  # of a list
FRACTIONS = frozenset({"%", "CNY", "share"})  # units of numbers that may get a fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a proposal makes of one parameter."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationProposal:
    """Values that wait for a second person, or what that person decided."""

    id: int
    changes: tuple[Change, ...]
    calendars: bool  # whether it changes the calendars, too
    at: datetime
    by: str
    reason: str
    decision: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    remark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A value that a parameter got with a version of the configuration; `before` is the value until then."""

    name: str
    value: Any
    before: Any
    version: int
    at: datetime
    by: str
    reason: str


def configure(
    context: Context, connection: Connection, parameters: Any, calendars: Any, by: Actor, reason: str
) -> Configuration:
    """Put parameters or calendars in force; under the policy of a second person, only the system does so directly."""
    demand_configurer(context, by)
    demand_short(reason)
    if context.policy.second_approval and not by.system:
        raise NotAllowed("A second process owner must approve; propose the values.", how="propose")
    alone(connection, shelf.SHELF)
    found = written(context, in_force(context, connection), parameters, calendars)
    put_in_force(context, connection, found, by.name, reason)
    return found


def put_in_force(context: Context, connection: Connection, given: Configuration, by: str, reason: str) -> None:
    """Make a configuration the newest; a year that is known from now on gives provisional terms their true ends."""
    redating.plan(connection, in_force(context, connection), given, context.now())
    shelf.configure(connection, body_of(given), context.now_text(), by, reason)


def propose(
    context: Context, connection: Connection, values: Mapping[str, Any], calendars: Any, by: Actor, reason: str
) -> ConfigurationProposal:
    """Lay new values of known parameters, or other calendars, before a second person."""
    demand_configurer(context, by)
    demand_short(reason)
    alone(connection, shelf.SHELF)
    now = in_force(context, connection)
    given = {name: _said(now, name, value) for name, value in values.items()}
    wanted = written(context, now, {**now.parameters, **given}, calendars)
    if wanted.digest == now.digest:
        raise Conflict("This is in force.", how="same")
    digest = shelf.store_content(connection, body_of(wanted))
    row = {"base": now.digest, "digest": digest, "at": context.now_text(), "by": by.name, "reason": reason}
    table = configuration_proposal
    made = connection.execute(insert(table).values(**row).returning(table.c.id)).scalar_one()
    return find_proposal(context, connection, made)


def approve(context: Context, connection: Connection, proposal_id: int, by: Actor, remark: str) -> Configuration:
    """Put proposed values in force; Conflict where one of them was changed since, whatever else was."""
    alone(connection, shelf.SHELF)
    found = open_proposal(context, connection, proposal_id, by)
    if found.by == by.name:
        raise NotAllowed("Somebody else must approve this: four eyes.", by=found.by)
    merged = _merged(context, connection, proposal_id)
    decide(context, connection, proposal_id, "approved", by, remark)
    reason = found.reason if not remark else f"{found.reason} ({remark})"
    put_in_force(context, connection, merged, f"{found.by}, {by.name}", reason)
    return merged


def reject(context: Context, connection: Connection, proposal_id: int, by: Actor, remark: str) -> ConfigurationProposal:
    """Decline a proposal, or take back one's own."""
    found = open_proposal(context, connection, proposal_id, by)
    decide(context, connection, proposal_id, "withdrawn" if found.by == by.name else "rejected", by, remark)
    return find_proposal(context, connection, proposal_id)


def open_proposal(context: Context, connection: Connection, proposal_id: int, by: Actor) -> ConfigurationProposal:
    """A proposal that nobody has decided yet; Conflict where somebody has."""
    demand_configurer(context, by)
    found = find_proposal(context, connection, proposal_id)
    if found.decision is not None:
        raise Conflict(f"{found.decided_by} has decided this.", by=found.decided_by, at=str(found.decided_at))
    return found


def decide(context: Context, connection: Connection, proposal_id: int, decision: str, by: Actor, remark: str) -> None:
    """Write down a decision; of two at once, one wins."""
    demand_short(remark)
    table = configuration_proposal
    row = {"decision": decision, "decided_at": context.now_text(), "decided_by": by.name, "remark": remark}
    undecided = (table.c.id == proposal_id, table.c.decision.is_(None))
    if connection.execute(update(table).where(*undecided).values(**row)).rowcount == 0:
        raise Conflict("Somebody else has decided this.")


def find_proposal(context: Context, connection: Connection, proposal_id: int) -> ConfigurationProposal:
    """A proposal by its id; NotFound where there is none."""
    return _proposal_of(context, connection, _row(connection, proposal_id))


def proposals(
    context: Context, connection: Connection, *, open_only: bool, limit: int, after: int | None
) -> list[ConfigurationProposal]:
    """The proposals, newest first; `after` is the last of the page before."""
    table = configuration_proposal
    found = select(table).order_by(table.c.id.desc()).limit(limit)
    if open_only:
        found = found.where(table.c.decision.is_(None))
    if after is not None:
        found = found.where(table.c.id < after)
    return [_proposal_of(context, connection, row) for row in connection.execute(found).all()]


def settings(connection: Connection) -> list[Setting]:
    """Every value that a parameter has had, newest first."""
    rows = (
        select(configuration, content.c.body)
        .join(content, content.c.digest == configuration.c.digest)
        .order_by(configuration.c.version)
    )
    found, known = list[Setting](), dict[str, Any]()
    for row in connection.execute(rows):
        values = {name: said["value"] for name, said in read(bytes(row.body))["parameters"].items()}
        by = {"version": row.version, "at": instant(row.at), "by": row.by, "reason": row.reason}
        found += [
            Setting(name=name, value=value, before=known.get(name), **by)
            for name, value in values.items()
            if name not in known or known[name] != value
        ]
        known = values
    return found[::-1]


def in_force(context: Context, connection: Connection) -> Configuration:
    """The configuration in force."""
    digest = shelf.configured(connection)
    assert digest is not None
    return context.shelf.configuration(connection, digest)


def written(context: Context, now: Configuration, parameters: Any, calendars: Any) -> Configuration:
    """A configuration with these parameters and calendars, and those of now for what is not given."""
    try:
        body = content_of(
            normal(now.parameters if parameters is None else parameters),
            normal(now.calendars.to_data() if calendars is None else calendars),
        )
        return context.shelf.read_configuration(body)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal(f"This configuration cannot be read: {error}") from error


def body_of(given: Configuration) -> bytes:
    """The canonical bytes of a configuration."""
    return content_of(given.parameters, given.calendars.to_data())


def demand_configurer(context: Context, by: Actor) -> None:
    """Refuse whoever may not configure."""
    if not by.any_of(context.policy.deployers):
        raise NotAllowed("Configuring needs a process owner.", groups=sorted(context.policy.deployers))


def misfit(old: Any, value: Any, unit: str | None = None) -> str:
    """Why a value cannot take the place of another: truth, whole, number, negative, term, time, text, list; or none."""
    if isinstance(old, bool) or isinstance(value, bool):
        return "" if isinstance(old, bool) and isinstance(value, bool) else "truth"
    if isinstance(old, int | Decimal):
        return _misfit_of_number(old, value, isinstance(old, int) and unit not in FRACTIONS)
    if isinstance(old, str):
        return _misfit_of_text(value, unit)
    if isinstance(old, list) and isinstance(value, list) and value:
        return next((why for one in value if (why := misfit(old[0], one, unit))), "") if old else ""
    return "" if type(old) is type(value) and not isinstance(old, list) else "list"


def outsize(value: Any) -> str:
    """Why a value is too much to be kept: large, long, many; or nothing."""
    if isinstance(value, list):
        return "many" if len(value) > MOST_VALUES else next(filter(None, map(outsize, value)), "")
    if isinstance(value, str):
        return "long" if len(value) > LONGEST else ""
    if isinstance(value, int | Decimal) and not (isinstance(value, Decimal) and value.is_nan()):
        return "" if -LARGEST < value < LARGEST else "large"
    return ""


def _misfit_of_number(old: Any, value: Any, whole: bool) -> str:
    if not isinstance(value, int if whole else int | Decimal) or (isinstance(value, Decimal) and not value.is_finite()):
        return "whole" if whole else "number"
    return "negative" if value < 0 <= old else ""


def _misfit_of_text(value: Any, unit: str | None) -> str:
    if not isinstance(value, str) or not value.strip():
        return "text"
    if unit == TIME:
        return "" if TIME_OF_DAY.fullmatch(value) else "time"
    try:
        if unit == TERM:
            parse_term(value)
    except ValueError:
        return "term"
    return ""


def _said(now: Configuration, name: str, value: Any) -> dict[str, Any]:
    """What is said of a parameter with another value, typed as the one that it has."""
    if name not in now.parameters:
        raise NotFound(f"There is no parameter {name}.")
    if why := outsize(value):
        raise Refusal(f"The parameter {name} cannot have this value: {why}.", parameter=name, why=why)
    said, given = dict(now.parameters[name]), _normal(name, value)
    if why := misfit(said["value"], given, said.get("unit")):
        raise Refusal(f"The parameter {name} cannot have this value: {why}.", parameter=name, why=why)
    return said | {"value": given}


def _normal(name: str, value: Any) -> Any:
    try:
        return normal(value)
    except (ValueError, TypeError) as error:
        raise Refusal(f"The parameter {name} cannot have this value: {error}", parameter=name, why="text") from error


def _merged(context: Context, connection: Connection, proposal_id: int) -> Configuration:
    """What is in force with what a proposal changes; Conflict where that was changed in the meantime."""
    row, now = _row(connection, proposal_id), in_force(context, connection)
    base, wanted = _both(context, connection, row)
    changed = _changed(base, wanted)
    for name in changed:
        if now.parameters.get(name) != base.parameters.get(name):
            raise Conflict(f"The parameter {name} was changed in the meantime.", how="changed", parameter=name)
    calendars = None
    if (kept := base.calendars.to_data()) != wanted.calendars.to_data():
        if now.calendars.to_data() != kept:
            raise Conflict("The calendars were changed in the meantime.", how="changed")
        calendars = wanted.calendars.to_data()
    return written(context, now, {**now.parameters, **{name: wanted.parameters[name] for name in changed}}, calendars)


def _row(connection: Connection, proposal_id: int) -> Row[Any]:
    table = configuration_proposal
    row = connection.execute(select(table).where(table.c.id == proposal_id)).first()
    if row is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    return row


def _both(context: Context, connection: Connection, row: Row[Any]) -> tuple[Configuration, Configuration]:
    """The configuration that a proposal was made on, and the one that it wants."""
    return context.shelf.configuration(connection, row.base), context.shelf.configuration(connection, row.digest)


def _changed(base: Configuration, wanted: Configuration) -> list[str]:
    return [name for name, said in wanted.parameters.items() if base.parameters.get(name) != said]


def _proposal_of(context: Context, connection: Connection, row: Row[Any]) -> ConfigurationProposal:
    base, wanted = _both(context, connection, row)
    return ConfigurationProposal(
        id=row.id,
        changes=tuple(
            Change(name=name, before=base.values.get(name), after=wanted.values[name])
            for name in _changed(base, wanted)
        ),
        calendars=base.calendars.to_data() != wanted.calendars.to_data(),
        at=instant(row.at),
        by=row.by,
        reason=row.reason,
        decision=row.decision,
        decided_at=instant(row.decided_at) if row.decided_at else None,
        decided_by=row.decided_by,
        remark=row.remark,
    )
