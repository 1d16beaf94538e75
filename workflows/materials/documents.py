"""What goes out with a recommendation, written from a fund's data: facts, risks, and why it was matched. Pure.

No word of it says what a fund will bring: past figures are left to the manager's own papers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ..funds.model import TYPES, Fund
from ..suitability.opinions import Opinion

VERSION = "1"  # of the wording below; a changed word is a new version
TITLES = {
    "KEY_FACTS": {"en": "Fund key facts statement", "zh": "基金产品资料概要"},
    "PROSPECTUS": {"en": "Prospectus", "zh": "招募说明书"},
    "RISK_NOTICE": {"en": "Risk disclosure statement", "zh": "风险揭示书"},
    "MATCH_OPINION": {"en": "Suitability match opinion", "zh": "适当性匹配意见"},
}
FACTS = {
    "en": "Code {code}, {type}, risk level {risk}. Front-end fee {front} %, sales service fee {service} % a year, "
    "management and custody {annual} % a year. From {least} yuan; units are confirmed {lag} trading day(s) after the "
    "T day.",
    "zh": "代码{code}，{type}，风险等级{risk}。申购费{front}%，销售服务费每年{service}%，管理费及托管费每年{annual}%。"
    "起购{least}元；份额于T日后{lag}个交易日确认。",
}
PROSPECTUS = {
    "en": "The prospectus of fund {code} is published by its manager. Read it before you decide.",
    "zh": "基金{code}的招募说明书由基金管理人公布，请在投资前阅读。",
}
RISKS = {
    "en": "A fund of level {risk} can lose value. Its past performance does not tell how it will do; nobody promises a "
    "return or your capital. You bear the result yourself.",
    "zh": "风险等级{risk}的基金可能亏损。过往业绩不预示未来表现；任何人不得保证本金或收益，投资结果由您自行承担。",
}
MATCH = {
    "en": "Your class {c}, the fund's level {r}: the fund matches ({rule}).{care}",
    "zh": "您的类别{c}，基金等级{r}：适当性匹配（{rule}）。{care}",
}
CARE = {
    "en": " It asks for special care: take your time, and ask us what is not clear.",
    "zh": "该产品须特别注意：请充分考虑，如有不明请向我们询问。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One piece of material, word for word."""

    fund_code: str
    kind: str
    language: str
    text: str
    version: str = VERSION

    @property
    def sha256(self) -> str:
        """What proves later that these were the words."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def title(self) -> str:
        """What kind of document it is, in its language."""
        return TITLES[self.kind][self.language]


def documents(fund: Fund, opinion: Opinion, language: str) -> tuple[Document, ...]:
    """The four documents of a recommended fund in a language, Chinese or English."""
    texts = {
        "KEY_FACTS": FACTS[language].format(
            code=fund.code,
            type=TYPES[fund.type][language],
            risk=fund.risk,
            front=_plain(fund.front_fee),
            service=_plain(fund.service_fee),
            annual=_plain(fund.annual_fee),
            least=_plain(fund.min_amount),
            lag=fund.confirm_lag,
        ),
        "PROSPECTUS": PROSPECTUS[language].format(code=fund.code),
        "RISK_NOTICE": RISKS[language].format(risk=fund.risk),
        "MATCH_OPINION": MATCH[language].format(
            c=opinion.facts["class"] or "-",
            r=fund.risk,
            rule=opinion.rule,
            care=CARE[language] if opinion.decision == "ALLOW_WITH_CARE" else "",
        ),
    }
    return tuple(Document(fund_code=fund.code, kind=kind, language=language, text=said) for kind, said in texts.items())


def letter(fund: Fund, papers: Iterable[Document], language: str) -> str:
    """The documents of one fund as the customer reads them in the message."""
    colon = "：" if language == "zh" else ": "
    lines = [f"{fund.name(language)} ({fund.code})"]
    return "\n".join([*lines, *(f"{paper.title}{colon}{paper.text}" for paper in papers)])


def _plain(number: object) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
