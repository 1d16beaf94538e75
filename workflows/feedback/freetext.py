"""Free text as it may be kept: without control characters, not too long, and with numbers of people masked. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable

from ..customers.masking import mask_card, mask_email, mask_id, mask_phone

LONGEST = 4000
_DIGITS = re.compile(r"\D")
_BLANKS = re.compile(r"[\W_]+")

# What is looked for, the longest numbers first; digits may stand in groups. Each with how it is shown.
_PERSONAL: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (
        re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}[ -]?\d{8}[ -]?\d{3}[0-9Xx](?![0-9A-Za-z])"),
        lambda found: mask_id(re.sub(r"[ -]", "", found).upper()),
    ),
    (
        re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)"),
        lambda found: mask_card(_DIGITS.sub("", found)),
    ),
    (
        re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"),
        lambda found: mask_phone(_DIGITS.sub("", found)[-11:]),
    ),
    (re.compile(r"(?<!\d)0\d{2,3}-?\d{7,8}(?!\d)"), mask_phone),
    (re.compile(r"(?<![0-9A-Za-z])[A-Z]{1,2}\d{7,10}(?![0-9A-Za-z])"), mask_id),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII), mask_email),
)


def masked(text: str) -> str:
    """A text as it is kept: normal characters, at most so many, and no number by which somebody is found."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", text) if one in "\n\t" or one.isprintable())
    for pattern, shown in _PERSONAL:
        plain = pattern.sub(lambda found, shown=shown: shown(found[0]), plain)  # type: ignore[misc]
    return plain.strip()[:LONGEST]


def fingerprint(text: str) -> str:
    """The same for texts that differ in blanks, punctuation and case alone; empty for one without letters."""
    letters = _BLANKS.sub("", text).lower()
    return hashlib.sha256(letters.encode()).hexdigest() if letters else ""
