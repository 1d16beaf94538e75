"""The page of a process tells what its cases tell: figures with their number, heat, ways, versions, hints."""

from __future__ import annotations

import pytest

from engine import SYSTEM
from engine.insight import Histogram, Tally
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, flow, line
from tests.engine.watching import statements
from tests.webapp.house import settings_in
from webapp.bootstrap import DIAGRAMS, files_of, open_product
from webapp.studio import quantities
from webapp.studio.asked import USUAL, Asked, asked
from webapp.studio.insight import steps_of
from webapp.studio.worth import measures
from webapp.views.studio import deployed

ZH = '{"Ask the expert": "请教专家", "Check": "复核", "Done": "办结"}'


def appeal(name="Check"):
    """An expert who may be asked again, then a check."""
    body = (
        START
        + '<bpmn:exclusiveGateway id="again" name="again"/>'
        + tiny.ask("ask", dueIn="PT4H").replace('name="ask"', 'name="Ask the expert"')
        + '<bpmn:exclusiveGateway id="enough" name="enough" default="stop"/>'
        + tiny.ask("check").replace('name="check"', f'name="{name}"')
        + END.replace('name="end"', 'name="Done"')
        + line("start", "again", "ask", "enough")
        + flow("stop", "enough", "check")
        + flow("back", "enough", "again", "not(approved)")
        + line("check", "end")
    )
    return {**tiny.bundle("appeal", body), "i18n/zh.json": ZH}


@pytest.fixture
def plain(folder, clock):
    """The product's engine, which reads bundles in its own process."""
    with open_product(settings_in(folder), clock) as engine:
        yield engine


def play(engine, clock, rounds, hours=2, case=None):
    """A case in which the expert is asked so many times, each after some hours."""
    case = case or engine.start("appeal", by=SYSTEM).id
    for number in range(rounds + 1):
        (task,) = engine.tasks(case)
        clock.advance(hours=hours)
        engine.assign(task.id, to="li.na", by=SYSTEM)
        clock.advance(minutes=30)
        engine.complete(task.id, {"approved": number >= rounds - 1}, by=SYSTEM)


@pytest.fixture
def appeals(plain, clock):
    """Eight cases: six went straight, one came back, one was late; two are open."""
    plain.deploy(appeal(), by=SYSTEM)
    for rounds, hours in [(1, 2)] * 6 + [(2, 2), (1, 9)]:
        play(plain, clock, rounds, hours)
    for _ in range(2):
        plain.start("appeal", by=SYSTEM)
    clock.advance(hours=5)
    plain.cancel(plain.start("appeal", by=SYSTEM).id, by=SYSTEM, reason="not wanted")
    plain.count_finished()
    return plain


def test_figures_with_their_number(visit, appeals):
    page = visit("sun.ke").open("/studio/appeal")
    assert page.sees("Median time", "n = 8", "88 %", "7 of 8 cases with a term", "12 %", "1 of 8 cases did")
    assert page.sees("2 tasks overdue", "no incident", "Only 8 cases: rates are examples, not findings.")
    (row,) = page.page.xpath("//tr[@id='of-ask']")
    said = [one.text_content() for one in row]
    assert said == ["Ask the expert", "8", "9", "1.9 h", "8.7 h", "29 min", "29 min", "12\u2009%", "2", "2", ""]
    assert page.sees("Ask the expert waits longest: half of 9 tasks waited over", "come back to Ask the expert: 1 of 8")
    assert page.sees("2 of 2 open tasks of Ask the expert are overdue.")


def test_the_picture_is_coloured_by_what_is_asked(visit, appeals):
    page = visit("sun.ke").open("/studio/appeal")
    assert classes(page, "ask") >= {"heat-5"} and "2" in texts(page, "count")
    assert "walked-5" in classes(page, "stop") and "walked-2" in classes(page, "back")
    page.open("/studio/appeal?view=rework")
    assert classes(page, "ask") >= {"heat-5"} and classes(page, "check") >= {"heat-1"}
    assert page.open("/studio/appeal?view=nonsense").status == 200


def classes(page, id):
    """The classes of something in the picture."""
    return set(page.page.xpath(f"//*[@data-id='{id}']/@class")[0].split())


