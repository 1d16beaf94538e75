"""Feedback and surveys: masking, the tagger, the operators on real tables, a second call that doubles nothing, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Connection, func, insert, select, update

import workflows
from engine.calendars import UnknownYear, default
from engine.canonical import moment, normal, read
from engine.model import CaseId
from engine.operators import Call
from engine.store.tables import case
from tests.workflows.conftest import MORNING
from tests.workflows.seeds import bundle_files
from workflows.complaints import repository as complaints
from workflows.contacts import facts
from workflows.feedback import analysis, freetext, improvements, repository, tagging
from workflows.feedback.model import Item
from workflows.feedback.tables import feedback as feedback_table
from workflows.interactions import repository as interactions
from workflows.outbox import repository as outbox
from workflows.outbox.model import Draft
from workflows.staff import repository as staff
from workflows.surveys import repository as surveys
from workflows.surveys.model import badness, telling
from workflows.tables import customer

Make = Callable[..., Call]
KNOWN = {"customer": {"customerId": "C000001"}}


def run(call: Call) -> Any:
    """Run an operator; its answer can be kept, and is what its schema says."""
    operator = next(one for one in workflows.OPERATORS if one.name == call.operator)
    answer = operator.run(call)
    assert normal(answer) == answer
    assert operator.result is not None
    Draft202012Validator(operator.result).validate(answer)
    return answer


def counted(connection: Connection, table: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


# -- free text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("打 13812345678 找我", "打 138****5678 找我"),
        ("138-1234-5678。", "138****5678。"),
        ("+86 138 1234 5678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("13812345678 13987654321", "138****5678 139****4321"),
        ("021-12345678 或 02112345678", "021-****5678 或 021-****5678"),
        ("身份证11010519491231002X号", "身份证110105********002X号"),
        ("id 110105 19491231 002x!", "id 110105********002X!"),
        ("卡号6222020000000000009", "卡号6222 **** **** 0009"),
        ("6222 0200 0000 0000", "6222 **** **** 0000"),
        ("护照E12345678", "护照E1*****78"),
        ("zhang.wei@mail.example.cn", "z***@mail.example.cn"),
        ("a\x00b\u200bc\nd", "abc\nd"),
    ],
)
def test_numbers_of_people_are_masked(said: str, kept: str) -> None:
    assert freetext.masked(said) == kept
    assert freetext.masked(kept) == kept


@pytest.mark.parametrize(
    "said",
    [
        "990001 净值 1.2345",
        "2026-11-18 09:00",
        "INQ-20261118-000001",
        "亏了 12345.67 元",
        "等了 30 分钟",
        "400-000-9900",
    ],
)
def test_other_numbers_stay(said: str) -> None:
    assert freetext.masked(said) == said


def test_a_text_is_cut() -> None:
    assert len(freetext.masked("长" * 5000)) == freetext.LONGEST


def test_what_makes_a_text_the_same() -> None:
    assert freetext.fingerprint("很好，谢谢！") == freetext.fingerprint("很好 谢谢")
    assert freetext.fingerprint("Good, thanks") == freetext.fingerprint("good thanks.")
    assert freetext.fingerprint("很好") != freetext.fingerprint("不好")
    assert freetext.fingerprint("…！") == ""


# -- the tagger


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("申购费太高", ("FEE", "TRADE")),
        ("赎回到账太慢", ("REDEMPTION", "WAITING")),
        ("客服态度粗鲁", ("ATTITUDE",)),
        ("The app crashes on the order page", ("TRADE", "APP")),
        ("Please explain the fund's fees", ("PRODUCT", "FEE", "CLARITY")),
        ("建议增加英文页面", ("APP", "SUGGESTION")),
        ("呵呵", ("OTHER",)),
    ],
)
def test_topics(text: str, topics: tuple[str, ...]) -> None:
    assert tagging.tagged(text).topics == topics


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("非常满意，感谢", "0.5", "1"),
        ("不满意", "-1", "-0.3"),
        ("不 满 意", "-1", "-0.3"),
        ("很差，敷衍，推诿", "-1", "-0.8"),
        ("Helpful and friendly, thank you", "0.5", "1"),
        ("The answer was not helpful", "-0.5", "-0.5"),
        ("今天下雨", "0", "0"),
        ("态度很好，但是太慢", "0", "0"),
    ],
)
def test_sentiment(text: str, low: str, high: str) -> None:
    assert Decimal(low) <= tagging.tagged(text).sentiment <= Decimal(high)


@pytest.mark.parametrize(
    "word", ["投诉", "举报", "骗", "违规", "投 诉", "投訴", "舉報", "I will complain", "this is FRAUD", "a scam"]
)
def test_words_of_complaint(word: str) -> None:
    assert tagging.tagged(f"服务很好，满意，{word}。").complaint_intent


def test_harmless_words_are_none() -> None:
    assert not tagging.tagged("非常满意，没有意见。The staff explained it.").complaint_intent


def test_a_data_error_is_heard() -> None:
    assert tagging.tagged("990001 的净值不对").data_error and tagging.tagged("The wrong NAV is shown").data_error
    assert not tagging.tagged("净值下跌").data_error


@pytest.mark.parametrize(
    ("text", "confidence"),
    [("", "1"), ("呵呵", "0.4"), ("账户", "0.6"), ("满意", "0.6"), ("客服很好", "1"), ("申购费太差", "0.8")],
)
def test_confidence(text: str, confidence: str) -> None:
    assert tagging.tagged(text).confidence == Decimal(confidence)


def test_every_topic_has_words_in_both_languages_and_stands_in_the_forms() -> None:
    words = tagging.lexicon()["topics"]
    assert all(set(said) == {"en", "zh"} and said["en"] and said["zh"] for said in words.values())
    form = read(bundle_files("feedback")["forms/tag.json"])
    assert [one["const"] for one in form["properties"]["topics"]["items"]["oneOf"]] == list(tagging.topics())


# -- contact/facts


def reach(call: Make, connection: Connection, whose: str = "C000001", at: datetime = MORNING) -> dict[str, Any]:
    found: dict[str, Any] = run(call("contact/facts", {"customerId": whose}, connection=connection, at=at))
    return found


def ordinary(connection: Connection, **changed: Any) -> str:
    """A customer of whom nothing stands in the way but what is changed."""
    usual = {"status": "ACTIVE", "service_consent": True, "marketing_consent": True, "vulnerable": []}
    connection.execute(update(customer).where(customer.c.id == "C000007").values(**usual | changed))
    return "C000007"


def test_an_ordinary_customer_on_an_ordinary_morning(known: Connection, call: Make) -> None:
    assert reach(call, known, ordinary(known)) == {
        "barred": False,
        "criticalComplaint": False,
        "adsRefused": False,
        "coolingOff": False,
        "minuteOfDay": 540,
        "holiday": False,
        "attempts30": 0,
        "marketing7": 0,
        "vulnerable": False,
        "nextAt": "2026-11-19T01:00:00.000000Z",
    }


def test_what_stands_in_the_way(known: Connection, call: Make) -> None:
    for changed, fact in (
        ({"status": "RESTRICTED"}, "barred"),
        ({"status": "DECEASED"}, "barred"),
        ({"service_consent": False}, "barred"),
        ({"marketing_consent": False}, "adsRefused"),
        ({"vulnerable": ["illness"]}, "vulnerable"),
    ):
        said = reach(call, known, ordinary(known, **changed))
        assert [name for name in ("barred", "adsRefused", "vulnerable", "criticalComplaint") if said[name]] == [fact]


def test_nobody_is_barred(known: Connection, call: Make) -> None:
    said = reach(call, known, "C999999")
    assert said["barred"] and said["adsRefused"]


def test_the_elderly_are_vulnerable(known: Connection, call: Make) -> None:
    assert reach(call, known, "C000001")["vulnerable"]


def test_the_local_time(known: Connection, call: Make) -> None:
    times = {"2026-11-18T08:59:59+08:00": 539, "2026-11-18T20:00:00+08:00": 1200, "2026-11-17T23:30:00Z": 450}
    for text, minute in times.items():
        assert reach(call, known, at=datetime.fromisoformat(text))["minuteOfDay"] == minute


def test_public_holidays(known: Connection, call: Make) -> None:
    days = {
        "2026-10-01": True,  # National Day
        "2026-10-10": False,  # a Saturday that is worked
        "2026-11-21": False,  # an ordinary Saturday
        "2026-10-03": True,  # a Saturday within the holiday
    }
    for day, holiday in days.items():
        assert reach(call, known, at=datetime.fromisoformat(f"{day}T10:00:00+08:00"))["holiday"] is holiday


def test_after_a_holiday_begins_the_first_day_that_is_none(known: Connection, call: Make) -> None:
    said = reach(call, known, at=datetime.fromisoformat("2026-09-30T21:00:00+08:00"))
    assert said["nextAt"] == moment(datetime.fromisoformat("2026-10-08T09:00:00+08:00"))


def test_a_year_that_is_not_known_fails_loudly(known: Connection, call: Make) -> None:
    with pytest.raises(UnknownYear, match="2027"):
        reach(call, known, at=datetime.fromisoformat("2027-01-04T10:00:00+08:00"))
    assert facts.next_opening(default(), datetime.fromisoformat("2026-12-31T10:00:00+08:00")).year == 2027


def test_attempts(known: Connection, call: Make) -> None:
    tries = ((29, "li.na", "OUT", 1), (30, "li.na", "OUT", 1), (1, "system", "OUT", 1), (1, "li.na", "IN", 1))
    for days, by, direction, count in (*tries, (1, "li.na", "OUT", 2)):
        said = {"channel": "PHONE", "direction": direction, "by": by, "customer_id": "C000007"}
        interactions.record(known, key=f"{days} {by} {direction}", at=MORNING - timedelta(days=days), **said)
        assert reach(call, known, "C000007")["attempts30"] == count


def test_advertising(known: Connection, call: Make) -> None:
    sent = {"case_id": "7", "case_number": "REC-1", "customer_id": "C000007", "channel": "SMS", "address": "1"}
    for days, template, count in (
        (7, "recommendation-material", 0),
        (6, "inquiry-answer", 0),
        (6, "recommendation-material", 1),
    ):
        draft = Draft(key=f"{days} {template}", template=template, language="zh", subject="-", body="-", **sent)
        outbox.enqueue(known, draft, MORNING - timedelta(days=days))
        assert reach(call, known, "C000007")["marketing7"] == count


def complained(connection: Connection, severity: str, category: str = "FEE", **more: Any) -> None:
    """A complaint of C000007."""
    usual: dict[str, Any] = {
        "customer_id": "C000007",
        "source": "PHONE",
        "complainants": 1,
        "amount_claimed": Decimal(0),
    }
    usual |= {"related_case": None, "concerned": (), "received_at": MORNING, "at": MORNING, "category": category}
    complaints.register(connection, case_id="90", case_number="CMP-90", **usual | more)
    complaints.assign(connection, "90", handler=None, severity=severity, due_at=MORNING, warn_at=MORNING, evidence=())


def test_a_critical_complaint_until_it_is_closed(known: Connection, call: Make) -> None:
    for severity, critical in (("SEV2", False), ("SEV1", True)):
        complained(known, severity)
        assert reach(call, known, "C000007")["criticalComplaint"] is critical
    complaints.close(known, "90", finding=None, root_cause=None, compensation=None, at=MORNING)
    assert reach(call, known, "C000007")["criticalComplaint"] is False


# -- feedback/capture, tag, assign, close


def capture(
    call: Make, connection: Connection, *, data: Any = None, number: int = 7, **received: Any
) -> dict[str, Any]:
    said = {"source": "APP", "contactAllowed": True} | received
    more = {"case_id": CaseId(str(number)), "case_number": f"FBK-{number}", "process": "feedback"}
    found: dict[str, Any] = run(
        call("feedback/capture", connection=connection, data={"received": said} | (data or KNOWN), **more)
    )
    return found


def test_an_item_is_kept_masked(known: Connection, call: Make, kept: Any) -> None:
    text = kept("990001 的说明不清楚，请打 13812345678")
    said = capture(call, known, text=text, instrument="CSAT", score=2, agent="li.na")
    item = repository.get(known, "7")
    assert item is not None and item.text == said["text"] == "990001 的说明不清楚,请打 138****5678"
    assert (item.customer_id, item.instrument, item.score, item.product) == ("C000001", "CSAT", 2, "990001")
    assert (item.agent, item.team, item.captured_at, item.contact_allowed) == ("li.na", "service-1", MORNING, True)
    assert (said["known"], said["textPresent"], said["answered"], said["duplicate"]) == (True, True, True, False)
    assert capture(call, known, text=text, instrument="CSAT", score=2) == said and counted(known, feedback_table) == 1


def test_an_item_knows_the_case_that_it_is_about(known: Connection, call: Make) -> None:
    at = moment(MORNING)
    row = {"id": 5, "number": "INQ-5", "key": "inquiry", "version": 3, "bundle": "b", "status": "completed", "seq": 1}
    row |= {
        "confidentiality": "normal",
        "started_at": at,
        "started_by": "li.na",
        "last_at": at,
        "head": b"",
        "state": b"",
    }
    known.execute(insert(case).values(**row))
    interactions.record(known, key="1", channel="WECOM", direction="IN", at=MORNING, case_id="5", case_number="INQ-5")
    said = capture(call, known, instrument="NPS", score=9, relatedCase="INQ-5")
    item = repository.get(known, "7")
    assert item is not None and (item.process, item.process_version, item.channel) == ("inquiry", 3, "WECOM")
    assert said["channel"] == "WECOM"


def test_an_anonymous_item(known: Connection, call: Make) -> None:
    said = capture(call, known, data={"customer": {"customerId": ""}}, instrument="CSAT", score=1)
    assert (said["known"], said["tier"], said["channel"]) == (False, "", "APP")


def test_nothing_said_is_no_answer(known: Connection, call: Make) -> None:
    assert capture(call, known)["answered"] is False


@pytest.mark.parametrize(("days", "repeated"), [(6, "FBK-7"), (7, "")])
def test_the_same_words_within_a_week_are_one_item(
    known: Connection, call: Make, kept: Any, days: int, repeated: str
) -> None:
    capture(call, known, text=kept("很好，谢谢"))
    known.execute(update(feedback_table).values(captured_at=MORNING - timedelta(days=days)))
    assert capture(call, known, text=kept("很好 谢谢！"), number=8)["duplicateOf"] == repeated


def test_what_is_not_the_same(known: Connection, call: Make, kept: Any) -> None:
    capture(call, known, text=kept("很好，谢谢"))
    other = {"customer": {"customerId": "C000002"}}
    assert not capture(call, known, text=kept("很好，谢谢"), data=other, number=8)["duplicate"]
    assert not capture(call, known, text=kept("不好"), number=9)["duplicate"]
    assert not capture(call, known, instrument="CSAT", score=5, number=10)["duplicate"]
    assert not capture(call, known, instrument="CSAT", score=5, number=11)["duplicate"]


def test_what_nobody_said_is_the_same_from_one_source_about_one_case(known: Connection, call: Make, kept: Any) -> None:
    nobody = {"customer": {"customerId": ""}}
    capture(call, known, text=kept("太慢"), data=nobody)
    assert capture(call, known, text=kept("太慢"), data=nobody, number=8)["duplicateOf"] == "FBK-7"
    assert not capture(call, known, text=kept("太慢"), data=nobody, source="CALLBACK", number=9)["duplicate"]
    known.execute(update(feedback_table).where(feedback_table.c.case_id == "7").values(related_case="INQ-5"))
    assert not capture(call, known, text=kept("太慢"), data=nobody, number=10)["duplicate"]


def test_a_complaint_does_not_become_one_again(known: Connection, call: Make, kept: Any) -> None:
    capture(call, known, text=kept("Root cause PROCESS: the complaint shows it"), source="COMPLAINT")
    assert run(call("feedback/tag", connection=known))["complaintIntent"] is False


def test_tagging_is_kept(known: Connection, call: Make, kept: Any) -> None:
    capture(call, known, text=kept("客服态度粗鲁，我要投诉"))
    said = run(call("feedback/tag", connection=known))
    item = repository.get(known, "7")
    assert item is not None and item.topics == ("ATTITUDE",) and item.complaint_intent
    assert item.sentiment == said["sentiment"] < 0 and said["complaintIntent"]


def test_who_follows_up(known: Connection, call: Make) -> None:
    capture(call, known, instrument="NPS", score=1)
    expected = {("csr", "li.na"): "csl", ("csl", ""): "csl", ("csl", "li.na"): "csl", ("chs", "li.na"): "chs"}
    for (role, agent), group in expected.items():
        said = run(call("feedback/assign", {"role": role, "agent": agent}, connection=known))
        assert said["group"] == group and said["person"] != "li.na"
        assert bool(said["person"]) == (role == "csr")


def test_whoever_it_is_about_is_never_asked(known: Connection, call: Make) -> None:
    for role in ("csr", "csl", "chs"):
        for person in staff.people(known, role):
            assert run(call("feedback/assign", {"role": role, "agent": person.id}, connection=known))["person"] not in (
                "",
                person.id,
            )


def test_the_only_one_of_a_role_is_passed_over(known: Connection, call: Make) -> None:
    only, *others = [one.id for one in staff.people(known, "csl")]
    for other in others:
        staff.set_active(known, other, False)
    said = run(call("feedback/assign", {"role": "csl", "agent": only}, connection=known))
    assert said["group"] == "chs" and said["person"] not in ("", only)


def test_the_work_is_spread(known: Connection, call: Make) -> None:
    people = []
    for number in (7, 8, 9):
        capture(call, known, instrument="NPS", score=number - 6, number=number)
        more = {"case_id": CaseId(str(number))}
        people.append(
            run(call("feedback/assign", {"role": "csr", "agent": "li.na"}, connection=known, **more))["person"]
        )
    assert len(set(people)) == 3


def test_closing_keeps_what_it_turned_out_to_be(known: Connection, call: Make) -> None:
    capture(call, known, instrument="CSAT", score=5)
    given = {
        "class": "PROMOTER",
        "rule": "DT-04-8a",
        "topics": ["ATTITUDE"],
        "sentiment": Decimal("0.5"),
        "skillGap": "打 13812345678",
    }
    assert run(call("feedback/close", given, connection=known)) == {"closedAt": moment(MORNING)}
    later = {"at": MORNING + timedelta(days=1)}
    run(call("feedback/close", given, connection=known, **later))
    item = repository.get(known, "7")
    assert item is not None and (item.judged, item.praise, item.closed_at) == ("PROMOTER", True, MORNING)
    assert (item.topics, item.sentiment, item.skill_gap) == (("ATTITUDE",), Decimal("0.5"), "打 138****5678")


# -- the monthly analysis


def item(number: int, **more: Any) -> Item:
    usual: dict[str, Any] = {
        "case_id": f"i{number}",
        "case_number": f"FBK-{number}",
        "customer_id": None,
        "source": "APP",
    }
    usual |= dict.fromkeys(
        ("instrument", "score", "related_case", "channel", "process", "process_version", "agent", "team", "product")
    )
    usual |= {
        "text": "-",
        "fingerprint": str(number),
        "contact_allowed": False,
        "captured_at": MORNING,
        "topics": ("FEE",),
    }
    return Item(**usual | more)


def keep(connection: Connection, *items: Item) -> None:
    for one in items:
        repository.capture(connection, one, days=1)


@pytest.mark.parametrize(
    ("name", "begins", "ends", "days"),
    [("2026-02", "2026-02-01", "2026-03-01", 28), ("2026-12", "2026-12-01", "2027-01-01", 31)],
)
def test_a_month(name: str, begins: str, ends: str, days: int) -> None:
    period = analysis.Period.of(name)
    assert (period.begins.isoformat()[:10], period.ends.isoformat()[:10], period.days) == (begins, ends, days)
    assert analysis.Period.of("2026-01").previous.name == "2025-12"
    with pytest.raises(ValueError):
        analysis.Period.of("2026-13")


def test_the_last_month_before_a_moment_in_shanghai() -> None:
    assert analysis.Period.before(datetime.fromisoformat("2026-11-30T15:59:59Z")).name == "2026-10"
    assert analysis.Period.before(datetime.fromisoformat("2026-11-30T16:00:00Z")).name == "2026-11"


def test_statistics_of_a_month(known: Connection, call: Make) -> None:
    before = datetime.fromisoformat("2026-09-30T23:59:59+08:00")
    first = datetime.fromisoformat("2026-10-01T00:00:00+08:00")
    last = datetime.fromisoformat("2026-10-31T23:59:59+08:00")
    bad = {"judged": "DETRACTOR", "sentiment": Decimal("-0.5")}
    keep(
        known,
        item(1, captured_at=before),
        item(
            2,
            captured_at=first,
            channel="APP",
            team="hotline",
            product="990001",
            process="inquiry",
            process_version=2,
            **bad,
        ),
        item(3, captured_at=last, channel="PHONE", complaint_intent=True),
        item(4, captured_at=last, topics=("APP", "WAITING")),
        item(5, captured_at=last, topics=("APP",), duplicate_of="FBK-4", fingerprint="4"),
        item(6, captured_at=last + timedelta(seconds=1)),
    )
    said = run(call("feedback/statistics", connection=known))
    assert (said["period"], said["n"], said["previous"]) == ("2026-10", 3, 1)
    assert said["surveys"] == {"sent": 0, "answered": 0, "declined": 0, "expired": 0}
    assert [(one["topic"], one["n"], one["trend"], one["dissatisfied"]) for one in said["topics"]] == [
        ("FEE", 2, 100, 2),
        ("APP", 1, None, 0),
        ("WAITING", 1, None, 0),
    ]
    fee = said["topics"][0]
    assert (fee["severity"], fee["reach"], fee["examples"]) == (Decimal("0.88"), 2, ["FBK-2", "FBK-3"])
    assert said["channels"] == [
        {"name": name, "n": 1, "dissatisfied": bad} for name, bad in (("APP", 1), ("NONE", 0), ("PHONE", 1))
    ]
    assert {one["name"] for one in said["processes"]} == {"inquiry 2", "NONE"}
    assert {one["name"] for one in said["teams"]} == {"hotline", "NONE"} and said["products"][0]["name"] == "NONE"
    assert run(call("feedback/statistics", {"period": "2026-08"}, connection=known))["n"] == 0


def test_one_customer_reaches_no_further_by_saying_it_again() -> None:
    assert analysis.reach([item(1, customer_id="C1"), item(2, customer_id="C1"), item(3), item(4)]) == 3


def test_rank_is_frequency_by_severity_by_reach_over_effort(known: Connection, call: Make) -> None:
    topics = [
        {"topic": "FEE", "n": 10, "severity": Decimal("0.5"), "reach": 8},
        {"topic": "APP", "n": 4, "severity": Decimal("0.9"), "reach": 4},
        {"topic": "TRADE", "n": 99, "severity": Decimal(1), "reach": 99},
    ]
    deficits = [{"topic": "FEE", "effort": 5}, {"topic": "APP", "effort": 1}, {"topic": "CLARITY", "effort": 1}]
    said = run(call("feedback/rank", {"topics": topics, "deficits": deficits}, connection=known))
    assert [(one["topic"], one["value"]) for one in said] == [("APP", Decimal("14.4")), ("FEE", Decimal(8))]


PROPOSAL = {
    "topic": "FEE",
    "proposal": "Show the fee first",
    "owner": "gao.peng",
    "due": "2026-12-31",
    "expected": "Half",
}


def test_improvements_are_recorded_released_and_measured(known: Connection, call: Make) -> None:
    october = datetime.fromisoformat("2026-10-10T10:00:00+08:00")
    keep(known, *(item(number, captured_at=october, judged="DETRACTOR") for number in range(6)))
    assert run(call("feedback/improve", {"period": "2026-10", "proposals": [PROPOSAL]}, connection=known)) == {
        "round": 1
    }
    run(call("feedback/release", {"round": 1, "on": "2026-11-18"}, connection=known))
    keep(known, *(item(number, captured_at=MORNING + timedelta(days=number), judged="EFFORT") for number in (10, 11)))
    later = MORNING + timedelta(days=60)
    said = run(call("feedback/effect", {"round": 1}, connection=known, at=later))
    (one,) = improvements.newest(known)
    assert (one.before, one.after, one.status, one.released_on.isoformat()) == (
        Decimal("5.81"),
        Decimal(1),
        "BETTER",
        "2026-11-18",
    )  # type: ignore[union-attr]
    assert said == {"better": True, "topics": [{"topic": "FEE", "before": Decimal("5.81"), "after": 1, "better": True}]}


def test_as_bad_as_before_is_not_better(known: Connection, call: Make) -> None:
    run(call("feedback/improve", {"period": "2026-10", "proposals": [PROPOSAL]}, connection=known))
    assert (
        run(call("feedback/effect", {"round": 1}, connection=known, at=MORNING + timedelta(days=60)))["better"] is False
    )
    assert improvements.newest(known)[0].status == "NOT_BETTER"


# -- surveys


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ((5, None, None), ("CSAT", 5)),
        ((2, None, 0), ("CSAT", 2)),
        ((3, None, 0), ("NPS", 0)),
        ((4, 7, None), ("CES", 7)),
        ((5, 1, 10), ("CSAT", 5)),
        ((1, 7, 0), ("CSAT", 1)),
    ],
)
def test_which_score_speaks(scores: tuple[int, int | None, int | None], said: tuple[str, int]) -> None:
    csat, ces, nps = scores
    assert telling(csat=csat, ces=ces, nps=nps) == said


def test_the_ends_of_the_scales() -> None:
    assert [badness(*one) for one in (("CSAT", 5), ("CSAT", 1), ("NPS", 10), ("NPS", 0), ("CES", 1), ("CES", 7))] == [
        0,
        1,
    ] * 3


def sample(call: Make, connection: Connection, whose: str = "C000007", number: int = 7, **more: Any) -> dict[str, Any]:
    given = {"about": "CMP-90", "process": "complaint", "customerId": whose}
    found: dict[str, Any] = run(
        call("survey/sample", given, connection=connection, case_id=CaseId(str(number)), **more)
    )
    return found


@pytest.mark.parametrize(("days", "ask"), [(0, False), (29, False), (30, True)])
def test_nobody_is_asked_twice_within_thirty_days(known: Connection, call: Make, days: int, ask: bool) -> None:
    ordinary(known)
    assert sample(call, known) == sample(call, known) == {"ask": True, "why": ""}
    assert sample(call, known, number=8, at=MORNING + timedelta(days=days))["ask"] is ask


def test_who_was_not_asked_may_be_asked(known: Connection, call: Make) -> None:
    ordinary(known)
    sample(call, known)
    run(call("survey/note", {"status": "NOT_ASKED", "why": "DT-08-6"}, connection=known))
    assert sample(call, known, number=8)["ask"]


def test_who_is_not_asked(known: Connection, call: Make) -> None:
    changes: list[dict[str, Any]] = [{"status": "RESTRICTED"}, {"status": "DECEASED"}, {"service_consent": False}]
    for number, changed in enumerate(changes, 7):
        assert sample(call, known, ordinary(known, **changed), number) == {"ask": False, "why": "NOT_REACHABLE"}
    assert sample(call, known, "", number=80)["why"] == "UNKNOWN"


@pytest.mark.parametrize("excluded", [{"category": "AML_MEASURE"}, {"source": "COURT"}])
def test_what_is_never_asked_about(known: Connection, call: Make, excluded: dict[str, Any]) -> None:
    ordinary(known)
    complained(known, "SEV2", **excluded)
    assert sample(call, known) == {"ask": False, "why": "EXCLUDED"}


def test_answers_are_kept_masked(known: Connection, call: Make, kept: Any) -> None:
    ordinary(known)
    sample(call, known)
    answers = {"csat": 2, "nps": 5, "reasons": ["SPEED"], "comment": kept("请打 13812345678")}
    for late in (False, True):
        said = run(call("survey/record", {"late": late}, connection=known, data={"answers": answers}))
        found = surveys.get(known, "7")
        assert found is not None and (found.csat, found.ces, found.comment) == (2, None, "请打 138****5678")
        assert (found.counted, found.status) == ((False, "LATE") if late else (True, "ANSWERED"))
        assert said == {"instrument": "CSAT", "score": 2}


def test_a_survey_without_satisfaction_or_in_no_state_is_refused(known: Connection, call: Make) -> None:
    with pytest.raises(ValueError, match="csat"):
        run(call("survey/record", connection=known, data={"answers": {"nps": 5}}))
    with pytest.raises(ValueError, match="ANSWERED"):
        run(call("survey/note", {"status": "ANSWERED"}, connection=known))


def test_the_comment_of_a_survey_becomes_the_text_of_the_feedback(known: Connection, call: Make, kept: Any) -> None:
    ordinary(known)
    sample(call, known, number=6)
    run(
        call(
            "survey/record",
            connection=known,
            case_id=CaseId("6"),
            data={"answers": {"csat": 2, "comment": kept("太慢")}},
        )
    )
    data = {"received": {"source": "SURVEY", "instrument": "CSAT", "score": 2, "contactAllowed": True}} | KNOWN
    said = run(call("feedback/capture", connection=known, data=data, parent=CaseId("6")))
    assert said["text"] == (repository.get(known, "7") or item(0)).text == "太慢"
