"""Whether a bundle does harm when it is run: the real stepper with random people, operators, clocks and messages.

It knows nothing of the checks. Harm is a case that is stuck, an activity with two tokens at once, a token that ends where
no end is drawn, or a step that fails.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import workflows
from engine.bundles import Bundle, read_bundle
from engine.calendars import default, functions, parameters_function
from engine.check.shapes import resolved
from engine.diagram import Diagram, read_diagram
from engine.errors import EngineError, StepFailed
from engine.feel import ExpressionError, Language, compile_unary_tests
from engine.forms import Form
from engine.forms.accept import shown, with_defaults, without_hidden
from engine.spiff import Answer, Environment, Marking, Stepper

BUNDLES = Path("bpmn_diagrams")
BEGUN = datetime(2026, 3, 2, 1, tzinfo=UTC)  # a Monday morning
PARAMETERS = {name: said["value"] for name, said in workflows.parameters().items()}
LANGUAGE = Language(host=(*functions(default()), parameters_function(PARAMETERS)))
OPERATORS = {operator.name: operator for operator in workflows.OPERATORS}
ANYTHING = compile_unary_tests("-")
MOST_STEPS = 70
LITERALS = re.compile(r'"([A-Za-z][A-Za-z_0-9]*)"')
NAMES = re.compile(r'"[^"]*"|([A-Za-z]\w*)')
BIASES = (0.05, 0.5, 0.95)  # how often something is true, for each name in each play anew


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a bundle that lies in a folder."""
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".bpmn", ".dmn", ".json"))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@cache
def others() -> tuple[dict[str, Bundle], dict[str, Any]]:
    """The processes and the shared decisions of the repository, as they are."""
    read = {path.parent.name: read_bundle(files_of(path.parent)) for path in sorted(BUNDLES.glob("*/*.bpmn"))}
    shared: dict[str, Any] = {}
    for path in sorted(BUNDLES.glob("shared/*/*.dmn")):
        shared |= read_bundle(files_of(path.parent)).decisions(LANGUAGE)
    return read, shared


@dataclass
class Loose:
    """A decision table of which any rows hit, so that the ways behind a long table are come to."""

    table: Any
    random: random.Random

    def __getattr__(self, name: str) -> Any:
        return getattr(self.table, name)

    def evaluate(self, data: Mapping[str, Any], now: datetime | None = None, limits: Any = None) -> Any:
        most = 1 if self.table.policy.single else 2
        rows = self.random.sample(self.table.rows, self.random.randint(1 if most == 1 else 0, most))
        cells = [replace(row, tests=tuple(ANYTHING for _ in row.tests)) for row in rows]
        return replace(self.table, rows=tuple(cells)).evaluate(data, now, limits)


@dataclass
class World:
    """What a case of one bundle may meet; in a loose one the tables decide at random."""

    bundle: Bundle
    loose: random.Random | None = None

    def executable(self) -> Any:
        found = self.bundle.executable(LANGUAGE)
        if self.loose is None:
            return found
        return replace(found, decisions={key: Loose(one, self.loose) for key, one in found.decisions.items()})

    def form_of(self, element: str) -> Form | None:
        """The form of an element, of a called process too."""
        if self.bundle.diagram is not None and element in self.bundle.diagram:
            return self.bundle.form_of(element)
        return next((found for one in others()[0].values() if (found := one.form_of(element))), None)

    def newest(self, key: str) -> Any:
        return self.version(others()[0][key].digest)

    def version(self, digest: str) -> Any:
        if digest == self.bundle.digest:
            return self.executable()
        return next(one for one in others()[0].values() if one.digest == digest).executable(LANGUAGE)

    def decision(self, key: str) -> tuple[Any, str]:
        found = others()[1][key]
        return Loose(found, self.loose) if self.loose else found, "shared"


