"""What a check costs: not much more than reading the same files, whatever the machine."""

from __future__ import annotations

import time

import workflows
from engine.bundles import read_bundle
from engine.feel.unary import compile_unary_tests
from engine.operators import Registry

from .bundles import AND, OR, check, el, found
from .faulty.flow import drawn
from .harm import BUNDLES, LANGUAGE, files_of

LARGEST = BUNDLES / "trade"
MOST = 4  # measured: 1.1


def cost(run, times=3):
    """The least processor time of several runs."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        run()
        spent.append(time.process_time() - began)
    return min(spent)


def read(files):
    """Read a bundle as a deployment does, with nothing kept from the time before."""
    compile_unary_tests.cache_clear()
    bundle = read_bundle(files)
    bundle.executable(LANGUAGE)


def test_a_check_of_our_largest_diagram_costs_little_more_than_reading_it():
    files, operators = files_of(LARGEST), Registry.of(workflows.OPERATORS)
    given = {"operators": operators, "language": LANGUAGE, "known_decisions": ("suitability", "wording")}
    assert cost(lambda: check(files, **given)) < MOST * cost(lambda: read(files))


def test_what_could_explode_is_given_up_in_time():
    """Loops and inclusive splits side by side, and a table of many columns: a bound, and a word about it."""
    nodes, ways = [el(AND, "s"), el(AND, "j")], ["start > s", "j > end"]
    for n in range(7):
        branch = [f"o{n}", f"a{n}", f"b{n}", f"i{n}"]
        nodes += [el(OR, branch[0]), *(el("task", id) for id in branch[1:3]), el(OR, branch[3])]
        ways += [f"s > {branch[0]}", f"{branch[3]} > j", f"{branch[0]} > {branch[1]} : 1 = 1"]
        ways += [f"{branch[0]} > {branch[2]} : 2 = 2", f"{branch[1]} > {branch[3]}", f"{branch[2]} > {branch[3]}"]
    files = drawn(nodes, "\n".join(ways))
    assert ("not-searched", "p") in found(files, "info")
    assert cost(lambda: check(files), 1) < 100 * cost(lambda: read(files), 1)
