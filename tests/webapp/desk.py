"""What people do at their desks in these tests, through the pages."""

from __future__ import annotations

START = {"channel": "PHONE", "contactTime": "2026-11-20T14:30", "customerId": "C000001"}
IDENTIFY = {
    "noticeGiven": "on",
    "consentRecording": "on",
    "identified": "on",
    "firstCheck": "CODE",
    "secondCheck": "ID4",
}
NEED = {
    "complete": "on",
    "topic": "REDEEM_MONEY",
    "question": "When does my redemption arrive?",
    "inKnowledgeBase": "on",
    "urgency": "normal",
    "language": "en",
    "followUpAllowed": "on",
}
ANSWER = {"answerText": "The bank credits the money by Tuesday at the latest.", "resolved": "on"}


def start_inquiry(visitor, **more):
    """Take an inquiry by phone; the visitor stands before its first task."""
    visitor.open("/cases/new/inquiry")
    visitor.post("/cases/new/inquiry", START | more)
    assert visitor.path.startswith("/tasks/"), visitor.problems()
    return visitor.path.split("/")[2]


def complete(visitor, task, values):
    """Send the form of a task."""
    visitor.open(f"/tasks/{task}")
    return visitor.post(f"/tasks/{task}/completion", values)


def walk_to(visitor, *forms):
    """Take an inquiry and send these forms one after the other; the id of the task that is next."""
    task = start_inquiry(visitor)
    for values in forms:
        complete(visitor, task, values)
        assert visitor.path.startswith("/tasks/"), (visitor.path, visitor.problems())
        task = visitor.path.split("/")[2]
    return task