@dataclass
class Play:
    """One case, played at random."""

    world: World
    random: random.Random
    at: datetime = BEGUN
    marking: Marking = field(default_factory=Marking)
    texts: Mapping[str, list[str]] = field(default_factory=dict)
    biases: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        environment = Environment(
            library=self.world,
            answer=self.answered,
            language=LANGUAGE,
            due=lambda text, at: default().due(text, at),
            moved=lambda at, term, stopped, resumed: default().moved(at, term, stopped, resumed),
        )
        self.stepper = Stepper(self.world.executable(), environment)

    @property
    def diagram(self) -> Diagram:
        assert self.world.bundle.diagram is not None
        return self.world.bundle.diagram

    def harms(self) -> Iterator[tuple[str, str]]:
        """What harm is done, and where; the play ends with it."""
        try:
            yield from self.seen(self.begin())
            for _ in range(MOST_STEPS):
                moves = self.moves()
                if not moves:
                    break
                yield from self.seen(self.random.choice(moves)())
        except StepFailed as failed:
            yield "failed", f"{failed.element}: {failed}"[:200]
        except ExpressionError as failed:
            yield "failed", str(failed)[:200]
        except EngineError as failed:
            yield "failed", f"{type(failed).__name__}: {failed}"[:200]

    def seen(self, outcome: Any) -> Iterator[tuple[str, str]]:
        """Take a step over, and say what harm shows in it."""
        self.marking, effects = outcome
        if self.marking.stuck:
            yield "stuck", ", ".join(sorted({token.element for token in self.marking.tokens}))
        held = Counter((t.element, t.scope) for t in self.marking.tokens if not t.locals and self.stands(t))
        for (element, _), count in held.items():
            if count > 1:
                yield "doubled", element
        for effect in effects:
            if effect.kind == "left" and effect.element in self.diagram:
                element = self.diagram.element(effect.element)
                if not element.outgoing and element.kind != "endEvent" and not element.triggered_by_event:
                    yield "lost", effect.element

    def stands(self, token: Any) -> bool:
        if token.element not in self.diagram:
            return False
        element = self.diagram.element(token.element)
        return element.is_activity and element.multi_instance is None

    # What may happen

    def begin(self) -> Any:
        starts = self.diagram.start_events()
        plain = [start for start in starts if start.event and start.event.kind in ("none", "timer")]
        start = self.random.choice(plain or list(starts))
        form = self.world.bundle.form_of(start.id)
        values = self.form(form) if form else {}
        if plain:
            return self.stepper.start(values, self.at)
        return self.stepper.start({}, self.at, message=start.event.name if start.event else "", payload=values)

    def moves(self) -> list[Any]:
        """The steps that are possible now; the clock stands still unless a timer is fired."""
        found: list[Any] = []
        around = {o for token in self.marking.tokens for o in (*token.scope, token.host)}
        for token in self.marking.tokens:
            if token.state == "ready":
                found += 4 * [lambda token=token: self.complete(token)]
            elif token.state == "started" and token.occurrence not in around:
                found += 4 * [lambda token=token: self.answer_of(token)]
        for timer in self.marking.timers:
            if timer.occurrence not in self.marking.stopped:
                found.append(lambda timer=timer: self.fire(timer))
        elements = {token.occurrence: token.element for token in self.marking.tokens}
        for heard in self.marking.subscriptions:
            if heard.kind == "message":
                found.append(lambda heard=heard: self.hear(heard, elements.get(heard.occurrence, heard.element)))
        return found

    def complete(self, token: Any) -> Any:
        form = self.world.form_of(token.element)
        return self.stepper.complete(self.marking, token.occurrence, self.form(form) if form else {}, self.at)

    def fire(self, timer: Any) -> Any:
        self.at = max(self.at, datetime.fromisoformat(timer.due))
        return self.stepper.fire(self.marking, timer.occurrence, self.at)

    def hear(self, heard: Any, element: str) -> Any:
        form = self.world.form_of(heard.element) or self.world.form_of(element)
        values = self.form(form) if form else {}
        return self.stepper.message(self.marking, heard.name, values, self.at, to=heard.occurrence)

    def answer_of(self, token: Any) -> Any:
        element = self.diagram.element(token.element) if token.element in self.diagram else None
        operation = element.operation.id if element and element.operation else ""
        return self.stepper.answer(self.marking, token.occurrence, self.result(operation), self.at)

    def answered(self, request: Any) -> Answer | None:
        operator = OPERATORS.get(request.operator)
        if request.operator != "case/start" and (operator is None or operator.kind == "remote"):
            return None
        edges = self.diagram.boundary_events(request.element)
        codes = [edge.event.name for edge in edges if edge.event and edge.event.kind == "error"]
        if codes and self.random.random() < 0.2:
            return Answer({}, self.random.choice(codes) or "failed")
        return Answer(self.result(request.operator))

    def result(self, operator: str) -> Any:
        schema = OPERATORS[operator].result if operator in OPERATORS else None
        return self.value(schema, schema, 0) if schema else {"requested": "x"}

    # What is answered

    def form(self, form: Form) -> dict[str, Any]:
        """A submission that the form takes: all that it may require is there, of the rest one half."""
        schema = form.schema
        filled = {name: self.value(one, schema, 0, name) for name, one in form.properties.items()}
        while hidden := [name for name in filled if not shown(form.properties[name], filled)]:
            for name in hidden:
                del filled[name]
        needed = {name for part in required(schema) for name in part}
        for name in [name for name in filled if name not in needed]:
            if self.random.random() < 0.5:
                del filled[name]
        return with_defaults(form, without_hidden(form, filled))

    def value(self, schema: Any, root: Mapping[str, Any], depth: int, name: str = "") -> Any:
        """A value of a schema."""
        if not isinstance(schema, Mapping) or depth > 6:
            return "x"
        if "$ref" in schema:
            return self.value(resolved(root, schema["$ref"]), root, depth + 1, name)
        for key in ("enum", "oneOf", "anyOf"):
            if isinstance(schema.get(key), list) and schema[key]:
                chosen = self.random.choice(schema[key])
                if isinstance(chosen, Mapping):
                    inner = {**schema, key: None, **chosen}
                    return chosen["const"] if "const" in chosen else self.value(inner, root, depth + 1, name)
                return chosen
        if "const" in schema:
            return schema["const"]
        kinds = schema.get("type")
        kind = self.random.choice(kinds) if isinstance(kinds, list) else kinds
        if kind == "object" or "properties" in schema:
            inner = schema.get("properties") or {}
            asked = {one for part in required(schema) for one in part} if "required" in schema else set(inner)
            keep = [one for one in inner if one in asked or self.random.random() < 0.5]
            return {one: self.value(inner[one], root, depth + 1, one) for one in keep}
        if kind == "array":
            least = schema.get("minItems", 0)
            count = self.random.randint(least, max(least, min(schema.get("maxItems", 3), 3)))
            items = [self.value(schema.get("items", {}), root, depth + 1, name) for _ in range(count)]
            different = {json.dumps(item, default=str, sort_keys=True): item for item in items}
            return list(different.values()) if schema.get("uniqueItems") else items
        return self.plain(str(kind), schema, name)

    def plain(self, kind: str, schema: Mapping[str, Any], name: str) -> Any:
        """A number, a text, true or false: often one that the diagram compares its name with."""
        if kind == "boolean":
            return self.random.random() < self.biases.setdefault(name, self.random.choice(BIASES))
        if kind in ("number", "integer"):
            low = int(schema.get("minimum", 0))
            high = int(schema.get("maximum", low + self.random.choice((0, 3, 10, 100, 1_000))))
            return self.random.randint(low, max(low, high))
        if kind == "null":
            return None
        if schema.get("format") == "date":
            return (self.at.date() + timedelta(days=self.random.randint(-5, 20))).isoformat()
        if schema.get("format") == "date-time":
            return (self.at + timedelta(hours=self.random.randint(-50, 400))).isoformat()
        return self.random.choice([*(() if schema.get("minLength") else ("",)), "x", *3 * self.texts.get(name, [])])


