"""The staff of the domain as the web application knows people."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g, has_request_context

from workflows.staff.directory import Directory
from workflows.staff.model import GROUPS, group_name
from workflows.staff.model import Person as Staff

from ..language import Lang
from ..services import Person

NOBODY = {"en": ("", ""), "zh": ("", "")}


class People:
    """The directory of the web application; `shown` are those whom the demo offers at the log-in, in order."""

    def __init__(self, directory: Directory, shown: Sequence[str] = ()) -> None:
        self._directory, self._shown = directory, shown

    def authenticate(self, name: str, password: str) -> Person | None:
        """The person of this name, if the password is right."""
        found = self._directory.authenticate(name, password)
        return person_of(found) if found else None

    def person(self, id: str) -> Person | None:
        """The person of an id, if there is one who still works here; asked for once on a page."""
        known: dict[str, Person | None] = g.setdefault("people", {}) if has_request_context() else {}
        if id not in known:
            found = self._directory.person(id)
            known[id] = person_of(found) if found else None
        return known[id]

    def anybody(self, id: str) -> Person | None:
        """The person of an id, also one who has left."""
        found = self._directory.anybody(id)
        return person_of(found) if found else None

    def people(self) -> Sequence[Person]:
        """Everybody, by role."""
        return [person_of(one) for one in self._directory.people()]

    def offered(self) -> Sequence[Person]:
        """The people whom the demo offers at the log-in."""
        return [found for id in self._shown if (found := self.person(id))]

    def group(self, id: str, lang: Lang) -> str:
        """What a group is called."""
        return group_name(id, lang)


def person_of(one: Staff) -> Person:
    """A member of staff as somebody who may log in."""
    said = GROUPS.get(one.role or "", NOBODY)
    return Person(
        id=one.id,
        name=one.name,
        name_zh=one.name_zh,
        groups=frozenset(one.groups),
        initials="".join(word[:1] for word in one.name.split()[:2]).upper(),
        role=said["en"][0],
        role_zh=said["zh"][0],
        does=said["en"][1],
        does_zh=said["zh"][1],
    )
