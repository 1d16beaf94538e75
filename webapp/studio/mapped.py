"""The form of a mapping: what is asked for each version that cases come from, as it was proposed or filled in.

A field `map.3.Answer` says where what waits at Answer of version 3 goes on; `lines.3` are lines over the data. It knows
no page, and reads what a dry run has said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.batches import Answer
from engine.bundles import Bundle
from engine.errors import Refusal
from engine.mapping import Declared
from engine.moving import Candidate
from engine.moving.proposing import candidates, flows_into

from .. import here
from ..findings import labels_of, sentence
from ..labels import Labels
from ..language import noop

WHY = {
    "removed": noop("is not in that version"),
    "other kind": noop("is of another kind there"),
    "other flow": noop("is come to by another way there"),
    "other results": noop("collects other results there, which its instances do not bring"),
    "elsewhere": noop("stands elsewhere there"),
    "twice": noop("would wait there twice"),
}
BECAUSE = {
    "name": noop("same name"),
    "form": noop("same form"),
    "place": noop("same place"),
    "kind": noop("same kind"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An element or flow that may be chosen, and why it is offered."""

    id: str
    label: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Where something of a version goes on: what is in the way, for how many cases, what may be chosen, what is."""

    id: str
    label: str
    why: str
    cases: int
    chosen: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked about the cases of one version; `said` is what is wrong with its lines, `problem` with the rest."""

    version: int
    bundle: str
    questions: tuple[Question, ...]
    lines: str = ""
    said: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Two bundles between which cases move, with the number of the old version."""

    version: int
    old: Bundle
    new: Bundle


def asked(way: Way, answers: Iterable[Answer], known: Declared | None, filled: Mapping[str, str] | None) -> Asked:
    """The form for one version: from what was declared, from what a dry run proposes, and from what is filled in."""
    elements = dict(known.elements) if known else {}
    met: dict[str, list[tuple[Mapping[str, Any], str]]] = {}
    for answer in answers:
        for one in answer.detail.get("stranded", ()):
            proposed = answer.detail.get("proposed", {}).get(one["element"], "")
            met.setdefault(one["element"], []).append((one, proposed))
    found = {id: _met(way, id, ones) for id, ones in met.items()}
    for id, other in elements.items():
        found.setdefault(id, _question(way, id, "", 0, other, _offered(way, id, other)))
    if filled is not None:
        found = {id: _filled(one, filled.get(f"map.{way.version}.{id}", "")) for id, one in found.items()}
    lines = filled.get(f"lines.{way.version}", "") if filled is not None else known.script if known else ""
    return Asked(
        version=way.version,
        bundle=way.old.digest,
        questions=tuple(found.values()),
        lines=lines,
        said=tuple(said_of(way.old, lines)),
    )


def said_of(old: Bundle, lines: str) -> list[str]:
    """What is wrong with lines over the data, in the language of the page."""
    lang = here.words().lang
    known = labels_of(old.files, lang)
    return [sentence(one, lang, known) for one in here.engine().check_lines(old.digest, lines)]


def given(filled: Mapping[str, str], version: int) -> tuple[dict[str, str], str]:
    """The elements and the lines that a form says for a version."""
    start = f"map.{version}."
    elements = {name.removeprefix(start): id for name, id in filled.items() if name.startswith(start) and id}
    return elements, filled.get(f"lines.{version}", "").replace("\r\n", "\n").strip()


def declared(way: Way, filled: Mapping[str, str]) -> Declared | None:
    """The mapping that a form declares for a version, None where it says nothing; Refusal where it is no good."""
    elements, lines = given(filled, way.version)
    if not elements and not lines:
        return None
    return here.engine().declare(way.old.digest, way.new.digest, elements, lines, by=here.actor())


def refused(error: Refusal, way: Way) -> str:
    """Why a form declares nothing, in the language of the page; what is wrong with its lines stands at them."""
    if "findings" in error.data:
        return here.words()("Correct the lines over the data")
    return here.words()("These elements do not fit together; choose others")


def _met(way: Way, id: str, met: Sequence[tuple[Mapping[str, Any], str]]) -> Question:
    """What is asked about something that cases stand on: whatever may be chosen for any of them, and a proposal."""
    offered = {name: because for one, _proposed in met for name, because in one["candidates"]}
    chosen = next((proposed for _one, proposed in met if proposed), "")
    offers = [Candidate(id=name, because=because) for name, because in offered.items()]
    return _question(way, id, met[0][0]["why"], len(met), chosen, offers)


def _question(way: Way, id: str, why: str, cases: int, chosen: str, offered: Iterable[Candidate]) -> Question:
    words, there = here.words(), Labels(way.new, here.words())
    return Question(
        id=id,
        label=called(Labels(way.old, words), id),
        why=words(WHY[why]) if why else "",
        cases=cases,
        chosen=chosen,
        offers=tuple(
            Offer(id=one.id, label=called(there, one.id), because=words(BECAUSE[one.because])) for one in offered
        ),
    )


def _filled(one: Question, chosen: str) -> Question:
    return Question(id=one.id, label=one.label, why=one.why, cases=one.cases, chosen=chosen, offers=one.offers)


def _offered(way: Way, id: str, other: str) -> list[Candidate]:
    """What may be chosen for something that a mapping names already."""
    diagram = way.new.diagram
    if diagram is not None and diagram.has_flow(other):
        return flows_into(way.old, way.new, id, diagram.flow(other).target)
    return candidates(way.old, way.new, id)


def called(labels: Labels, id: str) -> str:
    """What an element or flow is called; a flow without a name by what it joins."""
    diagram = labels.bundle.diagram
    if diagram is None or id in diagram or not diagram.has_flow(id):
        return labels.element(id)
    flow = diagram.flow(id)
    if flow.name:
        return labels.text(flow.name)
    between = {"source": labels.element(flow.source), "target": labels.element(flow.target)}
    return labels.words("from %(source)s to %(target)s", **between)


__all__ = [
    "BECAUSE",
    "WHY",
    "Asked",
    "Offer",
    "Question",
    "Way",
    "asked",
    "called",
    "declared",
    "flows_into",
    "given",
    "refused",
    "said_of",
]
