"""The operator that writes the material of a recommendation and keeps it."""

from __future__ import annotations

from typing import Any

from engine.operators import Call, Operator, Parameter

from .. import casework, results
from ..customers.of_case import customer_of
from ..funds import repository as funds
from ..suitability import opinions
from . import repository
from .documents import Document, documents, letter


def log(call: Call) -> dict[str, Any]:
    """Write the documents of each fund from its data and the case's last opinion on it, and keep them."""
    with call.writing() as connection:
        customer = customer_of(call, connection)
        language = "zh" if customer.language.startswith("zh") else "en"
        said = {one.fund_code: one for one in opinions.of_case(connection, call.case_id)}
        papers, letters = list[Document](), list[str]()
        for code in casework.listed(call.parameters["fundCodes"]):
            fund = funds.get(connection, code)
            if fund is None or code not in said or not said[code].fits:
                raise ValueError(f"no opinion of this case lets staff speak of {code}")
            made = documents(fund, said[code], language)
            papers += made
            letters.append(letter(fund, made, language))
        repository.log(
            connection,
            papers,
            customer_id=customer.id,
            case_id=call.case_id,
            case_number=call.case_number,
            at=call.at,
        )
    return {
        "documents": [
            {"fundCode": one.fund_code, "kind": one.kind, "version": one.version, "sha256": one.sha256}
            for one in papers
        ],
        "text": "\n\n".join(letters),
    }


DOCUMENT = results.answer(
    {
        "fundCode": results.fund("Fund", "基金"),
        "kind": results.text("Kind", "种类"),
        "version": results.text("Version", "版本"),
        "sha256": results.text("Hash of the text", "文本哈希值"),
    }
)

OPERATORS = (
    Operator(
        name="material/log",
        kind="local",
        run=log,
        description="Write the documents of the funds in the customer's language, keep them with version and hash.",
        parameters=(
            Parameter(name="fundCodes", type="list", description="funds that the case has an opinion on"),
            Parameter(name="customerId", type="string", required=False, description="else the case's"),
        ),
        result=results.answer(
            {
                "documents": results.listed("Documents", "材料", DOCUMENT),
                "text": results.text("Text", "正文"),
            }
        ),
    ),
)
