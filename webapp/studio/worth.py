"""What is worth a change, and whether one version does better than another: only what the numbers say for sure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from engine.insight import Interval, Part, Tally, figures

from .quantities import lasted, percent

HINTED = 5  # cases, under which nothing is called worth a change
OFTEN = 0.05  # of the cases come back, from where on it is worth a change


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An element or flow with its figures and, of an element, what is open there."""

    id: str
    name: str
    part: Part
    people: bool = False
    open: int = 0
    overdue: int = 0
    incidents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Something worth a change, and the element that it is about."""

    text: str
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure of two versions, and what can be said of their difference."""

    name: str
    old: str
    new: str
    verdict: str
    tone: str = ""


def hints(rows: Sequence[Row]) -> Iterator[Hint]:
    """What is worth a change: where people's tasks wait longest, what comes back, where too much is late."""
    waiting = [row for row in rows if row.people and row.part.waiting.n >= HINTED]
    if waiting:
        row = max(waiting, key=lambda one: one.part.waiting.percentile(50) or 0)
        half, most = (lasted(row.part.waiting.percentile(percent)) for percent in (50, 90))
        said = {"name": row.name, "half": half, "most": most, "n": f"{row.part.waiting.n:,}"}
        text = _("%(name)s waits longest: half of %(n)s tasks waited over %(half)s, one in ten over %(most)s.", **said)
        yield Hint(text=text, element=row.id)
    back = [row for row in rows if row.people and row.part.cases >= HINTED]
    back = [row for row in back if row.part.again >= OFTEN * row.part.cases]
    for row in sorted(back, key=lambda one: (-one.part.again / one.part.cases, one.id))[:2]:
        said = {"name": row.name, "count": f"{row.part.again:,}", "n": f"{row.part.cases:,}"}
        share = percent(row.part.again / row.part.cases)
        yield Hint(
            text=_("%(share)s come back to %(name)s: %(count)s of %(n)s cases.", share=share, **said), element=row.id
        )
    late = max(rows, key=lambda one: one.overdue, default=None)
    if late is not None and late.overdue:
        said = {"name": late.name, "n": f"{late.open:,}"}
        text = ngettext(
            "%(num)s of %(n)s open tasks of %(name)s is overdue.",
            "%(num)s of %(n)s open tasks of %(name)s are overdue.",
            late.overdue,
            **said,
        )
        yield Hint(text=text, element=late.id)


def measures(old: Tally, new: Tally) -> Iterator[Measure]:
    """A version against another: the median, what was on time, what came back."""
    yield _medians(old, new)
    yield _shares(_("On time"), (old.on_time, old.timed), (new.on_time, new.timed), more_is_better=True)
    yield _shares(_("Came back"), (old.again, old.cases), (new.again, new.cases), more_is_better=False)


def _medians(old: Tally, new: Tally) -> Measure:
    was, now = figures.median(old.time), figures.median(new.time)
    texts = [_within(one, tally) for one, tally in ((was, old), (now, new))]
    if was is None or now is None or min(old.cases, new.cases) < figures.FEW:
        verdict, tone = _("not enough cases"), ""
    elif not figures.apart(was, now):
        verdict, tone = _("no difference that is certain"), ""
    else:
        faster = now.value < was.value
        verdict, tone = (_("faster"), "ok") if faster else (_("slower"), "bad")
    return Measure(name=_("Median time"), old=texts[0], new=texts[1], verdict=verdict, tone=tone)


def _within(found: Interval | None, tally: Tally) -> str:
    """A median with its bounds and the number of cases."""
    if found is None:
        return _("%(value)s, n = %(n)s", value=lasted(tally.time.percentile(50)), n=f"{tally.cases:,}")
    said = {"value": lasted(found.value), "low": lasted(found.low), "high": lasted(found.high)}
    return _("%(value)s (%(low)s to %(high)s), n = %(n)s", n=f"{tally.cases:,}", **said)


def _shares(name: str, old: tuple[int, int], new: tuple[int, int], *, more_is_better: bool) -> Measure:
    was, now = figures.share(*old), figures.share(*new)
    texts = [_between(one, n) for one, (_count, n) in ((was, old), (now, new))]
    verdict, tone = _("not enough cases"), ""
    if was is not None and now is not None and min(old[1], new[1]) >= figures.FEW:
        found = figures.difference(now, was)
        verdict = _("no difference that is certain")
        if found.sure:
            said = {"value": points(found.value), "low": points(found.low), "high": points(found.high)}
            verdict = _("%(value)s points (%(low)s to %(high)s)", **said)
            tone = "ok" if (found.value > 0) is more_is_better else "bad"
    return Measure(name=name, old=texts[0], new=texts[1], verdict=verdict, tone=tone)


def points(share: float) -> str:
    """A difference of shares in points, with its sign."""
    return f"{share * 100:+.1f}".replace("-", "\N{MINUS SIGN}")


def _between(found: Interval | None, n: int) -> str:
    if found is None:
        return _("%(value)s, n = %(n)s", value="–", n="0")
    said = {"value": percent(found.value), "low": percent(found.low), "high": percent(found.high)}
    return _("%(value)s (%(low)s to %(high)s), n = %(n)s", n=f"{n:,}", **said)
