"""A bundle: one diagram (or one shared decision) with its tables, forms and translations, known by its content.

Content-addressed and immutable. What is read from it once is kept with it; what depends on the configuration in force
(decision tables may call calendars and parameters) is kept per language.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from . import spiff
from .canonical import canonical, digest, read_file
from .diagram import Diagram, read_diagram
from .errors import MalformedXml
from .feel import Decision, Language, read_decisions
from .forms import Form, read_form
from .meaning import meaning
from .model import NORMAL, group_id
from .xml import parse_xml

MOST_FILES = 200
LARGEST = 8_000_000  # bytes of all files

Files = Mapping[str, bytes]


@dataclass(frozen=True, eq=False)
class Bundle:
    """One bundle, read."""

    digest: str
    key: str
    kind: Literal["process", "decision"]
    name: str
    files: Files
    diagram: Diagram | None
    forms: Mapping[str, Form]
    i18n: Mapping[str, Mapping[str, str]]
    _executables: dict[int, tuple[Language, spiff.Bundle]] = field(default_factory=dict)
    _decisions: dict[int, tuple[Language, dict[str, Decision]]] = field(default_factory=dict)

    @cached_property
    def _process(self) -> spiff.Bundle:
        return spiff.parse(self.files[self.diagram_path], self.digest)

    @cached_property
    def diagram_path(self) -> str:
        """The path of the diagram; KeyError in a bundle of decisions."""
        found = [path for path in self.files if path.endswith(".bpmn")]
        if not found:
            raise KeyError(f"{self.key} is no process")
        return found[0]

    @cached_property
    def meaning(self) -> str:
        """The digest of what it means, however it is drawn and written."""
        return meaning(self.files)

    def executable(self, language: Language) -> spiff.Bundle:
        """What the stepper executes, with the tables compiled for a language."""
        kept = self._executables.get(id(language))
        if kept is None:
            process = self._process
            made = spiff.Bundle(process.key, process.digest, process.process, process.scopes, self.decisions(language))
            kept = self._executables[id(language)] = (language, made)
        return kept[1]

    def decisions(self, language: Language) -> dict[str, Decision]:
        """The decision tables by id."""
        kept = self._decisions.get(id(language))
        if kept is None:
            found: dict[str, Decision] = {}
            for path, body in self.files.items():
                if path.endswith(".dmn"):
                    found |= read_decisions(parse_xml(body), language)
            kept = self._decisions[id(language)] = (language, found)
        return kept[1]

    def form_of(self, element: str) -> Form | None:
        """The form of a task or event, if it has one."""
        path = self.diagram.path_of_form(element) if self.diagram else None
        return self.forms.get(path) if path else None

    def translate(self, text: str, lang: str) -> str:
        """A label in a language, else as it is written."""
        return self.i18n.get(lang, {}).get(text, text)

    def said(self, name: str) -> str:
        """A property of the process, or nothing."""
        return self.diagram.properties.get(name, "") if self.diagram else ""

    @property
    def prefix(self) -> str:
        """What case numbers begin with."""
        return self.diagram.prefix if self.diagram else ""

    @property
    def confidentiality(self) -> str:
        """The class that a case of it begins with."""
        return self.diagram.confidentiality if self.diagram else NORMAL

    @cached_property
    def starters(self) -> frozenset[str]:
        """The groups that may start it; none named is whoever holds any group."""
        return frozenset(group_id(name) for name in self.said("starters").split(",") if name.strip())

    @cached_property
    def readers(self) -> frozenset[str]:
        """The groups that may read its cases: those that work on them, start them, or are named as readers."""
        named = {group_id(name) for name in self.said("readers").split(",") if name.strip()}
        return frozenset(named | self.starters | (set(self.diagram.groups()) if self.diagram else set()))


def normal_files(files: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """The files as bytes under safe relative paths; ValueError for any other path, or too much."""
    if not files:
        raise ValueError("there are no files")
    if len(files) > MOST_FILES:
        raise ValueError(f"more than {MOST_FILES} files")
    found = {safe_path(path): body.encode() if isinstance(body, str) else bytes(body) for path, body in files.items()}
    if len(found) < len(files):
        raise ValueError("two files have the same path")
    if sum(map(len, found.values())) > LARGEST:
        raise ValueError(f"more than {LARGEST // 1_000_000} MB")
    return dict(sorted(found.items()))


def safe_path(path: str) -> str:
    """A path inside of a bundle, or ValueError."""
    plain = posixpath.normpath(path.replace("\\", "/"))
    if plain in ("", ".") or plain.startswith(("/", "..")) or ":" in plain or "\0" in plain or len(plain) > 200:
        raise ValueError(f"{path[:80]!r} is no path inside a bundle")
    return plain


def digest_of(files: Files) -> str:
    """The digest of a bundle: SHA-256 of the canonical list of paths and the digests of their contents."""
    return digest(manifest(files))


def manifest(files: Files) -> bytes:
    """The canonical list of paths and digests."""
    return canonical({path: digest(body) for path, body in files.items()})


def read_bundle(files: Files, given_digest: str | None = None) -> Bundle:
    """A bundle from its files, which have been checked: ValueError or MalformedXml where they cannot be read."""
    found = given_digest or digest_of(files)
    forms = {path: read_form(path, body) for path, body in files.items() if is_form(path)}
    i18n = {path[5:-5]: catalogue(path, body) for path, body in files.items() if is_catalogue(path)}
    diagrams = [path for path in files if path.endswith(".bpmn")]
    if len(diagrams) > 1:
        raise ValueError(f"{len(diagrams)} diagrams in one bundle; each process is a bundle of its own")
    if diagrams:
        diagram = read_diagram(files[diagrams[0]])
        return Bundle(found, diagram.key, "process", diagram.name or diagram.key, files, diagram, forms, i18n)
    key, name = decision_of(files)
    return Bundle(found, key, "decision", name, files, None, forms, i18n)


def is_form(path: str) -> bool:
    """Whether a file of a bundle is a form."""
    return path.startswith("forms/") and path.endswith(".json")


def is_catalogue(path: str) -> bool:
    """Whether a file of a bundle holds translations."""
    return path.startswith("i18n/") and path.endswith(".json")


def catalogue(path: str, body: bytes) -> dict[str, str]:
    """Translations from their file; ValueError where it is no flat object of texts."""
    found = read_file(body)
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ValueError(f"{path} is no flat object of texts")
    return found


def decision_of(files: Files) -> tuple[str, str]:
    """The id and the name of the one decision in a bundle without a diagram."""
    found = []
    for path, body in files.items():
        if path.endswith(".dmn"):
            found += [(e.get("id", ""), e.get("name") or e.get("id", "")) for e in parse_xml(body).iter("{*}decision")]
    if len(found) != 1:
        raise ValueError(
            f"a bundle holds one diagram or one decision; this one has no diagram and {len(found)} decisions"
        )
    return found[0]


__all__ = ["Bundle", "Files", "MalformedXml", "digest_of", "manifest", "normal_files", "read_bundle", "safe_path"]
