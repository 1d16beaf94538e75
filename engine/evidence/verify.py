#!/usr/bin/env python3
"""Check an evidence bundle of Fundcase, on a machine that has never seen Fundcase.

    python3 verify.py                       inside the unpacked folder
    python3 verify.py bundle.zip            without unpacking it
    python3 verify.py bundle.zip --key HEX  and say that the seals are by this key, or by the key with this SHA-256

It needs Python 3.9 or later and nothing else, reads only, and runs nothing of what it reads. The exit code is 0 where
all that was checked is right, 1 where something is wrong, 2 where it was called wrongly. Take it from whom you trust:
the copy inside of a bundle is a convenience.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO, Any

FORMAT, VERSION = "fundcase-evidence", 1
MOST_FILES = 200_000
LARGEST = 4_000_000_000  # bytes of a file
LARGEST_JSON = 64_000_000  # bytes of a file, or of a line, that is read at once
LONGEST_NUMBER = 100  # characters
CHUNK = 1 << 20
MOST_PLACES = 100  # that are named of one history
MANIFEST = "manifest.json"
HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
ROW = {"actor", "at", "case", "effects", "input", "kind", "prev_hash", "semantics", "seq", "state_hash"}
FACTS = {"bundle", "ended_at", "hold", "key", "number", "parent", "started_at", "started_by", "status", "version"}
CASE = {*FACTS, "head", "id", "steps"}
STATUS = {"suspended": "suspended", "resumed": "open", "cancelled": "cancelled"}
DISPOSED = ("erased", "restricted", "anonymised")
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, LookupError),
)  # whatever the standard library raises over bytes that are no archive

# What it says, in English and Chinese.
TEXTS = {
    # what is checked
    "bundle": ("Evidence bundle {name}", "证据包 {name}"),
    "exported": ("exported {at} by {by}; reason: {reason}", "导出时间 {at}，导出人 {by}；理由：{reason}"),
    "fingerprint": ("SHA-256 of its manifest: {digest}", "清单的SHA-256：{digest}"),
    # the words at the beginning of a line, and the result
    "right": ("right", "正确"),
    "wrong": ("WRONG", "错误"),
    "open": ("not checked", "未核验"),
    "all right": ("All that was checked is right.", "已核验的内容全部正确。"),
    "not right": ("{count} things are WRONG. Do not rely on this bundle.", "发现{count}处错误。请勿采信该证据包。"),
    # what is right
    "files": ("{count} files are those of the manifest, byte for byte", "{count}个文件与清单逐字节一致"),
    "chain": (
        "{case}: steps 1 to {steps} follow without a gap, each bound to the one before; head {head}",
        "{case}：第1至{steps}步连续无缺，逐步相扣；链首{head}",
    ),
    "state": ("{case}: the state is that of the last step", "{case}：状态与最后一步相符"),
    "facts": ("{case}: its facts are those of its steps", "{case}：工单信息与步骤相符"),
    "contents": (
        "{count} bundles, configurations and mappings that the histories name are here, byte for byte",
        "历史记录引用的{count}个流程包、配置与映射齐全，逐字节一致",
    ),
    "values": (
        "{case}: {count} personal values: {included} included as committed to, {withheld} withheld, {gone} disposed of",
        "{case}：个人信息{count}项：{included}项已提供且与承诺值相符，{withheld}项未提供，{gone}项已处置",
    ),
    "documents": (
        "{case}: {count} documents, {named} of them named in the history by their SHA-256",
        "{case}：文件{count}份，其中{named}份在历史记录中以SHA-256载明",
    ),
    "sealed": (
        "{case}: step {seq} is sealed by checkpoint {number} of {at}, signed with the key {key}",
        "{case}：第{seq}步已由检查点{number}（{at}）封存，签名密钥{key}",
    ),
    "key": ("every seal is by the key that you expect", "全部封存均由预期密钥签署"),
    "purged": (
        "{case}: purged on {at} by {by} under {policy}; {steps} steps, head {head}",
        "{case}：{at}由{by}依据{policy}清除；共{steps}步，链首{head}",
    ),
    # what is not checked
    "no key": (
        "whose keys signed the checkpoints: compare {keys} with what was published, or give it as --key",
        "检查点密钥的归属：请将{keys}与公布的密钥核对，或以 --key 给出",
    ),
    "not sealed": (
        "{case}: no checkpoint seals it, so a history that was rewritten as a whole would not show",
        "{case}：没有检查点封存，历史记录若被整体改写则无法发现",
    ),
    "after seal": (
        "{case}: no checkpoint seals steps {first} to {last} yet",
        "{case}：第{first}至{last}步尚无检查点封存",
    ),
    "elsewhere": (
        "{case}: {count} personal values belong to other cases, whose steps say what became of them",
        "{case}：{count}项个人信息属于其他工单，其处置载于该工单的步骤",
    ),
    "replay": (
        "whether effects and states follow from the inputs: a replay needs the engine (fundcase verify)",
        "步骤的结果与状态是否由输入得出：重放需要引擎（fundcase verify）",
    ),
    "beside": (
        "names of people, dossiers, documents that no step names: the manifest alone vouches for them; "
        "whoever exported the bundle can say whether its SHA-256 is on record",
        "人员姓名、卷宗及步骤未载明的文件：仅由清单保证。请向导出方确认清单的SHA-256是否登记在案",
    ),
    # what is wrong
    "unreadable": ("{where}: cannot be read ({why})", "{where}：无法读取（{why}）"),
    "no bundle": ("{where}: is no evidence bundle of this format", "{where}：不是该格式的证据包"),
    "path": ("{where}: is no safe path", "{where}：路径不安全"),
    "twice": ("{where}: is there twice", "{where}：重复出现"),
    "missing": ("{where}: is missing", "{where}：缺失"),
    "extra": ("{where}: is not in the manifest", "{where}：不在清单之内"),
    "changed": ("{where}: is not what the manifest says", "{where}：与清单不符"),
    "large": ("{where}: is too large", "{where}：过大"),
    "shape": ("{where}: {what} is not as it should be", "{where}：{what}不合规定"),
    "gap": ("{where}: step {seq} stands where step {expected} should", "{where}：应为第{expected}步之处为第{seq}步"),
    "broken chain": (
        "{where}: step {seq} is not bound to the one before: one of the two was changed, left out or put in its place",
        "{where}：第{seq}步与前一步不相扣：两者之一被更改、删除或替换",
    ),
    "other case": ("{where}: step {seq} is of another case", "{where}：第{seq}步属于其他工单"),
    "head": ("{where}: the last step is not the one that the case ends with", "{where}：最后一步并非工单的末步"),
    "other state": ("{where}: is not the state of the last step", "{where}：不是最后一步的状态"),
    "other fact": ("{where}: {what} is not what the steps say", "{where}：{what}与步骤不符"),
    "other content": ("{where}: is not what its digest says", "{where}：与摘要不符"),
    "not named": ("{where}: no history names it", "{where}：没有历史记录引用"),
    "reference": ("{where}: {what} is not what the steps refer to", "{where}：{what}与步骤所引用的不符"),
    "value": (
        "{where}: {what} is not the value that the history is committed to",
        "{where}：{what}与历史记录的承诺值不符",
    ),
    "disposal": ("{where}: no step says so of {what}", "{where}：没有步骤载明{what}的处置"),
    "document": ("{where}: {what} is not the document that is listed", "{where}：{what}不是所列文件"),
    "proof": ("{where}: the proof of checkpoint {number} does not hold", "{where}：检查点{number}的证明不成立"),
    "signature": ("{where}: the signature is not good", "{where}：签名无效"),
    "other key": ("{where}: is by another key than you expect: {found}", "{where}：签名密钥并非预期：{found}"),
    "checkpoint chain": ("{where}: is not bound to the checkpoint before", "{where}：与前一检查点不相扣"),
    "purge": ("{where}: its hash is not that of what it says", "{where}：散列值与内容不符"),
}


class Broken(Exception):
    """Something is wrong; `key` names the text, `data` fills it in."""

    def __init__(self, key: str, /, **data: object) -> None:
        super().__init__(key)
        self.key, self.data = key, data


class Report:
    """What was found: each line has a key of TEXTS and what is filled in."""

    def __init__(self, lang: str) -> None:
        self.index = 1 if lang == "zh" else 0
        self.right: list[str] = []
        self.wrong: list[str] = []
        self.open: list[str] = []

    def say(self, key: str, /, **data: object) -> str:
        """A text in the language; what the bundle says is shown without control characters, and not at any length."""
        return TEXTS[key][self.index].format(**{name: harmless(value) for name, value in data.items()})

    def add(self, error: Broken) -> None:
        """Note what is wrong."""
        self.wrong.append(self.say(error.key, **error.data))

    def lines(self) -> Iterator[str]:
        """All that there is to say, what is wrong last."""
        for word, texts in (("right", self.right), ("open", self.open), ("wrong", self.wrong)):
            for text in texts:
                yield f"[{self.say(word)}] {text}"
        yield self.say("not right", count=len(self.wrong)) if self.wrong else self.say("all right")


def harmless(value: object) -> str:
    """A value as it may be printed on a terminal."""
    text = str(value)
    text = text if len(text) <= 300 else text[:300] + "…"
    return "".join(one if one.isprintable() else f"\\x{ord(one):02x}" for one in text)


# -- the files of a bundle


class Folder:
    """A bundle that is unpacked."""

    def __init__(self, path: str) -> None:
        self.path, self.name = path, os.path.basename(os.path.abspath(path))

    def names(self) -> Iterator[str]:
        """The path of every file."""
        for folder, folders, files in os.walk(self.path):
            for one in [*files, *(one for one in folders if os.path.islink(os.path.join(folder, one)))]:
                full = os.path.join(folder, one)
                name = os.path.relpath(full, self.path).replace(os.sep, "/")
                if os.path.islink(full) or not os.path.isfile(full):
                    raise Broken("path", where=name)
                yield name

    def open(self, name: str) -> IO[bytes]:
        """A file, to be read."""
        return open(os.path.join(self.path, *name.split("/")), "rb")


class Archive:
    """A bundle as one ZIP; nothing of it is ever written anywhere."""

    def __init__(self, path: str) -> None:
        self.name, self.zip = os.path.basename(path), zipfile.ZipFile(path)

    def names(self) -> Iterator[str]:
        """The path of every file."""
        for one in self.zip.infolist():
            if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or one.flag_bits & 1:
                raise Broken("unreadable", where=one.filename, why="compression")
            yield one.filename

    def open(self, name: str) -> IO[bytes]:
        """A file, to be read."""
        return self.zip.open(name)


class Bundle:
    """The files of a bundle by their safe paths."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.names: dict[str, None] = {}
        for name in source.names():
            if not is_safe(name):
                raise Broken("path", where=name)
            if name in self.names:
                raise Broken("twice", where=name)
            if len(self.names) >= MOST_FILES:
                raise Broken("large", where=source.name)
            self.names[name] = None

    def chunks(self, name: str, most: int = LARGEST) -> Iterator[bytes]:
        """A file piece by piece."""
        if name not in self.names:
            raise Broken("missing", where=name)
        try:
            with self.source.open(name) as file:
                while chunk := file.read(CHUNK):
                    most -= len(chunk)
                    if most < 0:
                        raise Broken("large", where=name)
                    yield chunk
        except UNREADABLE as error:
            raise Broken("unreadable", where=name, why=type(error).__name__) from None

    def digest(self, name: str) -> tuple[str, int]:
        """The SHA-256 and the size of a file."""
        found, size = hashlib.sha256(), 0
        for chunk in self.chunks(name):
            found.update(chunk)
            size += len(chunk)
        return found.hexdigest(), size

    def read(self, name: str) -> bytes:
        """A file that is small enough to be read at once."""
        return b"".join(self.chunks(name, LARGEST_JSON))

    def json(self, name: str) -> Any:
        """A file of JSON."""
        return parsed(self.read(name), name)

    def lines(self, name: str) -> Iterator[bytes]:
        """A file line by line, however long it is; every line ends."""
        rest = b""
        for chunk in self.chunks(name):
            *whole, rest = (rest + chunk).split(b"\n")
            yield from whole
            if len(rest) > LARGEST_JSON:
                raise Broken("large", where=name)
        if rest:
            raise Broken("shape", where=name, what="the end of the last line")


