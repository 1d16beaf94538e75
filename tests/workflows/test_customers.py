"""Customers: found, searched page by page, and what their record means on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from tests.workflows.conftest import MORNING
from workflows.customers import repository
from workflows.customers.card import card
from workflows.customers.model import Customer
from workflows.interactions import repository as interactions


@pytest.fixture
def huang(known: Connection) -> Customer:
    found = repository.get(known, "C000001")
    assert found is not None
    return found


def test_a_customer_is_stored_as_he_was_given(known: Connection, huang: Customer) -> None:
    twin = replace(huang, id="C900001", vulnerable=("illness",))
    repository.add(known, [twin])

    assert repository.get(known, "C900001") == twin
    assert repository.get(known, "C900002") is None


def test_found_by_what_a_caller_says(known: Connection, huang: Customer) -> None:
    assert repository.by_mobile(known, huang.mobile or "") == [huang]
    assert repository.by_id_number(known, huang.id_number.lower()) == [huang]
    assert repository.by_name(known, "黄美玲") == repository.by_name(known, "huang meiling") == [huang]
    assert [found.id for found in repository.by_name(known, "张伟")] == ["C000005", "C000006"]
    assert repository.by_name(known, "张") == []


def test_a_family_shares_a_mobile(known: Connection) -> None:
    father = repository.get(known, "C000013")
    assert father is not None
    assert [found.id for found in repository.by_mobile(known, father.mobile or "")] == ["C000013", "C000014"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("C000001", "C000001"),
        ("c000001", "C000001"),
        ("黄美", "C000001"),
        ("meiling", "C000001"),
        ("欧阳", "C000017"),
        ("Ayshamgul", "C000008"),
        ("  黄美玲 ", "C000001"),
    ],
)
def test_search(known: Connection, text: str, first: str) -> None:
    assert repository.search(known, text).customers[0].id == first


def test_search_by_the_end_of_a_mobile(known: Connection, huang: Customer) -> None:
    assert huang in repository.search(known, (huang.mobile or "")[-4:]).customers


def test_search_by_the_end_of_a_document(known: Connection, huang: Customer) -> None:
    assert huang in repository.search(known, huang.id_number[-4:].lower()).customers


@pytest.mark.parametrize("shape", ["{0} {1} {2}", "{0}-{1}-{2}", "+86{0}{1}{2}", "+86 {0} {1}{2}"])
def test_search_by_a_mobile_however_it_is_written(known: Connection, huang: Customer, shape: str) -> None:
    mobile = huang.mobile or ""
    assert huang in repository.search(known, shape.format(mobile[:3], mobile[3:7], mobile[7:])).customers


def test_search_by_a_given_name(known: Connection, huang: Customer) -> None:
    assert huang in repository.search(known, "美玲").customers


@pytest.mark.parametrize("text", ["%", "_", "%%", "黄_", "' or 1=1 --"])
def test_search_takes_wildcards_as_text(known: Connection, text: str) -> None:
    assert repository.search(known, text).customers == ()


def test_pages_hold_everybody_once_in_order(known: Connection) -> None:
    seen: list[Customer] = []
    after: str | None = None
    while True:
        page = repository.search(known, limit=7, after=after)
        seen += page.customers
        after = page.after
        if after is None:
            break

    assert len(seen) == len({found.id for found in seen}) == 60
    assert seen == list(repository.search(known, limit=100).customers)


def test_the_last_page_says_so(known: Connection) -> None:
    assert repository.search(known, limit=60).after is None
    assert repository.search(known, limit=59).after is not None


def test_exists_asks_for_text(known: Connection) -> None:
    assert repository.exists(known, "C000001")
    assert not repository.exists(known, "C999999")
    assert not repository.exists(known, 1)
    assert not repository.exists(known, None)


def test_65_begins_on_the_birthday_in_shanghai(huang: Customer) -> None:
    turning = replace(huang, birth_date=date(1961, 11, 19))
    last_second = datetime(2026, 11, 18, 15, 59, 59, tzinfo=UTC)

    assert (turning.age(last_second), turning.is_65(last_second)) == (64, False)
    assert (turning.age(last_second + timedelta(seconds=1)), turning.is_65(last_second + timedelta(seconds=1))) == (
        65,
        True,
    )
    assert turning.care(last_second) == ()
    assert turning.care(last_second + timedelta(seconds=1)) == ("age-65",)


def test_born_on_29_february(huang: Customer) -> None:
    leap = replace(huang, birth_date=date(1960, 2, 29))
    assert leap.age(datetime(2025, 2, 28, 4, tzinfo=UTC)) == 64
    assert leap.age(datetime(2025, 3, 1, 4, tzinfo=UTC)) == 65


def test_an_institution_has_no_age(known: Connection) -> None:
    firm = repository.get(known, "C000010")
    assert firm is not None
    assert (firm.age(MORNING), firm.is_65(MORNING), firm.assessed(MORNING)) == (None, False, False)


def test_the_last_day_of_an_assessment_counts(huang: Customer) -> None:
    valid = replace(huang, assessment_valid_to=date(2026, 11, 18))
    assert valid.assessed(datetime(2026, 11, 18, 15, 59, tzinfo=UTC))
    assert not valid.assessed(datetime(2026, 11, 18, 16, 0, tzinfo=UTC))


def test_the_card_masks_what_it_need_not_show(known: Connection, huang: Customer) -> None:
    shown = card(known, huang.id, MORNING)

    assert shown is not None
    assert (shown.name, shown.called("en"), shown.called("zh")) == ("黄美玲", "Huang Meiling", "黄美玲")
    assert shown.document == huang.id_number[:6] + "********" + huang.id_number[-4:]
    assert (shown.mobile[3:7], shown.email[1:5]) == ("****", "***@")
    assert (shown.is_65, shown.care) == (True, ("age-65",))
    secrets = {huang.id_number, huang.mobile, huang.email, huang.card_token}
    assert not secrets & {getattr(shown, name) for name in shown.__slots__ if isinstance(getattr(shown, name), str)}


def test_the_card_shows_the_newest_contacts_first(known: Connection, huang: Customer) -> None:
    for minute in range(7):
        at = MORNING + timedelta(minutes=minute)
        interactions.record(known, key=f"k{minute}", channel="PHONE", direction="IN", at=at, customer_id=huang.id)

    shown = card(known, huang.id, MORNING)
    assert shown is not None
    assert [contact.key for contact in shown.contacts] == ["k6", "k5", "k4", "k3", "k2"]


def test_no_card_of_nobody(known: Connection) -> None:
    assert card(known, "C999999", MORNING) is None
