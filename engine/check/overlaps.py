"""Whether two conditions can be true at once, as far as simple comparisons tell; doubt counts as no."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from ..feel import nodes as n
from .reading import Path, path_of

OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
MOST_CASES = 16


@dataclass(frozen=True, slots=True)
class Allowed:
    """The values that a path may still have: of one kind, inside bounds, one of them, none of these."""

    kind: type | None = None
    equal: Any = None
    fixed: bool = False
    low: tuple[Decimal, bool] | None = None  # and whether it is allowed itself
    high: tuple[Decimal, bool] | None = None
    never: frozenset[Any] = field(default_factory=frozenset)

    @property
    def possible(self) -> bool:
        """Whether any value is left."""
        if self.fixed:
            return self.equal not in self.never and self._inside(self.equal)
        if self.kind is bool:
            return len(self.never) < 2
        if self.low and self.high:
            return self.low[0] < self.high[0] or (self.low[0] == self.high[0] and self.low[1] and self.high[1])
        return True

    def _inside(self, value: Any) -> bool:
        above = not self.low or value > self.low[0] or (value == self.low[0] and self.low[1])
        below = not self.high or value < self.high[0] or (value == self.high[0] and self.high[1])
        return above and below


Case = dict[Path, Allowed]


class Unclear(Exception):
    """A condition says more than simple comparisons."""


def both_possible(one: n.Node, other: n.Node) -> bool:
    """Whether some data make both conditions true; no if that is not plain."""
    try:
        return bool(_cases(n.Logic(0, "and", (one, other)), True))
    except Unclear:
        return False


def possible(*conditions: n.Node, without: tuple[n.Node, ...] = ()) -> bool:
    """Whether some data make these conditions true and the others false; yes if that is not plain."""
    try:
        return bool(_all([*(_cases(one, True) for one in conditions), *(_cases(one, False) for one in without)]))
    except Unclear:
        return True


def complementary(one: n.Node, other: n.Node) -> bool:
    """Whether one of two conditions always holds: no data make both false."""
    try:
        return not _cases(n.Logic(0, "or", (one, other)), False)
    except Unclear:
        return False


def _cases(node: n.Node, holds: bool) -> list[Case]:
    """The ways for a condition to hold, or not to, each with what it leaves of every path; the possible ones alone."""
    if isinstance(node, n.Not):
        return _cases(node.of, not holds)
    if isinstance(node, n.Logic):
        parts = [_cases(part, holds) for part in node.parts]
        return _all(parts) if (node.word == "and") is holds else _any(parts)
    if isinstance(node, n.Literal) and isinstance(node.value, bool):
        return [{}] if node.value is holds else []
    if isinstance(node, n.Comparison):
        return _comparison(node, holds)
    path = path_of(node)
    if path is None:
        raise Unclear
    return [{path: Allowed(kind=bool, equal=holds, fixed=True)}]


def _any(parts: list[list[Case]]) -> list[Case]:
    found = [case for part in parts for case in part]
    if len(found) > MOST_CASES:
        raise Unclear
    return found


def _all(parts: list[list[Case]]) -> list[Case]:
    found: list[Case] = [{}]
    for part in parts:
        found = [joined for one in found for other in part if (joined := _joined(one, other)) is not None]
        if len(found) > MOST_CASES:
            raise Unclear
    return found


def _joined(one: Case, other: Case) -> Case | None:
    found = dict(one)
    for path, allowed in other.items():
        both = _both(found.get(path, Allowed()), allowed)
        if both is None or not both.possible:
            return None
        found[path] = both
    return found


def _both(one: Allowed, other: Allowed) -> Allowed | None:
    kinds = {one.kind, other.kind} - {None}
    if len(kinds) > 1:
        raise Unclear  # a path that is compared with different kinds fails at run time
    if one.fixed and other.fixed and one.equal != other.equal:
        return None
    fixed = one if one.fixed else other
    lows = [bound for bound in (one.low, other.low) if bound]
    highs = [bound for bound in (one.high, other.high) if bound]
    return Allowed(
        kind=one.kind or other.kind,
        equal=fixed.equal,
        fixed=fixed.fixed,
        low=max(lows, key=lambda bound: (bound[0], not bound[1])) if lows else None,
        high=min(highs, key=lambda bound: (bound[0], bound[1])) if highs else None,
        never=one.never | other.never,
    )


def _comparison(node: n.Comparison, holds: bool) -> list[Case]:
    sign, left, right = node.sign, node.left, node.right
    if path_of(left) is None:
        sign, left, right = MIRRORED[sign], right, left
    path, value = path_of(left), _constant(right)
    if path is None:
        raise Unclear
    sign = sign if holds else OPPOSITE[sign]
    allowed = Allowed(kind=type(value))
    if sign == "=":
        allowed = replace(allowed, equal=value, fixed=True)
    elif sign == "!=":
        allowed = replace(allowed, never=frozenset({value}))
    elif not isinstance(value, Decimal):
        raise Unclear
    elif sign in ("<", "<="):
        allowed = replace(allowed, high=(value, sign == "<="))
    else:
        allowed = replace(allowed, low=(value, sign == ">="))
    return [{path: allowed}]


def _constant(node: n.Node) -> Any:
    if isinstance(node, n.Negative) and isinstance(node.of, n.Literal) and isinstance(node.of.value, Decimal):
        return -node.of.value
    if isinstance(node, n.Literal) and isinstance(node.value, (str, bool, Decimal)):
        return node.value
    raise Unclear
