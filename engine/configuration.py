"""What is configured: parameters and calendars, content-addressed; a step carries the hash of what was in force."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import Any

from . import calendars as cal
from .canonical import canonical, digest, read
from .errors import Refusal
from .feel import Language, Limits
from .spiff import Due

KEPT = 32  # configurations in memory


@dataclass(frozen=True, eq=False)
class Configuration:
    """One configuration, compiled: the language that diagrams speak under it, and how it counts time."""

    digest: str
    parameters: Mapping[str, Mapping[str, Any]]
    calendars: cal.Calendars

    @cached_property
    def language(self) -> Language:
        """FEEL with the functions of the calendars and of the parameters."""
        return Language(Limits(), (*cal.functions(self.calendars), cal.parameters_function(self.values)))

    @cached_property
    def values(self) -> dict[str, Any]:
        """The parameters by name, without what is said about them."""
        return {name: said["value"] for name, said in self.parameters.items()}

    def parameter(self, name: str) -> Any:
        """The value of a parameter; Refusal where there is none of this name."""
        if name not in self.values:
            raise Refusal(f"The parameter {name} is not configured.")
        return self.values[name]

    def due(self, term: str, at: datetime) -> Due:
        """When a term that begins at a moment is over."""
        found = self.calendars.due(term, at)
        return Due(found.at, found.provisional)

    @cached_property
    def content(self) -> bytes:
        """Its canonical bytes."""
        return content_of(self.parameters, self.calendars.to_data())

    def moved(self, at: datetime, term: str, stopped: datetime, resumed: datetime) -> Due:
        """Where a moment of a term moves to if the term stands still for a while."""
        found = self.calendars.moved(at, term, stopped, resumed)
        return Due(found.at, found.provisional)

    @property
    def last_year(self) -> int:
        """The last year whose working days are known."""
        return self.calendars.business.last_year

    @property
    def zone(self) -> timezone:
        """The zone of the calendars: a fixed offset."""
        return self.calendars.zone


def content_of(parameters: Mapping[str, Any], calendars: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a configuration."""
    return canonical({"parameters": dict(parameters), "calendars": dict(calendars)})


class Configurations:
    """The configurations that were used lately, by digest."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Configuration] = OrderedDict()

    def read(self, body: bytes) -> Configuration:
        """The configuration of these bytes; ValueError where a calendar or a parameter is malformed."""
        found = self._kept.get(key := digest(body))
        if found is None:
            data = read(body)
            for name, said in data["parameters"].items():
                if not isinstance(said, dict) or "value" not in said:
                    raise ValueError(f"the parameter {name} says no value")
            found = Configuration(key, data["parameters"], cal.Calendars.from_data(data["calendars"]))
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def get(self, key: str) -> Configuration | None:
        """The configuration with a digest, if it is in memory."""
        return self._kept.get(key)


def default_content() -> bytes:
    """The configuration that an engine begins with: no parameters, the calendars it ships."""
    return content_of({}, cal.default().to_data())
