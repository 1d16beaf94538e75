"""docs/concurrency.md names the tests of this package as they are called, each in its file, and forgets none."""

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parents[2] / "docs" / "concurrency.md").read_text(encoding="utf-8")
RACES = (
    "test_tasks.py",
    "test_cases.py",
    "test_messages.py",
    "test_jobs.py",
    "test_intervening.py",
    "test_deploying.py",
    "test_rolling.py",
    "test_sketching.py",
)


def written(name):
    """The tests that stand in a file of this package."""
    return set(re.findall(r"^def (test_\w+)", (HERE / name).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_test_that_the_page_names_is_where_it_says():
    everywhere = set().union(*(written(path.name) for path in HERE.glob("test_*.py")))
    section, found = None, 0
    for line in PAGE.splitlines():
        files = re.findall(r"`(test_\w+\.py)`", line)
        section = files[-1] if files and line.startswith("| **") else section
        for name in re.findall(r"`(test_\w+)`", line):
            assert name in (written(section) if line.startswith("|") and section else everywhere), (name, section)
            found += 1
    assert found > 40


def test_every_race_of_two_is_on_the_page():
    pairs = {name for file in RACES for name in written(file) if "_against_" in name}
    assert pairs - set(re.findall(r"test_\w+", PAGE)) == set()
