"""The deployed bundles: content, versions, who may read what; bundles once read stay in memory, they never change."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from ..bundles import Bundle, manifest, read_bundle
from ..canonical import digest, read
from ..configuration import Configuration, Configurations
from ..errors import NotFound
from ..mapping import Declared
from ..model import Actor, Deployment
from .database import alone
from .tables import access, bundle, configuration, content, deployment, mapping

KEPT = 400  # bundles in memory
SHELF = "shelf"  # what whoever deploys or configures does alone


class Shelf:
    """Reads bundles and configurations from the database, once."""

    def __init__(self) -> None:
        self._bundles: OrderedDict[str, Bundle] = OrderedDict()
        self._configurations = Configurations()
        self._lock = Lock()

    def bundle(self, connection: Connection, key: str) -> Bundle:
        """The bundle with a digest; NotFound where there is none."""
        with self._lock:
            found = self._bundles.get(key)
        if found is None:
            found = self._read(connection, key)
            with self._lock:
                self._bundles[key] = found
                while len(self._bundles) > KEPT:
                    self._bundles.popitem(last=False)
        return found

    def _read(self, connection: Connection, key: str) -> Bundle:
        bodies = self.stored_files(connection, key)
        if bodies is None:
            raise NotFound(f"There is no bundle {key[:12]}.")
        return read_bundle(bodies, key)

    def stored_files(self, connection: Connection, key: str) -> dict[str, bytes] | None:
        """The files of a bundle as they are stored now; None where one is not there."""
        row = connection.execute(select(bundle.c.files).where(bundle.c.digest == key)).first()
        if row is None:
            return None
        paths: dict[str, str] = read(row.files)
        found = select(content.c.digest, content.c.body).where(content.c.digest.in_(set(paths.values())))
        bodies = {one.digest: bytes(one.body) for one in connection.execute(found)}
        return {path: bodies[name] for path, name in paths.items()} if bodies.keys() >= set(paths.values()) else None

    def read_configuration(self, body: bytes) -> Configuration:
        """The configuration of these bytes; ValueError where it cannot be read."""
        with self._lock:
            return self._configurations.read(body)

    def configuration(self, connection: Connection, key: str) -> Configuration:
        """The configuration with a digest; NotFound where there is none."""
        with self._lock:
            found = self._configurations.get(key)
        if found is None:
            body = connection.execute(select(content.c.body).where(content.c.digest == key)).scalar()
            if body is None:
                raise NotFound(f"There is no configuration {key[:12]}.")
            with self._lock:
                found = self._configurations.read(bytes(body))
        return found

    def mapping(self, connection: Connection, key: str) -> Declared:
        """The mapping with a digest; NotFound where there is none."""
        here = (content.c.digest == key, content.c.digest == mapping.c.digest)
        body = connection.execute(select(content.c.body).where(*here)).scalar()
        if body is None:
            raise NotFound(f"There is no mapping {key[:12]}.")
        return Declared.read(bytes(body))


def store_content(connection: Connection, body: bytes) -> str:
    """Keep some bytes under their digest, once."""
    key = digest(body)
    if connection.execute(select(content.c.digest).where(content.c.digest == key)).first() is None:
        connection.execute(insert(content).values(digest=key, body=body))
    return key


def store_bundle(connection: Connection, given: Bundle) -> None:
    """Keep a bundle, once."""
    alone(connection, SHELF)
    if connection.execute(select(bundle.c.digest).where(bundle.c.digest == given.digest)).first() is not None:
        return
    for body in given.files.values():
        store_content(connection, body)
    row = {"digest": given.digest, "key": given.key, "kind": given.kind, "name": given.name}
    connection.execute(insert(bundle).values(**row, files=manifest(given.files).decode()))


def store_mapping(connection: Connection, given: Declared, key: str) -> None:
    """Keep a mapping between two versions of a process, once."""
    if connection.execute(select(mapping.c.digest).where(mapping.c.digest == given.digest)).first() is not None:
        return
    alone(connection, SHELF)
    if connection.execute(select(mapping.c.digest).where(mapping.c.digest == given.digest)).first() is None:
        store_content(connection, given.content)
        row = {"digest": given.digest, "key": key, "old": given.old, "new": given.new}
        connection.execute(insert(mapping).values(**row))


def mappings(connection: Connection, key: str, old: str | None = None, new: str | None = None) -> list[Declared]:
    """The mappings that were declared for a process, from and to versions."""
    found = select(content.c.body).join(mapping, mapping.c.digest == content.c.digest).where(mapping.c.key == key)
    for column, wanted in ((mapping.c.old, old), (mapping.c.new, new)):
        found = found if wanted is None else found.where(column == wanted)
    return [Declared.read(bytes(body)) for body in connection.execute(found.order_by(mapping.c.digest)).scalars()]


def deploy(connection: Connection, given: Bundle, at: str, by: str, reason: str) -> Deployment:
    """Make a bundle the newest version of its key; the same content again is no new version."""
    alone(connection, SHELF)
    last = newest(connection, given.key)
    if last is not None and last.bundle == given.digest:
        return last
    version = last.version + 1 if last else 1
    row = {"key": given.key, "version": version, "bundle": given.digest, "at": at, "by": by, "reason": reason}
    connection.execute(insert(deployment).values(**row))
    known = set(connection.execute(select(access.c.group).where(access.c.key == given.key)).scalars())
    if fresh := sorted(given.readers - known):
        connection.execute(insert(access), [{"key": given.key, "group": group} for group in fresh])
    made = newest(connection, given.key)
    assert made is not None
    return made


DEPLOYED = select(deployment, bundle.c.kind, bundle.c.name).join(bundle, bundle.c.digest == deployment.c.bundle)


def newest(connection: Connection, key: str) -> Deployment | None:
    """The version of a key that was deployed last, whoever begins with it."""
    found = DEPLOYED.where(deployment.c.key == key).order_by(deployment.c.version.desc()).limit(1)
    row = connection.execute(found).first()
    return deployed(row) if row else None


def deployments(connection: Connection, key: str | None = None) -> list[Deployment]:
    """All versions, newest first."""
    found = DEPLOYED.order_by(deployment.c.at.desc(), deployment.c.version.desc())
    return [deployed(row) for row in connection.execute(found.where(deployment.c.key == key) if key else found)]


def newest_of_all(connection: Connection) -> list[Deployment]:
    """The newest version of every key, whoever begins with it."""
    last = (
        select(deployment.c.key, func.max(deployment.c.version).label("version")).group_by(deployment.c.key).subquery()
    )
    found = DEPLOYED.join(last, (last.c.key == deployment.c.key) & (last.c.version == deployment.c.version))
    rows = connection.execute(found.order_by(deployment.c.key))
    return [deployed(row) for row in rows]


def deployed(row: Row[Any]) -> Deployment:
    """A row as a deployment."""
    return Deployment(
        key=row.key,
        version=row.version,
        bundle=row.bundle,
        kind=row.kind,
        name=row.name,
        at=datetime.fromisoformat(row.at),
        by=row.by,
        reason=row.reason,
    )


def readable_keys(connection: Connection, actor: Actor) -> list[str]:
    """The processes whose cases an actor may read by his groups."""
    if not actor.groups:
        return []
    found = select(access.c.key).where(access.c.group.in_(actor.groups)).distinct()
    return list(connection.execute(found).scalars())


def configured(connection: Connection) -> str | None:
    """The digest of the configuration in force."""
    return connection.execute(select(configuration.c.digest).order_by(configuration.c.version.desc()).limit(1)).scalar()


def configure(connection: Connection, body: bytes, at: str, by: str, reason: str) -> str:
    """Put a configuration in force; the same content again is no new version."""
    alone(connection, SHELF)
    key = store_content(connection, body)
    if configured(connection) == key:
        return key
    version = (connection.execute(select(func.max(configuration.c.version))).scalar() or 0) + 1
    connection.execute(insert(configuration).values(version=version, digest=key, at=at, by=by, reason=reason))
    return key


def configure_first(connection: Connection, body: bytes, at: str, by: str) -> None:
    """Put the configuration that ships in force, if there is none yet."""
    alone(connection, SHELF)
    if configured(connection) is None:
        configure(connection, body, at, by, "the calendars it ships")