def is_safe(name: str) -> bool:
    """Whether a path stays inside of the bundle on every system."""
    parts = name.split("/")
    return name.isprintable() and not any(one in ("", ".", "..") or "\\" in one or ":" in one for one in parts)


def parsed(body: bytes, where: str) -> Any:
    """JSON in which every name is there once, and no number is of an absurd length."""
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=each_once,
            parse_int=whole_number,
            parse_float=str,
            parse_constant=nothing,
        )
    except (ValueError, RecursionError) as error:
        raise Broken("unreadable", where=where, why=type(error).__name__) from None


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; ValueError where a name is there twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name is there twice")
    return found


def whole_number(text: str) -> int:
    """A whole number; ValueError where it is of a length that no bundle has."""
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return int(text)


def nothing(text: str) -> None:
    """Refuse what JSON has no word for."""
    raise ValueError(f"{text} is no number")


def canonical(value: Any) -> bytes:
    """Canonical JSON of texts in objects and of whole numbers; a bundle needs no other."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def sha256(body: bytes) -> bytes:
    """The SHA-256 of some bytes."""
    return hashlib.sha256(body).digest()


def need(value: Any, kind: type, where: str, what: str) -> Any:
    """A value that must be of a kind; a truth value is no number."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Broken("shape", where=where, what=what)
    return value


