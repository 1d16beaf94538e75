"""The field dictionary's formats: pure checks of text. The engine takes them as JSON Schema formats by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from engine.clock import SystemClock

from .calendar import business_date

SYNTHETIC = "990000"  # an unassigned region: sample people have it, real ones cannot
LONGEST_EMAIL = 254

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?")
_ID_CARD = re.compile(r"[1-9][0-9]{16}[0-9Xx]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK = "10X98765432"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(f"[{_USCC_ALPHABET}]{{18}}")
_BANK_CARD = re.compile(r"[0-9]{16,19}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,17}")
_HK_MACAU_PERMIT = re.compile(r"[HM][0-9]{8,10}")
_TAIWAN_PERMIT = re.compile(r"[0-9]{8}")
_FUND_CODE = re.compile(r"[0-9]{6}")
_EMAIL_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_EMAIL_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LETTER = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
_NAME = re.compile(f"[{_LETTER}]([{_LETTER}· ]*[{_LETTER}])?")


def is_id_card(text: str, today: date, *, synthetic: bool = False) -> bool:
    """Whether this is an 18-digit resident identity number (GB 11643); a synthetic one only where it is allowed."""
    if not _ID_CARD.fullmatch(text) or (text.startswith(SYNTHETIC) and not synthetic):
        return False
    born = birth_date_of(text)
    return born is not None and born <= today and text[-1].upper() == id_check_digit(text)


def id_check_digit(number: str) -> str:
    """The check character of an identity number's first 17 digits."""
    return _ID_CHECK[sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False)) % 11]


def birth_date_of(id_number: str) -> date | None:
    """The birth date that an identity number holds, if it is a date."""
    try:
        return date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    except ValueError:
        return None


def is_uscc(text: str) -> bool:
    """Whether this is a unified social credit code (GB 32100)."""
    return bool(_USCC.fullmatch(text)) and text[-1] == uscc_check_digit(text)


def uscc_check_digit(code: str) -> str:
    """The check character of a credit code's first 17 characters."""
    total = sum(_USCC_ALPHABET.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17]))
    return _USCC_ALPHABET[-total % 31]


def is_mobile(text: str) -> bool:
    """Whether this is a mainland mobile number."""
    return bool(_MOBILE.fullmatch(text))


def is_landline(text: str) -> bool:
    """Whether this is a mainland landline with area code, perhaps with an extension."""
    return bool(_LANDLINE.fullmatch(text))


def is_bank_card(text: str) -> bool:
    """Whether this is a card number of 16 to 19 digits with a right check digit."""
    return bool(_BANK_CARD.fullmatch(text)) and luhn(text)


def luhn(digits: str) -> bool:
    """Whether the last digit is the Luhn check digit of the others."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_email(text: str) -> bool:
    """Whether this is an address with one @ and a domain of at least two labels."""
    name, at, domain = text.partition("@")
    labels = domain.split(".")
    return (
        bool(at)
        and len(text) <= LONGEST_EMAIL
        and len(name) <= 64
        and bool(_EMAIL_NAME.fullmatch(name))
        and len(labels) >= 2
        and all(_EMAIL_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )


def is_person_name(text: str) -> bool:
    """Whether this is a name of 2 to 50 Han or Latin letters, with `·` or blanks between them and no digits."""
    return 2 <= len(text) <= 50 and bool(_NAME.fullmatch(text))


def is_fund_code(text: str) -> bool:
    """Whether this is a fund code of six digits, leading zeros included."""
    return bool(_FUND_CODE.fullmatch(text))


def is_other_id(text: str) -> bool:
    """Whether this is a passport or a permit of Hong Kong, Macau or Taiwan residents."""
    return any(shape.fullmatch(text) for shape in (_PASSPORT, _HK_MACAU_PERMIT, _TAIWAN_PERMIT))


def formats(*, synthetic: bool = False, today: Callable[[], date] | None = None) -> Mapping[str, Callable[[str], bool]]:
    """The JSON Schema formats of the domain; `synthetic` lets sample identity numbers in."""
    day = today or _today
    return {
        "cn-id": lambda text: is_id_card(text, day(), synthetic=synthetic),
        "uscc": is_uscc,
        "other-id": is_other_id,
        "cn-mobile": is_mobile,
        "cn-landline": is_landline,
        "cn-phone": lambda text: is_mobile(text) or is_landline(text),
        "bank-card": is_bank_card,
        "email": is_email,
        "person-name": is_person_name,
        "fund-code": is_fund_code,
    }


def _today() -> date:
    return business_date(SystemClock().now())


FORMATS = formats()
DEMO_FORMATS = formats(synthetic=True)
