"""What customers write: masked before it is kept, and tagged by topic and mood."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.canonical import read
from tests.workflows.seeds import bundle_files
from workflows.feedback import freetext, tagging


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("打 13812345678 找我", "打 138****5678 找我"),
        ("138-1234-5678。", "138****5678。"),
        ("+86 138 1234 5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("13812345678 13987654321", "138****5678 139****4321"),
        ("021-12345678 或 02112345678", "021-****5678 或 021-****5678"),
        ("身份证11010519491231002X号", "身份证110105********002X号"),
        ("id 110105 19491231 002x!", "id 110105********002X!"),
        ("卡号6222020000000000009", "卡号6222 **** **** 0009"),
        ("6222 0200 0000 0000", "6222 **** **** 0000"),
        ("护照E12345678", "护照E1*****78"),
        ("zhang.wei@mail.example.cn", "z***@mail.example.cn"),
        ("a\x00b\u200bc\nd", "abc\nd"),
    ],
)
def test_numbers_of_people_are_masked(said: str, kept: str) -> None:
    assert freetext.masked(said) == kept
    assert freetext.masked(kept) == kept


@pytest.mark.parametrize(
    "said",
    [
        "990001 净值 1.2345",
        "2026-11-18 09:00",
        "INQ-20261118-000001",
        "亏了 12345.67 元",
        "等了 30 分钟",
        "400-000-9900",
    ],
)
def test_other_numbers_stay(said: str) -> None:
    assert freetext.masked(said) == said


def test_a_text_is_cut() -> None:
    assert len(freetext.masked("长" * 5000)) == freetext.LONGEST


def test_what_makes_a_text_the_same() -> None:
    assert freetext.fingerprint("很好，谢谢！") == freetext.fingerprint("很好 谢谢")
    assert freetext.fingerprint("Good, thanks") == freetext.fingerprint("good thanks.")
    assert freetext.fingerprint("很好") != freetext.fingerprint("不好")
    assert freetext.fingerprint("…！") == ""


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("申购费太高", ("FEE", "TRADE")),
        ("赎回到账太慢", ("REDEMPTION", "WAITING")),
        ("客服态度粗鲁", ("ATTITUDE",)),
        ("The app crashes on the order page", ("TRADE", "APP")),
        ("Please explain the fund's fees", ("PRODUCT", "FEE", "CLARITY")),
        ("建议增加英文页面", ("APP", "SUGGESTION")),
        ("呵呵", ("OTHER",)),
    ],
)
def test_topics(text: str, topics: tuple[str, ...]) -> None:
    assert tagging.tagged(text).topics == topics


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("非常满意，感谢", "0.5", "1"),
        ("不满意", "-1", "-0.3"),
        ("不 满 意", "-1", "-0.3"),
        ("很差，敷衍，推诿", "-1", "-0.8"),
        ("Helpful and friendly, thank you", "0.5", "1"),
        ("The answer was not helpful", "-0.5", "-0.5"),
        ("今天下雨", "0", "0"),
        ("态度很好，但是太慢", "0", "0"),
    ],
)
def test_sentiment(text: str, low: str, high: str) -> None:
    assert Decimal(low) <= tagging.tagged(text).sentiment <= Decimal(high)


@pytest.mark.parametrize(
    "word", ["投诉", "举报", "骗", "违规", "投 诉", "投訴", "舉報", "I will complain", "this is FRAUD", "a scam"]
)
def test_words_of_complaint(word: str) -> None:
    assert tagging.tagged(f"服务很好，满意，{word}。").complaint_intent


def test_harmless_words_are_none() -> None:
    assert not tagging.tagged("非常满意，没有意见。The staff explained it.").complaint_intent


def test_a_data_error_is_heard() -> None:
    assert tagging.tagged("990001 的净值不对").data_error and tagging.tagged("The wrong NAV is shown").data_error
    assert not tagging.tagged("净值下跌").data_error


@pytest.mark.parametrize(
    ("text", "confidence"),
    [("", "1"), ("呵呵", "0.4"), ("账户", "0.6"), ("满意", "0.6"), ("客服很好", "1"), ("申购费太差", "0.8")],
)
def test_confidence(text: str, confidence: str) -> None:
    assert tagging.tagged(text).confidence == Decimal(confidence)


def test_every_topic_has_words_in_both_languages_and_stands_in_the_forms() -> None:
    words = tagging.lexicon()["topics"]
    assert all(set(said) == {"en", "zh"} and said["en"] and said["zh"] for said in words.values())
    form = read(bundle_files("feedback")["forms/tag.json"])
    assert [one["const"] for one in form["properties"]["topics"]["items"]["oneOf"]] == list(tagging.topics())
