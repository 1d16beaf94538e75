"""Sketches as process owners see them: begun, looked at, changed file by file, taken home, checked, discarded."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from engine import SYSTEM, Actor
from engine.diagram import read_diagram
from tests.webapp.sketching import ANSWER, INQUIRY, archive, begun, fetched, put, sent, token
from webapp.uploads import unzipped

SUN, QIAN = Actor("sun.ke", {"process_owner"}), Actor("qian.wen", {"process_owner"})


def test_a_sketch_of_the_version_in_force(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    assert visitor.sees("Customer inquiry", "of Sun Ke", INQUIRY, ANSWER, "No errors.", "Nothing is different.")
    (made,) = engine.sketches(SYSTEM)
    assert (made.key, made.owner, path) == ("inquiry", "sun.ke", f"/studio/sketches/{made.id}")
    assert visitor.links(f"{path}/edit?path=inquiry.bpmn")
    assert visitor.open("/studio").sees("Drafts", "of Sun Ke")
    assert visitor.open("/studio/inquiry").links(path)
    assert visit("sun.ke", "zh").open(path).sees("草稿", "孙", "没有错误")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"how": "version", "key": "inquiry", "version": "1"}, 200),
        ({"how": "version", "key": "inquiry", "version": "7"}, 404),
        ({"how": "version", "key": "inquiry", "version": "x"}, 404),
        ({"how": "version", "key": "nothing"}, 404),
        ({"how": "version"}, 404),
        ({"how": "template"}, 422),
        ({"how": "upload"}, 422),
        ({"how": "nothing", "name": "x" * 300}, 422),
    ],
)
def test_how_one_begins(visit, engine, given, status):
    visitor = visit("sun.ke").open("/studio/sketches/new")
    assert visitor.post("/studio/sketches", given).status == status
    assert len(engine.sketches(SYSTEM)) == (status == 200)


def test_sent_twice_are_two_sketches_and_none_is_lost(visit, engine):
    visitor = visit("sun.ke")
    assert begun(visitor) != begun(visitor)
    assert len(engine.sketches(SYSTEM)) == 2


def test_a_change_is_seen_with_its_place(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    body = fetched(visitor, f"{path}/files/{INQUIRY}")
    renamed = body.replace(b'name="Answer the customer"', b'name="Reply to the customer"')
    assert put(visitor, path, INQUIRY, renamed).status_code == 200
    visitor.open(path)
    assert visitor.sees(
        "“Reply to the customer” is called Answer the customer Reply to the customer", "no translation in i18n/zh.json"
    )
    place = f"{path}/edit?path=inquiry.bpmn&element=Answer"
    assert place in visitor.links(path)  # where the text is drawn: a catalogue has no editor
    put(visitor, path, INQUIRY, body.replace(b'"forms/answer.json"', b'"forms/anwser.json"'), '"2"')
    assert place in visitor.open(path).links(path)
    put(visitor, path, INQUIRY, renamed, '"3"')
    visitor.open(f"{path}/check")
    assert visitor.sees("“Reply to the customer” is called", "Deploy version 2")


def test_files_are_added_replaced_and_deleted(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    form = json.dumps({"type": "object", "properties": {}}).encode()
    sent(visitor, f"{path}/files", ("more.json", form), revision="1")
    assert visitor.sees("The files are saved.", "forms/more.json")
    sent(visitor, f"{path}/files", ("x.json", form), revision="2", path="scenarios/x.json")
    assert visitor.sees("scenarios/x.json")
    sent(visitor, f"{path}/files", ("all.zip", archive({"forms/more.json": b"{}", "a.md": b"# A"})), revision="3")
    visitor.post(f"{path}/files/deletion", {"path": ANSWER, "revision": "4"})
    assert visitor.sees("The file forms/answer.json is deleted.", "error")
    number = int(path.rpartition("/")[2])
    found = engine.sketch(number, SYSTEM)
    assert found.revision == 5 and ANSWER not in found.files
    assert (found.files["forms/more.json"], found.files["a.md"]) == (b"{}", b"# A")


def test_taken_home(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    files = engine.bundle(engine.deployments("inquiry")[0].bundle).files
    assert unzipped(fetched(visitor, f"{path}.zip")) == files
    with visitor.client.get(f"{path}/files/{INQUIRY}") as answer:
        assert answer.data == files[INQUIRY] and answer.headers["ETag"] == '"1"'
        assert answer.headers["Content-Disposition"].startswith("attachment")
    for name in ("nothing.json", "../../etc/passwd", "forms", "forms/%2e%2e/inquiry.bpmn"):
        assert fetched(visitor, f"{path}/files/{name}") == 404


def test_brought_from_elsewhere_without_a_picture(visit, engine):
    foreign = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x" id="d">
      <process id="foreign" name="Foreign" isExecutable="true"><startEvent id="s"/><task id="t" name="Work"/>
      <endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="t"/>
      <sequenceFlow id="b" sourceRef="t" targetRef="e"/></process></definitions>"""
    visitor = visit("sun.ke").open("/studio/sketches/new")
    sent(visitor, "/studio/sketches", ("foreign.bpmn", foreign), how="upload")
    assert visitor.sees("Foreign", "foreign.bpmn") and visitor.page.xpath("//*[local-name()='g'][@data-id='t']")
    body = fetched(visitor, f"{visitor.path}/files/foreign.bpmn")
    assert body.count(b"BPMNShape ") == 3 and body.count(b"BPMNEdge ") == 2
    assert read_diagram(body).element("t").name == "Work"
    again = visit("sun.ke").open("/studio/sketches/new")
    sent(again, "/studio/sketches", ("foreign.bpmn", body), how="upload")
    assert fetched(again, f"{again.path}/files/foreign.bpmn") == body


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x.exe", b"MZ"),
        ("x.zip", b"no archive"),
        ("x.svg", b"<svg onload='alert(1)'/>"),
        ("x.zip", archive({"../../etc/cron.d/x.bpmn": b"<a/>"})),
        ("x.zip", archive({"/etc/x.bpmn": b"<a/>", "b.bpmn": b"<a/>"})),
        ("x.zip", archive({f"{n}.json": b"" for n in range(300)})),
        ("x.zip", archive({"big.json": b"0" * 9_000_000})),
        ("x.html", b"<script>alert(1)</script>"),
    ],
    ids=["program", "no archive", "picture", "up", "root", "many", "bomb", "page"],
)
def test_what_no_sketch_takes(visit, engine, name, body):
    visitor = visit("sun.ke")
    path = begun(visitor)
    sent(visitor, f"{path}/files", (name, body), revision="1")
    assert visitor.status == 422 and visitor.sees("Nothing was saved")
    visitor.open("/studio/sketches/new")
    sent(visitor, "/studio/sketches", (name, body), how="upload")
    assert visitor.status == 422 and visitor.page.xpath("//*[@id='files-error']")
    (only,) = engine.sketches(SYSTEM)
    assert only.revision == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<not xml",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>',
        b"<a>" * 5000,
        b"\x00\xff" * 100,
    ],
    ids=["empty", "malformed", "entity", "deep", "bytes"],
)
def test_what_cannot_be_read_is_kept_and_said(visit, engine, body):
    visitor = visit("sun.ke").open("/studio/sketches/new")
    sent(visitor, "/studio/sketches", ("x.bpmn", body), how="upload")
    assert visitor.status == 200 and visitor.sees("x.bpmn", "Error") and "root:" not in visitor.text
    path = visitor.path
    assert visitor.open(f"{path}/check").status == 200
    assert fetched(visitor, f"{path}/files/x.bpmn") == body


