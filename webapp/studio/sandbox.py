"""A scenario while it is being recorded: what was done so far is played again for each page, and nothing else is kept.

The state of a page is the scenario itself, as its file; whoever sends it back changed gets what he wrote, played.
No case is made, no operator is asked, and of a person only a sample is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from engine import Engine
from engine.bundles import Bundle
from engine.canonical import normal, read_file
from engine.check.scenarios import reason
from engine.operators import Operator
from engine.scenarios import (
    SAMPLE,
    Around,
    Bring,
    Complete,
    Expected,
    Input,
    Malformed,
    Open,
    Play,
    Reply,
    Scenario,
    Wait,
    Wrong,
    answer_with_samples,
    path_of,
    read_scenario,
    with_samples,
    write_scenario,
)
from engine.scenarios.running import bound, gone
from engine.spiff import Request

from .. import forms, pictures
from ..findings import sentence_of
from ..labels import Labels, Row
from ..language import Words

NAMELESS = path_of("new")
NOTHING: Mapping[str, Any] = {"type": "object", "properties": {}}
PEOPLE = "customer"  # what is looked up among real people


@dataclass(frozen=True, kw_only=True)
class Question:
    """An operator that is asked: what it is given, and the form of its answer, if it declares one."""

    request: Request
    operator: Operator | None
    schema: Mapping[str, Any] | None

    @property
    def given(self) -> str:
        """The parameters as JSON."""
        return json.dumps(self.request.parameters, ensure_ascii=False, default=str)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A scenario as it stands: played, and what may come next."""

    scenario: Scenario
    play: Play
    bundle: Bundle
    wrong: Wrong | None
    question: Question | None

    @property
    def state(self) -> str:
        """The scenario as a page carries it."""
        return write_scenario(self.scenario).decode()

    @property
    def tasks(self) -> list[Open]:
        """The open tasks."""
        return [one for one in self.play.open if one.kind == "task"]

    @property
    def awaited(self) -> list[Open]:
        """The messages and signals that are waited for, each name once."""
        found = {(one.kind, one.name): one for one in reversed(self.play.open) if one.kind in ("message", "signal")}
        return list(found.values())[::-1]

    @property
    def timers(self) -> list[Open]:
        """The timers that are armed, the next first."""
        return sorted((one for one in self.play.open if one.kind == "timer"), key=lambda one: one.due)

    def chosen(self, wanted: str) -> Open | None:
        """The task or message whose form is shown: the one that is asked for, else the first task."""
        can = [*self.tasks, *self.awaited]
        return next((one for one in can if key_of(one) == wanted), can[0] if can else None)

    def form(self, one: Open | None) -> Mapping[str, Any] | None:
        """The schema of the form of what is waited for; None where it has none."""
        found = self.play.form(one) if one else None
        return found.schema if found else None

    def picture(self, words: Words) -> Markup:
        """The diagram with the way so far."""
        diagram = self.bundle.diagram
        assert diagram is not None
        marks = dict.fromkeys([part.id for part in (*diagram.elements, *diagram.flows)], "idle")
        marks |= dict.fromkeys(self.play.path, "done") | dict.fromkeys(self.play.flows, "travelled")
        marks |= {one.element: "active" for one in self.play.open if one.kind == "task" and one.element in diagram}
        if self.wrong is not None and self.wrong.element in diagram:
            marks[self.wrong.element] = "failed"
        counts = {id: n for id in set(self.play.path) if (n := self.play.path.count(id)) > 1}
        return pictures.of_bundle(Labels(self.bundle, words), marks, counts)

    def rows(self, words: Words, engine: Engine) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The data so far: what forms declare, as they call it, and what else there is."""
        return Labels(self.bundle, words, engine).rows(self.play.data)

    def problem(self, words: Words) -> str:
        """What keeps the scenario from going on, in words."""
        if self.wrong is None or self.bundle.diagram is None:
            return ""
        return sentence_of(reason(self.wrong, self.bundle.diagram), words.lang, self.bundle.i18n.get(words.lang, {}))

    def kept(self, name: str, title: str) -> Scenario:
        """The scenario to be kept: it expects what it has come to."""
        waiting = None if self.play.over else tuple(one.element for one in self.tasks)
        expected = Expected(path=tuple(self.play.path), end=self.play.end if self.play.over else "", waiting=waiting)
        return replace(self.scenario, name=name, title=title, expected=expected)


def staged(bundle: Bundle, around: Around, scenario: Scenario) -> Stage:
    """Play a scenario as far as it goes."""
    play = Play(bundle, around, scenario.replies, scenario.at, bound())
    question, wrong = None, gone(scenario, play)
    if wrong is not None and wrong.how == "unanswered":
        question = asked(around, play.asked)
        wrong = None
    return Stage(scenario=scenario, play=play, bundle=bundle, wrong=wrong, question=question)


def asked(around: Around, request: Request | None) -> Question | None:
    """What an operator is asked that the scenario has no answer of."""
    if request is None:
        return None
    operator = around.registry.get(request.operator)
    schema = operator.result if operator else None
    return Question(request=request, operator=operator, schema=schema if schema and schema.get("properties") else None)


def carried(bundle: Bundle, around: Around, text: str) -> Stage | None:
    """The scenario that a page carries, played; None where it is not begun, Malformed where it is none."""
    return staged(bundle, around, read_scenario(NAMELESS, text.encode("utf-8", "replace"))) if text else None


def fits(scenario: Scenario) -> bool:
    """Whether a scenario can be kept: whether it is no longer or larger than a file of one may be."""
    try:
        return read_scenario(NAMELESS, write_scenario(scenario)) is not None
    except Malformed:
        return False


def begun(schema: Mapping[str, Any], typed: MultiDict[str, str], at: datetime, message: str) -> Scenario:
    """A scenario that begins with what was typed into the start form."""
    return Scenario(name="new", at=at, data=values(schema, typed), message=message)


def completed(scenario: Scenario, one: Open, schema: Mapping[str, Any] | None, typed: MultiDict[str, str]) -> Scenario:
    """The scenario after a task was completed, or a message has come."""
    given = values(schema, typed) if schema is not None else payload(typed.get("payload", ""))
    made: Input = (
        Complete(element=one.element, values=given)
        if one.kind == "task"
        else Bring(kind=one.kind, name=one.name, payload=given)
    )
    return replace(scenario, inputs=(*scenario.inputs, made))


def waited(scenario: Scenario, until: str) -> Scenario:
    """The scenario after some time."""
    return replace(scenario, inputs=(*scenario.inputs, Wait(until=until)))


def answered(scenario: Scenario, question: Question, typed: MultiDict[str, str]) -> Scenario:
    """The scenario with an answer more."""
    if question.schema is not None:
        result: Any = answer_with_samples(question.schema, typed_values(question.schema, typed))
    else:
        result = payload(typed.get("payload", ""))
    made = Reply(
        operator=question.request.operator,
        element="" if "_always" in typed else question.request.element,
        result=result,
        error=typed.get("_error", "").strip(),
        always="_always" in typed,
    )
    return replace(scenario, replies=(*scenario.replies, made))


def undone(stage: Stage) -> Scenario:
    """The scenario without its last input, and without the answers that only followed from it."""
    shorter = replace(stage.scenario, inputs=stage.scenario.inputs[:-1])
    play = Play(stage.bundle, stage.play.around, shorter.replies, shorter.at, bound())
    gone(shorter, play)
    left = {id(one) for one in play.replies if not one.always}
    return replace(shorter, replies=tuple(one for one in shorter.replies if id(one) not in left))


def values(schema: Mapping[str, Any], typed: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed into a form, with samples in the place of what is about a person."""
    found = with_samples(schema, typed_values(schema, typed))
    people = {part.key for part in forms.shape(schema).parts if part.lookup == PEOPLE}
    return {name: SAMPLE if name in people and value else value for name, value in found.items()}


