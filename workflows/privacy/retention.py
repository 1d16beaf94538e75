"""How long cases are kept, and what is masked before (REG-50 to REG-53, DT-10); the years are parameters."""

from __future__ import annotations

from engine.retention.rules import Rule

RULES = (
    Rule(name="REG-53", years="RETENTION_YEARS"),
    Rule(
        name="DT-10 complaint text",
        years="RETENTION_COMPLAINT_TEXT_YEARS",
        key="complaint",
        do="erased",
        fields=("facts", "demand", "demandConfirmed", "finding", "comment"),
    ),
    Rule(name="DT-10 contacts", years="RETENTION_CONTACT_YEARS", key="inquiry", do="erased"),
    Rule(name="DT-10 feedback", years="RETENTION_FEEDBACK_YEARS", key="feedback", do="anonymised"),
    Rule(name="DT-10 surveys", years="RETENTION_FEEDBACK_YEARS", key="survey", do="anonymised"),
)
