"""The part of the engine's front door for whoever takes evidence away: one bundle of cases, and the record of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Protocol

from sqlalchemy import insert

from ..cases.reading import as_cases, read_case
from ..cases.steps import number_of
from ..errors import NotAllowed, NotFound, Refusal
from ..evidence import LARGEST, Exhibit, Export, Packed, Packer, Paper, Remains, TooMuch, collect, remains
from ..model import Actor, Case, CaseId
from ..reasons import demand_short
from ..store.tables import reading
from .part import Part

SHORTEST = 5  # characters of a reason


class Witness(Protocol):
    """What an installation knows of cases beside the engine; it is asked for each case, outside of transactions."""

    def names(self, ids: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """What people are called, by id and language; whoever is unknown is left out."""

    def papers(self, case: Case) -> Iterable[Paper]:
        """The documents that it keeps of a case."""

    def dossier(self, exhibit: Exhibit, papers: Iterable[Paper], export: Export) -> Mapping[str, bytes]:
        """What is told of a case to people, by the name of the file."""

    def cover(self, cases: Iterable[tuple[str, Case]], export: Export) -> Mapping[str, bytes]:
        """What leads to the dossiers of several cases, each in its folder, by the name of the file."""


class Silent:
    """Somebody who knows nothing beside the engine."""

    def names(self, ids: Iterable[str]) -> Mapping[str, Mapping[str, str]]:
        """Nobody."""
        return {}

    def papers(self, case: Case) -> Iterable[Paper]:
        """None."""
        return ()

    def dossier(self, exhibit: Exhibit, papers: Iterable[Paper], export: Export) -> Mapping[str, bytes]:
        """None."""
        return {}

    def cover(self, cases: Iterable[tuple[str, Case]], export: Export) -> Mapping[str, bytes]:
        """None."""
        return {}


class Disclosure(Part):
    """What leaves the system as evidence."""

    def may_export(self, actor: Actor) -> bool:
        """Whether somebody may take evidence of the cases that he sees."""
        policy = self.context.policy
        return actor.any_of(policy.readers | policy.auditors | policy.custodians)

    def may_export_personal(self, actor: Actor) -> bool:
        """Whether somebody may take personal values with it."""
        return actor.any_of(self.context.policy.auditors | self.context.policy.custodians)

    def export_evidence(
        self,
        cases: Iterable[CaseId | str],
        out: IO[bytes],
        *,
        by: Actor,
        reason: str,
        personal: bool = False,
        witness: Witness | None = None,
        largest: int = LARGEST,
    ) -> Packed:
        """Write the evidence of cases as one ZIP; who took it, when and why is on record before this returns.

        Of a case that was purged the system alone takes what remains: the row that answers for it, and its seals.
        NotFound for cases that the actor may not see, NotAllowed where he may not export or not the personal values,
        TooMuch where it is more than `largest` bytes; what has been written then is no bundle.
        """
        export = Export(at=self.context.now_text(), by=by.name, reason=_said(reason), personal=personal)
        self._demand_exporter(by, personal=personal)
        ids = sorted({number_of(one) for one in cases})
        if not ids:
            raise Refusal("Choose a case.")
        packing = _Packing(Packer(out, export, largest=largest), export, witness or Silent())
        try:
            for case_id in ids:
                if by.system and (found := self._remains(case_id)) is not None:
                    packing.packer.add_remains(found)
                else:
                    exhibit = self._exhibit(case_id, by, packing.packer.known, personal=personal)
                    packing.add(exhibit, alone=len(ids) == 1)
            packed = packing.close()
        except BaseException:
            packing.packer.abandon()
            raise
        self._note(packed, packing.shown, ids, export)
        return packed

    def _demand_exporter(self, by: Actor, *, personal: bool) -> None:
        if not self.may_export(by):
            raise NotAllowed("Exporting evidence needs a group that reads every case.")
        if personal and not self.may_export_personal(by):
            raise NotAllowed("Personal values are exported by those who audit, or who keep data, alone.")

    def _exhibit(self, case_id: int, by: Actor, known: set[str], *, personal: bool) -> Exhibit:
        with self.database.reading() as connection:

            def visible(owner: int) -> bool:
                """Whether the actor may see the values of a case."""
                try:
                    return personal and read_case(self.context, connection, str(owner), by) is not None
                except NotFound:
                    return False

            row = read_case(self.context, connection, str(case_id), by)
            (case,) = as_cases(connection, [row])
            return collect(connection, self.context.shelf, row, case, visible=visible, known=known)

    def _remains(self, case_id: int) -> Remains | None:
        with self.database.reading() as connection:
            return remains(connection, case_id)

    def _note(self, packed: Packed, shown: Mapping[int, Iterable[str]], ids: Iterable[int], export: Export) -> None:
        """Write down what left: the bundle by its digest for every case, and every personal value."""
        said = {"actor": export.by, "at": export.at, "reason": export.reason}
        rows = [{**said, "case_id": one, "reference": packed.digest, "kind": "exported"} for one in ids]
        for case_id, names in shown.items():
            rows += [{**said, "case_id": case_id, "reference": name, "kind": "revealed"} for name in names]
        with self.database.writing() as connection:
            connection.execute(insert(reading), rows)


class _Packing:
    """One bundle in the making, with what the witness says."""

    def __init__(self, packer: Packer, export: Export, witness: Witness) -> None:
        self.packer, self.export, self.witness = packer, export, witness
        self.people = {export.by}
        self.folders: list[tuple[str, Case]] = []
        self.shown: dict[int, list[str]] = {}  # personal values that are in it, by the case that owns them

    def add(self, exhibit: Exhibit, *, alone: bool) -> None:
        """Add a case; that of a bundle with one alone has its dossier where everybody looks first."""
        papers = list(self.witness.papers(exhibit.case))
        folder = self.packer.add_case(exhibit, papers)
        self.folders.append((folder, exhibit.case))
        self.people |= exhibit.people
        for one in exhibit.hidden:
            if one.status == "included":
                self.shown.setdefault(one.owner, []).append(one.reference)
        for name, body in self.witness.dossier(exhibit, papers, self.export).items():
            self.packer.add(name if alone else f"{folder}/{name}", body)

    def close(self) -> Packed:
        """Add what is said of all cases together, and finish."""
        if len(self.folders) > 1:
            for name, body in self.witness.cover(self.folders, self.export).items():
                self.packer.add(name, body)
        return self.packer.close(self.witness.names(sorted(self.people)))


def _said(reason: str) -> str:
    if len(reason.strip()) < SHORTEST:
        raise Refusal(f"Say what the evidence is for, in at least {SHORTEST} characters.")
    demand_short(reason)
    return reason.strip()


__all__ = ["Disclosure", "Silent", "TooMuch", "Witness"]
