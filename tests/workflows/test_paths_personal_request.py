"""Every way through a personal-information request, walked with the real domain, and what is left in the stores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from engine import SYSTEM, Actor
from engine.errors import InvalidForm
from tests.engine.watching import holding
from tests.workflows.walking import House, Walk, Walked, all_flows, end_events, opened_house
from workflows.customers import repository as customers
from workflows.tables import METADATA, customer

DPO = Actor("tan.xin", {"dpo"})
CALLER = "13700137000"


def begun(house: House, kind: str, whose: str = "", **said: Any) -> Walk:
    """A request of a customer whose identity is proved."""
    usual = {"kind": kind, "channel": "APP", "receivedAt": "2026-11-18T09:00:00+08:00"}
    return house.walk("personal-request", customerId=whose or next(house.customers), **usual | said)


def verified(walk: Walk) -> Walk:
    return walk.does("VerifyIdentity", identified=True, method="APP")


def cases(house: House, whose: str) -> dict[str, str]:
    """An inquiry and a complaint of a customer that are over; their ids."""
    contact = {"channel": "PHONE", "contactTime": "2026-11-17T10:00:00+08:00", "customerId": whose}
    complaint = {"customerId": whose, "source": "PHONE", "receivedAt": "2026-11-17T10:00:00+08:00", "caller": CALLER}
    ids = {
        "contact": house.walk("inquiry", **contact, caller=CALLER).case.id,
        "complaint": house.walk("complaint", **complaint).case.id,
    }
    for case_id in ids.values():
        house.engine.cancel(case_id, by=SYSTEM, reason="withdrawn")
    return ids


def record(house: House, whose: str) -> Any:
    with house.engine.database.reading() as connection:
        return customers.get(connection, whose)


def everywhere(house: House, planted: str) -> set[str]:
    """The places of engine and domain that hold a text."""
    found = holding(house.engine, planted)
    with house.engine.database.reading() as connection:
        for table in METADATA.tables.values():
            for row in connection.execute(select(table)).mappings():
                found |= {f"{table.name}.{name}" for name, value in row.items() if planted in str(value)}
    return found


def dispositions(house: House, case_id: str) -> set[str]:
    return {one.disposition for one in house.engine.disposals(case_id).values()}


def deletes(house: House) -> Walk:
    """A customer with statutory files: contacts are erased, the complaint is restricted, the record is locked."""
    whose = next(house.customers)
    ids = cases(house, whose)
    walk = verified(begun(house, "DELETE", whose, wish=f"删除我的信息 {CALLER}"))
    assert walk.data["replyBy"].startswith("2026-12-09"), "15 business days"
    task = walk.task("Decide")
    assert task.groups == ("dpo",) and task.due == datetime.fromisoformat("2026-11-25T18:00:00+08:00")
    with house.engine.database.writing() as connection:
        connection.execute(update(customer).where(customer.c.id == whose).values(marketing_consent=True))
    walk.does("Decide", decision="GRANT").ended("EndFulfilled")
    assert dispositions(house, ids["contact"]) == {"erased"}
    assert dispositions(house, ids["complaint"]) == {"restricted"}
    assert everywhere(house, CALLER) == {"vault.value"}, "the complaint's own, which a law keeps"
    proof = walk.data["proof"]
    assert (proof["cases"], proof["kept"]) == (2, [])
    assert proof["erased"] == 1 and proof["restricted"] >= 1 and len(proof["digest"]) == 64
    for case_id in (*ids.values(), walk.case.id):
        assert house.engine.verify(case_id).problems == () and house.engine.replay(case_id).equal
    step = house.engine.history(ids["contact"])[-1]
    assert (step.kind, step.actor, step.input["under"]) == ("disposed", "system", "DT-10")
    assert step.input["reason"] == walk.case.number
    found = record(house, whose)
    assert not found.marketing_consent and walk.letters == ["privacy-done"]
    assert (found.status, walk.data["closed"]) in (("LOCKED", {"record": "RESTRICT"}), ("ERASED", {"record": "ERASE"}))
    return walk


def with_an_open_case(house: House) -> Walk:
    """While an inquiry is open, contacts stay: the answer to it would have nowhere to go."""
    whose = next(house.customers)
    ids = cases(house, whose)
    contact = {"channel": "PHONE", "contactTime": "2026-11-17T10:00:00+08:00", "customerId": whose}
    still = house.walk("inquiry", **contact, caller="13700137001").case
    walk = verified(begun(house, "DELETE", whose)).does("Decide", decision="GRANT").ended("EndFulfilled")
    assert dispositions(house, ids["contact"]) == dispositions(house, still.id) == set()
    assert walk.data["proof"]["kept"] == sorted([house.engine.case(ids["contact"]).number, still.number])
    return walk


def of_a_prospect(house: House) -> Walk:
    """Nothing makes us keep who never ordered and was never assessed: the record is emptied after the answer."""
    whose = next(house.customers)
    with house.engine.database.writing() as connection:
        for name in ("risk_assessment", "trade_order"):
            table = METADATA.tables[name]
            connection.execute(update(table).where(table.c.customer_id == whose).values(customer_id="C000001"))
    before = record(house, whose)
    walk = verified(begun(house, "CLOSE", whose)).does("Decide", decision="GRANT").ended("EndFulfilled")
    found = record(house, whose)
    assert (found.name, found.mobile, found.id_number, found.status) == ("…", None, "", "ERASED")
    assert walk.data["closed"] == {"record": "ERASE"} and walk.letters == ["privacy-done"]
    for planted in (before.mobile, before.id_number, before.name_latin):
        assert everywhere(house, planted) == set()
    return walk


def withdraws(house: House) -> Walk:
    """Who withdraws his consent loses nothing but the marketing."""
    whose = next(house.customers)
    with house.engine.database.writing() as connection:
        connection.execute(update(customer).where(customer.c.id == whose).values(marketing_consent=True))
    walk = verified(begun(house, "WITHDRAW", whose))
    assert [one["category"] for one in walk.data["held"]["categories"]] == ["MARKETING"]
    walk.does("Decide", decision="GRANT").ended("EndFulfilled")
    found = record(house, whose)
    assert (found.marketing_consent, found.status, walk.data["closed"]) == (False, "ACTIVE", {"record": "KEEP"})
    return walk


def sees(house: House) -> Walk:
    walk = verified(begun(house, "ACCESS")).does("Decide", decision="GRANT")
    task = walk.task("CarryOut")
    assert task.due == datetime.fromisoformat(walk.data["replyBy"])
    walk.does("CarryOut", what="A copy was put into the app.").ended("EndFulfilled")
    assert "proof" not in walk.data and walk.data["closed"] == {"record": "KEEP"}
    return walk


def refused(house: House) -> Walk:
    walk = verified(begun(house, "CORRECT"))
    with pytest.raises(InvalidForm):
        walk.does("Decide", decision="REFUSE")
    why = {"refusalReason": "LAW", "refusalText": "The register must stay as it was signed."}
    walk.does("Decide", decision="REFUSE", **why).ended("EndRefused")
    assert walk.letters == ["privacy-refused"]
    return walk


def not_identified(house: House) -> Walk:
    walk = begun(house, "DELETE").does("VerifyIdentity", identified=False, method="NONE").ended("EndUnidentified")
    assert walk.letters == ["privacy-unidentified"] and "held" not in walk.data
    return walk


def held_by_law(house: House) -> Walk:
    """A legal hold keeps what it stands on, and the rest goes."""
    whose = next(house.customers)
    ids = cases(house, whose)
    house.engine.hold(ids["contact"], by=DPO, reason="a lawsuit")
    walk = verified(begun(house, "DELETE", whose)).does("Decide", decision="GRANT").ended("EndFulfilled")
    assert dispositions(house, ids["contact"]) == set() and dispositions(house, ids["complaint"]) == {"restricted"}
    assert house.engine.case(ids["contact"]).number in walk.data["proof"]["kept"]
    return walk


PATHS = {
    way.__name__: way
    for way in (deletes, with_an_open_case, of_a_prospect, withdraws, sees, refused, not_identified, held_by_law)
}


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    with opened_house(tmp_path_factory.mktemp("personal-request")) as house:
        yield Walked(house, PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_path(walked: Walked, name: str) -> None:
    assert walked[name].ends


def test_every_flow_and_every_end_was_walked(walked: Walked) -> None:
    walks = walked.all()
    assert all_flows("personal-request") <= {flow for walk in walks for flow in walk.flows}
    assert end_events("personal-request") <= {end for walk in walks for end in walk.ends}


def test_who_verified_does_not_decide(walked: Walked) -> None:
    walk = begun(walked.house, "DELETE").does("VerifyIdentity", by="tan.xin", identified=True, method="APP")
    with pytest.raises(AssertionError, match="may do Decide"):
        walk.does("Decide", by="tan.xin", decision="GRANT")


def test_a_second_run_finds_nothing_left(walked: Walked) -> None:
    """The operator runs at least once; what the first run did is not done again."""
    walk = walked["deletes"]
    again = verified(begun(walked.house, "DELETE", walk.data["customerId"])).does("Decide", decision="GRANT")
    proof = again.ended("EndFulfilled").data["proof"]
    assert (proof["erased"], proof["restricted"], proof["anonymised"]) == (0, 0, 0)
