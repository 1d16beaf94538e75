"""The operators of the recommendation: screen the shelf, check the choice, issue it, take the customer's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.operators import Call, Operator, Parameter

from .. import casework, results
from ..calendar import business_date
from ..customers.of_case import customer_of
from ..funds import repository as funds
from ..funds.model import Fund
from . import choice, repository
from .shelf import Need, screened

MOST_FUNDS = 200  # of a shelf that is looked through in one step
FUND = results.fund("Fund", "基金")
FITS = results.truth("Fits", "符合")
PROPOSAL = results.text("Number of the proposal", "推荐编号")


def screen(call: Call) -> dict[str, Any]:
    """The funds that the need leaves, each with its risk level, and the others by what stands against them."""
    said = call.parameters
    need = Need(
        amount=Decimal(said["amount"]),
        horizon_months=int(said["horizonMonths"]),
        liquidity=str(said["liquidity"]),
        excluded=frozenset(casework.listed(said.get("excluded"))),
    )
    with call.writing() as connection:
        shelf = funds.search(connection, limit=MOST_FUNDS)
        left, removed = screened(shelf, need, repository.holdings(connection))
    return {"candidates": [{"fundCode": fund.code, "risk": fund.risk} for fund in left], "removed": removed}


def check(call: Call) -> dict[str, Any]:
    """What is wrong with a choice, why compliance must see it, and its words for the wording table."""
    said, items = call.parameters, call.parameters["items"]
    with call.writing() as connection:
        customer = customer_of(call, connection)
        chosen = [_item(connection, item) for item in items]
        alternatives = _funds(connection, casework.listed(said.get("alternatives")))
        allowed = _funds(connection, casework.listed(said["allowed"]))
    wrong = choice.problems(chosen, alternatives, allowed)
    message = str(said.get("message") or "")
    why = choice.review_reasons(
        chosen,
        elderly=customer.is_65(call.at),
        free_text=bool(message.strip()),
        limit=Decimal(call.parameter("RECOMMENDATION_REVIEW_AMOUNT")),
    )
    return {
        "fits": not wrong,
        "problems": wrong,
        "review": bool(why),
        "reviewReasons": why,
        "words": "\n".join([*(str(item["reason"]) for item in items), message]),
        "fundCodes": list(dict.fromkeys([*(one.fund.code for one in chosen), *(fund.code for fund in alternatives)])),
    }


def issue(call: Call) -> dict[str, Any]:
    """Keep the proposal that goes out; until when it counts is a parameter."""
    days = int(call.parameter("RECOMMENDATION_VALID_DAYS"))
    until = business_date(call.at) + timedelta(days=days)
    with call.writing() as connection:
        id = repository.issue(
            connection,
            case_id=call.case_id,
            case_number=call.case_number,
            customer_id=customer_of(call, connection).id,
            items=call.parameters["items"],
            at=call.at,
            valid_until=until,
        )
    return {"recommendationId": id, "validUntil": until.isoformat()}


def accept(call: Call) -> dict[str, Any]:
    """Take the fund that the customer wants, if it was proposed and the proposal still counts."""
    wanted = str(call.parameters.get("fundCode") or "")
    with call.writing() as connection:
        found = repository.open_of(connection, call.case_id)
        item = _wanted(found.items, wanted) if found and business_date(call.at) <= found.valid_until else None
        if found is None or item is None:
            return {"fits": False, "fundCode": wanted, "orderType": "", "amount": 0, "recommendationId": ""}
        repository.close(connection, call.case_id, repository.ACCEPTED, at=call.at, chosen=item["fundCode"])
    return {
        "fits": True,
        "fundCode": item["fundCode"],
        "orderType": item["proposedType"],
        "amount": Decimal(item["proposedAmount"]),
        "recommendationId": found.id,
    }


def close(call: Call) -> dict[str, Any]:
    """End the open proposal of the case, if there is one, with what became of it."""
    status = str(call.parameters["status"])
    if status not in repository.CLOSED:
        raise ValueError(f"{status} is no end of a recommendation; there are {', '.join(repository.CLOSED)}")
    with call.writing() as connection:
        closed = repository.close(
            connection, call.case_id, status, at=call.at, reason=call.parameters.get("reason") or None
        )
    return {"closed": closed}


def _item(connection: Connection, said: Mapping[str, Any]) -> choice.Item:
    [fund] = _funds(connection, [str(said["fundCode"])])
    return choice.Item(fund=fund, amount=Decimal(said["proposedAmount"]), type=str(said["proposedType"]))


def _funds(connection: Connection, codes: Iterable[str]) -> list[Fund]:
    found = {code: funds.get(connection, code) for code in codes}
    return [fund for fund in found.values() if fund is not None]


def _wanted(items: Iterable[Mapping[str, Any]], code: str) -> Mapping[str, Any] | None:
    """The item of a fund; whoever names none means the first."""
    return next((item for item in items if not code or item["fundCode"] == code), None)


WHO = Parameter(name="customerId", type="string", required=False, description="else the case's")
ITEMS = Parameter(name="items", type="list", description="each {fundCode, reason, proposedAmount, proposedType}")

OPERATORS = (
    Operator(
        name="recommendation/screen",
        kind="local",
        run=screen,
        description="The funds of the shelf that a need leaves: on sale, minimum, limit, holding, liquidity.",
        parameters=(
            Parameter(name="amount", type="number", description="yuan"),
            Parameter(name="horizonMonths", type="number"),
            Parameter(name="liquidity", type="string", description="ANYTIME, UNDER_3M, UNDER_1Y or OVER_1Y"),
            Parameter(
                name="excluded", type="list", required=False, description="funds that the customer does not want"
            ),
        ),
        result=results.answer(
            {
                "candidates": results.listed(
                    "Funds in question",
                    "候选基金",
                    results.answer({"fundCode": FUND, "risk": results.text("Risk level", "风险等级")}),
                ),
                "removed": results.group(
                    "Funds out of the question",
                    "排除的基金",
                    {
                        "EXCLUDED": results.listed("Not wanted by the customer", "客户不接受", FUND),
                        "NOT_ON_SALE": results.listed("Not on sale", "不在售", FUND),
                        "BELOW_MINIMUM": results.listed("Amount below the minimum", "低于起点金额", FUND),
                        "ABOVE_LIMIT": results.listed("Amount above the limit", "超过限额", FUND),
                        "HELD_TOO_LONG": results.listed("Must be held too long", "持有期过长", FUND),
                        "NOT_LIQUID": results.listed("Money not free in time", "流动性不足", FUND),
                    },
                    optional=("EXCLUDED", "NOT_ON_SALE", "BELOW_MINIMUM", "ABOVE_LIMIT", "HELD_TOO_LONG", "NOT_LIQUID"),
                ),
            }
        ),
    ),
    Operator(
        name="recommendation/check",
        kind="local",
        run=check,
        description="What is wrong with a choice, and why compliance must see it before the customer does.",
        parameters=(
            WHO,
            ITEMS,
            Parameter(name="alternatives", type="list", required=False, description="fund codes shown beside them"),
            Parameter(name="allowed", type="list", description="fund codes that the suitability table left"),
            Parameter(name="message", type="string", required=False, description="what staff write to the customer"),
        ),
        result=results.answer(
            {
                "fits": FITS,
                "problems": results.listed("Problems", "问题"),
                "review": results.truth("Compliance must see it", "须合规审核"),
                "reviewReasons": results.listed("Why compliance must see it", "合规审核原因"),
                "words": results.text("What is said to the customer", "对客户的说明"),
                "fundCodes": results.listed("Funds", "基金", FUND),
            }
        ),
    ),
    Operator(
        name="recommendation/issue",
        kind="local",
        run=issue,
        description="Keep the proposal that goes out; an earlier one of the case is replaced.",
        parameters=(WHO, ITEMS),
        result=results.answer(
            {"recommendationId": PROPOSAL, "validUntil": results.text("Counts until", "推荐有效期至")}
        ),
    ),
    Operator(
        name="recommendation/accept",
        kind="local",
        run=accept,
        description="Take the fund that the customer wants, if it was proposed and the proposal still counts.",
        parameters=(
            Parameter(name="fundCode", type="string", required=False, description="else the first that was proposed"),
        ),
        result=results.answer(
            {
                "fits": FITS,
                "fundCode": FUND,
                "orderType": results.text("Kind of order", "委托类型"),
                "amount": results.number("Amount, CNY", "金额（元）"),
                "recommendationId": PROPOSAL,
            }
        ),
    ),
    Operator(
        name="recommendation/close",
        kind="local",
        run=close,
        description="End the open proposal of the case, if there is one.",
        parameters=(
            Parameter(name="status", type="string", description="DECLINED, EXPIRED or WITHDRAWN"),
            Parameter(name="reason", type="string", required=False, description="a code"),
        ),
        result=results.answer({"closed": results.truth("Closed", "已结束")}),
    ),
)
