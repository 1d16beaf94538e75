"""Packs the evidence of cases into one ZIP, case after case, so that memory holds one case at a time.

The bytes are a function of what is packed: times are fixed, the directory is sorted. It knows no database.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files as resources
from typing import IO, Any

from ..canonical import canonical
from ..errors import Refusal
from ..proof.checkpoints import Inclusion
from .collect import Exhibit, Remains, case_facts, seal_facts, vault_facts

FORMAT, VERSION = "fundcase-evidence", 1
MOST_CASES = 500
LARGEST = 500_000_000  # bytes of all files, unpacked
MANIFEST = "manifest.json"
PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)  # a number that can be the name of a folder anywhere
BEGINNING_OF_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can say


class TooMuch(Refusal):
    """This is too much for one bundle; choose fewer cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that the domain keeps of a case: a safe name, what it is called, and its bytes."""

    name: str
    title: Mapping[str, str]
    body: bytes
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Who takes a bundle, when, why, and whether the personal values are in it."""

    at: str
    by: str
    reason: str
    personal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What was packed: the digest by which the bundle is known, how many files it has, and their bytes."""

    digest: str
    files: int
    size: int


class Packer:
    """Writes one bundle."""

    def __init__(self, out: IO[bytes], export: Export, *, largest: int = LARGEST) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._export, self._left = export, largest
        self._files: dict[str, dict[str, Any]] = {}
        self._cases: list[dict[str, Any]] = []
        self.known: set[str] = set()  # digests of bundles, configurations and mappings that are in it

    def add(self, path: str, body: bytes) -> None:
        """Write one file; TooMuch where the bundle would become too large."""
        self._left -= len(body)
        if self._left < 0:
            raise TooMuch
        entry = zipfile.ZipInfo(path, BEGINNING_OF_TIME)
        entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
        self._zip.writestr(entry, body)
        self._files[path] = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}

    def add_case(self, exhibit: Exhibit, papers: Iterable[Paper] = ()) -> str:
        """Write a case with what its history names; the folder that it has."""
        folder = self._listed(exhibit.case.id, exhibit.case.number, purged=False)
        self.add(f"{folder}/case.json", case_facts(exhibit))
        self.add(f"{folder}/steps.jsonl", b"".join(line + b"\n" for line in exhibit.lines))
        self.add(f"{folder}/state.json", exhibit.state)
        self.add(f"{folder}/vault.json", vault_facts(exhibit))
        self._add_seals(folder, exhibit.seals)
        self._add_papers(folder, exhibit, papers)
        self._add_contents(exhibit)
        return folder

    def add_remains(self, found: Remains) -> None:
        """Write what there is of a purged case."""
        folder = self._listed(found.id, found.number, purged=True)
        self.add(f"{folder}/purge.json", found.facts)
        self._add_seals(folder, found.seals)

    def _listed(self, id: str, number: str, *, purged: bool) -> str:
        if len(self._cases) >= MOST_CASES:
            raise TooMuch(f"A bundle holds at most {MOST_CASES} cases; choose fewer.")
        folder = f"cases/{number if PLAIN.fullmatch(number) else id}"
        self._cases.append({"id": id, "number": number, "folder": folder, "purged": purged})
        return folder

    def abandon(self) -> None:
        """Leave what is written as it is: without a manifest it is no bundle."""
        self._zip.close()

    def _add_papers(self, folder: str, exhibit: Exhibit, papers: Iterable[Paper]) -> None:
        history, listed = b"\n".join(exhibit.lines), []
        for paper in papers:
            digest = hashlib.sha256(paper.body).hexdigest()
            self.add(f"{folder}/documents/{paper.name}", paper.body)
            said = {"file": paper.name, "title": dict(paper.title), "at": paper.at, "sha256": digest}
            listed.append({**said, "named": digest.encode() in history})
        self.add(f"{folder}/documents.json", canonical(listed))

    def _add_contents(self, exhibit: Exhibit) -> None:
        for digest, bodies in sorted(exhibit.files.items()):
            for path, body in sorted(bodies.items()):
                self.add(f"bundles/{digest}/{path}", body)
        for digest, body in sorted(exhibit.bodies.items()):
            self.add(f"configurations/{digest}.json", body)
        for digest, body in sorted(exhibit.declared.items()):
            self.add(f"mappings/{digest}.json", body)
        self.known |= exhibit.files.keys() | exhibit.bodies.keys() | exhibit.declared.keys()

    def _add_seals(self, folder: str, seals: Iterable[Inclusion]) -> None:
        found = list(seals)
        self.add(f"{folder}/seals.json", seal_facts(found))
        for seal in found:
            one = seal.checkpoint
            if (path := f"checkpoints/{one.number}.json") not in self._files:
                said = {"body": one.body.decode(), "signature": one.signature.hex(), "public_key": one.public_key.hex()}
                self.add(path, canonical(said))

    def close(self, people: Mapping[str, Mapping[str, str]]) -> Packed:
        """Write the names of people, the program that checks it all, and the manifest."""
        self.add("people.json", canonical({id: dict(names) for id, names in people.items()}))
        self.add("verify.py", resources(__package__).joinpath("verify.py").read_bytes())
        found = {"format": FORMAT, "version": VERSION, "exported": asdict(self._export), "cases": self._cases}
        manifest = canonical({**found, "files": self._files})
        count, size = len(self._files), sum(one["size"] for one in self._files.values())
        self.add(MANIFEST, manifest)
        self._zip.filelist.sort(key=lambda entry: entry.filename)
        self._zip.close()
        return Packed(digest=hashlib.sha256(manifest).hexdigest(), files=count, size=size)


__all__ = ["FORMAT", "Export", "LARGEST", "MANIFEST", "MOST_CASES", "Packed", "Packer", "Paper", "TooMuch"]
