"""Two versions beside each other: the page, and the same from a shell."""

from __future__ import annotations

import json
import re

import pytest

from engine import SYSTEM, Actor
from tests.webapp.test_cli import ran
from webapp.bootstrap import DIAGRAMS, files_of
from webapp.uploads import zipped

OWNER = Actor("sun.ke", {"process_owner"})
PAGE = "/studio/complaint/compare"


def moved(files):
    """The complaint with its shapes elsewhere."""
    body = re.sub(rb'(<dc:Bounds x=")(\d+)', rb"\g<1>9\2", files["complaint.bpmn"])
    return files | {"complaint.bpmn": body}


def changed(files):
    """The complaint with a task under another name, a row more and a field less."""
    diagram = files["complaint.bpmn"].replace(b'name="Register the complaint"', b'name="Write it down"', 1)
    table = files["approval_ladder.dmn"].decode()
    head, row, rest = re.split(r"(?=<rule )", table, maxsplit=2)
    table = head + row.replace('id="', 'id="Fresh').replace("&gt; 2", "&gt; 7") + row + rest
    form = json.loads(files["forms/remedy.json"])
    form["properties"]["paymentRef"]["maxLength"] = 7
    return files | {
        "complaint.bpmn": diagram,
        "approval_ladder.dmn": table.encode(),
        "forms/remedy.json": json.dumps(form).encode(),
    }


@pytest.fixture
def files():
    return files_of(DIAGRAMS / "complaint")


@pytest.fixture
def second(engine, files):
    """A second version of the complaint."""
    return engine.deploy(changed(files), by=SYSTEM, reason="the second")


def test_two_versions_in_words_and_pictures(visit, second):
    visitor = visit("sun.ke").open(PAGE)
    assert visitor.status == 200
    assert visitor.sees("“Write it down” is called Register the complaint Write it down", "Version 1 and Version 2")
    assert visitor.sees("Table “Approval ladder”: row 1", "has at most so many characters")
    pictures = visitor.page.xpath("//*[local-name()='svg'][contains(@class, 'bpmn')]")
    assert len(pictures) == 2
    for picture in pictures:
        assert picture.xpath(".//*[contains(@class, 'changed')]/@data-id") == ["Register"]
    added = visitor.page.xpath("//table[contains(@class, 'matrix')]//tr[@data-change='added']")
    assert len(added) == 1 and "+ 1" in " ".join(added[0].text_content().split())
    (link,) = [href for href in visitor.page.xpath("//a/@href") if href == f"#{added[0].get('id')}"]
    assert visitor.page.xpath(f"//*[@id='{link[1:]}']")
    row = visitor.page.xpath("//table[contains(@class, 'fields')]//tr[@data-change='changed']")
    assert [one.xpath(".//code/text()") for one in row] == [["paymentRef"]]


def test_what_is_gone_stands_on_the_left_and_what_is_new_on_the_right(visit, second):
    visitor = visit("sun.ke").open(f"{PAGE}?old=2&new=1")
    tables = visitor.page.xpath("//table[contains(@class, 'matrix')]")
    assert len(tables[0].xpath(".//tr[@data-change='removed']")) == 1
    assert not tables[1].xpath(".//tr[@data-change]")
    assert visitor.sees("Version 2 and Version 1")


def test_a_difference_leads_to_its_element_in_both_pictures_without_a_script(visit, second):
    visitor = visit("sun.ke").open(PAGE)
    link = next(href for href in visitor.page.xpath("//a/@href") if "at=Register" in href)
    visitor.open(link)
    sought = visitor.page.xpath("//*[contains(@class, 'sought')]/@data-id")
    assert sought.count("Register") >= 2 and set(sought) == {"Register"}
    assert visitor.open(f"{PAGE}?at=<script>").status == 200
    assert not visitor.page.xpath("//*[contains(@class, 'sought')]")


def test_in_chinese(visit, second):
    visitor = visit("sun.ke", "zh").open(PAGE)
    assert visitor.sees("名称为", "对比", "第 1 行") or visitor.sees("名称为", "对比", "第1行")
    assert not visitor.sees("is called")


