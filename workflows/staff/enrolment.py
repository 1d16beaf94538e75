"""Takes somebody into the staff: what an id, a group and a password must be."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Connection

from . import repository
from .model import GROUPS, Person
from .passwords import hash_password

SHORTEST_PASSWORD = 10

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


def enrol(
    connection: Connection,
    person_id: str,
    name: str,
    name_zh: str,
    groups: Iterable[str],
    password: str,
    *,
    team: str = "",
    language: str = "zh",
) -> Person:
    """Store a new person who may log in; ValueError says what is wrong. Without a team he is one of his own."""
    wanted = tuple(groups)
    if not _ID.fullmatch(person_id):
        raise ValueError("an id has up to 32 lower-case letters, digits, dots, hyphens and underscores")
    if repository.get(connection, person_id) is not None:
        raise ValueError(f"there is somebody with the id {person_id}")
    if unknown := sorted(set(wanted) - set(GROUPS)):
        raise ValueError(f"there is no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
    person = Person(
        id=person_id,
        name=name,
        name_zh=name_zh or name,
        email=None,
        team=team or person_id,
        language=language,
        groups=wanted,
    )
    repository.add(connection, [person], {person_id: hash_password(password)})
    return person