def texts(page, kind):
    return [one.text_content() for one in page.page.xpath(f"//*[contains(@class, '{kind}')]")]


def test_filters_are_addresses(visit, appeals):
    page = visit("sun.ke").open("/studio/appeal?outcome=%21cancelled")
    assert page.sees("n = 1", "Cancelled", "Clear")
    assert page.open("/studio/appeal?team=nobody").sees("No finished case fits the filters.")
    assert page.open("/studio/appeal?period=2026-11").sees("n = 8")
    assert page.open("/studio/appeal?period=2025-12").sees("no finished case")
    assert page.open("/studio/appeal?version=1&team=csr&period=all").sees("n = 8")
    for nonsense in (
        "version=x",
        "version=99999999999999",
        "period=%00",
        "way=zz",
        "old=1&new=77",
        "outcome=" + "x" * 999,
    ):
        assert page.open(f"/studio/appeal?{nonsense}").status == 200, nonsense


NASTY = (
    "%00",
    "a%00b",
    "x" * 9000,
    "'%20OR%201=1--",
    "%F0%9F%92%A9",
    "%ff%fe",
    "-1",
    "0",
    "%D9%A3",
    "../..",
    "*",
    "{{7*7}}",
    "",
)


def test_whatever_stands_in_the_address_the_page_is_there(visit, appeals):
    page, names = visit("sun.ke"), [*USUAL, "nobody"]
    for value in NASTY:
        address = "&".join(f"{name}={value}" for name in names)
        assert page.open(f"/studio/appeal?{address}").status == 200, value
    for name in names:
        assert page.open(f"/studio/appeal?period=all&old=1&new=1&{name}=%00'&{name}=1").status == 200, name


def test_what_no_database_keeps_is_not_asked_of_it(app):
    """SQLite looks for NUL and finds nothing; PostgreSQL refuses the statement."""
    with app.test_request_context("/?team=a%00&outcome=%00&way=%0Ab&period=%00&version=%D9%A3&view=cases"):
        assert asked() == Asked(view="cases")


def test_one_finished_case(visit, plain, clock):
    plain.deploy(appeal(), by=SYSTEM)
    play(plain, clock, 1)
    plain.count_finished()
    page = visit("sun.ke").open("/studio/appeal")
    assert page.sees("n = 1", "Only 1 case: rates are examples, not findings.", "1 way makes 100 % of 1 case")


def test_a_shared_decision_has_no_cases_to_tell_of(visit, plain):
    plain.deploy(files_of(DIAGRAMS / "shared" / "wording"), by=SYSTEM)
    page = visit("sun.ke").open("/studio/wording?version=1&team=x&period=%00&old=1&new=2&way=y")
    assert page.status == 200 and page.sees("Versions") and not page.sees("Median time")


def test_versions_of_other_pages_count_too(visit, appeals, clock, monkeypatch):
    appeals.deploy(appeal("Review"), by=SYSTEM)
    monkeypatch.setattr(deployed, "PAGE", 1)
    page = visit("sun.ke").open("/studio/appeal?old=1&new=2&period=all")
    assert page.sees("n = 8", "not enough cases")
    assert page.sees("2 of 2 open tasks of Ask the expert are overdue."), "they are of version 1"


def test_a_way_is_shown_on_the_diagram(visit, appeals):
    page = visit("sun.ke").open("/studio/appeal")
    assert page.sees("2 ways make 100 % of 8 cases", "Ask the expert → Check → Done", "Like 1, again Ask the expert")
    usual, other = (link for link in page.links("/studio/appeal?way="))
    page.open(other.partition("#")[0])
    assert page.sees("1 case went this way, 12 % of all.", "Some of them:")
    assert "travelled" in classes(page, "back") and "done" in classes(page, "ask")
    page.open(usual.partition("#")[0])
    assert "idle" in classes(page, "back") and page.sees("7 cases went this way")


def test_versions_are_held_against_each_other(visit, appeals, clock):
    appeals.deploy(appeal("Review"), by=SYSTEM)
    for _ in range(3):
        play(appeals, clock, 1)
    appeals.count_finished()
    page = visit("sun.ke").open("/studio/appeal?old=1&new=2&period=all")
    assert page.sees("Version against version", "n = 8", "n = 3", "not enough cases")
    assert page.open("/studio/appeal?version=1").sees("The diagram is that of version 1.")


