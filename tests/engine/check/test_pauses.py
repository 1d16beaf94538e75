"""Waits that let the clocks of others stand still: what they may name."""

import pytest

from .bundles import (
    AND,
    END,
    START,
    ask,
    bundle,
    el,
    event,
    extensions,
    found,
    message,
    messages,
    metadata,
    properties,
    sub,
    timer,
)


def rules(files):
    return {rule for rule, _ in found(files)}


def waiting(pauses, wait=None, clock="1 BD"):
    """A task with a term and a timer beside a wait, which pauses something."""
    named = extensions(properties(pauses=pauses))
    wait = wait or event("intermediateCatchEvent", "w", named + message("m"))
    edge = event("boundaryEvent", "b", timer('"15 ND"'), attachedToRef="a", cancelActivity="false")
    work = ask("a", **({"dueIn": clock} if clock else {}))
    body = [START, el(AND, "s"), work, edge, ask("late", variable="late"), wait, END]
    return bundle(body, "start > s > a > end\ns > w > end\nb > late > end", roots=messages("m"))


def named(pauses, kind, inner="", **attributes):
    return el(kind, "w", extensions(properties(pauses=pauses)) + inner, **attributes)


@pytest.mark.parametrize("pauses", ["a", "b", "a,b", " a , b ", ""])
def test_a_wait_names_tasks_with_a_term_and_timers(pauses):
    assert "pauses-malformed" not in rules(waiting(pauses))


@pytest.mark.parametrize("pauses", ["c", "late", "s", "end", "a,c", "a b c", "w"])
def test_what_has_no_clock(pauses):
    assert "pauses-malformed" in rules(waiting(pauses))
    assert "pauses-malformed" in rules(waiting("a", clock=""))


@pytest.mark.parametrize(
    "wait",
    [
        named("a", "scriptTask", "<bpmn:script>x = 1</bpmn:script>"),
        named("a", "exclusiveGateway"),
        named("a", "task"),
        sub("w", [el("startEvent", "x"), el("endEvent", "y")], "x > y"),
    ],
    ids=["script", "gateway", "task", "subprocess in which nothing is waited for"],
)  # fmt: skip
def test_where_nothing_is_waited_for(wait):
    if "subProcess" in wait:
        wait = wait.replace('name="w">', 'name="w">' + extensions(properties(pauses="a")), 1)
    assert "pauses-malformed" in rules(waiting("a", wait))


def test_its_own_clocks():
    own = el("userTask", "w", extensions(metadata(dueIn="1 BD", candidateGroups="csr"), properties(pauses="w")))
    assert "pauses-malformed" in rules(waiting("a", own))
    edge = event("boundaryEvent", "e", timer('"PT1H"'), attachedToRef="w", cancelActivity="true")
    files = bundle(
        [START, named("e", "callActivity", calledElement="other"), edge, END],
        "start > w > end\ne > end",
    )
    assert "pauses-malformed" in rules(files)
    inside = sub("w", [el("startEvent", "x"), ask("i", dueIn="1 BD"), el("endEvent", "y")], "x > i > y")
    inside = inside.replace('name="w">', 'name="w">' + extensions(properties(pauses="i")), 1)
    assert "pauses-malformed" in rules(waiting("a", inside))


def test_an_event_gateway_does_not_pause_its_own_events():
    for pauses, expected in (("t", True), ("a", False)):
        gate = named(pauses, "eventBasedGateway")
        events = [
            event("intermediateCatchEvent", "t", timer('"PT1H"')),
            event("intermediateCatchEvent", "n", message("m")),
        ]
        body = [START, el(AND, "s"), ask("a", dueIn="1 BD"), gate, *events, END]
        files = bundle(body, "start > s > a > end\ns > w > t > end\nw > n > end", roots=messages("m"))
        assert ("pauses-malformed" in rules(files)) is expected
