"""A process owner with a sketch in front of him, and what a script of an editor sends."""

from __future__ import annotations

import io
import zipfile

INQUIRY, ANSWER = "inquiry.bpmn", "forms/answer.json"


def begun(visitor, key="inquiry", **more):
    """The address of a new sketch of a version."""
    visitor.open("/studio/sketches/new")
    return visitor.post("/studio/sketches", {"how": "version", "key": key} | more).path


def token(visitor):
    """What a script sends against forgery."""
    if visitor.page is None or not visitor.page.xpath("//input[@name='csrf_token']"):
        visitor.open("/studio/sketches/new")
    return visitor.page.xpath("//input[@name='csrf_token']/@value")[0]


def put(visitor, path, name, body, seen='"1"', **headers):
    """Save a file as an editor does; what was answered."""
    sent = {"X-CSRFToken": token(visitor), **visitor.headers} | ({"If-Match": seen} if seen else {}) | headers
    return visitor.client.put(f"{path}/files/{name}", data=body, headers=sent)


def fetched(visitor, path):
    """What stands at an address, as bytes."""
    with visitor.client.get(path, headers=visitor.headers) as response:
        return response.data if response.status_code == 200 else response.status_code


def sent(visitor, address, *files, **more):
    """Send files by a form of the page in front."""
    given = {"files": [(io.BytesIO(body), name) for name, body in files]} | more
    return visitor.post(address, given, content_type="multipart/form-data")


def archive(files, folder=""):
    """Files as a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for path, body in files.items():
            into.writestr(folder + path, body)
    return out.getvalue()
