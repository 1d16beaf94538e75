"""Deadlocks and missing synchronisation: found where they are, and nowhere else."""

import random

import pytest

from tests.support.work import at_most

from .bundles import (
    AND,
    END,
    EVENTS,
    OR,
    START,
    TERMINATE,
    XOR,
    ask,
    bundle,
    call,
    el,
    event,
    found,
    message,
    messages,
    sub,
    timer,
)

STRUCTURE = {
    "deadlock",
    "lack-of-synchronisation",
    "no-end",
    "unreachable",
    "loop-never-waits",
    "no-start",
    "not-searched",
}


def structure(files):
    return [(rule, element) for rule, element in found(files, "error", "info") if rule in STRUCTURE]


def work(*ids):
    return [ask(id, form=f"forms/{id}.json", variable=id) for id in ids]


def drawn(nodes, ways, **more):
    return structure(bundle([START, *nodes, END], ways, **more))


def test_exclusive_split_into_a_parallel_join_names_the_join():
    nodes = [ask("o"), el(XOR, "s"), *work("a", "b", "c"), el(AND, "join")]
    ways = "start > o > s > a > join > c > end\ns > b : default\nb > join"
    assert drawn(nodes, ways.replace("s > a >", "s > a : amount > 1\na >")) == [("deadlock", "join")]


def test_parallel_split_into_an_exclusive_join_names_the_join():
    nodes = [el(AND, "s"), *work("a", "b", "c"), el(XOR, "join")]
    assert drawn(nodes, "start > s > a > join > c > end\ns > b > join") == [("lack-of-synchronisation", "join")]


def test_parallel_branches_that_meet_in_a_task_meet_without_waiting():
    nodes = [el(AND, "s"), *work("a", "b", "c")]
    assert drawn(nodes, "start > s > a > c > end\ns > b > c") == [("lack-of-synchronisation", "c")]


def test_parallel_branches_may_meet_where_nothing_follows():
    assert drawn([el(AND, "s"), *work("a", "b")], "start > s > a > end\ns > b > end") == []
    assert drawn([el(AND, "s"), *work("a", "b"), el(XOR, "j")], "start > s > a > j > end\ns > b > j") == []


def test_the_rest_that_runs_twice_may_be_a_message():
    nodes = [el(AND, "s"), *work("a", "b"), el(XOR, "j"), event("endEvent", "told", message("done"))]
    ways = "start > s > a > j > told\ns > b > j"
    assert structure(bundle([START, *nodes], ways, messages("done"))) == [("lack-of-synchronisation", "j")]


def test_a_parallel_block_inside_a_loop_is_sound():
    nodes = [el(XOR, "m"), el(AND, "s"), *work("a", "b"), el(AND, "j"), ask("again"), el(XOR, "x")]
    ways = "start > m > s > a > j > again > x\ns > b > j\nx > m : amount > 1\nx > end : default"
    assert drawn(nodes, ways) == []


def test_a_loop_inside_a_parallel_branch_is_sound():
    nodes = [el(AND, "s"), el(XOR, "m"), *work("a", "b"), ask("o"), el(XOR, "x"), el(AND, "j")]
    ways = "start > s > m > a > o > x\nx > m : amount > 1\nx > j : default\ns > b > j > end"
    assert drawn(nodes, ways) == []


def test_a_loop_out_of_a_parallel_block_leaves_a_token_behind():
    nodes = [el(XOR, "m"), el(AND, "s"), *work("a"), ask("o"), el(XOR, "x"), el(AND, "j")]
    ways = "start > m > s > a > j > end\ns > o > x\nx > m : amount > 1\nx > j : default"
    assert ("deadlock", "j") in drawn(nodes, ways)


def test_an_inclusive_join_waits_for_what_can_come():
    nodes = [ask("o"), el(OR, "s"), *work("a", "b", "c"), el(OR, "j")]
    ways = "start > o > s\ns > a : amount > 1\ns > b : amount > 2\ns > c : default\na > j > end\nb > j\nc > j"
    assert drawn(nodes, ways) == []
    assert drawn([*nodes[:-1], el(AND, "j")], ways) == [("deadlock", "j")]
    assert drawn([*nodes[:-1], el(XOR, "j"), *work("d")], ways.replace("j > end", "j > d > end")) == [
        ("lack-of-synchronisation", "j")
    ]


