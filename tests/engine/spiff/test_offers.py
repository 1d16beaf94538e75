"""How a user task is offered: groups, person, term and priority, each as a text or as an expression."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.errors import StepFailed
from engine.feel import Language, host_function
from engine.spiff import Due
from tests.engine.spiff.play import AT, Play
from tests.engine.spiff.xmls import END, START, el, line, many, multi, xml


def said(**values):
    given = "".join(f'<spiffworkflow:taskMetadataValue name="{k}" value="{v}"/>' for k, v in values.items())
    return f"<bpmn:extensionElements><spiffworkflow:taskMetadataValues>{given}</spiffworkflow:taskMetadataValues></bpmn:extensionElements>"


def offered(p):
    return [e.detail for e in p.effects if e.kind == "offered"]


def offer(data=None, world=None, lane="", **values):
    lanes = f'<bpmn:laneSet id="ls"><bpmn:lane id="l" name="{lane}"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    (detail,) = offered(
        Play(
            xml(lanes + START + el("userTask", "a", said(**values)) + END + line("start", "a", "end")),
            data=data,
            world=world,
        )
    )
    return detail


def test_a_task_that_says_nothing():
    assert offer() == {"groups": [], "priority": 2}


@pytest.mark.parametrize(
    "text, groups",
    [
        ("csr", ["csr"]),
        ("csr, Risk  Control ,csr,", ["csr", "risk_control"]),
        ("= team", ["pm"]),
        ("= teams", ["pm", "co"]),
        ("= if urgent then &quot;csl&quot; else &quot;csr&quot;", ["csl"]),
        ("= null", ["front_desk"]),
        ("", ["front_desk"]),
    ],
)
def test_groups(text, groups):
    data = {"team": "PM", "teams": ["pm", "CO"], "urgent": True}
    assert offer(data, lane="Front Desk", candidateGroups=text)["groups"] == groups


@pytest.mark.parametrize("text", ["= 5", "= [1]", "= true"])
def test_groups_that_are_no_names(text):
    with pytest.raises(StepFailed, match="a: candidateGroups"):
        offer(candidateGroups=text)


def test_the_lane_of_the_activity_around_holds_where_there_is_none_inside():
    lanes = '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="Front Desk"><bpmn:flowNodeRef>m</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    inner = el("startEvent", "s2") + el("userTask", "a") + el("endEvent", "e2") + line("s2", "a", "e2")
    alone = many("", "subProcess", inner).replace(b'isExecutable="true">', b'isExecutable="true">' + lanes.encode())
    assert [d["groups"] for d in offered(Play(alone))] == [["front_desk"]]
    several = many(multi(), "subProcess", inner).replace(
        b'isExecutable="true">', b'isExecutable="true">' + lanes.encode()
    )
    assert [d["groups"] for d in offered(Play(several, data={"funds": [1, 2]}))] == [["front_desk"]] * 2


@pytest.mark.parametrize("text, assignee", [("ann", "ann"), ("= owner", "bob"), ("= null", None), ("", None)])
def test_assignee(text, assignee):
    assert offer({"owner": "bob"}, assignee=text).get("assignee") == assignee


def test_an_assignee_that_is_no_name():
    with pytest.raises(StepFailed, match="a: the assignee = 5 is no name"):
        offer(assignee="= 5")


@pytest.mark.parametrize("text, priority", [("1", 1), ("3", 3), ("= if big then 1 else 3", 1), ("= null", 2), ("", 2)])
def test_priority(text, priority):
    assert offer({"big": True}, priority=text)["priority"] == priority


@pytest.mark.parametrize("text", ["high", "-1", "10", "= 1.5", "= true", "= [1]"])
def test_a_priority_that_is_none(text):
    with pytest.raises(StepFailed, match="a: the priority"):
        offer(priority=text)


CHINA = timezone(timedelta(hours=8))


def terms(text, at):
    """Terms as calendars would give them: hours plainly, days into the next year provisionally."""
    number, unit = text.split()
    if unit not in ("bh", "BD"):
        raise ValueError(f"{unit} is no unit")
    return Due(at + timedelta(hours=int(number))) if unit == "bh" else Due(at.replace(year=2027), True)


WORLD = {"due": terms, "zone": CHINA}


@pytest.mark.parametrize(
    "text, due, provisional",
    [
        ("4 bh", "2026-01-01T13:00:00.000000Z", False),
        ("15 BD", "2027-01-01T09:00:00.000000Z", True),
        ("= term", "2026-01-01T11:00:00.000000Z", False),
        ("= if n &gt; 1 then term else null", "2026-01-01T11:00:00.000000Z", False),
        ("= duration(&quot;PT90M&quot;)", "2026-01-01T10:30:00.000000Z", False),
        ("= duration(&quot;P1M&quot;)", "2026-02-01T09:00:00.000000Z", False),
        ("= now() + duration(&quot;PT1H&quot;)", "2026-01-01T10:00:00.000000Z", False),
        ("= date and time(&quot;2026-03-01T08:00:00&quot;)", "2026-03-01T00:00:00.000000Z", False),
        ("= date(&quot;2026-03-01&quot;)", "2026-02-28T16:00:00.000000Z", False),
        ("= null", None, False),
        ("", None, False),
    ],
)
def test_due(text, due, provisional):
    detail = offer({"term": "2 bh", "n": 2}, WORLD, dueIn=text)
    assert detail.get("due") == due and detail.get("provisional", False) == provisional


@pytest.mark.parametrize("text", ["4 moons", "= 4", "= true", "= [1]"])
def test_terms_that_mean_nothing(text):
    with pytest.raises(StepFailed, match="a: the term"):
        offer(world=WORLD, dueIn=text)


def business_days(n):
    """A moment far away: beyond the years that the calendar of the test knows."""
    return datetime(2027, 1, int(n), tzinfo=UTC)


def test_a_moment_of_business_time_in_an_unknown_year_is_provisional():
    language = Language(host=(host_function("business_days", business_days, "number"),))
    world = {"language": language, "last_year": 2026, "zone": CHINA}
    assert offer(world=world, dueIn="= business_days(4)") == {
        "groups": [],
        "priority": 2,
        "due": "2027-01-04T00:00:00.000000Z",
        "provisional": True,
    }
    assert "provisional" not in offer(world={**world, "last_year": 2027}, dueIn="= business_days(4)")


def test_a_manual_task_is_offered_as_well_and_every_instance_reads_its_own_item():
    loop = multi().replace("<bpmn:multiInstance", said(assignee="= fund") + "<bpmn:multiInstance")
    p = Play(many(loop, "manualTask"), data={"funds": ["ann", "bob"]})
    assert [d["assignee"] for d in offered(p)] == ["ann", "bob"] and AT
