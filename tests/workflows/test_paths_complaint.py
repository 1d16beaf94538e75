"""Every way through a complaint, walked with the real domain: from its receipt to each of its ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from engine import Case, NotAllowed
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house

RECEIVED = {"source": "PHONE", "receivedAt": "2026-11-18T09:00:00+08:00"}
REPLY = "We have looked into it and are sorry: the fee was booked twice, and you get it back."
TASKS = {
    "RECORDINGS": ("HearRecordings", "recordings"),
    "ORDERS": ("CheckOrders", "orders"),
    "PRODUCT": ("CheckProduct", "product"),
    "SUITABILITY": ("CheckSuitability", "suitability"),
    "STATEMENT": ("HearStaff", "staffStatement"),
    "SYSTEM_LOG": ("ReadSystemLog", "systemLog"),
}


def registered(house: House, *, contact: dict[str, object] | None = None, **said: object) -> Walk:
    """A complaint that has been registered; it is about a fee, and medium."""
    usual = {"category": "FEE", "facts": "The fee was booked twice.", "demand": "The fee back", "amountClaimed": 300}
    walk = house.walk("complaint", **(contact or {**RECEIVED, "customerId": next(house.customers)}))
    assert walk.open == ["Register"]
    return walk.does("Register", **{"isCustomer": True, "vulnerable": False, "mediaRisk": False, **usual, **said})


def accepted(house: House, **said: object) -> Walk:
    """A complaint that has been accepted and assigned."""
    walk = registered(house, **said)
    assert walk.letters == ["complaint-acknowledgement"] and walk.open == ["CheckAcceptance"]
    return walk.does("CheckAcceptance", acceptable=True)


def investigated(house: House, questions: tuple[str, ...] = ("ORDERS",), **said: object) -> Walk:
    """A complaint of which all questions have been answered."""
    return findings(contacted(accepted(house, **said), questions), questions)


def contacted(walk: Walk, questions: tuple[str, ...]) -> Walk:
    """The customer has been called."""
    called = {"reachedAt": "2026-11-18T10:00:00+08:00", "demandConfirmed": "The fee back", "nextStepsTold": True}
    return walk.does("FirstContact", questions=list(questions), **called)


def findings(walk: Walk, questions: tuple[str, ...]) -> Walk:
    """All parts of the investigation have been done."""
    assert walk.open == sorted(TASKS[question][0] for question in questions)
    for question in questions:
        walk.does(TASKS[question][0], supports="YES", finding=f"The {question.lower()} say so.", evidence=["A-1"])
    assert walk.open == ["Propose"]
    return walk


def proposed(walk: Walk, compensation: float = 0, **more: object) -> Walk:
    """A remedy has been proposed."""
    usual = {"verdict": "FOUNDED", "rootCause": "SYSTEM", "remedyDue": False, "replyText": REPLY}
    usual |= {"lessons": "Check the booking run.", "regulatorReport": False}
    return walk.does("Propose", compensation=compensation, **{**usual, **more})


def replied(house: House, **more: object) -> Walk:
    """A complaint of which the reply has been sent."""
    walk = proposed(investigated(house), **more).does("Approve", approved=True)
    assert walk.letters == ["complaint-acknowledgement", "complaint-reply"] and walk.open == []
    return walk


def closed(walk: Walk, end: str = "EndClosed", *, survey: bool = False) -> Walk:
    """The root cause has been recorded, and goes into the feedback analysis as no complaint anew."""
    (task,) = walk.open
    lesson = {"rootCause": "SYSTEM", "lesson": "The booking run is checked daily, as the complaint shows."}
    walk.does(task, **lesson, passedTo=["PROCESS_REVIEW"], surveyAllowed=survey)
    assert walk.asked("complaint/close") and walk.data["closed"]["closedAt"]
    passed_on = went_on(walk)["feedback"]
    assert passed_on.data["received"]["relatedCase"] == walk.case.number and passed_on.data["tag"]["topics"]
    assert (passed_on.data["tag"]["complaintIntent"], passed_on.customer) == (False, None)
    return walk.ended(end)


def went_on(walk: Walk) -> dict[str, Case]:
    """The cases that came out of the complaint, by their processes, each once."""
    found = {case.key: case for case in walk.linked}
    assert len(found) == len(walk.linked)
    return found


def approvals(walk: Walk, *groups: str) -> Walk:
    """The approvers come one after the other, each from another group than the one who proposed."""
    for group in groups:
        assert walk.task("Approve").groups == (group,)
        walk.does("Approve", approved=True)
    assert walk.open == []
    return walk


def accepted_with_a_remedy(house: House) -> Walk:
    walk = replied(house, compensation=300, remedyDue=True, remedies=["FEE_BACK", "APOLOGY"])
    assert walk.waits_for == {"reply_accepted", "reply_rejected", "customer_withdraws"}
    walk.hears("reply_accepted")
    assert walk.task("ExecuteRemedy").groups == ("ops",)
    walk.does("ExecuteRemedy", executedAt="2026-11-19T10:00:00+08:00", paidAmount=300, paymentRef="P-1")
    closed(walk, survey=True)
    survey = went_on(walk)["survey"].data["origin"]
    assert (survey["about"], survey["process"]) == (walk.case.number, "complaint")
    assert survey["agent"] == walk.data["assignment"]["handler"] != ""
    assert "callback" not in went_on(walk)
    return walk


def accepted_without_a_remedy(house: House) -> Walk:
    return closed(replied(house).hears("reply_accepted"))


def silent_for_ten_days(house: House) -> Walk:
    walk = replied(house)
    assert walk.later(days=9).open == []
    assert walk.later(days=2).open == ["RecordCause"]
    return closed(walk)


def rejected_twice(house: House) -> Walk:
    walk = replied(house).hears("reply_rejected", comment="This is not enough.")
    assert walk.open == ["SeniorReview"] and "not enough" not in str(walk.history)
    (approver,) = walk.did["Approve"]
    with pytest.raises(NotAllowed):
        house.engine.claim(walk.task("SeniorReview").id, by=house.person(approver))
    review = {"reviewResult": "CHANGE", "reviewComment": "The second booking was overlooked."}
    findings(walk.does("SeniorReview", questions=["SYSTEM_LOG"], **review), ("SYSTEM_LOG",))
    proposed(walk).does("Approve", approved=True).hears("reply_rejected")
    assert walk.letters[-1] == "mediation-offer" and walk.data["reviews"] == 1
    return closed(walk)


def reviewed_without_new_questions(house: House) -> Walk:
    walk = replied(house).hears("reply_rejected")
    walk.does("SeniorReview", reviewResult="KEEP", reviewComment="Nothing new has come up.")
    assert walk.open == ["Propose"]
    return closed(proposed(walk).does("Approve", approved=True).hears("reply_accepted"))


def every_question_at_once(house: House) -> Walk:
    walk = contacted(accepted(house), tuple(TASKS))
    for element, name in reversed(TASKS.values()):
        assert "Propose" not in walk.open
        walk.does(element, supports="PARTLY", finding=f"What was found by {element}.")
        assert walk.data[name]["supports"] == "PARTLY" and "What was found" not in str(walk.data)
    return closed(proposed(walk).does("Approve", approved=True).hears("reply_accepted"))


def refused(house: House) -> Walk:
    walk = registered(house)
    assert walk.task("CheckAcceptance").due == datetime.fromisoformat("2026-11-25T18:00:00+08:00")
    text = "The matter was settled with you in May; nothing new has come up."
    walk.does("CheckAcceptance", acceptable=False, refusalReason="SETTLED", refusalText=text)
    assert walk.letters[-1] == "complaint-refusal" and walk.asked("complaint/close")
    return walk.ended("EndRefused")


def withdrawn_while_it_is_investigated(house: House) -> Walk:
    walk = contacted(accepted(house), ("ORDERS", "PRODUCT")).does("CheckOrders", supports="NO", finding="All in order.")
    walk.hears("customer_withdraws", reason="SOLVED")
    assert walk.open == ["RecordCauseOfWithdrawn"] and walk.letters[-1] == "complaint-withdrawn"
    assert walk.data["withdrawal"] == {"reason": "SOLVED"}
    return closed(walk, "EndWithdrawn")


def withdrawn_before_it_is_registered(house: House) -> Walk:
    walk = house.walk("complaint", **RECEIVED).hears("customer_withdraws")
    return closed(walk, "EndWithdrawn")


def withdrawn_after_the_reply(house: House) -> Walk:
    return closed(replied(house).hears("customer_withdraws", comment="Thank you"), "EndWithdrawn")


def warned_when_the_term_is_nearly_over(house: House) -> Walk:
    walk = contacted(accepted(house), ("ORDERS",))
    warn_at = datetime.fromisoformat(walk.data["assignment"]["warnAt"])
    walk.later(seconds=(warn_at - walk.house.clock.now() - timedelta(seconds=1)).total_seconds())
    assert walk.asked("staff/remind") == []
    walk.later(seconds=1)
    (told,) = walk.asked("staff/remind")
    assert (told["also"], told["percent"]) == ("csl", 80) and walk.open == ["CheckOrders"]
    findings(walk, ("ORDERS",))
    return closed(proposed(walk).does("Approve", approved=True).hears("reply_accepted"))


def critical_at_once_to_the_executive(house: House) -> Walk:
    walk = accepted(house, category="FRAUD")
    assert walk.data["severity"] == "SEV1" and walk.task("FirstContact").groups == ("chs", "co")
    contacted(walk, ("ORDERS",)).settled()
    (told,) = walk.asked("staff/remind")
    assert told["also"] == "exec"
    approvals(proposed(findings(walk, ("ORDERS",)), 10), "exec")
    closed(walk.hears("reply_accepted"))
    assert set(went_on(walk)) == {"feedback", "callback"}
    said = str(went_on(walk)["callback"].data)
    assert "'reason': 'COMPLAINT'" in said and walk.case.number in said and "'withinDays': 3" in said
    assert f"'seller': '{walk.data['assignment']['handler']}'" in said
    return walk


def low_is_solved_by_customer_service(house: House) -> Walk:
    walk = accepted(house, category="ATTITUDE", amountClaimed=0)
    assert walk.data["severity"] == "SEV4" and walk.task("FirstContact").groups == ("csr", "csl")
    findings(contacted(walk, ("STATEMENT",)), ("STATEMENT",))
    approvals(proposed(walk, 500), "chs")
    return closed(walk.hears("reply_accepted"))


def low_and_late_tells_the_specialist(house: House) -> Walk:
    walk = contacted(accepted(house, category="WAITING", amountClaimed=0), ("ORDERS",))
    due_at = datetime.fromisoformat(walk.data["assignment"]["dueAt"])
    walk.later(seconds=(due_at - walk.house.clock.now()).total_seconds())
    assert [(told["also"], told["percent"]) for told in walk.asked("staff/remind")] == [("chs", 100)]
    approvals(proposed(findings(walk, ("ORDERS",)), 501), "csl")
    return closed(walk.hears("reply_accepted"))


def head_and_compliance_approve(house: House) -> Walk:
    return closed(approvals(proposed(investigated(house), 5000.01), "csl", "co").hears("reply_accepted"))


def the_executive_approves_what_is_large(house: House) -> Walk:
    return closed(approvals(proposed(investigated(house), 50000.01), "exec").hears("reply_accepted"))


def against_money_laundering_compliance_approves(house: House) -> Walk:
    walk = investigated(house, category="AML_MEASURE")
    assert walk.data["handlers"] == "chs,aml"
    return closed(approvals(proposed(walk), "co").hears("reply_accepted"))


def returned_by_the_second_approver(house: House) -> Walk:
    walk = proposed(investigated(house, category="MIS_SELLING"))
    walk.does("Approve", approved=True)
    walk.does("Approve", approved=False, approvalComment="Name the law.")
    assert walk.open == ["Propose"]
    proposed(walk).does("Approve", approved=False, approvalComment="Still not.")
    approvals(proposed(walk), "exec")
    return closed(walk.hears("reply_accepted"))


def nobody_approves_his_own_proposal(house: House) -> Walk:
    walk = investigated(house, category="ATTITUDE", amountClaimed=0)
    leader = house.members("csl")[0].name
    engine, task = house.engine, walk.task("Propose")
    engine.assign(task.id, to=leader, by=house.members("exec")[0])
    proposed(walk, 501)
    with pytest.raises(NotAllowed):
        engine.complete(walk.task("Approve").id, {"approved": True}, by=house.person(leader))
    walk.does("Approve", approved=True)
    assert walk.did["Approve"] != [leader]
    return closed(walk.hears("reply_accepted"))


def a_warning_in_the_reply_goes_back(house: House) -> Walk:
    walk = proposed(investigated(house), replyText="这只基金低风险，我们已退还费用，敬请谅解，谢谢。")
    assert walk.open == ["Propose"] and walk.data["proposals"] == 0
    approvals(proposed(walk), "csl")
    assert walk.data["proposals"] == 1
    return closed(walk.hears("reply_accepted"))


def a_forbidden_phrase_brings_compliance_in(house: House) -> Walk:
    walk = proposed(investigated(house), replyText="您说销售人员承诺保本，我们已核实并退还费用，敬请谅解。")
    approvals(walk, "csl", "co")
    return closed(walk.hears("reply_accepted"))


def from_a_regulator_with_a_proxy(house: House) -> Walk:
    contact = {"source": "CSRC_12386", "receivedAt": "2026-11-18T09:00:00+08:00", "externalRefNo": "12386-1"}
    person = {"name": "张三", "mobile": "13912345678", "idType": "ID_CARD", "idNo": "11010519491231002X"}
    walk = registered(
        house, contact=contact, isCustomer=False, complainant={**person, "proxyName": "李四", "authorisation": "A-9"}
    )
    assert not any(secret in str((walk.data, walk.history)) for secret in (*person.values(), "李四"))
    walk.does("CheckAcceptance", acceptable=True)
    assert walk.data["severity"] == "SEV2" and walk.data["deadlineDays"] == 15
    findings(contacted(walk, ("ORDERS",)), ("ORDERS",))
    closed(approvals(proposed(walk), "csl", "co").hears("reply_accepted"), survey=True)
    assert set(went_on(walk)) == {"feedback"}  # nobody who is a customer can be called or asked
    return walk


def whom_it_names_does_not_handle_it(house: House) -> Walk:
    named = house.members("chs")[0].name
    walk = accepted(house, concernedStaff=[named])
    assert walk.task("FirstContact").assignee not in (named, None)
    with pytest.raises(NotAllowed):
        house.engine.assign(walk.task("FirstContact").id, to="li.na", by=house.person(named))
    findings(contacted(walk, ("STATEMENT",)), ("STATEMENT",))
    assert walk.task("Propose").assignee == walk.data["assignment"]["handler"]
    return closed(approvals(proposed(walk), "csl").hears("reply_accepted"))


PATHS = {
    path.__name__: path
    for path in (
        accepted_with_a_remedy,
        accepted_without_a_remedy,
        silent_for_ten_days,
        rejected_twice,
        reviewed_without_new_questions,
        every_question_at_once,
        refused,
        withdrawn_while_it_is_investigated,
        withdrawn_before_it_is_registered,
        withdrawn_after_the_reply,
        warned_when_the_term_is_nearly_over,
        critical_at_once_to_the_executive,
        low_is_solved_by_customer_service,
        low_and_late_tells_the_specialist,
        head_and_compliance_approve,
        the_executive_approves_what_is_large,
        against_money_laundering_compliance_approves,
        returned_by_the_second_approver,
        nobody_approves_his_own_proposal,
        a_warning_in_the_reply_goes_back,
        a_forbidden_phrase_brings_compliance_in,
        from_a_regulator_with_a_proxy,
        whom_it_names_does_not_handle_it,
    )
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """All walks, on one database."""
    with opened_house(tmp_path_factory.mktemp("complaint")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].case.number.startswith("CMP-20261118-")


def test_every_flow_and_every_end_is_walked(walked: Walked) -> None:
    walks = walked.all()
    assert set().union(*(walk.flows for walk in walks)) == all_flows("complaint")
    assert set().union(*(walk.ends for walk in walks)) == end_events("complaint")
