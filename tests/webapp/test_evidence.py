"""Evidence as it leaves the application: who may take it, what it asks for, the dossier, the record, the command line."""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile

import pytest
from lxml import html

from engine import SYSTEM
from engine.evidence.verify import Report, checked
from tests.browser.office import Office
from tests.engine.watching import rows
from tests.webapp.house import settings_in
from webapp.bootstrap import services_of
from webapp.cli import main
from webapp.dossier import Archivist
from webapp.dossier.strips import parts

REASON = "Request of the court <b>2026-118</b>"


@pytest.fixture
def case(engine, office):
    """A complaint that has come as far as its approval."""
    return office.proposed("en")


@pytest.fixture
def office(engine, folder, clock):
    """The people who do the work."""
    return Office(None, engine, settings_in(folder), clock)


def taken(visitor, path, data):
    """The answer to a form of the page in front, which is a file."""
    (token,) = set(visitor.page.xpath("//main//input[@name='csrf_token']/@value"))
    response = visitor.client.post(path, data={"csrf_token": token, **data})
    assert response.data and (response.status_code, response.mimetype) == (200, "application/zip")
    response.close()  # what it has sent stays
    return response


def archive(response):
    """The files of a bundle."""
    with zipfile.ZipFile(io.BytesIO(response.data)) as found:
        return {name: found.read(name) for name in found.namelist()}


def wrong(response, tmp_path):
    """What the program of a bundle finds wrong with it."""
    (tmp_path / "bundle.zip").write_bytes(response.data)
    report = Report("en")
    checked(str(tmp_path / "bundle.zip"), report)
    return report.wrong


def test_an_auditor_takes_the_evidence_of_a_case(engine, case, visit, tmp_path):
    he = visit("he.jing")
    he.open(f"/cases/{case.id}")
    assert he.page.xpath(f"//a[@href='/cases/{case.id}/evidence']")
    he.open(f"/cases/{case.id}/evidence")
    response = taken(he, f"/cases/{case.id}/evidence", {"reason": REASON})
    assert wrong(response, tmp_path) == []
    assert f"evidence-{case.number}.zip" in response.headers["Content-Disposition"]
    files = archive(response)
    assert {"dossier.en.html", "dossier.zh.html", "verify.py"} < files.keys()
    (row,) = [one for one in rows(engine, "reading") if one["kind"] == "exported"]
    assert (row["actor"], row["reason"], row["case_id"]) == ("he.jing", REASON, int(case.id))


def test_personal_values_need_a_choice(engine, case, visit, tmp_path):
    he = visit("he.jing")
    he.open(f"/cases/{case.id}/evidence")
    response = taken(he, f"/cases/{case.id}/evidence", {"reason": REASON, "personal": "1"})
    assert wrong(response, tmp_path) == []
    values = json.loads(archive(response)[f"cases/{case.number}/vault.json"])
    assert values and {one["status"] for one in values} == {"included"}
    read = {one["reference"] for one in rows(engine, "reading") if one["kind"] == "revealed"}
    assert read == {one["reference"] for one in values}


def test_process_owners_take_no_personal_values(case, visit):
    owner = visit("sun.ke")
    owner.open(f"/cases/{case.id}/evidence")
    assert owner.status == 200 and not owner.page.xpath("//input[@name='personal']")
    owner.post(f"/cases/{case.id}/evidence", {"reason": REASON, "personal": "1"})
    assert owner.status == 403


@pytest.mark.parametrize("person", ["li.na", "wang.lei"])
def test_others_find_no_such_page(case, visit, person):
    one = visit(person)
    one.open(f"/cases/{case.id}")
    assert not one.page.xpath("//a[contains(@href, 'evidence')]")
    for path in (f"/cases/{case.id}/evidence", f"/audit/evidence?case={case.id}"):
        assert one.open(path).status == 404 and one.post(path, {"reason": REASON, "case": case.id}).status == 404


def test_a_reason_is_asked_for_and_what_was_typed_stays(engine, case, visit):
    he = visit("he.jing", lang="zh")
    he.open(f"/cases/{case.id}/evidence")
    he.post(f"/cases/{case.id}/evidence", {"reason": "why", "personal": "1"})
    assert he.status == 422 and "请写明用途" in he.page.text_content()
    assert he.page.xpath("//textarea")[0].text == "why" and he.page.xpath("//input[@name='personal']/@checked")
    assert [one for one in rows(engine, "reading") if one["kind"] == "exported"] == []


def test_a_selection_from_the_audit_page(engine, office, visit, tmp_path):
    cases = [office.recorded("en"), office.recorded("zh")]
    he = visit("he.jing")
    he.open("/audit")
    assert he.page.xpath("//button[@formaction='/audit/evidence']")
    ids = [case.id for case in cases]
    he.post("/audit/evidence", {"case": ids})
    assert "Export evidence of 2 cases" in he.page.text_content()
    response = taken(he, "/audit/evidence", {"case": ids, "reason": REASON})
    assert wrong(response, tmp_path) == []
    files = archive(response)
    cover = html.fromstring(files["dossier.zh.html"].decode())
    assert set(cover.xpath("//a/@href")) <= files.keys() and len(cover.xpath("//tbody/tr")) == 2
    for path in ("/audit/evidence", "/audit/evidence?case=999", "/audit/evidence?case=x"):
        assert he.open(path).status == 404


