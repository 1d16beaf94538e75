"""What is wrong with a form, said so that one knows what to do: "Choose a root cause", not "required"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.errors import FieldError

from .. import when
from ..language import Lang, Words, noop, words
from . import labels
from .shape import Shape, places, shape, walk

Say = Callable[["Part"], str]

FORMATS = {
    "date": noop("Write the %(label)s as year, month and day, such as 2026-11-20"),
    "date-time": noop("Write the %(label)s as day and time, such as 2026-11-20 14:50"),
    "time": noop("Write the %(label)s as hours and minutes, such as 14:50"),
    "email": noop("Write the %(label)s as an e-mail address, such as name@example.com"),
    "uri": noop("Write the %(label)s as a web address that begins with https://"),
    "uuid": noop("Write the %(label)s as 32 letters and digits in five groups"),
    "cn-id": noop("Check the %(label)s: 18 characters, and the last one must fit the others"),
    "cn-mobile": noop("Write the %(label)s as a mobile number with 11 digits"),
    "cn-phone": noop("Write the %(label)s as a phone number, with its area code unless it is a mobile number"),
    "cn-landline": noop("Write the %(label)s as a landline number with its area code"),
    "uscc": noop("Check the %(label)s: 18 characters, and the last one must fit the others"),
    "bank-card": noop("Check the %(label)s: 16 to 19 digits, and the last one must fit the others"),
    "person-name": noop("Write the %(label)s with Chinese or Latin letters only"),
    "other-id": noop("Write the %(label)s as it stands in the passport or permit"),
    "fund-code": noop("Write the %(label)s with 6 digits, such as 990014"),
}
PATTERNS = {
    r"^\d{6}$": noop("Write the %(label)s with 6 digits, such as 990014"),
    r"^1[3-9]\d{9}$": noop("Write the %(label)s as a mobile number with 11 digits"),
    r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?)$": noop(
        "Write the %(label)s as a phone number, with its area code unless it is a mobile number"
    ),
    r"^[1-9]\d{16}[\dXx]$": noop("Check the %(label)s: 18 characters, and the last one must fit the others"),
    r"^[A-Za-z\u4e00-\u9fff· ]{2,50}$": noop("Write the %(label)s with Chinese or Latin letters only"),
}
UNKNOWN = {
    "fund": noop("No fund has this code; look it up by its name"),
    "customer": noop("No customer has this number; look the customer up by name or phone"),
    "staff": noop("Nobody here has this name; look the person up"),
}
WRITTEN = noop("Check how the %(label)s is written")
NOT_KNOWN = noop("Nothing is known under this %(label)s; look it up")
TOGETHER = noop("Correct what is entered; the answers do not fit together")
WHOLE = {
    "maxSize": noop("Shorten the texts; together they are too long to be kept"),
    "maxWork": noop("Enter less; the answers are too many or too long to be checked"),
    "maxDepth": noop("Enter less; the answers are nested too deeply to be kept"),
}


ASKING = ("what", "why", "how", "who", "when", "where", "which", "is", "are", "has", "does")


class Part:
    """One field and what is wrong with it."""

    def __init__(self, field: Shape, error: FieldError, say: Words) -> None:
        self.field, self.error, self.say = field, error, say
        self.title = labels.label(field, say.lang)

    @property
    def value(self) -> Any:
        """What the schema asks for."""
        return self.error.value

    @property
    def names(self) -> dict[str, str]:
        """The label as it stands alone, within a sentence, and with its article."""
        if self.say.lang == "zh":
            return {"title": self.title, "label": self.title, "one": self.title}
        inside = _inside(self.title)
        article = "an" if inside[:1].lower() in "aeiou" else "a"
        return {"title": self.title, "label": inside, "one": f"{article} {inside}"}

    def __call__(self, text: str, **values: object) -> str:
        """The sentence in its language."""
        return self.say(text, **self.names, **values)

    def many(self, one: str, more: str, num: int) -> str:
        """The sentence for a number of things."""
        return self.say.many(one, more, num, **self.names)


def messages(schema: Mapping[str, Any], errors: Mapping[str, FieldError], lang: Lang) -> dict[str, str]:
    """What to do about every field that is not right, by the field's name, in the order of the form."""
    say, form = words(lang), shape(schema)
    found = {name: _sentence(name, error, form, say) for name, error in errors.items()}
    order = {part.name: place for place, part in enumerate(walk(form))}
    return dict(sorted(found.items(), key=lambda item: order.get(_top(item[0], order), len(order))))


def _sentence(name: str, error: FieldError, form: Shape, say: Words) -> str:
    field, row = _find(name, form)
    if field is None:
        if error.code == "undeclared":
            return say("This form has no field “%(name)s”; open the task again", name=name)
        return say(WHOLE.get(error.code, TOGETHER))
    part = Part(field, error, say)
    sentence = SENTENCES.get(error.code, _other)(part)
    return say("Row %(n)s: %(sentence)s", n=row + 1, sentence=sentence) if row is not None else sentence


def _find(name: str, form: Shape) -> tuple[Shape | None, int | None]:
    """The field of a name, and the row that it stands in."""
    row = None
    for part in _all(form, name):
        if part.name == name:
            return part, row
        if name.startswith(part.name + ".") and part.kind in ("rows", "list", "checks"):
            index, _, rest = name[len(part.name) + 1 :].partition(".")
            row = int(index) if index.isdecimal() else None
            if row is None or part.item is None:
                return part, None
            inside = part.at(row)
            if part.kind == "list":
                return inside if "title" in inside.schema else part, row
            found, _ = _find(name, inside) if rest else (inside, None)
            return found or part, row
    return None, row


