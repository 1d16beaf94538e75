"""Expressions that are mostly valid: strategies by the kind of value that they mean to give."""

from hypothesis import strategies as st

DATA = {
    "amount": 12000,
    "rate": 0.1,
    "none": None,
    "flag": True,
    "name": "Zhang \U0001f40e",
    "day": "2026-01-31",
    "tags": ["vip", None, "eu"],
    "numbers": [3, 1, 2.50, None],
    "items": [{"p": 40, "q": {"r": "x"}}, {"p": 70.5, "q": None}],
    "applicant": {"age": 34, "n": None, "list": [1]},
    "nested": [[1], [[2]]],
    "odd name": 1,
    "huge": 10**33,
}
FEW = st.integers(0, 5)


def joined(template, *parts):
    """A text with parts in it."""
    return st.tuples(*parts).map(lambda found: template.format(*found))


def calls(names, *arguments):
    """One of some functions over these arguments."""
    return st.tuples(st.sampled_from(names), *arguments).map(lambda found: f"{found[0]}({', '.join(found[1:])})")


numbers = st.deferred(
    lambda: st.one_of(
        st.integers(-3, 20).map(str),
        st.sampled_from(
            ["0.5", "1.50", "1e3", "amount", "rate", "applicant.age", "items[1].p", "huge", "none", "9e33"]
        ),
        joined("({} {} {})", numbers, st.sampled_from(["+", "-", "*", "/", "**"]), numbers),
        joined("-{}", numbers),
        joined("(if {} then {} else {})", truths, numbers, numbers),
        calls(["abs", "floor", "ceiling", "sqrt", "round"], numbers),
        calls(["decimal", "modulo", "round half up", "round down"], numbers, FEW.map(str)),
        calls(["sum", "min", "max", "mean", "median", "count"], lists),
        calls(["string length"], texts),
        joined("{}[{}]", lists, numbers),
        calls(["number"], texts),
    )
)
texts = st.deferred(
    lambda: st.one_of(
        st.sampled_from(['"a"', '""', '"1.50"', '"\\u4e2d"', "name", "day", "tags[1]", "items[1].q.r", "none"]),
        joined("({} + {})", texts, texts),
        calls(["upper case", "lower case"], texts),
        calls(["substring"], texts, numbers),
        calls(["substring before", "substring after"], texts, texts),
        calls(["replace"], texts, texts, texts),
        calls(["string join"], lists, texts),
        calls(["string"], st.one_of(numbers, truths, times)),
    )
)
truths = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["true", "false", "null", "flag", "is defined(items)", "is defined(applicant.x)"]),
        joined("({} {} {})", numbers, st.sampled_from(["<", "<=", "=", "!=", ">", ">="]), numbers),
        joined("({} = {})", texts, texts),
        joined("({} {} {})", truths, st.sampled_from(["and", "or"]), truths),
        joined("not({})", truths),
        joined("({} between {} and {})", numbers, numbers, numbers),
        joined("({} in {})", numbers, intervals),
        joined("({} in ({}))", numbers, tests),
        joined("({} x in {} satisfies {})", st.sampled_from(["some", "every"]), lists, truths),
        calls(["contains", "starts with", "ends with"], texts, texts),
        calls(["list contains"], lists, numbers),
        calls(["all", "any"], st.lists(truths, max_size=3).map(lambda found: f"[{', '.join(found)}]")),
    )
)
lists = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["numbers", "tags", "items", "items.p", "nested", "none", "[]"]),
        st.lists(numbers, max_size=4).map(lambda found: f"[{', '.join(found)}]"),
        joined("(for x in {} return {})", lists, st.one_of(numbers, texts, st.just("x"))),
        joined("(for x in {}..{}, y in {} return x)", FEW, FEW, lists),
        joined("{}[item > {}]", lists, numbers),
        calls(["sort", "flatten", "reverse", "distinct values"], lists),
        calls(["append", "remove", "sublist", "index of"], lists, numbers),
        calls(["concatenate", "union"], lists, lists),
        calls(["split"], texts, texts),
    )
)
times = st.deferred(
    lambda: st.one_of(
        st.sampled_from(['@"2026-01-31"', '@"2026-01-31T10:00:00Z"', '@"10:00:00"', "date(day)", "today()", "now()"]),
        st.sampled_from(['@"P1M"', '@"PT36H"', '@"P1D"', 'duration("P14M")']),
        joined("({} {} {})", times, st.sampled_from(["+", "-"]), times),
        joined("({} * {})", times, numbers),
        calls(["date", "duration", "time", "date and time"], st.one_of(texts, times)),
    )
)
intervals = joined("{}{}..{}{}", st.sampled_from("[(]"), numbers, numbers, st.sampled_from("])["))
tests = st.deferred(
    lambda: st.one_of(
        st.just("-"),
        joined("{} {}", st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), numbers),
        intervals,
        numbers,
        texts,
        joined("{}, {}", tests, tests),
        joined("not({})", tests),
        joined("? {} {}", st.sampled_from(["<", ">="]), numbers),
        joined("contains(?, {})", texts),
    )
)
contexts = joined("{{a: {}, b: {}}}", numbers, texts)
values = st.one_of(numbers, texts, truths, lists, times, contexts)
expressions = st.one_of(values, joined("{} = {}", values, values), joined("[{}, {}]", values, values))
scripts = st.lists(
    joined("{} = {}", st.sampled_from(["a", "b", "amount", "applicant.age", "c.d.e", "items"]), values), max_size=5
).map("\n".join)
results = st.one_of(numbers, texts, truths)
