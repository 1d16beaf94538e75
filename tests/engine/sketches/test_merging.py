"""Two versions of a diagram are put together part by part: what is chosen is what comes out, or it is refused."""

import random
from copy import deepcopy
from pathlib import Path

import pytest

from engine import Refusal
from engine.diagram import read_diagram
from engine.drawing.pictured import with_picture
from engine.sketches import merge
from engine.sketches import merging as merging_module
from engine.sketches.elements import BPMN, DI, read_parts
from engine.xml import parse_xml, serialise
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, el, line, xml

SHIPPED = sorted(Path("bpmn_diagrams").glob("*/*.bpmn"))
B = f"{{{BPMN}}}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"


def drawn(body, roots=""):
    """A diagram with a picture."""
    return with_picture(xml(body, roots, "loan"))


BASE = drawn(START + tiny.ask("first") + tiny.ask("second") + END + line("start", "first", "second", "end"))


def changed(body, old, new):
    """A diagram in which something is written otherwise."""
    assert old in body
    return body.replace(old, new, 1)


def renamed(id, name):
    return changed(BASE, f'name="{id}"'.encode(), f'name="{name}"'.encode())


def said(body):
    return {id: unit.said for id, unit in read_parts(body).units.items()}


def choices(one):
    return {choice.id: (choice.mine, choice.theirs, choice.side) for choice in one.choices}


def test_parts_that_only_one_has_changed_need_no_decision():
    one = merge("loan.bpmn", BASE, renamed("first", "Mine"), renamed("second", "Theirs"))
    assert choices(one) == {"first": ("changed", "", "mine"), "second": ("", "changed", "theirs")}
    assert [choice.name for choice in one.choices] == ["Mine", "second"]
    joined = read_diagram(one.joined({}))
    assert (joined.element("first").name, joined.element("second").name) == ("Mine", "Theirs")
    assert read_diagram(one.joined({"first": "theirs"})).element("first").name == "first"


def test_a_part_that_both_have_changed_needs_one():
    one = merge("loan.bpmn", BASE, renamed("first", "Mine"), renamed("first", "Theirs"))
    assert choices(one) == {"first": ("changed", "changed", None)}
    assert one.choices[0].both and one.side is None
    for chosen in ({}, {"first": "nobody"}, {"second": "mine"}):
        with pytest.raises(Refusal) as refused:
            one.joined(chosen)
        assert refused.value.data == {"how": "undecided", "element": "first"}
    for side, name in (("mine", "Mine"), ("theirs", "Theirs")):
        assert read_diagram(one.joined({"first": side})).element("first").name == name


def test_without_what_both_have_begun_from_every_part_is_decided():
    one = merge("loan.bpmn", None, renamed("first", "Mine"), BASE)
    assert choices(one) == {"first": ("added", "added", None)}


def test_how_a_file_is_written_is_no_change():
    rewritten = serialise(parse_xml(BASE)).replace(b"><", b">\n   <")
    assert merge("loan.bpmn", BASE, rewritten, BASE).choices == ()


def test_what_is_moved_is_changed_with_its_picture():
    root = parse_xml(BASE)
    (shape,) = [one for one in root.iter(f"{{{DI}}}BPMNShape") if one.get("bpmnElement") == "first"]
    shape.find(DC).set("x", "777")
    one = merge("loan.bpmn", BASE, serialise(root), renamed("second", "Theirs"))
    assert choices(one)["first"] == ("changed", "", "mine")
    assert b'x="777"' in one.joined({}) and b'x="777"' not in one.joined({"first": "theirs"})


def inserted():
    """A third task between the two, with the flows that lead to it and from it."""
    return drawn(
        START
        + tiny.ask("first")
        + tiny.ask("third")
        + tiny.ask("second")
        + END
        + line("start", "first", "third", "second", "end")
    )


