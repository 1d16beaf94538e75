"""Plays the scenarios of a bundle under what is in force now: its configuration, other processes, shared decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection

from ..bundles import Bundle
from ..check.scenarios import check_people, check_scenarios
from ..configuration import Configuration
from ..history.replay import stored_archive
from ..model import Finding
from ..scenarios import Around, Bring, Complete, Outcome, Scenario, Wrong, is_scenario, looks_real, personal_in, run_all
from ..store import rollouts
from ..trial import Nowhere
from .context import Context


def around(context: Context, connection: Connection, configuration: Configuration) -> Around:
    """What a scenario finds around its bundle."""
    return Around(
        configuration=configuration,
        archive=stored_archive(connection, context.shelf),
        bound=partial(bound_now, connection, context.now_text()),
        registry=context.registry,
        formats=context.formats,
    )


def bound_now(connection: Connection, at: str, name: str) -> str:
    """The digest of another process or shared decision, `process:key` or `decision:key`, that most cases get now.

    Nowhere if there is none.
    """
    kind, _, key = name.partition(":")
    asked = rollouts.standing(connection, key, at)
    if not asked or asked[-1].deployment.kind != kind:
        raise Nowhere(name)
    return asked[-1].deployment.bundle


def outcomes(context: Context, connection: Connection, bundle: Bundle, configuration: Configuration) -> list[Outcome]:
    """How the scenarios of a bundle go."""
    if bundle.diagram is None:
        paths = sorted(filter(is_scenario, bundle.files))
        wrong = Wrong(how="malformed", said={"why": "only a process has scenarios"})
        return [Outcome(path=path, scenario=None, wrong=wrong) for path in paths]
    return run_all(bundle, around(context, connection, configuration))


def findings(bundle: Bundle, outcomes: Sequence[Outcome]) -> Iterator[Finding]:
    """What is wrong with the scenarios of a bundle that has no error otherwise, by how they went."""
    for one in outcomes:
        if one.scenario is not None:
            yield from check_people(one.path, one.scenario.title or one.scenario.name, people(one.scenario, bundle))
    yield from check_scenarios(outcomes, bundle.diagram)


def people(scenario: Scenario, bundle: Bundle) -> Iterator[str]:
    """The fields that hold a personal value which is no sample; an empty name where something else looks real."""
    assert bundle.diagram is not None
    named = set[str]()
    for element, values in given(scenario, bundle):
        form = bundle.form_of(element)
        named |= set(personal_in(form.schema, values)) if form else set()
    yield from sorted(named)
    held = [scenario.data, *(_content(one) for one in scenario.inputs), *(one.result for one in scenario.replies)]
    if not named and any(map(looks_real, held)):
        yield ""


def given(scenario: Scenario, bundle: Bundle) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The values of a scenario, with the elements whose forms they are for."""
    diagram = bundle.diagram
    assert diagram is not None
    for start in diagram.start_events():
        yield start.id, scenario.data
    for one in scenario.inputs:
        if isinstance(one, Complete):
            yield one.element, one.values
        elif isinstance(one, Bring):
            waiting = [here for here in diagram.elements if here.event is not None and here.event.name == one.name]
            yield from ((here.id, one.payload) for here in waiting)


def _content(one: object) -> object:
    return one.values if isinstance(one, Complete) else one.payload if isinstance(one, Bring) else None
