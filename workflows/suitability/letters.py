"""What a customer reads about his risk class. No table; the terms are those of the glossary."""

from __future__ import annotations

from datetime import date

from ..customers.model import RISK_CLASSES
from .goals import class_level


def result(risk_class: str, lowest: bool, valid_to: date, language: str) -> str:
    """The result of an assessment in a language, Chinese or English."""
    return "\n".join(
        _chinese(risk_class, lowest, valid_to) if language == "zh" else _english(risk_class, lowest, valid_to)
    )


def _english(risk_class: str, lowest: bool, valid_to: date) -> list[str]:
    name = RISK_CLASSES[risk_class]["en"].lower()
    return [
        f"Your risk class: {risk_class} ({name}){', lowest risk-tolerance class' if lowest else ''}",
        f"Funds that match it: {_levels(risk_class, lowest)}",
        f"Valid until: {valid_to.isoformat()}",
    ]


def _chinese(risk_class: str, lowest: bool, valid_to: date) -> list[str]:
    name = RISK_CLASSES[risk_class]["zh"]
    return [
        f"您的投资者类型：{risk_class}（{name}）{'，属于风险承受能力最低类别' if lowest else ''}",
        f"匹配的产品风险等级：{_levels(risk_class, lowest)}",
        f"有效期至：{valid_to.year}年{valid_to.month}月{valid_to.day}日",
    ]


def _levels(risk_class: str, lowest: bool) -> str:
    highest = 1 if lowest else class_level(risk_class) or 1
    return "R1" if highest == 1 else f"R1–R{highest}"
