"""Messages meet what waits for them, once; what nobody may send or keep is refused."""

import pytest

from engine import (
    SYSTEM,
    AmbiguousMessage,
    Conflict,
    InvalidForm,
    NotAllowed,
    NotFound,
    Refusal,
    StepFailed,
)
from tests.engine import tiny
from tests.engine.paid import ORDER, PAID, begun, waiting
from tests.engine.people import AMY, ANN, EVE, NOBODY, OLGA
from tests.engine.spiff.xmls import END, START, el, line
from tests.engine.watching import count, holding, kinds, rows

pytestmark = pytest.mark.databases

# Meeting


def test_a_message_reaches_the_one_case_that_waits(orders, clock):
    one, two = begun(orders, {"order": "41"}), begun(orders, {"order": "42"})
    clock.advance(minutes=1)
    case = orders.send("paid", {"paid": 12000, "by": "张敏"}, correlate={"order": "42"}, by=ANN, message_id="m-1")
    assert (case.id, case.status) == (two, "completed") and case == orders.case(two)
    step = orders.history(two)[-1]
    assert (step.seq, step.kind, step.actor, step.at) == (3, "received", "ann", clock.now())
    assert (step.input["message"], step.input["id"], step.input["payload"]["paid"]) == ("paid", "m-1", 12000)
    assert step.input["payload"]["by"].keys() == {"$vault", "sha256"}
    assert ("entered", "wait") not in [(e.kind, e.element) for e in step.effects]
    assert orders.case(one).status == "open"
    assert count(orders, "subscription") == 1
    assert orders.replay(two).equal and orders.verify(two).sound


def test_a_message_names_its_case(engine):
    engine.deploy(waiting(), by=OLGA)
    one, two = begun(engine), begun(engine)
    assert engine.send("paid", {"paid": 1}, case=two, by=ANN).id == two
    assert engine.case(one).status == "open"


def test_a_message_is_correlated_by_the_data_of_the_case(engine):
    engine.deploy(waiting(), by=OLGA)
    one, two = begun(engine, {"order": "41", "n": 1}), begun(engine, {"order": "42", "n": True})
    assert engine.send("paid", {"paid": 1}, correlate={"order": "41", "n": 1}, by=ANN).id == one
    assert engine.send("paid", {"paid": 1}, correlate={"n": 1}, by=ANN) is None
    assert engine.send("paid", {"paid": 1}, correlate={"other": 1}, by=ANN) is None
    assert engine.case(two).status == "open"


def among(most, **named):
    """The content of a message with so many names, the last of which are these."""
    return {f"a{number:05}": number for number in range(most - len(named))} | named


@pytest.mark.parametrize("key", ["order", "{order: order, shop: shop}"])
@pytest.mark.parametrize("most", [20, 21, 100, 101, 12_000])
def test_a_key_is_found_among_however_many_names(engine, key, most):
    fields = {"order": {"type": "string"}, "shop": {"type": "string"}}
    engine.deploy(waiting(start=fields, correlationKey=key, formJsonSchemaFilename=""), by=OLGA)
    cases = [begun(engine, {"order": order, "shop": "S"}) for order in ("41", "42", "43")]
    content = among(most, order="42", shop="S")
    assert engine.send("paid", {**content, "order": "44"}, by=ANN) is None
    assert engine.send("paid", content, by=ANN).id == cases[1]
    assert engine.send("paid", content, by=ANN) is None
    assert [engine.case(case).status for case in cases] == ["open", "completed", "open"]


def test_too_many_cases_to_find_the_key_among_very_many_names(engine, monkeypatch):
    monkeypatch.setattr("engine.cases.messages.MOST_COMPARED", 1)
    engine.deploy(waiting(start=ORDER, correlationKey="order", formJsonSchemaFilename=""), by=OLGA)
    for order in ("41", "42"):
        begun(engine, {"order": order})
    with pytest.raises(AmbiguousMessage, match="which of its 101 names are its key"):
        engine.send("paid", among(101, order="40"), by=ANN)
    assert engine.send("paid", among(101, order="40"), correlate={"order": "40"}, by=ANN) is None
    assert engine.send("paid", among(101, order="42"), by=ANN).data["order"] == "42"


def test_two_matches_are_an_error(engine):
    engine.deploy(waiting(), by=OLGA)
    cases = [begun(engine, {"order": "42"}) for _ in range(2)]
    for correlate in (None, {"order": "42"}):
        with pytest.raises(AmbiguousMessage) as refused:
            engine.send("paid", {"paid": 1}, correlate=correlate, by=ANN)
        assert refused.value.data["cases"] == cases
    assert [kinds(engine, case) for case in cases] == [["started", "completed"]] * 2
    assert count(engine, "message") == 0


def test_two_cases_with_one_key_are_an_error(orders):
    for _ in range(2):
        begun(orders, {"order": "42"})
    with pytest.raises(AmbiguousMessage):
        orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN)


def test_the_content_is_checked_by_the_form_of_the_event(orders):
    case = begun(orders, {"order": "42"})
    for payload, fault in (
        ({}, {"paid": "required"}),
        ({"paid": "x"}, {"paid": "type"}),
        ({"paid": 1, "admin": 1}, {"admin": "undeclared"}),
    ):
        with pytest.raises(InvalidForm) as refused:
            orders.send("paid", payload, correlate={"order": "42"}, by=ANN)
        assert {name: one.code for name, one in refused.value.fields.items()} == fault
    assert kinds(orders, case) == ["started", "completed"]


