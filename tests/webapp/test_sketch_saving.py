"""What editors ask by script: a save is answered with what is wrong now, and a second one with who was first."""

from __future__ import annotations

import json

import pytest

from engine import SYSTEM
from tests.webapp.sketching import ANSWER, INQUIRY, begun, fetched, put, token

LONG = b"0" * (9 * 1024 * 1024)


def test_a_save_says_what_is_wrong(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    body = fetched(visitor, f"{path}/files/{ANSWER}")
    answer = put(visitor, path, ANSWER, body)
    digest = engine.deployments("inquiry")[0].bundle
    assert (answer.status_code, answer.json) == (200, {"revision": 1, "digest": digest, "findings": []})
    answer = put(visitor, path, ANSWER, body + b" ")
    assert answer.json["revision"] == 2 and answer.json["digest"] not in (None, digest)
    assert answer.headers["ETag"] == '"2"'
    answer = put(visitor, path, ANSWER, b"{", '"2"')
    said = answer.json
    assert said["revision"] == 3
    assert said["findings"] and {"file", "element", "line", "column", "severity", "rule", "said", "remedy"} == {
        *said["findings"][0]
    }
    assert engine.sketch(int(path.rpartition("/")[2]), SYSTEM).files[ANSWER] == b"{"


def test_findings_are_in_the_language_of_the_page(visit):
    path = begun(visit("sun.ke"))
    found = {}
    for lang in ("en", "zh"):
        visitor = visit("sun.ke", lang)
        put(visitor, path, INQUIRY, b"<not xml")
        with visitor.client.get(f"{path}/findings", headers=visitor.headers) as answer:
            found[lang] = answer.json
    assert found["en"]["digest"] is None and found["en"]["revision"] == 2
    assert [one["rule"] for one in found["en"]["findings"]] == [one["rule"] for one in found["zh"]["findings"]]
    (english,), (chinese,) = (
        [one for one in found[lang]["findings"] if one["rule"] == "malformed-xml"] for lang in found
    )
    assert english["severity"] == "error" and english["file"] == INQUIRY and english["line"]
    assert english["said"] and english["remedy"] and english["remedy"] not in english["said"]
    assert "无法读取" in chinese["said"] and chinese["remedy"] == "请在建模工具中重新保存。"


def test_the_second_is_told_who_was_first(visit, engine, clock):
    one, two = visit("sun.ke"), visit("qian.wen")
    path = begun(one)
    clock.advance(minutes=1)
    assert put(one, path, ANSWER, b'{"title": "one"}').json["revision"] == 2
    clock.advance(minutes=1)
    for _ in range(2):
        answer = put(two, path, ANSWER, b'{"title": "two"}')
        assert answer.status_code == 409
    said = answer.json
    assert (said["revision"], said["by"], said["at"]) == (2, "sun.ke", "2026-11-20T06:33:00.000000Z")
    assert said["merge"].startswith(f"{path}/merge?path=forms/answer.json")
    assert two.open(said["merge"]).sees("Sun Ke was first")
    assert engine.sketch(int(path.rpartition("/")[2]), SYSTEM).files[ANSWER] == b'{"title": "one"}'


def test_two_browsers_of_one_person_are_two(visit, engine):
    one, two = visit("sun.ke"), visit("sun.ke")
    path = begun(one)
    assert put(one, path, ANSWER, b"1").json["revision"] == 2
    answer = put(two, path, ANSWER, b"2")
    assert answer.status_code == 409 and answer.json["by"] == "sun.ke"
    assert put(one, path, ANSWER, b"3", '"2"').json["revision"] == 3


def test_other_files_are_joined(visit, engine):
    one, two = visit("sun.ke"), visit("qian.wen")
    path = begun(one)
    assert put(one, path, ANSWER, b'{"title": "one"}').status_code == 200
    assert put(two, path, "new.md", b"# New").json["revision"] == 3
    found = engine.sketch(int(path.rpartition("/")[2]), SYSTEM).files
    assert found[ANSWER] == b'{"title": "one"}' and found["new.md"] == b"# New"


@pytest.mark.parametrize("seen", ["", "1", '""', '"x"', '"-1"', '"2"', '"99999999999"', "*", '"1", "2"', '"0"', '"1'])
def test_what_was_seen_has_to_be_said(visit, engine, seen):
    visitor = visit("sun.ke")
    answer = put(visitor, begun(visitor), ANSWER, b"{}", seen)
    assert answer.status_code == 422 and answer.json["problem"]
    (only,) = engine.sketches(SYSTEM)
    assert only.revision == 1


@pytest.mark.parametrize(
    "name",
    [
        "x.exe",
        "x",
        "a%5C..%5C..%5Cx.bpmn",
        "..%2fx.bpmn",
        "%2e%2e/x.bpmn",
        "C:x.bpmn",
        "x" * 300 + ".json",
        "a%00.json",
    ],
)
def test_names_that_no_file_has(visit, engine, name):
    visitor = visit("sun.ke")
    answer = put(visitor, begun(visitor), name, b"x")
    assert answer.status_code in (404, 422)
    (only,) = engine.sketches(SYSTEM)
    assert only.revision == 1


def test_too_large(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    assert put(visitor, path, "x.json", LONG).status_code == 413
    answer = put(visitor, path, "x.json", LONG[: 8 * 1024 * 1024 - 300_000])
    assert answer.status_code == 422 and "8 MB" in answer.json["problem"]
    assert put(visitor, path, "y.json", b"{}").json["revision"] == 2


def test_presence_by_script(visit, engine):
    one, two = visit("sun.ke"), visit("qian.wen", "zh")
    path = begun(one)
    for visitor, others in ((one, []), (two, [("sun.ke", "孙珂", True)]), (one, [("qian.wen", "Qian Wen", True)])):
        answer = visitor.client.post(f"{path}/here", headers={"X-CSRFToken": token(visitor), **visitor.headers})
        found = [(someone["person"], someone["here"]) for someone in answer.json["others"]]
        assert found == [(id, here) for id, _, here in others]
        assert answer.json["revision"] == 1 and answer.json["by"] == "sun.ke"


def test_a_hostile_body_is_data(visit, engine):
    visitor = visit("sun.ke")
    path = begun(visitor)
    for body in (b"[" * 100_000, b"\xff\xfe", json.dumps({"title": "<script>"}).encode()):
        answer = put(visitor, path, ANSWER, body, f'"{engine.sketches(SYSTEM)[0].revision}"')
        assert answer.status_code == 200 and answer.mimetype == "application/json"
        assert fetched(visitor, f"{path}/files/{ANSWER}") == body
        assert visitor.open(path).status == 200
