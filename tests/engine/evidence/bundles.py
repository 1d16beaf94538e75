"""Bundles of evidence in the tests: made of real cases, opened, changed, packed again, checked by a fresh Python."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import engine.evidence
from engine import SYSTEM
from engine.canonical import canonical
from engine.evidence import Paper
from engine.evidence.verify import Report, checked
from engine.proof.signing import Ed25519
from tests.engine import tiny
from tests.engine.people import ANN, BEN, OLGA

PROGRAM = Path(engine.evidence.__file__).parent / "verify.py"
NAME = "张敏 Zhang Min"
SIGNER = Ed25519(bytes(range(32)))
LETTER = b"Dear customer"
REASON = "the court asks for it"
TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="rate" namespace="x">
  <decision id="rate" name="Rate"><decisionTable hitPolicy="FIRST">
    <input label="Amount"><inputExpression><text>amount</text></inputExpression></input><output name="rate"/>
    <rule><inputEntry><text>&lt; 1000</text></inputEntry><outputEntry><text>0.05</text></outputEntry></rule>
    <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>0.035</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""
PERSON = {"name": {"type": "string", "x-personal": True}, "phone": {"type": "string", "x-personal": True}}
ASKED = {**tiny.APPROVED, "amount": {"type": "number"}, **PERSON}
DECIDE = (
    '<bpmn:businessRuleTask id="rating"><bpmn:extensionElements><spiffworkflow:calledDecisionId>rate'
    "</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>"
)


class Archivist:
    """Somebody who knows what people are called and keeps two documents of every case."""

    def names(self, ids):
        """The name of everybody."""
        return {id: {"en": id.capitalize(), "zh": id} for id in ids}

    def papers(self, case):
        """A letter that the history names, and a leaflet that it does not."""
        return [
            Paper(name="001-letter.txt", title={"en": "Letter", "zh": "信"}, body=LETTER),
            Paper(name="002-leaflet.txt", title={"en": "Leaflet", "zh": "单页"}, body=b"Buy!"),
        ]

    def dossier(self, exhibit, papers, export):
        """A page."""
        return {"dossier.en.html": f"<p>{exhibit.case.number}: {len(exhibit.steps)}".encode()}

    def cover(self, cases, export):
        """A page."""
        return {"dossier.en.html": " ".join(folder for folder, _ in cases).encode()}


def loan(engine, *, sealed=True, after=True):
    """A case with personal values, a decision, a document and a seal; a step after the seal."""
    files = tiny.one_task(
        task=tiny.ask("ask", form="forms/person.json"),
        after=DECIDE + tiny.ask("last"),
        start={"caller": PERSON["name"]},
        forms_person=tiny.form(ASKED),
    )
    if not engine.deployments("loan"):
        engine.deploy({**files, "rate.dmn": TABLE}, by=OLGA)
    case = engine.start("loan", {"caller": NAME}, by=ANN)
    task = engine.tasks(case.id)[0]
    engine.claim(task.id, by=ANN)
    given = {"approved": True, "amount": 12000, "name": NAME, "phone": "13800001111"}
    given["note"] = hashlib.sha256(LETTER).hexdigest()
    engine.complete(task.id, given, by=ANN)
    if sealed:
        engine.seal(by=SYSTEM)
    if after:
        engine.claim(engine.tasks(case.id)[0].id, by=BEN)
    return engine.case(case.id)


def exported(engine, *cases, by=None, **more):
    """The bytes of a bundle of cases, and what was packed."""
    out = io.BytesIO()
    given = {"reason": REASON, "witness": Archivist(), **more}
    packed = engine.export_evidence([case.id for case in cases], out, by=by or SYSTEM, **given)
    return out.getvalue(), packed


def unpacked(body):
    """The files of a bundle."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(files, *, again=True):
    """Files as a bundle; `again` makes the manifest fit them, as whoever forges one would."""
    files = dict(files)
    if again and "manifest.json" in files:
        said = json.loads(files.pop("manifest.json"))
        sums = {name: {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)} for name, body in files.items()}
        files["manifest.json"] = canonical({**said, "files": sums})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def found(body, tmp_path, *keys, lang="en"):
    """What the program finds wrong, in this process."""
    (tmp_path / "bundle.zip").write_bytes(body)
    report = Report(lang)
    checked(str(tmp_path / "bundle.zip"), report, keys)
    return report


def ran(*arguments, program=PROGRAM, cwd=None):
    """The program, run by a Python that knows nothing of this project: its exit code, what it says, its complaints."""
    command = [sys.executable, "-I", "-W", "error", str(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=cwd, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr
