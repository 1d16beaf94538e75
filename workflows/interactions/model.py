"""A contact with a customer. No table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

CHANNELS = {
    "PHONE": {"en": "phone", "zh": "电话"},
    "CHAT": {"en": "chat", "zh": "在线客服"},
    "F2F": {"en": "face to face", "zh": "面对面"},
    "EMAIL": {"en": "e-mail", "zh": "电子邮件"},
    "APP": {"en": "app", "zh": "手机应用"},
    "WECOM": {"en": "WeCom", "zh": "企业微信"},
    "LETTER": {"en": "letter", "zh": "信函"},
    "REGULATOR": {"en": "regulator transfer", "zh": "监管转办"},
    "THIRD_PARTY": {"en": "third-party platform", "zh": "第三方平台"},
    "OUTBOUND": {"en": "outbound call", "zh": "外呼"},
    "SMS": {"en": "text message", "zh": "短信"},
}

SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One contact; `direction` is IN from the customer or OUT to him, `by` a staff id, `system` or `customer`."""

    id: int
    key: str
    case_id: str | None
    case_number: str | None
    customer_id: str | None
    channel: str
    direction: str
    at: datetime
    by: str
    summary: str
