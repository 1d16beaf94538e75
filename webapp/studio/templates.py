"""What a new process can begin as, filled in with its key and name; and pictures for files that bring none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from flask_babel import gettext as _

from engine.drawing.pictured import with_picture

from .. import here
from ..language import noop
from .sketches import free_name, is_taken

FOLDER = Path(__file__).parent / "starts"
KEY = re.compile(r"[a-z][a-z0-9-]{1,39}")
LONGEST = 100
HOLE = re.compile(rb"@(key|name|name_zh|prefix)@")
Files = dict[str, bytes]


class Unusable(ValueError):
    """What was given for a new process cannot be used; `said` is what to do about it."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field, self.said = field, said


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A process that a new one can begin as."""

    name: str
    title: str
    text: str


TEMPLATES = (
    Template(name="blank", title=noop("One task"), text=noop("A form to begin with, one task, an end.")),
    Template(
        name="approval",
        title=noop("Approval by a second person"),
        text=noop("One person prepares, another one approves, refuses or sends it back."),
    ),
    Template(
        name="request",
        title=noop("Request with a reminder"),
        text=noop("A task with a term; the team leader gets one of his own if it is not done in a day."),
    ),
)


def filled(template: str, key: str, name: str, name_zh: str = "") -> Files:
    """The files of a template as those of a process of its own; Unusable where key or name will not do."""
    if template not in {one.name for one in TEMPLATES}:
        raise Unusable("template", _("Choose what the process begins as"))
    demand_key(key)
    for field, text in (("name", name), ("name_zh", name_zh or name)):
        if not text or len(text) > LONGEST or not text.isprintable():
            raise Unusable(field, _("Write what the process is called, in at most 100 characters"))
        if is_taken(text):
            free = free_name(text)
            said = _(
                "“%(name)s” is the name of another draft. Choose another one, such as “%(free)s”", name=text, free=free
            )
            raise Unusable(field, said)
    given = {"key": key, "name": name, "name_zh": name_zh or name, "prefix": key.replace("-", "")[:3].upper()}
    folder = FOLDER / template
    found = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    files = {path: _filled(path, body, given) for path, body in found.items()}
    files[f"{key}.bpmn"] = with_picture(files.pop("process.bpmn"))
    return files


def demand_key(key: str) -> None:
    """Refuse a key that is none, or that another process or a draft of one has."""
    if not KEY.fullmatch(key):
        raise Unusable("key", _("Write a key of 2 to 40 small letters, digits and hyphens that begins with a letter"))
    if here.engine().deployments(key):
        raise Unusable("key", _("Another process has the key %(key)s. Choose another one", key=key))
    if here.engine().sketches(here.actor(), key):
        raise Unusable("key", _("Another draft has the key %(key)s. Choose another one", key=key))


def _filled(path: str, body: bytes, given: Mapping[str, str]) -> bytes:
    quoted = _in_json if path.endswith(".json") else _in_xml
    return HOLE.sub(lambda hole: quoted(given[hole[1].decode()]).encode(), body)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _in_xml(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def arranged(files: Mapping[str, bytes]) -> Files:
    """Files with a picture for each diagram that brings none."""
    return {path: with_picture(body) if path.endswith(".bpmn") else body for path, body in files.items()}
