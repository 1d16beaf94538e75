"""What is different between two versions, in words."""

from __future__ import annotations

import json

import pytest

from engine.bundles import read_bundle
from engine.diagram import read_diagram
from webapp.bootstrap import DIAGRAMS, files_of
from webapp.differences import ADDED, CHANGED, REMOVED, differences, marks
from webapp.language import words


@pytest.fixture(scope="module")
def old():
    return read_bundle(files_of(DIAGRAMS / "complaint"))


def compared(old, lang="en", **replaced):
    """The differences after texts of files are replaced, or files taken away."""
    files = dict(old.files)
    for name, change in replaced.items():
        path = next(path for path in files if path.rpartition("/")[2].split(".")[0].replace("-", "_") == name)
        if change is None:
            del files[path]
        else:
            before, after = change
            assert before in files[path].decode()
            files[path] = files[path].decode().replace(before, after, 1).encode()
    diagram = read_diagram(files["complaint.bpmn"])
    return differences(old, files, diagram, words(lang))


def test_nothing(old):
    assert compared(old) == []
    assert differences(None, old.files, old.diagram, words("en")) == []


def test_a_term(old):
    element = next(one for one in old.diagram.user_tasks() if one.metadata.get("dueIn"))
    diagram = old.files["complaint.bpmn"].decode()
    at = diagram.index('name="dueIn"', diagram.index(f'id="{element.id}"'))
    value = f'value="{diagram[at:].split(chr(34))[3]}"'
    files = dict(old.files) | {
        "complaint.bpmn": (diagram[:at] + diagram[at:].replace(value, 'value="9 bh"', 1)).encode()
    }
    (found,) = differences(old, files, read_diagram(files["complaint.bpmn"]), words("en"))
    assert (found.kind, found.what, found.said, found.after) == (CHANGED, f"“{element.label}”", "is due in", "9 bh")
    assert found.before == element.metadata["dueIn"].replace("&#34;", '"')
    assert marks([found]) == {element.id: CHANGED}


def test_a_form_a_table_and_a_file(old):
    title = json.loads(old.files["forms/remedy.json"])["properties"]["paymentRef"]["title"]
    (found,) = compared(old, remedy=(f'"{title}"', '"Number of the payment"'))
    assert (found.kind, found.what, found.said) == (CHANGED, "File forms/remedy.json", "paymentRef")
    assert "Number of the payment" in found.after
    (found,) = compared(old, approval_ladder=("500", "1000"))
    assert (found.kind, found.what) == (CHANGED, "File approval_ladder.dmn")
    assert "1000" in found.after
    assert "500" in found.before
    (found,) = compared(old, remedy=None)
    assert (found.kind, found.what, found.tone) == (REMOVED, "File forms/remedy.json", "bad")


def test_in_chinese(old):
    (found,) = compared(old, "zh", remedy=None)
    assert found.what == "文件 forms/remedy.json"


def test_elements_that_come_and_go(old):
    files = dict(old.files)
    new = read_diagram(files["complaint.bpmn"])
    gone = new.elements[3]
    smaller = type(new)(
        processes=new.processes, elements=tuple(e for e in new.elements if e is not gone), flows=new.flows
    )
    assert [(one.kind, one.what) for one in differences(old, files, smaller, words("en"))] == [
        (REMOVED, f"“{gone.label}”")
    ]
    before = read_bundle(files)
    object.__setattr__(before, "diagram", smaller)
    assert [(one.kind, one.tone) for one in differences(before, files, new, words("en"))] == [(ADDED, "ok")]
