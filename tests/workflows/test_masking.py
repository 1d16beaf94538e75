"""What is shown of a name, a number, an address."""

from __future__ import annotations

import pytest

from workflows.customers.masking import mask_card, mask_email, mask_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张伟", "张*"),
        ("林晓彤", "林**"),
        ("欧阳娜娜", "欧阳**"),
        ("司马", "司*"),
        ("诸葛亮", "诸葛*"),
        ("迪丽努尔·阿卜杜热合曼", "迪***·******"),
        ("Ann Miller", "A** M*****"),
        ("", ""),
    ],
)
def test_name(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13812345678", "138****5678"), ("021-12345678", "021-****5678"), ("02112345678", "021-****5678")],
)
def test_phone(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("11010519491231002X", "110105********002X"), ("E12345678", "E1*****78"), ("AB123", "AB*23")]
)
def test_document(number: str, shown: str) -> None:
    assert mask_id(number) == shown


def test_card_and_email() -> None:
    assert mask_card("6222020000000000009") == "6222 **** **** 0009"
    assert mask_email("zhang@x.cn") == "z***@x.cn"