@pytest.fixture
def pages(engine, folder, case):
    """The dossiers of a case, by language, with personal values and without."""
    witness, found = Archivist(services_of(settings_in(folder), engine)), {}
    for personal in (False, True):
        out = io.BytesIO()
        engine.export_evidence([case.id], out, by=SYSTEM, reason=REASON, personal=personal, witness=witness)
        with zipfile.ZipFile(out) as read:
            found |= {(lang, personal): read.read(f"dossier.{lang}.html").decode() for lang in ("en", "zh")}
    return found


def test_a_dossier_needs_nothing_beside_itself(pages):
    for text in pages.values():
        page = html.fromstring(text)
        assert not page.xpath("//script | //link | //img | //iframe | //@onclick")
        outside = [one for one in page.xpath("//@href | //@src") if not one.startswith("#")]
        assert outside == [] and "url(" not in text and "@import" not in text
        assert page.xpath("//svg") and "&lt;b&gt;2026-118" in text


def test_a_dossier_tells_the_case(engine, case, pages):
    page = html.fromstring(pages["en", False])
    said = page.text_content()
    steps = engine.history(case.id)
    assert len(page.xpath("//li[contains(@class, 'step')]")) == len(steps)
    assert all(step.hash in said for step in steps) and case.number in said
    assert page.xpath("//tr[@class='hit']") and "Head of the chain" in said
    assert "Zhou Min" in said and "周敏" in html.fromstring(pages["zh", False]).text_content()


def test_a_dossier_shows_personal_values_where_they_are_in_the_bundle(engine, case, pages):
    secret = next(one for one in case.data.values() if isinstance(one, dict) and "$vault" in one)
    value = engine.reveal(secret, SYSTEM, reason="for the test")
    assert str(value) not in pages["en", False] and str(value) in pages["en", True]
    assert "withheld" in pages["en", False] and "未提供" in pages["zh", False]


def test_interventions_are_marked(engine, folder, case):
    engine.suspend(case.id, by=SYSTEM, reason="the customer is away")
    out = io.BytesIO()
    witness = Archivist(services_of(settings_in(folder), engine))
    engine.export_evidence([case.id], out, by=SYSTEM, reason=REASON, witness=witness)
    with zipfile.ZipFile(out) as read:
        page = html.fromstring(read.read("dossier.en.html").decode())
    (step,) = page.xpath("//li[contains(@class, 'intervened')]")
    assert "Intervention" in step.text_content() and "Reason: the customer is away" in step.text_content()


def test_who_has_left_is_still_called_by_name(engine, folder, case):
    services = services_of(settings_in(folder), engine)
    with engine.database.writing() as connection:
        connection.exec_driver_sql("UPDATE staff SET active = false WHERE id = 'zhou.min'")
    assert services.directory.person("zhou.min") is None
    assert Archivist(services).names(["zhou.min", "nobody"]) == {"zhou.min": {"en": "Zhou Min", "zh": "周敏"}}


def test_a_wide_picture_is_shown_in_parts():
    wide = '<svg class="bpmn" viewBox="0 0 3000 400" width="1" height="1"><path/></svg>'
    whole, each = parts(wide, "d")
    assert '<g id="d" class="bpmn"><path/></g>' in whole and len(each) == 3
    boxes = [tuple(map(float, re.search('viewBox="([^"]+)"', one)[1].split())) for one in each]
    assert boxes[0][0] == 0 and boxes[-1][0] + boxes[-1][2] == 3000
    assert all(right[0] < left[0] + left[2] - 100 for left, right in itertools.pairwise(boxes))
    assert parts('<svg viewBox="0 0 900 400"><path/></svg>', "d")[1] == []


def test_the_command_writes_a_bundle_whole_or_not_at_all(folder, case, engine, capsys, tmp_path):
    url, target = f"sqlite:///{folder / 'fundcase.db'}", tmp_path / "evidence.zip"
    given = ("export", "--database", url, "--evidence", case.number, "--output", str(target))
    assert main(given) == 2 and not list(tmp_path.glob("*evidence*"))
    assert main((*given, "--reason", REASON, "--by", "he.jing", "--json")) == 0
    said = json.loads(capsys.readouterr().out)
    (row,) = [one for one in rows(engine, "reading") if one["kind"] == "exported"]
    assert (row["actor"], row["reference"]) == ("he.jing", said["manifest"]) and zipfile.is_zipfile(target)
    assert main((*given, "--reason", REASON, "--by", "nobody")) == 2
    assert main((*given, "--reason", REASON, "--by", "li.na")) == 2
