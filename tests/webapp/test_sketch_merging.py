"""Two who have changed the same see both texts, decide, and nothing of either is lost before that."""

from __future__ import annotations

import re

import pytest

from engine import SYSTEM, Actor
from engine.diagram import read_diagram
from tests.webapp.house import settings_in
from tests.webapp.sketching import ANSWER, INQUIRY, begun, fetched, put
from webapp.bootstrap import open_product
from webapp.studio.merging import beside

SUN, QIAN = Actor("sun.ke", {"process_owner"}), Actor("qian.wen", {"process_owner"})
NAMES = {"Answer": b'name="Answer the customer"', "CallBack": b'name="Call back once"'}


def renamed(body, element, name):
    assert NAMES[element] in body
    return body.replace(NAMES[element], f'name="{name}"'.encode())


def now(engine, path):
    return engine.sketch(int(path.rpartition("/")[2]), SYSTEM)


def called(body, name):
    return name in {one.name for one in read_diagram(body).elements}


@pytest.fixture
def both(visit, engine):
    """Sun Ke has saved a diagram, Qian Wen could not; her page of both."""
    one, two = visit("sun.ke"), visit("qian.wen")
    path = begun(one)
    body = fetched(one, f"{path}/files/{INQUIRY}")
    put(one, path, INQUIRY, renamed(renamed(body, "Answer", "Sun's"), "CallBack", "Sun calls"))
    answer = put(two, path, INQUIRY, renamed(body, "Answer", "Qian's"))
    two.open(answer.json["merge"])
    return one, two, path


def part(visitor, number):
    """The parts of a page that can be chosen: the id of each and which side is chosen already."""
    found = {}
    for control in visitor.page.xpath(f"//input[starts-with(@name, 'part-{number}-')]"):
        found.setdefault(control.get("name").removeprefix(f"part-{number}-"), None)
        if control.get("checked") is not None:
            found[control.get("name").removeprefix(f"part-{number}-")] = control.get("value")
    return found


def test_parts_of_a_diagram_are_chosen(both, engine):
    _, two, path = both
    assert two.sees("Sun Ke was first", "“Qian's”", "is called Qian's", "is called Sun's", "changed", "as it was")
    parts = part(two, 0)
    (answer,) = [id for id, side in parts.items() if side is None]
    assert set(parts.values()) == {None, "theirs"} and len(parts) == 2
    two.send("merge", {})
    assert two.status == 422 and two.sees("Nothing was saved", "Choose a side for")
    two.send("merge", {f"part-0-{answer}": "mine"})
    assert two.sees("Both are merged and saved.") and two.path == path
    body = now(engine, path).files[INQUIRY]
    assert called(body, "Qian's") and called(body, "Sun calls") and not called(body, "Sun's")
    assert now(engine, path).revision == 3 and not two.sees("was not saved")


def test_a_whole_file_is_chosen(both, engine):
    _, two, path = both
    mine = fetched(two, two.links(f"{path}/lost/")[0])
    two.send("merge", {"side-0": "mine"})
    assert now(engine, path).files[INQUIRY] == mine and called(mine, "Qian's")
    assert two.open(f"{path}/merge?path={INQUIRY}").sees("Nothing is left to be merged.")


def test_what_is_there_is_chosen(both, engine):
    _, two, path = both
    before = now(engine, path)
    two.send("merge", {"side-0": "theirs", "on": "1"})
    assert now(engine, path) == before and two.path == f"{path}/edit"
    assert engine.sketch_lost(before.id, QIAN) == []


def test_nothing_is_lost_until_it_is_decided(both, engine):
    one, two, path = both
    (lost,) = two.links(f"{path}/lost/")
    assert two.open(path).sees("Your text of inquiry.bpmn was not saved: somebody was first.")
    assert called(fetched(two, lost), "Qian's")
    assert fetched(one, lost) == 404 and not one.open(path).sees("was not saved")
    assert one.post(f"{lost}/deletion").status == 404
    assert two.post(f"{lost}/deletion").sees("Your text is let go; the file stays as it is.")
    assert fetched(two, lost) == 404


