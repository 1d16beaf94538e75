"""Lets go of what holds a value in the clear beside the vault, where somebody's value is erased or anonymised.

It looks through the few rows of the case itself: drafts, messages that wait for it, jobs, texts of incidents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from ..canonical import canonical, read
from ..store.tables import draft, incident, job, message, vault
from .context import Context

GONE = "…"
SHORTEST = 2  # characters of a text that is looked for inside of others
SHORTEST_ASCII = 5
CARRIED = ("parameters", "payload", "data")  # what of a job came from people


def forget(context: Context, connection: Connection, case_id: int, values: Sequence[Any]) -> None:
    """Take some values out of everything of a case but its vault."""
    found = Values(values)
    _drafts(connection, case_id, found)
    _messages(connection, case_id, found)
    _jobs(connection, case_id, found)
    _incidents(connection, case_id, found)
    context.elsewhere.forget(connection, str(case_id), sorted(found.texts, key=len, reverse=True))


class Values:
    """The values that are to go: whole, and their texts."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.whole = [value for value in values if isinstance(value, (str, dict, list)) and value]
        self.texts = frozenset(text for value in self.whole for text in _texts(value) if _telling(text))

    def holds(self, data: Any) -> bool:
        """Whether some data hold one of the values."""
        return bool(self.without(data) != data)

    def without(self, data: Any) -> Any:
        """Some data with null in the place of every value, and the values cut out of longer texts."""
        if any(data == value for value in self.whole):
            return None
        if isinstance(data, str):
            return self.cut(data)
        if isinstance(data, dict):
            return {name: self.without(item) for name, item in data.items()}
        if isinstance(data, list):
            return [self.without(item) for item in data]
        return data

    def cut(self, text: str) -> str:
        """A text without the values that stand in it, the longest first."""
        for one in sorted(self.texts, key=len, reverse=True):
            text = text.replace(one, GONE)
        return text


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _telling(text: str) -> bool:
    """Whether a text says enough to be found inside of others."""
    return len(text) >= (SHORTEST_ASCII if text.isascii() else SHORTEST)


def _drafts(connection: Connection, case_id: int, values: Values) -> None:
    for row in connection.execute(select(draft).where(draft.c.case_id == case_id)).all():
        if values.holds([read(bytes(row.values)), read(bytes(row.personal or b"{}"))]):
            here = (draft.c.case_id == case_id, draft.c.occurrence == row.occurrence, draft.c.person == row.person)
            connection.execute(delete(draft).where(*here))


def _messages(connection: Connection, case_id: int, values: Values) -> None:
    waiting = (message.c.status == "waiting", message.c.case_id == case_id)
    mine = select(message.c.id, message.c.correlate).where(*waiting).with_for_update(skip_locked=True)
    for row in connection.execute(mine).all():  # one that is handed over at this moment comes after
        kept = connection.execute(select(vault.c.value).where(vault.c.case_id == -row.id)).scalar()
        content = [read(bytes(kept)) if kept else None, read(row.correlate) if row.correlate else None]
        if values.holds(content):
            connection.execute(update(message).where(message.c.id == row.id).values(status="expired", correlate=None))
            connection.execute(delete(vault).where(vault.c.case_id == -row.id))


def _jobs(connection: Connection, case_id: int, values: Values) -> None:
    for row in connection.execute(select(job).where(job.c.case_id == case_id)).all():
        payload = read(bytes(row.payload))
        left = {name: values.without(item) if name in CARRIED else item for name, item in payload.items()}
        if left != payload:
            here = (job.c.case_id == case_id, job.c.seq == row.seq, job.c.n == row.n)
            connection.execute(update(job).where(*here).values(payload=canonical(left)))


def _incidents(connection: Connection, case_id: int, values: Values) -> None:
    for row in connection.execute(select(incident).where(incident.c.case_id == case_id)).all():
        if (left := values.cut(row.error)) != row.error:
            connection.execute(update(incident).where(incident.c.id == row.id).values(error=left))
