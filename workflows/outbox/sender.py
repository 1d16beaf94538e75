"""In whose name messages go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The distributor as customers know it, by language."""

    name: Mapping[str, str]
    hotline: str
    hours: Mapping[str, str]


SAMPLE = Sender(
    name={"en": "Lantern Demo Fund Distribution", "zh": "灯塔样例基金销售有限公司"},
    hotline="400-000-9900",
    hours={"en": "daily 08:00 to 22:00", "zh": "每日 08:00–22:00"},
)
