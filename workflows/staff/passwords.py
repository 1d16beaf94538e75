"""Passwords: argon2id, and the same time for a name that nobody has as for a wrong password."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

LONGEST = 1024  # characters; hashing a novel would only serve an attacker

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether a password belongs to a stored hash; without a hash nothing does, and it takes as long."""
    try:
        _HASHER.verify(stored or _nobody(), password[:LONGEST])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return stored is not None and len(password) <= LONGEST


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return _HASHER.hash("")
