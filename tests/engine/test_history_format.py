"""docs/history-format.md is true: its vectors, and its reader on a real database."""

from __future__ import annotations

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from engine import Actor, open_engine
from engine.canonical import canonical
from engine.cases.inputs import BESIDE, MOVES
from engine.history.chain import hash_of
from tests.engine.spiff.xmls import END, START, el, line, xml

DOCUMENT = (Path(__file__).parents[2] / "docs" / "history-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```json (state|row)\n(.+?)\n```\n`([0-9a-f]{64})`", DOCUMENT)


def test_the_vectors_are_there():
    assert [kind for kind, _, _ in BLOCKS] == ["state", "row", "row"]


def test_every_kind_of_a_step_is_named():
    (named,) = re.findall(r"\| `kind` \| (.+) \|", DOCUMENT)
    moving, beside = (set(re.findall(r"`(\w+)`", part)) for part in named.split("as it is:"))
    assert (moving, beside) == ({*MOVES, "upgraded"}, set(BESIDE))


@pytest.mark.parametrize(("kind", "text", "digest"), BLOCKS)
def test_a_vector_is_canonical_and_has_its_hash(kind, text, digest):
    value = json.loads(text, parse_float=Decimal)
    assert canonical(value).decode() == text
    before = bytes.fromhex(value["prev_hash"]) if kind == "row" else b""
    assert hashlib.sha256(before + text.encode()).hexdigest() == digest
    if kind == "row":
        given = {name: value[name] for name in ("seq", "at", "actor", "kind", "semantics")}
        ours = hash_of(
            case_id=int(value["case"]),
            **given,
            input=canonical(value["input"]),
            effects=canonical(value["effects"]),
            state_hash=bytes.fromhex(value["state_hash"]),
            prev_hash=before,
        )
        assert ours.hex() == digest


@pytest.fixture
def database(tmp_path):
    staff = '<spiffworkflow:taskMetadataValue name="candidateGroups" value="csr"/>'
    metadata = f"<spiffworkflow:taskMetadataValues>{staff}</spiffworkflow:taskMetadataValues>"
    task = el("manualTask", "a", f"<bpmn:extensionElements>{metadata}</bpmn:extensionElements>")
    with open_engine(f"sqlite:///{tmp_path / 'cases.db'}") as engine:
        source = xml(START + task + END + line("start", "a", "end"), key="p")
        engine.deploy({"p.bpmn": source}, by=Actor("olga", {"process_owner"}))
        case = engine.start(
            "p", {"amount": Decimal("19.90"), "who": '张敏 "quoted" \\ \n\u2028'}, by=Actor("ann", {"csr"})
        )
        assert engine.verify(case.id).sound
    return tmp_path / "cases.db", int(case.id)


def reader():
    names: dict = {}
    exec(re.search(r"```python\n(.+?)```", DOCUMENT, re.S).group(1), names)
    return names["check"]


def test_the_reader_checks_a_case(database):
    assert reader()(*database) == 1


def test_the_reader_finds_a_changed_byte(database):
    import sqlite3

    path, case_id = database
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER step_no_update")
    connection.execute("UPDATE step SET actor = 'bob' WHERE case_id = ?", (case_id,))
    connection.commit()
    connection.close()
    with pytest.raises(ValueError, match="step 1"):
        reader()(path, case_id)