def need_hex(value: Any, where: str, what: str, length: int = 64) -> bytes:
    """Bytes in lower-case hexadecimal."""
    if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{length}}}", value, re.ASCII):
        raise Broken("shape", where=where, what=what)
    return bytes.fromhex(value)


# -- the checks


class Check:
    """One run over one bundle."""

    def __init__(self, bundle: Bundle, report: Report, keys: Sequence[str]) -> None:
        self.bundle, self.report, self.expected = bundle, report, keys
        self.named: set[str] = set()  # the folders and files whose content a history names
        self.checkpoints: dict[int, dict[str, Any]] = {}
        self.keys: dict[str, None] = {}  # the keys that signed

    def run(self) -> None:
        """Check everything; what is broken in one part does not hide what is in the others."""
        cases = self.manifest()
        for name in sorted(one for one in self.bundle.names if one.startswith("checkpoints/")):
            self.attempt(self.checkpoint, name)
        for case in cases:
            self.attempt(self.purged_case if case["purged"] else self.case, case["folder"], case)
        self.attempt(self.contents)
        self.attempt(self.checkpoint_chain)
        self.say_open()

    def attempt(self, check: Any, *given: Any) -> None:
        """Run a check and note what it finds."""
        try:
            check(*given)
        except Broken as error:
            self.report.add(error)

    def right(self, key: str, /, **data: object) -> None:
        """Note what is right."""
        self.report.right.append(self.report.say(key, **data))

    def manifest(self) -> list[dict[str, Any]]:
        """Check every file against the manifest; the cases that it lists."""
        found = self.bundle.json(MANIFEST)
        if not isinstance(found, dict) or (found.get("format"), found.get("version")) != (FORMAT, VERSION):
            raise Broken("no bundle", where=MANIFEST)
        files = need(found.get("files"), dict, MANIFEST, "files")
        for name in sorted(self.bundle.names):
            if name != MANIFEST and name not in files:
                self.report.add(Broken("extra", where=name))
        for name, said in sorted(files.items()):
            self.attempt(self.file, name, said)
        self.right("files", count=len(files))
        cases = need(found.get("cases"), list, MANIFEST, "cases")
        for case in cases:
            need(case, dict, MANIFEST, "cases")
            for what in ("id", "number", "folder"):
                need(case.get(what), str, MANIFEST, what)
            need(case.get("purged"), bool, MANIFEST, "purged")
        folders = {case["folder"] for case in cases}
        if len(folders) < len(cases) or not cases:
            raise Broken("shape", where=MANIFEST, what="cases")
        for name in self.bundle.names:
            if name.startswith("cases/") and "/".join(name.split("/")[:2]) not in folders:
                raise Broken("extra", where=name)
        return list(cases)

    def file(self, name: str, said: Any) -> None:
        """Check one file against its entry."""
        need(said, dict, MANIFEST, name)
        if self.bundle.digest(name) != (said.get("sha256"), said.get("size")):
            raise Broken("changed", where=name)

    # One case

    def case(self, folder: str, listed: dict[str, Any]) -> None:
        """Check one case."""
        where, number = f"{folder}/case.json", listed["number"]
        said = need(self.bundle.json(where), dict, where, "it")
        if odd := CASE ^ said.keys():
            raise Broken("shape", where=where, what=min(odd))
        if (said["id"], said["number"]) != (listed["id"], number):
            raise Broken("other fact", where=where, what="number")
        history = History(self.bundle, f"{folder}/steps.jsonl", listed["id"])
        self.attempt(history.read)
        for error in history.wrong:
            self.report.add(error)
        if (history.steps, history.head.hex()) != (said["steps"], said["head"]):
            raise Broken("head", where=where)
        if not history.wrong:
            self.right("chain", case=number, steps=history.steps, head=said["head"])
        self.named |= history.names
        self.attempt(self.state, folder, number, history)
        self.attempt(self.facts, where, said, history)
        self.attempt(self.values, folder, number, history)
        self.attempt(self.documents, folder, number, history)
        self.attempt(self.seals, folder, listed, history)

    def state(self, folder: str, number: str, history: History) -> None:
        """Check the state after the last step."""
        name = f"{folder}/state.json"
        if self.bundle.digest(name)[0] != history.state:
            raise Broken("other state", where=name)
        self.right("state", case=number)

    def facts(self, where: str, said: dict[str, Any], history: History) -> None:
        """Check what is said of a case against its steps."""
        for what, value in history.facts.items():
            if said[what] != value or type(said[what]) is not type(value):
                raise Broken("other fact", where=where, what=what)
        self.right("facts", case=said["number"])

    def values(self, folder: str, number: str, history: History) -> None:
        """Check that every personal value of the steps is listed, and that included ones are what was committed to."""
        where = f"{folder}/vault.json"
        listed = need(self.bundle.json(where), list, where, "it")
        found: dict[str, str] = {}
        count = {"included": 0, "withheld": 0, "gone": 0, "elsewhere": 0}
        for one in listed:
            need(one, dict, where, "an entry")
            name = need(one.get("reference"), str, where, "a reference")
            if name in found or history.references.get(name) != one.get("sha256"):
                raise Broken("reference", where=where, what=name)
            found[name] = one["sha256"]
            count[self.value(where, name, one, history)] += 1
        if missing := history.references.keys() - found.keys():
            raise Broken("reference", where=where, what=min(missing))
        if elsewhere := count.pop("elsewhere"):
            self.report.open.append(self.report.say("elsewhere", case=number, count=elsewhere))
            count["gone"] += elsewhere
        if found:
            self.right("values", case=number, count=len(found), **count)

    def value(self, where: str, name: str, said: dict[str, Any], history: History) -> str:
        """Check one personal value; what was disposed of is so by a step."""
        status, disposal = said.get("status"), history.disposals.get(name)
        if status in DISPOSED and name.partition(".")[0] != history.id:
            return "elsewhere"
        if status in DISPOSED:
            told = {what: said.get(what) for what in ("step", "at", "by", "under")}
            if disposal is None or status != disposal["status"] or told != {what: disposal[what] for what in told}:
                raise Broken("disposal", where=where, what=name)
            return "gone"
        if disposal is not None or status not in ("included", "withheld"):
            raise Broken("disposal", where=where, what=name)
        if status == "withheld":
            return "withheld"
        salt = need_hex(said.get("salt"), where, name, 32)
        value = need(said.get("canonical"), str, where, name)
        if sha256(salt + encoded(value, where)).hex() != said["sha256"]:
            raise Broken("value", where=where, what=name)
        return "included"

    def documents(self, folder: str, number: str, history: History) -> None:
        """Check that every listed document is here, and which of them the history names."""
        where = f"{folder}/documents.json"
        listed = need(self.bundle.json(where), list, where, "it")
        files, named = set(), 0
        for one in listed:
            need(one, dict, where, "an entry")
            file, digest = need(one.get("file"), str, where, "file"), one.get("sha256")
            name = f"{folder}/documents/{file}"
            if name in files or not is_safe(name) or self.bundle.digest(name)[0] != digest:
                raise Broken("document", where=where, what=file)
            files.add(name)
            is_named = digest in history.digests
            if one.get("named") is not is_named:
                raise Broken("document", where=where, what=file)
            named += is_named
        for name in self.bundle.names:
            if name.startswith(f"{folder}/documents/") and name not in files:
                raise Broken("extra", where=name)
        if files:
            self.right("documents", case=number, count=len(files), named=named)

    # Content that histories name

    def contents(self) -> None:
        """Check that what the histories name by its digest is here, and nothing else."""
        folders: dict[str, dict[str, str]] = {}
        found: set[str] = set()
        for name in self.bundle.names:
            kind, _, rest = name.partition("/")
            if kind == "bundles":
                digest, _, path = rest.partition("/")
                folders.setdefault(f"bundles/{digest}", {})[path] = self.bundle.digest(name)[0]
            elif kind in ("configurations", "mappings"):
                found.add(name)
                if name != f"{kind}/{self.bundle.digest(name)[0]}.json":
                    raise Broken("other content", where=name)
        for folder, files in folders.items():
            found.add(folder)
            if folder != f"bundles/{sha256(canonical(files)).hex()}":
                raise Broken("other content", where=folder)
        for name in sorted(self.named - found):
            raise Broken("missing", where=name)
        for name in sorted(found - self.named):
            raise Broken("not named", where=name)
        self.right("contents", count=len(found))

    # Checkpoints

    def checkpoint(self, name: str) -> None:
        """Check the signature of a checkpoint."""
        said = need(self.bundle.json(name), dict, name, "it")
        body = encoded(need(said.get("body"), str, name, "body"), name)
        public = need_hex(said.get("public_key"), name, "public_key")
        signature = need_hex(said.get("signature"), name, "signature", 128)
        told = need(parsed(body, name), dict, name, "body")
        number = need(told.get("number"), int, name, "number")
        need(told.get("cases"), int, name, "cases")
        for what in ("root", "prev", "key", "purges"):
            need_hex(told.get(what), name, what)
        if told["key"] != sha256(public).hex() or not is_signed(public, body, signature):
            raise Broken("signature", where=name)
        self.keys[told["key"]] = None
        if self.expected and not {told["key"], public.hex()} & set(self.expected):
            raise Broken("other key", where=name, found=told["key"])
        if name != f"checkpoints/{number}.json":
            raise Broken("shape", where=name, what="number")
        self.checkpoints[number] = {**told, "at": str(told.get("at")), "digest": sha256(body).hex()}

    def checkpoint_chain(self) -> None:
        """Check that checkpoints that follow one another are bound to one another."""
        for number, one in self.checkpoints.items():
            before = self.checkpoints.get(number - 1)
            if before is not None and one["prev"] != before["digest"]:
                raise Broken("checkpoint chain", where=f"checkpoints/{number}.json")

    def seals(self, folder: str, listed: dict[str, Any], history: History) -> None:
        """Check which steps of a case are sealed by which checkpoint."""
        last = 0
        for one in self.proofs(folder, listed["id"]):
            if history.heads.get(one["seq"]) != one["head"]:
                raise Broken("proof", where=f"{folder}/seals.json", number=one["number"])
            last = max(last, one["seq"])
            sealed = {name: one[name] for name in ("seq", "number", "at", "key")}
            self.right("sealed", case=listed["number"], **sealed)
        if last == 0:
            self.report.open.append(self.report.say("not sealed", case=listed["number"]))
        elif last < history.steps:
            text = self.report.say("after seal", case=listed["number"], first=last + 1, last=history.steps)
            self.report.open.append(text)

    def proofs(self, folder: str, id: str) -> Iterator[dict[str, Any]]:
        """The heads of a case that checkpoints hold, each proved by its path to the root."""
        where = f"{folder}/seals.json"
        for one in need(self.bundle.json(where), list, where, "it"):
            need(one, dict, where, "an entry")
            number = need(one.get("checkpoint"), int, where, "checkpoint")
            checkpoint = self.checkpoints.get(number)
            leaf = encoded(need(one.get("leaf"), str, where, "leaf"), where)
            told = need(parsed(leaf, where), dict, where, "leaf")
            path = [need_hex(text, where, "path") for text in need(one.get("path"), list, where, "path")]
            index, size = need(one.get("index"), int, where, "index"), need(one.get("size"), int, where, "size")
            if checkpoint is None or size != checkpoint["cases"] or told.get("case") != id:
                raise Broken("proof", where=where, number=number)
            root = root_from(sha256(b"\0" + leaf), index, size, path)
            if root is None or root.hex() != checkpoint["root"]:
                raise Broken("proof", where=where, number=number)
            head = {"seq": need(told.get("seq"), int, where, "seq"), "head": told.get("head")}
            yield {**head, "number": number, "at": checkpoint["at"], "key": checkpoint["key"]}

    # A case that retention has deleted

    def purged_case(self, folder: str, listed: dict[str, Any]) -> None:
        """Check what is left of a case: the row of its purge, and what seals its head."""
        where = f"{folder}/purge.json"
        said = dict(need(self.bundle.json(where), dict, where, "it"))
        own = need_hex(said.pop("hash", None), where, "hash")
        before = need_hex(said.get("prev_hash"), where, "prev_hash")
        if (said.get("case"), said.get("number")) != (listed["id"], listed["number"]):
            raise Broken("other fact", where=where, what="number")
        if sha256(before + canonical(said)) != own:
            raise Broken("purge", where=where)
        sealed = list(self.proofs(folder, listed["id"]))
        told = {name: said.get(name) for name in ("at", "by", "policy", "steps", "head")}
        self.right("purged", case=listed["number"], **told)
        for one in sealed:
            if one["seq"] == said.get("steps") and one["head"] != said.get("head"):
                raise Broken("proof", where=f"{folder}/seals.json", number=one["number"])
            facts = {name: one[name] for name in ("seq", "number", "at", "key")}
            self.right("sealed", case=listed["number"], **facts)
        if not any(one["seq"] == said.get("steps") for one in sealed):
            self.report.open.append(self.report.say("not sealed", case=listed["number"]))

    def say_open(self) -> None:
        """Say what this program cannot check."""
        if self.keys and self.expected:
            self.right("key")
        elif self.keys:
            self.report.open.append(self.report.say("no key", keys=", ".join(self.keys)))
        for key in ("replay", "beside"):
            self.report.open.append(self.report.say(key))


