"""Intervals: by the numbers of the literature, and by how often they hold what they should."""

from random import Random

import pytest

from engine.insight import figures
from engine.insight.scale import ERROR, Histogram

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (29, 29, 0.883, 1.0)],
)
def test_shares_as_newcombe_prints_them(count, n, low, high):
    found = figures.share(count, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high) and found.value == count / n


def test_a_share_of_nothing():
    assert figures.share(0, 0) is None


def test_differences_as_newcombe_prints_them():
    found = figures.difference(figures.share(56, 70), figures.share(48, 80))
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339) and found.sure
    assert not figures.difference(figures.share(5, 10), figures.share(6, 10)).sure


def test_the_median_of_few_is_not_said():
    assert figures.median(Histogram.of([HOUR] * 5)) is None
    assert figures.median(Histogram.of([HOUR] * 30)) is not None


def test_medians_are_held_as_often_as_promised():
    chance, held = Random(3), 0
    for _ in range(300):
        values = [int(chance.expovariate(1 / HOUR)) for _ in range(60)]
        found = figures.median(Histogram.of(values))
        held += found.low * (1 - ERROR) <= 0.6931 * HOUR <= found.high * (1 + ERROR)
    assert held >= 0.93 * 300


def test_medians_are_apart_only_where_their_intervals_are():
    short, long = ([HOUR * times] * 40 for times in (1, 2))
    one, other = (figures.median(Histogram.of(values)) for values in (short, long))
    assert figures.apart(one, other) and not figures.apart(one, one)
