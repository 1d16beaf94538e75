"""What the pages of backtests show: outcomes with their shares, why, and one case beside what a draft makes of it.

It draws nothing but the two pictures of a case. Numbers are of all cases; a case is named to whoever may see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from markupsafe import Markup

from engine import SYSTEM
from engine.backtest import DECIDED, OUTCOMES, Tested
from engine.backtest.record import Took, Walk
from engine.batches import Answer, Batch, Progress
from engine.batches.rows import FAILED
from engine.bundles import Bundle
from engine.canonical import instant
from engine.errors import NotFound
from engine.past.working import BACKTEST as KIND

from .. import here, pictures
from ..forms.labels import label
from ..labels import Labels
from ..language import Words, noop

WORDS = {  # by outcome: the word, the tone, and what it means
    "same": (noop("The same"), "ok", noop("Run through the same")),
    "other_path": (noop("Another path"), "info", noop("Come to an end by another path")),
    "input_unused": (noop("Input unused"), "warn", noop("End, and something that people did is not used")),
    "stuck": (noop("Stuck"), "bad", noop("Cannot go on, whatever people do")),
    "needs_data": (noop("Needs data"), "warn", noop("Ask for something that nobody gave")),
    "answer_unknown": (noop("Answer unknown"), "warn", noop("Ask an operator what nobody asked it")),
    FAILED: (noop("Failed"), "bad", noop("Their own history cannot be replayed")),
}
ACTS = {
    "started": noop("Case started"),
    "completed": noop("Done"),
    "skipped": noop("Skipped"),
    "fired": noop("Time came"),
    "received": noop("Message came"),
    "signalled": noop("Signal came"),
    "answered": noop("System answered"),
    "failed": noop("System answered with an error"),
    "cancelled": noop("Case given up"),
    "corrected": noop("Data corrected"),
    "jumped": noop("Moved by hand"),
    "given_up": noop("System given up"),
    "migrated": noop("Moved to another version"),
    "redated": noop("Dated anew"),
}
PAGE = 25
MOST = 20_000  # results that are summed up
MOST_WHY = 5  # reasons that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How many cases came to an outcome, and their share of all that were tried; `why` names the most frequent."""

    outcome: str
    title: str
    tone: str
    text: str
    count: int
    percent: float
    why: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What became of the cases: the outcomes, how many are decided, and what changes in those that are."""

    lines: tuple[Line, ...]
    done: int
    decided: int
    percent: float  # of those that are done, how many are decided
    steps: tuple[float, float] | None = None  # tasks in a decided case, recorded and tried
    hands: tuple[float, float] | None = None
    promised: int = 0  # decided cases in which a task is promised until another moment
    teams: int = 0
    first: int = 0  # of how many cases why and what changes is told, where those are not all


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one case, in words."""

    case_id: str
    number: str
    outcome: str
    tone: str
    said: tuple[str, ...]
    quoted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One input and what followed from it, on one side."""

    at: datetime
    act: str
    element: str
    actor: str
    seq: int
    entered: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The same input on both sides, or what one side has alone; `first` is where they part."""

    recorded: Side | None
    tried: Side | None
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A case beside what a draft makes of it."""

    told: Told
    seq: int | None
    recorded: Markup
    tried: Markup
    pairs: tuple[Pair, ...]
    steps: Sequence[int]
    hands: Sequence[int]
    due: tuple[tuple[str, datetime | None, datetime | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Backtests on the page of a bundle that is to be deployed: the last one of exactly these files."""

    key: str
    bundle: str
    packed: str
    batch: Batch | None
    progress: Progress | None
    summary: Summary | None


def panel(bundle_digest: str, key: str, packed: str = "") -> Panel:
    """What the page of a bundle says of backtests; `packed` are its files where nobody has stored it yet."""
    found = here.engine().batches(here.actor(), bundle=bundle_digest, kind=KIND, limit=1)
    batch = found[0] if found else None
    progress = here.engine().batch_progress(batch.id, here.actor()) if batch else None
    told = summary(batch, progress) if batch and progress else None
    return Panel(key=key, bundle=bundle_digest, packed=packed, batch=batch, progress=progress, summary=told)


