"""The files of a bundle: safe paths, one diagram with one executable process, nothing that nobody uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from lxml import etree

from ..model import Finding
from .decisions import Tables
from .phrases import phrase
from .rules import finding
from .subject import Subject

KINDS = (".bpmn", ".dmn", ".json", ".md", ".txt", ".svg", ".png")
FORMS = "forms/"
PROSE = ("documentation", "description", "textAnnotation")  # what is for people alone may have markup in it
MOST_CUT_OFF = 100  # findings; the next ones are found once these are mended


def check_paths(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Paths that lead out of the bundle, and bundles without anything to deploy."""
    for path in files:
        parts = path.split("/")
        if ".." in parts or "" in parts or "\\" in path or ":" in path or not path.isprintable():
            yield finding("file-name", path, name=repr(path))
    if not any(path.endswith((".bpmn", ".dmn")) for path in files):
        yield finding("empty-bundle", "")


def check_texts(path: str, root: etree._Element) -> Iterator[Finding]:
    """Texts with something in their middle: the text of an element ends at its first child, whatever that is."""
    return islice(_cut_off(path, root), MOST_CUT_OFF)


def _cut_off(path: str, root: etree._Element) -> Iterator[Finding]:
    for holder in root.iter("*"):
        inside = next((child for child in holder if child.tag is not etree.Comment), None)
        around = (
            [child.tail for child in holder] if inside is None else [holder.text, *(child.tail for child in holder)]
        )
        if not any(text and text.strip() for text in around):
            continue
        above = [holder, *holder.iterancestors()]
        if inside is not None and any(etree.QName(one).localname in PROSE for one in above):
            continue
        id, name = next((one.get("id") for one in above if one.get("id")), ""), etree.QName(holder).localname
        tag = "" if inside is None else etree.QName(inside).localname
        what = phrase("the element {tag}", tag=tag) if tag else phrase("a comment")
        yield finding("text-cut-off", path, id, holder.sourceline or 0, 0, what=what, name=name, id=id or path)


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
