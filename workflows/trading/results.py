"""What the operators of trading answer."""

from __future__ import annotations

from collections.abc import Mapping

from ..results import (
    answer,
    choice,
    day,
    group,
    listed,
    moment,
    number,
    staff,
    text,
    truth,
    whole,
    whole_or_none,
)
from .model import CONFIRMED, PARTIAL, REJECTED, STATUSES, TYPES


def _said(words: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[str, str]]:
    return {code: (one["en"], one["zh"]) for code, one in words.items()}


TYPE = choice("Kind of order", "委托类型", _said(TYPES))
AMOUNT = number("Amount, CNY", "金额（元）")
SHARES = number("Shares", "份额")
CONFIRM_DATE = day("Day of confirmation", "确认日")
LETTER_ID = whole("Number of the warning letter", "警示函编号")

FACTS = answer(
    {
        "orderType": TYPE,
        "buys": truth("Buys", "买入"),
        "pays": truth("Money is due", "需付款"),
        "sells": truth("Sells", "卖出"),
        "status": text("State of the account", "账户状态"),
        "amlHold": truth("Held by the officers against money laundering", "反洗钱冻结"),
        "idExpiredDays": whole("Days since the identity document ran out", "证件过期天数"),
        "person": truth("Natural person", "自然人"),
        "age": whole("Age", "年龄"),
        "cardBound": truth("Bank card bound", "已绑定银行卡"),
        "cardFrozen": truth("Bank card frozen", "银行卡冻结"),
        "ownersKnown": truth("Beneficial owners known", "受益所有人已识别"),
        "restrictedFrom": whole("Nothing from this risk level on", "限制购买的起始风险等级"),
        "known": truth("Fund on record", "基金在册"),
        "fundStatus": text("State of the fund", "基金状态"),
        "targetStatus": text("State of the fund that is bought", "买入基金的状态"),
        "r": whole("Risk level of the fund, 1 to 5", "基金风险等级（1至5）"),
        "confirmLag": whole("Confirmed after, T+", "确认日T+"),
        "sameManager": truth("Both funds of one manager", "同一基金管理人"),
        "privateFund": truth("Private fund", "私募基金"),
        "pensionShare": truth("Share class for pensions", "养老份额"),
        "payMethod": text("How it is paid", "付款方式"),
        "riskPoints": listed("Risks that the letter names", "警示函所列风险"),
        "fundName": group(
            "Name of the fund", "基金名称", {"zh": text("in Chinese", "中文"), "en": text("in English", "英文")}
        ),
        "amount": AMOUNT,
        "shares": SHARES,
        "places": whole("Decimals", "小数位数"),
        "held": truth("Held already", "已持有"),
        "minFirst": number("Smallest first amount, CNY", "首次起点金额（元）"),
        "minAdd": number("Smallest further amount, CNY", "追加起点金额（元）"),
        "limited": truth("Daily limit", "有单日限额"),
        "quotaLeft": number("Left of the daily limit, CNY", "单日剩余额度（元）"),
        "available": number("Shares that can be sold", "可用份额"),
        "quick": truth("Quick redemption", "快速赎回"),
        "quickShares": number("Shares of quick redemptions today", "当日快速赎回份额"),
        "assetsPercent": number("Part of the investable assets, %", "占可投资资产比例（%）"),
        "remaining": number("Shares left after it", "剩余份额"),
        "holdingDays": whole("Days held", "持有天数"),
        "feeDue": truth("Redemption fee due", "需付赎回费"),
        "cancelOpen": truth("Can still be cancelled", "仍可撤单"),
        "onTime": truth("Before the end of the trading day", "在交易截止时间前"),
        "secondsSinceLike": whole_or_none("Seconds since a like order", "距上笔相同委托的秒数"),
        "largeValue": number("Large value from, CNY", "大额起点（元）"),
        "recentOrders": whole("Orders of the last days", "近期委托笔数"),
        "recentTotal": number("Amount of the last days, CNY", "近期委托金额（元）"),
        "letterSigned": truth("Warning letter signed", "已签署警示函"),
        "letterId": LETTER_ID,
        "onSite": truth("Customer on site", "客户在现场"),
    }
)
LETTER = answer({"letterId": LETTER_ID, "signedAt": moment("Signed", "签署时间")})
ACCEPTANCE = answer(
    {
        "orderId": whole("Order", "委托"),
        "orderNumber": text("Order number", "委托编号"),
        "caseNumber": text("Case number", "工单编号"),
        "acceptedAt": moment("Accepted", "受理时间"),
        "amount": AMOUNT,
        "shares": SHARES,
    }
)
CLOSED = answer({"status": choice("State of the order", "委托状态", _said(STATUSES))})
REQUESTED = answer({"amount": AMOUNT})
REFUNDED = answer({"amount": AMOUNT})
TAKEN = answer({"submittedAt": moment("Sent to the registrar", "报送时间"), "confirmDate": CONFIRM_DATE})
SETTLED = answer(
    {
        "outcome": choice("Outcome", "结果", {code: _said(STATUSES)[code] for code in (CONFIRMED, PARTIAL, REJECTED)}),
        "amount": AMOUNT,
        "shares": SHARES,
        "nav": number("Net asset value per unit", "单位净值"),
        "fee": number("Fee, CNY", "费用（元）"),
        "navDate": day("Day of the net asset value", "净值日期"),
        "confirmDate": CONFIRM_DATE,
        "reason": text("Reason", "原因"),
        "refund": number("Money back, CNY", "退款（元）"),
        "firstPurchase": truth("First purchase", "首次购买"),
        "sample": whole("Lot for the sample, 0 to 99", "抽样号（0至99）"),
        "guide": staff("Explained the application", "指引人员"),
    }
)
