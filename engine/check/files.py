"""The files of a bundle: safe paths, one diagram with one executable process, nothing that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from ..model import Finding
from .decisions import Tables
from .phrases import phrase
from .rules import finding
from .subject import Subject

KINDS = (".bpmn", ".dmn", ".json", ".md", ".txt", ".svg", ".png")
FORMS = "forms/"


def check_paths(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Paths that lead out of the bundle, and bundles without anything to deploy."""
    for path in files:
        parts = path.split("/")
        if ".." in parts or "" in parts or "\\" in path or ":" in path or not path.isprintable():
            yield finding("file-name", path, name=repr(path))
    if not any(path.endswith((".bpmn", ".dmn")) for path in files):
        yield finding("empty-bundle", "")


def check_comments(path: str, root: etree._Element) -> Iterator[Finding]:
    """Comments in the middle of a text: the text of an element ends at its first child, whatever that is."""
    for holder in root.iter("*"):
        if all(child.tag is etree.Comment for child in holder) and any((child.tail or "").strip() for child in holder):
            named = next((one for one in (holder, *holder.iterancestors()) if one.get("id")), root)
            id, name = named.get("id", ""), etree.QName(holder).localname
            yield finding("comment-in-text", path, id, holder.sourceline or 0, 0, name=name, id=id or path)


def check_decision_bundle(files: Mapping[str, bytes], tables: Tables) -> Iterator[Finding]:
    """A bundle without a diagram is one shared decision."""
    count = sum(1 for root in tables.roots.values() for _ in root.iter("{*}decision"))
    unread = sum(path.endswith(".dmn") for path in files) - len(tables.roots)
    if tables.roots and not unread and count != 1:
        yield finding("decision-bundle", min(tables.roots), count=count)


def check_process(subject: Subject) -> Iterator[Finding]:
    """Exactly one executable process, with an id."""
    executable = subject.diagram.executable
    if not executable:
        yield finding("no-process", subject.file)
    for process in executable[:1]:
        if not process.id:
            kind, at = phrase("process"), process.line
            yield finding("missing-id", subject.file, "", at, process.column, kind=kind, at=at)
    for process in executable[1:]:
        names = {"here": phrase("the process {label}", label=process.id), "other": executable[0].id}
        yield finding("two-processes", subject.file, process.id, process.line, process.column, **names)


def check_use(subject: Subject) -> Iterator[Finding]:
    """Files that nothing in the diagram names."""
    forms = {element.form for element in subject.diagram.elements}
    asked = {element.called_decision for element in subject.diagram.elements}
    for path in subject.files:
        if path.endswith(".dmn"):
            used = bool(asked & subject.decision_ids.get(path, asked))
        else:
            used = path in forms or (path.endswith(KINDS) and not path.startswith(FORMS))
        if not used:
            yield finding("unused-file", path)
