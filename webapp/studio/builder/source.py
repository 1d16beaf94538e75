"""A form as text and as data: what is read is written again letter by letter, as the forms of bundles are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.canonical import read_file

STEP = "  "


class Unreadable(ValueError):
    """A text that is no JSON object; line and column, from 1, say where, 0 where it is the whole."""

    def __init__(self, why: str, line: int = 0, column: int = 0) -> None:
        super().__init__(why)
        self.why, self.line, self.column = why, line, column


def read_source(text: bytes | str) -> dict[str, Any]:
    """The form that a text holds, its numbers as they are written; Unreadable where it holds none."""
    try:
        read_file(text)  # refuses what reads differently elsewhere
        found = json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise Unreadable(error.msg, error.lineno, error.colno) from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error) or "it is nested too deeply") from None
    if not isinstance(found, dict):
        raise Unreadable("a form is an object")
    return found


def written(schema: Mapping[str, Any]) -> str:
    """The text of a form: two spaces for each level, names in their order, a line end at the end."""
    return _text(schema, "") + "\n"


def _text(value: Any, before: str) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping) and value:
        return _block("{}", [f"{_quoted(key)}: {_text(one, before + STEP)}" for key, one in value.items()], before)
    if isinstance(value, list) and value:
        return _block("[]", [_text(one, before + STEP) for one in value], before)
    return json.dumps(value, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _block(brackets: str, lines: list[str], before: str) -> str:
    inside = ",\n".join(before + STEP + line for line in lines)
    return f"{brackets[0]}\n{inside}\n{before}{brackets[1]}"
