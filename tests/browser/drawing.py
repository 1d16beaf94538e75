"""What somebody does in the editor of diagrams, by the context pad and the panel."""

from __future__ import annotations

from .someone import Someone
from .test_editing import SELECT

FLOW = """([from, to]) => document.getElementById('canvas').modeler.get('elementRegistry')
  .filter(one => one.source?.id === from && one.target?.id === to)[0].id"""
REACHES = """([flow, to]) => {
  const modeler = document.getElementById('canvas').modeler, all = modeler.get('elementRegistry');
  const end = all.get(to);
  modeler.get('modeling').reconnectEnd(all.get(flow), end, { x: end.x, y: end.y + end.height / 2 });
}"""


def appends(owner: Someone, after: str, what: str, id: str, name: str = "") -> None:
    """Put an element behind another one by its context pad, and say what it is."""
    page = owner.page
    page.evaluate(SELECT, after)
    page.locator(f".djs-context-pad [data-action='append.{what}']").click()
    page.keyboard.press("Escape")
    calls(owner, id, name)


def calls(owner: Someone, id: str, name: str) -> None:
    """Say in the panel what the chosen element is called."""
    owner.page.locator("#property-id").fill(id)
    owner.page.locator("#property-name").fill(name)
    owner.page.evaluate(SELECT, id)


def becomes(owner: Someone, element: str, kind: str) -> None:
    """Make an element one of another kind by its context pad."""
    page = owner.page
    page.evaluate(SELECT, element)
    page.locator(".djs-context-pad [data-action=replace]").click()
    page.locator(f".djs-popup [data-id=replace-with-{kind}]").click()


def connects(owner: Someone, source: str, target: str) -> None:
    """Draw a flow by the context pad."""
    page = owner.page
    page.evaluate(SELECT, source)
    page.locator(".djs-context-pad [data-action=connect]").click()
    box = page.locator(f".djs-element[data-element-id={target}] > .djs-visual > *").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"], box["y"] - 5)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()


def chooses(owner: Someone, source: str, target: str) -> None:
    """Choose the flow between two elements."""
    owner.page.evaluate(SELECT, owner.page.evaluate(FLOW, [source, target]))


def reaches(owner: Someone, flow: str, target: str) -> None:
    """Let a flow end at another element, as dragging its end does."""
    owner.page.evaluate(REACHES, [flow, target])
