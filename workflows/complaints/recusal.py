"""Recusal: who may not handle a complaint, and who of the others gets it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..staff.model import Person


def recused(staff: Iterable[Person], *, concerned: Iterable[str], involved: Iterable[str]) -> frozenset[str]:
    """Who may not handle it: whom it names, their whole teams, and who had to do with the matter before."""
    named = frozenset(concerned)
    everybody = tuple(staff)
    teams = {person.team for person in everybody if person.id in named}
    return named | frozenset(involved) | {person.id for person in everybody if person.team in teams}


def choose(
    candidates: Iterable[Person], barred: frozenset[str], load: Mapping[str, int], preferred: str = ""
) -> Person | None:
    """Of those not barred whoever took the complaint in, else the one with the fewest open ones, then by id."""
    free = [person for person in candidates if person.id not in barred]
    return min(free, key=lambda person: (person.id != preferred, load.get(person.id, 0), person.id), default=None)
