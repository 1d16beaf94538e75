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
    "hearing": noop("Hard of hearing"),
    "sight": noop("Poor sight"),
    "dialect": noop("Speaks no Mandarin"),
}
LANGUAGES = {"zh": noop("Chinese"), "en": noop("English")}
SEVERITIES = {
    "SEV1": (noop("SEV1 critical"), "bad"),
    "SEV2": (noop("SEV2 high"), "warn"),
    "SEV3": (noop("SEV3 medium"), ""),
    "SEV4": (noop("SEV4 low"), ""),
}
ASSESSED = {
    "TAKEN": noop("waits for the customer"),
    "IN_FORCE": noop("in force"),
    "SUPERSEDED": noop("superseded"),
    "DISPUTED": noop("disputed"),
    "UNCONFIRMED": noop("not confirmed"),
    "VOID": noop("void"),
}
PERSONAL = {
    "": noop("the whole page"),
    "id_number": noop("Document number"),
    "birth_date": noop("Date of birth"),
    "mobile": noop("Mobile"),
    "email": noop("E-mail"),
}
DOCUMENTS = {
    "ID_CARD": noop("Identity card"),
    "PASSPORT": noop("Passport"),
    "USCC": noop("Unified social credit code"),
}
CARE_ADVICE = noop("No time pressure. Speak slowly, repeat what matters, and let the customer decide later.")


def worded(table: dict[str, str], code: str | None, words: Words) -> str:
    """What a code is called; an unknown one stays as it is."""
    return words(table[code]) if code in table else code or ""
