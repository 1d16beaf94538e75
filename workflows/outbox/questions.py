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
    "assessment": Question(
        text={"en": "Will you answer the questions?", "zh": "您是否愿意作答？"},
        answers={
            "assessment_answered": {"en": "Yes, show me the questions", "zh": "愿意，开始作答"},
            "assessment_refused": {"en": "No, I do not want to be assessed", "zh": "不愿意，拒绝测评"},
        },
    ),
    "risk_result": Question(
        text={"en": "Is this you?", "zh": "您是否确认以上结果？"},
        answers={
            "result_confirmed": {"en": "Yes, I confirm it", "zh": "确认"},
            "result_disputed": {"en": "No, I see it differently", "zh": "有异议"},
        },
    ),
    "material": Question(
        text={"en": "Have you read the papers, and what would you like?", "zh": "您是否已阅读资料？您的意向是："},
        answers={
            "material_read_buy": {"en": "I have read them and want one of the funds", "zh": "已阅读，希望购买"},
            "material_read_questions": {"en": "I have read them and have questions", "zh": "已阅读，仍有疑问"},
            "material_declined": {"en": "I do not want any of them", "zh": "不考虑"},
        },
    ),
    "survey": Question(
        text={"en": "Would you like to tell us how it was?", "zh": "您是否愿意评价本次服务？"},
        answers={
            "survey_answered": {"en": "Yes, show me the questions", "zh": "愿意，开始评价"},
            "survey_declined": {"en": "No, thank you", "zh": "不参加"},
        },
    ),
    "application": Question(
        text={"en": "Do you sign this application and place the order?", "zh": "您是否签署申请并提交委托？"},
        answers={
            "application_signed": {"en": "Read and sign", "zh": "阅读并签署"},
            "application_declined": {"en": "I do not want to go on", "zh": "不再办理"},
        },
    ),
    "warning": Question(
        text={"en": "Have you read this warning, and do you insist?", "zh": "您是否已阅读警示函并坚持购买？"},
        answers={
            "warning_signed": {"en": "Read and sign the letter", "zh": "阅读并签署警示函"},
            "warning_declined": {"en": "I do not want to go on", "zh": "放弃购买"},
        },
    ),
    "cancel": Question(
        text={"en": "You can cancel the order until its cut-off.", "zh": "截止时点前，您可以撤销委托。"},
        answers={"order_cancelled": {"en": "Cancel the order", "zh": "撤单"}},
    ),
}
