"""Which row of one list is which row of the other, where some were added, removed, changed or moved.

Rows that are alike stay together in their order; between them, what is left is paired by its name, then by what it asks
for, then by how much of it is the same. It knows no tables: a row is a tuple of texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST = 600  # rows among which the best pairs are looked for
ALIKE = 0.5  # share of the cells that two rows must have in common to be the same row, changed

Pair = tuple[int | None, int | None]  # the positions of a row in both lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row to be matched: its name, if it has one, what it asks for, and all of its cells."""

    name: str
    asks: tuple[str, ...]
    cells: tuple[str, ...]


def matched(before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    """The pairs in the order of the new list, what was removed where it stood; None is on the side without the row."""
    if max(len(before), len(after)) > MOST:
        return _by_position(before, after)
    found: list[Pair] = []
    blocks = SequenceMatcher(None, [row.cells for row in before], [row.cells for row in after], autojunk=False)
    for what, i, j, k, n in blocks.get_opcodes():
        if what == "equal":
            found += zip(range(i, j), range(k, n), strict=True)
        else:
            found += _between(before, after, list(range(i, j)), list(range(k, n)))
    return _with_moved(found, before, after)


def _by_position(before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    least = min(len(before), len(after))
    both: list[Pair] = [(n, n) for n in range(least)]
    gone: list[Pair] = [(n, None) for n in range(least, len(before))]
    return [*both, *gone, *((None, n) for n in range(least, len(after)))]


def _between(before: Sequence[Row], after: Sequence[Row], old: list[int], new: list[int]) -> list[Pair]:
    """Pairs among rows that are not the same; they do not cross."""
    pairs = _paired(before, after, old, new)
    found: list[Pair] = []
    left = list(old)
    for n in new:
        if n in pairs:
            while left and left[0] < pairs[n]:
                found.append((left.pop(0), None))
            left.remove(pairs[n])
            found.append((pairs[n], n))
        else:
            found.append((None, n))
    return [*found, *((o, None) for o in left)]


def _paired(before: Sequence[Row], after: Sequence[Row], old: list[int], new: list[int]) -> dict[int, int]:
    """The old position of each new row that has one: the surest pairs first, none across another."""
    tests: tuple[Callable[[Row, Row], bool], ...] = (
        lambda one, other: bool(one.name) and one.name == other.name,
        lambda one, other: one.asks == other.asks,
        lambda one, other: _alike(one.cells, other.cells) > ALIKE,
    )
    found: dict[int, int] = {}
    for test in tests:
        for n in new:
            if n in found:
                continue
            low = max((found[m] for m in found if m < n), default=-1)
            high = min((found[m] for m in found if m > n), default=len(before))
            free = (o for o in old if low < o < high and o not in found.values())
            match = next((o for o in free if test(before[o], after[n])), None)
            if match is not None:
                found[n] = match
    if not found and len(old) == len(new) == 1 and not (before[old[0]].name and after[new[0]].name):
        return {new[0]: old[0]}
    return found


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """The share of the cells that are the same."""
    width = max(len(one), len(other), 1)
    return sum(a == b for a, b in zip(one, other, strict=False)) / width


def _with_moved(pairs: list[Pair], before: Sequence[Row], after: Sequence[Row]) -> list[Pair]:
    """A row that is gone at one place and there again, unchanged, at another one was moved."""
    gone: dict[tuple[str, ...], list[int]] = {}
    for old, new in pairs:
        if new is None and old is not None:
            gone.setdefault(before[old].cells, []).append(old)
    moved: set[int] = set()
    found: list[Pair] = []
    for old, new in pairs:
        if old is None and new is not None and gone.get(after[new].cells):
            old = gone[after[new].cells].pop(0)
            moved.add(old)
        found.append((old, new))
    return [(old, new) for old, new in found if new is not None or old not in moved]
