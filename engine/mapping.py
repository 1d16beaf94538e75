"""A declared mapping: what becomes of the tokens and the data of cases on their way from one bundle to another.

It is content: its digest is that of its canonical bytes, and a step `migrated` names it by that. It knows neither what
the bundles hold nor where it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .canonical import canonical, digest, read


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Which element or flow of one bundle is which of another, where their ids differ; and lines over the data."""

    old: str
    new: str
    elements: Mapping[str, str] = field(default_factory=dict)
    script: str = ""

    @cached_property
    def content(self) -> bytes:
        """The canonical bytes."""
        said = {"elements": dict(self.elements), "from": self.old, "script": self.script, "to": self.new}
        return canonical(said)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the same."""
        return digest(self.content)

    @classmethod
    def read(cls, content: bytes) -> Declared:
        """The mapping of which these are the bytes; ValueError where they are those of none."""
        said = read(content)
        if not isinstance(said, dict) or said.keys() != {"elements", "from", "script", "to"}:
            raise ValueError("this is no mapping")
        elements, texts = said["elements"], (said["from"], said["script"], said["to"])
        if not isinstance(elements, dict) or not all(isinstance(one, str) for one in (*elements.values(), *texts)):
            raise ValueError("this is no mapping")
        return cls(old=said["from"], new=said["to"], elements=elements, script=said["script"])


__all__ = ["Declared"]
