"""Staff in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from ..tables import staff, staff_group
from .model import GROUPS, Person

_SHOWN = [column for column in staff.c if column is not staff.c.password_hash]


def get(connection: Connection, person_id: str) -> Person | None:
    """The person of an id, active or not."""
    return next(iter(_people(connection, [person_id])), None)


def exists(connection: Connection, person_id: Any) -> bool:
    """Whether there is an active person of this id."""
    return isinstance(person_id, str) and (found := get(connection, person_id)) is not None and found.active


def people(connection: Connection, group: str | None = None, *, team: str | None = None) -> list[Person]:
    """Active people, of a group or a team if one is named, by role and id."""
    query = select(staff.c.id).where(staff.c.active)
    if group is not None:
        query = query.where(staff.c.id.in_(select(staff_group.c.staff_id).where(staff_group.c.group_id == group)))
    if team is not None:
        query = query.where(staff.c.team == team)
    order = list(GROUPS)
    found = _people(connection, connection.execute(query).scalars().all())
    return sorted(found, key=lambda person: (order.index(person.role) if person.role else len(order), person.id))


def password_hash(connection: Connection, person_id: str) -> str | None:
    """The password hash of an active person, whose id is compared without regard to case."""
    query = select(staff.c.password_hash).where(func.lower(staff.c.id) == person_id.lower(), staff.c.active)
    return connection.execute(query).scalar()


def add(connection: Connection, persons: Iterable[Person], passwords: Mapping[str, str]) -> None:
    """Store new people with their groups; `passwords` holds the hashes of those who may log in."""
    for person in persons:
        values = {column.name: getattr(person, column.name) for column in _SHOWN}
        connection.execute(insert(staff).values(**values, password_hash=passwords.get(person.id)))
        _set_groups(connection, person.id, person.groups)


def set_groups(connection: Connection, person_id: str, groups: Iterable[str]) -> None:
    """Put a person into these groups and no others."""
    connection.execute(delete(staff_group).where(staff_group.c.staff_id == person_id))
    _set_groups(connection, person_id, groups)


def set_password(connection: Connection, person_id: str, hashed: str | None) -> None:
    """Store a new password hash; None locks the person out."""
    connection.execute(update(staff).where(staff.c.id == person_id).values(password_hash=hashed))


def set_active(connection: Connection, person_id: str, active: bool) -> None:
    """Let a person in, or keep one out who has left."""
    connection.execute(update(staff).where(staff.c.id == person_id).values(active=active))


def _set_groups(connection: Connection, person_id: str, groups: Iterable[str]) -> None:
    rows = [{"staff_id": person_id, "group_id": group} for group in dict.fromkeys(groups)]
    if rows:
        connection.execute(insert(staff_group), rows)


def _people(connection: Connection, ids: Iterable[str]) -> list[Person]:
    wanted = sorted(set(ids))
    groups: dict[str, list[str]] = {}
    for staff_id, group in connection.execute(select(staff_group).where(staff_group.c.staff_id.in_(wanted))):
        groups.setdefault(staff_id, []).append(group)
    rows = connection.execute(select(*_SHOWN).where(staff.c.id.in_(wanted)).order_by(staff.c.id))
    return [Person(**row._mapping, groups=tuple(sorted(groups.get(row.id, ())))) for row in rows]