def _all(form: Shape, name: str) -> list[Shape]:
    return [part for part in walk(form) if name == part.name or name.startswith(part.name + ".")][::-1]


def _top(name: str, order: Mapping[str, int]) -> str:
    """The name itself, or the nearest field around it."""
    while name and name not in order:
        name = name.rpartition(".")[0]
    return name


def _inside(title: str) -> str:
    """A label as it stands within a sentence."""
    first = title.split(" ", 1)[0]
    return title if first[1:].lower() != first[1:] or first == "I" else title[:1].lower() + title[1:]


def _question(part: Part) -> bool:
    """Whether a label asks: it cannot stand within a sentence."""
    return part.title.rstrip().endswith(("?", "？")) or part.title.split(" ", 1)[0].lower() in ASKING


def _missing(part: Part) -> str:
    if _question(part):
        return part("Answer “%(title)s”")
    match part.field.kind:
        case "check":
            return part("Tick “%(title)s”")
        case "radio" | "select":
            return part("Choose %(one)s")
        case "checks":
            return part("Choose at least one of the %(label)s")
        case "list" | "rows":
            return part("Add at least one entry to “%(title)s”")
        case "lookup":
            return part("Find the %(label)s")
        case "group":
            return part("Fill in “%(title)s”")
    return part("Write the %(label)s")


def _kind(part: Part) -> str:
    match part.field.kind:
        case "integer":
            return part("Write the %(label)s as a whole number, such as 3")
        case "number" | "money":
            example = "3" if places(part.field.schema) == 0 else "1860.00"
            return part("Write the %(label)s in digits, such as %(example)s", example=example)
        case "text" | "textarea":
            return part("Write the %(label)s as text")
    return _missing(part)


def _step(part: Part) -> str:
    decimals = places({"multipleOf": part.value})
    if decimals is None:
        return part("Write %(one)s that is a multiple of %(value)s", value=part.value)
    if decimals == 0:
        return part("Write the %(label)s as a whole number, such as 3")
    example = f"{1860:.{decimals}f}"
    return part.say.many(
        "Write the %(label)s with at most %(num)s decimal, such as %(example)s",
        "Write the %(label)s with at most %(num)s decimals, such as %(example)s",
        decimals,
        example=example,
        **part.names,
    )


def _pattern(part: Part) -> str:
    if (known := PATTERNS.get(str(part.value))) is not None:
        return part(known)
    examples = part.field.schema.get("examples")
    if isinstance(examples, list) and examples:
        return part("Write the %(label)s in the form of %(example)s", example=examples[0])
    if labels.text(part.field.schema, "description", part.say.lang):
        return part("Write the %(label)s as the hint above it says")
    return part("Check how the %(label)s is written; some of its characters do not belong there")


def _format(part: Part) -> str:
    return part(FORMATS.get(str(part.value), WRITTEN))


def _choice(part: Part) -> str:
    if part.field.kind == "check":
        wanted = part.field.schema.get("const") is not False
        return part("Tick “%(title)s”") if wanted else part("Take the tick from “%(title)s”")
    if part.field.kind == "checks":
        return part("Choose the %(label)s from the list")
    return part("Choose %(one)s from the list") if not _question(part) else part("Answer “%(title)s”")


def _short(part: Part) -> str:
    least = int(part.value)
    return part.many(
        "Write the %(label)s with at least %(num)s character",
        "Write the %(label)s with at least %(num)s characters",
        least,
    )


def _long(part: Part) -> str:
    most = int(part.value)
    return part.many(
        "Shorten the %(label)s to at most %(num)s character",
        "Shorten the %(label)s to at most %(num)s characters",
        most,
    )


def _few(part: Part) -> str:
    if int(part.value) == 1:
        return _missing(part)
    if part.field.kind == "checks":
        return part("Choose at least %(n)s of the %(label)s", n=part.value)
    return part("Add at least %(n)s entries to “%(title)s”", n=part.value)


def _many(part: Part) -> str:
    if part.field.kind == "checks":
        return part("Choose at most %(n)s of the %(label)s", n=part.value)
    return part("Add at most %(n)s entries to “%(title)s”", n=part.value)


def _limit(text: str) -> Say:
    def say(part: Part) -> str:
        value = part.value
        if part.field.kind == "money" and value is not None:
            return part(text, value=when.amount(value))
        return part(text, value=when.number(value) if isinstance(value, int) else value)

    return say


def _unknown(part: Part) -> str:
    return part(UNKNOWN.get(part.field.lookup or str(part.value), NOT_KNOWN))


def _other(part: Part) -> str:
    return part("Correct the %(label)s")


SENTENCES: dict[str, Say] = {
    "required": _missing,
    "dependentRequired": _missing,
    "type": _kind,
    "minimum": _limit(noop("Write %(one)s of at least %(value)s")),
    "maximum": _limit(noop("Write %(one)s of at most %(value)s")),
    "exclusiveMinimum": _limit(noop("Write %(one)s above %(value)s")),
    "exclusiveMaximum": _limit(noop("Write %(one)s below %(value)s")),
    "multipleOf": _step,
    "minLength": _short,
    "maxLength": _long,
    "pattern": _pattern,
    "format": _format,
    "enum": _choice,
    "const": _choice,
    "oneOf": _choice,
    "anyOf": _choice,
    "minItems": _few,
    "maxItems": _many,
    "uniqueItems": lambda part: part("Name each of the %(label)s only once"),
    "undeclared": lambda part: part("This form has no field “%(title)s”; open the task again"),
    "exists": _unknown,
    "value": lambda part: part("Write the %(label)s anew; some of its characters cannot be kept"),
    "personal": lambda part: part("Write the %(label)s as text"),
}