@pytest.mark.parametrize(
    "payload",
    [
        {"paid": float("nan")},
        {"paid": "\ud800"},
        {"paid": 10**100},
        {"paid": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]},
        {"paid": "x" * 300_000},
        [1],
    ],
)
def test_content_that_cannot_be_kept(orders, payload):
    for said in ({"correlate": {"order": "42"}}, {}):
        with pytest.raises(InvalidForm):
            orders.send("paid", payload, by=SYSTEM, **said)
    with pytest.raises(InvalidForm):
        orders.send("paid", {"paid": 1}, correlate={"x": float("nan")}, by=SYSTEM)
    assert count(orders, "message") == 0


def test_the_form_of_an_event_subprocess(engine):
    start = el(
        "startEvent",
        "es",
        tiny.extensions(tiny.with_form("forms/paid.json")) + tiny.message("paid"),
        isInterrupting="true",
    )
    inner = start + tiny.ask("help") + el("endEvent", "ee") + line("es", "help", "ee")
    body = (
        START
        + tiny.ask("first")
        + END
        + line("start", "first", "end")
        + el("subProcess", "esp", inner, triggeredByEvent="true")
    )
    engine.deploy(tiny.bundle("loan", body, tiny.messages("paid"), forms_paid=PAID), by=OLGA)
    engine.start("loan", by=ANN)
    with pytest.raises(InvalidForm):
        engine.send("paid", {"paid": 1, "admin": True}, by=ANN)
    case = engine.send("paid", {"paid": 1, "by": "张敏"}, by=ANN)
    assert case.data["by"].keys() == {"$vault", "sha256"}
    assert holding(engine, "张敏") == {"vault.value"}


def test_a_message_whose_consequences_fail_opens_an_incident(engine):
    engine.deploy(
        waiting(
            start={"by": {"type": "number"}},
            after=tiny.script("share", "share = 100 / by_number").replace("by_number", "ratio"),
            formJsonSchemaFilename="forms/ratio.json",
        )
        | {"forms/ratio.json": tiny.form({"ratio": {"type": "number"}}, ["ratio"])},
        by=OLGA,
    )
    case = begun(engine)
    for _ in range(2):
        with pytest.raises(StepFailed) as refused:
            engine.send("paid", {"ratio": 0}, case=case, by=ANN)
        assert refused.value.element == "share"
    (incident,) = engine.incidents()
    assert (incident.id, incident.case_id, incident.element, incident.count) == (
        refused.value.incident,
        case,
        "share",
        2,
    )
    assert engine.send("paid", {"ratio": 4}, case=case, by=ANN).data["share"] == 25


# Who may


def test_who_may_send(orders):
    case = begun(orders, {"order": "42"})
    with pytest.raises(NotAllowed):
        orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=NOBODY)
    for name in ("", "x" * 201):
        with pytest.raises(Refusal):
            orders.send(name, {}, by=ANN)
    with pytest.raises(Refusal):
        orders.send("paid", {"paid": 1}, by=ANN, message_id="x" * 201)
    assert kinds(orders, case) == ["started", "completed"] and count(orders, "message") == 0


def test_what_one_may_not_see_one_cannot_send_to(orders):
    case = begun(orders, {"order": "42"})
    for who in (EVE, AMY):
        with pytest.raises(NotFound):
            orders.send("paid", {"paid": 1}, case=case, by=who)
        assert orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=who) is None
    assert kinds(orders, case) == ["started", "completed"]


def test_a_message_for_a_case_that_is_over(orders):
    case = begun(orders, {"order": "42"})
    orders.cancel(case, by=ANN, reason="x")
    with pytest.raises(Conflict) as refused:
        orders.send("paid", {"paid": 1}, case=case, by=ANN)
    assert refused.value.data["status"] == "cancelled"
    for unknown in ("99", "x", "1; drop"):
        with pytest.raises(NotFound):
            orders.send("paid", {"paid": 1}, case=unknown, by=ANN)
    assert count(orders, "message") == 0


# The id of a message


def test_a_message_comes_once_by_its_id(orders):
    one, two = begun(orders, {"order": "42"}), begun(orders, {"order": "43"})
    first = orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN, message_id="m-1")
    again = orders.send("paid", {"paid": 2}, correlate={"order": "43"}, by=ANN, message_id="m-1")
    assert first == again and first.id == one
    assert kinds(orders, two) == ["started", "completed"]
    assert len(rows(orders, "message")) == 1
    with pytest.raises(NotFound):
        orders.send("paid", {"paid": 2}, by=EVE, message_id="m-1")
    with pytest.raises(Conflict):
        orders.send("other", {}, by=ANN, message_id="m-1")


def test_a_kept_message_comes_once_by_its_id(orders):
    for _ in range(3):
        assert orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN, message_id="m-1") is None
    assert len(rows(orders, "message")) == 1
    case = begun(orders, {"order": "42"})
    assert orders.send("paid", {"paid": 1}, correlate={"order": "42"}, by=ANN, message_id="m-1").id == case
    assert kinds(orders, case).count("received") == 1
