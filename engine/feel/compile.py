"""From a tree to closures; names, functions and their arguments are checked on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal

from . import closures
from . import nodes as n
from .closures import Run
from .errors import ExpressionError, LimitExceeded, hint
from .frame import MISSING, Frame
from .limits import Limits
from .operators import ORDERED, field
from .parser import IS_DEFINED
from .signatures import Function
from .values import Range, Value


class Compiler:
    """Builds the closures of one source; `known` are the names there are, or nothing if they are not known."""

    def __init__(self, limits: Limits, functions: Mapping[str, Function], known: Collection[str] | None) -> None:
        self._limits, self._functions, self._known = limits, functions, known
        self._locals: list[tuple[str, int]] = []  # with the number of filters around the loop
        self._filters = self._height = 0

    def build(self, node: n.Node) -> Run:
        """The closure of a node."""
        self._height += 1
        if self._height > self._limits.height:
            raise LimitExceeded("expression has too many parts inside each other", node.position)
        run: Run = getattr(self, "_" + type(node).__name__.lower())(node)
        self._height -= 1
        return run

    # Leaves

    def _literal(self, node: n.Literal) -> Run:
        value = node.value
        return lambda frame: value

    def _question(self, node: n.Question) -> Run:
        return lambda frame: frame.question

    def _name(self, node: n.Name) -> Run:
        name, position, bound = node.name, node.position, self._bound(node.name)
        if bound == self._filters:
            return lambda frame: frame.locals[name]
        if self._filters:
            return self._name_in_filter(name, position, bound is not None)
        if self._known is not None and name not in self._known:
            raise ExpressionError(f"unknown name {name}{hint(name, self._known)}", position)

        def run(frame: Frame) -> Value:
            try:
                return frame.values[name] if name in frame.values else frame.read(name)
            except ExpressionError as error:
                raise error.at(position) from None

        return run

    def _bound(self, name: str) -> int | None:
        """How many filters are around the loop that binds a name, if one does."""
        return next((filters for local, filters in reversed(self._locals) if local == name), None)

    def _name_in_filter(self, name: str, position: int, local: bool) -> Run:
        """Inside [...], fields of the items come before names outside."""

        def run(frame: Frame) -> Value:
            found = frame.in_items(name)
            if found is not MISSING:
                return found
            if local:
                return frame.locals[name]
            try:
                return frame.read(name)
            except ExpressionError as error:
                raise error.at(position) from None

        return run

    # Operators and tests

    def _negative(self, node: n.Negative) -> Run:
        return closures.negative(self.build(node.of), node.position)

    def _arithmetic(self, node: n.Arithmetic) -> Run:
        return closures.computed(node.sign, self.build(node.left), self.build(node.right), node.position)

    def _comparison(self, node: n.Comparison) -> Run:
        return closures.compared(node.sign, self.build(node.left), self.build(node.right), node.position)

    def _logic(self, node: n.Logic) -> Run:
        return closures.connected(node.word, [self.build(part) for part in node.parts], node.position)

    def _not(self, node: n.Not) -> Run:
        return closures.negated(self.build(node.of), node.position)

    def _between(self, node: n.Between) -> Run:
        return closures.between(self.build(node.of), self.build(node.low), self.build(node.high), node.position)

    def _in(self, node: n.In) -> Run:
        return closures.asked(self.build(node.of), self.build(node.test))

    def _signed(self, node: n.Signed) -> Run:
        return closures.tested(node.sign, self.build(node.right), node.position)

    def _matches(self, node: n.Matches) -> Run:
        return closures.matched(self.build(node.wanted), node.position)

    def _condition(self, node: n.Condition) -> Run:
        return closures.conditional(self.build(node.of), node.position)

    def _anyof(self, node: n.AnyOf) -> Run:
        return closures.any_of([self.build(test) for test in node.tests])

    def _if(self, node: n.If) -> Run:
        return closures.chosen(self.build(node.condition), self.build(node.yes), self.build(node.no), node.position)

    # Forms

    def _for(self, node: n.For) -> Run:
        loop, body, position = *self._loop(node), node.position

        def run(frame: Frame) -> Value:
            found: list[Value] = []
            outer, frame.locals = frame.locals, dict(frame.locals)
            try:
                for _ in loop(frame):
                    found.append(body(frame))
                    if len(found) > frame.budget.limits.items:
                        raise LimitExceeded(f"list longer than {frame.budget.limits.items} items")
            except ExpressionError as error:
                raise error.at(position) from None
            finally:
                frame.locals = outer
            return found

        return run

    def _quantified(self, node: n.Quantified) -> Run:
        loop, body, position = *self._loop(node), node.position
        some = node.word == "some"

        def run(frame: Frame) -> Value:
            outer, frame.locals = frame.locals, dict(frame.locals)
            try:
                unknown = False
                for _ in loop(frame):
                    value = body(frame)
                    if value is some:
                        return some
                    if value is None:
                        unknown = True
                    elif type(value) is not bool:
                        closures.boolean_needed("satisfies", value, position)
            except ExpressionError as error:
                raise error.at(position) from None
            finally:
                frame.locals = outer
            return None if unknown else not some

        return run

    def _loop(self, node: n.For | n.Quantified) -> tuple[Callable[[Frame], Iterator[None]], Run]:
        """What binds the names of a loop to each value in turn, and what runs for each."""
        outer, cost = len(self._locals), n.size(node)
        sources: list[tuple[str, Callable[[Frame], list[Value]]]] = []
        for binding in node.bindings:
            sources.append((binding.name, self._looped(binding)))
            self._locals.append((binding.name, self._filters))
        body = self.build(node.body)
        del self._locals[outer:]

        def loop(frame: Frame, index: int = 0) -> Iterator[None]:
            name, values = sources[index]
            for value in values(frame):
                frame.budget.charge(cost)
                frame.locals[name] = value
                if index + 1 < len(sources):
                    yield from loop(frame, index + 1)
                else:
                    yield

        return loop, body

    def _looped(self, binding: n.Binding) -> Callable[[Frame], list[Value]]:
        source, position = self.build(binding.source), binding.position
        if binding.last is not None:
            last = self.build(binding.last)
            return lambda frame: whole_numbers(frame, source(frame), last(frame))

        def values(frame: Frame) -> list[Value]:
            value = source(frame)
            if value is None:
                raise ExpressionError("a loop needs a list, not null", position)
            return value if type(value) is list else [value]

        return values

    def _listof(self, node: n.ListOf) -> Run:
        items = [self.build(item) for item in node.items]

        def run(frame: Frame) -> Value:
            frame.budget.items(len(items))
            return [item(frame) for item in items]

        return run

    def _contextof(self, node: n.ContextOf) -> Run:
        entries = [(entry.key, self.build(entry.value)) for entry in node.entries]
        return lambda frame: {key: value(frame) for key, value in entries}

    def _rangeof(self, node: n.RangeOf) -> Run:
        closed = (node.low_closed, node.high_closed)
        if isinstance(node.low, n.Literal) and isinstance(node.high, n.Literal):
            bounds = Range(node.low.value, node.high.value, *closed)
            if type(bounds.low) is type(bounds.high) and type(bounds.low) in ORDERED:
                return lambda frame: bounds
        return closures.bounded(self.build(node.low), self.build(node.high), closed, node.position)

    def _field(self, node: n.Field) -> Run:
        root, fields = n.rooted(node)
        if isinstance(root, n.Name) and not self._filters and self._bound(root.name) is None:
            return self._path(root, fields)
        of, name, position = self.build(node.of), node.name, node.position

        def run(frame: Frame) -> Value:
            value = of(frame)
            if type(value) is dict and name in value:
                return value[name]
            try:
                return field(value, name, frame.budget)
            except ExpressionError as error:
                raise error.at(position) from None

        return run

    def _path(self, root: n.Name, fields: list[n.Field]) -> Run:
        """A path into the data, of which nothing but its end is taken over."""
        self.build(root)  # the name must be known
        if self._height + len(fields) > self._limits.height:
            raise LimitExceeded("expression has too many parts inside each other", root.position)
        path, position = (root.name, *(each.name for each in fields)), root.position

        def run(frame: Frame) -> Value:
            try:
                value, taken = frame.reach(path)
            except ExpressionError as error:
                raise error.at(position) from None
            for each in fields[taken - 1 :]:
                try:
                    value = field(value, each.name, frame.budget)
                except ExpressionError as error:
                    raise error.at(each.position) from None
            return value

        return run

    def _filter(self, node: n.Filter) -> Run:
        of, cost = self.build(node.of), n.size(node.key)
        self._filters += 1
        key = self.build(node.key)
        self._filters -= 1

        def run(frame: Frame) -> Value:
            value = of(frame)
            if value is None:
                return None
            if type(value) is dict:
                found = key(frame)
                if type(found) is str:
                    return value.get(found)
            return filtered(frame, value if type(value) is list else [value], key, cost)

        return run

    # Functions

    def _call(self, node: n.Call) -> Run:
        function, position = self._functions.get(node.function), node.position
        if function is None:
            known = [*self._functions, IS_DEFINED]
            raise ExpressionError(f"unknown function {node.function}{hint(node.function, known)}", position)
        wrong = function.accepts(len(node.arguments))
        if wrong:
            raise ExpressionError(wrong, position)
        arguments, call = [self.build(argument) for argument in node.arguments], function.call

        def run(frame: Frame) -> Value:
            values = [argument(frame) for argument in arguments]
            try:
                return call(frame, values)
            except ExpressionError as error:
                raise error.at(position) from None

        return run

    def _isdefined(self, node: n.IsDefined) -> Run:
        path, bound = node.path, self._bound(node.path[0])
        local, inside = bound is not None, bool(self._filters) and bound != self._filters

        def reached(frame: Frame) -> tuple[Value, int]:
            found = frame.in_items(path[0]) if inside else MISSING
            if found is MISSING and local:
                found = frame.locals[path[0]]
            if found is not MISSING:
                return found, 1
            return frame.reach(path) if frame.has(path[0]) else (None, len(path))

        def run(frame: Frame) -> Value:
            try:
                value, taken = reached(frame)
                for name in path[taken:]:
                    if type(value) is dict and name not in value:
                        return False
                    value = field(value, name, frame.budget)
            except LimitExceeded:
                raise
            except ExpressionError:
                return False
            return value is not None

        return run


def whole_numbers(frame: Frame, first: Value, last: Value) -> list[Value]:
    """The numbers of `first..last`, up or down."""
    if type(first) is not Decimal or type(last) is not Decimal or not (whole(first) and whole(last)):
        raise ExpressionError("a range to loop over needs whole numbers")
    if abs(last - first) > frame.budget.limits.items:
        raise LimitExceeded(f"range longer than {frame.budget.limits.items} items")
    start, end = int(first), int(last)
    return [Decimal(number) for number in (range(start, end + 1) if start <= end else range(start, end - 1, -1))]


def whole(number: Decimal) -> bool:
    """Whether a number has no fraction."""
    return number == number.to_integral_value()


def filtered(frame: Frame, items: list[Value], key: Run, cost: int) -> Value:
    """The items for which the key is true, or the one item whose number the key is."""
    found: list[Value] = []
    for item in items:
        frame.budget.charge(cost)
        frame.items.append(item)
        try:
            value = key(frame)
        finally:
            frame.items.pop()
        if type(value) is Decimal:
            index = int(value)
            if index != value:
                raise ExpressionError("a position in a list is a whole number")
            return items[index - 1 if index > 0 else index] if index and -len(items) <= index <= len(items) else None
        if value is True:
            found.append(item)
    return found
