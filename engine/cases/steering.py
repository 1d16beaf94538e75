"""Rolls a version out further, stops it, goes back: what can be done about new cases without deploying anything.

Whoever takes a version back needs no second person, as nothing comes in force that nobody has approved; whoever gives
it more cases than it has ever had does, where the policy says so.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert

from ..configuration import Configuration
from ..errors import Conflict, NotAllowed, NotFound, Refusal
from ..model import Actor, Deployment, Rollout
from ..reasons import demand_short
from ..store import rollouts, shelf
from ..store.database import alone
from ..store.rollouts import ALL
from ..store.tables import proposal
from . import rolling
from .context import Context
from .deploying import Proposal, demand_deployer, find_proposal, proposal_row
from .rolling import Reach


def roll_out(
    context: Context,
    connection: Connection,
    key: str,
    version: int,
    reach: Reach,
    configuration: Configuration,
    by: Actor,
    reason: str,
) -> Rollout:
    """Let a deployed version have a share of the new cases; NotAllowed where somebody else must approve so many."""
    demand_deployer(context, by)
    demand_short(reason)
    alone(connection, shelf.SHELF)
    deployed_version(connection, key, version)
    rolling.demand_reach(context, connection, key, reach)
    if context.policy.second_approval and not by.system:
        had = rolling.widest(rollouts.history(connection, key), version, context.now())
        if reach.percent > had:
            raise NotAllowed(
                f"Version {version} was approved for {had} percent; propose to widen it.", how="propose", percent=had
            )
    return rolling.write(context, connection, key, version, reach, configuration, by.name, reason)


def stop(
    context: Context,
    connection: Connection,
    key: str,
    version: int | None,
    configuration: Configuration,
    by: Actor,
    reason: str,
) -> Rollout:
    """Give no more new cases to a version that has a share or waits for its moment, by default to the last one."""
    demand_deployer(context, by)
    demand_short(reason)
    alone(connection, shelf.SHELF)
    asked = rollouts.standing(connection, key, context.now_text())
    coming = rollouts.coming(rollouts.history(connection, key), context.now())
    going = [one.version for one in coming] + [one.deployment.version for one in asked[:-1]]
    chosen = version if version is not None else next(iter(going), None)
    if chosen is None or chosen not in going:
        raise Conflict(f"Nothing of {key} is being rolled out that could be stopped.", how="stopped", version=version)
    base = asked[-1].deployment.version if asked else None
    reach = Reach(percent=ALL if chosen == base else 0)
    return rolling.write(context, connection, key, chosen, reach, configuration, by.name, reason)


def roll_back(
    context: Context,
    connection: Connection,
    key: str,
    to_version: int,
    configuration: Configuration,
    by: Actor,
    reason: str,
) -> Rollout:
    """Let every new case begin with a version again that was in force for all before; what waits is called off."""
    demand_deployer(context, by)
    demand_short(reason)
    alone(connection, shelf.SHELF)
    deployed_version(connection, key, to_version)
    rows, now = rollouts.history(connection, key), context.now()
    if rolling.widest(rows, to_version, now) < ALL:
        raise Refusal(f"Version {to_version} was never in force for all; roll it out.", how="never", version=to_version)
    asked = rollouts.standing(connection, key, context.now_text())
    if rolling.is_for_all(asked, to_version) and not rollouts.coming(rows, now):
        raise Conflict(f"Version {to_version} is in force for all.", how="same", version=to_version)
    return rolling.write(context, connection, key, to_version, Reach(), configuration, by.name, reason)


def propose(
    context: Context, connection: Connection, key: str, version: int, reach: Reach, by: Actor, reason: str
) -> Proposal:
    """Lay before a second process owner that a deployed version is to have more of the new cases."""
    demand_deployer(context, by)
    found = deployed_version(connection, key, version)
    rolling.demand_reach(context, connection, key, reach)
    if rolling.is_for_all(rollouts.standing(connection, key, context.now_text()), version):
        raise Conflict(f"Version {version} is in force for all.", how="same", version=version)
    row = proposal_row(context, connection, context.shelf.bundle(connection, found.bundle), reach, by, reason)
    made = connection.execute(insert(proposal).values(**row, version=version).returning(proposal.c.id)).scalar_one()
    return find_proposal(connection, made)


def deployed_version(connection: Connection, key: str, version: int) -> Deployment:
    """A version of a key; NotFound where there is none."""
    found = next((one for one in shelf.deployments(connection, key) if one.version == version), None)
    if found is None:
        raise NotFound(f"There is no version {version} of {key}.")
    return found
