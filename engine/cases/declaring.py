"""Declares mappings: what cases of one bundle become in another, checked before any case is moved by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from ..bundles import Bundle
from ..check.moving import check_lines
from ..configuration import Configuration
from ..diagram import Diagram
from ..errors import NotFound, Refusal
from ..mapping import Declared
from ..model import Finding
from ..store import shelf
from .context import Context

NOTHING: Mapping[str, str] = {}


def declared(
    context: Context,
    connection: Connection,
    configuration: Configuration,
    old: str,
    new: str,
    elements: Mapping[str, str],
    script: str,
    known: Collection[str] = (),
) -> Declared:
    """A mapping between two bundles of one process; Refusal where it names what they do not have, or cannot be read."""
    was, now = context.shelf.bundle(connection, old), context.shelf.bundle(connection, new)
    if was.key != now.key:
        raise Refusal(f"{was.key} and {now.key} are two processes; a case stays in its own.")
    demand_fit(was, now, elements)
    lines = script.strip()
    wrong = [one for one in check(context, configuration, was, lines, known) if one.severity == "error"]
    if wrong:
        raise Refusal(f"The lines over the data are not good: {wrong[0].message}", findings=wrong)
    kept = {name: other for name, other in elements.items() if name != other}
    return Declared(old=old, new=new, elements=kept, script=lines)


def check(
    context: Context, configuration: Configuration, old: Bundle, script: str, known: Collection[str] = ()
) -> list[Finding]:
    """What is wrong with lines over the data of cases of a bundle."""
    if not script.strip():
        return []
    return check_lines(
        script.strip(), old.files, operators=context.registry, language=configuration.language, known=known
    )


def keep(connection: Connection, key: str, given: Declared) -> None:
    """Keep a mapping under its digest."""
    shelf.store_mapping(connection, given, key)


def stored(context: Context, connection: Connection, digest: str, key: str) -> Declared:
    """A mapping of a process that was declared before; NotFound where there is none."""
    found = context.shelf.mapping(connection, digest)
    if context.shelf.bundle(connection, found.old).key != key:
        raise NotFound(f"There is no mapping {digest[:12]} of {key}.")
    return found


def demand_fit(old: Bundle, new: Bundle, elements: Mapping[str, str]) -> None:
    """Refuse a mapping of what the bundles do not have, and of a flow to what is none."""
    was, now = diagram_of(old), diagram_of(new)
    for bundle, diagram, ids in ((old, was, elements), (new, now, elements.values())):
        unknown = [one for one in ids if one not in diagram and not diagram.has_flow(one)]
        if unknown:
            named = ", ".join(sorted(unknown))
            raise Refusal(f"Version {bundle.digest[:12]} of {bundle.key} has no {named}.", unknown=sorted(unknown))
    for one, other in elements.items():
        if was.has_flow(one) != now.has_flow(other):
            raise Refusal(f"{one} and {other} do not fit together: one of them is a flow.", pair=[one, other])


def diagram_of(bundle: Bundle) -> Diagram:
    """The diagram of a process; NotFound where a bundle is none."""
    if bundle.diagram is None:
        raise NotFound(f"{bundle.key} is no process.")
    return bundle.diagram


__all__ = ["check", "declared", "demand_fit", "diagram_of", "keep", "stored"]