def test_a_sketch_of_nothing(visit):
    visitor = visit("sun.ke").open("/studio/sketches/new")
    visitor.post("/studio/sketches", {"how": "nothing"})
    path = visitor.path
    assert visitor.sees("Untitled", "There is no file yet.", "Nothing to check yet.")
    assert visitor.open(f"{path}/check").status == 422
    assert zipfile.ZipFile(io.BytesIO(fetched(visitor, f"{path}.zip"))).namelist() == []
    with visitor.client.get(f"{path}/findings") as answer:
        assert answer.json == {"revision": 1, "digest": None, "findings": []}


def test_two_owners_see_each_other(visit, engine, clock):
    one, two = visit("sun.ke"), visit("qian.wen")
    first, second = begun(one), begun(two)
    assert two.open(first).sees("Sun Ke has this draft open too.")
    assert one.open(first).sees("Qian Wen has this draft open too.")
    assert one.sees("Qian Wen works on another draft of this process.") and one.links(second)
    assert one.open("/studio/inquiry").sees("Qian Wen is there")
    clock.advance(minutes=3)
    one.open(first)
    assert not any(one.sees(f"Qian Wen {here}") for here in ("has this draft open", "works on", "is there"))


def test_a_sketch_is_discarded_by_whose_it_is(visit, engine):
    one, two = visit("sun.ke"), visit("qian.wen")
    path = begun(one)
    two.open(path)
    assert not two.page.xpath("//form[contains(@action, 'discarding')]")
    assert two.post(f"{path}/discarding").status == 403
    assert one.open(path).post(f"{path}/discarding").sees("The draft “Customer inquiry” is discarded.")
    assert engine.sketches(SYSTEM) == []
    assert two.post(f"{path}/files/deletion", {"path": ANSWER, "revision": "1"}).status == 404
    assert two.open(path).status == 404
    assert one.open("/studio").post(f"{path}/discarding").status == 404


