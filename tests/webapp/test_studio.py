"""The studio: nothing goes in force that is not checked, explained, and approved by a second pair of eyes."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from engine import Actor
from tests.webapp.house import settings_in
from tests.webapp.visitor import Visitor
from webapp.bootstrap import open_product, web
from webapp.uploads import UnreadableUpload, packed, unpacked, unzipped

OLGA = Actor("sun.ke", {"process_owner"})


def archive(files, folder=""):
    """Files as a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for path, body in files.items():
            into.writestr(folder + path, body)
    return out.getvalue()


def shipped(engine, key="inquiry"):
    """The files of a process in force."""
    return dict(engine.bundle(engine.deployments(key)[0].bundle).files)


def upload(visitor, *files, **more):
    """Upload files by name and content."""
    visitor.open("/studio")
    sent = {"files": [(io.BytesIO(body), name) for name, body in files]} | more
    return visitor.post("/studio/check", sent, content_type="multipart/form-data")


def changed(engine):
    """The inquiry with a task under another name and with another term."""
    files = shipped(engine)
    diagram = files["inquiry.bpmn"].replace(b'name="Answer the customer"', b'name="Reply to the customer"')
    assert diagram != files["inquiry.bpmn"]
    return files | {"inquiry.bpmn": diagram}


def test_what_is_deployed(visit):
    visitor = visit("sun.ke").open("/studio")
    assert visitor.sees("Customer inquiry", "Complaint handling", "shared decision")
    visitor.open("/studio/inquiry")
    assert visitor.sees("Version 1 in force", "inquiry.bpmn", "forms/answer.json")
    assert visit("sun.ke", "zh").open("/studio/inquiry").sees("客户咨询受理", "第1版生效中")
    assert visitor.open("/studio/nothing").status == 404


def test_a_version_is_taken_home_and_brought_back(visit, engine):
    visitor = visit("sun.ke")
    with visitor.client.get("/studio/inquiry/1.zip") as response:
        body = response.data
    assert unzipped(body) == shipped(engine)
    assert upload(visitor, ("inquiry.zip", body)).sees("No errors.", "Nothing is different.")
    assert visitor.client.get("/studio/inquiry/9.zip").status_code == 404


def test_a_change_is_seen_proposed_and_approved(visit, engine):
    owner, second = visit("sun.ke"), visit("qian.wen")
    upload(owner, ("all.zip", archive(changed(engine), "inquiry/")))
    assert owner.sees("“Reply to the customer” is called Answer the customer Reply to the customer")
    files = owner.page.xpath("//input[@name='files']/@value")[0]
    owner.post("/studio/deployment", {"files": files, "reason": "x"})
    assert owner.status == 422
    assert owner.sees("Write why it is deployed")
    owner.post("/studio/deployment", {"files": files, "reason": "People reply, they do not answer"})
    assert owner.sees("It waits for a second process owner, who is not you.")
    proposal = owner.path
    assert owner.post(f"{proposal}/approval").status == 403
    assert len(engine.deployments("inquiry")) == 1
    second.open("/studio")
    second.open(second.links("/studio/proposals/")[0])
    assert second.sees("Proposed by Sun Ke", "People reply, they do not answer", "“Reply to the customer” is called")
    second.post(f"{proposal}/approval", {"remark": "Yes"})
    assert second.sees("Version 2 of Customer inquiry is deployed.", "Version 2 in force")
    assert [one.version for one in engine.deployments("inquiry")] == [2, 1]
    assert second.open(proposal).sees("approved")
    assert second.post(f"{proposal}/approval").status in (409, 422)


def test_a_proposal_is_declined_or_withdrawn(visit, engine):
    owner, second = visit("sun.ke"), visit("qian.wen")
    for visitor, word in ((second, "declined"), (owner, "withdrawn")):
        proposal = engine.propose(changed(engine), by=OLGA, reason="A better name for it")
        visitor.open(f"/studio/proposals/{proposal.id}")
        visitor.post(f"/studio/proposals/{proposal.id}/rejection")
        assert visitor.sees("The proposal is closed; nothing was deployed.")
        assert visitor.open(f"/studio/proposals/{proposal.id}").sees(word)
    assert len(engine.deployments("inquiry")) == 1


def test_where_no_second_approval_is_demanded_it_is_deployed_at_once(folder, clock, monkeypatch):
    from dataclasses import replace

    import workflows

    monkeypatch.setattr(workflows, "POLICY", replace(workflows.POLICY, second_approval=False))
    with open_product(settings_in(folder), clock) as engine:
        visitor = Visitor(web(settings_in(folder), engine))
        visitor.log_in("sun.ke")
        visitor.post("/studio/deployment", {"files": packed(changed(engine)), "reason": "A better name for it"})
        assert visitor.sees("Version 2 of Customer inquiry is deployed.")


