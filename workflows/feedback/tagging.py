"""What a text is about and how it sounds, by the words of a small lexicon. Pure but for reading it once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine.canonical import read

LEXICON = Path(__file__).parent / "lexicon" / "lexicon.json"
OTHER = "OTHER"
LANGUAGES = ("en", "zh")
PLACES = Decimal("0.01")
Words = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """What was found: `sentiment` from -1 to 1, `confidence` from 0 to 1."""

    topics: tuple[str, ...]
    sentiment: Decimal
    confidence: Decimal
    complaint_intent: bool
    data_error: bool


NOTHING_SAID = Tag(
    topics=(), sentiment=Decimal(0), confidence=Decimal(1), complaint_intent=False, data_error=False
)  # without a text there is nothing to be unsure of


def tagged(text: str) -> Tag:
    """The tag of a text."""
    if not text.strip():
        return NOTHING_SAID
    known = lexicon()
    sides = _sides(text)
    topics = tuple(name for name, words in known["topics"].items() if _any(sides, words))
    good, bad = _moods(sides, known["positive"], known["negative"])
    return Tag(
        topics=topics or (OTHER,),
        sentiment=((good - bad) / (good + bad + 1)).quantize(PLACES),
        confidence=_confidence(known["confidence"], topics, good, bad),
        complaint_intent=_any(sides, known["complaint"]),
        data_error=_any(sides, known["dataError"]),
    )


def topics() -> tuple[str, ...]:
    """Every topic that a text can have."""
    return (*lexicon()["topics"], OTHER)


@cache
def lexicon() -> Mapping[str, Any]:
    """The words, as the file holds them."""
    found: Mapping[str, Any] = read(LEXICON.read_bytes())
    return found


def _sides(text: str) -> dict[str, str]:
    """The text as each language is searched in it."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return {"en": plain, "zh": re.sub(r"[\s·\-_.*]+", "", plain)}


def _any(sides: Mapping[str, str], words: Mapping[str, Iterable[str]]) -> bool:
    return any(_pattern(word).search(sides[side]) for side in LANGUAGES for word in words[side])


def _moods(sides: Mapping[str, str], positive: Words, negative: Words) -> tuple[Decimal, Decimal]:
    """The weights of the good and of the bad words; the longest is taken out first."""
    sums = {True: Decimal(0), False: Decimal(0)}
    for side in LANGUAGES:
        left = sides[side]
        words = [
            (word, weight, good)
            for good, all in ((True, positive), (False, negative))
            for word, weight in all[side].items()
        ]
        for word, weight, good in sorted(words, key=lambda one: (-len(one[0]), one[0])):
            left, count = _pattern(word).subn(" ", left)
            sums[good] += weight * min(count, 1)
    return sums[True], sums[False]


def _confidence(shares: Mapping[str, Any], topics: tuple[str, ...], good: Decimal, bad: Decimal) -> Decimal:
    sure = Decimal(shares["base"])
    sure += shares["topic"] if topics else 0
    sure += shares["mood"] if good or bad else 0
    unmixed = len(topics) == 1 and (good or bad) and not (good and bad)
    return min(sure + (shares["unmixed"] if unmixed else 0), Decimal(1))


@cache
def _pattern(word: str) -> re.Pattern[str]:
    """How a word is looked for: Chinese anywhere, English as a word or, with a star, as a beginning."""
    if not word.isascii():
        return re.compile(re.escape(word))
    stem = word.removesuffix("*")
    return re.compile(r"\b" + re.escape(stem) + ("" if stem != word else r"\b"))