def test_deleted_under_ones_hands(visit, engine):
    one, two = visit("sun.ke"), visit("qian.wen")
    path = begun(one)
    two.open(path)
    one.post(f"{path}/files/deletion", {"path": ANSWER, "revision": "1"})
    assert put(two, path, ANSWER, b"{}").status_code == 409
    one.open(path).post(f"{path}/discarding")
    assert put(two, path, ANSWER, b"{}").status_code == 404
    assert two.open(f"{path}/merge?path={ANSWER}").status == 404


def test_only_process_owners_come_in(visit, engine):
    path = begun(visit("sun.ke"))
    for person in ("li.na", "he.jing", "xia.tian"):
        visitor = visit(person).open("/cases")
        csrf = visitor.page.xpath("//input[@name='csrf_token']/@value")[0]
        for end in ("", ".zip", f"/files/{ANSWER}", "/findings", "/merge", "/base", "/lost/1", "/check"):
            assert visitor.client.get(path + end).status_code == 404
        for end in ("/files", "/files/deletion", "/here", "/merge", "/base", "/discarding", "/lost/1/deletion"):
            assert visitor.client.post(path + end, data={"csrf_token": csrf, "revision": "1"}).status_code == 404
        assert visitor.client.post("/studio/sketches", data={"csrf_token": csrf, "how": "nothing"}).status_code == 404
        answer = visitor.client.put(
            f"{path}/files/{ANSWER}", data=b"", headers={"X-CSRFToken": csrf, "If-Match": '"1"'}
        )
        assert answer.status_code == 404
    (only,) = engine.sketches(SYSTEM)
    assert only.revision == 1


