"""Puts a diagram together from the parts of two: what is taken is moved into the other file, and must hang together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy

from lxml import etree

from ..errors import Refusal
from ..xml import parse_xml, serialise
from .elements import BPMN, CONTAINERS, FLOW, LANE, PICTURE, PLANE, REF, Parts, Unit, is_part, own_ids, parts_in

REFERENCES = (
    *("sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "errorRef", "signalRef"),
    *("escalationRef", "processRef", "dataObjectRef"),
)
IN, OUT = f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing"
BEFORE_FLOWS = frozenset(f"{{{BPMN}}}{tag}" for tag in ("documentation", "extensionElements", "incoming", "outgoing"))
ARTIFACTS = frozenset(f"{{{BPMN}}}{tag}" for tag in ("textAnnotation", "association", "group"))


def join(mine: Parts, theirs: Parts, sides: Mapping[str, str]) -> bytes:
    """Their file with those parts of mine that are chosen; Refusal where a part would hang in the air."""
    root = parse_xml(serialise(theirs.root))
    taken = [id for id, side in sides.items() if side == "mine"]
    for id in mine.units:  # what holds others comes before them
        if id in taken:
            put(root, mine.units[id])
    for id in taken:
        if id not in mine.units:
            remove(root, theirs.units[id])
    demand_whole(root, mine, theirs)
    connect(root)
    enlist(root, {**_lanes(theirs.units.values()), **_lanes(mine.units[id] for id in taken if id in mine.units)})
    return serialise(root)


def _lanes(units: Iterable[Unit]) -> dict[str, tuple[str, ...]]:
    return {one.id: one.lanes for one in units}


def found(root: etree._Element, id: str) -> etree._Element | None:
    """The part of an id."""
    return next((one for one in parts_in(root) if one.get("id") == id), None)


def put(root: etree._Element, unit: Unit) -> None:
    """Put a part of mine where it belongs, with the parts that lie in it already, and draw it as it is drawn."""
    made = deepcopy(unit.element)
    made.tail = "\n"
    for child in [child for child in made if made.tag in CONTAINERS and is_part(child)]:
        made.remove(child)
    old = found(root, unit.id)
    if old is not None and old.tag in CONTAINERS and made.tag in CONTAINERS:
        made.extend([child for child in old if is_part(child)])
    holder = root if not unit.parent else found(root, unit.parent)
    if holder is None:
        raise refused([(unit.id, unit.parent)])
    if old is not None:
        undraw(root, own_ids(old))
    parent = old.getparent() if old is not None else None
    if parent is not None and old is not None and parent is holder:
        parent.replace(old, made)
    else:
        if parent is not None and old is not None:
            parent.remove(old)
        place(holder, made)
    draw(root, unit)


def place(holder: etree._Element, made: etree._Element) -> None:
    """Add a part where the schema wants it: notes behind the flow, the picture behind everything."""
    behind = {PICTURE} if made.tag in ARTIFACTS else {PICTURE, *ARTIFACTS}
    at = next((number for number, child in enumerate(holder) if child.tag in behind), len(holder))
    holder.insert(at, made)


def remove(root: etree._Element, unit: Unit) -> None:
    """Take a part out, with what lies in it."""
    old = found(root, unit.id)
    if old is None:  # it went with what it lay in
        return
    undraw(root, [id for one in (old, *parts_in(old)) for id in own_ids(one)])
    parent = old.getparent()
    assert parent is not None
    parent.remove(old)


def undraw(root: etree._Element, ids: list[str]) -> None:
    """Take what has these ids off the picture."""
    for plane in root.iter(PLANE):
        for shown in [one for one in plane if one.get("bpmnElement") in ids]:
            plane.remove(shown)


def draw(root: etree._Element, unit: Unit) -> None:
    """Draw a part as it is drawn in its own file."""
    for shown in unit.drawn:
        plane = shown.getparent()
        if plane is not None:
            made = deepcopy(shown)
            made.tail = "\n"
            plane_of(root, plane).append(made)


def plane_of(root: etree._Element, plane: etree._Element) -> etree._Element:
    """The plane of the same element, else that of the file: one for a folded subprocess is made where it is new."""
    planes = list(root.iter(PLANE))
    same = [one for one in planes if one.get("bpmnElement") == plane.get("bpmnElement")]
    if same:
        return same[0]
    first = next(plane.getroottree().getroot().iter(PLANE))
    if planes and plane is first:
        return planes[0]
    picture = deepcopy(plane.getparent())
    assert picture is not None
    root.append(picture)
    made = next(picture.iter(PLANE))
    for shown in list(made):
        made.remove(shown)
    return made


def connect(root: etree._Element) -> None:
    """Write anew which flows come into and leave each element; those that were listed keep their order."""
    flows = list(root.iter(FLOW))
    for tag, end in ((IN, "targetRef"), (OUT, "sourceRef")):
        ends: dict[str, list[str]] = {}
        for flow in flows:
            ends.setdefault(flow.get(end, ""), []).append(flow.get("id", ""))
        for element in parts_in(root):
            relist(element, tag, ends.get(element.get("id", ""), []))


def relist(element: etree._Element, tag: str, flows: list[str]) -> None:
    """List the flows of one end of an element."""
    listed = [(one.text or "").strip() for one in element.iterfind(tag)]
    wanted = [id for id in listed if id in flows] + [id for id in flows if id not in listed]
    if wanted == listed:
        return
    for one in list(element.iterfind(tag)):
        element.remove(one)
    before = BEFORE_FLOWS - {OUT} if tag == IN else BEFORE_FLOWS
    at = next((number for number, child in enumerate(element) if child.tag not in before), len(element))
    for number, id in enumerate(wanted):
        made = etree.Element(tag)
        made.text, made.tail = id, "\n"
        element.insert(at + number, made)


def enlist(root: etree._Element, lanes: Mapping[str, tuple[str, ...]]) -> None:
    """Let each lane list the elements that are in it; those that were listed keep their order."""
    there = [one.get("id", "") for one in parts_in(root)]
    for lane in root.iter(LANE):
        listed = [(one.text or "").strip() for one in lane.iterfind(REF)]
        inside = [id for id in there if lane.get("id") in lanes.get(id, ())]
        wanted = [id for id in listed if id in inside] + [id for id in inside if id not in listed]
        for one in list(lane.iterfind(REF)):
            lane.remove(one)
        at = next((n for n, child in enumerate(lane) if child.tag == f"{{{BPMN}}}childLaneSet"), len(lane))
        for number, id in enumerate(wanted):
            made = etree.Element(REF)
            made.text, made.tail = id, "\n"
            lane.insert(at + number, made)


def demand_whole(root: etree._Element, mine: Parts, theirs: Parts) -> None:
    """Refuse what names a part that is not there any more, unless it was like that before."""
    before = dangling(mine.root) | dangling(theirs.root)
    if fresh := sorted(dangling(root) - before):
        raise refused(fresh)


def dangling(root: etree._Element) -> set[tuple[str, str]]:
    """What is named and is not there: the part that names it, and the id; a flow must stay in its scope."""
    there = {one.get("id"): one.getparent() for one in parts_in(root)}
    missing = set()
    for part in parts_in(root):
        for name in REFERENCES:
            for one in [part, *(child for child in part if isinstance(child.tag, str) and not is_part(child))]:
                named = one.get(name)
                gone = named and named not in there
                crosses = named in there and part.tag == FLOW and there[named] is not part.getparent()
                if named and (gone or crosses):
                    missing.add((part.get("id", ""), named))
    return missing


def refused(pairs: Iterable[tuple[str, str]]) -> Refusal:
    """The refusal of parts that do not fit: each names another one that is not there."""
    found = list(pairs)
    named = "; ".join(f"{part} needs {other}" for part, other in found)
    return Refusal(f"These parts belong together; take both from the same side. {named}", how="apart", parts=found)
