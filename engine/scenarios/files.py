"""Scenarios and their files: JSON that people can read and write. Whatever is written otherwise is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ..canonical import canonical, instant, moment, normal, read_file
from ..forms.schema import deeper_than
from .model import Bring, Complete, Expected, Input, Reply, Scenario, Wait, name_of

LARGEST = 200_000  # bytes of a file
MOST_INPUTS = 200
MOST_REPLIES = 200
DEEPEST = 20
LONGEST = 200  # of a name
PARTS = ("title", "at", "start", "inputs", "answers", "expect")


class Malformed(ValueError):
    """A file is no scenario; the message says where, and what belongs there."""


def read_scenario(path: str, body: bytes) -> Scenario:
    """The scenario of a file; Malformed where it is none."""
    if len(body) > LARGEST:
        raise Malformed(f"it is larger than {LARGEST // 1000} KB")
    try:
        found = read_file(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)[:200] or "it is nested too deeply") from None
    if deeper_than(found, DEEPEST):
        raise Malformed("it is nested too deeply")
    given = _object(found, "the file", PARTS)
    start = _object(given.get("start", {}), "start", ("data", "message"))
    return Scenario(
        name=name_of(path),
        title=_text(given, "title", ""),
        at=_moment(given.get("at")),
        data=_values(start.get("data", {}), "the data of the start"),
        message=_text(start, "message", "", "start"),
        inputs=_each(given.get("inputs", []), "inputs", MOST_INPUTS, _input),
        replies=_each(given.get("answers", []), "answers", MOST_REPLIES, _reply),
        expected=_expected(given.get("expect", {})),
    )


def write_scenario(scenario: Scenario) -> bytes:
    """The file of a scenario, of which `read_scenario` makes the same again."""
    start: dict[str, Any] = {"message": scenario.message} if scenario.message else {}
    if scenario.data:
        start["data"] = dict(scenario.data)
    found = {
        "title": scenario.title,
        "at": moment(scenario.at),
        "start": start,
        "inputs": [_plain_input(one) for one in scenario.inputs],
        "answers": [_plain_reply(one) for one in scenario.replies],
        "expect": _plain_expected(scenario.expected),
    }
    kept = {name: value for name, value in found.items() if value}
    plain = json.loads(canonical(normal(kept)))
    return (json.dumps({name: plain[name] for name in kept}, ensure_ascii=False, indent=1) + "\n").encode()


def _object(given: Any, where: str, names: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise Malformed(f"{where} is no object")
    if unknown := next((name for name in given if name not in names), None):
        raise Malformed(f"{where} has {unknown[:LONGEST]!r}, but may have {', '.join(names)}")
    return given


def _text(given: Mapping[str, Any], name: str, otherwise: str | None = None, where: str = "the file") -> str:
    found = given.get(name, otherwise)
    if not isinstance(found, str) or (otherwise is None and not found) or len(found) > LONGEST:
        raise Malformed(f"{name} in {where} is no text of at most {LONGEST} characters")
    return found


def _values(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise Malformed(f"{where} are no object")
    return given


def _texts(given: Any, where: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Malformed(f"{where} is no list of ids")
    return tuple(given)


def _moment(given: Any) -> datetime:
    try:
        found = instant(given)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None or not 1900 < found.year < 9000:
        raise Malformed("at is no moment with its zone, such as 2026-03-02T09:00:00+08:00")
    return found


def _each(given: Any, where: str, most: int, one: Callable[[Any, str], Any]) -> tuple[Any, ...]:
    if not isinstance(given, list):
        raise Malformed(f"{where} is no list")
    if len(given) > most:
        raise Malformed(f"{where} has more than {most} entries")
    return tuple(one(each, f"entry {number} of {where}") for number, each in enumerate(given, 1))


def _input(given: Any, where: str) -> Input:
    if isinstance(given, dict) and "complete" in given:
        found = _object(given, where, ("complete", "values"))
        values = _values(found.get("values", {}), f"the values in {where}")
        return Complete(element=_text(found, "complete", where=where), values=values)
    if isinstance(given, dict) and "wait" in given:
        return Wait(until=_text(_object(given, where, ("wait",)), "wait", where=where))
    kind = next((kind for kind in ("message", "signal") if isinstance(given, dict) and kind in given), None)
    if kind is None:
        raise Malformed(f"{where} has none of complete, wait, message and signal")
    found = _object(given, where, (kind, "payload"))
    payload = _values(found.get("payload", {}), f"the payload in {where}")
    return Bring(kind=kind, name=_text(found, kind, where=where), payload=payload)


def _reply(given: Any, where: str) -> Reply:
    found = _object(given, where, ("operator", "element", "result", "error", "always"))
    if not isinstance(found.get("always", False), bool):
        raise Malformed(f"always in {where} is neither true nor false")
    return Reply(
        operator=_text(found, "operator", where=where),
        element=_text(found, "element", "", where),
        result=found.get("result"),
        error=_text(found, "error", "", where),
        always=found.get("always", False),
    )


def _expected(given: Any) -> Expected:
    found = _object(given, "expect", ("path", "end", "waiting", "data", "due"))
    due = _values(found.get("due", {}), "the terms in expect")
    if not all(isinstance(term, str) for term in due.values()):
        raise Malformed("due in expect has something else than texts")
    return Expected(
        path=_texts(found.get("path", []), "path in expect"),
        end=_text(found, "end", "", "expect"),
        waiting=_texts(found["waiting"], "waiting in expect") if "waiting" in found else None,
        data=_values(found.get("data", {}), "the data in expect"),
        due=due,
    )


def _plain_input(one: Input) -> dict[str, Any]:
    if isinstance(one, Complete):
        return {"complete": one.element, "values": dict(one.values)} if one.values else {"complete": one.element}
    if isinstance(one, Wait):
        return {"wait": one.until}
    return {one.kind: one.name, "payload": dict(one.payload)} if one.payload else {one.kind: one.name}


def _plain_reply(one: Reply) -> dict[str, Any]:
    found = {"operator": one.operator, "element": one.element, "error": one.error, "always": one.always}
    return {name: value for name, value in found.items() if value} | {"result": one.result}


def _plain_expected(one: Expected) -> dict[str, Any]:
    found = {"path": list(one.path), "end": one.end, "data": dict(one.data), "due": dict(one.due)}
    waiting = {} if one.waiting is None else {"waiting": list(one.waiting)}
    return {name: value for name, value in found.items() if value} | waiting