def test_nothing_is_changed_from_another_site(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    csrf = token(visitor)
    for headers in ({}, {"X-CSRFToken": csrf[:-2]}):
        answer = visitor.client.put(f"{path}/files/{ANSWER}", data=b"", headers={"If-Match": '"1"', **headers})
        assert answer.status_code == 400
        assert visitor.client.post(f"{path}/discarding", headers=headers).status_code == 400
    (only,) = engine.sketches(SYSTEM)
    assert only.revision == 1


def test_hostile_names_are_words(visit):
    visitor = visit("sun.ke").open("/studio/sketches/new")
    visitor.post("/studio/sketches", {"how": "nothing", "name": "<script>alert(1)</script>"})
    assert visitor.sees("<script>alert(1)</script>") and not visitor.page.xpath("//script[not(@src)]")
    sent(visitor, f"{visitor.path}/files", ("x.md", b"x"), revision="1", path="<b onclick=x>&\"'.md")
    assert visitor.sees("<b onclick=x>&\"'.md") and not visitor.page.xpath("//b[@onclick]")


@pytest.mark.parametrize("digits", [12, 20, 30, 4000, 5000])
def test_numbers_that_no_row_has(visit, engine, digits):
    visitor, number = visit("sun.ke"), "9" * digits
    path = begun(visitor)
    for address in (
        f"/studio/sketches/{number}",
        f"/studio/sketches/{number}/files/{ANSWER}",
        f"{path}/lost/{number}",
        f"/studio/proposals/{number}",
        f"/studio/inquiry/migrations/{number}",
        f"/studio/backtests/{number}",
        f"/studio/inquiry/migrations?to=sketch-{number}",
    ):
        assert visitor.open(address).status == 404, address[:60]
    for address, given in (
        (f"{path}/merge", {"lost": number, "revision": "1"}),
        ("/studio/inquiry/rollouts/return", {"version": number, "reason": "It went wrong"}),
        ("/studio/sketches", {"how": "version", "key": "inquiry", "version": number}),
    ):
        assert visitor.open(path).post(address, given).status == 404, address
    assert put(visitor, path, ANSWER, b"{}", f'"{number}"').status_code == 422
    (only,) = engine.sketches(SYSTEM)
    assert only.revision == 1


@pytest.mark.parametrize("said", ["a&#10;b", "&#x202e;x", "a/b", "../..", "a?b#c", "x" * 500])
def test_hostile_keys_and_names_of_files_begin_a_sketch_that_can_be_opened(visit, engine, said):
    visitor = visit("sun.ke").open("/studio/sketches/new")
    body = f'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"><bpmn:process id="{said}" '
    body += f'name="{said}"/></bpmn:definitions>'
    sent(visitor, "/studio/sketches", ("x.bpmn", body.encode()), how="upload", name="")
    (made,) = engine.sketches(SYSTEM)
    assert visitor.status == 200 and visitor.path == f"/studio/sketches/{made.id}"
    assert (made.key + made.name).isprintable() and max(len(made.key), len(made.name)) <= 200
    for end in ("/check", "/findings", "/files/x.bpmn", ".zip"):
        assert fetched(visitor, visitor.path + end) not in (404, 500), end
    assert visitor.open("/studio").status == 200


def test_drafts_of_one_name_say_so(visit, engine):
    """Whoever opens one of two drafts that are called the same reads of the other, and whose it is."""
    first, other = begun(visit("sun.ke")), visit("qian.wen")
    assert "the same name" not in other.open(first).text
    second = begun(other)
    assert other.open(second).sees("Another draft has the same name: that of Sun Ke.") and other.links(first) == [first]
    assert visit("sun.ke", "zh").open(first).sees("另有一份同名草稿，属于钱雯。")
    callback = other.open("/studio/sketches/new").post("/studio/sketches", {"how": "version", "key": "callback"})
    assert "the same name" not in callback.text


TEMPLATE = {"how": "template", "template": "blank", "key": "loan", "name": "Loan", "name_zh": "贷款"}


def test_a_name_or_key_that_a_draft_has_is_not_given_twice(visit, engine):
    visitor = visit("sun.ke").open("/studio/sketches/new")
    assert visitor.post("/studio/sketches", TEMPLATE).status == 200
    colleague = visit("qian.wen").open("/studio/sketches/new")
    said = "“loan” is the name of another draft. Choose another one, such as “loan 2”"
    assert colleague.post("/studio/sketches", TEMPLATE | {"key": "credit", "name": "loan"}).status == 422
    assert colleague.sees(said)
    assert colleague.post("/studio/sketches", TEMPLATE | {"name": "Credit", "name_zh": "信贷"}).status == 422
    assert colleague.sees("Another draft has the key loan. Choose another one")
    free = TEMPLATE | {"key": "credit", "name": "loan 2", "name_zh": "贷款2"}
    assert colleague.post("/studio/sketches", free).status == 200
    assert len(engine.sketches(SYSTEM)) == 2


def test_drafts_of_nothing_are_told_apart(visit, engine):
    visitor = visit("sun.ke")
    for _ in range(3):
        visitor.open("/studio/sketches/new").post("/studio/sketches", {"how": "nothing"})
        assert "the same name" not in visitor.text
    assert [one.name for one in engine.sketches(SYSTEM)] == ["Untitled 3", "Untitled 2", "Untitled"]
