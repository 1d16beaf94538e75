"""From columns and rows to coordinates: rows as high and columns as wide as what is in them, gaps as wide as needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..facts import is_event, is_gateway
from ..geometry import Box, Point
from .placing import Places, Row, Way
from .reading import Lane, Node, Scope, label_size

GAP, ROW_GAP, MARGIN, TRACK = 40.0, 26.0, 24.0, 14.0
BELOW = 22.0  # how far below its host the flow of a boundary event turns
HEADER = 30.0  # the strip with the name of a pool or lane
PADDING, TOP = 28.0, 40.0  # inside an open subprocess
NOTE_NAME = 30.0  # below a piece of data
LOWEST = 90.0  # of a lane that holds nothing


@dataclass(slots=True)
class Layout:
    """A scope with coordinates; its corner is the origin."""

    boxes: dict[str, Box] = field(default_factory=dict)
    points: dict[str, list[Point]] = field(default_factory=dict)
    names: dict[str, Box] = field(default_factory=dict)
    frames: dict[str, Box] = field(default_factory=dict)  # of lanes
    size: tuple[float, float] = (0.0, 0.0)
    inner: dict[str, Layout] = field(default_factory=dict)  # of folded subprocesses, on planes of their own

    def take(self, other: Layout, dx: float, dy: float) -> None:
        """Take another layout in, moved."""
        for mine, theirs in ((self.boxes, other.boxes), (self.names, other.names), (self.frames, other.frames)):
            mine.update({id: box.moved(dx, dy) for id, box in theirs.items()})
        self.points.update({id: [(x + dx, y + dy) for x, y in line] for id, line in other.points.items()})
        self.inner.update(other.inner)


@dataclass(slots=True)
class Upright:
    """An upright part of flows in a gap: the levels that it joins, from the left and to the right."""

    key: str
    from_left: set[float] = field(default_factory=set)
    to_right: set[float] = field(default_factory=set)
    track: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """From where to where it goes."""
        levels = self.from_left | self.to_right
        return min(levels), max(levels)


def lay_out(scope: Scope, *, lanes: bool = True) -> Layout:
    """The layout of a scope and of all that is inside."""
    return _Measure(scope, lanes).layout()


class _Measure:
    """Measures one scope."""

    def __init__(self, scope: Scope, lanes: bool) -> None:
        self.scope, self.places = scope, Places(scope)
        self.inside = {node.id: lay_out(node.inner, lanes=False) for node in scope.nodes.values() if node.inner}
        self.made = Layout()
        self.left = HEADER * self._depth() if lanes and scope.lanes else 0.0
        self.leaving = Counter(flow.source for flow in scope.flows)
        self.attached: dict[str, list[Node]] = {}
        for node in scope.nodes.values():
            if node.host:
                self.attached.setdefault(node.host, []).append(node)
        self.level: dict[Row, float] = {}
        self.bands: list[tuple[float, float]] = []  # of the lanes that hold no others
        self.floor: list[float] = []  # where what stands alone begins, by lane

    def _depth(self) -> int:
        depths = [lane.depth for lane in _all(self.scope.lanes)]
        return max(depths, default=0) + 1

    def layout(self) -> Layout:
        self._rows()
        uprights = self._uprights()
        self._columns(uprights)
        for node in self.places.nodes:
            column, row = self.places.column[node.id], self.places.row[node.id]
            width, height = self.size(node)
            middle = self.at[column] + self.width[column] / 2
            self.made.boxes[node.id] = Box(middle - width / 2, self.level[row] - height / 2, width, height)
        self._alone()
        for host in self.attached:
            self._attach(host)
        for way in self.places.ways:
            self.made.points[way.flow.id] = self._line(way)
        for id, inner in self.inside.items():
            self._fill(id, inner)
        self._frames()
        return self.made

    def size(self, node: Node) -> tuple[float, float]:
        """How wide and high a node is."""
        if node.id in self.inside and not node.folded:
            width, height = self.inside[node.id].size
            return max(width + 2 * PADDING, 140), height + PADDING + TOP
        return (36, 36) if is_event(node.kind) else (50, 50) if is_gateway(node.kind) else (100, 80)

    # Rows

    def _rows(self) -> None:
        y = 0.0
        nodes = {way.passes: list[Node]() for way in self.places.ways if way.passes}
        for node in self.places.nodes:
            nodes.setdefault(self.places.row[node.id], []).append(node)
        for lane in range(max(1, self.scope.leaves)):
            top, y = y, y + MARGIN
            for row in sorted(row for row in nodes if row[0] == lane):
                up, down = self._extent(nodes[row])
                self.level[row] = y + up
                y += up + down + ROW_GAP
            self.floor.append(y)
            alone = [node for node in self.places.alone if node.lane == lane]
            y += max((self._room(node) + ROW_GAP for node in alone), default=0)
            if lane == max(1, self.scope.leaves) - 1 and self.scope.notes:
                self.notes_at = y
                y += max(note.size[1] for note in self.scope.notes) + NOTE_NAME + ROW_GAP
            y = max(y - ROW_GAP + MARGIN, top + LOWEST if self.scope.leaves else y - ROW_GAP + MARGIN)
            self.bands.append((top, y))
        self.height = y

    def _room(self, node: Node) -> float:
        below = self._below(node)
        return self.size(node)[1] + max(below, node.beside[1] + 8)

    def _extent(self, nodes: list[Node]) -> tuple[float, float]:
        """How far a row with these nodes goes up and down from its line."""
        up = down = 8.0
        for node in nodes:
            half, name = self.size(node)[1] / 2, node.beside[1]
            up = max(up, half + (name + 6 if name and is_gateway(node.kind) else 0))
            down = max(down, half + (name + 6 if name and is_event(node.kind) else 0), half + self._below(node))
        return up, down

    def _below(self, node: Node) -> float:
        """The room that the boundary events of a node need below it."""
        events = self.attached.get(node.id, [])
        names = max((event.beside[1] for event in events), default=0)
        return max(18 + names, BELOW + TRACK * len(events)) + 8 if events else 0

    # Gaps and columns

    def _levels(self, way: Way) -> Iterator[tuple[int, float, float]]:
        """Where a flow changes its level: the gap (by the column after it), from which level, to which."""
        start, end = self.places.column[way.start], self.places.column[way.flow.target]
        level, target = self._leaving(way), self.level[self.places.row[way.flow.target]]
        if way.passes is None:
            yield end, level, target
            return
        yield start + 1, level, self.level[way.passes]
        yield end, self.level[way.passes], target

    def _leaving(self, way: Way) -> float:
        """The level at which a flow leaves the column of its source."""
        own = self.level[self.places.row[way.start]]
        if way.flow.source == way.start:
            return own
        host = self.scope.nodes[way.start]
        events = self.attached[way.start]
        place = len(events) - events.index(self.scope.nodes[way.flow.source]) - 1
        return own + self.size(host)[1] / 2 + BELOW + TRACK * place

    def _uprights(self) -> dict[int, dict[str, Upright]]:
        """The upright parts of all flows by gap; those that begin or end together are one."""
        found: dict[int, dict[str, Upright]] = {}
        for way in self.places.ways:
            for gap, level, target in self._levels(way):
                if level == target:
                    continue
                key = self._key(way, gap)
                upright = found.setdefault(gap, {}).setdefault(key, Upright(key))
                if way.back:  # it comes from the left and goes on to the left, or the other way round
                    leaves = gap == self.places.column[way.start] + 1
                    (upright.from_left if leaves else upright.to_right).update((level, target))
                else:
                    upright.from_left.add(level)
                    upright.to_right.add(target)
        for uprights in found.values():
            _assign(list(uprights.values()))
        return found

    def _key(self, way: Way, gap: int) -> str:
        """What upright parts have in common: their source as they leave it, else their target."""
        leaves = gap == self.places.column[way.start] + 1
        if way.back:
            return f"{way.flow.id} {leaves}"
        if way.passes is None:
            leaves = self.leaving[way.flow.source] > 1
        return f"from {way.flow.source}" if leaves else f"to {way.flow.target}"

    def _columns(self, uprights: Mapping[int, Mapping[str, Upright]]) -> None:
        """Where columns begin and how wide they are, and where the tracks in the gaps lie."""
        count = max(self.places.column.values(), default=-1) + 1
        self.width = [0.0] * count
        for node in self.places.nodes:
            column = self.places.column[node.id]
            self.width[column] = max(self.width[column], self.size(node)[0])
        room = self._label_room()
        self.at, self.track = [0.0] * (count + 1), {}
        x = self.left
        for gap in range(count + 1):
            mine = uprights.get(gap, {})
            tracks = max((one.track for one in mine.values()), default=0)
            least = MARGIN if gap in (0, count) else max(GAP, room.get(gap, 0))
            size = max(least, TRACK * (tracks + 1) if tracks else least)
            for one in mine.values():
                self.track[gap, one.key] = x + size * one.track / (tracks + 1)
            x += size
            self.at[gap] = x
            x += self.width[gap] if gap < count else 0
        self.right = x

    def _label_room(self) -> dict[int, float]:
        """How wide gaps must be for the names on the flows in them."""
        found: dict[int, float] = {}
        for way in self.places.ways:
            if way.flow.name and not way.back:
                gap = self.places.column[way.start] + 1
                straight = not any(level != target for _, level, target in self._levels(way))
                found[gap] = max(found.get(gap, 0), label_size(way.flow.name)[0] + (24 if straight else 34))
        return found

    # Lines

    def _line(self, way: Way) -> list[Point]:
        source, target = self.made.boxes[way.flow.source], self.made.boxes[way.flow.target]
        boundary = way.flow.source != way.start
        level = self._leaving(way)
        points: list[Point] = [(source.cx, source.bottom), (source.cx, level)] if boundary else [(source.right, level)]
        for gap, before, after in self._levels(way):
            if before != after:
                x = self.track[gap, self._key(way, gap)]
                points += [(x, before), (x, after)]
        return straight([*points, (target.x, target.cy)])

    # What hangs on others

    def _attach(self, host: str) -> None:
        """Put boundary events on the lower edge of their host, from left to right."""
        box, events = self.made.boxes[host], self.attached[host]
        for number, event in enumerate(events):
            step = min(48.0, (box.width - 24) / max(1, len(events)))
            x = box.right - 30 - step * (len(events) - 1 - number)
            self.made.boxes[event.id] = Box(x - 18, box.bottom - 18, 36, 36)

    def _alone(self) -> None:
        """Put what no flow leads to side by side below the others of its lane."""
        for lane, floor in enumerate(self.floor):
            x = self.left + MARGIN
            for node in [node for node in self.places.alone if node.lane == lane]:
                width, height = self.size(node)
                wide = max(width, node.beside[0])
                self.made.boxes[node.id] = Box(x + (wide - width) / 2, floor, width, height)
                x += wide + GAP
                self.right = max(self.right, x - GAP + MARGIN)
        x = self.left + MARGIN
        for note in sorted(self.scope.notes, key=lambda note: self._near(note.of)):
            x = max(x, self._near(note.of) - note.size[0] / 2)
            self.made.boxes[note.id] = Box(x, self.notes_at, *note.size)
            x += max(note.size[0], 90) + GAP
            self.right = max(self.right, x - GAP + MARGIN)

    def _near(self, nodes: list[str]) -> float:
        """Where the first node is that something belongs to."""
        return min((self.made.boxes[id].cx for id in nodes if id in self.made.boxes), default=0)

    def _fill(self, id: str, inner: Layout) -> None:
        """Put what is in a subprocess where it stands, or on its own plane."""
        if self.scope.nodes[id].folded:
            self.made.inner[id] = inner
        else:
            box = self.made.boxes[id]
            self.made.take(inner, box.x + PADDING, box.y + TOP)

    def _frames(self) -> None:
        """The frames of the lanes, those that hold others around them."""
        self.made.size = (self.right, self.height)
        for lane in reversed(list(_all(self.scope.lanes))):
            x = HEADER * lane.depth
            if lane.inner:
                inside = [self.made.frames[one.id] for one in lane.inner]
                top, bottom = min(box.y for box in inside), max(box.bottom for box in inside)
            else:
                top, bottom = self.bands[lane.number]
            self.made.frames[lane.id] = Box(x, top, self.right - x, bottom - top)


def straight(points: list[Point]) -> list[Point]:
    """A line without points in the middle of a straight part."""
    kept = points[:1]
    for number, point in enumerate(points[1:], 1):
        after = points[number + 1] if number + 1 < len(points) else None
        before = kept[-1]
        if point == before and after is not None:
            continue
        if after is not None and (before[0] == point[0] == after[0] or before[1] == point[1] == after[1]):
            continue
        kept.append(point)
    return kept


def _all(lanes: list[Lane]) -> Iterator[Lane]:
    for lane in lanes:
        yield lane
        yield from _all(lane.inner)


def _assign(uprights: list[Upright]) -> None:
    """Give upright parts tracks: what comes from the left at a level lies left of what goes to the right there."""
    spans = {one.key: one.span for one in uprights}
    waiting = dict(sorted(((one.key, one) for one in uprights), key=lambda item: (spans[item[0]], item[0])))
    right_of = _right_of(uprights)
    left = Counter(key for keys in right_of.values() for key in keys)  # how many are still to be placed left of each
    taken: dict[int, list[tuple[float, float]]] = {}
    while waiting:
        one = waiting.pop(next((key for key in waiting if not left[key]), next(iter(waiting))))
        one.track = max(one.track, 1)
        while any(_meet(spans[one.key], other) for other in taken.get(one.track, ())):
            one.track += 1
        taken.setdefault(one.track, []).append(spans[one.key])
        for key in right_of[one.key]:
            left[key] -= 1
            if key in waiting:
                waiting[key].track = max(waiting[key].track, one.track + 1)


def _right_of(uprights: list[Upright]) -> dict[str, set[str]]:
    """Those that must lie right of each."""
    leave: dict[float, set[str]] = {}
    for one in uprights:
        for level in one.to_right:
            leave.setdefault(level, set()).add(one.key)
    return {one.key: set().union(*(leave.get(level, ()) for level in one.from_left)) - {one.key} for one in uprights}


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] - 4 < other[1] and other[0] - 4 < one[1]
