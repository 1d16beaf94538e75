"""Cases full of personal values, and who keeps them."""

from engine import Actor
from tests.engine import tiny

NAME, PHONE, CARD = "张敏 Zhang Min", "13800001111", "6222020200112233"
NAME_FIELD, PHONE_FIELD = (
    {"type": "string", "x-personal": True},
    {"type": "string", "x-personal": True, "maxLength": 11},
)
PERSON = {"type": "object", "properties": {"name": NAME_FIELD, "vip": {"type": "boolean"}}, "required": ["name"]}
FIELDS = {
    "approved": {"type": "boolean"},
    "name": NAME_FIELD,
    "person": PERSON,
    "others": {"type": "array", "items": PERSON},
    "phones": {"type": "array", "items": PHONE_FIELD},
    "address": {"type": "object", "properties": {"street": {"type": "string"}}, "x-personal": True},
}
FORM = tiny.form(FIELDS)
GIVEN = {
    "approved": True,
    "name": NAME,
    "person": {"name": NAME, "vip": True},
    "others": [{"name": NAME}, {"name": "李伟", "vip": False}],
    "phones": [PHONE, "13900002222"],
    "address": {"street": "南京路"},
}
TASK = "1.1.2"

KIM = Actor("kim", groups={"custodian", "csr"})
PETE = Actor("pete", groups={"custodian"})  # keeps data, and sees none of these cases
WHY = {"under": "DT-10", "by": KIM, "reason": "the customer asked"}


def files(**more):
    """A bundle whose start form and task are full of personal fields."""
    task = tiny.ask("ask", form="forms/person.json")
    return tiny.one_task(task=task, start={"caller": NAME_FIELD}, forms_person=FORM, **more)


def sound(engine, case_id="1"):
    """Whether a case verifies and replays."""
    return engine.verify(case_id).problems == () and engine.replay(case_id).equal
