"""Words that messages put for codes: reasons, topics, days. Terms as in the glossary."""

from __future__ import annotations

from datetime import date, datetime

from ..calendar import business_date

REFUSALS = {
    "NOT_OURS": {
        "en": "it is about a product or service that is not ours.",
        "zh": "您反映的产品或服务并非由我们提供。",
    },
    "IDENTITY": {
        "en": "we could not establish who you are, or for whom you speak.",
        "zh": "我们无法核实您的身份或代理权限。",
    },
    "SETTLED": {
        "en": "the matter has been settled with you before, and nothing new has come up.",
        "zh": "该事项此前已与您达成处理结果，且没有新的事实。",
    },
    "IN_COURT": {
        "en": "the matter is before a court or an arbitration commission.",
        "zh": "该事项已进入诉讼或仲裁程序。",
    },
}

# Why a process does not go on, or what must be known before it does: codes of tables and operators, in full sentences.
REASONS: dict[str, dict[str, str]] = {
    "TC01": {"en": "Your account is not active at present.", "zh": "您的账户目前不可用。"},
    "TC02": {
        "en": "Your identity document has expired. Please renew it with us first; redemptions stay possible.",
        "zh": "您的身份证件已过期，请先更新；赎回不受影响。",
    },
    "TC04": {"en": "A valid risk assessment is needed before you buy.", "zh": "购买前需要有效的风险测评。"},
    "TC05": {
        "en": "This fund does not suit your risk class, so we may not sell it to you.",
        "zh": "该基金与您的风险承受能力不匹配，我们不能向您销售。",
    },
    "TC07": {"en": "The fund does not take this kind of order at present.", "zh": "该基金目前不接受此类业务。"},
    "TC08": {
        "en": "We do not offer this fund, or it has no risk rating.",
        "zh": "我们未销售该基金，或该基金尚无风险评级。",
    },
    "TC09": {"en": "The amount is below the least amount of this fund.", "zh": "金额低于该基金的最低金额。"},
    "TC10": {"en": "The amount is above what can be bought of this fund on one day.", "zh": "金额超过该基金单日限额。"},
    "TC11": {"en": "The amount or number of shares is not valid.", "zh": "金额或份额无效。"},
    "TC12": {"en": "There are fewer shares available than you want to sell.", "zh": "可用份额不足。"},
    "TC13": {
        "en": "Fewer shares would remain than the fund allows; you may redeem all of them.",
        "zh": "赎回后剩余份额低于最低保留份额，您可以选择全部赎回。",
    },
    "TC14": {"en": "No usable bank card in your own name is bound.", "zh": "未绑定本人名下可用的银行卡。"},
    "TC15": {"en": "The amount is above the limit of a single payment.", "zh": "金额超过单笔付款限额。"},
    "TC16_7": {
        "en": "Some shares were held for less than 7 days: a redemption fee is due.",
        "zh": "部分份额持有不足7日，须收取赎回费。",
    },
    "TC16_30": {
        "en": "Some shares were held for less than 30 days: a redemption fee is due.",
        "zh": "部分份额持有不足30日，须收取赎回费。",
    },
    "TC16_180": {
        "en": "Some shares were held for less than 180 days: a redemption fee is due.",
        "zh": "部分份额持有不足180日，须收取赎回费。",
    },
    "TC18": {
        "en": "You placed the same order a few minutes ago. Please make sure that you want it twice.",
        "zh": "您刚刚提交过相同委托，请确认是否需要重复办理。",
    },
    "TC19": {
        "en": "This fund would be a large part of the assets that you declared.",
        "zh": "该基金占您申报资产的比例较高。",
    },
    "TC21": {"en": "Orders of minors are not taken here.", "zh": "此处不受理未成年人的委托。"},
    "TC22": {"en": "The order can no longer be cancelled.", "zh": "该委托已不能撤销。"},
    "TC25": {
        "en": "The amount is above the daily limit of quick redemption; a normal redemption is possible.",
        "zh": "超过快速赎回单日限额，可办理普通赎回。",
    },
    "TC26": {
        "en": "The institution's owners and its operator's authority must be on record first.",
        "zh": "须先登记机构受益所有人及经办人授权。",
    },
    "TC27": {"en": "These two funds cannot be switched into each other.", "zh": "这两只基金之间不能转换。"},
    "TC28": {"en": "Private funds are not sold here.", "zh": "此处不销售私募基金。"},
    "TC30": {
        "en": "Pension shares are bought from the pension account only.",
        "zh": "养老份额只能使用个人养老金账户购买。",
    },
    "CB01": {
        "en": "We could not reach you for a call-back yet. Please call us first.",
        "zh": "我们尚未能完成对您的回访，请先与我们联系。",
    },
    "NOT_APPROVED": {"en": "The sale was not approved.", "zh": "该笔销售未获批准。"},
    "SCALED_DOWN": {"en": "The registrar confirmed a part of the order only.", "zh": "登记机构仅确认了部分委托。"},
    "REFUSED_BY_REGISTRAR": {"en": "The registrar did not confirm the order.", "zh": "登记机构未确认该笔委托。"},
    "RISK_PRICE": {
        "en": "Price: the value can fall below what you paid, at any time.",
        "zh": "价格风险：净值可能随时低于您的买入成本。",
    },
    "RISK_CONCENTRATED": {
        "en": "Concentration: most of it is in shares or similar assets, which can fall sharply.",
        "zh": "集中风险：主要投资于股票等高波动资产，可能大幅下跌。",
    },
    "RISK_CURRENCY": {
        "en": "Currency: it invests abroad, and exchange rates add to the risk.",
        "zh": "汇率风险：投资境外市场，汇率波动会放大风险。",
    },
    "RISK_CREDIT": {"en": "Credit: issuers of bonds may not pay.", "zh": "信用风险：债券发行人可能违约。"},
    "RISK_COMMODITY": {
        "en": "Commodities: prices depend on few markets and can change overnight.",
        "zh": "商品风险：价格依赖少数市场，可能短期剧烈波动。",
    },
}

TOPICS = {
    "FX": {"en": "foreign exchange", "zh": "外汇"},
    "PRIVATE_FUND": {"en": "private funds", "zh": "私募基金"},
    "PROJECT": {"en": "investment projects", "zh": "投资项目"},
    "OTHER": {"en": "this business", "zh": "该业务"},
}


def worded(codes: dict[str, dict[str, str]], code: str, language: str) -> str:
    """The words for a code; a text that is no code is taken as it is."""
    known = codes.get(code)
    return known[language] if known else code


def day(at: date, language: str) -> str:
    """A day, or that of a moment, as a message names it: 5 December 2026, 2026年12月5日."""
    named = business_date(at) if isinstance(at, datetime) else at
    if language == "zh":
        return f"{named.year}年{named.month}月{named.day}日"
    return f"{named.day} {_MONTHS[named.month - 1]} {named.year}"


_MONTHS = tuple("January February March April May June July August September October November December".split())
