"""Lets go, in the tables of the domain, of what the engine erases or purges: in the engine's own transaction.

Orders, holdings, assessments and opinions are registers with terms of their own; they outlive the case that wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, select, update

from engine.cases.context import Elsewhere

from ..feedback import freetext
from ..feedback.tables import feedback
from ..materials.tables import material
from ..recommendations.tables import recommendation
from ..surveys.tables import survey
from ..tables import complaint, correspondent, inquiry, interaction, outbox

GONE = "…"
TEXTS: Mapping[Table, tuple[Column[Any], ...]] = {
    outbox: (outbox.c.address, outbox.c.subject, outbox.c.body),
    correspondent: (correspondent.c.name, correspondent.c.mobile, correspondent.c.email),
    interaction: (interaction.c.summary,),
    inquiry: (inquiry.c.knowledge_gap,),
    survey: (survey.c.comment,),
    feedback: (feedback.c.text, feedback.c.skill_gap),
}
OWNED = (outbox, correspondent, interaction, inquiry, complaint, survey, feedback, material, recommendation)


def forget(connection: Connection, case_id: str, texts: Sequence[str]) -> None:
    """Cut some texts, as they were said or masked, out of what the domain keeps of a case."""
    said = sorted({*texts, *map(freetext.masked, texts)} - {""}, key=len, reverse=True)
    for table, columns in TEXTS.items():
        key = list(table.primary_key.columns)
        for row in connection.execute(select(*key, *columns).where(table.c.case_id == case_id)).all():
            held = {column.name: row._mapping[column.name] for column in columns}
            left = {name: cut(text, said) for name, text in held.items()}
            if left != held:
                here = (column == row._mapping[column.name] for column in key)
                connection.execute(update(table).where(*here).values(**left))


def cut(text: str | None, said: Sequence[str]) -> str | None:
    """A text without some others in it."""
    for one in said if text else ():
        text = (text or "").replace(one, GONE)
    return text


def purge(connection: Connection, case_id: str) -> None:
    """Delete what the domain keeps of a case and of nothing else."""
    for table in OWNED:
        connection.execute(delete(table).where(table.c.case_id == case_id))


ELSEWHERE = Elsewhere(forget=forget, purge=purge)
