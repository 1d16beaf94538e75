"""Nothing is left in English: every text of the code and the templates has its Chinese, and none is left over."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import webapp
from webapp.bootstrap import DIAGRAMS
from webapp.language import CATALOGUE, LOCALES, words

ROOT = Path(webapp.__file__).parent
CALLS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "many": (1, 2),
    "noop": None,
    "say": None,
    "words": None,
    "part": None,
}
HOLES = re.compile(r"%\(\w+\)s")


def texts_of_code():
    """Every text that a module marks for translation, with where it stands."""
    for path in sorted(ROOT.rglob("*.py")):
        for line, text, _, _ in extract("python", BytesIO(path.read_bytes()), keywords=CALLS):
            yield (text if isinstance(text, str) else text[0]), f"{path.relative_to(ROOT)}:{line}"


def texts_of_templates():
    """Every text that a template marks for translation, with where it stands."""
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for line, _, text, _ in babel_extract(BytesIO(path.read_bytes()), ["_", "ngettext"], [], {}):
            if text:
                yield (text if isinstance(text, str) else text[0]), f"{path.relative_to(ROOT)}:{line}"


@pytest.fixture(scope="module")
def entries():
    with CATALOGUE.open(encoding="utf-8") as file:
        found = read_po(file, locale=LOCALES["zh"])
    return {(one.id if isinstance(one.id, str) else one.id[0]): one for one in found if one.id}


def test_every_text_is_translated(entries):
    missing = {
        text: place
        for text, place in (*texts_of_code(), *texts_of_templates())
        if text not in entries
        or not all(entries[text].string if isinstance(entries[text].string, tuple) else [entries[text].string])
    }
    assert missing == {}


def test_nothing_is_left_over(entries):
    used = {text for text, _ in (*texts_of_code(), *texts_of_templates())}
    assert set(entries) - used == set()


def test_what_is_filled_in_is_the_same_in_both_languages(entries):
    for text, one in entries.items():
        there = one.string if isinstance(one.string, str) else one.string[0]
        wanted, found = set(HOLES.findall(text)), set(HOLES.findall(there))
        assert found <= wanted, text
        assert wanted - found <= {"%(one)s", "%(title)s"}, text


def test_chinese_punctuation(entries):
    """Between Han characters stand full-width signs; three full stops, hyphens as dashes and `!` stand nowhere."""
    for one in entries.values():
        there = one.string if isinstance(one.string, str) else one.string[0]
        assert not re.search(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!()][\u4e00-\u9fff]|！|\.\.\.", there), there


TYPED = re.compile(r"[\u4e00-\u9fff] +[A-Za-z0-9%{]|[A-Za-z0-9%)}+] +[\u4e00-\u9fff]")
HALF = re.compile(r"（[^（）()]*\)|\([^（）()]*）")  # brackets of both widths
APART = re.compile(r"^(今天|昨天) |^[CR]\d ")  # two things beside each other: a day and its time, a code and its name


def test_chinese_is_set_apart_from_latin_by_the_stylesheet(entries):
    """`text-autospace` draws the space between Han and Latin; where one is typed, too, it is as wide as a word's."""
    texts = [part for one in entries.values() for part in ([one.string] if isinstance(one.string, str) else one.string)]
    assert [text for text in texts if TYPED.search(text) and not APART.search(text)] == []


WRITTEN = [path for name in ("forms", "i18n") for path in sorted(DIAGRAMS.rglob(f"{name}/*.json"))]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_so_it_is_in_the_bundles_that_ship(path):
    texts = list(chinese(json.loads(path.read_text(encoding="utf-8"))))
    assert [text for text in texts if TYPED.search(text) or HALF.search(text)] == []


def chinese(part):
    """Every text in Chinese inside of a form or a catalogue."""
    if isinstance(part, str):
        yield part
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for one in inside:
        yield from chinese(one)


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_words_of_their_own(path):
    """What is between tags is an expression, a sign or a key; names of keys and of the product are the same everywhere."""
    plain = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|<svg.*?</svg>|<kbd.*?</kbd>", "", path.read_text(), flags=re.S)
    shown = re.findall(r">([^<]+)<", plain) + re.findall(r'(?:title|placeholder|aria-label|alt)="([^"]*)"', plain)
    left = [text.strip() for text in shown if re.search(r"[A-Za-z]{2,}", text) and '="' not in text]
    assert set(left) <= {"Fundcase", "INQ-20261120-000001", "CNY", "· Fundcase", "SHA-256"}, left


def test_words_are_filled_in_and_counted():
    assert words("en")("%(n)s min ago", n=4) == "4 min ago"
    assert words("zh").many("%(num)s day", "%(num)s days", 2) == "2天"
    assert [words("en").many("%(num)s case shown", "%(num)s cases shown", n) for n in (1, 2, 1200)] == [
        "1 case shown",
        "2 cases shown",
        "1,200 cases shown",
    ]


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("zh", "zh-CN"),
        ("en-GB,en", "en"),
        ("de", "en"),
        ("fr;q=0.9,zh;q=0.5", "zh-CN"),
        ("", "en"),
    ],
)
def test_the_language_of_the_browser(visit, accepted, tag):
    visitor = visit()
    visitor.headers = {"Accept-Language": accepted}
    assert visitor.open("/login").page.get("lang") == tag


def test_the_language_that_a_person_chose_stays(visit):
    visitor = visit("li.na")
    assert visitor.open("/inbox").sees("My tasks")
    assert visitor.post("/settings/language", {"lang": "zh", "next": "/inbox"}).sees("我的待办")
    assert visitor.open("/cases").page.get("lang") == "zh-CN"
    assert visitor.post("/settings/language", {"lang": "xx", "next": "/inbox"}).sees("我的待办")
    visitor.post("/logout")
    assert visitor.open("/login").sees("登录")
