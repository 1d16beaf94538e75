"""Paths read lazily say the same as paths into data that were taken over as a whole."""

from hypothesis import example, given
from hypothesis import strategies as st

from engine.feel import ExpressionError, compile_expression, compile_script

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["", "text"]), st.just(object()))
NAMES = st.sampled_from("abc")
DATA = st.dictionaries(
    NAMES, st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner), max_leaves=8)
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(".".join)


def outcome(source, data):
    try:
        return compile_script(source).run(data)["r"]
    except ExpressionError as error:
        return f"{error.message} at {error.column}"


def usable(value):
    """Data without what no expression can hold."""
    if isinstance(value, dict):
        return {name: usable(item) for name, item in value.items()}
    if isinstance(value, list):
        return [usable(item) for item in value]
    return None if type(value) is object else value


@given(DATA, PATHS)
@example({"a": {"b": [{"c": 1}, {"c": 2}]}}, "a.b.c")
@example({"a": {"b": None}}, "a.b.c")
@example({"a": {"bb": 1}}, "a.b")
def test_a_lazy_path_says_the_same(data, path):
    data = usable(data)
    root = path[0]
    whole = f"{root} = {root}\nr = {path}"
    if root in data:
        assert outcome(f"r = {path}", data) == outcome(whole, data)
    else:
        assert outcome(f"r = {path}", data).startswith(f"unknown name {root}")


@given(DATA, PATHS)
def test_is_defined_is_whether_a_value_can_be_read(data, path):
    try:
        there = compile_expression(path).evaluate(data) is not None
    except ExpressionError:
        there = False
    assert compile_expression(f"is defined({path})").evaluate(data) is there
    assert compile_expression(f"[1][is defined({path})]").evaluate(data) == ([1] if there else [])
    assert compile_expression(f"for x in [1] return is defined({path})").evaluate(data) == [there]
