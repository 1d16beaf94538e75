"""Buckets of durations: what they stand for is at most 5 % away, and sums do not depend on the order."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.insight.scale import BOUNDS, ERROR, LONGEST, SECOND, Histogram, bucket_of, value_of

AT_BOUNDS = st.sampled_from(BOUNDS).flatmap(lambda bound: st.integers(bound - 1, bound + 1))
DURATIONS = st.integers(0, LONGEST) | AT_BOUNDS.map(
    lambda duration: min(duration, LONGEST)
)  # what is longer is not told
ROUNDED = 1 + 1e-12  # what lies on the bound may be rounded up


@given(DURATIONS)
@settings(max_examples=200)
def test_a_bucket_stands_for_what_is_in_it(milliseconds):
    found = value_of(bucket_of(milliseconds))
    assert found == 0 if milliseconds < SECOND else abs(found - milliseconds) <= ERROR * milliseconds + 1


@example([89946], 1)
@given(st.lists(DURATIONS, min_size=1), st.sampled_from([1, 10, 50, 90, 100]))
def test_percentiles(values, percent):
    true = sorted(values)[max(1, -(-percent * len(values) // 100)) - 1]
    found = Histogram.of(values).percentile(percent)
    assert abs(found - true) <= (ERROR * true * ROUNDED if true >= SECOND else SECOND)


@given(st.lists(DURATIONS), st.lists(DURATIONS))
def test_what_was_added_can_be_taken_out(ours, others):
    found = Histogram.of(ours)
    found.merge(Histogram.of(others))
    assert found.counts == Histogram.of([*others, *ours]).counts and found.n == len(ours) + len(others)
    found.merge(Histogram.of(others), -1)
    assert found.counts == Histogram.of(ours).counts == Histogram.read(found.plain()).counts


def test_what_is_longer_than_everything_is_in_the_last_bucket():
    assert bucket_of(10 * LONGEST) == len(BOUNDS) - 1 and Histogram().percentile(50) is None
