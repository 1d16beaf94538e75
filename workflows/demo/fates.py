"""What becomes of each sample case: where it stands at the end, and what its customer does. Data, told in order."""

from __future__ import annotations

from dataclasses import dataclass, field

WAITS = "(customer)"  # stands with the customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One course of a case.

    `stop` is the element where it is left standing (nothing: it runs to its end), `age` how many days before the end it
    begins at the earliest and the latest, `late` by how many days the element where it stands is overdue, `steps` how
    many tasks are done before; `reactions` are the customer's answers in order, `marks` what staff do otherwise.
    """

    key: str
    scenario: str = ""
    stop: str = ""
    age: tuple[float, float] = (4, 29)
    late: float = 0
    steps: int = 0
    mine: bool = False  # the person of the log-in page has claimed the task where it stands
    reactions: tuple[str, ...] = ()
    marks: frozenset[str] = field(default_factory=frozenset)
    child: str = ""  # the fate of the complaint that comes out of it


def _inquiry(scenario: str = "", stop: str = "", **more: object) -> Fate:
    return Fate(key="inquiry", scenario=scenario, stop=stop, **more)  # type: ignore[arg-type]


def _complaint(scenario: str = "", stop: str = "", **more: object) -> Fate:
    return Fate(key="complaint", scenario=scenario, stop=stop, **more)  # type: ignore[arg-type]


def _marks(*names: str) -> frozenset[str]:
    return frozenset(names)


FATES: tuple[Fate, ...] = (
    # What stands open, most telling first
    _complaint("promise-return", "Propose", age=(5, 6), steps=6, mine=True),
    _inquiry("redeem-short-bond", "Answer", age=(0.05, 0.1), steps=2, mine=True),
    _inquiry("oil-diverges", "ExpertAnswer", age=(3, 4), late=1.5, steps=2),
    _complaint("unsuitable-elder", "Approve", age=(6, 7), steps=7),
    _inquiry("fee-class", WAITS, age=(0.8, 1.2), steps=3),
    _complaint("double-charge", "FirstContact", age=(4, 5), late=1, steps=2, mine=True),
    _inquiry("sip-day", "Identify", age=(0.001, 0.001)),
    _complaint("wrong-info", "HearRecordings", age=(3, 4), steps=4),
    _inquiry("bond-drop", "ReviewWording", age=(0.3, 0.5), steps=4, marks=_marks("draft")),
    _complaint("privacy-call", WAITS, age=(8, 9), steps=7),
    _inquiry("cd-fund-hold", "TalkToCustomer", age=(4, 5), steps=9, reactions=("unclear", "unclear", "unclear")),
    _complaint("delayed-payment", "SeniorReview", age=(9, 10), steps=8, reactions=("rejected",)),
    _inquiry("order-not-visible", "RecordNeed", age=(0.004, 0.004), steps=1, mine=True),
    _complaint("waiting-hotline", "Register", age=(0.04, 0.06)),
    _inquiry("confirm-missing", "TakeOver", age=(0.9, 1.1), steps=2),
    _complaint("en-statement", "ExecuteRemedy", age=(11, 12), steps=8, reactions=("accepted",)),
    _inquiry("large-limit", "ExpertAnswer", age=(0.4, 0.6), steps=2, mine=True),
    _complaint("loss-market", "CheckAcceptance", age=(1.5, 2), steps=1),
    _inquiry("gold-feeder", "CallBack", age=(0.006, 0.006), steps=2, marks=_marks("dropped")),
    _inquiry("money-rate", "WrapUp", age=(1.2, 1.6), steps=3, reactions=("clear",), mine=True),
    _complaint("group-outage", "ReadSystemLog", age=(4, 5), late=1, steps=4),
    _inquiry("pension-tax", "Answer", age=(2, 2.5), late=0.8, steps=2),
    # What has ended
    _inquiry("en-redemption", reactions=("clear",)),
    _inquiry("becomes-complaint", age=(13, 14), child="rude-call"),
    _complaint("fee-not-told", age=(24, 28), reactions=("rejected", "rejected")),
    _inquiry("fx-margin"),
    _complaint("not-ours", age=(10, 20), marks=_marks("refuse")),
    _inquiry("statement"),
    _complaint("en-app-language", age=(18, 26), reactions=("accepted",)),
    _inquiry("howto-switch"),
    _inquiry("dividend-mode", marks=_marks("lost"), age=(5, 20)),
    _complaint("loss-market", age=(6, 12), marks=_marks("withdraw")),
    _inquiry("large-limit", reactions=("unclear", "clear")),
    _inquiry("id-expiring", marks=_marks("cancel")),
    _complaint("wrong-info", age=(20, 27), reactions=("rejected", "accepted"), marks=_marks("send back")),
    _inquiry("bond-drop", reactions=("clear",), marks=_marks("draft")),
    _inquiry("en-index", reactions=("clear",)),
    _inquiry("redeem-short-bond", reactions=("unclear", "unclear", "unclear"), age=(9, 20)),
    _complaint("double-charge", age=(22, 28)),
    _inquiry("recommend-pension"),
    _inquiry("fx-usd"),
    _complaint("settled-before", age=(8, 16), marks=_marks("refuse")),
    _inquiry("en-documents"),
    _inquiry("card-change", "TakeOver", age=(0.2, 0.3), steps=2, mine=True),
    _complaint("rude-call", "RecordCause", age=(12, 14), steps=7, reactions=("accepted",)),
)
