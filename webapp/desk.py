"""A task on somebody's desk: its form, the customer beside it, what happened so far, and where the case stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from . import forms, pictures
from .forms import labels as named
from .labels import Labels, Row, labels_of, with_disposals
from .language import Words
from .sentences import Sentence, Teller
from .services import Board, Card, Hindrance, Person, Services

if TYPE_CHECKING:
    from engine import Case, Task
    from engine.errors import FieldError

LAST = 6  # sentences of what happened so far
QUOTED = 2  # texts of earlier tasks that are shown above the form
Problem = tuple[str, str]  # the id of a control, and what to do


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All that the page of a task shows."""

    task: Task
    case: Case
    labels: Labels
    fields: tuple[forms.Field, ...] = ()
    submit: str = ""
    instructions: str = ""
    problems: tuple[Problem, ...] = ()
    boards: tuple[Board, ...] = ()
    drafted: bool = False
    card: Card | None = None
    texts: tuple[Row, ...] = ()
    hindrance: Hindrance | None = None
    own_part: tuple[str, ...] = ()  # what this person did himself, for which somebody else has to do the task
    may_claim: bool = False
    may_release: bool = False
    may_assign: bool = False
    colleagues: tuple[Person, ...] = ()
    looked_up: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    focus: str = ""  # the id of the control that a button of the form has led to

    @property
    def name(self) -> str:
        """What the task is called."""
        return self.labels.element(self.task.element)

    @classmethod
    def of(
        cls,
        services: Services,
        task: Task,
        person: Person,
        words: Words,
        *,
        typed: MultiDict[str, str] | None = None,
        errors: Mapping[str, FieldError] | None = None,
        looked_up: Mapping[str, Sequence[Any]] | None = None,
        focus: str = "",
    ) -> Desk:
        """The desk of a person with a task on it; `typed` is what was entered and not taken yet."""
        engine, actor = services.engine, person.actor
        labels = labels_of(engine.bundle(task.bundle), words, engine)
        case = engine.case(task.case_id, actor)
        schema = schema_of(labels, task.element)
        draft = engine.draft(task.id, actor) if typed is None else None
        values = typed if typed is not None else forms.flat(schema, draft or {})
        sentences = forms.messages(schema, errors or {}, words.lang)
        hindrance = services.hindrance(task, actor)
        fresh = typed is None and draft is None and hindrance is None
        moves = task.status != "suspended"
        assigner = moves and actor.any_of(services.engine.policy.assigners)
        return cls(
            task=task,
            case=case,
            labels=labels,
            fields=forms.build(
                schema, values, sentences, words, fresh=services.now() if fresh else None, data=case.data
            ),
            submit=named.text(schema, "x-submit", words.lang),
            instructions=_instructions(labels, task.element),
            problems=problems(schema, sentences),
            boards=boards(services, schema, case.data, words),
            drafted=draft is not None,
            card=services.beside.card(case, actor, words.lang),
            texts=labels.texts(case.data, task.element)[:QUOTED],
            hindrance=hindrance,
            own_part=tuple(map(labels.element, engine.four_eyes(task, actor))) if hindrance == "four eyes" else (),
            may_claim=hindrance is None and task.assignee is None,
            may_release=moves and task.assignee is not None and (task.assignee == actor.name or assigner),
            may_assign=assigner,
            colleagues=_colleagues(services, task) if assigner else (),
            looked_up=looked_up or {},
            focus=focus,
        )


@dataclass(frozen=True, kw_only=True)
class Story:
    """What stands beside the desk where there is room for it: what is known, what was done last, where the case is."""

    rows: tuple[Row, ...]
    told: tuple[Sentence, ...]
    picture: str

    @classmethod
    def of(cls, services: Services, desk: Desk, person: Person) -> Story:
        """The story of the case that a desk's task belongs to."""
        labels, case = desk.labels, desk.case
        before, steps, now = services.engine.film(case.id, person.actor).ending(LAST)
        names = services.names({step.actor for step in steps}, labels.words.lang)
        return cls(
            rows=with_disposals(labels.entered(case.data), services.engine.disposals(case.id, person.actor)),
            told=tuple(Teller(labels, names).tell(steps, last=LAST, before=before.known)[::-1]),
            picture=pictures.of_case(labels, pictures.stands(case, now), mini=True),
        )


def schema_of(labels: Labels, element: str) -> Mapping[str, Any]:
    """The form of an element; one without a form asks nothing."""
    form = labels.bundle.form_of(element)
    return form.schema if form else {"properties": {}}


def boards(services: Services, schema: Mapping[str, Any], data: Mapping[str, Any], words: Words) -> tuple[Board, ...]:
    """What a form compares: `x-compare` names for each kind of thing where in the case's data the chosen ones stand."""
    asked = schema.get("x-compare") or {}
    values = {kind: forms.at_path(data, str(path)) for kind, path in asked.items()}
    found = (services.beside.board(kind, listed, words.lang) for kind, listed in values.items() if listed)
    return tuple(board for board in found if board)


def problems(schema: Mapping[str, Any], sentences: Mapping[str, str]) -> tuple[Problem, ...]:
    """What an error summary lists: the control to go to, and what to do there."""
    shape = forms.shape(schema)
    known = {part.name: part.id for part in forms.walk(shape)}
    found = []
    for name, sentence in sentences.items():
        while name and name not in known:
            name = name.rpartition(".")[0]
        found.append((known.get(name, ""), sentence))
    return tuple(found)


def found_for(
    services: Services, schema: Mapping[str, Any], typed: MultiDict[str, str], words: Words
) -> dict[str, Any]:
    """What the pressed “Find” buttons of a form found, by the id of their control."""
    asked = set(typed.getlist("_find"))
    return {
        control.id: services.find(control.kind, control.text, words.lang)
        for control in forms.lookups(schema, typed)
        if control.id in asked
    }


def _instructions(labels: Labels, element: str) -> str:
    found = labels.bundle.diagram.element(element) if labels.bundle.diagram else None
    return labels.text(found.instructions) if found and found.instructions else ""


def _colleagues(services: Services, task: Task) -> tuple[Person, ...]:
    able = [one for one in services.directory.people() if one.actor.any_of(task.groups) and one.id != task.assignee]
    barred = services.engine.barred(task, [one.id for one in able])
    return tuple(one for one in able if one.id not in barred)
