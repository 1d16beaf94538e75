"""How a question and its answer cross between processes: lengths, bytes and JSON, nothing that could be executed."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Any

from ..check.phrases import Phrase
from ..configuration import Configurations
from ..model import Finding
from ..operators import Call, Operator, Parameter, Registry
from .question import Question

LENGTH = struct.Struct(">Q")
LARGEST = 64_000_000  # bytes of one frame
SETS = ("built_in_operators", "processes", "decisions", "groups", "formats", "lookups")
PLAIN = ("severity", "rule", "file", "element", "line", "column", "message")


def write_frame(out: IO[bytes], *parts: bytes) -> None:
    """Write the parts as one frame."""
    out.write(LENGTH.pack(sum(map(len, parts))))
    for part in parts:
        out.write(part)
    out.flush()


def read_frame(source: IO[bytes]) -> bytes:
    """The next frame; EOFError where there is none, or not all of it."""
    (length,) = LENGTH.unpack(exactly(source, LENGTH.size))
    if length > LARGEST:
        raise EOFError(f"a frame of {length} bytes")
    return exactly(source, length)


def exactly(source: IO[bytes], length: int) -> bytes:
    """So many bytes; EOFError where there are fewer."""
    found = source.read(length)
    if len(found) < length:
        raise EOFError
    return found


# Questions


def packed(question: Question) -> list[bytes]:
    """A question as the parts of a frame: what is known as JSON, the configuration, then the files."""
    bodies = [question.configuration.content, *question.files.values()]
    head = {
        "files": list(question.files),
        "lengths": [len(body) for body in bodies],
        "operators": [as_data(operator) for operator in question.operators],
        **{name: sorted(known) if (known := getattr(question, name)) is not None else None for name in SETS},
    }
    written = json.dumps(head).encode()
    return [LENGTH.pack(len(written)), written, *bodies]


def unpacked(frame: bytes, configurations: Configurations) -> Question:
    """The question in a frame."""
    (length,) = LENGTH.unpack_from(frame)
    at = LENGTH.size + length
    head, bodies = json.loads(frame[LENGTH.size : at]), []
    for length in head["lengths"]:
        bodies.append(frame[at : at + length])
        at += length
    known: dict[str, Any] = {name: None if head[name] is None else frozenset(head[name]) for name in SETS}
    return Question(
        files=dict(zip(head["files"], bodies[1:], strict=True)),
        configuration=configurations.read(bodies[0]),
        operators=Registry.of(map(as_operator, head["operators"])),
        **known,
    )


def as_data(operator: Operator) -> dict[str, Any]:
    """What a check needs to know of an operator."""
    parameters = [{"name": one.name, "type": one.type, "required": one.required} for one in operator.parameters]
    return {"name": operator.name, "kind": operator.kind, "parameters": parameters, "result": operator.result}


def as_operator(said: Mapping[str, Any]) -> Operator:
    """The operator of such data, which cannot be run here."""
    parameters = tuple(Parameter(**one) for one in said["parameters"])
    return Operator(name=said["name"], kind=said["kind"], run=_elsewhere, parameters=parameters, result=said["result"])


def _elsewhere(call: Call) -> Any:
    raise NotImplementedError(f"{call.operator} is run where cases are")


# Answers


def written(findings: list[Finding]) -> bytes:
    """Findings as JSON."""
    rows = [{name: getattr(one, name) for name in PLAIN} | {"data": encoded(dict(one.data))} for one in findings]
    return json.dumps(rows, default=str).encode()


def read(answer: bytes) -> list[Finding]:
    """The findings in an answer; ValueError where it is none."""
    try:
        return [Finding(**{name: row[name] for name in PLAIN}, data=decoded(row["data"])) for row in json.loads(answer)]
    except (TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ValueError(f"no answer: {error}") from None


def encoded(value: Any) -> Any:
    """A field of a finding as plain data; a phrase keeps what it was made of."""
    if isinstance(value, Phrase):
        return {"text": str(value), "template": value.template, "fields": encoded(dict(value.fields))}
    return {name: encoded(one) for name, one in value.items()} if isinstance(value, dict) else value


def decoded(value: Any) -> Any:
    """The field of such data."""
    if not isinstance(value, dict):
        return value
    if value.keys() == {"text", "template", "fields"}:
        return Phrase(value["text"], value["template"], decoded(value["fields"]))
    return {name: decoded(one) for name, one in value.items()}
