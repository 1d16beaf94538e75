"""Collects what belongs to the evidence of one case: rows in, rows out. It knows neither files nor languages.

What stands here is given as it is stored, even where somebody has tampered with it: that is for `verify.py` to find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ..bundles import Files
from ..canonical import canonical, moment, read
from ..errors import NotFound, Refusal
from ..history.chain import step_of, stored_line
from ..model import Case, Step
from ..proof.checkpoints import Inclusion, inclusions
from ..store import files
from ..store.shelf import Shelf
from ..store.tables import content, purge, step, vault
from ..store.vault import place, references

DISPOSED = frozenset({"erased", "restricted", "anonymised"})
DISPOSALS = select(step).where(step.c.case_id == bindparam("case_id"), step.c.kind == "disposed").order_by(step.c.seq)
PURGED = ("number", "key", "policy", "at", "by", "steps", "started_at", "ended_at")
HOLDS = ("hold_placed", "hold_released")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A personal value: what the history says of it, and what a bundle may say.

    `status` is withheld, included, erased, restricted or anonymised; the last three by the step `disposal`.
    """

    reference: str
    sha256: str
    field: str
    status: str
    canonical: str | None = None
    salt: bytes | None = None
    disposal: Step | None = None

    @property
    def owner(self) -> int:
        """The case in whose vault it stands."""
        return _in_order(self.reference)[0]

    @property
    def under(self) -> str:
        """The rule under which it was disposed of."""
        return str(self.disposal.input.get("under", "")) if self.disposal else ""

    @property
    def value(self) -> Any:
        """The value itself, where it is included."""
        return None if self.canonical is None else read(self.canonical)


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """All that is told of one case, as of one moment."""

    case: Case
    head: bytes
    lines: tuple[bytes, ...]  # the steps, each as it is hashed
    steps: tuple[Step, ...]
    state: bytes
    bundles: frozenset[str]  # digests of what the history names
    configurations: frozenset[str]
    mappings: frozenset[str]
    hidden: tuple[Hidden, ...]
    seals: tuple[Inclusion, ...]
    files: Mapping[str, Files] = field(default_factory=dict)  # of those bundles that were not known
    bodies: Mapping[str, bytes] = field(default_factory=dict)  # of those configurations that were not known
    declared: Mapping[str, bytes] = field(default_factory=dict)  # of those mappings that were not known

    @property
    def people(self) -> frozenset[str]:
        """Everybody who has done something in the case, or was given something to do."""
        given = [one.input.get(name) for one in self.steps for name in ("assignee", "person")]
        return frozenset({one.actor for one in self.steps} | {one for one in given if isinstance(one, str) and one})

    @property
    def hold(self) -> Step | None:
        """The step that placed the legal hold that is in force."""
        last = next((one for one in reversed(self.steps) if one.kind in HOLDS), None)
        return last if last is not None and last.kind == "hold_placed" else None


@dataclass(frozen=True, kw_only=True)
class Remains:
    """What there is of a case that retention has purged: the row that answers for it, and what seals its head."""

    id: str
    number: str
    facts: bytes
    seals: tuple[Inclusion, ...]


def remains(connection: Connection, case_id: int) -> Remains | None:
    """What there is of a purged case; None where none was purged."""
    row = connection.execute(select(purge).where(purge.c.case_id == case_id)).mappings().first()
    if row is None:
        return None
    plain = {name: row[name] for name in PURGED}
    hashes = {name: bytes(row[name]).hex() for name in ("head", "prev_hash", "hash")}
    facts = canonical({**plain, **hashes, "case": str(case_id)})
    seals = tuple(inclusions(connection, case_id))
    return Remains(id=str(case_id), number=row["number"], facts=facts, seals=seals)


def collect(
    connection: Connection,
    shelf: Shelf,
    row: Any,
    case: Case,
    *,
    visible: Callable[[int], bool],
    known: Set[str] = frozenset(),
) -> Exhibit:
    """The evidence of a case with the personal values of those cases that are visible.

    Files whose digest is `known` are left out.
    """
    rows = files.steps_of(connection, row.id)
    try:
        steps = tuple(step_of(one) for one in rows)
        bundles, configurations, mappings = named(steps)
        hidden = tuple(hidden_values(connection, row.id, steps, visible))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise Refusal(f"The history of {case.number} cannot be read: {type(error).__name__}.") from error
    return Exhibit(
        case=case,
        head=bytes(row.head),
        lines=tuple(map(stored_line, rows)),
        steps=steps,
        state=bytes(row.state),
        bundles=bundles,
        configurations=configurations,
        mappings=mappings,
        hidden=hidden,
        seals=tuple(inclusions(connection, row.id)),
        files=stored_bundles(connection, shelf, bundles - known),
        bodies=stored_contents(connection, configurations - known),
        declared=stored_contents(connection, mappings - known),
    )


