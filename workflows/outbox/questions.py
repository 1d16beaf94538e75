"""The questions that a message can put to a customer, each with its answers: the messages they send to the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with its answers: the message that each sends to the case, and its label by language."""

    text: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


QUESTIONS: Mapping[str, Question] = {
    "clear": Question(
        text={"en": "Is this answer clear to you?", "zh": "以上答复是否清楚？"},
        answers={
            "answer_clear": {"en": "Yes, it is clear", "zh": "清楚了"},
            "answer_unclear": {"en": "No, please explain again", "zh": "不清楚，请再解释"},
        },
    ),
    "accept": Question(
        text={"en": "Do you accept this reply?", "zh": "您是否接受以上答复？"},
        answers={
            "reply_accepted": {"en": "I accept it", "zh": "接受"},
            "reply_rejected": {"en": "I do not accept it", "zh": "不接受"},
        },
    ),
}
