"""A remote operator that does what a test says, and a process that calls it."""

from engine import Operator
from tests.engine import tiny
from tests.engine.spiff.xmls import END, START, line


class Remote:
    """A remote operator that does what the test says, and remembers what it was asked."""

    def __init__(self, *says):
        self.says, self.calls = list(says), []

    def __call__(self, call):
        self.calls.append(call)
        said = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if isinstance(said, BaseException):
            raise said
        return said

    def operator(self, **more):
        return Operator(name="mail/send", kind="remote", run=self, **more)


def mailing(**more):
    """A task, a mail by a remote operator, another task."""
    send = tiny.call("mail", "mail/send", variable="sent", to="&quot;a@b.cn&quot;", note="note")
    body = START + tiny.ask("ask", form="forms/note.json") + send + tiny.ask("last") + END
    return tiny.bundle(
        "loan",
        body + line("start", "ask", "mail", "last", "end"),
        forms_note=tiny.form(required=("approved", "note")),
        **more,
    )
