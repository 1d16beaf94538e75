"""What crosses the door of sketches: frozen rows. Nothing here knows how they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from ..bundles import digest_of


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A sketch as lists show it: whose it is, what it was begun from, and who has changed it last."""

    id: int
    key: str  # of the process or decision; empty where the files do not say yet
    name: str
    base: str | None  # the digest of the bundle that it was begun from, or was brought up to
    owner: str
    revision: int
    created_at: datetime
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of a sketch as it is now, and who has saved it last."""

    path: str
    body: bytes
    revision: int
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True)
class Sketch(Outline):
    """A sketch with its files."""

    entries: tuple[Entry, ...]

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The files by their path."""
        return {one.path: one.body for one in self.entries}

    @cached_property
    def digest(self) -> str:
        """The digest that the bundle of its files has, if they make one; `check` tells."""
        return digest_of(self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What somebody could not save because another was first; `body` is None where he wanted to delete the file."""

    id: int
    sketch: int
    path: str
    person: str
    revision: int  # the one that he had seen
    body: bytes | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Somebody who has a sketch open, and when he was seen there last."""

    sketch: int
    person: str
    at: datetime
