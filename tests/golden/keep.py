"""Keep the history of a case in a file, with all that a replay of it needs, and read it again.

To keep a case of this release:  python -m tests.golden.keep DATABASE-URL CASE-ID FILE
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from engine import open_engine
from engine.bundles import Bundle, read_bundle
from engine.canonical import read
from engine.configuration import Configuration, Configurations
from engine.history.chain import Link, step_of
from engine.history.replay import Archive
from engine.mapping import Declared
from engine.model import Step
from engine.store import files
from engine.store.tables import content

COLUMNS = Link.__slots__
BYTES = ("input", "effects")
HASHES = ("state_hash", "prev_hash", "hash")


def keep(url: str, case_id: int) -> dict[str, Any]:
    """The rows of a case, its bundles and its configurations, as plain JSON."""
    with open_engine(url) as engine, engine.database.reading() as connection:
        rows = [plain_row(row) for row in files.steps_of(connection, case_id)]
        inputs = [json.loads(row["input"]) for row in rows]
        bundles = {given["bundle"] for given in inputs if "bundle" in given}
        bundles |= {digest for given in inputs for digest in given.get("bound", {}).values()}
        configs, mappings = (sorted({one[name] for one in inputs if name in one}) for name in ("config", "declared"))
        bodies = {
            digest: connection.execute(content.select().where(content.c.digest == digest)).one().body
            for digest in (*configs, *mappings)
        }
        return {
            "rows": rows,
            "bundles": {digest: texts(engine.bundle(digest).files) for digest in sorted(bundles)},
            "configurations": {digest: bytes(bodies[digest]).decode() for digest in configs},
            "mappings": {digest: bytes(bodies[digest]).decode() for digest in mappings},
        }


def plain_row(row: Any) -> dict[str, Any]:
    """A stored row as JSON: canonical bytes as text, hashes in hexadecimal."""
    found = {name: getattr(row, name) for name in COLUMNS}
    found |= {name: bytes(found[name]).decode() for name in BYTES}
    return found | {name: bytes(found[name]).hex() for name in HASHES}


def texts(given: Mapping[str, bytes]) -> dict[str, str]:
    """Files as text."""
    return {path: body.decode() for path, body in given.items()}


class Kept:
    """A history that was kept."""

    def __init__(self, path: Path) -> None:
        found = json.loads(path.read_text(encoding="utf-8"))
        self.rows = [stored_row(row) for row in found["rows"]]
        self._files = {
            digest: {p: text.encode() for p, text in files_.items()} for digest, files_ in found["bundles"].items()
        }
        self._configurations, self._known = found["configurations"], Configurations()
        self._mappings = found.get("mappings", {})  # the first histories have none
        self._bundles: dict[str, Bundle] = {}

    @property
    def steps(self) -> list[Step]:
        """The rows as steps."""
        return [step_of(row) for row in self.rows]

    @property
    def archive(self) -> Archive:
        """What a replay needs."""
        return Archive(bundle=self.bundle, configuration=self.configuration, mapping=self.mapping)

    def bundle(self, digest: str) -> Bundle:
        """A bundle as it was deployed then; its digest is worked out anew."""
        if digest not in self._bundles:
            self._bundles[digest] = read_bundle(self._files[digest])
            assert self._bundles[digest].digest == digest
        return self._bundles[digest]

    def configuration(self, digest: str) -> Configuration:
        """A configuration as it was in force then."""
        found = self._known.read(self._configurations[digest].encode())
        assert found.digest == digest
        return found

    def mapping(self, digest: str) -> Declared:
        """A mapping as it was declared then."""
        found = Declared.read(self._mappings[digest].encode())
        assert found.digest == digest
        return found


def stored_row(row: Mapping[str, Any]) -> SimpleNamespace:
    """A kept row as the database gives it."""
    changed = {name: row[name].encode() for name in BYTES} | {name: bytes.fromhex(row[name]) for name in HASHES}
    return SimpleNamespace(**{**row, **changed})


if __name__ == "__main__":
    url, case_id, target = sys.argv[1:]
    text = json.dumps(keep(url, int(case_id)), ensure_ascii=False, indent=1, sort_keys=True)
    assert read(text)
    Path(target).write_text(text + "\n", encoding="utf-8")
