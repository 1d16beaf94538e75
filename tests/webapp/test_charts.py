"""Lines through values: from edge to edge, the highest value above, and no division by nothing."""

from __future__ import annotations

import re
from decimal import Decimal

from webapp.charts import HEIGHT, WIDTH, line


def points(path):
    return [(Decimal(x), Decimal(y)) for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", path)]


def test_a_line_goes_from_edge_to_edge():
    found = points(line([(10, Decimal(1)), (15, Decimal(3)), (20, Decimal(2))]).path)
    assert [x for x, _ in found] == [0, WIDTH / 2, WIDTH]
    assert found[1][1] < found[2][1] < found[0][1]
    assert all(0 < y < HEIGHT for _, y in found)


def test_the_scale_holds_every_value():
    high, middle, low = line([(0, Decimal("1.2")), (1, Decimal("1.4"))]).scale
    assert low < Decimal("1.2") < middle < Decimal("1.4") < high and middle == Decimal("1.3")


def test_a_level_line_and_a_single_value_are_drawn():
    assert points(line([(0, Decimal(1)), (9, Decimal(1))]).path) == [(0, HEIGHT / 2), (WIDTH, HEIGHT / 2)]
    assert points(line([(5, Decimal(1))]).path) == [(0, HEIGHT / 2)]


def test_the_area_stands_on_the_foot():
    found = line([(0, Decimal(1)), (1, Decimal(2))])
    assert found.area.startswith(found.path) and found.area.endswith(f"L{WIDTH}.0 {HEIGHT}L0.0 {HEIGHT}Z")
