"""Scenarios in findings: which went otherwise, and where; which cannot be read; which hold what looks like a person.

They are played elsewhere, because that needs other bundles; this only puts into words what came out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..model import Finding
from .phrases import Phrase, listed, phrase
from .rules import finding
from .subject import kind_of

if TYPE_CHECKING:
    from ..diagram import Diagram
    from ..scenarios import Outcome, Wrong

LONGEST = 60  # characters of a value in a sentence


def check_scenarios(outcomes: Iterable[Outcome], diagram: Diagram | None) -> Iterator[Finding]:
    """What came out of the scenarios of a bundle, as findings."""
    for one in outcomes:
        wrong = one.wrong
        if wrong is None:
            continue
        if wrong.how == "malformed":
            yield finding("scenario-malformed", one.path, why=wrong.said["why"])
        elif wrong.how == "many":
            yield finding("scenarios-not-run", one.path, why=phrase("{most} are the most", most=wrong.said["most"]))
        elif wrong.how == "late":
            why = phrase("the ones before took too long") if one.scenario is None else phrase("it takes too long")
            yield finding("scenarios-not-run", one.path, why=why)
        else:
            assert one.scenario is not None and diagram is not None
            why, name = reason(wrong, diagram), one.scenario.title or one.scenario.name
            yield finding("scenario", one.path, wrong.element, name=name, why=why)


def check_people(path: str, name: str, fields: Iterable[str]) -> Iterator[Finding]:
    """Fields of a scenario that hold, or seem to hold, what belongs to a person."""
    for field in fields:
        what = phrase("a personal value in {field}", field=field) if field else phrase("what looks like somebody real")
        yield finding("scenario-personal", path, name=name, what=what)


def reason(wrong: Wrong, diagram: Diagram) -> Phrase:
    """What went otherwise, in words."""
    return REASONS[wrong.how](wrong, diagram)


def called(element: str, diagram: Diagram) -> Phrase | str:
    """What a sentence calls an element by its id; of another diagram it is the id."""
    if element not in diagram:
        return element
    found = diagram.element(element)
    label = " ".join(found.name.split())
    if label in ("", element):
        return phrase("the {kind} {id}", kind=kind_of(found), id=element)
    return phrase('"{label}" ({id})', label=label, id=element, kind=kind_of(found))


def several(elements: Iterable[str], diagram: Diagram) -> Phrase:
    """Several elements, or that there are none."""
    found = [called(element, diagram) for element in elements]
    return listed(found) if found else phrase("(none)")


def shown(value: Any) -> str:
    """A value, not longer than a sentence can bear."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _not_waiting(wrong: Wrong, diagram: Diagram) -> Phrase:
    waiting = several(wrong.said["waiting"], diagram)
    at = called(wrong.element, diagram)
    return phrase("input {number} is for {at}, but what is waited for is {waiting}", **_at(wrong, at, waiting))


def _at(wrong: Wrong, at: Phrase | str, waiting: Phrase | str = "") -> Mapping[str, Any]:
    return {"number": wrong.input, "at": at, "waiting": waiting}


def _over(wrong: Wrong, diagram: Diagram) -> Phrase:
    end = called(wrong.element, diagram)
    return phrase("the case has ended at {at} before input {number}", **_at(wrong, end))


def _form(wrong: Wrong, diagram: Diagram) -> Phrase:
    fields = listed(name or "{}" for name in wrong.said["fields"])
    at = called(wrong.element, diagram)
    return phrase("the form of {at} does not take {fields} of input {number}", **_at(wrong, at), fields=fields)


def _unanswered(wrong: Wrong, diagram: Diagram) -> Phrase:
    at = called(wrong.element, diagram)
    return phrase("{at} asks the operator {operator}, and no answer is given", at=at, operator=wrong.said["operator"])


def _failed(wrong: Wrong, diagram: Diagram) -> Phrase:
    why = str(wrong.said.get("why", ""))[:120]
    return phrase("the step fails at {at} ({why})", at=called(wrong.element, diagram), why=why)


def _path(wrong: Wrong, diagram: Diagram) -> Phrase:
    after, instead = wrong.said["after"], wrong.said["instead"]
    at = called(wrong.element, diagram)
    if instead and after:
        places = {"after": called(after, diagram), "instead": called(instead, diagram)}
        return phrase("after {after} it goes to {instead} and never to {at}", at=at, **places)
    return phrase("it never comes to {at}", at=at)


def _end(wrong: Wrong, diagram: Diagram) -> Phrase:
    at, end = called(wrong.element, diagram), wrong.said["end"]
    if end:
        return phrase("it ends at {end} instead of {at}", at=at, end=called(end, diagram))
    waiting = several(wrong.said["waiting"], diagram)
    return phrase("it does not end at {at}, but waits for {waiting}", at=at, waiting=waiting)


def _waiting(wrong: Wrong, diagram: Diagram) -> Phrase:
    expected, waiting = (several(wrong.said[name], diagram) for name in ("expected", "waiting"))
    return phrase("it waits for {waiting} instead of {expected}", waiting=waiting, expected=expected)


def _data(wrong: Wrong, diagram: Diagram) -> Phrase:
    field, expected = wrong.said["field"], shown(wrong.said["expected"])
    if not wrong.said["known"]:
        return phrase("{field} is not there, but has to be {expected}", field=field, expected=expected)
    found = shown(wrong.said["found"])
    return phrase("{field} is {found} instead of {expected}", field=field, found=found, expected=expected)


def _due(wrong: Wrong, diagram: Diagram) -> Phrase:
    found, expected = wrong.said["found"] or phrase("never"), wrong.said["expected"]
    at = called(wrong.element, diagram)
    return phrase("{at} is due {found} instead of {expected}", at=at, found=found, expected=expected)


REASONS: Mapping[str, Callable[[Any, Any], Phrase]] = {
    "not-waiting": _not_waiting,
    "over": _over,
    "form": _form,
    "unanswered": _unanswered,
    "failed": _failed,
    "path": _path,
    "end": _end,
    "waiting": _waiting,
    "data": _data,
    "due": _due,
    "no-start": lambda wrong, diagram: phrase("no case begins like this"),
    "no-timer": lambda wrong, diagram: phrase("no timer is armed that it could wait for"),
    "no-time": lambda wrong, diagram: phrase("{text} is no time to wait", text=wrong.element),
    "endless": lambda wrong, diagram: phrase("{at} comes again and again", at=called(wrong.element, diagram)),
    "late": lambda wrong, diagram: phrase("it takes too long"),
    "too-much": lambda wrong, diagram: phrase(
        "the data of the case grow too large at {at}", at=called(wrong.element, diagram)
    ),
}
