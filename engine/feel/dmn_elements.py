"""What is where in a DMN file: children by name, the FEEL text of cells, lines."""

from __future__ import annotations

from lxml import etree

from .errors import ExpressionError, Unsupported

NOT_LOGIC = frozenset(
    {
        "description",
        "extensionElements",
        "question",
        "allowedAnswers",
        "variable",
        "decisionMaker",
        "decisionOwner",
        "supportedObjective",
        "impactedPerformanceIndicator",
        "usingProcess",
        "usingTask",
        "authorityRequirement",
        "informationRequirement",
    }
)  # what a decision may have beside its logic


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; comments have none."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def below(element: etree._Element, name: str) -> list[etree._Element]:
    """The children of a name."""
    return [child for child in element if local(child) == name]


def child(element: etree._Element, name: str) -> etree._Element:
    """The child of a name, or where there is none the element itself, which has no text of its own."""
    return next(iter(below(element, name)), element)


def text_in(cell: etree._Element) -> str:
    """The text of a cell."""
    return "".join((text.text or "") for text in below(cell, "text")).strip()


def feel_in(cell: etree._Element) -> str:
    """The FEEL text of a cell; any other language is refused."""
    check_language(cell)
    return text_in(cell)


def check_language(element: etree._Element) -> None:
    """Refuse any language but FEEL."""
    language = element.get("expressionLanguage")
    if language and language.rstrip("/").rsplit("/", 1)[-1].lower() != "feel":
        raise Unsupported(f"the expression language {language} is not supported")


def logic(decision: etree._Element) -> etree._Element:
    """The table of a decision; anything else that it needs is refused."""
    found = [child for child in decision if local(child) and local(child) not in NOT_LOGIC]
    for child in found:
        if local(child) != "decisionTable":
            raise Unsupported(f"{local(child)} is not supported, only decision tables are")
    for required in decision.iter("{*}requiredDecision"):
        raise Unsupported(f"it requires the decision {required.get('href')}, which is not supported")
    if not found:
        raise Unsupported("there is no decision table")
    return found[0]


def line_of(element: etree._Element, error: ExpressionError) -> int:
    """The line of the file to which an error in the text of an element points, 0 if it is unknown."""
    cell = child(element, "text")
    line: int = cell.sourceline or 0
    text = cell.text or ""
    return line and line + text[: len(text) - len(text.lstrip())].count("\n") + error.line - 1
