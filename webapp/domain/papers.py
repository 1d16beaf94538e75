"""The documents of a case, as evidence of it holds them: what its customer was sent, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.evidence import Paper
from workflows.materials import repository as materials
from workflows.materials.documents import TITLES

if TYPE_CHECKING:
    from engine import Case, Engine

Papers = Callable[["Case"], list[Paper]]


def papers_of(engine: Engine) -> Papers:
    """What reads the documents of a case."""

    def read(case: Case) -> list[Paper]:
        with engine.database.reading() as connection:
            found = materials.of_case(connection, str(case.id))
        return [
            Paper(
                name=f"{number:03}-{one.kind}-{one.fund_code}.{one.language}.txt",
                title={lang: f"{title} {one.fund_code}" for lang, title in TITLES[one.kind].items()},
                body=one.text.encode(),
            )
            for number, (one, _) in enumerate(found, 1)
        ]

    return read
