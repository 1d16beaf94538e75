"""Whatever somebody changes in a bundle is found, even where the manifest was made to fit; nothing makes it stumble."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from functools import cache
from hashlib import sha256

import pytest

from engine import FixedClock, open_engine
from engine.canonical import canonical, read
from tests.conftest import START
from tests.engine.evidence.bundles import SIGNER, exported, found, loan, ran, repacked, unpacked

KEY = SIGNER.public_key.hex()
BESIDE = ("people.json", "dossier.en.html", "verify.py")  # the manifest alone vouches for these


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The files of a bundle of one case with its personal values."""
    url = f"sqlite:///{tmp_path_factory.mktemp('evidence') / 'cases.db'}"
    with open_engine(url, clock=FixedClock(START), signing=lambda: SIGNER) as engine:
        case = loan(engine)
        return unpacked(exported(engine, case, personal=True)[0])


@pytest.fixture
def wrong(tmp_path):
    """What is wrong with files, whose manifest is made to fit unless `again` says no."""

    def look(changed, *, again=True):
        return found(repacked(changed, again=again), tmp_path, KEY).wrong

    return look


def own(files, name):
    """The path of a file of the case."""
    return next(path for path in files if path.endswith(f"/{name}"))


def other(value):
    """Another value of the same kind."""
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    return [*value, 1] if isinstance(value, list) else {**value, "more": 1}


def rows_changed(files):
    """The steps with each field of each row changed in turn."""
    lines = files[own(files, "steps.jsonl")].splitlines()
    for number, line in enumerate(lines):
        row = read(line)
        for name, value in row.items():
            fresh = canonical({**row, name: other(value)})
            yield f"{number + 1}.{name}", [*lines[:number], fresh, *lines[number + 1 :]]


def test_every_field_of_every_step(files, wrong):
    path = own(files, "steps.jsonl")
    missed = [what for what, lines in rows_changed(files) if not wrong({**files, path: joined(lines)})]
    assert missed == []


def joined(lines):
    return b"".join(line + b"\n" for line in lines)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows[:-1], "the last step is not the one that the case ends with"),
        (lambda rows: rows[1:], "step 2 stands where step 1 should"),
        (lambda rows: [rows[0], *rows[2:]], "step 3 stands where step 2 should"),
        (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], "step 3 stands where step 2 should"),
        (lambda rows: [rows[0], rows[0], *rows[1:]], "step 1 stands where step 2 should"),
        (lambda rows: [], "line 1 is not as it should be"),
    ],
    ids=["cut off", "first left out", "left out", "turned round", "twice", "all gone"],
)
def test_steps_that_are_not_where_they_should_be(files, wrong, change, said):
    path = own(files, "steps.jsonl")
    assert any(said in line for line in wrong({**files, path: joined(change(files[path].splitlines()))}))


def test_a_history_that_was_written_anew_is_not_that_which_was_sealed(files, wrong):
    """Who forges all that follows from a changed step, down to the manifest, has still not got the key."""
    path, before, lines = own(files, "steps.jsonl"), bytes(32), list[bytes]()
    for line in files[path].splitlines():
        row = read(line) | {"prev_hash": before.hex()}
        lines.append(canonical(row | {"actor": "eve"} if row["seq"] == 2 else row))
        before = sha256(before + lines[-1]).digest()
    said = json.loads(files[own(files, "case.json")]) | {"head": before.hex()}
    changed = {**files, path: joined(lines), own(files, "case.json"): canonical(said)}
    assert [line for line in wrong(changed) if "checkpoint 1 does not hold" in line] == wrong(changed) != []


def entries_changed(value):
    """A JSON value with every value in it changed in turn, and every entry left out in turn."""
    if isinstance(value, dict):
        for name, inside in value.items():
            yield f"{name} left out", {key: one for key, one in value.items() if key != name}
            yield from ((f"{name}.{what}", {**value, name: one}) for what, one in entries_changed(inside))
    elif isinstance(value, list):
        for n, inside in enumerate(value):
            yield f"{n} left out", value[:n] + value[n + 1 :]
            changed = entries_changed(inside)
            yield from ((f"{n}.{what}", [*value[:n], one, *value[n + 1 :]]) for what, one in changed)
    else:
        yield "changed", other(value)


