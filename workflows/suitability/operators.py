"""The operators of suitability: facts for the table, and what the table said of each fund."""

from __future__ import annotations

from typing import Any

from engine.operators import Call, Operator, Parameter

from .. import casework, results
from ..customers.of_case import customer_of
from ..funds import repository as funds
from . import opinions
from .assessing import OPERATORS as ASSESSING
from .facts import facts
from .opinions import Opinion

INITIATIVES = ("STAFF", "CUSTOMER")
FUND = results.fund("Fund", "基金")

FACTS = results.answer(
    {
        "inv": results.choice(
            "Investor",
            "投资者类型",
            {"ORD": ("ordinary investor", "普通投资者"), "PRO": ("professional investor", "专业投资者")},
        ),
        "valid": results.truth("Assessment in force", "测评有效"),
        "lowest": results.truth("Lowest class", "风险承受能力最低类别"),
        "c": results.whole("Class of the customer, 1 to 5", "客户风险承受能力（1至5）"),
        "r": results.whole_or_none("Risk level of the fund, 1 to 5", "基金风险等级（1至5）"),
        "init": results.choice("Whose idea", "发起方", {"STAFF": ("staff", "员工"), "CUSTOMER": ("customer", "客户")}),
        "goalFit": results.truth("Fits the goal", "符合投资目标"),
        "age": results.whole("Age", "年龄"),
        "class": results.text("Risk class", "风险承受能力等级"),
        "validTo": results.text("Assessed until", "测评有效期至"),
        "active": results.truth("Account active", "账户正常"),
        "adult": results.truth("Of age", "已成年"),
    }
)


def gather(call: Call) -> dict[str, Any]:
    """The inputs of the suitability table for a customer and a fund, as they stand now."""
    init = str(call.parameters.get("init") or "CUSTOMER")
    if init not in INITIATIVES:
        raise ValueError(f"{init} is no initiative; there are {', '.join(INITIATIVES)}")
    code = call.parameters.get("fundCode")
    with call.writing() as connection:
        customer = customer_of(call, connection)
        fund = funds.get(connection, str(code)) if code else None
    return facts(customer, fund, init=init, goal=call.parameters.get("goal"), at=call.at)


def keep(call: Call) -> dict[str, Any]:
    """Keep what the table said of each fund, and give back the funds that staff may speak of."""
    said = [
        Opinion(
            fund_code=str(one["fundCode"]),
            facts=one["facts"],
            decision=str(one["decision"]),
            actions=tuple(one["actions"]),
            rule=str(one["rule"]),
            given_at=call.at,
        )
        for one in call.parameters["matches"]
    ]
    identity = casework.customer_id(call)
    if not identity:
        raise ValueError("an opinion is about a customer, and the case names none")
    with call.writing() as connection:
        opinions.add(connection, said, customer_id=identity, case_id=call.case_id, case_number=call.case_number)
    return {
        "allowed": [one.fund_code for one in said if one.fits],
        "withCare": [one.fund_code for one in said if one.decision == "ALLOW_WITH_CARE"],
        "refused": [one.fund_code for one in said if not one.fits],
    }


CUSTOMER = Parameter(name="customerId", type="string", required=False, description="else the case's")

OPERATORS = (
    Operator(
        name="suitability/facts",
        kind="local",
        run=gather,
        description="What the suitability table reads of a customer and a fund; r is null without a rated fund.",
        parameters=(
            CUSTOMER,
            Parameter(name="fundCode", type="string", required=False, description="without it only the customer's"),
            Parameter(name="init", type="string", required=False, description="STAFF or CUSTOMER, else CUSTOMER"),
            Parameter(name="goal", type="string", required=False, description="what the customer wants to reach"),
        ),
        result=FACTS,
    ),
    Operator(
        name="suitability/opinions",
        kind="local",
        run=keep,
        description="Keep what the table said of each fund; give back those that staff may speak of.",
        parameters=(
            CUSTOMER,
            Parameter(name="matches", type="list", description="each {fundCode, facts, decision, actions, rule}"),
        ),
        result=results.answer(
            {
                "allowed": results.listed("Funds that staff may speak of", "可介绍的基金", FUND),
                "withCare": results.listed("Funds to speak of with care", "须审慎介绍的基金", FUND),
                "refused": results.listed("Funds that staff may not speak of", "不得介绍的基金", FUND),
            }
        ),
    ),
    *ASSESSING,
)
