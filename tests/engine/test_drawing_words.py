"""How names are broken into lines: what fits is whole, and what does not is cut so that it shows."""

import re

from hypothesis import given
from hypothesis import strategies as st

from engine.drawing.geometry import arrow, polyline, roomy_leg
from engine.drawing.words import width_of, wrap


def test_lines_are_about_equally_long():
    assert wrap("Exclusive gateway 1", 100, 11) == ["Exclusive", "gateway 1"]
    assert wrap("Check the file", 200, 12) == ["Check the file"]
    assert wrap("", 100, 12) == wrap(" \n\t ", 100, 12) == []


def test_chinese_breaks_anywhere_but_not_at_punctuation():
    assert wrap("核对客户提交的资料", 60, 12) == ["核对客户提", "交的资料"]
    for line in wrap("您好，请确认（必填）：金额、日期。", 48, 12):
        assert line[0] not in "，）：、。"
        assert line[-1] != "（"


def test_what_is_too_long_is_cut_with_an_ellipsis():
    lines = wrap("one two three four five six seven eight", 40, 12, 2)
    assert len(lines) == 2 and lines[1].endswith("…")


@given(st.text(alphabet=st.sampled_from("ab MW，。（）客户 1-"), max_size=60), st.floats(30, 200))
def test_no_letter_is_lost_and_no_line_is_too_long(text, width):
    lines = wrap(text, width, 12)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        unbroken = re.fullmatch(r"(.?[，。）（-]*)+", line) is not None  # what punctuation holds together may be longer
        assert width_of(line, 12) <= width or unbroken


def test_lines_of_a_drawing():
    assert polyline([(0, 0), (10, 0)]) == "M0 0L10 0"
    assert polyline([(0, 0), (20, 0), (20, 20)], 5) == "M0 0L15 0Q20 0 20 5L20 20"
    assert arrow([(0, 0), (10, 0)], 9, 4) == [(1, 4), (10, 0), (1, -4)]
    assert roomy_leg([(0, 0), (90, 0), (90, 300), (140, 300)]) == ((90, 300), (140, 300))
    assert roomy_leg([(0, 0), (9, 0), (9, 300), (14, 300)]) == ((9, 0), (9, 300))
