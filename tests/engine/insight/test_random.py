"""Random diagrams played in the engine: how often everything was passed is what the steps of their cases say."""

from collections import Counter
from datetime import timedelta

import pytest
from lxml import etree

from tests.engine.game.diagrams import diagram_of, documents
from tests.engine.game.engines import EngineDriver
from tests.engine.game.player import Player
from tests.engine.insight.recount import recounted, tables

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
FAST, SLOW = 3, 25


def play(engine, clock, seed):
    """Play a diagram as a case; the documents that it is drawn in, and the case."""
    diagram = diagram_of(seed)
    drawn = documents(diagram, seed)
    driver = EngineDriver(engine, clock, drawn)
    Player(diagram, driver, seed, clock.now() + timedelta(minutes=1)).play()
    return drawn, driver.case


def passed(engine, drawn, case):
    """How often a case passed each element and flow, by its steps: of a list, the instances and not the whole."""
    entered, taken = Counter(), Counter()
    for step in engine.history(case):
        for effect in step.effects:
            entered[effect.element] += effect.kind == "entered"
            if effect.kind == "taken":
                taken[effect.detail] += 1
    for document in drawn.values():
        root = etree.fromstring(document)
        lists = {node.getparent().get("id") for node in root.iter(f"{BPMN}multiInstanceLoopCharacteristics")}
        for flow in root.iter(f"{BPMN}sequenceFlow"):
            if flow.get("targetRef") in lists:
                entered[flow.get("targetRef")] -= taken[flow.get("id")]
    return +entered + taken


def held(engine, clock, seeds):
    """Play some diagrams, count now and then, and hold the sums against the steps of all cases."""
    expected, keys = Counter(), set()
    for seed in seeds:
        drawn, case = play(engine, clock, seed)
        expected += passed(engine, drawn, case)
        keys |= drawn.keys()
        if seed % 3 == 0:
            engine.count_finished(1)
    engine.count_finished()
    walked, found = Counter(), tables(engine)
    for key in keys:
        for times in engine.walked(key).values():
            walked.update(times)
    assert walked == expected
    assert recounted(engine) == len(seeds) and tables(engine) == found


def test_random_diagrams(engine, clock):
    held(engine, clock, range(FAST))


@pytest.mark.slow
def test_many_random_diagrams(engine, clock):
    held(engine, clock, range(FAST, SLOW))