def test_changed_once_more_while_somebody_decides(both, engine):
    one, two, path = both
    body = now(engine, path).files[INQUIRY].replace(b"Sun calls", b"Sun calls again")
    assert put(one, path, INQUIRY, body, '"2"').status_code == 200
    two.send("merge", {"side-0": "mine"})
    assert two.status == 409 and two.sees("The file was changed once more in the meantime.")
    two.send("merge", {"side-0": "mine"})
    assert two.sees("Both are merged and saved.") and called(now(engine, path).files[INQUIRY], "Qian's")


def test_sent_twice_is_decided_once(both, engine):
    _, two, path = both
    form = dict(two.page.get_element_by_id("merge").fields)
    two.send("merge", {"side-0": "mine"})
    assert two.post(f"{path}/merge", {**form, "side-0": "mine"}).status == 404
    assert now(engine, path).revision == 3


def test_texts_stand_beside_each_other(visit, engine):
    one, two = visit("sun.ke"), visit("qian.wen", "zh")
    path = begun(one)
    body = fetched(one, f"{path}/files/{ANSWER}")
    put(one, path, ANSWER, body.replace(b'"title": "Answer"', b'"title": "Reply"') + b"\n<one>")
    answer = put(two, path, ANSWER, body + b"\n<two>")
    two.open(answer.json["merge"])
    assert two.sees("<one>", "<two>") and not two.page.xpath("//one")
    two.send("merge", {})
    assert two.status == 422 and two.sees("请为forms/answer.json选择一方")
    two.send("merge", {"side-0": "nobody"})
    assert two.status == 422
    two.send("merge", {"side-0": "parts"})
    assert two.status == 422
    two.send("merge", {"side-0": "mine"})
    assert now(engine, path).files[ANSWER] == body + b"\n<two>"


def test_a_deleted_file_is_chosen(visit, engine):
    one, two = visit("sun.ke"), visit("qian.wen")
    path = begun(one)
    one.post(f"{path}/files/deletion", {"path": ANSWER, "revision": "1"})
    two.open(put(two, path, ANSWER, b"{}").json["merge"])
    assert two.sees("the file is deleted")
    two.send("merge", {"side-0": "mine"})
    assert now(engine, path).files[ANSWER] == b"{}"
    two.open(path).post(f"{path}/files/deletion", {"path": ANSWER, "revision": "1"})
    assert two.path == f"{path}/merge"
    two.send("merge", {"side-0": "theirs"})
    assert now(engine, path).files[ANSWER] == b"{}"


def test_what_does_not_fit_together_is_refused(visit, engine):
    one, two = visit("sun.ke"), visit("qian.wen")
    path = begun(one)
    body = fetched(one, f"{path}/files/{INQUIRY}")
    put(one, path, INQUIRY, renamed(body, "CallBack", "Sun calls"))
    note = (
        b'<bpmn:textAnnotation id="Note"><bpmn:text>x</bpmn:text></bpmn:textAnnotation>'
        b'<bpmn:association id="ToNote" sourceRef="Note" targetRef="Answer"/></bpmn:process>'
    )
    two.open(put(two, path, INQUIRY, body.replace(b"</bpmn:process>", note)).json["merge"])
    two.send("merge", {"part-0-Note": "theirs"})
    assert two.status == 422 and two.sees("These parts belong together", "ToNote needs Note")
    two.send("merge", {})
    assert b"ToNote" in now(engine, path).files[INQUIRY] and called(now(engine, path).files[INQUIRY], "Sun calls")


