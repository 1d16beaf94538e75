"""Calls operators as the engine does, and looks at what they answer and keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from sqlalchemy import Connection, func, select, update

import workflows
from engine.canonical import moment, normal
from engine.operators import Call, Operator
from tests.workflows.conftest import MORNING
from workflows.complaints import repository as complaints
from workflows.links import Links
from workflows.outbox.mailer import SmtpMailer
from workflows.tables import customer

LINKS = Links("a secret of the tests", "https://fundcase.example", now=lambda: MORNING)
Make = Callable[..., Call]


def run(call: Call, mailer: SmtpMailer | None = None) -> Any:
    """Run an operator; its answer can be kept, and is what its schema says."""
    operators: Iterable[Operator] = workflows.operators(LINKS, mailer)
    operator = next(one for one in operators if one.name == call.operator)
    answer = operator.run(call)
    assert normal(answer) == answer
    if operator.result is not None:
        Draft202012Validator(operator.result).validate(answer)
    return answer


def counted(connection: Connection, table: Any) -> int:
    """How many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def ordinary(connection: Connection, **changed: Any) -> str:
    """A customer of whom nothing stands in the way but what is changed."""
    usual = {"status": "ACTIVE", "service_consent": True, "marketing_consent": True, "vulnerable": []}
    connection.execute(update(customer).where(customer.c.id == "C000007").values(**usual | changed))
    return "C000007"


def complained(connection: Connection, severity: str, category: str = "FEE", **more: Any) -> None:
    """A complaint of C000007."""
    usual: dict[str, Any] = {
        "customer_id": "C000007",
        "source": "PHONE",
        "complainants": 1,
        "amount_claimed": Decimal(0),
    }
    usual |= {"related_case": None, "concerned": (), "received_at": MORNING, "at": MORNING, "category": category}
    complaints.register(connection, case_id="90", case_number="CMP-90", **usual | more)
    complaints.assign(connection, "90", handler=None, severity=severity, due_at=MORNING, warn_at=MORNING, evidence=())


def case_row(number: int, status: str) -> dict[str, Any]:
    """The row of a case about C000001."""
    at = moment(MORNING)
    texts = {"key": "inquiry", "bundle": "b", "status": status, "confidentiality": "normal", "customer": "C000001"}
    times = {"started_at": at, "started_by": "li.na", "last_at": at}
    return {
        "id": number,
        "number": f"INQ-{number}",
        "version": 1,
        "seq": 1,
        "head": b"",
        "state": b"",
        **texts,
        **times,
    }


def step_row(number: int, seq: int, kind: str, actor: str) -> dict[str, Any]:
    """The row of a step."""
    bytes_of = dict.fromkeys(("input", "effects", "state_hash", "prev_hash", "hash"), b"")
    said = {"case_id": number, "seq": seq, "at": moment(MORNING), "actor": actor, "kind": kind, "semantics": 1}
    return said | bytes_of


def enter(connection: Connection, case_id: str, received: datetime, **more: Any) -> None:
    """A complaint of C000001."""
    usual: dict[str, Any] = {
        "case_number": f"CMP-{case_id}",
        "customer_id": "C000001",
        "source": "PHONE",
        "category": "FEE",
        "complainants": 1,
        "amount_claimed": Decimal(0),
        "related_case": None,
        "concerned": [],
    }
    complaints.register(connection, case_id=case_id, received_at=received, at=received, **usual | more)
