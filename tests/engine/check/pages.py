"""The table of rules in docs/checks.md, made of the rules: `python -m tests.engine.check.pages` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path

from engine.check import RULES

PAGE = Path(__file__).parents[3] / "docs" / "checks.md"
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=\n<!-- end -->)", re.DOTALL)


def rules() -> list[str]:
    """The rules as lines of a table."""
    rows = [f"| `{id}` | {rule.severity} | {rule.sentence.replace('|', '¦')} |" for id, rule in RULES.items()]
    return ["| rule | | says |", "|---|---|---|", *rows]


if __name__ == "__main__":
    PAGE.write_text(TABLE.sub(lambda _: "\n".join(rules()), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