def typed_values(schema: Mapping[str, Any], typed: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed into a form, as plain data."""
    found: dict[str, Any] = normal(forms.read_form(schema, typed))
    return found


def payload(text: str) -> dict[str, Any]:
    """The content that was typed as JSON; Malformed where it is no object."""
    if not text.strip():
        return {}
    try:
        found = read_file(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Malformed("payload")
    return found


def fields(
    schema: Mapping[str, Any],
    typed: MultiDict[str, str],
    errors: Mapping[str, Any],
    words: Words,
    stage: Stage | None,
    fresh: datetime | None,
) -> tuple[forms.Field, ...]:
    """The fields of a form as a sandbox shows them: nobody real is looked up in it."""
    said = forms.messages(schema, errors, words.lang) if errors else {}
    data = stage.play.data if stage else {}
    return _plain(forms.build(schema, typed, said, words, fresh=fresh, data=data), words)


def _plain(found: Sequence[forms.Field], words: Words) -> tuple[forms.Field, ...]:
    kept = words("Only “sample” is kept of this.")
    return tuple(
        replace(
            one,
            lookup="",
            personal=False,
            hint=f"{one.hint} {kept}".strip() if one.personal else one.hint,
            parts=_plain(one.parts, words),
        )
        for one in found
    )


def faults(stage: Stage) -> Mapping[str, Any]:
    """What is wrong with the form of the last input, by field."""
    found: Mapping[str, Any] = stage.wrong.said.get("errors", {}) if stage.wrong else {}
    return found


def key_of(one: Open) -> str:
    """What is waited for, in a form."""
    return f"{one.kind} {one.element}"
