"""An auditor reads a case, has it verified, sees at once where it was tampered with; draws a sample and works on it."""

from __future__ import annotations

import sqlite3

import pytest
from playwright.sync_api import expect

from .office import SAID

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_changed_byte_is_found(own_office, enter, lang):
    office, case = (
        own_office,
        own_office.recorded(lang, question={"en": "What is the fee?", "zh": "费率是多少？"}[lang]),
    )
    auditor = enter(office, "he.jing", lang)
    auditor.follows(auditor.say("Audit"))
    row = auditor.page.locator("main tbody tr").filter(has_text=case.number)
    auditor.presses(auditor.say("Verify"), row).sees(auditor.say("verified"))
    auditor.moves(auditor.page.get_by_role("link", name=case.number, exact=True))

    tells(auditor, case, "Identify", "RecordNeed")
    auditor.presses(auditor.say("Verify"))
    expect(auditor.page.locator("#proof[data-tone=ok]")).to_contain_text(auditor.say("Verified just now"))
    expect(auditor.page.locator("#proof")).to_contain_text(office.engine.history(case.id)[-1].hash[:12])

    tampered_with(office.file, case, seq=2)
    auditor.known = ("BODE",)  # was CODE, and is what the history says now
    auditor.presses(auditor.say("Verify"))
    proof = auditor.page.locator("#proof[data-tone=bad]")
    expect(proof).to_contain_text(auditor.say("This case does not verify"))
    expect(proof).to_contain_text(auditor.say("Step %(n)s", n=2))
    auditor.goes("/audit").presses(auditor.say("Verify all on this page"))
    expect(auditor.page.locator("main tbody tr")).to_contain_text(auditor.say("step %(n)s", n=2))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_sample_is_worked_through(own_office, enter, lang):
    """Draw a sample, verify its cases, replay one, write a finding at it, and take the working paper along."""
    cases, why = [own_office.answered(lang) for _ in range(2)], SAID[lang]["lessons"]
    auditor = enter(own_office, "he.jing", lang)
    auditor.follows(auditor.say("Audit")).follows(auditor.say("Samples")).follows(auditor.say("Draw a sample"))
    auditor.page.locator("#size").fill("2")
    auditor.page.locator("#reason").fill(why)
    auditor.presses(auditor.say("Draw the sample")).sees(why)
    for case in cases:
        auditor.sees(case.number)
    auditor.presses(auditor.say("Verify all on this page"))
    expect(auditor.page.locator("main td .badge[data-tone=ok]")).to_have_count(2)
    row = auditor.page.locator("main tbody tr").first
    auditor.follows(auditor.say("Replay"), row)
    auditor.goes("/audit/samples/1")
    auditor.follows(auditor.say("Write a paper"), auditor.page.locator("main tbody tr").first)
    auditor.page.locator("#severity").select_option("high")
    auditor.page.locator("#text").fill(why)
    auditor.presses(auditor.say("Keep the paper")).sees(auditor.say("Finding"))
    auditor.goes("/audit/samples/1").follows(auditor.say("Draw again"))
    auditor.sees(auditor.say("Drawn again, it is the same sample"))
    auditor.follows(auditor.say("Working paper")).sees(why)
    with auditor.page.expect_download() as download:
        auditor.page.get_by_role("link", name="CSV").click()
    assert why in download.value.path().read_text("utf-8")
    assert own_office.engine.verify(cases[0].id).sound


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_somebody_did_is_found(own_office, enter, lang):
    """Choose who and what, and come to the replay of the very step."""
    case = own_office.answered(lang)
    auditor = enter(own_office, "he.jing", lang).goes("/audit/search")
    auditor.page.locator("#kind").select_option("completed")
    auditor.page.locator("#key").select_option("inquiry")
    auditor.presses(auditor.say("Search"), auditor.page.locator("main form"))
    auditor.sees(case.number).sees(auditor.say("Nothing older is left."))
    auditor.moves(auditor.page.locator("main tbody a.row-link").first)
    assert f"/cases/{case.id}/replay?step=" in auditor.page.url
    auditor.goes(f"/audit/readings?case={case.id}").sees(case.number)
    expect(auditor.page.locator("main tbody .badge").first).to_have_text(auditor.say("opened"))


def test_nobody_reads_a_customers_link(own_office, enter):
    """Whoever watches the outbox reads what was written, but cannot answer in the customer's name."""
    own_office.answered()
    auditor = enter(own_office, "he.jing").goes("/outbox").sees("Our answer to your question")
    auditor.page.locator("summary").first.click()
    auditor.sees("thank you for your question")
    assert "/answer/" not in auditor.page.content()


def tells(auditor, case, *elements):
    """The history says in a sentence who finished what."""
    steps = {step.input["element"]: step for step in auditor.office.engine.history(case.id) if step.kind == "completed"}
    for element in elements:
        who, what = auditor.office.name(steps[element].actor, auditor.lang), auditor.label(case, element)
        auditor.sees(auditor.say("%(who)s finished %(what)s", who=who, what=what))


def tampered_with(file, case, seq):
    """Somebody with the file in his hands takes the guards away and changes one byte of what was entered."""
    with sqlite3.connect(file) as database:
        guards = database.execute(
            "select name from sqlite_master where type = 'trigger' and tbl_name = 'step'"
        ).fetchall()
        assert len(guards) >= 3
        for (name,) in guards:
            database.execute(f'drop trigger "{name}"')
        (body,) = database.execute(
            "select input from step where case_id = ? and seq = ?", (int(case.id), seq)
        ).fetchone()
        changed = bytearray(body)
        changed[body.index(b"CODE")] ^= 1
        database.execute("update step set input = ? where case_id = ? and seq = ?", (bytes(changed), int(case.id), seq))


def test_history_cannot_be_changed_in_passing(own_office):
    """As long as the guards of the database stand, not even somebody with the file in his hands changes a step."""
    own_office.inquiry()
    database = sqlite3.connect(own_office.file)
    for statement in (
        "update step set actor = 'nobody'",
        "delete from step",
        "insert or replace into step select * from step",
    ):
        with pytest.raises(sqlite3.DatabaseError):
            database.execute(statement)
    database.close()
