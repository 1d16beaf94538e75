"""Words that messages put for codes: reasons, topics, days. Terms as in the glossary."""

from __future__ import annotations

from datetime import datetime

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


def day(at: datetime, language: str) -> str:
    """A day as a message names it: 5 December 2026, 2026年12月5日."""
    date = business_date(at)
    if language == "zh":
        return f"{date.year}年{date.month}月{date.day}日"
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


_MONTHS = tuple("January February March April May June July August September October November December".split())
