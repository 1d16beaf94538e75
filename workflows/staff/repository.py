"""Staff in the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, select, update

from ..tables import staff, staff_group
from .model import GROUPS, Person

_SHOWN = [column for column in staff.c if column is not staff.c.password_hash]
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PEOPLE = (  # every page needs it, so it is built once; a row for each group of a person
    select(*_SHOWN, staff_group.c.group_id)
    .outerjoin(staff_group, staff_group.c.staff_id == staff.c.id)
    .where(staff.c.id.in_(_IDS))
    .order_by(staff.c.id)
)


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
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for row in connection.execute(_PEOPLE, {"ids": wanted}).mappings():
        said = dict(row)
        group = said.pop("group_id")
        _, groups = found.setdefault(said["id"], (said, []))
        groups += [group] if group else []
    return [Person(**said, groups=tuple(sorted(groups))) for said, groups in found.values()]
