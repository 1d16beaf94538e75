"""Who is written to in a case, kept where personal values may stand: a diagram only passes references around."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, insert, select, update

from ..tables import correspondent


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """The customer of a case, and what somebody gave as his own name and addresses."""

    customer_id: str | None = None
    name: str | None = None
    mobile: str | None = None
    email: str | None = None


def note(connection: Connection, case_id: str, person: Correspondent) -> None:
    """Remember whom to write to in a case; what is not said this time stays as it was said before."""
    said = {name: value for name, value in asdict(person).items() if value}
    if get(connection, case_id) is None:
        connection.execute(insert(correspondent).values(case_id=case_id, **said))
    elif said:
        connection.execute(update(correspondent).where(correspondent.c.case_id == case_id).values(**said))


def get(connection: Connection, case_id: str) -> Correspondent | None:
    """Whom to write to in a case, if anybody said."""
    row = connection.execute(select(correspondent).where(correspondent.c.case_id == case_id)).one_or_none()
    if row is None:
        return None
    return Correspondent(customer_id=row.customer_id, name=row.name, mobile=row.mobile, email=row.email)