@pytest.mark.slow
def test_enough_cases_say_which_version_is_faster(visit, plain, clock):
    for name, hours in (("Check", 20), ("Review", 1)):
        plain.deploy(appeal(name), by=SYSTEM)
        for _ in range(31):
            play(plain, clock, 1, hours)
    plain.count_finished()
    page = visit("sun.ke").open("/studio/appeal?old=1&new=2&period=all")
    assert page.sees("faster", "+100.0 points", "no difference that is certain")


def many(hours, late, again, n=40):
    """So many cases of so many hours each, some late, some that came back."""
    return Tally(cases=n, timed=n, late=late, again=again, time=Histogram.of([hours * 3_600_000] * n))


def test_what_is_certain_is_said(app):
    with app.test_request_context():
        found = {one.name: (one.verdict, one.tone) for one in measures(many(20, 30, 4), many(5, 2, 6))}
        few = [one.verdict for one in measures(many(20, 30, 4), many(5, 2, 6, n=29))]
    assert found["Median time"] == ("faster", "ok") and found["On time"][0].startswith("+70.0 points (+")
    assert found["On time"][1] == "ok" and found["Came back"] == ("no difference that is certain", "")
    assert few == ["not enough cases"] * 3


def test_in_chinese(visit, appeals):
    page = visit("sun.ke", "zh").open("/studio/appeal")
    assert page.sees("中位时长", "按时", "返工", "“请教专家”等待最久", "同第1条，重复请教专家", "2个任务超期，没有故障")


def test_a_process_without_cases(visit, plain):
    plain.deploy(appeal(), by=SYSTEM)
    assert visit("sun.ke").open("/studio/appeal").sees("no finished case", "Nothing stands out in these cases.")


def test_who_may_not_see_a_class_sees_none_of_it(visit, plain, clock):
    files = tiny.one_task("secret", process={"confidentiality": "aml"})
    plain.deploy(files, by=SYSTEM)
    case = plain.start("secret", by=SYSTEM)
    plain.complete(f"{case.id}.1.2", {"approved": True}, by=SYSTEM)
    plain.start("secret", by=SYSTEM)
    plain.count_finished()
    page = visit("sun.ke").open("/studio/secret")
    assert page.sees("no finished case", "No finished case fits the filters.", "no task overdue")


def test_what_is_asked_does_not_grow_with_the_cases(visit, appeals, engine, clock):
    page = visit("sun.ke").open("/studio/appeal")
    counts = []
    for _ in range(2):
        with statements(engine) as seen:
            page.open("/studio/appeal")
        counts.append(len(seen))
        for _ in range(4):
            play(appeals, clock, 1)
        appeals.count_finished()
    assert counts[0] == counts[1] <= 40, counts


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [(None, "–"), (0, "0 s"), (45_000, "45 s"), (90_000, "1.5 min"), (111_600_000, "31 h"), (397_440_000, "4.6 days")],
)
def test_durations_have_no_more_digits_than_are_certain(app, milliseconds, text):
    with app.test_request_context():
        assert quantities.lasted(milliseconds) == text


def test_shares():
    assert [quantities.percent(one) for one in (None, 0, 0.004, 0.5, 0.912, 0.996, 1)] == [
        "–",
        "0\u2009%",
        "0.4\u2009%",
        "50\u2009%",
        "91\u2009%",
        "99.6\u2009%",
        "100\u2009%",
    ]


def test_small_curves():
    assert quantities.spark([None, 1.0]) is None
    found = quantities.spark([1.0, None, 3.0])
    assert found.line == "M3.0 25.0L93.0 3.0" and (found.x, found.y) == (93.0, 3.0)


def test_heat_grows_as_squares():
    assert steps_of({"a": 100, "b": 64, "c": 63.9, "d": 4, "e": 0}) == {"a": 5, "b": 4, "c": 4, "d": 1, "e": 1}
    assert steps_of({"a": 0}) == {"a": 1} and steps_of({}) == {}
