"""The bundles as files: nothing is found in them, everything is translated, personal fields are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import workflows
from engine.canonical import read
from tests.workflows.seeds import BUNDLES, bundle_files, diagram
from tests.workflows.walking import House, opened_house
from workflows.suitability.questionnaire import DECLARED, SCALES

FORMS = [(name, path) for name in BUNDLES for path in bundle_files(name) if path.startswith("forms/")]
TAGS = {"U", "INT", "V1", "V2"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An engine with the domain's operators and the bundles in force."""
    with opened_house(tmp_path_factory.mktemp("bundles")) as opened:
        yield opened


@pytest.mark.parametrize("name", BUNDLES)
def test_nothing_is_found(house: House, name: str) -> None:
    assert house.engine.check(bundle_files(name)) == []


@pytest.mark.parametrize("name, path", FORMS)
def test_every_word_of_a_form_is_translated(name: str, path: str) -> None:
    for part in parts(read(bundle_files(name)[path])):
        for said in ("title", "description", "x-submit"):
            if said in part:
                assert part.get("x-i18n", {}).get("zh", {}).get(said), (said, part[said])


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """A form, its fields and their choices."""
    if isinstance(schema, dict) and "title" in schema:
        yield schema
        inside = [*schema.get("properties", {}).values(), schema.get("items"), *schema.get("oneOf", ())]
        for part in inside:
            yield from parts(part)


@pytest.mark.parametrize(
    "name, path, fields",
    [
        ("inquiry", "forms/contact.json", {"caller", "callerEmail"}),
        ("inquiry", "forms/identify.json", {"callerName"}),
        ("complaint", "forms/complaint.json", {"caller", "callerName"}),
        ("complaint", "forms/register.json", {"complainant", "facts", "demand"}),
        ("complaint", "forms/first-contact.json", {"demandConfirmed"}),
        ("complaint", "forms/finding.json", {"finding"}),
        *((name, "forms/reaction.json", {"comment"}) for name in ("inquiry", "complaint")),
        ("complaint", "forms/withdrawal.json", {"comment"}),
        ("trade", "forms/warning.json", {"statement", "signature"}),
        ("trade", "forms/application.json", {"signature"}),
        ("trade", "forms/hold.json", {"holdReason"}),
        *(("trade", f"forms/{name}.json", {"comment"}) for name in ("declined", "cancellation")),
        ("trade", "forms/order.json", set()),
        ("callback", "forms/talk.json", {"remarks"}),
        ("personal-request", "forms/request.json", {"wish"}),
        ("risk-assess", "forms/assessment.json", {*SCALES, *DECLARED}),
        ("risk-assess", "forms/reaction.json", {"comment"}),
        ("recommendation", "forms/need.json", {"incomeSource", "debt", "remarks"}),
        ("recommendation", "forms/reaction.json", {"comment"}),
        ("recommendation", "forms/declined.json", {"comment"}),
    ],
)
def test_what_names_people_is_personal(name: str, path: str, fields: set[str]) -> None:
    properties = read(bundle_files(name)[path])["properties"]
    assert {field for field, schema in properties.items() if schema.get("x-personal")} == fields


def test_every_parameter_that_a_bundle_reads_is_shipped_with_its_tag() -> None:
    texts = [
        body.decode() for name in BUNDLES for path, body in bundle_files(name).items() if not path.endswith("json")
    ]
    named = {name for text in texts for name in re.findall(r"parameter\((?:\"|&quot;)(\w+)", text)}
    shipped = workflows.parameters()
    assert len(named) > 20 and named <= set(shipped)
    assert all(shipped[name]["tag"] in TAGS and set(shipped[name]["title"]) == {"en", "zh"} for name in named)


@pytest.mark.parametrize("key, prefix", [("inquiry", "INQ"), ("complaint", "CMP")])
def test_what_the_process_says_of_itself(key: str, prefix: str) -> None:
    drawn = diagram(key)
    assert (drawn.prefix, drawn.properties["customer"]) == (prefix, "customer.customerId")
    assert all(re.fullmatch("[A-Z][A-Za-z]+", element.id) for element in drawn.elements)
    assert max(len(drawn.inside(scope.id)) for scope in drawn.scopes) <= 45


PROMISE = re.compile(r"expected return|guaranteed|yield forecast|预期收益|保证收益|稳赚", re.IGNORECASE)
SECRET = re.compile(r"\b(password|passcode|pin|one-time code)\b|密码|验证码", re.IGNORECASE)


@pytest.mark.parametrize("name, path", FORMS)
def test_no_form_asks_for_a_promise_or_for_what_is_the_customers_own(name: str, path: str) -> None:
    """Nobody tells a customer what a fund will bring, and nobody operates for him (X1, X3)."""
    for part in parts(read(bundle_files(name)[path])):
        zh = part.get("x-i18n", {}).get("zh", {}).get("title", "")
        assert not PROMISE.search(f"{part['title']} {zh}"), part["title"]
        if part.get("type") == "string":  # what is ticked may say that none was asked for
            assert not SECRET.search(f"{part['title']} {zh}"), part["title"]