def test_loose_files_are_laid_over_the_version_in_force(visit, engine):
    visitor = visit("sun.ke")
    form = json.loads(shipped(engine)["forms/expert.json"])
    form["properties"]["more"] = {"type": "string", "title": "More"}
    upload(visitor, ("expert.json", json.dumps(form).encode()), key="inquiry", keep="1")
    assert visitor.sees("No errors.", "Form forms/expert.json: field “More”")
    upload(visitor, ("expert.json", json.dumps(form).encode()), key="inquiry")
    assert not visitor.sees("No errors.")


def test_errors_are_named_with_their_place_and_cannot_be_deployed(visit, engine):
    visitor = visit("sun.ke")
    files = shipped(engine)
    del files["forms/answer.json"]
    upload(visitor, ("all.zip", archive(files)))
    assert visitor.sees("Correct", "forms/answer.json", "line")
    assert not visitor.page.xpath("//input[@name='reason']")
    visitor.post("/studio/deployment", {"files": packed(files), "reason": "I insist on it"})
    assert visitor.status == 422
    assert engine.proposals() == []


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("x.zip", b"not a zip"),
        ("x.zip", b"PK\x03\x04" + b"\0" * 40),
        ("x.bpmn", b""),
        ("x.bpmn", b"<not xml"),
        ("x.bpmn", b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><definitions>&e;</definitions>'),
        ("x.bpmn", b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'),
        ("x.json", b"[" * 100_000),
        ("x.txt", b"\x00\xff"),
        ("x.dmn", b"<a>" * 5000),
    ],
)
def test_hostile_files_get_a_clear_answer(visit, name, body):
    visitor = upload(visit("sun.ke"), (name, body))
    assert visitor.status in (200, 422)
    assert not visitor.page.xpath("//input[@name='reason']")
    assert "/etc/passwd" not in visitor.text or "root:" not in visitor.text


@pytest.mark.parametrize("body", [b"[]", b'{"Answer the customer": 5}', b'{"a": 1e99999999999999999999}', b"{"])
def test_a_catalogue_that_is_none_is_a_finding(visit, engine, body):
    for lang, said in (("en", "no flat object of texts"), ("zh", "i18n/zh.json")):
        answer = upload(visit("sun.ke", lang), ("inquiry.zip", archive(shipped(engine) | {"i18n/zh.json": body})))
        assert answer.status < 500 and answer.sees(said)


def test_nothing_chosen(visit):
    assert upload(visit("sun.ke")).sees("Choose a zip archive, or the files of the bundle")


def test_hostile_labels_are_words(visit, engine):
    files = changed(engine)
    label = b"&lt;script&gt;alert(1)&lt;/script&gt;"
    files["inquiry.bpmn"] = files["inquiry.bpmn"].replace(b'name="Reply to the customer"', b'name="' + label + b'"')
    visitor = upload(visit("sun.ke"), ("all.zip", archive(files)))
    assert visitor.sees("<script>alert(1)</script>")
    assert not visitor.page.xpath("//script[not(@src)]")


@pytest.mark.parametrize("path", ["../../etc/cron.d/x.bpmn", "/etc/x.bpmn", "a\\..\\..\\x.bpmn", "C:/x.bpmn"])
def test_paths_that_lead_out_are_refused(visit, path, engine):
    visitor = upload(visit("sun.ke"), ("x.zip", archive({path: b"<a/>", "b.bpmn": b"<a/>"})))
    assert visitor.status in (200, 422)
    assert not visitor.page.xpath("//input[@name='reason']")


def test_a_bomb_is_not_unpacked():
    with pytest.raises(UnreadableUpload, match="large"):
        unzipped(archive({"bomb.bpmn": b"0" * 50_000_000}))
    with pytest.raises(UnreadableUpload, match="large"):
        unzipped(archive({f"{n}.json": b"" for n in range(300)}))


def test_an_archive_that_lies_about_its_size():
    body = bytearray(archive({"x.bpmn": b"0" * 1000}))
    at = body.rindex(b"PK\x01\x02") + 24
    body[at : at + 4] = (5).to_bytes(4, "little")
    with pytest.raises(UnreadableUpload):
        unzipped(bytes(body))


@pytest.mark.parametrize("text", ["", "%%%", "AAAA", "é"])
def test_what_comes_back_from_a_browser_is_not_trusted(text):
    with pytest.raises(UnreadableUpload):
        unpacked(text)


def test_a_folder_around_everything_is_taken_off():
    assert set(unzipped(archive({"x.bpmn": b"", "forms/a.json": b""}, "inquiry-2/"))) == {"x.bpmn", "forms/a.json"}
    assert set(unzipped(archive({"forms/a.json": b""}))) == {"forms/a.json"}
    assert set(unzipped(archive({"x/a.bpmn": b"", "__MACOSX/x/._a": b""}))) == {"a.bpmn"}


def test_only_process_owners_come_in(visit):
    for person in ("li.na", "he.jing", "xia.tian"):
        visitor = visit(person)
        assert visitor.open("/studio").status == 404
        visitor.open("/inbox")
        assert visitor.post("/studio/deployment", {"files": "", "reason": "please"}).status == 404
        assert visitor.post("/studio/check").status == 404
        assert visitor.post("/studio/proposals/1/approval").status == 404
