"""Clocks that stand still while a case waits for somebody outside, and go on with what was left of them."""

from datetime import datetime, timedelta

import pytest

from engine.calendars import default
from engine.spiff import Clock, Due, Marking, NotWaiting
from tests.engine.spiff.play import AT, Play
from tests.engine.spiff.test_cycles import CHINA, world
from tests.engine.spiff.xmls import END, START, cycle, el, flow, line, timer, xml
from tests.engine.tiny import boundary, extensions, properties


def due_in(term):
    value = f'<spiffworkflow:taskMetadataValue name="dueIn" value="{term}"/>'
    return extensions(f"<spiffworkflow:taskMetadataValues>{value}</spiffworkflow:taskMetadataValues>")


def pausing(what, *inner):
    return extensions(properties(pauses=what)) + "".join(inner)


def asking(pauses="work,tick", term="PT10H", tick=None, ask="userTask", inner="", more=""):
    """Somebody works while the customer can be asked: two branches, and a timer beside the work."""
    return xml(
        START
        + el("parallelGateway", "split")
        + el("userTask", "work", due_in(term))
        + boundary("tick", "work", tick or timer('"PT20H"'), False)
        + el("userTask", "late")
        + el("userTask", "before")
        + el(ask, "ask", pausing(pauses, inner))
        + el("userTask", "after")
        + more
        + END
        + line("start", "split", "work", "end")
        + line("tick", "late", "end")
        + line("split", "before", "ask", "after", "end")
    )


def ends(play):
    """The end of the term of the work, and that of the timer, in hours after the beginning; None while it stands."""
    offered = {e.occurrence: e.detail.get("due") for e in play.history if e.kind == "offered"}
    offered |= {e.occurrence: e.detail["due"] for e in play.history if e.kind == "redated"}
    stopped = play.marking.stopped
    clocks = {t.element: t.occurrence for t in play.marking.tokens}
    due = {t.occurrence: t.due for t in play.marking.timers} | {
        n: offered[n] for n in clocks.values() if offered.get(n)
    }
    found = [(clocks[name], due.get(clocks[name])) for name in ("work", "tick") if name in clocks]
    return [None if n in stopped else (datetime.fromisoformat(at) - AT) / timedelta(hours=1) for n, at in found]


class Told(Play):
    """A case that remembers all its effects."""

    def take(self, outcome):
        super().take(outcome)
        self.history = [*getattr(self, "history", ()), *self.effects]
        return self


def test_a_wait_stops_what_it_names_and_starts_it_again():
    p = Told(asking())
    assert ends(p) == [10, 20] and [clock.stopped for clock in p.marking.clocks] == ["", ""]
    p.later(hours=2).do("before")
    assert ends(p) == [None, None] and p.seen("paused") == ["work", "tick"]
    p.later(hours=5).do("ask")
    assert ends(p) == [15, 25] and p.seen("redated") == ["work", "tick"]
    assert p.marking.clocks[0] == Clock(
        p.of("work"), "2026-01-01T09:00:00.000000Z", "2026-01-01T19:00:00.000000Z", "PT10H",
        ("2026-01-01T11:00:00.000000Z", "2026-01-01T16:00:00.000000Z"),
    )  # fmt: skip
    p.later(hours=9).do("work")
    assert p.marking.clocks == () and p.waits == []


def test_a_timer_that_stands_still_does_not_fire():
    p = Told(asking()).later(hours=2).do("before").later(hours=30)
    with pytest.raises(NotWaiting):
        p.fire("tick")
    p.do("ask")
    assert ends(p) == [40, 50]
    with pytest.raises(NotWaiting):
        p.fire("tick")
    p.later(hours=18).fire("tick")
    assert "late" in p.tasks


def test_what_is_not_named_goes_on():
    p = Told(asking(pauses="tick")).later(hours=2).do("before")
    assert ends(p) == [10, None]
    assert p.later(hours=1).do("ask").marking.clocks[0].pauses
    assert ends(p) == [10, 21]
    assert Told(asking(pauses="")).later(hours=2).do("before").marking.clocks == ()


def test_a_timer_that_is_due_comes_and_a_term_that_is_over_stays_over():
    p = Told(asking(tick=timer('"PT1H"'))).later(hours=12).do("before")
    assert ends(p) == [None, 1]
    p.fire("tick").later(hours=3).do("ask")
    assert ends(p) == [10]


