"""What becomes of each sample case: where it stands at the end, and what its customer does. Data, told in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

WAITS = "(customer)"  # stands with the customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One course of a case.

    `stop` is the element where it is left standing; nothing: it runs to its end. It begins `age` working days before
    the end, at the least and the most, or on any day; or only so many `fresh` minutes before it. `late` is how many
    working days ago it got where it stands. `mine`: the person of the log-in page has the task. `reactions` are the
    customer's answers in order, `marks` what staff do otherwise, `children` the fates of the cases that come out of
    it, by their process.
    """

    key: str
    scenario: str = ""
    stop: str = ""
    age: tuple[int, int] | None = None
    fresh: int = 0
    late: int = 0
    mine: bool = False
    reactions: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    children: Mapping[str, Fate] = field(default_factory=dict)


_inquiry = partial(Fate, key="inquiry")
_complaint = partial(Fate, key="complaint")

_recommendation = partial(Fate, key="recommendation")
_trade = partial(Fate, key="trade")
RUDE_CALL = _complaint(scenario="rude-call", reactions=("accepted",))

FATES: tuple[Fate, ...] = (
    # What stands open, most telling first
    _complaint(scenario="promise-return", stop="Propose", age=(3, 3), mine=True),
    _inquiry(scenario="redeem-short-bond", stop="Answer", age=(0, 0), mine=True),
    _inquiry(scenario="oil-diverges", stop="ExpertAnswer", age=(2, 2), late=2),
    _complaint(scenario="unsuitable-elder", stop="Approve", age=(3, 3)),
    _inquiry(scenario="fee-class", stop=WAITS, age=(1, 1)),
    _complaint(scenario="double-charge", stop="FirstContact", age=(4, 4), late=2, mine=True),
    _inquiry(scenario="sip-day", stop="Identify", fresh=2),
    _complaint(scenario="wrong-info", stop="HearRecordings", age=(2, 2)),
    _inquiry(scenario="bond-drop", stop="ReviewWording", age=(0, 0), marks=("draft",)),
    _complaint(scenario="privacy-call", stop=WAITS, age=(3, 4)),
    _inquiry(scenario="cd-fund-hold", stop="TalkToCustomer", age=(3, 3), reactions=("unclear", "unclear", "unclear")),
    _complaint(scenario="delayed-payment", stop="SeniorReview", age=(7, 8), reactions=("rejected",)),
    _inquiry(scenario="order-not-visible", stop="RecordNeed", fresh=6, mine=True),
    _complaint(scenario="waiting-hotline", stop="Register", fresh=55),
    _inquiry(scenario="confirm-missing", stop="TakeOver", age=(0, 0)),
    _complaint(scenario="en-statement", stop="ExecuteRemedy", age=(7, 8), reactions=("accepted",)),
    _inquiry(scenario="large-limit", stop="ExpertAnswer", age=(0, 0), mine=True),
    _complaint(scenario="loss-market", stop="CheckAcceptance", age=(1, 1)),
    _inquiry(scenario="gold-feeder", stop="CallBack", fresh=12, marks=("dropped",)),
    _inquiry(scenario="money-rate", stop="WrapUp", age=(1, 1), mine=True, reactions=("clear",)),
    _complaint(scenario="group-outage", stop="ReadSystemLog", age=(6, 6), late=3),
    _inquiry(scenario="pension-tax", stop="Answer", age=(2, 2), late=2),
    _trade(scenario="own-index", stop="Guide", age=(0, 0), mine=True),
    _recommendation(scenario="growth-index", stop="ReviewProposal", age=(2, 2)),
    _trade(scenario="elder-qdii", stop="ApproveSale", age=(1, 1)),
    _recommendation(scenario="steady-bonds", stop="AnalyseNeed", fresh=35, mine=True),
    _recommendation(scenario="school-fund", stop=WAITS, age=(3, 4)),
    _trade(scenario="own-bond", stop=WAITS, age=(1, 1)),
    _recommendation(scenario="pension", stop="AdviseOnFunds", age=(1, 1), marks=("ask",)),
    _trade(scenario="own-cash", stop="ConfirmOrder", fresh=9),
    # What has ended
    _recommendation(scenario="idle-cash", reactions=("buy",)),
    _trade(scenario="own-cash"),
    _trade(scenario="lowest-bond"),
    _recommendation(scenario="steady-bonds", reactions=("questions", "declines")),
    _trade(scenario="own-gold"),
    _recommendation(scenario="en-balance", reactions=("buy",)),
    _trade(scenario="suspended"),
    _recommendation(scenario="growth-index", reactions=("questions", "buy"), marks=("ask",)),
    _trade(scenario="elder-qdii"),
    _trade(scenario="new-bond"),
    _recommendation(scenario="pension"),
    _trade(scenario="own-tech", reactions=("gives up",)),
    _recommendation(scenario="school-fund", reactions=("buy",)),
    _trade(scenario="own-bond"),
    _trade(scenario="en-cash"),
    _inquiry(scenario="en-redemption", reactions=("clear",)),
    _inquiry(
        scenario="becomes-complaint",
        age=(10, 11),
        children={"complaint": RUDE_CALL},
    ),
    _complaint(scenario="fee-not-told", age=(17, 19), reactions=("rejected", "rejected")),
    _inquiry(scenario="fx-margin"),
    _complaint(scenario="not-ours", age=(8, 14), marks=("refuse",)),
    _inquiry(scenario="statement"),
    _complaint(scenario="en-app-language", age=(13, 18), reactions=("accepted",)),
    _inquiry(scenario="howto-switch"),
    _inquiry(scenario="dividend-mode", marks=("lost",)),
    _complaint(scenario="loss-market", age=(5, 9), marks=("withdraw",)),
    _inquiry(scenario="large-limit", reactions=("unclear", "clear")),
    _inquiry(scenario="oil-diverges", marks=("cancel",)),
    _complaint(scenario="wrong-info", age=(14, 18), reactions=("rejected", "accepted"), marks=("send back",)),
    _inquiry(scenario="bond-drop", reactions=("clear",), marks=("draft",)),
    _inquiry(scenario="en-index", reactions=("clear",)),
    _inquiry(scenario="redeem-short-bond", age=(8, 15), reactions=("unclear", "unclear", "unclear")),
    _complaint(scenario="double-charge", age=(16, 19)),
    _inquiry(scenario="recommend-pension"),
    _inquiry(scenario="fx-usd"),
    _complaint(scenario="settled-before", age=(6, 12), marks=("refuse",)),
    _inquiry(scenario="en-documents"),
    _inquiry(scenario="card-change", stop="TakeOver", age=(0, 0), mine=True),
    _complaint(scenario="rude-call", stop="RecordCause", age=(8, 9), reactions=("accepted",)),
)
