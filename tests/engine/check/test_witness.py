"""The way that a finding of the token game names can be played, and ends where the finding says."""

from collections import Counter

import pytest

from engine.diagram import read_diagram
from engine.spiff import parse

from .bundles import check
from .faulty import FAULTY
from .faulty.flow import drawn, work
from .harm import harms

GAMES = ("deadlock", "lack-of-synchronisation", "livelock", "work-piles-up")
FOUND = [name for name, make in FAULTY.items() if make()[1] in GAMES]


def played(files, witness):
    """The tokens on the flows after the moves of a witness: who moves takes what is before it, as its gateway does."""
    diagram = read_diagram(files["p.bpmn"])
    held = Counter()
    for move in witness:
        element = diagram.element(move["element"])
        before = [flow for flow in element.incoming if held[flow]]
        taken = before if element.kind in ("parallelGateway", "inclusiveGateway") else before[:1]
        assert taken or not element.incoming, f"{element.id} has no token"
        held -= Counter(taken)
        held += Counter(move["flows"])
    return held, diagram


@pytest.mark.parametrize("name", FOUND)
def test_a_witness_can_be_played(name):
    files, rule, element = FAULTY[name]()
    (one,) = (one for one in check(files) if one.rule == rule)
    held, diagram = played(files, one.data["witness"])
    here = [flow for flow in diagram.element(element).incoming if held[flow]]
    if rule == "deadlock":
        assert here and len(here) < len(diagram.element(element).incoming)
        assert all(diagram.element(diagram.flow(flow).target).id == element for flow in held)
    elif rule == "livelock":
        assert held
    else:
        assert sum(held[flow] for flow in here) > 1


def test_a_witness_is_a_shortest_way():
    files, _, _ = FAULTY["a choice that a parallel gateway joins"]()
    (one,) = (one for one in check(files) if one.rule == "deadlock")
    assert [move["element"] for move in one.data["witness"]] == ["start", "o", "s", "a"]
    assert [move["flows"] for move in one.data["witness"]] == [["start_o"], ["o_s"], ["s_a"], ["a_j"]]


HANGING = [name for name in FOUND if FAULTY[name]()[1] == "deadlock"]


@pytest.mark.parametrize("name", HANGING)
def test_the_stepper_hangs_where_a_deadlock_is_found(name):
    """Some play ends with a token that nothing can move, with the same files."""
    files, _, _ = FAULTY[name]()
    assert parse(files["p.bpmn"])
    assert any(kind == "stuck" for kind, _ in harms(files, range(60)))


def test_a_net_that_is_too_large_is_said_to_be(monkeypatch):
    monkeypatch.setattr("engine.check.tokens.MOST_MARKINGS", 3)
    one = next(
        one for one in check(drawn(work("a", "b", "c"), "start > a > b > c > end")) if one.rule == "not-searched"
    )
    assert one.severity == "info"
