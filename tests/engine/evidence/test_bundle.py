"""A bundle of evidence: what is in it, who may take it, what is on record, and that its own program finds it right."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import zipfile

import pytest

from engine import SYSTEM, Actor, NotAllowed, NotFound, Refusal
from engine.evidence import TooMuch
from engine.evidence import verify as program
from engine.policy import Policy
from engine.proof.signing import Ed25519, fingerprint
from engine.retention.purging import purge_case
from tests.engine import tiny
from tests.engine.evidence.bundles import (
    NAME,
    PROGRAM,
    REASON,
    SIGNER,
    exported,
    found,
    loan,
    ran,
    repacked,
    unpacked,
)
from tests.engine.people import ANN, AUDREY, OLGA, SUE
from tests.engine.watching import rows, unguarded

CUSTODIAN = Actor("carl", groups={"custodian"})
READER = Actor("rita", groups={"process_owner"})


@pytest.fixture
def engine(opened):
    """An engine that seals."""
    return opened(signing=lambda: SIGNER)


def test_a_bundle_verifies_where_no_engine_is(engine, tmp_path):
    body, packed = exported(engine, loan(engine))
    (tmp_path / "loan.zip").write_bytes(body)
    code, said, complaints = ran(tmp_path / "loan.zip", "--key", SIGNER.public_key.hex())
    assert (code, complaints) == (0, "")
    assert said.splitlines()[2].endswith(packed.digest) and "All that was checked is right." in said
    for part in (
        "steps 1 to 4 follow",
        "sealed by checkpoint 1",
        "3 withheld",
        "every seal is by the key",
        "2 documents, 1 of them",
    ):
        assert part in said
    assert "no checkpoint seals steps 4 to 4 yet" in said


def test_it_verifies_unpacked_by_its_own_copy_of_the_program(engine, tmp_path):
    body, _ = exported(engine, loan(engine))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        archive.extractall(tmp_path / "there")
    code, said, complaints = ran("--lang", "zh", program=tmp_path / "there" / "verify.py", cwd=tmp_path)
    assert (code, complaints) == (0, "") and "已核验的内容全部正确。" in said


def test_what_is_in_it(engine):
    case = loan(engine)
    files = unpacked(exported(engine, case)[0])
    folder = f"cases/{case.number}"
    told = ("case.json", "steps.jsonl", "state.json", "vault.json", "seals.json", "documents.json")
    own = {f"{folder}/{name}" for name in (*told, "documents/001-letter.txt")}
    assert own | {"manifest.json", "people.json", "verify.py", "dossier.en.html", "checkpoints/1.json"} < files.keys()
    assert files["verify.py"] == PROGRAM.read_bytes()
    assert json.loads(files["people.json"])["ben"] == {"en": "Ben", "zh": "ben"}
    bundle = engine.bundle(case.bundle)
    assert {name: files[f"bundles/{case.bundle}/{name}"] for name in bundle.files} == bundle.files
    said = json.loads(files["manifest.json"])
    assert said["exported"] | {"at": ""} == {"at": "", "by": "system", "reason": REASON, "personal": False}


def test_steps_are_written_as_they_are_hashed(engine):
    case = loan(engine)
    lines = unpacked(exported(engine, case)[0])[f"cases/{case.number}/steps.jsonl"].splitlines()
    head = bytes(32)
    for line, step in zip(lines, engine.history(case.id), strict=True):
        head = hashlib.sha256(head + line).digest()
        assert head.hex() == step.hash


def test_personal_values_are_left_out_unless_they_are_asked_for(engine, tmp_path):
    case = loan(engine)
    body, _ = exported(engine, case, by=AUDREY)
    assert not any(NAME.encode() in one or b"13800001111" in one for one in unpacked(body).values())
    body, _ = exported(engine, case, by=AUDREY, personal=True)
    values = json.loads(unpacked(body)[f"cases/{case.number}/vault.json"])
    assert [(one["status"], json.loads(one["canonical"])) for one in values] == [
        ("included", NAME),
        ("included", NAME),
        ("included", "13800001111"),
    ]
    report = found(body, tmp_path)
    assert report.wrong == [] and any("3 included as committed to" in line for line in report.right)


def test_who_took_what_is_on_record(engine):
    case = loan(engine)
    _, packed = exported(engine, case, by=AUDREY)
    (row,) = rows(engine, "reading")
    assert (row["kind"], row["reference"], row["actor"], row["reason"]) == ("exported", packed.digest, "audrey", REASON)
    _, packed = exported(engine, case, by=AUDREY, personal=True)
    _, *new = rows(engine, "reading")
    assert [row["kind"] for row in new] == ["exported", "revealed", "revealed", "revealed"]
    assert [row["reference"] for row in new[1:]] == ["1.1.1", "1.3.1", "1.3.2"] and new[0]["reference"] == packed.digest


@pytest.mark.parametrize("by", [AUDREY, CUSTODIAN], ids=lambda by: by.name)
def test_auditors_and_custodians_may_take_personal_values(opened, by):
    both = {"auditor", "process_owner", "custodian"}
    engine = opened(signing=lambda: SIGNER, policy=Policy(readers=frozenset(both)))
    assert exported(engine, loan(engine), by=by, personal=True)[1].files


def test_nobody_else_takes_anything(engine):
    case = loan(engine)
    for by in (ANN, SUE):
        with pytest.raises((NotAllowed, NotFound)):
            exported(engine, case, by=by)
    assert exported(engine, case, by=READER)
    with pytest.raises(NotAllowed):
        exported(engine, case, by=READER, personal=True)
    with pytest.raises(NotFound):
        exported(engine, type("Case", (), {"id": "77"}), by=AUDREY)
    assert [row["actor"] for row in rows(engine, "reading")] == ["rita"]


def test_a_confidential_case_is_not_there_for_who_may_not_see_it(engine):
    engine.deploy(tiny.one_task("alert", process={"confidentiality": "aml"}), by=OLGA)
    case = engine.start("alert", by=SYSTEM)
    with pytest.raises(NotFound):
        exported(engine, case, by=AUDREY)


@pytest.mark.parametrize("reason", ["", "   ", "why"])
def test_a_reason_is_asked_for(engine, reason):
    with pytest.raises(Refusal):
        exported(engine, loan(engine), reason=reason)
    assert rows(engine, "reading") == []


def test_its_bytes_are_a_function_of_what_is_in_it(engine, clock):
    case, other = loan(engine), loan(engine)
    assert exported(engine, case, other) == exported(engine, other, case, other)
    names = zipfile.ZipFile(io.BytesIO(exported(engine, case, other)[0])).namelist()
    assert names == sorted(names) and len(set(names)) == len(names)


def test_a_selection_holds_what_is_shared_once(engine, tmp_path):
    cases = [loan(engine, sealed=False) for _ in range(3)]
    engine.seal()
    body, _ = exported(engine, *cases)
    names = unpacked(body).keys()
    assert sum(name.endswith("loan.bpmn") for name in names) == 1 and "checkpoints/1.json" in names
    assert {f"cases/{case.number}/dossier.en.html" for case in cases} | {"dossier.en.html"} < names
    report = found(body, tmp_path)
    assert report.wrong == [] and sum("is sealed by checkpoint" in line for line in report.right) == 3


def test_too_much_is_refused_and_not_on_record(engine):
    with pytest.raises(TooMuch):
        exported(engine, loan(engine), largest=20_000)
    assert rows(engine, "reading") == []


@pytest.mark.parametrize("disposition", ["erased", "restricted", "anonymised"])
def test_what_was_disposed_of_is_told_by_its_step(opened, tmp_path, disposition):
    engine = opened(signing=lambda: SIGNER, policy=Policy(readers=frozenset({"auditor", "custodian"})))
    case = loan(engine)
    engine.dispose(case.id, disposition, under="DT-10 row 3", by=CUSTODIAN, reason="she asks", references=["1.3.2"])
    body, _ = exported(engine, case, by=AUDREY, personal=True)
    assert not any(b"13800001111" in one for one in unpacked(body).values())
    one = json.loads(unpacked(body)[f"cases/{case.number}/vault.json"])[2]
    told = {"status": disposition, "by": "carl", "under": "DT-10 row 3", "step": 5, "reason": "she asks"}
    assert {name: one[name] for name in told} == told and "canonical" not in one
    report = found(body, tmp_path)
    assert report.wrong == [] and any(
        "2 included as committed to, 0 withheld, 1 disposed" in one for one in report.right
    )


def test_a_value_that_is_gone_without_a_step_is_found(engine, tmp_path):
    case = loan(engine)
    with unguarded(engine) as connection:
        connection.exec_driver_sql("UPDATE vault SET value = NULL, salt = NULL WHERE seq = 3 AND n = 1")
    report = found(exported(engine, case, by=AUDREY)[0], tmp_path)
    assert ["1.3.1" in line for line in report.wrong] == [True]


def test_a_legal_hold_is_told(opened, tmp_path):
    engine = opened(signing=lambda: SIGNER, policy=Policy(readers=frozenset({"auditor", "custodian"})))
    case = loan(engine)
    engine.hold(case.id, by=CUSTODIAN, reason="a lawsuit")
    body, _ = exported(engine, case)
    hold = json.loads(unpacked(body)[f"cases/{case.number}/case.json"])["hold"]
    assert (hold["by"], hold["reason"], hold["step"]) == ("carl", "a lawsuit", 5) and found(body, tmp_path).wrong == []
    engine.release_hold(case.id, by=CUSTODIAN, reason="it is over")
    body, _ = exported(engine, case)
    assert json.loads(unpacked(body)[f"cases/{case.number}/case.json"])["hold"] is None
    assert found(body, tmp_path).wrong == []


def test_a_case_that_somebody_tampered_with_can_be_taken_and_is_found(engine, tmp_path):
    case = loan(engine)
    with unguarded(engine) as connection:
        connection.exec_driver_sql("UPDATE step SET actor = 'eve' WHERE seq = 2")
    report = found(exported(engine, case, by=AUDREY)[0], tmp_path)
    assert len(report.wrong) == 1 and "step 3 is not bound to the one before" in report.wrong[0]


def test_without_a_seal_it_says_what_that_leaves_open(engine, tmp_path):
    report = found(exported(engine, loan(engine, sealed=False))[0], tmp_path)
    assert report.wrong == [] and any("no checkpoint seals it" in line for line in report.open)


def test_a_forged_bundle_with_a_key_of_its_own_is_found_by_the_key(opened, tmp_path):
    engine = opened(signing=lambda: Ed25519(bytes(32)))
    body, _ = exported(engine, loan(engine))
    assert found(body, tmp_path).wrong == []
    assert found(body, tmp_path, fingerprint(Ed25519(bytes(32)).public_key)).wrong == []
    assert any("by another key" in line for line in found(body, tmp_path, SIGNER.public_key.hex()).wrong)


def test_the_program_needs_nothing_but_an_old_python():
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 9))
    modules = {one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)}
    modules |= {name.name for one in ast.walk(tree) if isinstance(one, ast.Import) for name in one.names}
    standard = {"argparse", "collections.abc", "hashlib", "json", "os", "re", "sys", "typing", "zipfile", "zlib"}
    assert modules == standard | {"__future__"}


def test_the_program_says_everything_in_both_languages():
    for key, texts in program.TEXTS.items():
        english, chinese = texts
        assert set(program.re.findall(r"{(\w+)}", english)) == set(program.re.findall(r"{(\w+)}", chinese)), key


@pytest.mark.parametrize("arguments", [("nowhere.zip",), ("--key", "12"), ("--lang", "fr")], ids=str)
def test_a_wrong_call_is_no_finding(arguments, tmp_path):
    code, said, complaints = ran(*arguments, cwd=tmp_path)
    assert code == 2 and said == "" and "Traceback" not in complaints


def test_repacking_alone_breaks_nothing(engine, tmp_path):
    """What the tests of tampering rest on: files that nobody changed are right, with either manifest."""
    files = unpacked(exported(engine, loan(engine), personal=True)[0])
    assert found(repacked(files), tmp_path).wrong == found(repacked(files, again=False), tmp_path).wrong == []


def test_of_a_purged_case_its_row_and_its_seal_remain(engine, tmp_path):
    case, other = loan(engine, after=False), loan(engine)
    engine.complete(engine.tasks(case.id)[0].id, {"approved": True}, by=ANN)
    engine.seal()
    with engine.database.writing() as connection:
        assert (
            purge_case(engine.context, connection, int(case.id), policy="20 years", cutoff="9", by="carl") == "purged"
        )
    body, _ = exported(engine, case, other)
    report = found(body, tmp_path, SIGNER.public_key.hex())
    assert report.wrong == []
    assert any("purged on 2026-03-02" in line and "under 20 years" in line for line in report.right)
    files = unpacked(body)
    assert {name for name in files if case.number in name} == {
        f"cases/{case.number}/purge.json",
        f"cases/{case.number}/seals.json",
    }
    said = json.loads(files[f"cases/{case.number}/purge.json"])
    for name in said:
        changed = {**said, name: "x" if isinstance(said[name], str) else said[name] + 1}
        files[f"cases/{case.number}/purge.json"] = json.dumps(changed).encode()
        assert found(repacked(files), tmp_path).wrong, name
    with pytest.raises(NotFound):
        exported(engine, case, by=AUDREY)
