"""Bundles that process owners bring: good ones, ones with a fault in them, and files that mean harm."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from typing import TypedDict
from xml.sax.saxutils import escape

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


def packed(files: Files) -> str:
    """Files as a page of the studio carries them on."""
    return base64.b64encode(archive(files)).decode()


def place_of(files: Files, path: str, text: str) -> int:
    """The line of a file that a text first stands in."""
    return files[path].decode().split(text)[0].count("\n") + 1


def replaced(body: bytes, old: str, new: str) -> bytes:
    """A text with one part replaced, which has to be in it."""
    assert old.encode() in body, old
    return body.replace(old.encode(), new.encode())


# -- files that mean harm

SCRIPT = "<script>document.title = 'run'</script><img src=x onerror=\"document.title='run'\">"
PASSWD = "file:///etc/passwd"
LAUGHS = "".join(
    f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{"&l" + str(n - 1) + ";" if n else "ha"}">'
    for n in range(40)
)


def bomb() -> bytes:
    """An archive of half a megabyte that unpacks to half a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into, into.open("inquiry.bpmn", "w") as file:
        for _ in range(512):
            file.write(bytes(1024 * 1024))
    return out.getvalue()


def lying() -> bytes:
    """An archive whose directory says that a large file is small."""
    body = bytearray(archive({"inquiry.bpmn": bytes(20_000_000)}))
    at = body.rindex(b"PK\x01\x02") + 24
    body[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(body)


def entity(said: str) -> bytes:
    """A diagram that names an entity of its own."""
    return f"<!DOCTYPE x [{said}]><definitions>&e;</definitions>".encode()


def with_scripts() -> Files:
    """A process of its own whose every label is a script."""
    said = escape(SCRIPT, {'"': "&quot;"})
    form = {"type": "object", "title": SCRIPT, "properties": {"said": {"type": "string", "title": SCRIPT}}}
    return {
        "evil.bpmn": EVIL.replace("SCRIPT", said).encode(),
        "forms/ask.json": json.dumps(form | {"required": ["said"], "additionalProperties": False}).encode(),
        "i18n/zh.json": json.dumps({SCRIPT: SCRIPT}).encode(),
    }


EVIL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:s="http://spiffworkflow.org/bpmn/schema/1.0/core"
    targetNamespace="https://fundcase.example">
  <process id="evil" name="SCRIPT" isExecutable="true">
    <documentation>SCRIPT</documentation>
    <startEvent id="Begin" name="SCRIPT"><outgoing>f1</outgoing></startEvent>
    <sequenceFlow id="f1" name="SCRIPT" sourceRef="Begin" targetRef="Ask"/>
    <userTask id="Ask" name="SCRIPT">
      <extensionElements>
        <s:properties><s:property name="formJsonSchemaFilename" value="forms/ask.json"/></s:properties>
        <s:taskMetadataValues><s:taskMetadataValue name="candidateGroups" value="process_owner"/></s:taskMetadataValues>
        <s:instructionsForEndUser>SCRIPT</s:instructionsForEndUser>
      </extensionElements>
      <incoming>f1</incoming><outgoing>f2</outgoing>
    </userTask>
    <sequenceFlow id="f2" sourceRef="Ask" targetRef="End"/>
    <endEvent id="End" name="SCRIPT"><incoming>f2</incoming></endEvent>
  </process>
</definitions>
"""
