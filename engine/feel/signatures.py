"""What a function is: what it takes, what it costs, what runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, DecimalException

from .errors import ExpressionError
from .frame import Frame
from .temporal import Months
from .values import Value, kind

ACCEPTED: dict[str, tuple[type, ...]] = {
    "any": (),
    "text": (str,),
    "number": (Decimal,),
    "boolean": (bool,),
    "list": (list,),
    "context": (dict,),
    "date": (date, datetime),
    "date and time": (datetime,),
    "duration": (timedelta, Months),
}
MANY = 99


def flat(values: list[Value]) -> int:
    """A cost that does not depend on the arguments."""
    return 1


def by_size(values: list[Value]) -> int:
    """One per item of a list or context, one per 16 characters of a text."""
    cost = 1
    for value in values:
        if type(value) is list or type(value) is dict:
            cost += len(value)
        elif type(value) is str:
            cost += len(value) >> 4
    return cost


def sorting(values: list[Value]) -> int:
    """Sixteen times the size."""
    return 16 * by_size(values)


@dataclass(frozen=True)
class Function:
    """A function with the kinds of its parameters; null for a parameter that is not `any` gives null."""

    name: str
    run: Callable[..., Value]
    kinds: tuple[str, ...]
    least: int
    most: int
    charge: Callable[[list[Value]], int]
    spread: bool = False  # takes any number of values, or one list of them
    known: frozenset[str] = frozenset()  # the texts that it takes, where whoever checks a diagram may hold it to them

    def call(self, frame: Frame, values: list[Value]) -> Value:
        """Pay, check the arguments, run."""
        frame.budget.charge(self.charge(values))
        if self.spread and len(values) == 1 and type(values[0]) is list:
            values = values[0]
        ready = []
        for index, value in enumerate(values):
            name = self.kinds[min(index, len(self.kinds) - 1)]
            accepted = ACCEPTED[name]
            if accepted:
                if value is None and not self.spread:
                    return None
                if name == "list" and type(value) is not list:
                    value = [value]
                if type(value) not in accepted:
                    raise ExpressionError(f"{self.name} needs a {name}, not {kind(value)}")
            ready.append(value)
        try:
            return self.run(frame, *ready)
        except (TypeError, ValueError, ArithmeticError, DecimalException, AttributeError):
            raise ExpressionError(f"{self.name}: the arguments are out of range") from None

    def accepts(self, count: int) -> str:
        """What is wrong with a number of arguments; nothing if it fits."""
        if self.least <= count <= self.most:
            return ""
        wanted = str(self.least) if self.least == self.most else f"{self.least} to {self.most}"
        return f"{self.name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {count}"


def declare(name: str, run: Callable[..., Value], signature: str, charge: Callable[[list[Value]], int]) -> Function:
    """A function from a signature like `text, number?`: ? may be left out, + repeats, * repeats or is one list."""
    kinds = [part.strip() for part in signature.split(",") if part.strip()]
    repeats = bool(kinds) and kinds[-1][-1] in "+*"
    return Function(
        name,
        run,
        tuple(part.rstrip("?+*") for part in kinds),
        sum(not part.endswith("?") for part in kinds),
        MANY if repeats else len(kinds),
        charge,
        bool(kinds) and kinds[-1].endswith("*"),
    )


def needed(value: Value, *types: type) -> Value:
    """A value that must be of a kind."""
    if type(value) not in types:
        raise ExpressionError(f"wrong kind of argument: {kind(value)}")
    return value
