"""Moments and numbers as people read them, in both languages."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from webapp import when
from webapp.language import words

NOW = datetime.fromisoformat("2026-11-20T14:32:00+08:00")


def after(**length):
    return NOW + timedelta(**length)


@pytest.mark.parametrize(
    ("at", "english", "chinese", "tone"),
    [
        (after(minutes=-25), "25 min late", "逾期25分钟", "bad"),
        (after(hours=-3), "3 h late", "逾期3小时", "bad"),
        (after(days=-2, hours=-1), "2 days late", "逾期2天", "bad"),
        (after(days=-1, hours=-1), "1 day late", "逾期1天", "bad"),
        (after(minutes=18), "18 min", "18分钟", "warn"),
        (after(minutes=59, seconds=59), "59 min", "59分钟", "warn"),
        (after(hours=3, minutes=28), "today 18:00", "今天 18:00", "warn"),
        (after(hours=9, minutes=28), "Sat 00:00", "周六 00:00", ""),
        (after(days=3), "Mon 14:32", "周一 14:32", ""),
        (after(days=7), "27 Nov", "11月27日", ""),
        (after(days=60), "19 Jan 2027", "2027年1月19日", ""),
    ],
)
def test_when_something_is_due(at, english, chinese, tone):
    found = [when.due(at, NOW, words(lang)) for lang in ("en", "zh")]
    assert [one.text for one in found] == [english, chinese]
    assert {one.tone for one in found} == {tone}


@pytest.mark.parametrize(
    ("at", "english", "chinese"),
    [
        (NOW, "just now", "刚刚"),
        (after(seconds=30), "just now", "刚刚"),
        (after(minutes=-4), "4 min ago", "4分钟前"),
        (after(hours=-3), "3 h ago", "3小时前"),
        (after(hours=-15), "yesterday 23:32", "昨天 23:32"),
        (after(days=-2), "2 days ago", "2天前"),
        (after(days=-39), "12 Oct", "10月12日"),
        (after(days=-400), "16 Oct 2025", "2025年10月16日"),
    ],
)
def test_how_long_something_is_ago(at, english, chinese):
    assert [when.past(at, NOW, words(lang)).text for lang in ("en", "zh")] == [english, chinese]


def test_the_absolute_moment_is_in_business_time():
    utc = datetime.fromisoformat("2026-11-20T06:50:00+00:00")
    found = when.due(utc, NOW, words("en"))
    assert (found.full, found.iso) == ("Fri 20 Nov 2026, 14:50", "2026-11-20T14:50:00+08:00")
    assert when.due(utc, NOW, words("zh")).full == "2026年11月20日 周五 14:50"


def test_a_heading_says_more():
    say = words("en")
    assert when.due(after(hours=3, minutes=28), NOW, say, sentence=True).text == "Due today at 18:00, in 3 h 28 min"
    assert when.due(after(days=3), NOW, say, sentence=True).text == "Due Mon 14:32"
    assert when.due(after(minutes=-25), NOW, say, sentence=True).text == "25 min late, was due today 14:07"
    assert when.due(after(days=-3), NOW, say, sentence=True).text == "3 days late, was due 17 Nov"


def test_numbers():
    assert when.amount(1860) == "1,860.00"
    assert when.amount(Decimal("-0.5")) == "-0.50"
    assert when.number(Decimal("1234.5678")) == "1,234.5678"
    assert when.number(12480) == "12,480"
