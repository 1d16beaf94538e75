"""Scripts: lines of assignments, all of them or none."""

from decimal import Decimal

import pytest

from engine.feel import ExpressionError, compile_script, script_names


def test_lines():
    data = {"a": 1, "c": {"x": {"y": 1}, "z": 2}}
    assert compile_script("b = a + 1\nc.x.y = b; c.w = c.z\n\nd.e = [b]").run(data) == {
        "b": 2,
        "c": {"x": {"y": 2}, "z": 2, "w": 2},
        "d": {"e": [2]},
    }
    assert data == {"a": 1, "c": {"x": {"y": 1}, "z": 2}}


def test_times_stay_times_between_lines():
    assert compile_script('d = date("2026-01-01")\ne = d + @"P1D"').run({}) == {"d": "2026-01-01", "e": "2026-01-02"}


def test_contexts_are_not_shared():
    assert compile_script("b = a\nb.x = 2").run({"a": {"x": 1}}) == {"b": {"x": 2}}
    assert compile_script("a.x = 1\nb = a\nb.x = 2").run({}) == {"a": {"x": Decimal(1)}, "b": {"x": 2}}


def test_a_path_is_read_as_it_stands_after_an_assignment():
    data = {"a": {"x": 1, "y": 2}}
    assert compile_script("b = a.x\na.x = 5\nc = a.x + a.y").run(data) == {"b": 1, "a": {"x": 5, "y": 2}, "c": 7}


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("a = 1\nb = a.x", 2, "number has no field x"),
        ("a = 1 b = 2", 1, "put each assignment on its own line"),
        ("a = 1\nb =", 2, "ends too early"),
        ("count = 1", 1, "function name"),
        ("a = 1\na.b = 2", 2, "a is no context but a number"),
        ("if = 1", 1, "expected a name"),
        ("_a = 1", 1, "may not start with _"),
        ("a = [1..2]", 1, "cannot be stored"),
        ("a.__class__ = 1", 1, "may not start with _"),
        ("a = 10 ** 40", 1, "too large to store"),
    ],
)
def test_a_failure_changes_nothing(source, line, message):
    data = {"z": 1}
    with pytest.raises(ExpressionError) as caught:
        compile_script("z = 2\n" + source).run(data)
    assert message in caught.value.message and caught.value.line == line + 1
    assert data == {"z": 1}


def test_names():
    assert compile_script("a = 1\nb = a", names=frozenset())
    with pytest.raises(ExpressionError, match="unknown name c"):
        compile_script("a = c", names=frozenset())
    needed, assigned = script_names(compile_script("a = c\nb.x = a + d").tree)
    assert needed.needed == {"c", "d"} and assigned == {"a", "b"}
