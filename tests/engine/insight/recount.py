"""Counts finished cases once more, in plain Python and straight from their steps: nothing of the product is asked."""

from collections import Counter, defaultdict
from datetime import timedelta

from sqlalchemy import select

from engine.canonical import instant
from engine.store.tables import metadata

READ = ("walk", "walk_cell", "walk_variant", "walk_path", "walked", "walk_mark")
MILLISECOND = timedelta(milliseconds=1)


def tables(engine):
    """Everything that was added up, but when that was."""
    with engine.database.reading() as connection:
        found = {}
        for name in READ:
            table = metadata.tables[name]
            columns = [column for column in table.columns if (name, column.name) != ("walk_mark", "at")]
            rows = connection.execute(select(*columns).order_by(*table.primary_key.columns))
            found[name] = [tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in rows]
    return found


def recounted(engine):
    """Forget everything and add it up at once; how many cases that are."""
    engine.forget_counts()
    return engine.count_finished()


def finished(engine, key):
    """The completed cases of a process."""
    return [case for case in engine.cases(limit=10_000, key=key) if case.status == "completed"]


class Recount:
    """What the completed cases of a process come to, where each id is drawn once."""

    def __init__(self, engine, key):
        self.times, self.flows, self.cases = Counter(), Counter(), Counter()
        self.waited, self.worked = defaultdict(list), defaultdict(list)
        self.durations, self.late, self.timed = [], 0, 0
        for case in finished(engine, key):
            self.count(engine.history(case.id))

    def count(self, steps):
        """Count one case."""
        seen, offered, held, due, late = set(), {}, {}, {}, []
        self.durations.append((steps[-1].at - steps[0].at) // MILLISECOND)
        for step in steps:
            task = step.input.get("task")
            if step.kind == "claimed" or (step.kind == "assigned" and task not in held):
                held[task] = step.at
            for effect in step.effects:
                if effect.kind == "entered":
                    self.times[effect.element] += 1
                    seen.add(effect.element)
                elif effect.kind == "taken":
                    self.flows[effect.detail] += 1
                    seen.add(effect.detail)
                elif effect.kind == "offered":
                    offered[effect.occurrence] = step.at
                    if "due" in effect.detail:
                        due[effect.occurrence] = instant(effect.detail["due"])
                elif effect.kind in ("left", "cancelled") and effect.occurrence in offered:
                    begun, taken = offered.pop(effect.occurrence), held.get(effect.occurrence, step.at)
                    self.waited[effect.element].append((taken - begun) // MILLISECOND)
                    self.worked[effect.element].append((step.at - taken) // MILLISECOND)
                    if effect.occurrence in due:
                        late.append(step.at > due[effect.occurrence])
        self.cases.update(seen)
        self.timed, self.late = self.timed + bool(late), self.late + any(late)
