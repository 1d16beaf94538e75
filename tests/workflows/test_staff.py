"""Who works here, and who may log in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection

from engine.store.database import Database
from tests.workflows.conftest import MORNING
from workflows import LOOKUPS, Directory
from workflows.demo import DEMO_PASSWORD, LOGINS
from workflows.demo.people import people
from workflows.staff import repository
from workflows.staff.model import GROUPS, Person, group_name


@pytest.fixture
def directory(peopled: Database) -> Directory:
    return Directory(peopled.reading, peopled.writing)


def test_the_right_password_opens(directory: Directory) -> None:
    person = directory.authenticate("zhou.min", DEMO_PASSWORD)

    assert person is not None
    assert (person.id, person.name, person.name_zh, person.groups) == ("zhou.min", "Zhou Min", "周敏", ("chs",))
    assert directory.authenticate("ZHOU.Min", DEMO_PASSWORD) == person


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("zhou.min", "wrong"),
        ("zhou.min", ""),
        ("zhou.min", DEMO_PASSWORD + " "),
        ("zhou.min", "x" * 100_000),
        ("nobody", DEMO_PASSWORD),
        ("nobody", ""),
        ("", ""),
        ("zhou_min", DEMO_PASSWORD),
        ("%", DEMO_PASSWORD),
    ],
)
def test_nothing_else_does(directory: Directory, name: str, password: str) -> None:
    assert directory.authenticate(name, password) is None


def test_who_has_left_or_was_locked_out_stays_out(peopled: Database, directory: Directory) -> None:
    with peopled.writing() as connection:
        repository.set_active(connection, "zhou.min", False)
        repository.set_password(connection, "li.na", None)

    assert directory.authenticate("zhou.min", DEMO_PASSWORD) is None
    assert directory.person("zhou.min") is None
    assert "zhou.min" not in {person.id for person in directory.people("chs")}
    assert directory.authenticate("li.na", DEMO_PASSWORD) is None
    assert directory.authenticate("li.na", "") is None
    assert directory.person("li.na") is not None


def test_a_hash_with_old_settings_is_made_anew(peopled: Database, directory: Directory) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("old but right")
    with peopled.writing() as connection:
        repository.set_password(connection, "li.na", old)

    assert directory.authenticate("li.na", "wrong") is None
    with peopled.reading() as connection:
        assert repository.password_hash(connection, "li.na") == old
    assert directory.authenticate("li.na", "old but right") is not None
    with peopled.reading() as connection:
        assert repository.password_hash(connection, "li.na") != old
    assert directory.authenticate("li.na", "old but right") is not None


def test_passwords_are_argon2id(known: Connection) -> None:
    stored = repository.password_hash(known, "zhou.min")
    assert stored is not None and stored.startswith("$argon2id$")


def test_people_of_a_group_and_of_a_team(known: Connection) -> None:
    assert [person.id for person in repository.people(known, "chs")] == ["ding.yi", "song.yan", "zhou.min"]
    assert [person.id for person in repository.people(known, team="complaints-2")] == ["ding.yi", "song.yan"]
    assert repository.people(known, "no such group") == []


def test_everybody_comes_in_the_order_of_the_roles(directory: Directory) -> None:
    roles = [person.role for person in directory.people()]
    assert roles == sorted(roles, key=list(GROUPS).index)
    assert len(roles) == len(people(date(2026, 11, 18)))


def test_groups_can_change(known: Connection) -> None:
    repository.set_groups(known, "li.na", ["csr", "chs", "csr"])
    assert repository.get(known, "li.na") == replace(_li_na(known), groups=("chs", "csr"))
    repository.set_groups(known, "li.na", [])
    assert _li_na(known).groups == ()


def _li_na(connection: Connection) -> Person:
    found = repository.get(connection, "li.na")
    assert found is not None
    return found


def test_a_qualification_runs_out(known: Connection) -> None:
    assert _li_na(known).qualified(MORNING)
    assert not replace(_li_na(known), qualification_valid_to=date(2026, 11, 17)).qualified(MORNING)
    assert replace(_li_na(known), qualification_valid_to=date(2026, 11, 18)).qualified(MORNING)
    assert not replace(_li_na(known), qualification=None).qualified(MORNING)


def test_the_log_in_page_has_one_person_for_each_role(known: Connection) -> None:
    shown = [repository.get(known, person) for person in LOGINS]
    assert {person.role for person in shown if person} == set(GROUPS)


def test_groups_have_names_in_both_languages() -> None:
    assert group_name("chs", "en") == "Complaint specialist"
    assert group_name("chs", "zh-CN") == "投诉处理专员"
    assert group_name("else", "en") == "else"


def test_lookup(known: Connection) -> None:
    assert LOOKUPS["staff"](known, "li.na")
    assert not LOOKUPS["staff"](known, "nobody")
    repository.set_active(known, "li.na", False)
    assert not LOOKUPS["staff"](known, "li.na")
