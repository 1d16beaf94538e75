"""The lines that a migration runs over the data of a case: read as a script of the bundle that the case comes from.

Nobody knows where in its diagram a case will stand, so a name that anything there declares may be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from .. import feel
from ..diagram import read_root
from ..model import Finding
from ..operators import Registry
from ..xml import parse_xml
from .decisions import read_tables
from .expressions import compile_all
from .forms import read_forms
from .knowledge import Knowledge
from .names import dotted, place_of
from .phrases import phrase
from .reading import Read, script_reads
from .rules import finding
from .shapes import Shape
from .subject import Installation, Subject, near

HERE, WHERE = phrase("the migration"), phrase("the script")


def check_lines(
    script: str,
    files: Mapping[str, bytes],
    *,
    operators: Registry,
    language: feel.Language,
    known: Collection[str] = (),
) -> list[Finding]:
    """What is wrong with such lines; `known` are names that are there anyhow. A name that is not known is a warning."""
    try:
        tree = feel.compile_script(script, language).tree
    except feel.ExpressionError as error:
        return [_found("expression-syntax", error.line, error.column, why=error.message)]
    knowledge = Knowledge(subject_of(files, Installation(operators=operators, language=language)))
    found = (one for read in script_reads(tree) for one in judged(script, read, knowledge, known))
    return list(found)


def subject_of(files: Mapping[str, bytes], installation: Installation) -> Subject:
    """A bundle that was checked when it was deployed, to be read once more."""
    path = next(name for name in sorted(files) if name.endswith(".bpmn"))
    root = parse_xml(files[path])
    diagram, tables = read_root(root, files[path]), read_tables(files, installation.language)
    return Subject(
        file=path,
        content=files[path],
        root=root,
        diagram=diagram,
        files=files,
        forms=read_forms(files)[0],
        decisions=tables.decisions,
        decision_ids=tables.ids,
        installation=installation,
        trees=compile_all(diagram, installation.language),
    )


def judged(script: str, read: Read, knowledge: Knowledge, known: Collection[str]) -> Iterator[Finding]:
    """What is wrong with one read: it is personal, or nothing declares it."""
    name, place = read.path[0], place_of(script, read.position)
    writers = knowledge.writers.get(name, 0)
    if writers:
        shape: Shape | None = knowledge.shape(name, writers)
        for length in range(1, len(read.path) + 1):
            if shape is not None and shape.personal and not read.asked:
                yield _found("reads-personal-data", *place, name=dotted(read.path[:length]))
                return
            shape = shape.step(read.path[length]) if shape is not None and length < len(read.path) else None
    elif not (name in known or name in knowledge.names or read.within or read.asked or read.knows(read.path[:1])):
        hint = near(name, {*knowledge.names, *known})
        yield replace(_found("unknown-name", *place, name=name, hint=hint), severity="warning")


def _found(rule: str, line: int, column: int, **data: object) -> Finding:
    return finding(rule, "", "", line, column, here=HERE, where=WHERE, **data)


__all__ = ["check_lines"]