# What only words it, and what the absence of which is said to be open.
HARMLESS = {
    "vault.json": ("field",),
    "documents.json": ("title", "at"),
    "seals.json": ("0 left out",),
}


@pytest.mark.parametrize("name", ["case.json", "vault.json", "seals.json", "documents.json", "1.json"])
def test_every_value_of_what_is_said_beside_the_steps(files, wrong, name):
    path, harmless, missed = own(files, name), HARMLESS.get(name, ()), []
    for what, value in entries_changed(json.loads(files[path])):
        changed = wrong({**files, path: canonical(value)})
        if not changed and not any(part in what for part in harmless):
            missed.append(what)
    assert missed == []


def spoilt(body):
    """Some bytes with one of them changed: the first, one in the middle, the last; and one more, and one less."""
    for place in sorted({0, len(body) // 2, len(body) - 1}):
        yield body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    yield body + b"\n"
    yield body[:-1]


def test_every_file_whose_digest_something_names(files, wrong):
    """Though the manifest fits: what is JSON of the bundle itself has a test of its own."""
    told = ("case.json", "vault.json", "seals.json", "documents.json", "manifest.json", "people.json", "1.json")
    proved = [path for path in files if not path.endswith((*told, ".html", "verify.py"))]
    assert len(proved) == 10
    for path in proved:
        assert all(wrong({**files, path: fresh}) for fresh in spoilt(files[path])), path


@pytest.mark.slow
def test_every_file_against_the_manifest(files, wrong):
    for path, body in files.items():
        if path != "manifest.json":
            assert all(wrong({**files, path: fresh}, again=False) for fresh in spoilt(body)), path
            assert wrong({name: one for name, one in files.items() if name != path}, again=False), path


def test_every_file_that_is_missing(files, wrong):
    for path in files:
        if path not in BESIDE:
            assert wrong({name: body for name, body in files.items() if name != path}), path


def test_files_that_are_not_in_the_manifest(files, wrong):
    assert any("is not in the manifest" in line for line in wrong({**files, "more.txt": b""}, again=False))
    for path in ("cases/other/steps.jsonl", f"bundles/{'0' * 64}/x.bpmn", "configurations/x.json"):
        assert wrong({**files, path: b"{}"}), path
    assert wrong({**files, own(files, "001-letter.txt").replace("001", "003"): b"Dear customer"})


def test_a_value_that_is_said_to_be_erased_and_is_not(files, wrong):
    path = own(files, "vault.json")
    first, *rest = json.loads(files[path])
    gone = {name: first[name] for name in ("reference", "sha256", "field")} | {"status": "erased"}
    for claim in ({}, {"step": 2, "at": "2026-03-02T01:00:00.000000Z", "by": "ann", "under": "x", "reason": "y"}):
        changed = canonical([gone | claim, *rest])
        assert any("no step says so of 1.1.1" in line for line in wrong({**files, path: changed}))


# -- hostile files


def archive(*entries):
    """A ZIP of entries, which may be there twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, body in entries:
            made.writestr(name, body)
    return out.getvalue()


def encrypted(body):
    """The same archive, whose first entry says that it is encrypted."""
    place = body.index(b"PK\x01\x02") + 8
    return body[:place] + struct.pack("<H", 1) + body[place + 2 :]


@cache
def deep():
    return b"[" * 200_000 + b"]" * 200_000


HOSTILE = {
    "nothing": lambda files: b"",
    "no archive": lambda files: b"PK\x03\x04 and then nothing",
    "cut off": lambda files: repacked(files)[:-40],
    "no manifest": lambda files: archive(("a.txt", b"")),
    "a manifest of something else": lambda files: archive(("manifest.json", b'{"format": "zip"}')),
    "a manifest that is a list": lambda files: archive(("manifest.json", b"[]")),
    "a manifest of no cases": lambda files: archive(
        ("manifest.json", b'{"format":"fundcase-evidence","version":1,"cases":[],"files":{}}')
    ),
    "a path that leads out": lambda files: archive(*files.items(), ("../evil.py", b"")),
    "an absolute path": lambda files: archive(*files.items(), ("/etc/passwd", b"")),
    "a path of another system": lambda files: archive(*files.items(), ("C:\\evil.py", b"")),
    "a name for the terminal": lambda files: archive(*files.items(), ("\x1b[2J", b"")),
    "a name that is there twice": lambda files: archive(*files.items(), ("people.json", b"{}")),
    "something encrypted": lambda files: encrypted(repacked(files)),
    "a bomb": lambda files: archive(("manifest.json", b" " * 70_000_000)),
    "brackets in brackets": lambda files: archive(("manifest.json", deep())),
    "a huge number": lambda files: archive(("manifest.json", b'{"version": ' + b"9" * 1_000_000 + b"}")),
    "no number": lambda files: archive(("manifest.json", b'{"version": NaN}')),
    "no UTF-8": lambda files: archive(("manifest.json", b'"\xff\xfe"')),
    "a name of JSON twice": lambda files: archive(("manifest.json", b'{"version": 1, "version": 1}')),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_get_a_clear_answer(files, tmp_path, name):
    report = found(HOSTILE[name](files), tmp_path)
    assert len(report.wrong) >= 1 and not any("\x1b" in line for line in report.wrong)
    assert list(report.lines())[-1].endswith("Do not rely on this bundle.")


NOT_THERE = ("", " ", 0, -1, 10**30, 1.5, True, None, [], {}, ["x"], {"x": 1}, "\x00", "\ud800", "x" * 10_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["manifest.json", "case.json", "vault.json", "seals.json", "documents.json", "1.json"])
def test_values_of_any_kind_make_nothing_stumble(files, tmp_path, name):
    """The answer is that it is wrong, or that nothing depends on it; never an error of the program."""
    path = next(one for one in files if one.split("/")[-1] == name)
    said = json.loads(files[path])
    whole = said if isinstance(said, dict) else said[0]
    for key in whole:
        for value in NOT_THERE:
            changed = {**whole, key: value}
            body = json.dumps(changed if isinstance(said, dict) else [changed, *said[1:]]).encode()
            found(repacked({**files, path: body}, again=name != "manifest.json"), tmp_path)
    for value in NOT_THERE:
        assert found(repacked({**files, path: json.dumps(value).encode()}, again=name != "manifest.json"), tmp_path)


@pytest.mark.slow
def test_steps_of_any_kind_make_nothing_stumble(files, tmp_path):
    path = own(files, "steps.jsonl")
    first, *rest = files[path].splitlines()
    row = json.loads(first)
    for name in row:
        for value in NOT_THERE:
            fresh = json.dumps({**row, name: value}).encode()
            assert found(repacked({**files, path: joined([fresh, *rest])}), tmp_path).wrong
    for line in (b"", b"{", b"[]", b"\xff", deep()[:1000]):
        assert found(repacked({**files, path: joined([first, line])}), tmp_path).wrong


def test_the_program_itself_says_what_is_wrong_by_its_exit_code(files, tmp_path):
    (tmp_path / "bad.zip").write_bytes(repacked({**files, "people.json": b"{}"}, again=False))
    code, said, complaints = ran(tmp_path / "bad.zip", "--lang", "zh")
    assert code == 1 and "[错误] people.json：与清单不符" in said and complaints == ""
    (tmp_path / "worse.zip").write_bytes(b"PK")
    code, said, complaints = ran(tmp_path / "worse.zip")
    assert code == 1 and "[WRONG] worse.zip: cannot be read (BadZipFile)" in said and complaints == ""


def test_an_unpacked_bundle_with_a_link_that_leads_out(files, tmp_path):
    with zipfile.ZipFile(io.BytesIO(repacked(files))) as packed:
        packed.extractall(tmp_path / "there")
    (tmp_path / "there" / "people.json").unlink()
    (tmp_path / "there" / "people.json").symlink_to("/etc/hostname")
    code, said, complaints = ran(tmp_path / "there")
    assert code == 1 and "people.json: is no safe path" in said and complaints == ""
