"""What a person decides about the way of an open case: a token goes on elsewhere, a task is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from ..check.jumps import Jumps, Place
from ..errors import Conflict, FieldError, InvalidForm, NotFound, NotJumpable, Refusal, StepFailed
from ..forms import accept
from ..model import Actor, CaseId, Jump, TaskId
from ..spiff import Marking, NotWaiting, Stepper, Token
from ..store import files
from ..store.vault import Shelter, demand_known
from .change import bundle_of
from .context import Context
from .steps import Decided, Opened, Taken, decide, demand_open, look_at, number_of, open_case, record, recorder_of
from .tasks import demand_four_eyes, gone, held_by, place


def jump(
    context: Context, connection: Connection, case_id: CaseId | str, token: int, to: str, by: Actor, reason: str
) -> Taken:
    """Let a token go on elsewhere in its scope; NotJumpable says what would break, Conflict that it has gone."""
    opened = open_case(context, connection, case_id)
    demand_open(opened)
    here = token_of(opened.marking, token)
    rows = files.tasks_of(connection, opened.id, token)
    if rows:
        demand_four_eyes(context, connection, rows[0], by)
    given = {"token": token, "element": here.element, "target": to, "reason": reason}
    shelter = opened.shelter()
    decided = _decided(context, connection, opened, "jumped", given, by, shelter)
    broken = jumps_of(context, connection, opened, here).broken_by(to)
    if broken is not None:
        raise NotJumpable(here.element, to, broken.why, broken.join)
    return record(context, connection, opened, "jumped", decided, by, shelter)


def skip(
    context: Context,
    connection: Connection,
    task_id: TaskId | str,
    values: Mapping[str, Any],
    by: Actor,
    reason: str,
) -> Taken:
    """Leave a task as if it had been completed, with the values that are known; Conflict where it has gone."""
    case_id, occurrence = place(task_id)
    opened = open_case(context, connection, str(case_id))
    rows = files.tasks_of(connection, case_id, occurrence)
    if not rows:
        raise gone(context, connection, opened, task_id, by)
    demand_open(opened)
    row = rows[0]
    demand_four_eyes(context, connection, row, by)
    shelter = opened.shelter()
    known = known_of(context, connection, opened, row, values, shelter)
    given = {"task": occurrence, "element": row.element, "values": known, "reason": reason}
    decided = _decided(context, connection, opened, "skipped", given, by, shelter)
    return record(context, connection, opened, "skipped", decided, by, shelter)


def token_of(marking: Marking, occurrence: int) -> Token:
    """The token with a number; Conflict where it has gone, NotFound where there has never been one."""
    found = next((token for token in marking.tokens if token.occurrence == occurrence), None)
    if found is not None:
        return found
    if 0 < occurrence <= marking.issued:
        raise Conflict("The case does not stand there any more.", how="withdrawn")
    raise NotFound(f"The case has no token {occurrence}.")


def place_in(case_id: CaseId | str, where: TaskId | str | int) -> int:
    """The number of a token, given as it is or as the task that it is; NotFound where it is of another case."""
    if isinstance(where, int) or str(where).isdecimal():
        return int(where)
    owner, occurrence = place(where)
    if owner != number_of(case_id):
        raise NotFound(f"The case {case_id} has no task {where}.")
    return occurrence


def jumps(context: Context, connection: Connection, case_id: CaseId | str, by: Actor) -> list[Jump]:
    """Where the tokens of a case stand, and where each may go on; nothing is changed."""
    opened = look_at(context, connection, case_id)
    if opened.row.status != "open":
        return []
    recorder = recorder_of(context, connection, opened, by, opened.shelter())
    stepper = Stepper(opened.bundle.executable(opened.configuration.language), recorder.environment())
    tokens = {token.occurrence: token for token in opened.marking.tokens}
    found = stepper.jumps(opened.marking, opened.at)
    return [_ways(context, connection, opened, tokens[number], targets) for number, targets in found.items()]


def _ways(context: Context, connection: Connection, opened: Opened, here: Token, targets: Iterable[str]) -> Jump:
    jumps = jumps_of(context, connection, opened, here)
    bundle = bundle_of(opened.marking, here.occurrence, opened.row.bundle)
    allowed = tuple(to for to in targets if jumps.broken_by(to) is None)
    return Jump(token=here.occurrence, element=here.element, bundle=bundle, targets=allowed)


def jumps_of(context: Context, connection: Connection, opened: Opened, here: Token) -> Jumps:
    """What the jumps of a token do to the joins of its scope."""
    tokens = {token.occurrence: token for token in opened.marking.tokens}
    leaves = tokens.get(here.host, here)  # of an event after a gateway, the gateway
    bundle = context.shelf.bundle(connection, bundle_of(opened.marking, here.occurrence, opened.row.bundle))
    diagram = bundle.diagram
    assert diagram is not None
    around = tokens[here.scope[-1]] if here.scope else None
    scope = diagram.key if around is None or around.calls else around.element
    beside = (one for one in tokens.values() if one.scope == here.scope and not one.host and one is not leaves)
    stays = [_place(one) for one in beside if not diagram.element(one.element).triggered_by_event]
    return Jumps(diagram, scope, stays, _place(leaves))


def _place(token: Token) -> Place:
    return Place(element=token.element, via=token.via)


def known_of(
    context: Context, connection: Connection, opened: Opened, row: Any, values: Mapping[str, Any], shelter: Shelter
) -> dict[str, Any]:
    """The values that are given for a task that is left out: checked as far as they go, personal ones sheltered."""
    form = context.shelf.bundle(connection, row.bundle).form_of(row.element)
    if form is None:
        if values:
            raise InvalidForm({str(name): FieldError("undeclared") for name in values})
        return {}
    known = accept(form.part(map(str, values)), values, context.formats, context.exists(connection))
    demand_known(known, held_by(opened.marking))
    return shelter.without_personal(form.schema, known)


def _decided(
    context: Context,
    connection: Connection,
    opened: Opened,
    kind: str,
    given: Mapping[str, Any],
    by: Actor,
    shelter: Shelter,
) -> Decided:
    """What an intervention does; where the diagram cannot go on after it, it is refused, and no incident is opened."""
    try:
        return decide(context, connection, opened, kind, given, by, shelter)
    except StepFailed as error:
        raise Refusal(f"The case cannot go on like that: {error}", element=error.element, why=error.why) from error
    except NotWaiting as error:
        raise Conflict("The case does not stand there any more.", how="withdrawn") from error


__all__ = ["jump", "jumps", "place_in", "skip"]
