"""The measured parts of docs/conformance.md, as they have to stand there.

python -m tests.engine.conformance      prints them
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from engine.feel import ExpressionError, compile_expression
from engine.spiff import Refused, parse
from engine.spiff.parser import EXECUTED
from tests.engine.check.bundles import check
from tests.engine.check.hostile import MIWG, executable
from tests.engine.feel.standard import DATA, EQUAL, ERROR, MORE, NOW
from tests.engine.feel.test_conformance import TCK, results
from tests.engine.spiff.xmls import END, START, el, line, xml

SORTS = {"literal": "literal expressions", "table": "decision tables"}
EVENTS = "message signal timer error terminate escalation conditional compensate link cancel".split()
POSITIONS = "startEvent intermediateCatchEvent intermediateThrowEvent boundaryEvent endEvent".split()


def tck() -> Iterator[str]:
    """The results of the DMN TCK, level 2, by sort."""
    counts = Counter((sort, how) for folder in TCK.iterdir() for sort, how, _ in results(folder))
    yield from row("level 2", "results", "right", "refused by name", "wrong")
    for sort, said in SORTS.items():
        all_of_them = sum(count for (one, _), count in counts.items() if one == sort)
        yield line_of(said, all_of_them, *(counts[sort, how] for how in ("right", "refused", "wrong")))


def language() -> Iterator[str]:
    """How many expressions of each chapter are held against the standard."""
    yield from row("chapter", "equal to the standard")
    for chapter, table in EQUAL.items():
        yield line_of(chapter, len(table))
    yield ""
    yield from row("not equal", "expressions")
    yield line_of("null in the standard, an error that says why here", len(ERROR["null in the standard"]))
    yield line_of("left out, an error by name", len(ERROR["left out"]))
    yield line_of("beside the standard, a value here alone", len(MORE))


def left_out() -> Iterator[str]:
    """What of FEEL is left out, with the error that one gets."""
    yield from row("expression", "error")
    for text in ERROR["left out"]:
        try:
            compile_expression(text).evaluate(DATA, now=NOW)
        except ExpressionError as error:
            yield line_of(code(text), error.message)


def models() -> Iterator[str]:
    """What the check finds in the reference models of the BPMN MIWG, as they are and as if they were to be executed."""
    yield from row("model", "errors", "warnings", "notes", "errors if executable", "warnings", "notes")
    for path in MIWG:
        counts = [
            Counter(one.severity for one in check({path.name: content}))
            for content in (path.read_bytes(), executable(path.read_bytes()))
        ]
        yield line_of(path.stem, *(one[severity] for one in counts for severity in ("error", "warning", "info")))


def elements() -> Iterator[str]:
    """The elements that are executed, and which event may stand where."""
    yield from row("executed")
    names = sorted(tag.rpartition("}")[2] for tag in EXECUTED)
    yield line_of(", ".join(map(code, names)))
    yield ""
    yield from row("event", *map(code, POSITIONS))
    for event in EVENTS:
        yield line_of(event, *("executed" if accepted(position, event) else "refused" for position in POSITIONS))


def accepted(position: str, event: str) -> bool:
    """Whether an event is read in a position."""
    inner = f'<bpmn:{event}EventDefinition messageRef="M" signalRef="S" errorRef="E"/>'
    if event == "timer":
        inner = '<bpmn:timerEventDefinition><bpmn:timeDuration>"PT1H"</bpmn:timeDuration></bpmn:timerEventDefinition>'
    roots = '<bpmn:message id="M" name="m"/><bpmn:signal id="S" name="s"/><bpmn:error id="E" errorCode="e"/>'
    attached = {"attachedToRef": "u"} if position == "boundaryEvent" else {}
    node = el(position, "z", inner, **attached)
    try:
        parse(
            xml((START if position != "startEvent" else "") + el("userTask", "u") + END + node + flows(position), roots)
        )
        return True
    except Refused:
        return False


def flows(position: str) -> str:
    """The ways through the diagram of an event in a position."""
    return {
        "startEvent": line("z", "u", "end"),
        "endEvent": line("start", "u", "z"),
        "boundaryEvent": line("start", "u", "end") + line("z", "end"),
    }.get(position, line("start", "u", "z", "end"))


def code(text: str) -> str:
    """A text as code in a table."""
    return "`" + text.replace("|", "\\|") + "`"


def line_of(*cells: object) -> str:
    """A row of a table."""
    return f"| {' | '.join(map(str, cells))} |"


def row(*cells: str) -> Iterator[str]:
    """The head of a table."""
    yield line_of(*cells)
    yield f"|{'---|' * len(cells)}"


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "tck": tck,
    "language": language,
    "left out": left_out,
    "models": models,
    "elements": elements,
}


if __name__ == "__main__":
    for name, part in PARTS.items():
        print(f"<!-- {name} -->", *part(), "<!-- end -->", "", sep="\n")
