"""Taking somebody into the staff."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from engine.store.database import Database
from workflows import Directory
from workflows.staff import enrol, repository


def test_who_is_enrolled_may_log_in(peopled: Database) -> None:
    with peopled.writing() as connection:
        person = enrol(connection, "yu.an", "Yu An", "于安", ["csr", "chs"], "a long password")

    directory = Directory(peopled.reading, peopled.writing)
    assert directory.authenticate("yu.an", "a long password") == directory.person("yu.an")
    assert (person.groups, person.team, person.name_zh) == (("csr", "chs"), "yu.an", "于安")


@pytest.mark.parametrize(
    ("person", "groups", "password", "why"),
    [
        ("li.na", ["csr"], "a long password", "somebody with the id"),
        ("Li.Na", ["csr"], "a long password", "an id has"),
        ("../li", ["csr"], "a long password", "an id has"),
        ("", ["csr"], "a long password", "an id has"),
        ("x" * 33, ["csr"], "a long password", "an id has"),
        ("yu.an", ["csr", "root"], "a long password", "no group root"),
        ("yu.an", ["csr"], "short", "at least 10"),
    ],
)
def test_nobody_else(known: Connection, person: str, groups: list[str], password: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        enrol(known, person, "Yu An", "", groups, password)
    assert repository.get(known, "yu.an") is None