def test_an_inclusive_split_whose_flows_are_always_taken_is_a_parallel_one():
    nodes = [el(OR, "s"), *work("a", "b"), el(AND, "j")]
    assert drawn(nodes, "start > s\ns > a : true\ns > b : true\na > j > end\nb > j") == []


def test_a_task_with_two_ways_out_is_a_parallel_split():
    nodes = [*work("o", "a", "b", "c")]
    assert drawn([*nodes, el(AND, "j")], "start > o > a > j > c > end\no > b > j") == []
    assert drawn([*nodes, el(XOR, "j")], "start > o > a > j > c > end\no > b > j") == [("lack-of-synchronisation", "j")]


@pytest.mark.parametrize("definition, dead", [(message("stop"), True), (timer('"PT1H"'), True)])
def test_an_interrupting_event_on_a_parallel_branch_that_passes_the_join_by(definition, dead):
    nodes = [el(AND, "s"), *work("a", "b"), el(AND, "j"), event("boundaryEvent", "stop", definition, attachedToRef="a")]
    ways = "start > s > a > j > end\ns > b > j\n"
    assert drawn(nodes, ways + "stop > end", roots=messages("stop")) == [("deadlock", "j")]
    merged = ways.replace("a > j", "a > m > j") + "stop > m"
    assert drawn([*nodes, el(XOR, "m")], merged, roots=messages("stop")) == []


def test_a_terminating_end_takes_the_waiting_token_away():
    nodes = [
        el(AND, "s"),
        *work("a", "b"),
        el(AND, "j"),
        event("boundaryEvent", "stop", message("stop"), attachedToRef="a"),
    ]
    ways = "start > s > a > j > end\ns > b > j\nstop > gone"
    assert drawn([*nodes, el("endEvent", "gone", TERMINATE)], ways, roots=messages("stop")) == []


def test_an_error_event_counts_only_where_something_may_throw_it():
    caught = '<bpmn:errorEventDefinition errorRef="E"/>'
    roots = '<bpmn:error id="E" name="e" errorCode="e"/>'
    edge = event("boundaryEvent", "failed", caught, attachedToRef="a")
    ways = "start > s > a > j > end\ns > b > j\nfailed > end"
    assert drawn([el(AND, "s"), call("a", "send"), *work("b"), el(AND, "j"), edge], ways, roots=roots) == [
        ("deadlock", "j")
    ]
    inside = sub("a", [el("startEvent", "i"), *work("t"), el("endEvent", "k")], "i > t > k")
    assert drawn([el(AND, "s"), inside, *work("b"), el(AND, "j"), edge], ways, roots=roots) == []
    throwing = inside.replace('<bpmn:endEvent id="k" name="k">', f'<bpmn:endEvent id="k" name="k">{caught}')
    assert drawn([el(AND, "s"), throwing, *work("b"), el(AND, "j"), edge], ways, roots=roots) == [("deadlock", "j")]


def test_a_timer_beside_a_task_that_merges_into_the_main_line_doubles_it():
    beside = event("boundaryEvent", "late", timer('"PT1H"'), attachedToRef="a", cancelActivity="false")
    assert drawn([*work("a", "b"), beside], "start > a > b > end\nlate > b") == [("lack-of-synchronisation", "b")]
    assert drawn([*work("a", "b", "c"), beside], "start > a > b > end\nlate > c > end") == []


def test_event_gateways_choose_one():
    nodes = [
        el(EVENTS, "g"),
        event("intermediateCatchEvent", "m", message("m")),
        event("intermediateCatchEvent", "t", timer('"PT1H"')),
    ]
    ways = "start > g > m > j > end\ng > t > j"
    assert drawn([*nodes, el(XOR, "j"), *work("w")], ways.replace("j > end", "j > w > end"), roots=messages("m")) == []
    assert drawn([*nodes, el(AND, "j")], ways, roots=messages("m")) == [("deadlock", "j")]


