"""The operators of a personal-information request: collect what is held, execute the disposition, close the record.

Executing acts on many cases, each in a transaction of its own; a second run finds nothing left of what the first did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.canonical import canonical
from engine.cases.holding import descendants
from engine.errors import OnHold
from engine.operators import Call, Operator, Parameter

from .. import results
from . import holdings, records
from .holdings import Held

DISPOSITIONS: Mapping[str, str] = {"ERASE": "erased", "ANONYMISE": "anonymised", "RESTRICT": "restricted"}
STRICTNESS = ("KEEP", "RESTRICT", "ANONYMISE", "ERASE")  # what a case needs that came from another counts for both
UNDER = "DT-10"
KINDS = ("DELETE", "CLOSE")  # requests after which the record of the customer himself is closed
CATEGORY = results.answer(
    {
        "category": results.text("Kind of data", "数据类别"),
        "count": results.whole("Values", "条数"),
        "statutory": results.truth("Kept by law", "法定留存"),
        "openCase": results.truth("In an open case", "涉及在办工单"),
    }
)
HELD = results.answer({"categories": results.listed("What is held", "持有的个人信息", CATEGORY)})
PROOF = results.answer(
    {
        "cases": results.whole("Cases", "涉及工单数"),
        "erased": results.whole("Erased values", "已删除条数"),
        "anonymised": results.whole("Anonymised values", "已匿名化条数"),
        "restricted": results.whole("Restricted values", "已限制条数"),
        "kept": results.listed("Cases left as they are", "未处理的工单"),
        "digest": results.text("Digest", "摘要值"),
    }
)
CLOSED = results.answer({"record": results.text("What became of the record", "客户档案的处理")})


def collect(call: Call) -> dict[str, Any]:
    """What is held of the customer, by kind of data: how much, and what stands in the way of erasing it."""
    with call.writing() as connection:
        kind = str(call.parameters["kind"])
        return {"categories": holdings.categories(connection, str(call.parameters["customerId"]), kind)}


def execute(call: Call) -> dict[str, Any]:
    """Do with every case and register what the table says; the proof counts values and names the cases that stay."""
    customer_id, said = str(call.parameters["customerId"]), as_said(call)
    with call.database.reading() as connection:
        held = holdings.cases_of(connection, customer_id)
        wanted = {one.id: strictest(one, held, said, descendants(connection, one.id)) for one in held}
    counts, kept, done = dict.fromkeys(DISPOSITIONS.values(), 0), [], []
    for one in held:
        number = dispose(call, one, wanted[one.id])
        if number is None:
            kept.append(one.number)
        elif wanted[one.id] in DISPOSITIONS:
            counts[DISPOSITIONS[wanted[one.id]]] += number
            done.append([one.number, wanted[one.id]])
    with call.writing() as connection:
        if said.get(holdings.MARKETING) == "ERASE":
            records.end_marketing(connection, customer_id)
        if said.get(holdings.FEEDBACK) == "ANONYMISE":
            records.unlink(connection, customer_id)
    digest = hashlib.sha256(canonical(done)).hexdigest()
    return {"cases": len(done), **counts, "kept": sorted(kept), "digest": digest}


def close(call: Call) -> dict[str, Any]:
    """Close the customer's own record once he has his answer: locked where a law keeps it, else emptied."""
    customer_id, said = str(call.parameters["customerId"]), as_said(call)
    wanted = said.get(holdings.IDENTITY, "KEEP") if call.data.get("kind") in KINDS else "KEEP"
    assert call.dispose is not None
    if wanted == "KEEP":
        return {"record": wanted}
    with call.writing() as connection:
        (records.lock if wanted == "RESTRICT" else records.erase)(connection, customer_id)
    try:
        call.dispose(call.case_id, DISPOSITIONS[wanted], under=UNDER, reason=call.case_number)
    except OnHold:
        return {"record": "KEEP"}
    return {"record": wanted}


def dispose(call: Call, one: Held, wanted: str) -> int | None:
    """Dispose of the values of one case; None where it is kept, because it is open, needed or under a legal hold."""
    assert call.dispose is not None
    if wanted not in DISPOSITIONS:
        return None
    try:
        number = call.dispose(str(one.id), DISPOSITIONS[wanted], under=UNDER, reason=call.case_number)
    except OnHold:
        return None
    if wanted == "ERASE":
        with call.writing() as connection:
            records.clear_contacts(connection, str(one.id))
    return number


def strictest(one: Held, held: list[Held], said: Mapping[str, str], below: list[int]) -> str:
    """What becomes of a case: what the table says of it and of all that came from it, the strictest; open ones stay."""
    family = [other for other in held if other.id == one.id or other.id in below]
    wanted = ["KEEP" if other.open else said.get(other.category, "KEEP") for other in family]
    return min(wanted, key=STRICTNESS.index)


def as_said(call: Call) -> dict[str, str]:
    """What the table said of each kind of data."""
    categories, dispositions = call.parameters["categories"], call.parameters["dispositions"]
    return {one["category"]: said["disposition"] for one, said in zip(categories, dispositions, strict=True)}


WHO = Parameter(name="customerId", type="string", description="whose data they are")
CATEGORIES = Parameter(name="categories", type="list", description="what is held, as it was collected")
SAID = Parameter(name="dispositions", type="list", description="what the table said of each, in their order")

OPERATORS = (
    Operator(
        name="privacy/collect",
        kind="local",
        run=collect,
        description="What is held of a customer, by kind of data, without a value.",
        parameters=(Parameter(name="kind", type="string", description="what is asked for"), WHO),
        result=HELD,
    ),
    Operator(
        name="privacy/execute",
        kind="remote",
        run=execute,
        description="Erase, anonymise and restrict in all cases and registers of a customer.",
        parameters=(WHO, CATEGORIES, SAID),
        result=PROOF,
    ),
    Operator(
        name="privacy/close",
        kind="remote",
        run=close,
        description="Lock or empty the customer's own record after the answer.",
        parameters=(WHO, CATEGORIES, SAID),
        result=CLOSED,
    ),
)
