"""The parts of sentences that the checks make: English texts that know what they were made of.

Whoever says findings in another language says these anew; every other text in a finding is as it stands in a file or as
a parser gave it. No language but English is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

LIST = ", "  # the template of texts one after the other
KIND = "{event} {tag}"  # that of a kind of element, by the names that the file has for them


class Phrase(str):
    """An English text, with the template and the fields that it was made of."""

    template: str
    fields: Mapping[str, Any]

    def __new__(cls, text: str, template: str = "", fields: Mapping[str, Any] = MappingProxyType({})) -> Phrase:
        made = super().__new__(cls, text)
        made.template, made.fields = template, fields
        return made


def phrase(template: str, **fields: Any) -> Phrase:
    """The text of a template; fields that it does not name are for other languages."""
    return Phrase(template.format(**fields), template, fields)


def listed(texts: Iterable[str]) -> Phrase:
    """Several texts, one after the other."""
    parts = list(texts)
    return Phrase(LIST.join(parts), LIST, {str(number): part for number, part in enumerate(parts)})