def test_each_scope_is_played_for_itself():
    inner = sub(
        "sub",
        [el("startEvent", "i"), el(AND, "s"), *work("a", "b", "c"), el(XOR, "j"), el("endEvent", "k")],
        "i > s > a > j > c > k\ns > b > j",
    )
    assert drawn([inner], "start > sub > end") == [("lack-of-synchronisation", "j")]


def test_a_join_with_a_way_that_is_never_gone_waits_for_ever():
    nodes = [*work("a", "lost"), el(AND, "j")]
    assert drawn(nodes, "start > a > j > end\nlost > j") == [("unreachable", "lost"), ("deadlock", "j")]


def test_an_endless_loop_has_no_end_unless_something_breaks_it_off():
    ways = "start > a > b > a"
    assert structure(bundle([START, *work("a", "b")], ways)) == [("no-end", "b")]
    looping = sub("sub", [el("startEvent", "i"), *work("a", "b")], "i > a > b > a")
    assert drawn([looping], "start > sub > end") == [("no-end", "b")]
    edge = event("boundaryEvent", "stop", message("stop"), attachedToRef="sub")
    assert drawn([looping, edge], "start > sub > end\nstop > end", roots=messages("stop")) == []


def test_a_join_in_a_loop_takes_what_comes_by_an_event():
    edge = event("boundaryEvent", "stop", message("stop"), attachedToRef="a")
    nodes = [el(XOR, "again"), el(AND, "s"), *work("a", "b"), edge, el(OR, "j"), el(AND, "m"), el(XOR, "x")]
    ways = "start > again > s > a > j > m > b > x\nx > end : default\ns > m\nstop > j\nx > again : amount > 1"
    assert drawn(nodes, ways, roots=messages("stop")) == []


def test_loops_that_wait_for_an_operator_or_an_event():
    ways = "start > m > w > x\nx > m : 1 > 2\nx > end : default"
    gates = [el(XOR, "m"), el(XOR, "x")]
    assert drawn([*gates, call("w", "send")], ways) == []
    assert drawn([*gates, event("intermediateCatchEvent", "w", timer('"PT1H"'))], ways) == []
    assert drawn([*gates, call("w", "look")], ways) == [("loop-never-waits", "m")]
    quick = sub(
        "w",
        [el("startEvent", "i"), *work("a"), el(XOR, "c"), el("endEvent", "k")],
        "i > c\nc > a : 1 > 2\nc > k\na > k",
    )
    slow = sub("w", [el("startEvent", "i"), *work("a"), el("endEvent", "k")], "i > a > k")
    assert ("loop-never-waits", "m") in drawn([*gates, quick], ways)
    assert drawn([*gates, slow], ways) == []


# Sound by construction: blocks inside blocks


class Blocks:
    """Draws random block-structured diagrams: whatever it draws is sound."""

    def __init__(self, seed, joins=None):
        self.random, self.nodes, self.ways, self.count = random.Random(seed), [], [], 0
        self.joins = joins or {}

    def new(self, kind, **attributes):
        self.count += 1
        id = f"n{self.count}"
        made = ask(id, form="forms/x.json", variable=id) if kind == "userTask" else el(kind, id, **attributes)
        self.nodes.append(made)
        return id

    def block(self, depth):
        """Ids of where it begins and ends."""
        kind = (
            self.random.choice(["task", "sequence", "exclusive", "parallel", "inclusive", "loop", "edge"])
            if depth
            else "task"
        )
        if kind == "task":
            task = self.new("userTask")
            return task, task
        if kind == "sequence":
            (a, b), (c, d) = self.block(depth - 1), self.block(depth - 1)
            self.ways.append(f"{b} > {c}")
            return a, d
        if kind == "edge":
            return self.edge(depth)
        if kind == "loop":
            merge, (a, b), choice = self.new(XOR), self.block(depth - 1), self.new(XOR)
            self.ways += [f"{merge} > {a}", f"{b} > {choice}", f"{choice} > {merge} : 1 = 1"]
            return merge, choice
        gate = {"exclusive": XOR, "parallel": AND, "inclusive": OR}[kind]
        split, join = self.new(gate), self.new(self.joins.get(gate, gate))
        for _ in range(self.random.randint(2, 3)):
            a, b = self.block(depth - 1)
            self.ways += [f"{split} > {a}{' : 1 = 1' if gate != AND else ''}", f"{b} > {join}"]
        return split, join

    def edge(self, depth):
        task, merge = self.new("userTask"), self.new(XOR)
        self.count += 1
        edge, (a, b) = f"n{self.count}", self.block(depth - 1)
        self.nodes.append(event("boundaryEvent", edge, timer('"PT1H"'), attachedToRef=task))
        self.ways += [f"{task} > {merge}", f"{edge} > {a}", f"{b} > {merge}"]
        return task, merge

    def files(self, depth):
        a, b = self.block(depth)
        last = self.new("userTask")
        return bundle([START, *self.nodes, END], "\n".join([f"start > {a}", f"{b} > {last} > end", *self.ways]))


