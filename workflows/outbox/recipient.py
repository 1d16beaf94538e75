"""Whom a message goes to, by which channel and in which language. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..customers.model import Customer
from ..staff.model import Person
from .correspondents import Correspondent
from .model import EMAIL, NONE, SMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who gets a message."""

    customer_id: str | None = None
    staff_id: str | None = None
    name: str = ""
    sex: str | None = None
    language: str = "zh"
    mobile: str | None = None
    email: str | None = None

    def reached_by(self, *, mail: bool) -> tuple[str, str]:
        """Channel and address: mail where it can be sent or nothing else is known, else a text message."""
        if self.email and (mail or not self.mobile):
            return EMAIL, self.email
        if self.mobile:
            return SMS, self.mobile
        return NONE, ""

    @property
    def salutation(self) -> str:
        """How a message begins, without its punctuation."""
        if self.language == "zh":
            title = {"F": "女士", "M": "先生"}.get(self.sex or "", "")
            return f"尊敬的{self.name}{title}" if self.name else "尊敬的客户"
        title = {"F": "Ms ", "M": "Mr "}.get(self.sex or "", "")
        return f"Dear {title}{self.name}" if self.name else "Dear customer"


def of_customer(customer: Customer) -> Recipient:
    """A customer on record."""
    language = "zh" if customer.language.startswith("zh") else "en"
    return Recipient(
        customer_id=customer.id,
        name=customer.name if language == "zh" else customer.name_latin,
        sex=customer.sex,
        language=language,
        mobile=customer.mobile,
        email=customer.email,
    )


def of_person(person: Person) -> Recipient:
    """A colleague; nobody sends text messages to staff."""
    language = "zh" if person.language.startswith("zh") else "en"
    name = person.name_zh if language == "zh" else person.name
    return Recipient(staff_id=person.id, name=name, language=language, email=person.email)


def of_stranger(said: Correspondent, language: str) -> Recipient:
    """Somebody who is no customer, by what he gave."""
    return Recipient(name=said.name or "", language=language, mobile=said.mobile, email=said.email)


def answering(said: Correspondent, customer: Recipient) -> Recipient:
    """The customer, with the name and the addresses that were given in this case where they are others."""
    own_name = said.name in (None, customer.name)
    return replace(
        customer,
        name=customer.name if own_name else said.name or "",
        sex=customer.sex if own_name else None,
        mobile=said.mobile or customer.mobile,
        email=said.email or (customer.email if own_name else None),
    )
