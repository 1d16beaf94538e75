"""What an editor of diagrams offers to choose from: groups, forms, operators, decisions, processes, messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from engine.diagram import read_diagram
from engine.errors import MalformedXml
from engine.operators import Operator
from engine.sketches import Sketch
from engine.xml import parse_xml

from .. import here
from ..labels import Labels

TERMS = ("4 bh", "2 BD", "5 TD", "15 ND", "2 h24", "T+1", "PT72H")
Offer = dict[str, Any]


def offers(found: Sketch) -> dict[str, Any]:
    """All that the panel of properties offers."""
    return {
        "groups": list(groups()),
        "forms": [path for path in found.files if path.startswith("forms/") and path.endswith(".json")],
        "operators": list(operators()),
        "decisions": list(decisions(found.files)),
        "processes": list(processes()),
        "messages": messages(found.files),
        "classes": [offer(name) for name in sorted(here.engine().policy.confidential)],
        "terms": [offer(term) for term in TERMS],
    }


def offer(value: str, label: str = "", **more: Any) -> Offer:
    """One thing to choose."""
    return {"value": value, "label": label or value, **more}


def groups() -> Iterator[Offer]:
    """The groups of the directory."""
    context, lang = here.engine().context, here.words().lang
    for id in sorted(context.groups() if context.groups else ()):
        yield offer(id, f"{here.services().directory.group(id, lang)} ({id})")


def operators() -> Iterator[Offer]:
    """The operators that are installed, with what each is given."""
    for one in sorted(here.engine().context.registry, key=lambda one: one.name):
        yield _operator(one)


def _operator(one: Operator) -> Offer:
    described, lang = here.services().described, here.words().lang
    parameters = [
        {"name": p.name, "type": p.type, "required": p.required, "description": described(p.description, lang)}
        for p in one.parameters
    ]
    return offer(one.name, description=described(one.description, lang), kind=one.kind, parameters=parameters)


def decisions(files: Mapping[str, bytes]) -> Iterator[Offer]:
    """The decisions of the sketch itself, and those that are shared."""
    for path, body in files.items():
        if path.endswith(".dmn"):
            with suppress(MalformedXml):
                for one in parse_xml(body).iter("{*}decision"):
                    yield offer(one.get("id", ""), one.get("name", ""), path=path)
    for one in here.engine().in_force():
        if one.kind == "decision":
            yield offer(one.key, _name(one.bundle))


def processes() -> Iterator[Offer]:
    """The processes in force, which may be called."""
    return (offer(one.key, _name(one.bundle)) for one in here.engine().in_force() if one.kind == "process")


def _name(digest: str) -> str:
    return Labels(here.engine().bundle(digest), here.words()).process


def messages(files: Mapping[str, bytes]) -> list[str]:
    """The names of the messages that the diagram knows already."""
    found: set[str] = set()
    for path, body in files.items():
        if path.endswith(".bpmn"):
            with suppress(MalformedXml):
                found |= {one.name for one in read_diagram(body).messages if one.name}
    return sorted(found)
