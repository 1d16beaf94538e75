"""What the parts of a process and the data of its cases are called, from the bundle that a case was started with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from engine.check.texts import written

from . import forms, when
from .forms import Shape
from .forms import labels as named
from .language import Words
from .made import Made, answered, called, decided, repeated, tables_of, titles_in

if TYPE_CHECKING:
    from engine import Case, Engine
    from engine.bundles import Bundle
    from engine.model import Disposal

NOTHING: tuple[Any, ...] = (None, "", [], {})
KEPT = 400  # bundles in a language whose labels stay in memory
LONG = 60  # characters that do not fit beside a label


@dataclass(frozen=True, kw_only=True)
class Row:
    """One piece of data: its label, its text, or the reference that stands for a personal value."""

    label: str
    key: str = ""
    text: str = ""
    vault: Mapping[str, Any] | None = None
    shape: Shape | None = None
    kind: str = ""
    lookup: str = ""  # what its value is looked up among: customer, fund, staff
    exact: str = ""  # a moment or a day as it stands in the data, where the text says it as people do
    long: bool = False
    rows: tuple[Row, ...] = ()
    gone: Disposal | None = None  # what became of the value in the vault, if somebody disposed of it

    @property
    def inner(self) -> bool:
        """Whether its text is as the process has it, and in no language: a code, or what somebody typed elsewhere."""
        return not self.kind and not self.vault

    @property
    def reference(self) -> str:
        """The name of the value in the vault, if it stands there."""
        return str(self.vault["$vault"]) if self.vault else ""


@dataclass(frozen=True)
class Labels:
    """The labels of one bundle in one language; the engine knows what its operators and shared tables answer."""

    bundle: Bundle
    words: Words
    engine: Engine | None = None
    _shapes: dict[str, Shape] = field(default_factory=dict, compare=False)

    def text(self, text: str) -> str:
        """A text of the diagram in the language."""
        return self.bundle.translate(text, self.words.lang)

    @property
    def process(self) -> str:
        """What the process is called."""
        return self.text(self.bundle.name)

    def element(self, id: str) -> str:
        """What an element or flow is called."""
        return self.text(self.bundle.diagram.label(id)) if self.bundle.diagram else id

    def marked(self, id: str) -> Markup:
        """What an element or flow is called, for a page; of a nameless one its id, which is in no language."""
        said = self.element(id)
        return Markup('<code translate="no">{}</code>').format(id) if said == id else escape(said)

    def form(self, element: str) -> Shape | None:
        """The shape of an element's form."""
        form = self.bundle.form_of(element)
        if form is None:
            return None
        if element not in self._shapes:
            self._shapes[element] = forms.shape(form.schema)
        return self._shapes[element]

    @cached_property
    def fields(self) -> Mapping[str, tuple[str, Shape]]:
        """Every name in the data of a case that a form declares: its label and its shape.

        The values of a task with a variable stand under that name, and are called as the task is.
        """
        found: dict[str, tuple[str, Shape]] = {}
        for element in self.bundle.diagram.elements if self.bundle.diagram else ():
            shape = self.form(element.id)
            if shape is None:
                continue
            variable = element.variable_name or (element.event.variable if element.event else None)
            if variable:
                found.setdefault(variable, (self.text(element.label), shape))
                continue
            for part in shape.parts:
                found.setdefault(part.key, (named.label(part, self.words.lang), part))
        return found

    @cached_property
    def made(self) -> Mapping[str, Made]:
        """Every name in the data that an operator answers under, or a table of this bundle."""
        said = answered(self.bundle, self.engine.context.registry, self.words.lang) if self.engine else ()
        own = decided(self.bundle, tables_of(self.bundle), self.words.lang)
        return _first(said, own, repeated(self.bundle, self.words.lang))

    @cached_property
    def translated(self) -> Mapping[str, str]:
        """The names of scripts that the bundle translates."""
        known = self.bundle.i18n.get(self.words.lang, {})
        return {name: known[name] for name in written(self.bundle.diagram) if name in known}

    def elsewhere(self) -> Mapping[str, Made]:
        """Every name that comes from a shared table or a called process, as what is in force is labelled today."""
        wanted, tables, found = called(self.bundle), dict[str, Shape](), dict[str, Made]()
        for bundle in self._in_force(wanted) if wanted else ():
            tables |= tables_of(bundle)
            if bundle.diagram is not None:
                there = labels_of(bundle, self.words, self.engine)
                found |= there.made | {name: Made(label, shape) for name, (label, shape) in there.fields.items()}
                found |= {name: Made(title, UNKNOWN) for name, title in there.translated.items() if name not in found}
        return found | dict(decided(self.bundle, tables, self.words.lang))

    def _in_force(self, keys: set[str]) -> Iterator[Bundle]:
        if self.engine is not None:
            for one in self.engine.in_force():
                if one.key in keys:
                    yield self.engine.bundle(one.bundle)

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        """What a name is called that stands inside of an answer or a form, wherever that is."""
        entered = {name: Made(label, shape) for name, (label, shape) in self.fields.items()}
        return titles_in({**self.made, **entered}, self.words.lang)

    def name(self, name: str, part: Shape | None = None, more: Mapping[str, str] | None = None) -> str:
        """What a name inside of the data is called: as declared there, translated for itself, or anywhere else."""
        title = named.text(part.schema, "title", self.words.lang) if part else ""
        title = title or self.translated.get(name, "") or self._titles.get(name, "") or (more or {}).get(name, "")
        return title or _spoken(name)

    def field(self, name: str) -> str:
        """What a name is called that stands at the top of the data."""
        if name in self.fields:
            return self.fields[name][0]
        return self.rows({name: ""})[1][0].label

    def entered(self, data: Mapping[str, Any]) -> tuple[Row, ...]:
        """What forms declare of the data of a case, in their order."""
        return tuple(
            row_of(shape, data[name], self.words, label)
            for name, (label, shape) in self.fields.items()
            if data.get(name) not in NOTHING and _entered(shape, data[name])
        )

    def rows(self, data: Mapping[str, Any]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
        """The data of a case: what forms declare, in their order, and what else there is."""
        other = {
            name: value
            for name, value in data.items()
            if name not in self.fields or not _entered(self.fields[name][1], value)
        }
        return self.entered(data), tuple(self._worked_out(other))

    def _worked_out(self, data: Mapping[str, Any]) -> Iterator[Row]:
        """The values that no form declares."""
        elsewhere = {} if data.keys() <= self.made.keys() | self.translated.keys() else self.elsewhere()
        made, more = {**elsewhere, **self.made}, titles_in(elsewhere, self.words.lang)
        called = partial(self.name, more=more)
        for name, value in data.items():
            one = None if name in self.translated else made.get(name)
            yield _plain(one.label if one else called(name), value, self.words, one.shape if one else None, called)

    def texts(self, data: Mapping[str, Any], but: str = "") -> tuple[Row, ...]:
        """What people have written so far and everybody may read, the last first; but for the form of one element."""
        own = {part.key for part in shape.parts} if (shape := self.form(but)) else set()
        inside = [one for row in self.entered(data) for one in (row.rows or (row,))]
        return tuple(row for row in reversed(inside) if row.kind == "textarea" and row.key not in own)

    def about(self, case: Case, processes: Mapping[str, str] | None = None) -> str:
        """What a case is about, in a word: what its process names as its subject, as the form calls it.

        `processes` says what each is called; it is needed where `is_about_a_process`.
        """
        shape = self._subject
        if case.subject is None or shape is None:
            return case.subject or ""
        known = processes if processes and self.is_about_a_process else {}
        return known.get(case.subject) or named.shown(shape, case.subject, self.words)

    @property
    def is_about_a_process(self) -> bool:
        """Whether the subject is another process."""
        return self._subject is not None and self._subject.lookup == "process"

    def subjects(self, text: str) -> list[str]:
        """The subjects that a case may have whose name holds a text."""
        choices = self._subject.choices if self._subject else ()
        wanted = text.strip().lower()
        return [str(one.value) for one in choices if wanted and wanted in named.choice(one, self.words).lower()]

    @cached_property
    def _subject(self) -> Shape | None:
        """The field that the process names as its subject."""
        first, *rest = self.bundle.said("subject").split(".")
        shape = self.fields[first][1] if first in self.fields else None
        for name in rest:
            shape = next((part for part in shape.parts if part.key == name), None) if shape else None
        return shape

    def answers(self, element: str, values: Mapping[str, Any]) -> tuple[Row, ...]:
        """What was entered in a form, in the order of the form."""
        shape = self.form(element)
        return tuple(_inside(shape, values, self.words)) if shape else ()


@lru_cache(KEPT)
def labels_of(bundle: Bundle, words: Words, engine: Engine | None = None) -> Labels:
    """The labels of a bundle in a language; neither ever changes, so what was worked out once is kept."""
    return Labels(bundle, words, engine)


def process_names(engine: Engine, words: Words) -> dict[str, str]:
    """What each process in force is called, by its key."""
    in_force = [(one.key, engine.bundle(one.bundle)) for one in engine.in_force() if one.kind == "process"]
    return {key: bundle.translate(bundle.name, words.lang) for key, bundle in in_force}


def row_of(shape: Shape, value: Any, words: Words, label: str = "") -> Row:
    """One value with its label."""
    label = label or named.label(shape, words.lang)
    if is_reference(value):
        return Row(label=label, vault=value, shape=shape)
    if shape.kind == "group" and isinstance(value, Mapping):
        return Row(label=label, rows=tuple(_inside(shape, value, words)))
    if shape.kind == "rows" and isinstance(value, list):
        inside = [
            Row(label=words("Row %(n)s", n=n + 1), rows=tuple(_inside(shape.at(n), row, words)))
            for n, row in enumerate(value)
            if isinstance(row, Mapping)
        ]
        return Row(label=label, rows=tuple(inside))
    if isinstance(value, Mapping):
        return _plain(label, value, words)
    text = named.shown(shape, value, words)
    long = shape.kind == "textarea" or len(text) > LONG
    lookup = shape.lookup if shape.kind == "lookup" else ""
    exact = value if shape.kind in ("moment", "date") and value != text else ""
    return Row(label=label, key=shape.key, text=text, kind=shape.kind, lookup=lookup, exact=exact, long=long)


def _entered(shape: Shape, value: Any) -> bool:
    """Whether a person can have chosen a value; one that is not among the choices was set by the process."""
    return not shape.choices or isinstance(value, list) or value in (None, "", *(one.value for one in shape.choices))


def _inside(shape: Shape, values: Mapping[str, Any], words: Words) -> Iterator[Row]:
    for part in shape.parts:
        if part.key in values and values[part.key] not in NOTHING:
            yield row_of(part, values[part.key], words)


def shown_rows(row: Row, value: Any, words: Words) -> tuple[Row, ...]:
    """What stood behind a reference, as rows."""
    found = row_of(row.shape, value, words) if row.shape else _plain(row.label, value, words)
    return found.rows or (found,)


def with_disposals(rows: Iterable[Row], disposals: Mapping[str, Disposal]) -> tuple[Row, ...]:
    """Rows that say what became of their values in the vault."""
    return tuple(
        replace(row, gone=disposals.get(row.reference), rows=with_disposals(row.rows, disposals)) for row in rows
    )


def is_reference(value: Any) -> bool:
    """Whether this stands for a value in the vault."""
    return isinstance(value, Mapping) and "$vault" in value


def _first(*several: Iterable[tuple[str, Made]]) -> dict[str, Made]:
    """Of each name the first that is said of it."""
    found: dict[str, Made] = {}
    for name, one in chain(*several):
        found.setdefault(name, one)
    return found


def _spoken(name: str, part: Shape | None = None) -> str:
    return named.spoken(name) if name.isidentifier() else name


def _plain(
    label: str,
    value: Any,
    words: Words,
    shape: Shape | None = None,
    called: Callable[[str, Shape | None], str] = _spoken,
) -> Row:
    """A value that no form declares, with all that is inside of it; `shape` is what is known of it."""
    if is_reference(value):
        return Row(label=label, vault=value)
    if isinstance(value, Mapping) and not named.in_languages(value):
        parts = {part.key: part for part in shape.parts} if shape else {}
        inside = ((key, one, parts.get(key)) for key, one in value.items())
        return Row(
            label=label, rows=tuple(_plain(called(key, part), one, words, part, called) for key, one, part in inside)
        )
    if isinstance(value, list) and any(isinstance(one, (Mapping, list)) for one in value):
        item = shape.item or shape if shape else None
        rows = [_plain(words("Row %(n)s", n=n + 1), one, words, item, called) for n, one in enumerate(value)]
        return Row(label=label, rows=tuple(rows))
    lookup = shape.lookup if shape and shape.kind == "lookup" else ""
    exact = value if isinstance(value, str) and when.is_moment(value) else ""
    text = when.read(exact, words) if exact else named.shown(shape or UNKNOWN, value, words)
    return Row(label=label, text=text, lookup=lookup, exact=exact)


UNKNOWN = Shape(name="", key="", kind="text", schema={})
