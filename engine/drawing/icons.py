"""The small signs of BPMN, drawn about the origin: kinds of tasks and events, gateways, markers at the foot of a task.

A sign is a list of strokes: path data, and whether it is filled (`solid`) or open (`line`).
"""

from __future__ import annotations

from typing import NamedTuple


class Stroke(NamedTuple):
    """One path of a sign; `width` is that of its line."""

    data: str
    classes: str = "line"
    width: float = 1.2


def circle(radius: float, x: float = 0, y: float = 0) -> str:
    """The path data of a circle."""
    return f"M{x - radius} {y}a{radius} {radius} 0 1 0 {2 * radius} 0a{radius} {radius} 0 1 0 {-2 * radius} 0z"


ENVELOPE = "M-7.5 -5h15v10h-15z"
FOLD = "M-7.5 -5L0 1L7.5 -5"
FLAP, BODY = "M-7 -5.5H7L0 -0.2z", "M-7.5 -4L0 1.6L7.5 -4V5h-15z"  # a filled envelope, in two parts
GEAR = " ".join(
    ["M0 -7.5V-5M0 5V7.5M-7.5 0H-5M5 0H7.5", "M-5.3 -5.3L-3.5 -3.5M3.5 3.5L5.3 5.3M-5.3 5.3L-3.5 3.5M3.5 -3.5L5.3 -5.3"]
)
PENTAGON = "M0 -7.5L7.2 -2.3L4.4 6.2H-4.4L-7.2 -2.3z"
CROSS = "M-2 -7h4v5h5v4h-5v5h-4v-5h-5v-4h5z"

TASKS: dict[str, list[Stroke]] = {
    "userTask": [Stroke(circle(3, 0, -3.6)), Stroke("M-6.5 7.5V5.5C-6.5 2.5 -4 1 0 1S6.5 2.5 6.5 5.5V7.5z")],
    "manualTask": [Stroke("M-8 4V-2L-4 -5.5H0.5V-3H-2.5H6.5V-0.5H7.5V2H6.5V4.5H5V7H-4.5z")],
    "scriptTask": [
        Stroke("M-4 -7.5H6.5C2.5 -4.5 7.5 -0.5 5 3.5Q4 5.5 2 7.5H-7C-3.5 4.5 -8 0.5 -6 -3.5Q-5 -6 -4 -7.5z"),
        Stroke("M-3 -4H2.5M-3.2 0H3M-2.6 4H2.4"),
    ],
    "serviceTask": [Stroke(circle(5)), Stroke(circle(2)), Stroke(GEAR, width=2.2)],
    "businessRuleTask": [
        Stroke("M-8 -6h16v12h-16z"),
        Stroke("M-8 -6h16v4h-16z", "solid", 1),
        Stroke("M-3 -2V6M-8 2H8"),
    ],
    "sendTask": [Stroke(FLAP, "solid", 0.6), Stroke(BODY, "solid", 0.6)],
    "receiveTask": [Stroke(ENVELOPE), Stroke(FOLD)],
}

EVENTS: dict[str, list[Stroke]] = {
    "timer": [Stroke(circle(9)), Stroke("M0 -5.5V0L3.5 2"), Stroke("M0 -9V-7M0 9V7M-9 0H-7M9 0H7")],
    "message": [Stroke(ENVELOPE), Stroke(FOLD)],
    "signal": [Stroke("M0 -7.5L7.5 5.5H-7.5z")],
    "error": [Stroke("M-7 7L-3 -6L2.5 1.5L7 -7L3.5 6L-2.5 -1.5z")],
    "escalation": [Stroke("M0 -8L6 7L0 1L-6 7z")],
    "conditional": [Stroke("M-5.5 -7.5h11v15h-11z"), Stroke("M-3.5 -4.5H3.5M-3.5 -1.5H3.5M-3.5 1.5H3.5M-3.5 4.5H3.5")],
    "link": [Stroke("M-7.5 -3H1.5V-7L8 0L1.5 7V3H-7.5z")],
    "cancel": [Stroke("M-7 -4.8L-4.8 -7L0 -2.2L4.8 -7L7 -4.8L2.2 0L7 4.8L4.8 7L0 2.2L-4.8 7L-7 4.8L-2.2 0z")],
    "compensate": [Stroke("M-0.5 -6V6L-8 0z"), Stroke("M7 -6V6L-0.5 0z")],
    "terminate": [Stroke(circle(9), "solid")],
    "multiple": [Stroke(PENTAGON)],
    "parallelMultiple": [Stroke(CROSS)],
}

THROWN: dict[str, list[Stroke]] = {
    **{kind: [stroke._replace(classes="solid") for stroke in strokes] for kind, strokes in EVENTS.items()},
    "message": [Stroke(FLAP, "solid", 0.6), Stroke(BODY, "solid", 0.6)],
}

GATEWAYS: dict[str, list[Stroke]] = {
    "exclusiveGateway": [Stroke("M-6.5 -8.5L6.5 8.5M6.5 -8.5L-6.5 8.5", width=3.5)],
    "parallelGateway": [Stroke("M0 -12V12M-12 0H12", width=3.5)],
    "inclusiveGateway": [Stroke(circle(11), width=2.8)],
    "complexGateway": [Stroke("M0 -12V12M-12 0H12M-8 -8L8 8M8 -8L-8 8", width=3)],
    "eventBasedGateway": [Stroke(circle(13)), Stroke(circle(10.5)), Stroke(PENTAGON)],
    "eventBasedGateway instantiate": [Stroke(circle(13)), Stroke(PENTAGON)],
    "eventBasedGateway parallel": [Stroke(circle(13)), Stroke(CROSS)],
}

MARKERS: dict[str, list[Stroke]] = {
    "loop": [Stroke("M-2.5 5.2A5.5 5.5 0 1 1 2.5 5.2M-2.5 5.2H-6.5M-2.5 5.2V1.4", width=1.5)],
    "parallel": [Stroke("M-4 -6V6M0 -6V6M4 -6V6", width=2.2)],
    "sequential": [Stroke("M-6 -4H6M-6 0H6M-6 4H6", width=2.2)],
    "compensation": [Stroke("M0 -5V5L-7 0z"), Stroke("M7 -5V5L0 0z")],
    "adhoc": [Stroke("M-7 2C-5 -5 -1.5 -2.5 0 0S5 4 7 -2.5", width=2.2)],
    "collapsed": [Stroke("M-6.5 -6.5h13v13h-13z"), Stroke("M0 -4V4M-4 0H4")],
}
