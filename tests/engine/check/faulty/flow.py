"""Faults of the flow: cases that hang, do things twice, go round for ever, or never come by."""

from ..bundles import (
    AND,
    END,
    EVENTS,
    OR,
    START,
    XOR,
    ask,
    bundle,
    call,
    el,
    event,
    form,
    message,
    messages,
    sub,
    timer,
)

ERROR = '<bpmn:errorEventDefinition errorRef="E"/>'
ERRORS = '<bpmn:error id="E" name="e" errorCode="e"/>'


def work(*ids):
    """User tasks that do not write the same."""
    return [ask(id, form=f"forms/{id}.json", variable=id) for id in ids]


def drawn(nodes, ways, roots="", start=START, end=END, **files):
    """A bundle of some elements between a start and an end."""
    forms = {f"{id}_json": form() for id in "abcdt" if any(f"forms/{id}.json" in node for node in nodes)}
    return bundle([start, *nodes, end], ways, roots, **{**forms, **files})


def inner(id, nodes, ways, **attributes):
    """A subprocess with a start `i` and an end `k`."""
    return sub(id, [el("startEvent", "i"), *nodes, el("endEvent", "k")], ways, **attributes)


LATE = event("boundaryEvent", "late", timer('"PT1H"'), attachedToRef="a")
BESIDE = event("boundaryEvent", "late", timer('"PT1H"'), attachedToRef="a", cancelActivity="false")
SPLIT = "start > o > s\ns > a : amount > 1\ns > b : default\n"
INSIDE = "i > s\ns > a : amount > 1\ns > b : amount &lt;= 1\na > j > k\nb > j"

FAULTY = {
    "a choice that a parallel gateway joins": lambda: (
        drawn([ask("o"), el(XOR, "s"), *work("a", "b"), el(AND, "j")], SPLIT + "a > j > end\nb > j"),
        "deadlock",
        "j",
    ),
    "several of several that a parallel gateway joins": lambda: (
        drawn([ask("o"), el(OR, "s"), *work("a", "b"), el(AND, "j")], SPLIT + "a > j > end\nb > j"),
        "deadlock",
        "j",
    ),
    "a term that passes the join by": lambda: (
        drawn(
            [el(AND, "s"), *work("a", "b"), el(AND, "j"), LATE, el("endEvent", "over")],
            "start > s > a > j > end\ns > b > j\nlate > over",
        ),
        "deadlock",
        "j",
    ),
    "the first of two events, and a join that waits for both": lambda: (
        drawn(
            [
                el(EVENTS, "g"),
                event("intermediateCatchEvent", "paid", message("paid")),
                event("intermediateCatchEvent", "silent", timer('"PT72H"')),
                el(AND, "j"),
            ],
            "start > g > paid > j > end\ng > silent > j",
            messages("paid"),
        ),
        "deadlock",
        "j",
    ),
    "a way back out of one of two branches": lambda: (
        drawn(
            [ask("o"), el(XOR, "m"), el(AND, "s"), *work("a", "b"), el(XOR, "x"), el(AND, "j")],
            "start > o > m > s > a > x\nx > m : a.amount > 1\nx > j : default\ns > b > j > end",
        ),
        "deadlock",
        "j",
    ),
    "a deadlock inside a phase": lambda: (
        drawn(
            [ask("o"), inner("phase", [el(XOR, "s"), *work("a", "b"), el(AND, "j")], INSIDE)],
            "start > o > phase > end",
        ),
        "deadlock",
        "j",
    ),
    "branches that a choice joins": lambda: (
        drawn([el(AND, "s"), *work("a", "b", "c"), el(XOR, "j")], "start > s > a > j > c > end\ns > b > j"),
        "lack-of-synchronisation",
        "j",
    ),
    "two ways out of a task that meet in a task": lambda: (
        drawn(work("o", "a", "b", "c"), "start > o > a > c > end\no > b > c", o_json=form()),
        "lack-of-synchronisation",
        "c",
    ),
    "a reminder that goes on to the next task": lambda: (
        drawn([*work("a", "b"), BESIDE], "start > a > b > end\nlate > b"),
        "lack-of-synchronisation",
        "b",
    ),
    "a loop that begins the same again and again": lambda: (
        drawn(
            [ask("o"), el(XOR, "m"), *work("a", "b"), el(AND, "s"), el(XOR, "x"), el("endEvent", "told")],
            "start > o > m > a > s > x\ns > b > told\nx > m : amount > 1\nx > end : default",
        ),
        "work-piles-up",
        "b",
    ),
    "a loop of which only a branch comes out": lambda: (
        drawn([el(XOR, "m"), *work("a", "b"), el(AND, "s")], "start > m > a > s > m\ns > b > end"),
        "livelock",
        "m",
    ),
    "two tasks that send work to each other": lambda: (
        bundle([START, *work("a", "b")], "start > a > b > a", a_json=form(), b_json=form()),
        "no-end",
        "b",
    ),
    "a task after which nothing comes": lambda: (
        drawn([ask("o"), el(XOR, "s"), *work("a", "b")], SPLIT + "a > end"),
        "no-end",
        "b",
    ),
    "a task that no way leads to": lambda: (
        drawn(work("a", "b"), "start > a > end\nb > end"),
        "unreachable",
        "b",
    ),
    "a loop in which nobody does anything": lambda: (
        drawn(
            [ask("o"), el(XOR, "m"), call("a", "look", variable="seen"), el(XOR, "x")],
            "start > o > m > a > x\nx > m : amount > 1\nx > end : default",
        ),
        "loop-never-waits",
        "m",
    ),
    "a flow out of a phase": lambda: (
        drawn([inner("phase", work("a"), "i > a > k"), *work("b")], "start > phase > b > end\na > b"),
        "dangling-flow",
        "a_b",
    ),
    "a phase without a beginning": lambda: (
        drawn([sub("phase", [*work("a"), el("endEvent", "k")], "a > k")], "start > phase > end"),
        "no-start",
        "phase",
    ),
    "an error that nothing throws": lambda: (
        drawn(
            [*work("a"), event("boundaryEvent", "failed", ERROR, attachedToRef="a"), el("endEvent", "over")],
            "start > a > end\nfailed > over",
            ERRORS,
        ),
        "error-never-thrown",
        "failed",
    ),
    "an error that nobody catches": lambda: (
        drawn(work("a"), "start > a > end", ERRORS, end=event("endEvent", "end", ERROR)),
        "error-not-caught",
        "end",
    ),
    "an event at the edge of nothing": lambda: (
        drawn(
            [*work("a"), event("boundaryEvent", "late", timer('"PT1H"'), attachedToRef="gone")],
            "start > a > end",
        ),
        "detached-event",
        "late",
    ),
}