def test_a_sketch_with_a_version(visit, engine, files):
    made = engine.sketch_begin(by=OWNER, key="complaint")
    engine.sketch_save(made.id, made.revision, {"complaint.bpmn": moved(files)["complaint.bpmn"]}, by=OWNER)
    visitor = visit("qian.wen").open(f"{PAGE}?old=1&new=sketch-{made.id}")
    assert visitor.sees("Both mean the same", "shapes and lines were moved")
    made = engine.sketch(made.id, OWNER)
    engine.sketch_save(made.id, made.revision, {"complaint.bpmn": b"<definitions"}, by=OWNER)
    visitor.open(f"{PAGE}?old=1&new=sketch-{made.id}")
    assert visitor.status == 200 and visitor.sees("is no whole bundle yet")
    assert visitor.open(f"{PAGE}?old=sketch-{made.id}&new=1").status == 200


def test_a_proposal_with_a_version(visit, engine, files):
    made = engine.propose(changed(files), by=OWNER, reason="it is clearer")
    visitor = visit("qian.wen").open(f"{PAGE}?old=1&new=proposal-{made.id}")
    assert visitor.sees("“Write it down” is called", f"Proposal {made.id}")


@pytest.mark.parametrize(
    "query",
    [
        "old=9&new=1",
        "old=1&new=sketch-999",
        "old=x&new=1",
        "old=1&new=proposal-77",
        "old=1&new=other-1",
        "old=1&new=-1",
        "old=1&new=99999999999999",
    ],
)
def test_what_is_not_there_is_not_found(visit, query):
    assert visit("sun.ke").open(f"{PAGE}?{query}").status == 404


def test_who_may_look(visit):
    assert visit("sun.ke").open(PAGE).sees("Nothing is different.")
    assert visit("sun.ke").open("/studio/suitability/compare").status == 200
    assert visit("sun.ke").open("/studio/nothing/compare").status == 404
    assert visit("li.na").open(PAGE).status == 404


# From a shell


def test_folders_and_archives_and_versions(capsys, tmp_path, files):
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    (tmp_path / "second.zip").write_bytes(zipped(changed(files)))
    first, other = str(DIAGRAMS / "complaint"), str(tmp_path / "second.zip")
    code, said = ran(capsys, "diff", first, other)
    assert code == 1 and "~ “Write it down” is called Register the complaint -> Write it down\n" in said
    code, said = ran(capsys, "diff", first, other, "--json")
    found = json.loads(said)
    assert code == 1 and not found["same"]
    assert {"kind": "changed", "element": "Register"}.items() <= found["differences"][0].items()
    assert ran(capsys, "diff", first, first) == (0, "0 differences; both mean the same.\n")
    (tmp_path / "drawn.zip").write_bytes(zipped(moved(files)))
    code, said = ran(capsys, "diff", first, str(tmp_path / "drawn.zip"))
    assert code == 0 and said.endswith("1 difference; both mean the same.\n")
    shared = str(DIAGRAMS / "shared" / "wording")
    ran(capsys, "deploy", shared, "--database", url)
    assert ran(capsys, "diff", "wording@1", shared, "--database", url)[0] == 0
    assert ran(capsys, "diff", "wording@7", shared, "--database", url)[0] == 2
    assert ran(capsys, "diff", "no/such/folder", shared)[0] == 2


def test_deploying_what_is_only_drawn_otherwise_says_so(capsys, tmp_path):
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    shared = DIAGRAMS / "shared" / "wording"
    ran(capsys, "deploy", str(shared), "--database", url)
    files = {path: body.replace(b"><", b">\n\n<") for path, body in files_of(shared).items()}
    assert files != files_of(shared)
    (tmp_path / "drawn.zip").write_bytes(zipped(files))
    code, said = ran(capsys, "deploy", str(tmp_path / "drawn.zip"), "--database", url, "--json")
    assert (code, json.loads(said)["version"], json.loads(said)["layout_only"]) == (0, 1, True)
