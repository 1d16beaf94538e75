"""DT-11: every forbidden phrase in both languages, what must stay allowed, and both sides of every number."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.seeds import decision, rows

WORDING = decision("shared/wording", "wording")
DISCLAIMED = "过往业绩不代表未来表现，年化波动率为12%。"  # what every figure needs beside it

BLOCKED = {
    1: "本产品保本",
    2: "Your capital is guaranteed",
    3: "我们保收益",
    4: "A guaranteed return of 3 percent",
    5: "稳赚不赔",
    6: "You cannot lose with this fund",
    7: "零风险产品",
    8: "There is zero risk",
    9: "无风险套利",
    10: "It is as good as risk-free",
    11: "承诺收益百分之五",
    12: "We promise you five percent",
    13: "预期收益率 5%",
    14: "The expected return is 5 percent",
    15: "正收益概率 98%",
    16: "The probability of profit is high",
    17: "收益第一",
    18: "It is the best fund",
    19: "我有内部消息",
    20: "I have inside information",
}
WARNED = {
    21: "低风险产品",
    22: "A low risk fund",
    23: "高收益产品",
    24: "A high return",
    25: "赎回秒到账",
    26: "The money is credited instantly",
    27: "限时抢购",
    28: "A limited time offer",
    30: "近3个月上涨",
    31: "Up in the past three months",
    35: "收益率为8%",
    36: "It returned 8 percent",
    39: "同类排名靠前",
    40: "Ranked among its peers",
}


def hits(text: str, **more: Any) -> dict[int, dict[str, Any]]:
    """What the table says of a text, by row."""
    numbers = {"performanceMonths": None, "rankingYears": None} | {
        name: Decimal(value) for name, value in more.items() if name != "source"
    }
    outcome = WORDING.evaluate({"outgoing": {"text": text, "source": more.get("source", ""), **numbers}})
    return dict(zip(outcome.rows, outcome.value))


@pytest.mark.parametrize("row, text", BLOCKED.items())
def test_a_forbidden_phrase_is_blocked(row: int, text: str) -> None:
    assert hits(text)[row]["class"] == "BLOCK"


@pytest.mark.parametrize("row, text", WARNED.items())
def test_a_doubtful_phrase_is_a_warning(row: int, text: str) -> None:
    found = hits(text)
    assert found[row]["class"] == "WARN" and "BLOCK" not in {hit["class"] for hit in found.values()}


@pytest.mark.parametrize(
    "text, row",
    [
        ("包本理财", 1),
        ("保 本", 1),
        ("保　本", 1),
        ("保-本", 1),
        ("保·本", 1),
        ("穩賺", 5),
        ("零風險", 7),
        ("無風險", 9),
        ("没有风险", 9),
        ("承諾收益", 11),
        ("預期收益", 13),
        ("內部消息", 19),
        ("最高收益", 17),
        ("RISK FREE", 10),
        ("Number One in its class", 18),
    ],
)
def test_variants_are_seen_through(text: str, row: int) -> None:
    assert row in hits(text)


@pytest.mark.parametrize(
    "text",
    [
        "本基金不保本，也不承诺收益。",
        "Returns are not guaranteed and you may lose money.",
        "风险等级为中低风险（R2）。",
        "It is a medium-low risk fund.",
        "第一步：登录手机应用；第一次申购须完成测评。",
        "The front-end fee is 1.2 percent and the fund is open on every trading day.",
        "申购费率为1.2%，T+1日确认份额。",
    ],
)
def test_what_must_be_said_may_be_said(text: str) -> None:
    assert hits(text) == {}


def test_a_superlative_with_its_source_is_allowed() -> None:
    assert 17 not in hits("规模最高", source="基金业协会，2026-09-30")
    assert 18 not in hits("It is the best rated one", source="AMAC, 30 September 2026")


def test_the_shortest_period_is_more_than_six_months() -> None:
    assert set(hits(DISCLAIMED, performanceMonths=6)) == {29}
    assert hits(DISCLAIMED, performanceMonths=7) == {}


@pytest.mark.parametrize("row, text", [(32, f"年化收益。{DISCLAIMED}"), (33, f"Annualised. {DISCLAIMED}")])
def test_less_than_a_year_is_not_annualised(row: int, text: str) -> None:
    assert row in hits(text, performanceMonths=11)
    assert row not in hits(text, performanceMonths=12)


@pytest.mark.parametrize(
    "row, missing, text",
    [
        (34, "disclaimer", "The volatility is 12 percent."),
        (34, "disclaimer", "波动率为12%"),
        (37, "volatility", "Past performance is not a guide to the future."),
        (37, "volatility", "过往业绩不预示未来表现"),
    ],
)
def test_performance_has_its_disclaimer_and_its_volatility(row: int, missing: str, text: str) -> None:
    found = hits(text, performanceMonths=36)
    assert found[row]["phrase"] == missing and {34, 37} & set(found) == {row}
    assert {34, 37}.isdisjoint(hits(text))
    assert set(hits(text, performanceMonths=1)) >= {row}


def test_a_ranking_covers_three_years_and_has_a_source() -> None:
    assert set(hits("ok", rankingYears=2, source="AMAC")) == {38}
    assert hits("ok", rankingYears=3, source="AMAC") == {}
    assert set(hits("ok", rankingYears=3)) == {41}
    assert set(hits("ok", rankingYears=0)) == {38, 41}
    assert 39 not in hits("排名", rankingYears=3, source="AMAC") and 40 not in hits("ranked", rankingYears=3)


def test_every_row_is_hit() -> None:
    by_number = {29, 32, 33, 34, 37, 38, 41}
    assert set(BLOCKED) | set(WARNED) | by_number == rows(WORDING)


def test_every_hit_says_what_to_do_in_both_languages() -> None:
    for text in (*BLOCKED.values(), *WARNED.values()):
        for hit in hits(text).values():
            assert hit["phrase"] and set(hit["hint"]) == {"en", "zh"} and all(hit["hint"].values())


def test_the_longest_text_is_checked_within_the_limits() -> None:
    assert hits("字" * 4000) == {} and set(hits("字" * 3998 + "保本")) == {1}
