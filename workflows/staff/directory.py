"""The directory that the web application asks: who may log in, who somebody is, who is in a group."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

from . import repository
from .model import Person
from .passwords import hash_password, is_outdated, matches


class Directory:
    """The people of an installation; `reading` and `writing` open a connection within a transaction."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self._reading, self._writing = reading, writing

    def authenticate(self, name: str, password: str) -> Person | None:
        """The active person of this name if the password is his; a hash with old settings is made anew."""
        with self._reading() as connection:
            stored = repository.password_hash(connection, name)
        if not matches(stored, password) or stored is None:
            return None
        if is_outdated(stored):
            with self._writing() as connection:
                repository.set_password(connection, name.lower(), hash_password(password))
        return self.person(name.lower())

    def person(self, person_id: str) -> Person | None:
        """The person of an id, if there is one who still works here."""
        with self._reading() as connection:
            found = repository.get(connection, person_id)
        return found if found is not None and found.active else None

    def anybody(self, person_id: str) -> Person | None:
        """The person of an id, also one who has left."""
        with self._reading() as connection:
            return repository.get(connection, person_id)

    def people(self, group: str | None = None) -> list[Person]:
        """Everybody who works here, or those of a group."""
        with self._reading() as connection:
            return repository.people(connection, group)
