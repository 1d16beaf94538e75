"""Canonical JSON: one value has one text, so that the hash of the text proves the value.

Keys sorted, no spaces, UTF-8, integers as they are, other numbers in shortest plain decimal notation, no NaN, moments
in UTC with microseconds and `Z`. `docs/history-format.md` says the same for readers in other languages, with vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from json.encoder import encode_basestring as quote
from typing import Any

MOST_DIGITS = 60
LONGEST_NAME = 2_000  # of a field in a file, which in a catalogue is a whole text


def canonical(value: Any) -> bytes:
    """The canonical bytes of plain data; floats and everything that is no JSON are a TypeError."""
    return _text(value).encode()


def read(stored: bytes | str) -> Any:
    """Data from JSON, with decimals for all numbers that are not integers; ValueError where it is none."""
    return json.loads(stored, parse_float=_decimal)


def read_file(content: bytes | str) -> Any:
    """Data from a file that somebody wrote: as `read`, but ValueError for what reads differently elsewhere.

    That is a name that is there twice, half a surrogate pair, NUL, and a number that could not be kept.
    """
    try:
        return normal(json.loads(content, parse_float=_decimal, object_pairs_hook=_each_once))
    except UnicodeEncodeError:
        raise ValueError("a text holds half of a character") from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1) if len(names) < 1_000 else names[0]
        raise ValueError(f"the name {twice[:80]!r} is there twice")
    if any(len(name) > LONGEST_NAME for name in found):
        raise ValueError(f"a name is longer than {LONGEST_NAME} characters")
    if any("\0" in text for pair in pairs for text in pair if isinstance(text, str)):
        raise ValueError("a text holds the character NUL")
    return found


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text[:40]} is no number that can be kept") from None


def digest(content: bytes) -> str:
    """The SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _text(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return quote(value)
    if value is None or kind is bool:
        return {None: "null", True: "true", False: "false"}[value]
    if kind is int:
        return str(value)
    if kind is Decimal:
        return shortest(value)
    if kind is dict:
        return "{" + ",".join([quote(key) + ":" + _text(value[key]) for key in sorted(value)]) + "}"
    if kind is list or kind is tuple:
        return "[" + ",".join([_text(item) for item in value]) + "]"
    raise TypeError(f"{kind.__name__} has no canonical form")


def shortest(number: Decimal) -> str:
    """A decimal without exponent and without zeros that say nothing."""
    if not number.is_finite():
        raise ValueError(f"{number} has no canonical form")
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def normal(value: Any) -> Any:
    """A fresh copy of data that reads back from its canonical bytes as it is."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        if value.is_finite() and abs(value.adjusted()) > MOST_DIGITS:
            raise ValueError(f"{value} is too large or too small to be kept")
        text = shortest(value)
        return Decimal(text) if "." in text else int(text)
    if isinstance(value, Mapping):
        return {well_formed(str(key)): normal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [normal(item) for item in value]
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{shortest(Decimal(value // timedelta(microseconds=1)) / 1_000_000)}S"
    raise TypeError(f"{type(value).__name__} cannot be kept in a case")


def well_formed(text: str) -> str:
    """The text itself; half a surrogate pair has no UTF-8 and is a ValueError."""
    if not text.isascii():
        text.encode()
    return text


def storable(said: str, most: int) -> str:
    """The beginning of a text from anywhere, without what no database keeps: NUL and halves of characters."""
    return said[:most].replace("\0", "").encode("utf-8", "replace").decode()


def moment(at: datetime) -> str:
    """A moment in UTC with microseconds and Z; a time without a zone is taken as UTC."""
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return f"{at.year:04d}{at:-%m-%dT%H:%M:%S.%fZ}"  # %Y has no zeros in front everywhere


def instant(text: str) -> datetime:
    """The moment that `moment` wrote."""
    return datetime.fromisoformat(text)
