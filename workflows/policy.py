"""What the product decides where the engine asks an installation."""

from __future__ import annotations

from engine.policy import OWNER, Policy, Term

from .privacy.retention import RULES

POLICY = Policy(
    deployers=frozenset({"process_owner"}),
    readers=frozenset({"auditor", "process_owner", "exec", "dpo"}),
    assigners=frozenset({"csl", "exec"}),
    menders=frozenset({"ops", "process_owner"}),
    correctors=frozenset({"csl", "process_owner", "ops"}),
    auditors=frozenset({"auditor"}),
    watchers=frozenset({"auditor", "dpo"}),
    custodians=frozenset({"dpo", "exec"}),
    confidential={"aml": frozenset({"aml"})},
    second_approval=True,
    terms=(
        Term(percent=80, kind="reminded", tell=OWNER),
        Term(percent=100, kind="breached", tell="csl"),
        Term(percent=150, kind="escalated", tell="exec"),
    ),
    remind_with="staff/remind",
    retention=RULES,
)
