"""Keeps people out of scenarios: what a form marks as personal is a sample there, and what looks real is pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..store.vault import Shelter, is_reference
from .model import SAMPLE

NOBODY = "0" * 64  # the commitment to a value that there is not
REAL = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9}|\d{16,19})(?!\d)|[\w.+-]+@(?!example\.)[\w-]+\.[\w.]+")


class Samples(Shelter):
    """Puts references to nothing in the place of personal values."""

    def __init__(self) -> None:
        super().__init__(0, 0)

    def _put(self, field: str, value: Any) -> dict[str, str]:
        self.count += 1
        return {"$vault": f"0.0.{self.count}", "sha256": NOBODY}


def with_samples(schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as a scenario keeps them: a sample in the place of every personal one."""
    return {name: _sample(value) for name, value in Samples().without_personal(schema, values).items()}


def answer_with_samples(schema: Mapping[str, Any] | None, result: Any) -> Any:
    """The same for the answer of an operator."""
    return _sample(Samples().without_personal_answer(schema, result, ""))


def _sample(value: Any) -> Any:
    if is_reference(value):
        return SAMPLE
    if isinstance(value, dict):
        return {name: _sample(inner) for name, inner in value.items()}
    return [_sample(inner) for inner in value] if isinstance(value, list) else value


def personal_in(schema: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """The names of the fields that hold a personal value which is no sample."""
    kept = with_samples(schema, values)
    yield from (name for name, value in values.items() if kept[name] != value)


def looks_real(value: Any) -> bool:
    """Whether somewhere in data stands what looks like the number, phone or mail of a person."""
    if isinstance(value, str):
        return REAL.search(value) is not None
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int):
        return REAL.search(str(abs(value))) is not None if abs(value) < 10**40 else False
    if isinstance(value, Mapping):
        return any(map(looks_real, value.values()))
    return any(map(looks_real, value)) if isinstance(value, (list, tuple)) else False
