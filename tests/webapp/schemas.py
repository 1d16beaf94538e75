"""A form with every kind of field."""

from __future__ import annotations

from typing import Any


def zh(title: str, **more: str) -> dict[str, Any]:
    """The Chinese side of a schema."""
    return {"zh": {"title": title, **more}}


def option(const: Any, title: str, chinese: str) -> dict[str, Any]:
    """One value with its labels."""
    return {"const": const, "title": title, "x-i18n": zh(chinese)}


CAUSES = [
    option(code, code.title(), name)
    for code, name in zip(["PEOPLE", "PROCESS", "SYSTEM", "PRODUCT", "MARKET", "CUSTOMER"], "人流系品市客", strict=True)
]

EVERYTHING: dict[str, Any] = {
    "type": "object",
    "title": "Everything",
    "required": ["name", "verdict", "compensation", "complainant", "notice"],
    "x-order": ["verdict", "name"],
    "properties": {
        "name": {
            "type": "string",
            "title": "Name",
            "description": "As in the passport",
            "maxLength": 30,
            "x-personal": True,
            "x-i18n": zh("姓名", description="与护照一致"),
        },
        "reply": {
            "type": "string",
            "title": "Reply",
            "x-widget": "textarea",
            "maxLength": 4000,
            "x-i18n": zh("答复内容"),
        },
        "verdict": {
            "type": "string",
            "title": "Verdict",
            "oneOf": [option("YES", "Founded", "成立"), option("NO", "Unfounded", "不成立")],
            "x-i18n": zh("结论"),
        },
        "cause": {"type": "string", "title": "Root cause", "oneOf": CAUSES, "x-i18n": zh("原因码")},
        "level": {"type": "integer", "title": "Level", "enum": [1, 2, 3], "x-i18n": zh("级别")},
        "people": {"type": "integer", "title": "People", "minimum": 1, "x-i18n": zh("人数")},
        "ratio": {"type": "number", "title": "Ratio", "x-i18n": zh("比例")},
        "compensation": {
            "type": "number",
            "title": "Compensation",
            "multipleOf": 0.01,
            "x-widget": "money",
            "x-i18n": zh("补偿金额"),
        },
        "notice": {"type": "boolean", "title": "Notice given", "const": True, "x-i18n": zh("已告知")},
        "remedyDue": {"type": "boolean", "title": "Remedy due", "x-i18n": zh("需要补救")},
        "remedies": {
            "type": "array",
            "title": "Remedies",
            "items": {
                "type": "string",
                "oneOf": [option("FEE", "Fee back", "退费"), option("SORRY", "Apology", "致歉")],
            },
            "minItems": 1,
            "x-when": {"field": "remedyDue", "equals": True},
            "x-i18n": zh("补救措施"),
        },
        "until": {"type": "string", "format": "date", "title": "Until", "x-i18n": zh("期限")},
        "called": {"type": "string", "format": "date-time", "title": "Called at", "x-i18n": zh("致电时间")},
        "email": {"type": "string", "format": "email", "title": "E-mail", "x-i18n": zh("电子邮箱")},
        "customer": {"type": "string", "title": "Customer", "x-widget": "customer-picker", "x-i18n": zh("客户")},
        "funds": {
            "type": "array",
            "title": "Funds",
            "items": {"type": "string", "title": "Fund code", "pattern": "^\\d{6}$", "x-i18n": zh("基金代码")},
            "maxItems": 3,
            "uniqueItems": True,
            "x-widget": "fund-picker",
            "x-i18n": zh("涉及基金"),
        },
        "complainant": {
            "type": "object",
            "title": "Complainant",
            "required": ["mobile"],
            "properties": {
                "mobile": {"type": "string", "title": "Mobile", "pattern": "^1[3-9]\\d{9}$", "x-i18n": zh("手机号")},
                "proxy": {"type": "boolean", "title": "By proxy", "x-i18n": zh("代理")},
            },
            "x-i18n": zh("投诉人"),
        },
        "orders": {
            "type": "array",
            "title": "Orders",
            "items": {
                "type": "object",
                "required": ["number"],
                "properties": {
                    "number": {"type": "string", "title": "Order number", "x-i18n": zh("委托编号")},
                    "amount": {
                        "type": "number",
                        "title": "Amount",
                        "multipleOf": 0.01,
                        "x-widget": "money",
                        "x-i18n": zh("金额"),
                    },
                    "late": {"type": "boolean", "title": "Late", "x-i18n": zh("逾期")},
                },
            },
            "x-i18n": zh("委托"),
        },
    },
}
