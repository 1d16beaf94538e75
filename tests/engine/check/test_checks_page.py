"""docs/checks.md lists the rules as they are."""

from .pages import PAGE, TABLE, rules


def test_the_page_lists_the_rules():
    assert TABLE.search(PAGE.read_text(encoding="utf-8"))[0].split("\n") == rules()
