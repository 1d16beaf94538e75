"""What the operators of trading answer, as JSON Schema."""

from __future__ import annotations

from typing import Any

WHOLE = {"type": "integer"}
NUMBER = {"type": "number"}
TEXT = {"type": "string"}
TRUTH = {"type": "boolean"}
MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "format": "date"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


FACTS = _object(
    orderType=TEXT,
    buys=TRUTH,
    pays=TRUTH,
    sells=TRUTH,
    status=TEXT,
    amlHold=TRUTH,
    idExpiredDays=WHOLE,
    person=TRUTH,
    age=WHOLE,
    cardBound=TRUTH,
    cardFrozen=TRUTH,
    ownersKnown=TRUTH,
    restrictedFrom=WHOLE,
    known=TRUTH,
    fundStatus=TEXT,
    targetStatus=TEXT,
    r=WHOLE,
    confirmLag=WHOLE,
    sameManager=TRUTH,
    privateFund=TRUTH,
    pensionShare=TRUTH,
    payMethod=TEXT,
    riskPoints={"type": "array", "items": TEXT},
    fundName=_object(zh=TEXT, en=TEXT),
    amount=NUMBER,
    shares=NUMBER,
    places=WHOLE,
    held=TRUTH,
    minFirst=NUMBER,
    minAdd=NUMBER,
    limited=TRUTH,
    quotaLeft=NUMBER,
    available=NUMBER,
    quick=TRUTH,
    quickShares=NUMBER,
    assetsPercent=NUMBER,
    remaining=NUMBER,
    holdingDays=WHOLE,
    feeDue=TRUTH,
    cancelOpen=TRUTH,
    onTime=TRUTH,
    secondsSinceLike={"type": ["integer", "null"]},
    largeValue=NUMBER,
    recentOrders=WHOLE,
    recentTotal=NUMBER,
    letterSigned=TRUTH,
    letterId=WHOLE,
    onSite=TRUTH,
)
LETTER = _object(letterId=WHOLE, signedAt=MOMENT)
ACCEPTANCE = _object(orderId=WHOLE, orderNumber=TEXT, caseNumber=TEXT, acceptedAt=MOMENT, amount=NUMBER, shares=NUMBER)
CLOSED = _object(status=TEXT)
REQUESTED = _object(amount=NUMBER)
REFUNDED = _object(amount=NUMBER)
TAKEN = _object(submittedAt=MOMENT, confirmDate=DAY)
SETTLED = _object(
    outcome={"enum": ["CONFIRMED", "PARTIAL", "REJECTED"]},
    amount=NUMBER,
    shares=NUMBER,
    nav=NUMBER,
    fee=NUMBER,
    navDate=DAY,
    confirmDate=DAY,
    reason=TEXT,
    refund=NUMBER,
    firstPurchase=TRUTH,
    sample=WHOLE,
    guide=TEXT,
)