def summary(batch: Batch, progress: Progress) -> Summary:
    """The outcomes with their shares, and once it is over, why and with what change."""
    over = batch.state != "running"
    answers = here.engine().batch_answers(batch.id, SYSTEM, limit=MOST) if over else []
    sure = [one for one in answers if one.outcome in DECIDED]
    done, decided = progress.done, sum(n for name, n in progress.outcomes.items() if name in DECIDED)
    labels = Labels(here.engine().bundle(batch.bundle), here.words())
    return Summary(
        lines=tuple(
            _line(name, progress, answers, labels) for name in (*OUTCOMES, FAILED) if _is_shown(name, progress)
        ),
        done=done,
        decided=decided,
        percent=share(decided, done),
        steps=_mean(sure, "steps"),
        hands=_mean(sure, "hands"),
        promised=sum("due" in one.detail for one in sure),
        teams=sum("groups" in one.detail for one in sure),
        first=len(answers) if 0 < len(answers) < done else 0,
    )


def share(part: int, whole: int) -> float:
    """A part in percent, to one digit behind the point."""
    return round(100 * part / whole, 1) if whole else 0.0


def _is_shown(name: str, progress: Progress) -> bool:
    return name != FAILED or progress.outcomes.get(name, 0) > 0


def _line(name: str, progress: Progress, answers: Iterable[Answer], labels: Labels) -> Line:
    words, count = labels.words, progress.outcomes.get(name, 0)
    title, tone, text = WORDS[name]
    why = Counter(reason for one in answers if one.outcome == name for reason in reasons(one, labels))
    return Line(
        outcome=name,
        title=words(title),
        tone=tone if count else "",
        text=words(text),
        count=count,
        percent=share(count, progress.done),
        why=tuple(why.most_common(MOST_WHY)),
    )


def _mean(answers: Sequence[Answer], name: str) -> tuple[float, float] | None:
    pairs = [one.detail[name] for one in answers if name in one.detail]
    if not pairs:
        return None
    was, now = (sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1))
    return round(was, 2), round(now, 2)


def reasons(answer: Answer, labels: Labels) -> list[str]:
    """Why a case came to its outcome, in a few words each."""
    said, words = answer.detail, labels.words
    between = "、" if words.lang == "zh" else ", "
    match answer.outcome:
        case "needs_data" if "messages" in said:
            return [words("No message “%(name)s” came", name=name) for name in said["messages"]]
        case "needs_data":
            return [_lacking(element, names, labels, between) for element, names in said.get("fields", {}).items()]
        case "answer_unknown":
            asked = labels.element(said["element"])
            operator = said.get("operator", "")
            return [words("%(element)s asks %(operator)s", element=asked, operator=operator) if operator else asked]
        case "input_unused":
            return [words("Nobody is asked for “%(name)s”", name=labels.element(name)) for name in said["unused"]]
        case "other_path":
            first = said.get("first", {})
            return [
                words(
                    "%(new)s in place of %(old)s",
                    new=_place(first.get("tried"), labels),
                    old=_place(first.get("recorded"), labels),
                )
            ]
        case "stuck":
            return [words("At %(element)s", element=_place(said.get("element"), labels))]
    return []


def _place(element: str | None, labels: Labels) -> str:
    return labels.element(element) if element else labels.words("the end")


def _lacking(element: str, names: Sequence[str], labels: Labels, between: str) -> str:
    shape = labels.form(element) if element else None
    called = {part.key: label(part, labels.words.lang) for part in shape.parts} if shape else {}
    shown = between.join(
        called.get(name) or (labels.fields[name][0] if name in labels.fields else name) for name in names
    )
    if not element:
        return labels.words("The start asks for %(fields)s", fields=shown)
    named = labels.element(element)
    if not names:
        return labels.words("Nobody has done %(element)s", element=named)
    return labels.words("%(element)s asks for %(fields)s", element=named, fields=shown)


def told(answer: Answer, labels: Labels) -> Told:
    """What became of a case, in words."""
    (title, tone, _), words = WORDS[answer.outcome], labels.words
    changed = changes(answer.detail, words) if answer.outcome in DECIDED else ()
    return Told(
        case_id=str(answer.case_id),
        number=answer.number,
        outcome=words(title),
        tone=tone,
        said=(*reasons(answer, labels), *changed, *moved(answer.detail, words)),
        quoted=str(answer.detail.get("why", "")),
    )


def changes(said: Mapping[str, Any], words: Words) -> list[str]:
    """What is different in tasks, hands and promised times, if anything is."""
    found = []
    for name, text in (
        ("steps", noop("Tasks: %(old)s, now %(new)s")),
        ("hands", noop("Hand-overs: %(old)s, now %(new)s")),
    ):
        old, new = said.get(name, (0, 0))
        if old != new:
            found.append(words(text, old=old, new=new))
    if count := said.get("due_changed", 0):
        found.append(words.many("%(num)s promised time moves", "%(num)s promised times move", count))
    if count := said.get("groups_changed", 0):
        found.append(words.many("%(num)s task is for others", "%(num)s tasks are for others", count))
    return found


