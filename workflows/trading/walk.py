"""The sample price path: a geometric random walk, the same for everybody, whoever asks first. It knows no database.

The step of a day depends on the fund and the day alone, so that a path can be continued at any time.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import exp, sqrt
from random import Random

from ..funds.model import Fund

PLACES = Decimal("0.0001")
FACE_VALUE = Decimal("1.0000")  # yuan a share while a fund is raised
YEAR = 242  # trading days
SIGMA = {"R1": 0.002, "R2": 0.02, "R3": 0.08, "R4": 0.20, "R5": 0.30}  # of a year
LEAST = Decimal("0.0500")  # no sample fund becomes worthless


def first(fund: Fund) -> Decimal:
    """The net asset value with which a fund's sample path begins."""
    if fund.risk == "R1":
        return FACE_VALUE
    return Decimal(Random(f"nav {fund.code}").uniform(0.8, 2.4)).quantize(PLACES, ROUND_HALF_UP)


def following(fund: Fund, nav: Decimal, day: date) -> Decimal:
    """The net asset value on a day, after the one on the trading day before."""
    sigma = SIGMA[fund.risk] / sqrt(YEAR)
    step = exp(sigma * Random(f"nav {fund.code} {day.isoformat()}").gauss(0, 1) - sigma * sigma / 2)
    return max((nav * Decimal(step)).quantize(PLACES, ROUND_HALF_UP), LEAST)