@pytest.mark.parametrize("seed", range(120))
def test_block_structured_diagrams_are_sound(seed):
    assert structure(Blocks(seed).files(3)) == []


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize(
    "split, join, rule", [(XOR, AND, "deadlock"), (OR, AND, "deadlock"), (AND, XOR, "lack-of-synchronisation")]
)
def test_a_join_of_the_wrong_kind_is_found(seed, split, join, rule):
    blocks = Blocks(seed, {split: join})
    files = blocks.files(3)
    rules = {found_rule for found_rule, _ in structure(files)}
    assert rules == ({rule} if any(f"<bpmn:{split} " in node for node in gates_of_blocks(blocks, split)) else rules)


def gates_of_blocks(blocks, kind):
    """The splits of a kind that are no part of a loop or of an event at an edge."""
    targets = [way.split(" > ")[0] for way in blocks.ways]
    return [
        node
        for node in blocks.nodes
        if f"<bpmn:{kind} " in node and targets.count(node.split('"')[1]) > 1 and not looped(blocks, node)
    ]


def looped(blocks, node):
    id = node.split('"')[1]
    return sum(way.startswith(f"{id} > ") and way.endswith(" : 1 = 1") for way in blocks.ways) == 1


def test_many_branches_and_many_steps_end_in_time():
    lanes = [[f"b{branch}_{step}" for step in range(6)] for branch in range(12)]
    nodes = [el(AND, "s"), *(el("task", id) for lane in lanes for id in lane), el(AND, "j")]
    ways = "\n".join(["start > s", "j > end", *(" > ".join(["s", *lane, "j"]) for lane in lanes)])
    with at_most(1):
        assert drawn(nodes, ways) == []


def test_parallel_loops_do_not_explode():
    nodes, ways = [el(AND, "s"), el(AND, "j")], ["start > s", "j > end"]
    for n in range(8):
        nodes += [el(XOR, f"m{n}"), *work(f"t{n}"), el(XOR, f"x{n}")]
        ways += [f"s > m{n} > t{n} > x{n}", f"x{n} > m{n} : 1 = 1", f"x{n} > j : default"]
    assert drawn(nodes, "\n".join(ways)) == []


def test_what_an_event_beside_a_task_starts_again_in_a_loop_does_not_meet_itself():
    """Each time it is another run; what is parallel within one run is found all the same."""
    beside = event("boundaryEvent", "late", timer('"PT1H"'), attachedToRef="a", cancelActivity="false")
    nodes = [el(XOR, "m"), *work("a", "b", "c", "d"), beside, el(XOR, "again"), event("endEvent", "told")]
    ways = "start > m > a > again\nagain > m : amount > 1\nagain > end : default\n"
    apart = "late > s\ns > b : amount > 2\ns > c : default\nb > j\nc > j > d > told"
    assert drawn([*nodes, el(XOR, "s"), el(XOR, "j")], ways + apart) == []
    together = "late > s > b > j > d > told\ns > c > j"
    assert drawn([*nodes, el(AND, "s"), el(XOR, "j")], ways + together) == [("lack-of-synchronisation", "j")]