@pytest.fixture
def outdated(visit, engine, folder, clock):
    """A sketch with a change of its own, whose version has been followed by another one."""
    visitor = visit("sun.ke")
    path = begun(visitor)
    files = dict(engine.bundle(engine.deployments("inquiry")[0].bundle).files)
    put(visitor, path, INQUIRY, renamed(files[INQUIRY], "Answer", "Sun's"))
    put(visitor, path, "notes.md", b"# Mine", '"2"')
    newer = files | {INQUIRY: renamed(renamed(files[INQUIRY], "CallBack", "Newer"), "Answer", "Newest")}
    newer[ANSWER] = files[ANSWER] + b"\n"
    with open_product(settings_in(folder), clock) as plain:
        plain.deploy(newer, by=SYSTEM, reason="A newer one")
    return visitor, path, newer


def test_a_newer_version_is_merged_into_a_sketch(outdated, engine):
    visitor, path, newer = outdated
    assert visitor.open(path).sees("Version 2 has been deployed in the meantime.", "begun from version 1")
    visitor.open(visitor.links(f"{path}/base")[0])
    assert visitor.sees("What version 2 has changed", "changed by both", "as in version 2", "A newer one")
    visitor.send("merge", {})
    assert visitor.status == 422 and visitor.sees("Choose a side for")
    (number,) = re.findall(r"part-(\d)-", visitor.text)[:1]
    (answer,) = [id for id, side in part(visitor, number).items() if side is None]
    visitor.send("merge", {f"part-{number}-{answer}": "mine"})
    assert visitor.sees("The draft is brought up to version 2.") and not visitor.sees("in the meantime")
    found = now(engine, path)
    assert found.base == engine.deployments("inquiry")[0].bundle and found.revision == 4
    assert found.files[ANSWER] == newer[ANSWER] and found.files["notes.md"] == b"# Mine"
    assert called(found.files[INQUIRY], "Sun's") and called(found.files[INQUIRY], "Newer")
    assert visitor.open(f"{path}/base").sees("The draft is of the newest version already.")


def test_what_a_newer_version_is_merged_into_has_changed(outdated, visit, engine):
    visitor, path, _ = outdated
    visitor.open(f"{path}/base")
    put(visit("qian.wen"), path, "notes.md", b"# Hers", '"3"')
    visitor.send("merge", {"side-0": "mine", "side-1": "mine"})
    assert visitor.status == 409 and visitor.sees("Something was changed once more in the meantime.")
    assert now(engine, path).files["notes.md"] == b"# Hers" and now(engine, path).revision == 4
    visitor.send("merge", {"base": "0" * 64})
    assert visitor.status == 409
    assert visitor.post(f"{path}/base", {"revision": "x", "base": ""}).status == 404


def test_two_decide_at_once_about_one_file(both, visit, engine):
    _, two, path = both
    three = visit("qian.wen", "zh")
    body = now(engine, path).files[INQUIRY].replace(b"Sun calls", b"Third")
    three.open(put(three, path, INQUIRY, body, '"1"').json["merge"])
    two.send("merge", {"side-0": "mine"})
    assert two.sees("Both are merged and saved.")
    three.send("merge", {"side-0": "mine"})
    assert three.status == 409 and called(now(engine, path).files[INQUIRY], "Qian's")
    three.send("merge", {"side-0": "mine"})
    assert called(now(engine, path).files[INQUIRY], "Third") and engine.sketch_lost(now(engine, path).id, QIAN) == []


def test_two_bring_a_sketch_up_to_date_at_once(outdated, visit, engine):
    one, path, newer = outdated
    two = visit("qian.wen")
    one.open(f"{path}/base"), two.open(f"{path}/base")
    chosen = {"side-0": "theirs", "side-1": "theirs"}
    assert one.send("merge", chosen).sees("The draft is brought up to version 2.")
    assert two.send("merge", {"side-0": "mine", "side-1": "mine"}).sees("The draft is of the newest version already.")
    assert now(engine, path).files[ANSWER] == newer[ANSWER] and now(engine, path).revision == 4


def test_lines_that_repeat_are_shown_beside_each_other():
    mine, theirs = ["left", "right"] * 500, ["right", "left", "both"] * 333
    found = beside(mine, theirs)
    assert [one.mine for one in found if one.mine] == mine and [one.theirs for one in found if one.theirs] == theirs