class History:
    """The steps of a case, read once from first to last."""

    def __init__(self, bundle: Bundle, name: str, id: str) -> None:
        self.bundle, self.name, self.id = bundle, name, id
        self.steps, self.head, self.state = 0, bytes(32), ""
        self.heads: dict[int, str] = {}  # the hash of each step
        self.names: set[str] = set()  # the content that the steps name
        self.references: dict[str, str] = {}  # personal values: the commitment of each
        self.disposals: dict[str, dict[str, Any]] = {}
        self.digests: set[str] = set()  # all that looks like a SHA-256
        self.facts: dict[str, Any] = {}
        self.wrong: list[Broken] = []

    def read(self) -> None:
        """Read and check the chain; what the later checks ask for is kept."""
        for line in self.bundle.lines(self.name):
            row = need(parsed(line, self.name), dict, self.name, f"line {self.steps + 1}")
            expected = self.steps + 1
            if row.keys() != ROW:
                raise Broken("shape", where=self.name, what=f"line {expected}")
            if row["seq"] != expected or isinstance(row["seq"], bool):
                self.note_wrong("gap", seq=row["seq"], expected=expected)
            if row["case"] != self.id:
                self.note_wrong("other case", seq=row["seq"])
            if row["prev_hash"] != self.head.hex():
                self.note_wrong("broken chain", seq=row["seq"])
                self.head = need_hex(row["prev_hash"], self.name, "prev_hash")
            need_hex(row["state_hash"], self.name, "state_hash")
            self.head = sha256(self.head + line)
            self.steps, self.state = need(row["seq"], int, self.name, "seq"), row["state_hash"]
            self.heads[self.steps] = self.head.hex()
            self.digests.update(HEX.findall(line.decode("utf-8")))
            self.note(row)
        if not self.steps:
            raise Broken("shape", where=self.name, what="line 1")

    def note_wrong(self, key: str, **data: object) -> None:
        """Keep what is wrong and read on, so that every place is named; where nothing fits, some are enough."""
        self.wrong.append(Broken(key, where=self.name, **data))
        if len(self.wrong) > MOST_PLACES:
            raise self.wrong.pop()

    def note(self, row: dict[str, Any]) -> None:
        """Keep what a step says of the case, its content and its personal values."""
        given = need(row["input"], dict, self.name, f"input of step {row['seq']}")
        kind, seq = need(row["kind"], str, self.name, "kind"), row["seq"]
        if seq == 1:
            self.facts = {name: given.get(name) for name in ("key", "number", "version", "bundle")}
            self.facts |= {"started_at": row["at"], "started_by": row["actor"], "status": "open"}
            self.facts |= {"parent": given.get("parent"), "ended_at": None, "hold": None}
        if kind == "migrated":
            self.facts |= {name: given.get(name) for name in ("version", "bundle")}
        self.note_status(row, kind)
        if kind in ("hold_placed", "hold_released"):
            placed = {"step": seq, "at": row["at"], "by": row["actor"], "reason": given.get("reason")}
            self.facts["hold"] = placed if kind == "hold_placed" else None
        bound = given.get("bound")
        bundles = [given.get("bundle"), *(bound.values() if isinstance(bound, dict) else ())]
        self.names |= {f"bundles/{one}" for one in bundles if isinstance(one, str)}
        if isinstance(given.get("config"), str):
            self.names.add(f"configurations/{given['config']}.json")
        if isinstance(given.get("declared"), str):
            self.names.add(f"mappings/{given['declared']}.json")
        for name, commitment in references(given):
            if self.references.setdefault(name, commitment) != commitment:
                raise Broken("reference", where=self.name, what=name)
        if kind == "disposed":
            self.note_disposal(row, given)

    def note_status(self, row: dict[str, Any], kind: str) -> None:
        """Keep how the case stands after a step."""
        effects = need(row["effects"], list, self.name, f"effects of step {row['seq']}")
        if kind in STATUS:
            self.facts["status"] = STATUS[kind]
        elif any(isinstance(one, list) and one[:1] == ["ended"] for one in effects):
            self.facts["status"] = "completed"
        if self.facts.get("status") in ("completed", "cancelled") and not self.facts.get("ended_at"):
            self.facts["ended_at"] = row["at"]

    def note_disposal(self, row: dict[str, Any], given: dict[str, Any]) -> None:
        """Keep what became of personal values, by whom and under which rule."""
        said = {"status": given.get("disposition"), "step": row["seq"], "at": row["at"], "by": row["actor"]}
        for name in need(given.get("references"), list, self.name, "references"):
            self.disposals[need(name, str, self.name, "references")] = {**said, "under": given.get("under")}


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Every reference to the vault in some data, with its commitment."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and one.keys() == {"$vault", "sha256"}:
            yield str(one["$vault"]), str(one["sha256"])
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def encoded(text: str, where: str) -> bytes:
    """The bytes of a text; half of a character has none."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise Broken("unreadable", where=where, why="UTF-8") from None


# -- the Merkle tree of RFC 6962, section 2.1


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's path leads to; None where the path is not of such a tree (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size or size.bit_length() > 64:
        return None
    first, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if first & 1 or first == last:
            found = sha256(b"\1" + sibling + found)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + sibling)
        first, last = first >> 1, last >> 1
    return found if last == 0 else None


# -- Ed25519, RFC 8032, section 5.1: verification alone, so nothing here is secret

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT = pow(2, (PRIME - 1) // 4, PRIME)  # of minus one
# A point is (X, Y, Z, T): x = X/Z, y = Y/Z, x*y = T/Z.


def added(p: Any, q: Any) -> Any:
    """The sum of two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % PRIME, (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c, d = 2 * p[3] * q[3] * CURVE % PRIME, 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def times(number: int, point: Any) -> Any:
    """A point, so many times."""
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = added(found, point)
        point, number = added(point, point), number >> 1
    return found


def point_of(body: bytes) -> Any:
    """The point that 32 bytes stand for, or None."""
    y = int.from_bytes(body, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    x = PRIME - x if x & 1 != sign else x
    return (x, y, 1, x * y % PRIME)


BASE = point_of((4 * pow(5, PRIME - 2, PRIME) % PRIME).to_bytes(32, "little"))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a signature of a message is by the owner of a public key."""
    key, commitment = point_of(public), point_of(signature[:32])
    answer = int.from_bytes(signature[32:], "little")
    if len(public) != 32 or len(signature) != 64 or key is None or commitment is None or answer >= ORDER:
        return False
    asked = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    left, right = times(answer, BASE), added(commitment, times(asked, key))
    return all((left[axis] * right[2] - right[axis] * left[2]) % PRIME == 0 for axis in (0, 1))


# -- the program


def checked(path: str, report: Report, keys: Sequence[str] = ()) -> list[str]:
    """Check a bundle; what it says of itself, for the head of the answer."""
    heading = [report.say("bundle", name=os.path.basename(os.path.abspath(path)))]
    try:
        bundle = Bundle(Folder(path) if os.path.isdir(path) else Archive(path))
        heading += introduction(bundle, report)
        Check(bundle, report, keys).run()
    except Broken as error:
        report.add(error)
    except (*UNREADABLE, RecursionError, MemoryError) as error:
        report.add(Broken("unreadable", where=os.path.basename(path), why=type(error).__name__))
    return heading


def introduction(bundle: Bundle, report: Report) -> list[str]:
    """Who exported it, when and why, as it says; and by which digest it is known."""
    said = bundle.json(MANIFEST)
    exported = said.get("exported") if isinstance(said, dict) else None
    found = [report.say("fingerprint", digest=bundle.digest(MANIFEST)[0])]
    if isinstance(exported, dict):
        found.insert(0, report.say("exported", **{name: exported.get(name) for name in ("at", "by", "reason")}))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a bundle and print what was found."""
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", default=here, help="a ZIP or a folder; default: where this file lies")
    parser.add_argument("--key", action="append", default=[], metavar="HEX", help="the key that must have sealed it")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
    options = parser.parse_args(arguments)
    keys = [one.strip().lower() for one in options.key]
    if not os.path.exists(options.bundle):
        parser.error(f"there is no {options.bundle}")
    if not all(HEX.fullmatch(one) for one in keys):
        parser.error("a key is 64 characters of 0 to 9 and a to f")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    report = Report(options.lang)
    heading = checked(options.bundle, report, keys)
    print("\n".join([*heading, "", *report.lines()]))
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