def moved(said: Mapping[str, Any], words: Words) -> list[str]:
    """That a case got another version on its way: the draft has it from its start, which alone may be a difference."""
    text = noop("It got another version in step %(n)s; here it has the draft from its start")
    return [words(text, n=seq) for seq in said.get("moved", ())]


# One case


def beside(tested: Tested, answer: Answer, old: Bundle, new: Bundle) -> Beside:
    """A case beside what a draft makes of it: two pictures, and the steps in pairs."""
    words = here.words()
    was, now = Labels(old, words), Labels(new, words)
    stands = pictures.standing(new, tested.marking)
    said = tested.outcome.detail
    stuck = {said["element"]: "failed"} if tested.outcome.outcome == "stuck" and said.get("element") else {}
    return Beside(
        told=told(answer, now),
        seq=tested.outcome.seq,
        recorded=_picture(was, tested.recorded, _parting(said, "recorded")),
        tried=_picture(now, tested.tried, _parting(said, "tried") | dict.fromkeys(stands, "active") | stuck),
        pairs=tuple(_pairs(tested, was, now)),
        steps=said.get("steps", (0, 0)),
        hands=said.get("hands", (0, 0)),
        due=tuple(
            (now.element(one["element"]), _instant(one["recorded"]), _instant(one["tried"]))
            for one in said.get("due", ())
        ),
    )


def _parting(said: Mapping[str, Any], side: str) -> dict[str, str]:
    """The element at which the way of a side leaves the other."""
    element = said.get("first", {}).get(side)
    return {element: "changed"} if element else {}


def _instant(text: str | None) -> datetime | None:
    return instant(text) if text else None


def answer_of(tested: Tested, case_id: str, number: str) -> Answer:
    """The outcome of a case that was tried just now."""
    found = tested.outcome
    return Answer(case_id=case_id, number=number, outcome=found.outcome, seq=found.seq, detail=found.detail)  # type: ignore[arg-type]


def _picture(labels: Labels, walk: Walk, more: Mapping[str, str]) -> Markup:
    """A diagram with the way that a case went on it; a decision has none."""
    if labels.bundle.diagram is None:
        return Markup("")
    marks = {part.id: "idle" for part in (*labels.bundle.diagram.elements, *labels.bundle.diagram.flows)}
    counts: Counter[str] = Counter()
    for effect in (effect for took in walk.took for effect in took.effects):
        if effect.kind == "entered":
            counts[effect.element] += 1
        elif effect.kind in ("left", "taken"):
            marks[str(effect.detail) if effect.kind == "taken" else effect.element] = (
                "travelled" if effect.kind == "taken" else "done"
            )
    often = {element: times for element, times in counts.items() if times > 1}
    return pictures.of_bundle(labels, marks | dict(more), often)


def _pairs(tested: Tested, was: Labels, now: Labels) -> Iterable[Pair]:
    """The steps of both sides in pairs; where they part first is marked."""
    old, new = (list(map(_way, walk.took)) for walk in (tested.recorded, tested.tried))
    parted = False
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for number in range(max(j - i, m - k)):
            left = tested.recorded.took[i + number] if i + number < j else None
            right = tested.tried.took[k + number] if k + number < m else None
            first = tag != "equal" and not parted
            parted = parted or first
            yield Pair(recorded=_side(left, was), tried=_side(right, now), first=first)


def _way(took: Took) -> tuple[Any, ...]:
    return (took.kind, took.element, *(one.element for one in took.effects if one.kind == "entered"))


def _side(took: Took | None, labels: Labels) -> Side | None:
    if took is None:
        return None
    known = labels.bundle.diagram
    entered = [one.element for one in took.effects if one.kind == "entered"]
    named = [labels.element(one) for one in entered if known and one in known and known.element(one).name]
    return Side(
        at=took.at,
        act=labels.words(ACTS.get(took.kind, took.kind)),
        element=labels.element(took.element) if took.element else "",
        actor=took.actor,
        seq=took.seq,
        entered=tuple(named),
    )


def found_batch(number: int) -> Batch:
    """A backtest by its number; NotFound where it is something else."""
    found = here.engine().batch(number, here.actor())
    if found.kind != KIND:
        raise NotFound
    return found
