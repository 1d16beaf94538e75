"""A member of staff, and what the groups are called. No table, no password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ..calendar import business_date

# Group id: its role, and what the role does, in both languages.
GROUPS: dict[str, dict[str, tuple[str, str]]] = {
    "csr": {
        "en": ("Customer service", "Inquiries, orders, follow-up calls"),
        "zh": ("客服人员", "受理咨询、交易指引、客户回访"),
    },
    "csl": {
        "en": ("Team leader", "Approvals and everything that is late"),
        "zh": ("客服主管", "审批与超时事项"),
    },
    "pm": {
        "en": ("Product manager", "Product facts and expert answers"),
        "zh": ("产品经理", "产品资料与专家解答"),
    },
    "chs": {
        "en": ("Complaint specialist", "Complaints from first contact to reply"),
        "zh": ("投诉处理专员", "投诉从首次联系到答复"),
    },
    "co": {
        "en": ("Compliance officer", "The second pair of eyes on suitability and large compensations"),
        "zh": ("合规专员", "适当性与大额补偿的复核"),
    },
    "aml": {
        "en": ("Anti-money-laundering officer", "Cases that nobody else may see"),
        "zh": ("反洗钱专员", "仅反洗钱专员可见的工单"),
    },
    "ops": {
        "en": ("Operations", "Orders, clearing, remedies"),
        "zh": ("运营清算", "委托、清算与补救执行"),
    },
    "qa": {
        "en": ("Quality inspector", "Samples of calls and chats"),
        "zh": ("质检", "通话与会话抽检"),
    },
    "trn": {
        "en": ("Training owner", "Knowledge gaps and teaching cases"),
        "zh": ("培训负责人", "知识缺口与教学案例"),
    },
    "process_owner": {
        "en": ("Process owner", "Diagrams, decision tables, forms, versions"),
        "zh": ("流程负责人", "流程图、决策表、表单与版本"),
    },
    "dpo": {
        "en": ("Personal-information protection officer", "Requests about personal information"),
        "zh": ("个人信息保护负责人", "个人信息权利请求"),
    },
    "exec": {
        "en": ("Executive in charge", "Critical complaints and large compensations"),
        "zh": ("分管高管", "重大投诉与大额补偿"),
    },
    "gm": {
        "en": ("General manager", "Investment projects"),
        "zh": ("总经理", "投资项目"),
    },
    "auditor": {
        "en": ("Auditor", "Replays any case and proves it"),
        "zh": ("审计员", "重放并验证任何工单"),
    },
    "admin": {
        "en": ("Administrator", "Incidents, configuration, the outbox"),
        "zh": ("系统管理员", "异常、配置与发件箱"),
    },
}


def group_name(group: str, language: str) -> str:
    """What a group is called; an unknown one keeps its id."""
    known = GROUPS.get(group)
    return known["zh" if language.startswith("zh") else "en"][0] if known else group


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One member of staff; the first group is the role that he is known by."""

    id: str
    name: str
    name_zh: str
    email: str | None
    team: str
    language: str
    groups: tuple[str, ...]
    qualification: str | None = None
    qualification_valid_to: date | None = None
    active: bool = True

    @property
    def role(self) -> str | None:
        """The group that he is known by: the first in the order of the roles."""
        return next((group for group in GROUPS if group in self.groups), None)

    def qualified(self, at: datetime) -> bool:
        """Whether his fund practitioner qualification is in force at a moment."""
        if self.qualification is None:
            return False
        return self.qualification_valid_to is None or business_date(at) <= self.qualification_valid_to