def named(steps: Iterable[Step]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The bundles, the configurations and the mappings that a history names by digest."""
    inputs = [one.input for one in steps]
    bundles = {str(given["bundle"]) for given in inputs if "bundle" in given}
    bundles |= {str(digest) for given in inputs for digest in given.get("bound", {}).values()}
    configurations, mappings = (
        frozenset(str(given[name]) for given in inputs if name in given) for name in ("config", "declared")
    )
    return frozenset(bundles), configurations, mappings


def stored_bundles(connection: Connection, shelf: Shelf, digests: Iterable[str]) -> dict[str, Files]:
    """The files of bundles as they are stored; one that is not there is left out."""
    found = ((digest, shelf.stored_files(connection, digest)) for digest in sorted(digests))
    return {digest: bodies for digest, bodies in found if bodies is not None}


def stored_contents(connection: Connection, digests: Iterable[str]) -> dict[str, bytes]:
    """Configurations and mappings as they are stored."""
    rows = connection.execute(select(content).where(content.c.digest.in_(sorted(digests))))
    return {row.digest: bytes(row.body) for row in rows}


def hidden_values(
    connection: Connection, case_id: int, steps: Sequence[Step], visible: Callable[[int], bool]
) -> Iterator[Hidden]:
    """Every personal value that a history refers to, in the order of its references; those of cases that are visible
    are included.
    """
    committed = {one["$vault"]: one["sha256"] for step in steps for one in references(dict(step.input))}
    gone = {case_id: disposals(steps)}
    for name in sorted(committed, key=_in_order):
        home = _in_order(name)[0]
        if home not in gone:
            gone[home] = disposals(map(step_of, connection.execute(DISPOSALS, {"case_id": home})))
        yield _hidden(connection, name, committed[name], gone[home].get(name), included=visible(home))


def disposals(steps: Iterable[Step]) -> dict[str, Step]:
    """The steps by which personal values were disposed of, by reference; the last one counts."""
    return {name: one for one in steps if one.kind == "disposed" for name in one.input.get("references", ())}


def _hidden(connection: Connection, name: str, sha256: str, disposal: Step | None, *, included: bool) -> Hidden:
    case_id, seq, n = _in_order(name)
    here = (vault.c.case_id == case_id, vault.c.seq == seq, vault.c.n == n)
    row = connection.execute(select(vault).where(*here)).first()
    said: dict[str, Any] = {"reference": name, "sha256": sha256, "field": row.field if row else ""}
    if disposal is not None and (status := str(disposal.input.get("disposition"))) in DISPOSED:
        return Hidden(**said, status=status, disposal=disposal)
    if row is None or row.value is None or row.disposition in DISPOSED:
        return Hidden(**said, status=row.disposition or "erased" if row else "erased")
    if not included:
        return Hidden(**said, status="withheld")
    return Hidden(**said, status="included", canonical=bytes(row.value).decode(), salt=bytes(row.salt or b""))


def _in_order(name: str) -> tuple[int, int, int]:
    try:
        return place({"$vault": name})
    except NotFound as error:
        raise ValueError(f"{name[:80]!r} is no reference") from error


def case_facts(exhibit: Exhibit) -> bytes:
    """What a bundle says of the case itself; `verify.py` holds it against the steps."""
    case, hold = exhibit.case, exhibit.hold
    return canonical(
        {
            **{name: getattr(case, name) for name in ("id", "number", "key", "version", "bundle", "status", "parent")},
            "started_by": case.started_by,
            "started_at": moment(case.started_at),
            "ended_at": moment(case.ended_at) if case.ended_at else None,
            "steps": case.seq,
            "head": exhibit.head.hex(),
            "hold": _hold(hold) if hold else None,
        }
    )


def _hold(placed: Step) -> dict[str, Any]:
    return {"step": placed.seq, "at": moment(placed.at), "by": placed.actor, "reason": placed.input.get("reason")}


def vault_facts(exhibit: Exhibit) -> bytes:
    """What a bundle says of personal values: each with its commitment, and the value where it is included."""
    return canonical([_vault_entry(one) for one in exhibit.hidden])


def _vault_entry(one: Hidden) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(one, name) for name in ("reference", "sha256", "field", "status")}
    if one.disposal is not None:
        by = one.disposal
        said |= {"step": by.seq, "at": moment(by.at), "by": by.actor, "under": one.under, "reason": by.input["reason"]}
    if one.canonical is not None and one.salt is not None:
        said |= {"canonical": one.canonical, "salt": one.salt.hex()}
    return said


def seal_facts(seals: Iterable[Inclusion]) -> bytes:
    """The proofs that checkpoints hold heads of a case."""
    return canonical(
        [
            {
                "checkpoint": one.checkpoint.number,
                "leaf": one.leaf.decode(),
                "index": one.index,
                "size": one.size,
                "path": [beside.hex() for beside in one.path],
            }
            for one in seals
        ]
    )


__all__ = ["Exhibit", "Hidden", "Remains", "case_facts", "collect", "remains", "seal_facts", "vault_facts"]
