"""A fund as the distributor sells it. No table."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

ON_SALE = frozenset({"raising", "open", "limitPUR"})

# The names of a type in both languages, as the glossary has them.
TYPES = {
    "MMF": {"en": "money market fund", "zh": "货币市场基金"},
    "cd-index": {"en": "interbank-CD index fund", "zh": "同业存单指数基金"},
    "bond": {"en": "bond fund", "zh": "债券型基金"},
    "bond-plus": {"en": "fixed-income plus", "zh": "固收+"},
    "hybrid": {"en": "hybrid fund", "zh": "混合型基金"},
    "pension-fof": {"en": "pension target fund", "zh": "养老目标基金"},
    "fof": {"en": "fund of funds", "zh": "基金中基金"},
    "index": {"en": "index fund", "zh": "指数基金"},
    "equity": {"en": "equity fund", "zh": "股票型基金"},
    "active-equity": {"en": "active equity-type fund", "zh": "主动权益类基金"},
    "commodity": {"en": "commodity fund", "zh": "商品基金"},
    "qdii": {"en": "QDII fund", "zh": "合格境内机构投资者基金"},
    "qdii-commodity": {"en": "QDII commodity fund", "zh": "QDII商品基金"},
}

STATUSES = {
    "raising": {"en": "offering period", "zh": "募集期"},
    "open": {"en": "open", "zh": "开放"},
    "limitPUR": {"en": "large purchase limited", "zh": "限大额"},
    "suspendPUR": {"en": "purchase suspended", "zh": "暂停申购"},
    "suspendRED": {"en": "redemption suspended", "zh": "暂停赎回"},
    "closed": {"en": "closed period", "zh": "封闭期"},
    "liquidating": {"en": "liquidating", "zh": "清盘中"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fund:
    """One fund; fees in per cent, amounts in yuan, the lag in trading days after the T day."""

    code: str
    name_zh: str
    name_en: str
    type: str
    risk: str
    front_fee: Decimal
    service_fee: Decimal
    annual_fee: Decimal
    min_amount: Decimal
    daily_limit: Decimal | None
    confirm_lag: int
    status: str

    @property
    def on_sale(self) -> bool:
        """Whether a customer can buy it now."""
        return self.status in ON_SALE

    def name(self, language: str) -> str:
        """Its name in a language, Chinese or English."""
        return self.name_zh if language.startswith("zh") else self.name_en