def required(schema: Any) -> Iterator[list[str]]:
    """The names that a schema requires, or may require by any of its conditions."""
    if not isinstance(schema, Mapping):
        return
    if isinstance(schema.get("required"), list):
        yield schema["required"]
    for part in (schema.get("then"), schema.get("else"), *(schema.get("allOf") or ())):
        yield from required(part)


def compared(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """The texts that expressions and tables hold, by the names that stand in the same ones."""
    found: dict[str, dict[str, None]] = {}
    for text in expressions(files):
        literals = LITERALS.findall(text)
        for name in NAMES.findall(text) if literals else ():
            found.setdefault(name, {}).update(dict.fromkeys(literals))
    return {name: list(literals) for name, literals in found.items() if name}


def expressions(files: Mapping[str, bytes]) -> Iterator[str]:
    """The expressions of a bundle, each cell of a table together with what its column asks for."""
    for path, body in files.items():
        if path.endswith(".bpmn"):
            yield from (formula.text for formula in read_diagram(body).formulas)
        elif path.endswith(".dmn"):
            for decision in read_bundle({path: body}).decisions(LANGUAGE).values():
                for number, column in enumerate(decision.inputs):
                    yield from (f"{column.expression.source} {row.tests[number].source}" for row in decision.rows)


def harms(files: Mapping[str, bytes], seeds: Iterable[int]) -> Iterator[tuple[str, str]]:
    """The harm that random plays do, one after the other; ValueError or a refusal where it cannot be read at all."""
    bundle, texts = read_bundle(files), compared(files)
    for seed in seeds:
        chance = random.Random(seed)
        yield from Play(World(bundle, chance if seed % 3 else None), chance, texts=texts).harms()
