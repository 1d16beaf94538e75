"""What is asked about the files of a bundle, and the answer of whoever reads them in his own process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from ..bundles import read_bundle
from ..check import check_bundle
from ..configuration import Configuration
from ..drawing import draw
from ..model import Finding
from ..operators import Registry
from ..spiff import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The files of a bundle, and what the installation knows; None where it does not know and nothing is checked."""

    files: Mapping[str, bytes]
    configuration: Configuration
    operators: Registry
    built_in_operators: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    groups: frozenset[str] | None = None
    formats: frozenset[str] | None = None
    lookups: frozenset[str] | None = None


Reader: TypeAlias = Callable[[Question], list[Finding]]


def answer(question: Question) -> list[Finding]:
    """The findings on the files, worked out here and now, without limits."""
    return check_bundle(
        question.files,
        operators=question.operators,
        built_in_operators=question.built_in_operators,
        known_processes=question.processes,
        known_decisions=question.decisions,
        known_groups=question.groups,
        language=question.configuration.language,
        parse=parse,
        formats=question.formats,
        lookups=question.lookups,
    )


def rehearse(question: Question) -> None:
    """Do what the one who asked does with files that were answered, so that it costs him no more than it costs here."""
    with suppress(Exception):  # what is wrong with the files has been found; this is only about what they cost
        bundle = read_bundle(question.files)
        draw(bundle.files[bundle.diagram_path])
