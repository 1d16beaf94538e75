"""Sample customers in the shape of a real book: ages, classes and tiers by quota, and the edges that break software.

Identity numbers begin with 990000, which no region has; mobiles begin with 1990000; mail goes to domains of no one.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from ..customers.model import Customer, CustomerId
from ..validators import SYNTHETIC, id_check_digit, uscc_check_digit
from .texts import read

AGES = ((18, 25, 12), (26, 35, 34), (36, 45, 26), (46, 55, 15), (56, 64, 8), (65, 84, 5))  # from, to, per cent
CLASSES = (("C1", 12), ("C2", 24), ("C3", 34), ("C4", 21), ("C5", 9))
TIERS = (("mass", 92), ("gold", 7), ("vip", 1))
EXPIRED = 8  # per cent whose risk assessment has run out


def customers(random: Random, today: date, count: int = 60) -> list[Customer]:
    """So many customers as of a day; the same random numbers make the same people."""
    made: list[Customer] = []
    for number, wanted in enumerate(_wanted(random, count), start=1):
        made.append(_customer(random, today, number, wanted, made))
    return made


def _wanted(random: Random, count: int) -> Iterator[dict[str, Any]]:
    edges = read("edges")
    yield from edges[:count]
    rest = max(count - len(edges), 0)
    ages = _quota(random, [(span, share) for *span, share in AGES], rest)
    classes = _quota(random, list(CLASSES), rest)
    tiers = _quota(random, list(TIERS), rest)
    names = read("names")
    for age, risk_class, tier in zip(ages, classes, tiers, strict=True):
        family, family_latin = random.choice(names["family"])
        sex = random.choice("FM")
        given, given_latin = random.choice(names["women" if sex == "F" else "men"])
        yield {
            "name": family + given,
            "name_latin": f"{family_latin} {given_latin}",
            "sex": sex,
            "age": random.randint(*age),
            "risk_class": risk_class,
            "tier": tier,
        }


def _quota(random: Random, shares: list[tuple[Any, int]], count: int) -> list[Any]:
    """A shuffled list of `count` values in these shares."""
    total, filled, values = sum(share for _, share in shares), 0, list[Any]()
    for value, share in shares:
        filled += share
        values += [value] * (round(count * filled / total) - len(values))
    random.shuffle(values)
    return values


def _customer(random: Random, today: date, number: int, wanted: dict[str, Any], made: list[Customer]) -> Customer:
    institution = wanted.get("kind") == "institution"
    sex: str | None = wanted.get("sex")
    born = None if institution else _birthday(random, today, wanted)
    shared = wanted.get("shares_mobile_with")
    latin: str = wanted["name_latin"]
    id_type, id_number = _document(number, sex, born, wanted)
    return Customer(
        id=CustomerId(f"C{number:06d}"),
        kind="institution" if institution else "person",
        name=wanted["name"],
        name_latin=latin,
        sex=sex,
        id_type=id_type,
        id_number=id_number,
        id_valid_to=today + timedelta(days=wanted.get("id_valid_days", random.randint(200, 6000))),
        mobile=made[shared].mobile if shared is not None else f"1990000{random.randint(0, 99):02d}{number:02d}",
        email=_email(random, latin, number),
        birth_date=born,
        language=wanted.get("language", "zh"),
        risk_class=None if institution else wanted.get("risk_class", "C3"),
        lowest_class=wanted.get("lowest_class", False),
        assessment_valid_to=None if institution else today + timedelta(days=_assessment(random, wanted)),
        professional=wanted.get("professional", False),
        tier=wanted.get("tier", "mass"),
        vulnerable=tuple(wanted.get("vulnerable", ())),
        service_consent=wanted.get("service_consent", True),
        marketing_consent=wanted.get("marketing_consent", random.random() < 0.6),
        card_token=f"tok_{random.getrandbits(64):016x}",
        card_masked=f"6222 **** **** {random.randint(0, 9999):04d}",
        since=today - timedelta(days=random.randint(40, 365 * (6 if born and today.year - born.year < 30 else 12))),
        status=wanted.get("status", "ACTIVE"),
    )


def _birthday(random: Random, today: date, wanted: dict[str, Any]) -> date:
    days = wanted.get("birthday_in")
    if days is None:
        return today - timedelta(days=int(wanted["age"] * 365.2425) + random.randint(5, 350))
    coming = today + timedelta(days=days)
    return date(coming.year - wanted["age"], coming.month, min(coming.day, 28))


def _assessment(random: Random, wanted: dict[str, Any]) -> int:
    if "assessment_days" in wanted:
        return int(wanted["assessment_days"])
    return -random.randint(3, 200) if random.random() * 100 < EXPIRED else random.randint(15, 365)


def _document(number: int, sex: str | None, born: date | None, wanted: dict[str, Any]) -> tuple[str, str]:
    if born is None:
        code = f"91{SYNTHETIC}MADEM{number:04d}"
        return "USCC", code + uscc_check_digit(code)
    if wanted.get("foreign"):
        return "PASSPORT", f"E{99000000 + number}"
    digits = f"{SYNTHETIC}{born:%Y%m%d}{2 * number + (sex == 'M'):03d}"
    return "ID_CARD", digits + id_check_digit(digits)


def _email(random: Random, latin: str, number: int) -> str | None:
    if random.random() < 0.3 and number > 9:
        return None
    word = "".join(sign for sign in latin.lower() if sign.isalpha() and sign.isascii())
    return f"{word[:24]}{number}@mail.example"
