"""Every kind of step and effect as a sentence, in text and HTML from the same words, in both languages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from lxml import html

from engine.bundles import read_bundle
from engine.model import Effect, Step
from webapp.bootstrap import DIAGRAMS, files_of
from webapp.labels import Labels
from webapp.language import words
from webapp.sentences import MAIN, Teller

AT = datetime.fromisoformat("2026-11-20T06:00:00+00:00")
NAMES = {"li.na": "Li Na", "wang.lei": "Wang Lei"}


@pytest.fixture(scope="module")
def bundle():
    return read_bundle(files_of(DIAGRAMS / "inquiry"))


def step(kind, given=None, effects=(), actor="li.na", seq=1, at=AT):
    return Step(
        case_id="1", seq=seq, at=at, actor=actor, kind=kind, input=given or {}, effects=tuple(effects),
        semantics=1, state_hash="", prev_hash="", hash="",
    )  # fmt: skip


def told(bundle, *steps, lang="en"):
    return Teller(Labels(bundle, words(lang)), NAMES).tell(steps)


OFFER = step(
    "started", {"data": {}}, [Effect("offered", "Answer", 7, {"groups": ["csr"], "due": "2026-11-20T05:30:00.000000Z"})]
)


@pytest.mark.parametrize(
    ("one", "english", "chinese"),
    [
        (step("claimed", {"task": 7}), "Li Na took Answer the customer", "Li Na领取了答复客户"),
        (step("released", {"task": 7}), "Li Na gave Answer the customer back", "Li Na退回了答复客户"),
        (
            step("assigned", {"task": 7, "assignee": "wang.lei"}),
            "Li Na gave Answer the customer to Wang Lei",
            "Li Na将答复客户转派给Wang Lei",
        ),
        (
            step("completed", {"task": 7, "values": {}}),
            "Li Na finished Answer the customer, 30 min late",
            "Li Na完成了答复客户，逾期30分钟",
        ),
        (
            step("completed", {"task": 7, "values": {}}, at=AT - timedelta(hours=1)),
            "Li Na finished Answer the customer",
            "Li Na完成了答复客户",
        ),
        (step("fired", {"timer": 7}, actor="system"), "The time was up: Answer the customer", "时间到：答复客户"),
        (
            step("received", {"to": 7, "message": "m"}, actor="customer"),
            "A message came in: Answer the customer",
            "收到消息：答复客户",
        ),
        (step("signalled", {"signal": "s"}, actor="system"), "A signal came in:", "收到信号："),
        (
            step("answered", {"operator": 7, "result": {}}, actor="system"),
            "Answer the customer was done by the system",
            "系统完成了答复客户",
        ),
        (
            step("failed", {"operator": 7, "code": "NO_ADDRESS"}, actor="system"),
            "Answer the customer failed: NO_ADDRESS",
            "答复客户未成功：NO_ADDRESS",
        ),
        (
            step("reminded", {"task": 7}, actor="system"),
            "A reminder went out: Answer the customer is nearly due",
            "已催办：答复客户即将到期",
        ),
        (step("breached", {"task": 7}, actor="system"), "Answer the customer ran over its term", "答复客户已超时"),
        (step("escalated", {"task": 7}, actor="system"), "Answer the customer was escalated", "答复客户已升级上报"),
        (step("cancelled", {"reason": "withdrawn"}), "Li Na cancelled the case", "Li Na取消了工单"),
        (
            step("jumped", {"token": 7, "element": "Answer", "target": "RecordNeed", "reason": "wrong"}),
            "Li Na let the case go on at Record the need instead of Answer the customer",
            "Li Na将工单由答复客户转至记录需求继续办理",
        ),
        (
            step("skipped", {"task": 7, "values": {}, "reason": "r"}),
            "Li Na skipped Answer the customer",
            "Li Na跳过了答复客户",
        ),
        (step("upgraded"), "The case was moved to a newer release", "工单已迁移到新版系统"),
        (step("edited", {}), "Li Na: step of the kind edited", "Li Na：edited步骤"),
    ],
)
def test_every_kind_of_step(bundle, one, english, chinese):
    for lang, wanted in (("en", english), ("zh", chinese)):
        sentence = told(bundle, OFFER, one, lang=lang)[1]
        assert sentence.text.strip() == wanted
        assert html.fromstring(f"<p>{sentence.html}</p>").text_content().strip() == wanted


def test_no_kind_of_the_engine_is_forgotten():
    from engine.cases.inputs import BESIDE, MOVES

    assert set(MOVES) | BESIDE <= set(MAIN)


@pytest.mark.parametrize(
    ("effect", "english"),
    [
        (
            Effect("decided", "RouteInquiry", 3, {"decision": "d", "rows": [3], "value": {"a": "SEV2", "b": 7}}),
            "Route the inquiry: row 3 gave SEV2, 7",
        ),
        (
            Effect("decided", "RouteInquiry", 3, {"decision": "d", "rows": [1, 4], "value": ["A", "B"]}),
            "Route the inquiry: rows 1, 4 gave A, B",
        ),
        (
            Effect("decided", "RouteInquiry", 3, {"decision": "d", "rows": [], "value": None}),
            "Route the inquiry: no row applied",
        ),
        (
            Effect("answered", "LookUpCustomer", 3, {"operator": "o", "result": {}}),
            "Look up the customer was done by the system",
        ),
        (Effect("answered", "LookUpCustomer", 3, {"operator": "o", "error": "X"}), "Look up the customer failed: X"),
        (Effect("requested", "SendAnswer", 3, {"operator": "o"}), "Send the answer was begun by the system"),
        (Effect("called", "SendAnswer", 3, {"process": "p"}), "Send the answer began"),
        (Effect("thrown", "SendAnswer", 3, {"kind": "message", "name": "n"}), "Send the answer was announced"),
    ],
)
def test_effects_that_are_worth_a_line(bundle, effect, english):
    known = {element.id: element.name for element in bundle.diagram.elements}
    element = effect.element if effect.element in known else next(iter(known))
    effect = Effect(effect.kind, element, effect.occurrence, effect.detail)
    wanted = (
        english.replace(english.split(":")[0], known[element], 1)
        if effect.kind == "decided"
        else re.sub("^(Look up the customer|Send the answer)", known[element], english)
    )
    sentence = told(bundle, step("fired", {"timer": 1}, [effect]))[1]
    assert sentence.text == wanted
    assert (sentence.kind == "rule") == (effect.kind == "decided")


def test_what_is_not_needed_any_more_and_the_end(bundle):
    end = next(one for one in bundle.diagram.elements if one.kind == "endEvent")
    effects = [
        Effect("cancelled", "Answer", 7),
        Effect("cancelled", "Other", 99),
        Effect("left", end.id, 9),
        Effect("ended", "inquiry", 0),
    ]
    lines = [one.text for one in told(bundle, OFFER, step("received", {"to": 3}, effects, actor="customer"))]
    assert lines[2:] == ["Answer the customer was not needed any more", f"The case ended: {end.label}"]


def test_what_was_entered_but_nothing_personal(bundle):
    values = {
        "answerText": "A" * 200,
        "resolved": True,
        "products": ["990004"],
        "source": "NAV of 19 Nov",
        "secret": {"$vault": "1.1.1", "sha256": ""},
    }
    sentence = told(bundle, OFFER, step("completed", {"task": 7, "values": values}))[1]
    assert sentence.note.startswith("Answer: AAAA")
    assert "…" in sentence.note
    assert "990004" in sentence.note
    assert "vault" not in sentence.note
    assert told(bundle, OFFER, step("cancelled", {"reason": "by phone"}))[1].note == "Reason: by phone"


def test_a_correction_names_the_fields_with_old_and_new(bundle):
    vault = {"$vault": "1.1.1", "sha256": ""}
    changes = {
        "outcome": {"old": "By\n Monday", "new": "By Tuesday " * 20},
        "identified": {"old": True, "new": False},
        "callerName": {"old": vault, "new": {**vault, "$vault": "1.2.1"}},
        "people": {"new": [{"name": vault}]},
        "score": {"old": 7},
    }
    one = step("corrected", {"values": {}, "reason": "typed wrong"}, [Effect("corrected", "", 0, changes)])
    said, chinese = told(bundle, OFFER, one)[1:], told(bundle, OFFER, one, lang="zh")[1:]
    assert len(said) == len(chinese) == 1 and said[0].kind == "late"
    assert said[0].text == "Li Na corrected Outcome, Customer identified, Caller's name, People, Score"
    assert said[0].note.startswith("Reason: typed wrong; Outcome: By Monday → By Tuesday By")
    for change in (
        "Customer identified: yes → no",
        "name: in the vault → in the vault",
        "People: nothing → in the vault",
    ):
        assert f"{change};" in said[0].note
    assert said[0].note.endswith("Score: 7 → nothing") and "$vault" not in said[0].note + chinese[0].note
    assert chinese[0].text.startswith("Li Na更正了") and "typed wrong；" in chinese[0].note


def test_what_jumps_is_not_said_twice(bundle):
    effects = [Effect("jumped", "Answer", 7, {"to": "RecordNeed"}), Effect("cancelled", "Answer", 7)]
    effects += [Effect("cancelled", "Other", 8), Effect("entered", "RecordNeed", 9)]
    given = {"token": 7, "element": "Answer", "target": "RecordNeed", "reason": "wrong"}
    assert len(told(bundle, OFFER, step("jumped", given, effects))[1:]) == 1


def test_hostile_words_stay_words(bundle):
    evil = "<script>alert(1)</script> %(who)s %s"
    sentence = told(bundle, OFFER, step("failed", {"operator": 7, "code": evil}, actor="system"))[1]
    assert evil in sentence.text
    assert "<script>" not in sentence.html
