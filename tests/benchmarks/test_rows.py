"""Every row of the benchmarks gives its figures, and what is a count is exactly what it must be; no speed is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager

import pytest

from tests.benchmarks import run
from tests.benchmarks.measure import SMALL, Result
from tests.benchmarks.places import Place, fresh_sqlite
from webapp.cli import main

QUICK = ("completion", "line", "replay", "poll")
QUADRATIC = 20  # times what it is held against: only what grows with what was there before comes near


@pytest.fixture
def place(request):
    """A place to measure at."""
    if request.param == "SQLite":
        return Place(name="SQLite", fresh=fresh_sqlite)
    server = request.getfixturevalue("postgres")

    @contextmanager
    def fresh():
        with server.database() as name:
            yield server.url(name)

    return Place(name="PostgreSQL", fresh=fresh)


def checked(name, place):
    """Measure a row in little; its results."""
    found = list(run.ROWS[name](place, SMALL))
    assert found and all(one.value >= 0 for one in found)
    for one in found:
        if one.exact:
            assert one.reached, one
        elif one.ratio is not None:
            assert one.ratio < QUADRATIC * max(1, one.aim or 1), one
    return found


@pytest.mark.parametrize("place", ["SQLite"], indirect=True)
@pytest.mark.parametrize("name", QUICK)
def test_a_quick_row(name, place):
    checked(name, place)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "place"),
    [(name, "SQLite") for name in run.ROWS if name not in QUICK]
    + [(name, "PostgreSQL") for name in run.ROWS if name not in run.IN_MEMORY],
    indirect=["place"],
)
def test_every_row(name, place):
    checked(name, place)


@pytest.mark.parametrize("place", ["SQLite"], indirect=True)
def test_counts(place):
    counts = {one.unit: one.value for one in checked("completion", place) if one.exact}
    assert counts["commits"] == 1 and 0 < counts["SQL"] <= 8


def test_the_command_prints_and_writes(capsys, tmp_path):
    output = tmp_path / "figures.json"
    code = main(["bench", "--small", "--only", "replay", "--output", str(output)])
    said, written = capsys.readouterr().out, json.loads(output.read_text())
    (row,) = written["rows"]
    assert (row["row"], row["database"], row["aim"]) == ("replay", "SQLite", 4)
    assert row["ratio"] == row["value"] / row["yardstick"] and code == (0 if row["reached"] else 1)
    assert said.splitlines()[0].startswith("| database | what |") and "| SQLite | replay" in said
    assert written["size"]["rounds"] == SMALL.rounds and written["machine"]["cores"]


def test_the_command_prints_json(capsys):
    main(["bench", "--small", "--only", "replay", "--rounds", "2", "--json"])
    assert json.loads(capsys.readouterr().out)["size"]["rounds"] == 2


def test_the_installed_command_finds_the_benchmarks_from_anywhere(tmp_path):
    program = "import sys; from webapp.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-P", "-c", program, "bench", "--only", "sleep"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2 and "sleep" in done.stderr and "packages" not in done.stderr


def test_an_unknown_row_is_wrong_use(capsys):
    assert main(["bench", "--only", "replay,sleep"]) == 2
    assert "sleep" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "ratio", "reached"),
    [
        ({"value": 3, "yardstick": 2, "aim": 2}, 1.5, True),
        ({"value": 5, "yardstick": 2, "aim": 2}, 2.5, False),
        ({"value": 9, "unit": "SQL", "aim": 8}, None, False),
        ({"value": 0, "unit": "wrong", "aim": 0}, None, True),
        ({"value": 1, "unit": "wrong", "aim": 0}, None, False),
        ({"value": 9, "yardstick": 1}, 9, True),
    ],
)
def test_an_aim_is_of_the_ratio_or_of_the_figure(given, ratio, reached):
    one = Result(name="x", **given)
    assert (one.ratio, one.reached) == (ratio, reached)
    assert list(run.table([("row", "SQLite", one)]))[2].endswith("**missed** |") is not reached
