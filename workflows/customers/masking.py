"""How personal values are shown to who need not read them in full. Pure; revealing is another matter, with a reason."""

from __future__ import annotations

import re

# Family names of two characters; every other Han name has a family name of one.
COMPOUND = frozenset(
    "欧阳 司马 上官 诸葛 夏侯 东方 皇甫 尉迟 公孙 慕容 令狐 长孙 宇文 司徒 端木 南宫 呼延 澹台 太史 申屠 闻人 轩辕 "
    "钟离 濮阳 独孤 百里 东郭 西门 公冶 淳于 单于 赫连 万俟".split()
)
_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def mask_name(name: str) -> str:
    """`张*`, `欧阳**`, `迪***·*****`, `S**** M*****`: the family name or first letter, then stars."""
    if "·" in name or not _HAN.match(name):
        shown = name[:1]
        hidden = re.sub(r"[^· ]", "*", name[1:])
        return shown + hidden if "·" in name else " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split(" "))
    family = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return name[:family] + "*" * (len(name) - family)


def mask_phone(number: str) -> str:
    """`138****5678`; of a landline the area code and the last four digits, `021-****5678`."""
    if number.startswith("1"):
        return f"{number[:3]}****{number[-4:]}"
    area, dash, _ = number.partition("-")
    return f"{area if dash else number[:3]}-****{number[-4:]}"


def mask_id(number: str) -> str:
    """`110105********002X`; of a shorter document its first and last two characters."""
    if len(number) == 18:
        return f"{number[:6]}********{number[-4:]}"
    return number[:2] + "*" * max(len(number) - 4, 0) + number[-2:]


def mask_card(number: str) -> str:
    """`6222 **** **** 0009`."""
    return f"{number[:4]} **** **** {number[-4:]}"


def mask_email(address: str) -> str:
    """`z***@x.cn`."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"