def test_a_clock_that_begins_while_it_is_to_stand_still():
    more = el("userTask", "again")
    body = (
        START + el("parallelGateway", "split") + el("userTask", "first") + el("userTask", "work", due_in("PT10H"))
        + el("userTask", "ask", pausing("work")) + END + more
        + line("start", "split", "first", "work", "end") + line("split", "ask", "again", "end")
    )  # fmt: skip
    p = Told(xml(body)).later(hours=1).do("first")
    assert p.seen("offered") == ["work"] and p.seen("paused") == ["work"]
    p.later(hours=4).do("ask")
    assert ends(p) == [15]


def test_two_waits_at_once_and_one_after_the_other():
    body = (
        START + el("parallelGateway", "split") + el("userTask", "work", due_in("PT10H"))
        + el("userTask", "ask", pausing("work")) + el("userTask", "more", pausing("work"))
        + el("userTask", "other", pausing("work")) + END
        + line("start", "split", "work", "end") + line("split", "ask", "more", "end") + line("split", "other", "end")
    )  # fmt: skip
    p = Told(xml(body))
    assert ends(p) == [None]
    p.later(hours=1).do("ask")
    assert ends(p) == [None] and p.seen("paused") == p.seen("redated") == []
    p.later(hours=1).do("other")
    assert ends(p) == [None]
    p.later(hours=1).do("more")
    assert ends(p) == [13]


WAITS = {
    "catch": ("intermediateCatchEvent", '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT5H"</bpmn:timeDuration></bpmn:timerEventDefinition>'),
    "subprocess": ("subProcess", el("startEvent", "si") + el("userTask", "inner") + el("endEvent", "ei") + line("si", "inner", "ei")),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["catch", "subprocess"])
def test_every_kind_of_wait(kind):
    ask, inner = WAITS[kind]
    p = Told(asking(ask=ask, inner=inner)).later(hours=2).do("before")
    assert ends(p) == [None, None]
    p.later(hours=5)
    p = p.fire("ask") if kind == "catch" else p.do("inner")
    assert ends(p) == [15, 25]


def test_an_event_gateway_waits_and_its_own_timer_runs():
    body = (
        START + el("parallelGateway", "split") + el("userTask", "work", due_in("PT10H"))
        + el("eventBasedGateway", "ask", pausing("work")) + END
        + el("intermediateCatchEvent", "answer", timer('"PT3H"')) + el("intermediateCatchEvent", "silence", timer('"PT4H"'))
        + line("start", "split", "work", "end") + flow("x", "split", "ask")
        + line("ask", "answer", "end", prefix="h") + line("ask", "silence", "end", prefix="g")
    )  # fmt: skip
    p = Told(xml(body))
    assert ends(p) == [None] and p.waits == ["answer", "silence"]
    assert ends(p.later(hours=3).fire("answer")) == [13]


def test_a_cycle_keeps_its_distances_after_a_pause():
    p = Told(asking(tick=cycle('"R/PT4H"'))).later(hours=2).do("before").later(hours=3).do("ask")
    assert ends(p)[1] == 7
    p.later(hours=2).fire("tick")
    assert ends(p)[1] == 11


def test_the_term_of_a_phase_stands_still_from_inside():
    inner = (
        el("startEvent", "si") + el("userTask", "work", due_in("PT10H")) + el("userTask", "ask", pausing("work,tick"))
        + el("userTask", "after") + el("endEvent", "ei") + line("si", "work", "ask", "after", "ei")
    )  # fmt: skip
    body = (
        START + el("subProcess", "phase", inner) + boundary("tick", "phase", timer('"PT20H"'), True)
        + el("userTask", "late") + END + line("start", "phase", "end") + line("tick", "late", "end")
    )  # fmt: skip
    p = Told(xml(body)).later(hours=2).do("work").later(hours=50).do("ask")
    assert p.marking.timers[0].due == "2026-01-04T07:00:00.000000Z"
    p.later(hours=18).fire("tick")
    assert p.tasks == ["late"] and p.marking.clocks == ()