def test_what_is_added_comes_with_its_flows_and_picture():
    one = merge("loan.bpmn", BASE, inserted(), renamed("second", "Theirs"))
    assert choices(one)["f_first_third"] == ("added", "", "mine")
    assert choices(one)["f_first_second"] == ("removed", "", "mine")
    joined = one.joined({"second": "theirs"})  # both have moved or changed it
    diagram = read_diagram(joined)
    assert diagram.element("second").name == "Theirs" and "third" in diagram
    assert {flow.id for flow in diagram.flows} == {"f_start_first", "f_first_third", "f_third_second", "f_second_end"}
    drawn_ids = [one.get("bpmnElement") for one in parse_xml(joined).iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")]
    assert sorted(drawn_ids) == sorted([*(one.id for one in diagram.flows), "start", "first", "third", "second", "end"])


def test_a_flow_without_its_task_hangs_in_the_air():
    one = merge("loan.bpmn", BASE, inserted(), BASE)
    with pytest.raises(Refusal) as refused:
        one.joined({"third": "theirs"})
    assert refused.value.data["how"] == "apart"
    assert set(refused.value.data["parts"]) == {("f_first_third", "third"), ("f_third_second", "third")}


def inside(task, more=""):
    """A subprocess with a task."""
    return drawn(
        START
        + el(
            "subProcess",
            "phase",
            START.replace("start", "begin")
            + task
            + more
            + END.replace('"end"', '"over"')
            + line("begin", "inner", "over"),
        )
        + END
        + line("start", "phase", "end")
    )


def test_what_lies_in_a_subprocess_is_a_part_of_its_own():
    base = inside(tiny.ask("inner"))
    mine = changed(base, b'name="inner"', b'name="Mine"')
    theirs = changed(base, b'name="phase"', b'name="Theirs"')
    one = merge("loan.bpmn", base, mine, theirs)
    assert choices(one) == {"inner": ("changed", "", "mine"), "phase": ("", "changed", "theirs")}
    assert said(one.joined({})) == {**said(base), "inner": said(mine)["inner"], "phase": said(theirs)["phase"]}
    swapped = merge("loan.bpmn", base, theirs, mine)
    assert said(swapped.joined({})) == said(one.joined({}))


def test_what_lies_in_what_is_removed_goes_with_it():
    base = inside(tiny.ask("inner"))
    theirs = changed(base, b'name="inner"', b'name="Theirs"')
    mine = drawn(START + END + line("start", "end"))
    one = merge("loan.bpmn", base, mine, theirs)
    whole = {choice.id: "mine" for choice in one.choices}
    assert said(one.joined(whole)) == said(mine)
    with pytest.raises(Refusal):  # they have changed what would lie in nothing
        one.joined({**whole, "f_phase_end": "theirs"})


def test_a_part_of_a_subprocess_that_is_not_there_is_refused():
    base = drawn(START + END + line("start", "end"))
    mine = inside(tiny.ask("inner"))
    one = merge("loan.bpmn", base, mine, base)
    with pytest.raises(Refusal) as refused:
        one.joined({"phase": "theirs", "f_start_phase": "theirs", "f_phase_end": "theirs", "f_start_end": "theirs"})
    assert refused.value.data["how"] == "apart"


def test_a_lane_lists_what_is_chosen_to_be_in_it():
    lanes = '<bpmn:laneSet id="lanes"><bpmn:lane id="A">{}</bpmn:lane><bpmn:lane id="C">{}</bpmn:lane></bpmn:laneSet>'
    ref = "<bpmn:flowNodeRef>{}</bpmn:flowNodeRef>".format
    body = START + tiny.ask("first") + tiny.ask("second") + END + line("start", "first", "second", "end")

    def laid(above, below):
        return xml(lanes.format("".join(map(ref, above)), "".join(map(ref, below))) + body, "", "loan")

    base = laid(["start", "first"], ["second", "end"])
    mine = laid(["start"], ["first", "second", "end"])
    theirs = laid(["start", "first", "second"], ["end"])
    one = merge("loan.bpmn", base, mine, theirs)
    assert choices(one) == {"first": ("changed", "", "mine"), "second": ("", "changed", "theirs")}
    root = parse_xml(one.joined({}))
    listed = {lane.get("id"): [ref.text for ref in lane] for lane in root.iter(f"{B}lane")}
    assert listed == {"A": ["start", "second"], "C": ["end", "first"]}


def test_flows_are_listed_by_what_they_join():
    one = merge("loan.bpmn", BASE, inserted(), renamed("second", "Theirs"))
    root = parse_xml(one.joined({"second": "theirs"}))
    ends = {
        node.get("id"): (
            [flow.text for flow in node.iterfind(f"{B}incoming")],
            [flow.text for flow in node.iterfind(f"{B}outgoing")],
        )
        for node in root.iter(f"{B}userTask")
    }
    assert ends["first"] == (["f_start_first"], ["f_first_third"])
    assert ends["second"] == (["f_third_second"], ["f_second_end"])


@pytest.mark.parametrize(
    "body",
    [b"<not xml", b"", b"<a/>", BASE.replace(b'id="second"', b'id="first"', 1), b"<!DOCTYPE a><a/>"],
    ids=["malformed", "empty", "other", "twice", "doctype"],
)
def test_what_cannot_be_taken_apart_is_one_part(body):
    for given in ((BASE, body, BASE), (BASE, BASE, body), (body, BASE, renamed("first", "x"))):
        assert merge("loan.bpmn", *given).choices == ()
    assert merge("loan.bpmn", BASE, None, BASE).choices == merge("loan.bpmn", BASE, BASE, None).choices == ()


def test_prefixes_that_mean_two_things_are_one_part():
    other = BASE.replace(b"xmlns:bpmn=", b'xmlns:xsi="urn:other" xmlns:bpmn=').replace(
        b'xmlns:xsi="http', b'xmlns:q="http'
    )
    assert merge("loan.bpmn", BASE, renamed("first", "x"), other).choices == ()


def test_too_many_parts_are_one_part(monkeypatch):
    monkeypatch.setattr(merging_module, "MOST_PARTS", 1)
    assert len(merge("loan.bpmn", BASE, renamed("first", "x"), BASE).choices) == 1
    assert merge("loan.bpmn", BASE, renamed("first", "x"), renamed("second", "y")).choices == ()


def test_any_other_file_is_one_part():
    one = merge("forms/ask.json", b"old", b"mine", b"theirs")
    assert one.choices == () and one.side is None
    assert merge("x.json", b"old", b"mine", b"old").side == "mine"
    assert merge("x.json", b"old", b"old", b"theirs").side == "theirs"
    assert merge("x.json", b"old", b"same", b"same").side == "theirs"
    assert merge("x.json", b"old", None, b"old").side == "mine"
    assert merge("x.json", None, b"mine", b"theirs").side is None


# Diagrams as they are drawn, changed by chance


def mutated(body, rng):
    """A diagram with some changes: names, places, tasks that are put in or taken out, messages."""
    root = parse_xml(body)
    for _ in range(rng.randint(1, 6)):
        rng.choice((rename, move, insert, bypass, announce))(root, rng)
    return serialise(root)


def rename(root, rng):
    node = rng.choice(list(root.iter(f"{B}userTask", f"{B}sequenceFlow", f"{B}endEvent", f"{B}lane")))
    node.set("name", f"name {rng.random()}")


def move(root, rng):
    rng.choice(list(root.iter(DC))).set("x", str(rng.randrange(2000)))


def insert(root, rng):
    flow = rng.choice(list(root.iter(f"{B}sequenceFlow")))
    id = f"new_{rng.randrange(10**9)}"
    task = deepcopy(rng.choice(list(root.iter(f"{B}userTask", f"{B}serviceTask"))))
    for inner in task.iter():
        inner.attrib.pop("id", None)
    task.set("id", id)
    on = deepcopy(flow)
    on.set("id", f"{id}_on")
    on.set("sourceRef", id)
    flow.set("targetRef", id)
    flow.getparent().extend([task, on])


def bypass(root, rng):
    tasks = [one for one in root.iter(f"{B}userTask") if ends(root, one)]
    if not tasks:
        return
    task = rng.choice(tasks)
    into, out = ends(root, task)
    into.set("targetRef", out.get("targetRef"))
    for gone in (task, out):
        for shape in [
            one
            for one in root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")
            if one.get("bpmnElement") == gone.get("id")
        ]:
            shape.getparent().remove(shape)
        gone.getparent().remove(gone)


def ends(root, task):
    """The one flow into a task and the one out of it, where nothing else names it."""
    id = task.get("id")
    into = [one for one in root.iter(f"{B}sequenceFlow") if one.get("targetRef") == id]
    out = [one for one in root.iter(f"{B}sequenceFlow") if one.get("sourceRef") == id]
    named = [one for one in root.iter() if id in (one.get("attachedToRef"), one.get("default"))]
    named += [one for one in root.iter() if out and one.get("default") == out[0].get("id")]
    return (into[0], out[0]) if len(into) == len(out) == 1 and not named and into[0] is not out[0] else None


def announce(root, rng):
    made = deepcopy(next(root.iter(f"{B}process")))
    made.clear()
    made.tag = f"{B}message"
    made.set("id", f"message_{rng.randrange(10**9)}")
    root.insert(0, made)


def listed(body):
    """What each element lists of its flows, and what it should."""
    root = parse_xml(body)
    flows = list(root.iter(f"{B}sequenceFlow"))
    for node in root.iter():
        for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
            if node.get("id") and (found := [one.text for one in node.iterfind(f"{B}{tag}")]):
                yield sorted(found), sorted(one.get("id") for one in flows if one.get(end) == node.get("id"))


def judge(base, seed):
    """Merge two changed versions by chance; whether that was possible."""
    rng = random.Random(seed)
    mine, theirs = mutated(base, rng), mutated(base, rng)
    one = merge("x.bpmn", base, mine, theirs)
    assert said(one.joined(dict.fromkeys((part.id for part in one.choices), "mine"))) == said(mine), seed
    assert said(one.joined(dict.fromkeys((part.id for part in one.choices), "theirs"))) == said(theirs), seed
    chosen = {part.id: part.side or rng.choice(("mine", "theirs")) for part in one.choices}
    try:
        joined = one.joined(chosen)
    except Refusal as error:
        assert error.data["how"] == "apart"
        return False
    units, sides = said(joined), {"mine": said(mine), "theirs": said(theirs)}
    for id, side in chosen.items():
        assert units.get(id) == sides[side].get(id), (seed, id)
    assert units.keys() == {id for id in {*sides["mine"], *sides["theirs"]} if id in sides[chosen.get(id, "mine")]}
    assert all(found == wanted for found, wanted in listed(joined)), seed
    read_diagram(joined)
    return True


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("path", SHIPPED[:3], ids=lambda path: path.stem)
def test_what_is_chosen_is_what_comes_out(path, seed):
    judge(path.read_bytes(), seed)


@pytest.mark.slow
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_chosen_is_what_comes_out_of_any_diagram(path):
    done = [judge(path.read_bytes(), seed) for seed in range(5)]
    assert sum(done) >= 2, "hardly ever does anything fit"
