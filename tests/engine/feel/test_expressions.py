"""Expressions: what they give, where they fail and with what advice, which names they need."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from engine.feel import (
    DEFAULT,
    Budget,
    ExpressionError,
    Language,
    Limits,
    Months,
    compile_expression,
    export,
    free_names,
    host_function,
)

DATA = {
    "amount": 12000,
    "risk": 3,
    "rate": 0.1,
    "tags": ["vip", "eu", None],
    "applicant": {"age": 34, "name": "Ann"},
    "items": [{"p": 40}, {"p": 70.5}],
    "none": None,
    "big": list(range(200)),
    "day": date(2026, 1, 31),
    "Full Name": "B",
    "unusable": object(),
    "deep": {"a": {"b": {"c": 1}, "list": [{"x": 1}, {"x": 2}], "unusable": object()}},
}
VALUES = [
    ("1 + 2 * 3 - 4 / 2", 5),
    ("-2 ** 2", 4),
    ("2 ** 3 ** 2", 64),
    ("0.1 + 0.2 = 0.3", True),
    ("abs(-1234567890123456789012345678.125) = 1234567890123456789012345678.125", True),
    ("abs(null)", None),
    ('abs(duration("PT0S")) = duration("PT0S")', True),
    ('duration("P1M") * 2.5 = duration("P2M")', True),
    ("rate * 3 = 0.3", True),
    ("10 ** -5", Decimal("0.00001")),
    ("-10--5", -5),
    ("= amount", 12000),
    ("amount == 12000 and risk <> 2", True),
    ("amount >= 10000 and risk > 2 or false", True),
    ("not(risk > 5)", True),
    ("not risk > 5 and true", True),
    ("null and false", False),
    ("null and true", None),
    ("null or true", True),
    ("none = null", True),
    ("none + 1", None),
    ("none > 1", None),
    ("risk between 1 and 3", True),
    ("risk in (1, 3)", True),
    ("risk in [1..3]", True),
    ("risk in (1..3)", False),
    ("risk in ]1..3]", True),
    ("risk in (< 2, > 2)", True),
    ("risk not in [1, 2]", True),
    ("risk in [1, 3] and amount > 1", True),
    ('if risk > 2 then "a" else "b"', "a"),
    ("for x in [1, 2] return x * 2", [2, 4]),
    ("for x in 1..2, y in [10, 20] return x + y", [11, 21, 12, 22]),
    ("for x in 3..1 return x", [3, 2, 1]),
    ("some x in items satisfies x.p > 60", True),
    ("every x in items satisfies x.p > 60", False),
    ("items[p > 50][1].p", Decimal("70.5")),
    ("items.p", [40, Decimal("70.5")]),
    ("sum(items.p)", Decimal("110.5")),
    ("items[-1].p", Decimal("70.5")),
    ("items[5]", None),
    ("big[item > 197]", [198, 199]),
    ("items[some q in [40] satisfies q = p].p", [40]),
    ("for p in [1] return items[p > 50].p", [[Decimal("70.5")]]),
    ("applicant.age", 34),
    ('applicant["age"]', 34),
    ("{a: 1, b: [1, 2]}.b[2]", 2),
    ("[]", []),
    ("{}", {}),
    ('date("2026-01-31") + @"P1M"', date(2026, 2, 28)),
    ('day - @"2026-01-01"', timedelta(days=30)),
    ('@"P1D" * 1.5', timedelta(hours=36)),
    ('@"P1D" / @"PT6H"', 4),
    ("day.weekday", 6),
    ('@"P1Y6M".years', 1),
    ('years and months duration(date("2020-01-31"), day)', Months(72)),
    ('string(@"P1DT2H")', "P1DT2H"),
    ('string(@"-PT0.5S")', "-PT0.5S"),
    ("string(1.50)", "1.5"),
    ("string(1200)", "1200"),
    ('number("1,200.5", ",", ".")', Decimal("1200.5")),
    ('substring("foobar", -3, 2)', "ba"),
    ('string join(split("a,b", ","), "-")', "a-b"),
    ('upper case("a")', "A"),
    ('replace("aXb", "X", "-")', "a-b"),
    ("round half up(2.5, 0)", 3),
    ("round(2.5)", 2),
    ("decimal(1 / 3, 2)", Decimal("0.33")),
    ("modulo(-5, 3)", 1),
    ("min(3, 1, 2)", 1),
    ("max([3, 1])", 3),
    ("median(1, 2, 3, 4)", Decimal("2.5")),
    ("mean([1, 2])", Decimal("1.5")),
    ("distinct values([1, 2, 1])", [1, 2]),
    ("flatten([[1, [2]], 3])", [1, 2, 3]),
    ("sort([3, 1, 2])", [1, 2, 3]),
    ("index of([1, 2, 1], 1)", [1, 3]),
    ("list contains(tags, null)", True),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("concatenate([1], [2])", [1, 2]),
    ("union([1], [1, 2])", [1, 2]),
    ("remove([1, 2], 1)", [2]),
    ("sublist([1, 2, 3], 2)", [2, 3]),
    ("count(tags)", 3),
    ("all(true, null)", None),
    ("any(false, true)", True),
    ("get or else(none, 1)", 1),
    ("is defined(applicant.age)", True),
    ("is defined(applicant.x)", False),
    ("is defined(nothing)", False),
    ("is defined(nothing.at.all)", False),
    ("is defined(applicant.age.years)", False),
    ("is defined(applicant.x.y)", False),
    ("is defined(none)", False),
    ("is defined(none.x)", False),
    ("is defined(day.year)", True),
    ("is defined(items.p)", True),
    ("is defined(items.q)", False),
    ("is defined(unusable)", False),
    ("items[is defined(p)][1].p", 40),
    ("items[is defined(q)]", []),
    ("items[is defined(item.p)][2].p", Decimal("70.5")),
    ("items[is defined(risk)][1].p", 40),
    ("for risk in [null] return is defined(risk)", [False]),
    ("for r in [1] return items[is defined(r)][1].p", [40]),
    ('if is defined(nothing) then nothing else "-"', "-"),
    ('if is defined(applicant.name) then applicant.name else "-"', "Ann"),
    ('list contains(tags, "vip")', True),
    ('if list contains(tags, "no") then "a" else if risk = 3 then "b" else "c"', "b"),
    ("none.x", None),
    ("deep.a.b.c", 1),
    ("deep.a.b.c + deep.a.b.c", 2),
    ("count(deep.a.list.x)", 2),
    ("odd(3)", True),
    ("abs(-2)", 2),
    ("sqrt(16)", 4),
    ("floor(-1.5)", -2),
    ("ceiling(1.5)", 2),
    ('"a" + "b"', "ab"),
    ('"\\u00e9\\n"', "é\n"),
    ("1 /* c */ + 1 // d", 2),
    ("today()", date(2026, 5, 4)),
    ('"x" in ["x", "y"]', True),
]


@pytest.mark.parametrize(("source", "expected"), VALUES)
def test_value(source, expected):
    assert compile_expression(source).evaluate(DATA, now=datetime(2026, 5, 4, tzinfo=UTC)) == expected


ERRORS = [
    ("amout > 3", 1, "unknown name amout; did you mean amount?"),
    ("1 +", 4, "the expression ends too early"),
    ("1 +\n  amout", 3, "unknown name amout"),
    ("applicant.agee", 11, "there is no field agee; did you mean age?"),
    ("amount.real", 8, "number has no field real"),
    ("deep.a.b.d", 10, "there is no field d"),
    ("deep.a.b.c.d", 12, "number has no field d"),
    ("1 + deep.a.unusable", 5, "a value of type object cannot be used"),
    ('amount > "3"', 8, "cannot compare number with text"),
    ('amount = "3"', 8, "cannot compare number with text"),
    ("uper case(tags)", 1, "unexpected"),
    ("uper(tags)", 1, "unknown function uper"),
    ("sum()", 1, "sum takes 1 to 99 arguments, not 0"),
    ("1 / 0", 3, "division by zero"),
    ("0 / 0", 3, "division by zero"),
    ("true + 1", 6, "cannot compute true/false + number"),
    ("amount and true", 8, "and needs true/false, not number"),
    ("applicant.age()", 11, "there are no methods"),
    ("__class__", 1, "names may not start with _"),
    ("'a", 1, "text is not closed"),
    ("a # b", 3, "unexpected character '#'"),
    ("(1", 3, "expected ) but found the end"),
    ("9 ** 9999 ", 3, "number out of range"),
    ("[1..true]", 1, "cannot compare number with true/false"),
    ("upper case(1)", 1, "upper case needs a text, not number"),
    ('date("2026-02-30")', 1, "is not a date"),
    ('replace("a", ".", "")', 1, "patterns are not supported"),
    ("lambda", 1, "unexpected word lambda"),
    ("today()", 1, "the time is not known"),
    ("1 1", 3, "unexpected 1"),
    ("host", 1, "a value of type object cannot be used"),
    ("if amount then 1 else 2", 1, "if needs true/false"),
    ("for x in 1..1.5 return x", 1, "whole numbers"),
]


@pytest.mark.parametrize(("source", "column", "message"), ERRORS)
def test_error_says_where(source, column, message):
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source).evaluate({**DATA, "host": object()})
    if message != "unexpected":
        assert message in caught.value.message
    assert caught.value.column == (column if message != "unexpected" else caught.value.column)
    assert caught.value.source == source
    assert caught.value.line == (2 if "\n" in source else 1)


def test_names_are_checked_at_compile_time():
    with pytest.raises(ExpressionError, match="did you mean amount"):
        compile_expression("amout > 3", names=frozenset({"amount"}))
    assert compile_expression("for x in amount return items[p = x and item.q]", names=frozenset({"amount", "items"}))


def test_free_names():
    found = free_names(compile_expression("for x in a, y in x.z return items[p = x and q] + b.c").tree)
    assert found.needed == {"a", "items", "b"}
    assert found.possible == {"p", "q"}


def test_names_behind_is_defined_are_guarded():
    found = free_names(
        compile_expression("if is defined(a.b) and a.c > 1 then a.d else e").tree,
        compile_expression("not(is defined(f)) or f = 1").tree,
        compile_expression("is defined(g) or g").tree,
        compile_expression("if not(is defined(h)) then h else i").tree,
        compile_expression("if is defined(j) or x then j else 0").tree,
    )
    assert found.guarded == {"a", "f"}
    assert found.needed == {"e", "g", "h", "i", "j", "x"}


def test_paths_that_are_read():
    found = free_names(compile_expression("a.b.c + (for x in d.e return x.f + g[h].i)").tree)
    assert found.paths == {("a", "b", "c"), ("d", "e"), ("g",), ("h",)}


def test_a_path_takes_over_only_its_end():
    data = {"a": {"b": 1, "big": list(range(10_000))}}
    assert compile_expression("a.b").evaluate(data, limits=Limits(fuel=10)) == 1
    with pytest.raises(ExpressionError, match="too much work"):
        compile_expression("a.big").evaluate(data, limits=Limits(fuel=10))


def test_names_of_several_words():
    names = frozenset({"Full Name", "Full", "amount"})
    assert compile_expression('"Hi " + Full Name', names=names).evaluate(DATA) == "Hi B"


def test_host_function():
    language = Language(host=(host_function("add days", lambda day, n: day + timedelta(days=int(n)), "date, number"),))
    assert compile_expression("add days(day, 1)", language).evaluate(DATA) == date(2026, 2, 1)
    assert compile_expression("add days(null, 1)", language).evaluate(DATA) is None
    for wrong in ("add days(day)", "add days(1, 1)", "add days(day, 99999999999)"):
        with pytest.raises(ExpressionError):
            compile_expression(wrong, language).evaluate(DATA)
    with pytest.raises(ExpressionError):
        compile_expression("add days(day, 1)", DEFAULT)


def test_timed_host_function():
    language = Language(
        host=(host_function("in days", lambda now, n: now + timedelta(days=int(n)), "number", timed=True),)
    )
    compiled = compile_expression("in days(1)", language)
    assert compiled.evaluate({}, now=datetime(2026, 5, 4, tzinfo=UTC)) == datetime(2026, 5, 5, tzinfo=UTC)
    with pytest.raises(ExpressionError, match="the time is not known here"):
        compiled.evaluate({})


def test_languages_with_functions_of_one_name_are_kept_apart():
    first, second = (Language(host=(host_function("rate", lambda n=n: n, ""),)) for n in (1, 2))
    assert compile_expression("rate()", first).evaluate({}) == 1
    assert compile_expression("rate()", second).evaluate({}) == 2
    assert compile_expression("rate()", first) is compile_expression("rate()", first)


def test_no_floats_come_out():
    value = compile_expression('{a: rate, b: [1e3, day, @"P1M"], c: -0}').evaluate(DATA)
    exported = export(value, Budget(Limits()))
    assert exported == {"a": Decimal("0.1"), "b": [1000, "2026-01-31", "P1M"], "c": 0}
    assert str(exported["b"][0]) == "1000" and str(exported["c"]) == "0"


def test_data_is_not_shared():
    data = {"a": {"b": [1]}}
    compile_expression("a").evaluate(data)["b"].append(2)
    assert data == {"a": {"b": [1]}}


def test_holds():
    assert compile_expression("1 < 2").holds({}) is True
    with pytest.raises(ExpressionError, match="must be true or false"):
        compile_expression("null").holds({})
