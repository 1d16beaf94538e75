"""The DMN TCK: every result is right, refused with a reason, or wrong; none may be wrong."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from engine.feel import ExpressionError, Language, Unsupported, compile_expression, host_function, read_decisions
from engine.xml import parse_xml

TCK = Path(__file__).parents[4] / "shared/conformance/dmn-tck/compliance-level-2"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def value_of(element):
    """The value of an inputNode, expected, item or component."""
    children = [child for child in element if isinstance(child.tag, str)]
    names = [child.tag.rpartition("}")[2] for child in children]
    if "component" in names:
        return {child.get("name"): value_of(child) for child in children}
    if "list" in names:
        return [value_of(item) for item in children[0]]
    value = children[0]
    if value.get(XSI + "nil") == "true":
        return None
    kind, text = value.get(XSI + "type", "xsd:string").split(":")[1], value.text or ""
    return Decimal(text) if kind in ("decimal", "double") else text == "true" if kind == "boolean" else text


def alike(found, expected):
    """Equal, numbers to 8 decimals as the TCK's runner takes them."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) < Decimal("1e-8")
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(alike, found, expected))
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(alike(found[key], expected[key]) for key in found)
    return type(found) is type(expected) and found == expected


def literals(root):
    """Literal decisions, by name; a business knowledge model becomes a host function of this runner."""
    phrases = frozenset(data.get("name") for data in root.iter("{*}inputData"))
    host = []
    for model in root.iter("{*}businessKnowledgeModel"):
        parameters = [parameter.get("name") for parameter in model.iter("{*}formalParameter")]
        body = compile_expression(model.findtext(".//{*}literalExpression/{*}text"))
        call = lambda *values, body=body, parameters=parameters: body.evaluate(dict(zip(parameters, values)))  # noqa: E731
        host.append(host_function(model.get("name"), call, ", ".join(["any"] * len(parameters))))
    language = Language(host=tuple(host))
    for decision in root.iterchildren("{*}decision"):
        text = decision.findtext("{*}literalExpression/{*}text")
        if text is not None:
            yield (
                decision.get("name"),
                lambda data, text=text: compile_expression(text, language, phrases=phrases).evaluate(data),
            )


def runners(root):
    found = dict(literals(root))
    if found:
        return "literal", found
    return "table", {d.name: lambda data, d=d: d.evaluate(data).value for d in read_decisions(root).values()}


def results(folder):
    """(sort, how, what) for each expected result of a model."""
    try:
        root = parse_xml(next(folder.glob("*.dmn")).read_bytes())
        sort, found = runners(root)
    except Unsupported as error:
        yield "table", "refused", str(error)
        return
    for cases in folder.glob("*.xml"):
        for case in parse_xml(cases.read_bytes()).iter("{*}testCase"):
            data = {node.get("name"): value_of(node) for node in case.iterchildren("{*}inputNode")}
            for node in case.iterchildren("{*}resultNode"):
                expected = value_of(node.find("{*}expected"))
                what = f"{folder.name} {case.get('id')} {node.get('name')}"
                try:
                    value = found[node.get("name")](data)
                    yield sort, "right" if alike(value, expected) else "wrong", f"{what}: {value!r} is not {expected!r}"
                except ExpressionError as error:
                    yield sort, "refused", f"{what}: {error} (expected {expected!r})"


@pytest.mark.skipif(not TCK.is_dir(), reason="the conformance models are not there")
def test_tck():
    counts, notes = Counter(), []
    for folder in sorted(TCK.iterdir()):
        for sort, how, what in results(folder):
            counts[sort, how] += 1
            if how != "right":
                notes.append(f"{how}: {what}")
    assert [note for note in notes if not note.startswith("refused")] == []
    assert counts == {("literal", "right"): 74, ("literal", "refused"): 1, ("table", "right"): 51}, notes
