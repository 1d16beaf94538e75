"""What means harm over HTTP: refused with a page that says why, and the next request is answered as ever."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from engine.bounded import Limits, Readers
from tests.support.work import at_most
from tests.webapp.house import settings_in
from tests.webapp.test_studio import archive, shipped, upload
from tests.webapp.visitor import Visitor
from webapp.bootstrap import open_product, web
from webapp.uploads import UnreadableUpload, packed, unzipped

BOUNDARY = "x"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{{}}"\r\n\r\n{{}}\r\n'
END = f"--{BOUNDARY}--\r\n"


@pytest.fixture
def owner(visit):
    return visit("sun.ke").open("/studio")


def sent(visitor, body, content_type=TYPE, path="/studio/check"):
    """The status of the answer to a body as it is, and the work that it took."""
    began = time.thread_time()  # other threads of the process may have work of their own
    response = visitor.client.post(path, data=body, content_type=content_type)
    assert time.thread_time() - began < 2
    return response.status_code


BODIES = {
    "many parts": (PART.format("a", "1") * 3000 + END).encode(),
    "no end": PART.format("a", "1").encode(),
    "no boundary": b"-" * 100_000,
    "half a head": f"--{BOUNDARY}\r\nContent-Disp".encode(),
    "long head": f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{"n" * 500_000}"\r\n\r\n1\r\n{END}'.encode(),
    "many heads": (f"--{BOUNDARY}\r\n" + "A: b\r\n" * 50_000 + f"\r\n1\r\n{END}").encode(),
    "lines": b"\r\n" * 500_000,
    "boundaries": (f"--{BOUNDARY}\r\n" * 50_000).encode(),
    "unreadable name": PART.format("\x00\x01", "1").encode() + b"\xff\xfe" + END.encode(),
    "empty": b"",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_bodies_of_many_parts(owner, body):
    assert 400 <= sent(owner, body) < 500
    assert owner.open("/studio").status == 200


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"[" * 100_000),
        ("application/json", b'{"a":1,"a":2}'),
        ("application/x-www-form-urlencoded", b"a=1&" * 100_000),
        ("application/x-www-form-urlencoded", b"%ed%a0%80=%00&%ff=%fe&" * 100),
        ("multipart/form-data", b"--x--"),
        ("text/xml", b"<a>" * 1000),
        ("", b"\0"),
    ],
)
def test_bodies_of_other_types(owner, content_type, body):
    assert 400 <= sent(owner, body, content_type) < 500
    assert 400 <= sent(owner, body, content_type, "/studio/deployment") < 500


@pytest.mark.parametrize(
    "address",
    ["/studio/%00", "/studio/%ed%a0%80", "/cases/" + "9" * 5000, "/search?q=%00%ff", "/search?q=" + "%e2%80%ae" * 3000],
)
def test_odd_addresses(owner, address):
    assert owner.client.get(address).status_code in (200, 400, 404)


# Archives


def directory(entries):
    """An archive that says it has so many files, in as few bytes as that takes."""
    entry = b"PK\x01\x02" + b"\0" * 42
    size = len(entry) * entries
    counted = min(entries, 65_535).to_bytes(2, "little")
    return entry * entries + b"PK\x05\x06" + b"\0" * 4 + counted * 2 + size.to_bytes(4, "little") + b"\0" * 6


def packed_by(method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as into:
        into.writestr("a.bpmn", b"<a/>")
    return out.getvalue()


def misnamed():
    """An archive whose names are said to be UTF-8 and are not."""
    return archive({"\u00e9\u00e9.bpmn": b"<a/>"}).replace("\u00e9\u00e9".encode(), b"\xff\xfe\xff\xfe")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (directory(150_000), "large"),
        (directory(100), "zip"),
        (packed_by(zipfile.ZIP_LZMA), "zip"),
        (packed_by(zipfile.ZIP_BZIP2), "zip"),
        (misnamed(), "zip"),
        (archive({f"d{n}/": b"" for n in range(1000)}), "large"),
    ],
    ids=["entries", "nameless", "lzma", "bzip2", "names", "folders"],
)
def test_archives_that_ask_for_more_than_they_say(body, why):
    with at_most(1), pytest.raises(UnreadableUpload, match=why):
        unzipped(body)


# Uploads that take too much


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "The files were not read to their end: it takes longer than 0.01 seconds."),
        pytest.param("zh", "读取用时超过0.01秒", marks=pytest.mark.slow),
    ],
)
def test_an_upload_that_takes_too_long_is_said_and_never_read_here(folder, clock, monkeypatch, lang, said):
    from webapp.views.studio import proposing

    with Readers(Limits(seconds=0.01)) as readers, open_product(settings_in(folder), clock, readers) as engine:
        visitor, files = Visitor(web(settings_in(folder), engine), lang), shipped(engine)
        visitor.log_in("sun.ke")
        for reads in ("read_bundle", "read_diagram", "labels_of"):
            monkeypatch.setattr(proposing, reads, lambda *given: pytest.fail("it was read in this process"))
        assert upload(visitor, ("all.zip", archive(files))).sees(said)
        assert not visitor.page.xpath("//input[@name='reason']")
        visitor.post("/studio/deployment", {"files": packed(files), "reason": "I insist on it"})
        assert visitor.status == 422 and visitor.sees(said) and engine.proposals() == []
        assert visitor.open("/studio").status == 200
