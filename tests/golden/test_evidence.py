"""Every bundle of evidence that a release has made is found right: by the program of today, and by its own."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from engine.evidence.verify import Report, checked
from tests.engine.evidence.bundles import SIGNER, ran, repacked, unpacked

KEPT = sorted(Path(__file__).parent.glob("*/*.zip"))
KEY = SIGNER.public_key.hex()


def test_there_are_golden_bundles():
    assert {path.parent.name for path in KEPT} >= {"0.1"}


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_golden_bundle_is_right(path, tmp_path):
    report = Report("en")
    checked(str(path), report, [KEY])
    assert report.wrong == []
    said = "\n".join(report.right)
    for part in (
        "2 included as committed to, 0 withheld, 1 disposed of",
        "is sealed by checkpoint",
        "2 documents, 1 of them named",
    ):
        assert part in said
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    code, _, complaints = ran(program=tmp_path / "verify.py", cwd=tmp_path)
    assert (code, complaints) == (0, "")


@pytest.mark.parametrize("path", KEPT[:1], ids=lambda path: path.stem)
def test_a_golden_bundle_that_was_touched_is_not(path, tmp_path):
    files = unpacked(path.read_bytes())
    steps = next(name for name in files if name.endswith("steps.jsonl"))
    files[steps] = files[steps].replace(b'"actor":"ben"', b'"actor":"eve"')
    (tmp_path / "touched.zip").write_bytes(repacked(files))
    report = Report("en")
    checked(str(tmp_path / "touched.zip"), report, [KEY])
    assert report.wrong
