"""Bundles that process owners bring: good ones, ones with a fault in them, and files that mean harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import TypedDict

from webapp.bootstrap import DIAGRAMS, files_of

Files = dict[str, bytes]
NEW = {"en": "Reply to the customer", "zh": "回复客户"}
OLD = {"en": "Answer the customer", "zh": "答复客户"}


class Upload(TypedDict):
    """A file as the browser takes it."""

    name: str
    mimeType: str
    buffer: bytes


def upload(name: str, body: bytes) -> Upload:
    """A file to choose in the browser."""
    return Upload(name=name, mimeType="application/octet-stream", buffer=body)


def archive(files: Mapping[str, bytes]) -> bytes:
    """Files as a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        for path, body in files.items():
            into.writestr(path, body)
    return out.getvalue()


def unpacked(body: bytes) -> Files:
    """The files of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(body)) as given:
        return {name: given.read(name) for name in given.namelist()}


def shipped(key: str) -> Files:
    """The files of a process that is shipped."""
    return files_of(DIAGRAMS / key)


def renamed(files: Files) -> Files:
    """The inquiry with a task under another name, in both languages."""
    diagram = replaced(files["inquiry.bpmn"], f'name="{OLD["en"]}"', f'name="{NEW["en"]}"')
    old, new = (f'"{said["en"]}": "{said["zh"]}"' for said in (OLD, NEW))
    return files | {"inquiry.bpmn": diagram, "i18n/zh.json": replaced(files["i18n/zh.json"], old, new)}


def deadlocked(files: Files) -> Files:
    """The inquiry with a gateway that waits for branches of which only one is ever taken."""
    text = files["inquiry.bpmn"].decode()
    head, gateway, tail = text.partition('<bpmn:exclusiveGateway id="ToAnswer">')
    inside, _, rest = tail.partition("</bpmn:exclusiveGateway>")
    assert gateway
    made = f'{head}<bpmn:parallelGateway id="ToAnswer">{inside}</bpmn:parallelGateway>{rest}'
    return files | {"inquiry.bpmn": made.encode()}


def place_of(files: Files, path: str, text: str) -> int:
    """The line of a file that a text first stands in."""
    return files[path].decode().split(text)[0].count("\n") + 1


def replaced(body: bytes, old: str, new: str) -> bytes:
    """A text with one part replaced, which has to be in it."""
    assert old.encode() in body, old
    return body.replace(old.encode(), new.encode())
