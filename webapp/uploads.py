"""Files that somebody uploads as a bundle: a zip archive or loose files, within limits, under safe paths."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from zlib import error as ZlibError

from werkzeug.datastructures import FileStorage

MOST_FILES = 200
LARGEST = 8_000_000  # bytes of all files, unpacked
LANGUAGES = ("zh.json", "en.json")
ENTRY = b"PK\x01\x02"  # what each entry of an archive's directory begins with
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may ask for gigabytes before they say a word
BROKEN = (  # whatever the standard library raises over bytes that are no archive
    *(zipfile.BadZipFile, ZlibError, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, LookupError),
)
BESIDE = ("__MACOSX", ".DS_Store", "Thumbs.db")

Files = dict[str, bytes]


class UnreadableUpload(ValueError):
    """The upload cannot be read as files of a bundle; the message is a key of `proposing.UNREADABLE`."""


def read_upload(given: Iterable[FileStorage]) -> Files:
    """The files of an upload by their path in the bundle."""
    found: Files = {}
    for one in given:
        name, body = PurePosixPath((one.filename or "").replace("\\", "/")).name, one.read()
        if not name:
            continue
        found |= unzipped(body) if name.lower().endswith(".zip") else {_place(name): body}
    if not found:
        raise UnreadableUpload("empty")
    if len(found) > MOST_FILES or sum(map(len, found.values())) > LARGEST:
        raise UnreadableUpload("large")
    return found


def packed(files: Mapping[str, bytes]) -> str:
    """Files as text that a form can carry to the next page and back."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path, body in sorted(files.items()):
            out.writestr(path, body)
    return base64.b64encode(archive.getvalue()).decode()


def unpacked(text: str) -> Files:
    """The files that `packed` wrote; what comes back from a browser is trusted no more than an upload."""
    try:
        return unzipped(base64.b64decode(text, validate=True))
    except ValueError:
        raise UnreadableUpload("zip") from None


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A bundle as an archive to take home."""
    return base64.b64decode(packed(files))


def _place(name: str) -> str:
    """Where a loose file belongs in a bundle."""
    if not name.endswith(".json"):
        return name
    return f"i18n/{name}" if name in LANGUAGES else f"forms/{name}"


def unzipped(body: bytes) -> Files:
    """The files of an archive, without the one folder that they are packed in."""
    if body.count(ENTRY) > 3 * MOST_FILES:  # with folders, and with what systems put beside files
        raise UnreadableUpload("large")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _beside(entry.filename)]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
                raise UnreadableUpload("large")
            if any(entry.compress_type not in METHODS for entry in entries):
                raise UnreadableUpload("zip")
            found = {entry.filename: _read(archive, entry) for entry in entries}
    except UnreadableUpload:
        raise
    except BROKEN:
        raise UnreadableUpload("zip") from None
    return _without_folder(found)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """One entry, read no further than it says it is long."""
    with archive.open(entry) as file:
        body = file.read(entry.file_size + 1)
    if len(body) > entry.file_size:
        raise UnreadableUpload("zip")
    return body


def _beside(name: str) -> bool:
    return any(part in BESIDE for part in PurePosixPath(name).parts)


def _without_folder(found: Files) -> Files:
    """The files without the one folder that all of them are in."""
    tops = {path.partition("/")[0] for path in found if "/" in path}
    if len(tops) != 1 or any("/" not in path for path in found):
        return found
    top = tops.pop()
    if top in ("forms", "i18n"):
        return found
    return {path[len(top) + 1 :]: body for path, body in found.items()}