def test_a_called_process_stops_only_its_own():
    called = xml(
        el("startEvent", "s2")
        + el("userTask", "ask", pausing("work"))
        + el("endEvent", "e2")
        + line("s2", "ask", "e2"),
        key="called",
    )
    body = (
        START + el("parallelGateway", "split") + el("userTask", "work", due_in("PT10H"))
        + el("callActivity", "call", calledElement="called") + END + el("userTask", "other", pausing("work"))
        + line("start", "split", "work", "end") + line("split", "call", "other", "end")
    )  # fmt: skip
    p = Told(xml(body), called)
    assert ends(p) == [10]
    assert ends(p.do("ask")) == [None]


def test_a_case_without_pauses_is_stored_as_ever():
    assert b"clocks" not in Told(asking(pauses="")).marking.to_bytes()
    assert Marking().stopped == frozenset()


# What is left, in the unit of the term


def at(text):
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("term", "end", "stopped", "resumed", "moved"),
    [
        # business hours: what was left of them, in business hours
        ("4 bh", "2026-03-02T15:00", "2026-03-02T14:00", "2026-03-06T17:30", "2026-03-09T09:30"),
        ("4 bh", "2026-03-02T15:00", "2026-03-01T12:00", "2026-03-06T12:00", "2026-03-06T18:00"),
        # business days: with the holidays and the Saturday that is worked of another week
        ("5 BD", "2026-04-30T18:00", "2026-04-28T10:00", "2026-04-30T10:00", "2026-05-07T18:00"),
        ("5 BD", "2026-05-07T18:00", "2026-05-06T10:00", "2026-05-08T10:00", "2026-05-09T18:00"),
        ("1 BD", "2026-03-06T18:00", "2026-03-06T10:00", "2026-03-06T12:00", "2026-03-06T18:00"),
        ("1 BD", "2026-03-06T18:00", "2026-03-06T10:00", "2026-03-07T12:00", "2026-03-09T18:00"),  # on a Saturday
        ("1 BD", "2026-03-06T18:00", "2026-03-06T10:00", "2026-03-09T19:00", "2026-03-10T18:00"),  # after the shift
        # calendar days and trading days
        ("15 ND", "2026-03-17T18:00", "2026-03-05T10:00", "2026-03-25T10:00", "2026-04-06T18:00"),
        ("2 TD", "2026-05-08T18:00", "2026-05-07T10:00", "2026-05-08T12:00", "2026-05-11T18:00"),
        ("T+2", "2026-05-08T18:00", "2026-05-07T10:00", "2026-05-08T12:00", "2026-05-11T18:00"),
        # time as it passes
        ("2 h24", "2026-03-02T15:00", "2026-03-02T14:00", "2026-03-08T17:30", "2026-03-08T18:30"),
        ("PT72H", "2026-03-02T15:00", "2026-03-02T14:00", "2026-03-08T17:30", "2026-03-08T18:30"),
        ("", "2026-03-02T15:00", "2026-03-02T14:00", "2026-03-08T17:30", "2026-03-08T18:30"),
        # over before the pause
        ("2 BD", "2026-03-02T18:00", "2026-03-02T18:00", "2026-03-08T17:30", "2026-03-02T18:00"),
    ],
)  # fmt: skip
def test_what_was_left_is_counted_in_the_unit_of_the_term(term, end, stopped, resumed, moved):
    found = default().moved(at(end), term, at(stopped), at(resumed))
    assert (found.at, found.provisional) == (at(moved), False)


def test_what_moves_past_the_known_years_is_provisional():
    found = default().moved(at("2026-12-30T18:00"), "5 BD", at("2026-12-24T10:00"), at("2026-12-30T10:00"))
    assert (found.at, found.provisional) == (at("2027-01-05T18:00"), True)
    assert (
        not default().moved(at("2026-12-30T18:00"), "15 ND", at("2026-12-24T10:00"), at("2026-12-30T10:00")).provisional
    )


def test_a_term_of_a_task_in_business_days():
    def moved(*given):
        found = default().moved(*given)
        return Due(found.at, found.provisional)

    p = Told(asking(term="5 BD", tick=timer('"15 ND"')), world={**world(), "zone": CHINA, "moved": moved})
    assert [e.detail["due"][:10] for e in p.effects if e.element == "work" and e.kind == "offered"] == ["2026-01-08"]
    p.later(days=4).do("before").later(days=10).do("ask")  # from Monday the 5th to Thursday the 15th
    assert [e.detail["due"][:16] for e in p.effects if e.kind == "redated"] == ["2026-01-20T10:00", "2026-01-26T10:00"]
