"""What the codes of customers are called on pages."""

from __future__ import annotations

from ..language import Words, noop

RISK = {
    "C1": noop("C1 Conservative"),
    "C2": noop("C2 Steady"),
    "C3": noop("C3 Balanced"),
    "C4": noop("C4 Growth"),
    "C5": noop("C5 Aggressive"),
}
LEVELS = {
    "R1": noop("R1 low"),
    "R2": noop("R2 medium low"),
    "R3": noop("R3 medium"),
    "R4": noop("R4 medium high"),
    "R5": noop("R5 high"),
}
TIERS = {"mass": noop("Standard"), "gold": noop("Gold"), "vip": noop("VIP")}
CARE = {
    "age-65": noop("65 or older"),
    "illness": noop("Seriously ill"),
    "language": noop("Speaks no Mandarin"),
    "disability": noop("Disabled"),
    "bereaved": noop("Bereaved"),
}
LANGUAGES = {"zh": noop("Chinese"), "en": noop("English")}
SEVERITIES = {
    "SEV1": (noop("SEV1 critical"), "bad"),
    "SEV2": (noop("SEV2 high"), "warn"),
    "SEV3": (noop("SEV3 medium"), ""),
    "SEV4": (noop("SEV4 low"), ""),
}
CARE_ADVICE = noop("No time pressure. Speak slowly, repeat what matters, and let the customer decide later.")


def worded(table: dict[str, str], code: str | None, words: Words) -> str:
    """What a code is called; an unknown one stays as it is."""
    return words(table[code]) if code in table else code or ""
