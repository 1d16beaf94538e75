"""Every way through a piece of feedback, walked with the real domain: from its receipt to what was done because of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import update

from engine import Actor, NotAllowed, NotFound
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.feedback import repository
from workflows.feedback.model import Item
from workflows.interactions import repository as interactions
from workflows.tables import customer

PRAISE = "客服很耐心，说明清楚，非常满意"
FOLLOWED = {"reached": True, "outcome": "Explained and settled by phone."}


def received(house: House, *, by: str = "chs", known: bool = True, **said: object) -> Walk:
    """A piece of feedback that came in; contact about it is allowed."""
    whose = {"customerId": someone(house)} if known else {}
    return house.walk("feedback", by=by, **{"source": "APP", "contactAllowed": True, **whose, **said})


def kept(walk: Walk) -> Item:
    """The item as it is kept."""
    with walk.house.engine.database.reading() as connection:
        found = repository.get(connection, walk.case.id)
    assert found is not None
    return found


def someone(house: House, **changed: object) -> str:
    """Another customer who can be reached and may be advertised to, unless something of it is changed."""
    usual = {"marketing_consent": True, "service_consent": True, "status": "ACTIVE", "vulnerable": []}
    found = next(house.customers)
    with house.engine.database.writing() as connection:
        connection.execute(update(customer).where(customer.c.id == found).values(**usual | changed))
    return found


def a_promoter_is_thanked(house: House) -> Walk:
    walk = received(house, instrument="CSAT", score=5, agent="li.na")
    item = kept(walk)
    assert (item.judged, item.rule, item.praise, item.agent) == ("PROMOTER", "DT-04-8a", True, "li.na")
    assert walk.letters == ["feedback-thanks"] and walk.data["permissionRule"] == "DT-08-7"
    return walk.ended("EndThanked")


def without_advertising_there_are_still_thanks(house: House) -> Walk:
    whose = someone(house, marketing_consent=False)
    walk = received(house, customerId=whose, instrument="NPS", score=9)
    assert walk.data["permissionRule"] == "DT-08-2c" and walk.letters == ["feedback-thanks"]
    return walk.ended("EndThanked")


def a_text_that_is_unclear_is_read(house: House) -> Walk:
    walk = received(house, instrument="CSAT", score=4, text="一般吧，再看看。我的手机号 13812345678")
    task = walk.task("VerifyTag")
    assert task.groups == ("chs",) and walk.data["tag"]["topics"] == ["OTHER"]
    assert "13812345678" not in str((walk.data, walk.history)) and kept(walk).text.endswith("138****5678")
    walk.does("VerifyTag", topics=["APP"], sentiment=-0.31, complaintIntent=False, dataError=False)
    assert walk.data["judged"]["rule"] == "DT-04-7a"
    walk.does("FollowUp", **FOLLOWED, **{"class": "NEUTRAL"}, complaintIntent=False, dataError=False, actedOn=False)
    assert (kept(walk).judged, kept(walk).topics, kept(walk).complaint_intent) == ("NEUTRAL", ("APP",), False)
    assert walk.letters == ["feedback-thanks"]
    return walk.ended("EndThanked")


def the_leader_repairs_and_says_what_was_done(house: House) -> Walk:
    walk = received(house, instrument="CSAT", score=1, text="等待太慢，排队半天，客服敷衍", agent="li.na")
    task = walk.task("FollowUp")
    assert task.groups == ("csl",) and task.due == datetime.fromisoformat("2026-11-19T18:00:00+08:00")
    done = {"actedOn": True, "whatWeDid": "We have put two more people on the hotline at noon."}
    walk.does("FollowUp", **FOLLOWED, **done, complaintIntent=False, dataError=False, skillGap="Calming callers down")
    item = kept(walk)
    assert (item.judged, item.skill_gap) == ("DETRACTOR", "Calming callers down")
    assert walk.letters == ["feedback-done"] and "settled by phone" not in str(walk.history)
    return walk.ended("EndThanked")


def another_of_customer_service_calls(house: House) -> Walk:
    agent = house.members("csr")[0].name
    walk = received(house, instrument="NPS", score=3, agent=agent)
    task = walk.task("FollowUp")
    assert task.assignee not in (None, agent) and task.assignee in {one.name for one in house.members("csr")}
    with pytest.raises(NotFound):
        house.engine.task(task.id, house.person(agent))
    with pytest.raises(NotFound):
        house.engine.case(walk.case.id, house.person(agent))
    with pytest.raises(NotAllowed):
        house.engine.start("feedback", {"source": "APP"}, by=house.person(agent))
    assert house.engine.task(task.id, house.person(task.assignee or "")).element == "FollowUp"
    walk.does("FollowUp", **FOLLOWED, complaintIntent=False, dataError=False, actedOn=False)
    assert walk.did["FollowUp"] == [task.assignee] and kept(walk).follower == task.assignee
    return walk.ended("EndThanked")


def a_leader_does_not_follow_up_on_himself(house: House) -> Walk:
    agent = house.members("csl")[0].name
    walk = received(house, instrument="CSAT", score=2, agent=agent)
    assert walk.task("FollowUp").assignee not in (None, agent)
    walk.does("FollowUp", **FOLLOWED, complaintIntent=False, dataError=False, actedOn=False)
    return walk.ended("EndThanked")


def words_of_complaint_override_the_score(house: House) -> Walk:
    walk = received(house, instrument="CSAT", score=5, text="客服态度很好，但我要投诉你们违规扣费")
    (child,) = walk.linked
    contact = child.data["contact"]
    assert (child.key, contact["source"], contact["relatedCase"]) == ("complaint", "APP", walk.case.number)
    assert contact["customerId"] == walk.data["customer"]["customerId"] and "扣费" not in str(child.data)
    assert kept(walk).judged == "COMPLAINT" and walk.letters == []
    return walk.ended("EndHandedOver")


def an_anonymous_complaint_is_one_too(house: House) -> Walk:
    walk = received(house, known=False, text="你们的网页骗人，太差，要举报")
    if walk.open:
        walk.does("VerifyTag", topics=["APP"], sentiment=-1, complaintIntent=True, dataError=False)
    (child,) = walk.linked
    assert "customerId" not in child.data["contact"]
    return walk.ended("EndHandedOver")


def a_complaint_after_all(house: House) -> Walk:
    walk = received(house, instrument="CSAT", score=1)
    walk.does("FollowUp", **FOLLOWED, complaintIntent=True, dataError=False, actedOn=False)
    assert [child.key for child in walk.linked] == ["complaint"]
    assert kept(walk).complaint_intent and kept(walk).judged == "COMPLAINT"
    return walk.ended("EndHandedOver")


def wrong_facts_go_to_the_product_manager(house: House) -> Walk:
    walk = received(house, known=False, text="990001 的净值错误，请核对")
    if walk.open == ["VerifyTag"]:
        walk.does("VerifyTag", topics=["PRODUCT"], sentiment=-0.5, complaintIntent=False, dataError=True)
    assert walk.task("CheckFacts").groups == ("pm",)
    walk.does("CheckFacts", result="CORRECTED", note="The value of 17 November was a day old.")
    assert (kept(walk).product, kept(walk).data_error) == ("990001", True)
    return walk.ended("EndCounted")


def anonymous_is_only_counted(house: House) -> Walk:
    walk = received(house, known=False, instrument="CSAT", score=1)
    assert walk.letters == [] and kept(walk).judged == "DETRACTOR"
    return walk.ended("EndCounted")


def who_refuses_contact_is_left_alone(house: House) -> Walk:
    walk = received(house, instrument="CSAT", score=1, contactAllowed=False)
    assert walk.letters == []
    return walk.ended("EndClosed")


def the_same_again_is_known(house: House) -> Walk:
    whose = someone(house)
    first = received(house, customerId=whose, source="INQUIRY", text=PRAISE).ended("EndThanked")
    again = received(house, customerId=whose, text="客服很耐心, 说明清楚 非常满意")
    assert again.data["captured"]["duplicateOf"] == first.case.number
    return again.ended("EndDuplicate")


def the_same_next_day(house: House) -> Walk:
    """A message that waits until it may be sent."""
    house.clock.set("2026-11-18T21:30:00+08:00")
    start = {"source": "APP", "instrument": "CSAT", "score": 5, "contactAllowed": True, "customerId": someone(house)}
    walk = Walk(house, house.engine.start("feedback", start, by=house.members("chs")[0])).settled()
    assert walk.data["permissionRule"] == "DT-08-4a" and walk.letters == []
    walk.later(hours=11, minutes=29)
    assert walk.letters == []
    walk.later(minutes=1)
    assert walk.letters == ["feedback-thanks"]
    return walk.ended("EndThanked")


def put_off_too_often(house: House) -> Walk:
    """A message that is dropped because the customer was tried too often for days."""
    whose, at = someone(house), datetime.fromisoformat("2026-11-16T10:00:00+08:00")
    tried = {"channel": "PHONE", "direction": "OUT", "at": at, "by": "li.na", "customer_id": whose}
    with house.engine.database.writing() as connection:
        for number in range(3):
            interactions.record(connection, key=f"call-{whose}-{number}", **tried)
    walk = received(house, customerId=whose, instrument="CSAT", score=5)
    for _ in range(3):
        assert walk.data["permissionRule"] == "DT-08-5a"
        walk.later(days=1)
    assert walk.letters == [] and walk.data["deferrals"] == 4
    return walk.ended("EndClosed")


def who_is_vulnerable_gets_no_automatic_thanks(house: House) -> Walk:
    walk = received(house, customerId=someone(house, vulnerable=["illness"]), instrument="CSAT", score=5)
    assert walk.data["permission"] == "HUMAN_ONLY" and walk.letters == []
    return walk.ended("EndClosed")


PATHS = {
    path.__name__: path
    for path in (
        a_promoter_is_thanked,
        without_advertising_there_are_still_thanks,
        a_text_that_is_unclear_is_read,
        the_leader_repairs_and_says_what_was_done,
        another_of_customer_service_calls,
        a_leader_does_not_follow_up_on_himself,
        words_of_complaint_override_the_score,
        an_anonymous_complaint_is_one_too,
        a_complaint_after_all,
        wrong_facts_go_to_the_product_manager,
        anonymous_is_only_counted,
        who_refuses_contact_is_left_alone,
        the_same_again_is_known,
        the_same_next_day,
        put_off_too_often,
        who_is_vulnerable_gets_no_automatic_thanks,
    )
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """All walks, on one database."""
    with opened_house(tmp_path_factory.mktemp("feedback")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].case.number.startswith("FBK-20261118-")


def test_every_flow_and_every_end_is_walked(walked: Walked) -> None:
    walks = walked.all()
    assert set().union(*(walk.flows for walk in walks)) == all_flows("feedback")
    assert set().union(*(walk.ends for walk in walks)) == end_events("feedback")


def test_a_customer_service_starts_none(walked: Walked) -> None:
    with pytest.raises(NotAllowed):
        walked.house.engine.start("feedback", {"source": "APP"}, by=Actor("li.na", groups={"csr"}))
