"""Funds in the database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select

from ..tables import fund
from .model import ON_SALE, Fund


def get(connection: Connection, code: str) -> Fund | None:
    """The fund of a code."""
    row = connection.execute(select(fund).where(fund.c.code == code)).one_or_none()
    return None if row is None else Fund(**row._mapping)


def named(connection: Connection, codes: Iterable[str]) -> dict[str, Fund]:
    """Some funds by their code, in one query."""
    rows = connection.execute(select(fund).where(fund.c.code.in_(sorted(set(codes)))))
    return {row.code: Fund(**row._mapping) for row in rows}


def exists(connection: Connection, code: Any) -> bool:
    """Whether there is a fund of this code; a number is none, its leading zeros would be lost."""
    return isinstance(code, str) and get(connection, code) is not None


def search(
    connection: Connection, text: str = "", *, only_on_sale: bool = False, limit: int = 25, after: str | None = None
) -> list[Fund]:
    """Funds whose code begins with the text, or whose name holds it in either language, by code after `after`."""
    query = select(fund).order_by(fund.c.code).limit(limit)
    if text.strip():
        wanted = text.strip().lower()
        query = query.where(
            or_(
                fund.c.code.startswith(wanted, autoescape=True),
                fund.c.name_zh.contains(wanted, autoescape=True),
                func.lower(fund.c.name_en).contains(wanted, autoescape=True),
            )
        )
    if only_on_sale:
        query = query.where(fund.c.status.in_(sorted(ON_SALE)))
    if after:
        query = query.where(fund.c.code > after)
    return [Fund(**row._mapping) for row in connection.execute(query)]


def add(connection: Connection, funds: Iterable[Fund]) -> None:
    """Store new funds."""
    connection.execute(insert(fund), [{column.name: getattr(one, column.name) for column in fund.c} for one in funds])
