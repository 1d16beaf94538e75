"""What is deployed and in force against its content: every digest is that of its bytes, every version has one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from sqlalchemy import Connection, select

from ...bundles import Bundle, digest_of
from ...canonical import digest, read
from ...errors import EngineError
from ...mapping import Declared
from ...model import Problem
from ...store.rollouts import ALL, rollout_of, said_before
from ...store.shelf import Shelf
from ...store.tables import (
    access,
    batch,
    bundle,
    configuration,
    configuration_proposal,
    content,
    deployment,
    mapping,
    proposal,
    rollout,
)


def content_problems(connection: Connection) -> Iterator[Problem]:
    """Stored bytes that are not those of their digest, or that nothing names."""
    named = set(connection.execute(select(configuration.c.digest)).scalars())
    for column in (configuration_proposal.c.base, configuration_proposal.c.digest, mapping.c.digest):
        named |= set(connection.execute(select(column)).scalars())
    for files in connection.execute(select(bundle.c.files)).scalars():
        try:
            named |= set(read(files).values())
        except (ValueError, TypeError, AttributeError):
            continue  # the bundle is reported
    found = set()
    for row in connection.execute(select(content)):
        found.add(row.digest)
        if digest(row.body if isinstance(row.body, bytes) else str(row.body).encode()) != row.digest:
            yield Problem(what="content changed", detail=row.digest)
        if row.digest not in named:
            yield Problem(what="content unknown", detail=row.digest)
    for one in sorted(named - found, key=str):
        yield Problem(what="content missing", detail=str(one))


def bundle_problems(connection: Connection, shelf: Shelf) -> Iterator[Problem]:
    """Bundles that are not what their digest and their row say, or that nobody deployed, proposed or tried."""
    columns = (deployment.c.bundle, proposal.c.bundle, batch.c.bundle, mapping.c.old, mapping.c.new)
    used = {one for column in columns for one in connection.execute(select(column)).scalars()}
    for row in connection.execute(select(bundle)).all():
        found = _sound(connection, shelf, row.digest)
        if found is None or (found.key, found.kind, found.name) != (row.key, row.kind, row.name):
            yield Problem(what="bundle changed", detail=row.digest)
        if row.digest not in used:
            yield Problem(what="bundle unknown", detail=row.digest)
        used.discard(row.digest)
    for one in sorted(used, key=str):
        yield Problem(what="bundle missing", detail=str(one))


def mapping_problems(connection: Connection) -> Iterator[Problem]:
    """Mappings that are not what their row says, or between bundles that there are not, or of another process."""
    keys = {row.digest: row.key for row in connection.execute(select(bundle.c.digest, bundle.c.key))}
    joined = select(mapping, content.c.body).join(content, content.c.digest == mapping.c.digest)
    for row in connection.execute(joined):
        try:
            found = Declared.read(bytes(row.body))
        except (ValueError, TypeError, AttributeError):
            found = None
        if found is None or (found.digest, found.old, found.new) != (row.digest, row.old, row.new):
            yield Problem(what="mapping changed", detail=str(row.digest))
        elif {keys.get(row.old), keys.get(row.new)} != {row.key}:
            yield Problem(what="mapping changed", detail=f"{row.digest}: its versions are not of {row.key}")


def _sound(connection: Connection, shelf: Shelf, key: str) -> Bundle | None:
    """A bundle whose stored bytes are those of its digest; what was read from the same bytes before is as good."""
    try:
        bodies = shelf.stored_files(connection, key)
        return shelf.bundle(connection, key) if bodies is not None and digest_of(bodies) == key else None
    except (EngineError, ValueError, TypeError, AttributeError):
        return None


def deployment_problems(connection: Connection, shelf: Shelf) -> Iterator[Problem]:
    """Versions with gaps, of another key than their bundle, or not in the order of their moments; who may read what."""
    joined = select(deployment, bundle.c.key.label("own")).outerjoin(bundle, bundle.c.digest == deployment.c.bundle)
    versions = defaultdict(list)
    for row in connection.execute(joined.order_by(deployment.c.key, deployment.c.version)):
        versions[row.key].append(row)
    for key, rows in versions.items():
        for expected, row in enumerate(rows, 1):
            if row.version != expected or row.own != key:
                yield Problem(what="deployment changed", detail=f"{key} version {row.version}")
        for before, after in pairwise(rows):
            if before.bundle == after.bundle:
                yield Problem(what="deployment changed", detail=f"{key} version {after.version} is the one before it")
    yield from _access_problems(
        connection, shelf, {key: [row.bundle for row in rows] for key, rows in versions.items()}
    )


def _access_problems(connection: Connection, shelf: Shelf, deployed: dict[str, list[str]]) -> Iterator[Problem]:
    expected = set()
    for key, digests in deployed.items():
        for one in digests:
            if (found := _sound(connection, shelf, one)) is None:
                return  # the bundle is reported
            expected |= {(key, group) for group in found.readers}
    stored = {tuple(row) for row in connection.execute(select(access.c.key, access.c.group))}
    for key, group in sorted(expected ^ stored, key=str):
        yield Problem(what="access changed", detail=f"{key}: {group}")


def rollout_problems(connection: Connection) -> Iterator[Problem]:
    """Rows about new cases with gaps, of no version, that wait backwards in time, or say what the one before said."""
    versions = {tuple(row) for row in connection.execute(select(deployment.c.key, deployment.c.version))}
    rows = defaultdict(list)
    for row in connection.execute(select(rollout).order_by(rollout.c.key, rollout.c.number)):
        rows[row.key].append(rollout_of(row))
    for key, some in rows.items():
        for expected, one in enumerate(some, 1):
            known = (key, one.version) in versions and one.percent in range(ALL + 1)
            if one.number != expected or not known or one.effective_at < one.at:
                yield Problem(what="rollout changed", detail=f"{key} number {one.number}")
        for before, after in pairwise(some):
            if said_before(before, after):
                yield Problem(what="rollout changed", detail=f"{key} number {after.number} is the one before it")
    for key, version in sorted(versions - {(one.key, one.version) for some in rows.values() for one in some}, key=str):
        yield Problem(what="rollout missing", detail=f"{key} version {version}")


def configuration_problems(connection: Connection) -> Iterator[Problem]:
    """Versions of the configuration with gaps, or twice in a row the same."""
    rows = connection.execute(select(configuration).order_by(configuration.c.version)).all()
    for expected, row in enumerate(rows, 1):
        if row.version != expected:
            yield Problem(what="configuration changed", detail=f"version {row.version}")
    for before, after in pairwise(rows):
        if before.digest == after.digest:
            yield Problem(what="configuration changed", detail=f"version {after.version} is the one before it")
