"""How an order goes in the demo: staff guide, the customer signs, bank and registrar answer by themselves."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from .fates import WAITS, Fate
from .plot import Plot, Reaction, comment
from .script import Script, Values


def begin(script: Script, at: datetime) -> Values:
    """A customer comes with a wish of his own."""
    said = script.scenario
    wish = {"orderType": said["type"], "fundCode": said["fund"], "amount": Decimal(said["amount"])}
    who = {"customerId": script.customer, "channel": script.channel, "initiative": "CUSTOMER"}
    return {**who, **wish, "told": said["told"]}


def confirm(script: Script, at: datetime) -> Values:
    """What was wished for, read back; the scenario's where the wish is not complete."""
    said, wish = script.scenario, script.data
    kind = wish.get("orderType") or said.get("type", "PUR")
    return {
        "orderType": kind,
        "fundCode": wish.get("fundCode") or said.get("fund", "990001"),
        "amount": wish.get("amount") or Decimal(said.get("amount", "5000")),
        "payMethod": said.get("pay", "CARD"),
        "investableAssets": Decimal(said.get("assets", "300000")),
        "recordingId": f"REC{at:%Y%m%d%H%M%S}" if script.channel == "F2F" else None,
        "codeReadBack": True,
    }


def guide(script: Script, at: datetime) -> Values:
    """Everything is explained, nothing operated."""
    points = ("applicationExplained", "feesExplained", "transferExplained", "nothingOperated")
    return dict.fromkeys(points, True)


def record(script: Script, at: datetime) -> Values:
    """The talk at the counter is recorded."""
    return {"recordingId": f"REC{at:%Y%m%d%H%M%S}"}


def approve(script: Script, at: datetime) -> Values:
    """The sale is approved."""
    return {"approved": True, "approvalReason": script.phrase("approve sale")}


def care(script: Script, at: datetime) -> Values:
    """The script for elderly customers was followed."""
    half = Decimal(script.data.get("order", {}).get("amount") or 0) / 2
    return {"scriptFollowed": True, "largestLoss": half.quantize(Decimal("0.01")), "careGiven": True}


def release(script: Script, at: datetime) -> Values:
    """Nothing was found."""
    return {"released": True, "holdReason": script.phrase("no finding")}


def investigate(script: Script, at: datetime) -> Values:
    """The registrar had turned the order down and not said so."""
    return {"outcome": "REJECTED", "reason": script.phrase("registrar")}


def warned(script: Script) -> Values:
    """The letter is signed, every point ticked."""
    points = dict.fromkeys(("pointAbove", "pointLoss", "pointUnlikeMine", "pointNotAdvised"), True)
    return {**points, "statement": script.phrase("own wish"), "signature": script.name}


def signed(script: Script) -> Values:
    """The application is signed."""
    return {"keyFactsRead": True, "riskNoticeRead": True, "ownDecision": True, "signature": script.name}


PLOT = Plot(
    key="trade",
    scenarios="trades",
    begin=begin,
    forms={
        "ConfirmOrder": confirm,
        "ReviewHold": release,
        "Guide": guide,
        "RecordTalk": record,
        "ApproveSale": approve,
        "GiveCare": care,
        "Investigate": investigate,
    },
    stages=(("ConfirmOrder",), ("Guide", "ApproveSale", "GiveCare", "RecordTalk"), (WAITS,), ("Investigate",)),
    reactions={
        "sign": Reaction(message="application_signed", says=signed),
        "warned": Reaction(message="warning_signed", says=warned),
        "gives up": Reaction(message="application_declined", says=comment("declines")),
        "cancel order": Reaction(message="order_cancelled", says=comment("declines")),
    },
    ordinarily=("sign", "warned"),
    working=(10.0, 0.7),
    reacting=(3.0, 0.9),
    at_once={"ConfirmOrder": (4.0, 0.5)},
    usual=(Fate(key="trade", scenario="own-cash"),),
)
