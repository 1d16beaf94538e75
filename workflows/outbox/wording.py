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
REASONS: dict[str, dict[str, str]] = {}

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
