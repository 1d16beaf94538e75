"""What a sketch may hold: kinds of files, their number and size, names; a Refusal says which bound is passed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from ..bundles import LARGEST, MOST_FILES, decision_of, safe_path
from ..errors import MalformedXml, Refusal
from ..xml import parse_xml

KINDS = (".bpmn", ".dmn", ".json", ".md")
LONGEST_NAME = 200
MOST_SKETCHES = 100  # of one person
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"

Changed = Mapping[str, bytes | str | None]


def plain_path(path: str) -> str:
    """The path of a file as it is kept; Refusal for one that leads out, or a kind that no bundle has."""
    try:
        found = safe_path(path)
    except ValueError as error:
        raise Refusal(f"{error}.", bound="path", path=path[:80]) from None
    if not found.isprintable() or found != path:
        raise Refusal(f"{path[:80]!r} is no path inside a bundle.", bound="path", path=path[:80])
    if not found.endswith(KINDS):
        raise Refusal(f"{found}: a bundle has files of the kinds {', '.join(KINDS)}.", bound="kind", path=found)
    return found


def plain_files(changed: Changed) -> dict[str, bytes | None]:
    """Files under paths that can be kept; a Refusal names the first that cannot."""
    given = {path: body.encode() if isinstance(body, str) else body for path, body in changed.items()}
    return {plain_path(path): body if body is None else bytes(body) for path, body in given.items()}


def demand_room(sizes: Mapping[str, int]) -> None:
    """Refuse files that would be too many or too large."""
    if len(sizes) > MOST_FILES:
        raise Refusal(f"A bundle has at most {MOST_FILES} files.", bound="files", most=MOST_FILES)
    if sum(sizes.values()) > LARGEST:
        raise Refusal(f"A bundle has at most {LARGEST // 1_000_000} MB.", bound="bytes", most=LARGEST)


def plain_name(name: str) -> str:
    """What a sketch is called, in one line; Refusal where it is too long."""
    found = " ".join(name.split())
    if len(found) > LONGEST_NAME or not found.isprintable():
        raise Refusal(f"A name has at most {LONGEST_NAME} printable characters.", bound="name")
    return found


def fitted(said: str) -> str:
    """What files call themselves, as far as a sketch can be called that."""
    return "".join(filter(str.isprintable, " ".join(said.split())))[:LONGEST_NAME]


def key_of(files: Mapping[str, bytes]) -> tuple[str, str]:
    """The key and the name that files say, as far as they can be read; both may be empty."""
    for path, body in sorted(files.items()):
        if path.endswith(".bpmn"):
            with suppress(MalformedXml):
                found = list(parse_xml(body).iter(f"{BPMN}process"))
                found.sort(key=lambda one: one.get("isExecutable") != "true")
                return (fitted(found[0].get("id", "")), fitted(found[0].get("name", ""))) if found else ("", "")
    with suppress(MalformedXml, ValueError):
        key, name = decision_of(files)
        return fitted(key), fitted(name)
    return "", ""
