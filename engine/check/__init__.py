"""What is wrong with a bundle before it is deployed: findings, never an exception. It runs nothing and stores nothing.

Errors are what fails, hangs, deadlocks or is unsafe at run time; everything else is a warning at most.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from .. import feel
from ..diagram import Diagram, read_root
from ..errors import MalformedXml
from ..model import Finding
from ..operators import Registry
from ..xml import parse_xml
from . import (
    calls,
    conditions,
    decisions,
    drawing,
    expressions,
    fields,
    files,
    forms,
    instances,
    kinds,
    loops,
    names,
    parallel,
    pauses,
    people,
    rows,
    structure,
    texts,
    thrown,
    timers,
    tokens,
)
from .knowledge import Knowledge
from .phrases import phrase
from .rules import REPLACES, RULES, Rule, finding
from .subject import Installation, Subject

__all__ = ["RULES", "Rule", "check_bundle"]

Check = Callable[[Subject], Iterator[Finding]]


def check_data(subject: Subject) -> Iterator[Finding]:
    """What is read and written, over the same knowledge of the ways through the diagram."""
    knowledge = Knowledge(subject)
    yield from names.check_names(subject, knowledge)
    yield from kinds.check_kinds(subject, knowledge)
    yield from kinds.check_mixed(subject, knowledge)
    yield from parallel.check_parallel(subject, knowledge)
    yield from instances.check_counters(subject, knowledge)
    domains = kinds.domains(subject, knowledge)
    yield from rows.check_rows(subject.decisions, subject.decision_ids, domains, subject.installation.language)


FIRST: tuple[Check, ...] = (
    structure.check_ids,
    forms.check_schemas,
    fields.check_fields,
)  # the others rely on ids that are right
CHECKS: tuple[Check, ...] = (
    structure.check_flows,
    structure.check_starts,
    structure.check_reached,
    structure.check_ends,
    structure.check_attached,
    structure.check_references,
    tokens.check_tokens,
    loops.check_loops,
    thrown.check_thrown,
    conditions.check_gateways,
    conditions.check_defaults,
    conditions.check_ignored,
    conditions.check_overlaps,
    conditions.check_possible,
    expressions.check_syntax,
    check_data,
    timers.check_timers,
    timers.check_instances,
    pauses.check_pauses,
    forms.check_forms,
    people.check_people,
    calls.check_processes,
    calls.check_starts_of_others,
    calls.check_operators,
    calls.check_decisions,
    files.check_use,
    drawing.check_drawing,
    drawing.check_manners,
    drawing.check_links,
    drawing.check_namespaces,
)
GRAVITY = {"error": 0, "warning": 1, "info": 2}
MOST_ELEMENTS = 1_000
MOST_FLOWS = 3_000
MOST_EXPRESSIONS = 5_000
MOST_ERRORS = 200  # of one check


def check_bundle(
    files: Mapping[str, bytes],
    *,
    operators: Registry,
    built_in_operators: Collection[str] = (),
    known_processes: Collection[str] = (),
    known_decisions: Collection[str] = (),
    known_groups: Collection[str] | None = None,
    language: feel.Language = feel.DEFAULT,
    parse: Callable[[bytes], Any] | None = None,
    formats: Collection[str] | None = None,
    lookups: Collection[str] | None = None,
) -> list[Finding]:
    """All findings on the files of a bundle, gravest first; `parse` is asked what the engine refuses to execute."""
    installation = Installation(
        operators=operators,
        built_in=frozenset(built_in_operators),
        processes=frozenset(known_processes),
        decisions=frozenset(known_decisions),
        groups=known_groups,
        formats=formats,
        lookups=lookups,
        language=language,
    )
    return in_order(without_consequences(_findings(files, installation, parse)))


def _findings(
    given: Mapping[str, bytes], installation: Installation, parse: Callable[[bytes], Any] | None
) -> list[Finding]:
    found = list(files.check_paths(given))
    tables = decisions.read_tables(given, installation.language)
    schemas, wrong = forms.read_forms(given)
    found += tables.findings + wrong
    for path, root in tables.roots.items():
        found += files.check_texts(path, root)
    diagrams = [path for path in sorted(given) if path.endswith(".bpmn")]
    found += [finding("two-diagrams", path, other=diagrams[0]) for path in diagrams[1:]]
    diagram = None
    if diagrams:
        path, content = diagrams[0], given[diagrams[0]]
        try:
            root = parse_xml(content)
        except MalformedXml as error:
            return [*found, finding("malformed-xml", path, "", error.line, error.column, why=error.why)]
        found += files.check_texts(path, root)
        diagram = read_root(root, content)
        too_many = list(_too_many(path, diagram))
        if too_many:
            return found + too_many
        subject = Subject(
            file=path,
            content=content,
            root=root,
            diagram=diagram,
            files=given,
            forms=schemas,
            decisions=tables.decisions,
            decision_ids=tables.ids,
            installation=installation,
            trees=expressions.compile_all(diagram, installation.language),
        )
        found += _of_diagram(subject, parse)
    else:
        found += files.check_decision_bundle(given, tables)
        found += rows.check_rows(tables.decisions, tables.ids, {}, installation.language)
    return [*found, *texts.check_texts(given, diagram, tables.roots)]


def _too_many(path: str, diagram: Diagram) -> Iterator[Finding]:
    counted = (
        (phrase("elements"), diagram.elements, MOST_ELEMENTS),
        (phrase("flows"), diagram.flows, MOST_FLOWS),
        (phrase("expressions"), diagram.formulas, MOST_EXPRESSIONS),
    )
    for what, parts, most in counted:
        if len(parts) > most:
            yield finding("too-many", path, count=len(parts), what=what, most=most)


def _of_diagram(subject: Subject, parse: Callable[[bytes], Any] | None) -> list[Finding]:
    found = list(files.check_process(subject))
    if found and subject.diagram.process is None:
        return found
    found += [one for check in FIRST for one in enough(check(subject))]
    if not any(one.rule in ("duplicate-id", "missing-id") for one in found):
        found += [one for check in CHECKS for one in enough(check(subject))]
    return found + (refused(subject, parse, found) if parse else [])


def enough(found: Iterable[Finding]) -> Iterator[Finding]:
    """Findings up to more errors than anybody corrects at once."""
    errors = 0
    for one in found:
        yield one
        errors += one.severity == "error"
        if errors == MOST_ERRORS:
            return


def refused(subject: Subject, parse: Callable[[bytes], Any], found: Iterable[Finding]) -> list[Finding]:
    """What the engine refuses to execute, unless something is known to be wrong with the same element.

    The parser is asked about any file whatever, so that what it raises may be anything; a refusal names its element.
    """
    try:
        parse(subject.content)
    except Exception as error:
        errors = {one.element for one in found if one.severity == "error"}
        element, what = str(getattr(error, "element", "")), str(getattr(error, "what", error))
        if element in errors or (errors and element not in subject.graph.number):
            return []
        part = subject.part(element)
        if isinstance(part, str):
            here = part or phrase("the file {file}", file=subject.file)
            return [finding("not-executed", subject.file, element, here=here, what=what)]
        return [subject.find("not-executed", part, what=what)]
    return []


def without_consequences(found: Iterable[Finding]) -> list[Finding]:
    """The findings without those that only follow from another one on the same element."""
    found = list(found)
    replaced = {(one.file, one.element, rule) for one in found for rule in REPLACES.get(one.rule, ())}
    return [one for one in found if (one.file, one.element, one.rule) not in replaced]


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """The gravest first, then by file and place."""
    return sorted(found, key=lambda one: (GRAVITY[one.severity], one.file, one.line, one.column, one.rule, one.message))
