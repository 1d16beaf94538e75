"""Reads what an export wrote, by the standard library alone, and says it in few words."""

import json
from xml.etree import ElementTree

from engine import SYSTEM
from engine.export import Selection

NS = "{http://www.xes-standard.org/}"
KEY = b"a key of an installation, 32 bytes"


def exported(engine, format="xes", key=KEY, by=SYSTEM, reason="a test", **selection):
    """The bytes of an export."""
    return b"".join(engine.export_log(format, Selection(**selection), by=by, key=key, reason=reason))


def xes(content):
    """The traces of a log: their attributes, and the attributes of their events; every value is a text."""
    return [
        (said(trace), [said(event) for event in trace.iter(f"{NS}event")]) for trace in root(content).iter(f"{NS}trace")
    ]


def root(content):
    return ElementTree.fromstring(content)


def said(element):
    return {one.get("key"): one.get("value") for one in element if one.get("key")}


def ocel(content):
    """An object-centric log with its events as mappings."""
    log = json.loads(content)
    for one in (*log["events"], *log["objects"]):
        one["said"] = {each["name"]: each["value"] for each in one["attributes"]}
        one["touched"] = {(each["qualifier"], each["objectId"]) for each in one["relationships"]}
    return log


def story(engine, case_id="1", *names):
    """The events of a case: name and lifecycle, or further attributes; ids as they are."""
    ((_, events),) = xes(exported(engine, key=None, ids=(case_id,)))
    return [tuple(event.get(name) for name in ("concept:name", "lifecycle", *names)) for event in events]


def lives(engine, name, case_id="1", *names):
    """The life of what has a name in a case."""
    return [one[1] if not names else one[1:] for one in story(engine, case_id, *names) if one[0] == name]
