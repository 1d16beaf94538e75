"""Faults of the data: what is read is not there, is of another kind, or never what it is compared with."""

from ..bundles import AND, END, START, XOR, ask, bundle, decide, el, form, script, simple, table

TOPIC = {"type": "string", "enum": ["LOAN", "CARD"]}
ASKED = form(("amount", "topic", "urgent"), topic=TOPIC, urgent={"type": "boolean"}, note={"type": "string"})


def chosen(condition, *more, ways="", default=True, **files):
    """A task, and a choice by a condition."""
    last = "x > end : default" if default else "x > end : amount &lt; 3"
    nodes = [START, ask("a"), el(XOR, "x"), ask("b", form="forms/b.json", variable="b"), *more, END]
    return bundle(
        nodes,
        f"start > a > x\nx > b : {condition}\n{last}\nb > end{ways}",
        **{"ask_json": ASKED, "b_json": form(), **files},
    )


def computed(line):
    """A task, and a script."""
    return simple(ask("a"), script("s", line), ways="start > a > s > end", ask_json=ASKED)


def decided(rows, policy="UNIQUE", column="amount"):
    """A task, and a table."""
    files = {"grade_dmn": table(rows=rows, policy=policy, column=column)}
    return simple(ask("a"), decide("d", "grade"), ways="start > a > d > end", ask_json=ASKED, **files)


FAULTY = {
    "a name misspelt": lambda: (chosen("amuont > 10"), "unknown-name", "x_b"),
    "a field that only a later form has": lambda: (
        bundle(
            [START, ask("a"), script("s", "z = later"), ask("b", form="forms/b.json"), END],
            "start > a > s > b > end",
            b_json=form(later={"type": "number"}),
        ),
        "name-not-written",
        "s",
    ),
    "a field that may be left empty": lambda: (chosen('note = "x"'), "name-maybe-missing", "x_b"),
    "a fact that only one of two ways brings": lambda: (
        bundle(
            [START, ask("a"), el(XOR, "x"), script("w", "late = 1"), el(XOR, "y"), script("s", "z = late"), END],
            "start > a > x\nx > w : amount > 10\nx > y : default\nw > y > s > end",
        ),
        "name-maybe-missing",
        "s",
    ),
    "text held against a number": lambda: (chosen("amount = topic"), "kinds-differ", "x_b"),
    "yes or no held against a number": lambda: (chosen("urgent > 3"), "kinds-differ", "x_b"),
    "a text that is to decide": lambda: (chosen("topic"), "kinds-differ", "x_b"),
    "a text that is added to a number": lambda: (computed("total = amount + topic"), "kinds-differ", "s"),
    "a number where a text is needed": lambda: (computed("short = upper case(amount)"), "kinds-differ", "s"),
    "a choice that the form does not have": lambda: (chosen('topic = "LOANS"'), "value-never", "x_b"),
    "a row for a choice that the form does not have": lambda: (
        decided([('"LOAN"', "1"), ('"CRAD"', "2"), ("-", "3")], "FIRST", "topic"),
        "value-never",
        "d",
    ),
    "a name that is a number first and a text later": lambda: (
        simple(ask("a"), script("s", 'amount = "much"'), ways="start > a > s > end"),
        "kinds-mixed",
        "s",
    ),
    "a condition that contradicts itself": lambda: (
        chosen("amount > 10 and amount &lt; 5"),
        "condition-never-holds",
        "x_b",
    ),
    "a choice without all the rest": lambda: (chosen("amount > 10", default=False), "no-default", "x"),
    "two writers at one time": lambda: (
        bundle([START, el(AND, "s"), ask("a"), ask("b"), el(AND, "j"), END], "start > s > a > j > end\ns > b > j"),
        "parallel-writes",
        "b",
    ),
    "a table with a gap": lambda: (decided([("> 100", "1"), ("< 100", "2")]), "rows-missing", "grade"),
    "a table without one of the choices": lambda: (decided([('"LOAN"', "1")], column="topic"), "rows-missing", "grade"),
    "a table of which two rows hit": lambda: (
        decided([("> 10", "1"), ("<= 10", "2"), ("[50..60]", "3")]),
        "rows-overlap",
        "grade_r3",
    ),
    "a row that another one hides": lambda: (
        decided([("> 10", "1"), ("> 20", "2"), ("-", "3")], "FIRST"),
        "row-never-hit",
        "grade_r2",
    ),
}
