"""The funds that are sold: facts to answer with, never to be typed, and what their prices were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request

from engine.errors import NotFound
from workflows.funds import repository as funds
from workflows.funds.model import STATUSES, TYPES
from workflows.funds.performance import month_ends, performance
from workflows.trading import prices
from workflows.trading.prices import Price

from .. import here
from ..charts import line
from ..language import noop
from ..when import local
from . import domain
from .wording import LEVELS, worded

pages = Blueprint("funds", __name__, url_prefix="/funds")
PAGE = 50
PERIODS: Mapping[str, tuple[str, int]] = {
    "1m": (noop("1 month"), 31),
    "3m": (noop("3 months"), 92),
    "1y": (noop("1 year"), 366),
}  # name, and calendar days


@pages.get("")
def index() -> Any:
    """The funds that fit a text, or all of them."""
    text, words = request.args.get("q", "").strip()[:100], here.words()
    with domain().database.reading() as connection:
        found = funds.search(connection, text, limit=PAGE + 1, after=request.args.get("after"))
    shown = found[:PAGE]
    rows = [
        (
            one,
            one.name(words.lang),
            TYPES.get(one.type, {}).get(words.lang, one.type),
            worded(LEVELS, one.risk, words),
            STATUSES.get(one.status, {}).get(words.lang, one.status),
        )
        for one in shown
    ]
    later = shown[-1].code if len(found) > PAGE else None
    return render_template("domain/funds.html", rows=rows, text=text, later=later)


@pages.get("/<code>")
def show(code: str) -> Any:
    """One fund with the path of its prices."""
    words, today = here.words(), local(here.services().now()).date()
    period = request.args.get("period", "1y")
    period = period if period in PERIODS else "1y"
    with domain().database.reading() as connection:
        one = funds.get(connection, code)
        if one is None:
            raise NotFound
        year = prices.path(connection, code, today - timedelta(days=PERIODS["1y"][1]), today)
    path = _within(year, today, period)
    return render_template(
        "domain/fund.html",
        one=one,
        name=one.name(words.lang),
        type=TYPES.get(one.type, {}).get(words.lang, one.type),
        risk=worded(LEVELS, one.risk, words),
        status=STATUSES.get(one.status, {}).get(words.lang, one.status),
        period=period,
        periods=PERIODS,
        told=performance(path),
        chart=line([(price.date.toordinal(), price.nav) for price in path]) if len(path) > 1 else None,
        latest=year[-1] if year else None,
        months=month_ends(year),
    )


def _within(year: Sequence[Price], today: date, period: str) -> list[Price]:
    first = today - timedelta(days=PERIODS[period][1])
    return [price for price in year if price.date >= first]
