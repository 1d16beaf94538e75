"""The formats of the field dictionary against its vectors."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.validators import DEMO_FORMATS, FORMATS, birth_date_of, formats, id_check_digit, is_id_card, luhn

TODAY = date(2026, 11, 21)
REAL = ["11010519491231002X", "11010519491231002x", "440524188001010014"]
WRONG_ID = [
    ("110105194912310021", "check digit"),
    ("990000200102290033", "29 February of a common year"),
    ("110105491231002", "15 digits are no longer valid"),
    ("01010519491231002X", "begins with 0"),
    ("11010519491231002", "too short"),
    ("11010519491231002X ", "blank"),
    ("11010519491231002X\n", "end of line"),
    ("１１０１０５19491231002X", "full-width digits"),
    ("X1010519491231002X", "letter"),
    ("", "nothing"),
]


@pytest.mark.parametrize("number", REAL)
def test_identity_number(number: str) -> None:
    assert FORMATS["cn-id"](number)


@pytest.mark.parametrize("number", [number for number, _ in WRONG_ID], ids=[why for _, why in WRONG_ID])
def test_no_identity_number(number: str) -> None:
    assert not FORMATS["cn-id"](number)
    assert not DEMO_FORMATS["cn-id"](number)


def test_identity_number_of_somebody_not_yet_born() -> None:
    number = "11010520261122001"
    number += id_check_digit(number)

    assert not is_id_card(number, TODAY)
    assert is_id_card(number, date(2026, 11, 22))


def test_synthetic_identity_numbers_are_for_samples_alone() -> None:
    number = "99000019700101001"
    number += id_check_digit(number)

    assert DEMO_FORMATS["cn-id"](number)
    assert not FORMATS["cn-id"](number)


def test_every_check_digit_but_one_is_refused() -> None:
    right = [digit for digit in "0123456789X" if is_id_card("11010519491231002" + digit, TODAY)]
    assert right == ["X"]


def test_birth_date() -> None:
    assert birth_date_of("11010519491231002X") == date(1949, 12, 31)
    assert birth_date_of("990000200102290033") is None


def test_the_day_is_asked_for_each_time() -> None:
    days = iter([date(1949, 12, 30), date(1949, 12, 31)])
    check = formats(today=lambda: next(days))["cn-id"]

    assert [check("11010519491231002X"), check("11010519491231002X")] == [False, True]


RIGHT = {
    "uscc": ["91350100M000100Y43"],
    "cn-mobile": ["13800138000", "19912345678"],
    "cn-landline": ["021-12345678", "02112345678", "0571-1234567", "0571-12345678-123456"],
    "cn-phone": ["13800138000", "010-12345678"],
    "bank-card": ["4111111111111111", "6222020000000000000"],
    "email": ["a@b.cn", "z.hang+fund@mail.example.com", "x@xn--fiqs8s.example"],
    "person-name": [
        "张伟",
        "欧阳娜娜",
        "迪丽努尔·阿卜杜热合曼",
        "Ann Miller",
        "José",
        "Müller Lüdenscheidt",
        "㐀一",
        "𠮷田",
    ],
    "fund-code": ["990001", "000001"],
    "other-id": ["E12345678", "H1234567890", "12345678", "AB123"],
}
WRONG = {
    "uscc": [
        "91350100M000100Y44",
        "91350100M000100Y4",
        "91350100M000100I43",
        "91350100m000100y43",
        "91350100M000100Y43\n",
        "",
    ],
    "cn-mobile": ["12800138000", "1380013800", "138001380000", "+8613800138000", "1380013800０", "13800138000\n", ""],
    "cn-landline": ["12345678", "21-12345678", "021-123456", "021-12345678-1234567", "021--12345678", "021 12345678"],
    "cn-phone": ["12345", ""],
    "bank-card": ["4111111111111112", "411111111111111", "41111111111111111111", "4111 1111 1111 1111", ""],
    "email": [
        "a@b",
        "a@@b.cn",
        "a b@c.cn",
        "@b.cn",
        "a@.cn",
        "a@b..cn",
        "a@-b.cn",
        "a@b-.cn",
        "a.@b.cn",
        "a@1.2.3.4",
        "a@b.cn\nBcc: x@y.cn",
        "x" * 65 + "@b.cn",
        "a@" + ".".join(["b" * 60] * 5) + ".cn",
        "",
    ],
    "person-name": ["张", "张3", "Ann2", "·张", "张·", " 张伟", "x" * 51, "张<伟", "张\n伟", ""],
    "fund-code": ["99000", "9900011", "99000a", "９９０００１", "990001\n", ""],
    "other-id": ["E123", "e12345678", "E-12345678", "H" * 18, ""],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in RIGHT for text in RIGHT[name]])
def test_format_holds(name: str, text: str) -> None:
    assert FORMATS[name](text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in WRONG for text in WRONG[name]])
def test_format_does_not_hold(name: str, text: str) -> None:
    assert not FORMATS[name](text)


def test_every_format_is_tested() -> None:
    assert {*RIGHT, "cn-id"} == set(FORMATS) == set(DEMO_FORMATS)


def test_every_single_wrong_digit_of_a_card_is_noticed() -> None:
    card = "4111111111111111"
    wrong = [card[:i] + digit + card[i + 1 :] for i in range(16) for digit in "0123456789" if digit != card[i]]
    assert not any(map(luhn, wrong))
