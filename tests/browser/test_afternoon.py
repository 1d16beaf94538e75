"""An auditor's afternoon: draw a sample, replay it, find who tampered, look behind a masked number, write it down, prove it.

The proof is checked as a court's expert would: by the program in the bundle, on a Python that knows nothing of us.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .office import CONTACT, CUSTOMERS, SAID, Office
from .someone import Someone
from .test_auditor import tampered_with

pytestmark = pytest.mark.slow

PHONE = "13800000042"
SIZE = 3


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_an_afternoon(own_office, enter, lang, tmp_path):
    for _ in range(SIZE + 1):
        own_office.answered(lang)
    auditor = enter(own_office, "he.jing", lang)
    drawn = draws(auditor)
    for number in drawn:
        replays(auditor, number)

    sound, bad = own_office.engine.case(drawn[1]), own_office.engine.case(drawn[0])
    taken_along = exports(auditor, sound, tmp_path / "before.zip")
    tampered_with(own_office.file, bad, seq=2)
    finds(auditor, bad)
    unmasks(auditor, calls(own_office, lang))
    writes(auditor, bad)

    assert checked(taken_along, lang) == 0
    assert checked(exports(auditor, bad, tmp_path / "after.zip"), lang) == 1


def draws(auditor: Someone) -> list[str]:
    """Draw a sample that anybody can draw again; the ids of its cases."""
    auditor.goes("/audit/samples").follows(auditor.say("Draw a sample"))
    auditor.page.locator("#size").fill(str(SIZE))
    auditor.page.locator("#seed").fill("2026-11")
    auditor.page.locator("#reason").fill(SAID[auditor.lang]["lessons"])
    auditor.presses(auditor.say("Draw the sample"))
    auditor.presses(auditor.say("Verify all on this page"))
    expect(auditor.page.locator("main td .badge[data-tone=ok]")).to_have_count(SIZE)
    links = auditor.page.locator("main tbody a.row-link")
    return [str(links.nth(n).get_attribute("href")).rsplit("/", 1)[-1] for n in range(SIZE)]


def replays(auditor: Someone, case: str) -> None:
    """Play a case from its first step to its last, by the keyboard, and read every step in its sentence."""
    last = auditor.office.engine.case(case).seq
    auditor.goes(f"/cases/{case}/replay?step=1")
    for seq in range(2, last + 1):
        auditor.page.keyboard.press("ArrowRight")
        expect(auditor.page.locator("#main")).to_have_attribute("data-step", str(seq))
    auditor.reads()
    proof = auditor.page.locator("#replay-proof")
    proof.get_by_role("button").click()
    expect(proof.locator(".seal[data-tone=ok]")).to_be_visible()


def finds(auditor: Someone, case) -> None:
    """See in the sample that a case does not verify any more, and go to the very step."""
    auditor.known = ("BODE",)  # was CODE, and is what the history says now
    auditor.goes("/audit/samples/1").presses(auditor.say("Verify all on this page"))
    bad = auditor.page.locator("main tbody tr").filter(has_text=case.number)
    expect(bad.locator(".badge[data-tone=bad]")).to_contain_text(auditor.say("step %(n)s", n=2))
    expect(auditor.page.locator("main td .badge[data-tone=ok]")).to_have_count(SIZE - 1)
    auditor.follows(auditor.say("Replay"), bad)
    proof = auditor.page.locator("#replay-proof")
    proof.get_by_role("button").click()
    proof.locator(".seal[data-tone=bad]").get_by_role("link", name=auditor.say("Step %(n)s", n=2)).first.click()
    expect(auditor.page.locator("#main")).to_have_attribute("data-step", "2")
    auditor.reads()


def calls(office: Office, lang: str):
    """A case of a customer whose number is masked."""
    said = {**CONTACT, "customerId": CUSTOMERS[lang], "caller": PHONE}
    return office.engine.start("inquiry", said, by=office.person("li.na"))


def unmasks(auditor: Someone, case) -> None:
    """Look behind a masked number with a reason, and find oneself in the record of readings."""
    why = SAID[auditor.lang]["finding"]
    auditor.goes(f"/cases/{case.id}")
    assert PHONE not in auditor.page.content()
    auditor.follows(auditor.say("Show"), auditor.page.locator("aside"))
    auditor.page.locator("#reason").fill(why)
    auditor.presses(auditor.say("Show the value")).sees(PHONE)
    auditor.goes(f"/audit/readings?case={case.id}").sees(why)
    assert PHONE not in auditor.page.content()


def writes(auditor: Someone, case) -> None:
    """Write a finding about the step, and see it beside the case in the sample."""
    auditor.goes(f"/audit/papers/new?case={case.id}&step=2&sample=1")
    auditor.page.locator("#severity").select_option("high")
    auditor.page.locator("#text").fill(SAID[auditor.lang]["facts"])
    auditor.presses(auditor.say("Keep the paper")).sees(SAID[auditor.lang]["facts"])
    row = auditor.goes("/audit/samples/1").page.locator("main tbody tr").filter(has_text=case.number)
    expect(row.get_by_role("link", name=SAID[auditor.lang]["facts"][:10])).to_be_visible()


def exports(auditor: Someone, case, path: Path) -> Path:
    """Take the evidence of a case along."""
    auditor.goes(f"/cases/{case.id}").follows(auditor.say("Export evidence"))
    auditor.page.locator("#reason").fill(SAID[auditor.lang]["demand"])
    with auditor.page.expect_download() as download:
        auditor.page.get_by_role("button", name=auditor.say("Export evidence")).click()
    download.value.save_as(path)
    return path


def checked(bundle: Path, lang: str) -> int:
    """What the program in a bundle says of it, in an empty folder, on a Python without any package."""
    script = bundle.with_suffix(".py")
    unpack = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read('verify.py'))"
    script.write_bytes(
        subprocess.run([sys.executable, "-I", "-c", unpack, bundle], capture_output=True, check=True).stdout
    )
    asked = [sys.executable, "-I", "-S", script, bundle, "--lang", lang]
    return subprocess.run(asked, capture_output=True, cwd=bundle.parent).returncode
