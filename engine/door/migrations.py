"""The part of the engine's front door for whoever moves many cases: mappings, dry runs, migrations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from ..batches import rows
from ..batches.rows import Batch
from ..cases import declaring, deploying, migrating
from ..cases.steps import settled
from ..errors import Refusal
from ..mapping import Declared
from ..model import Actor, CaseId, Deployment, Finding
from ..moving import choosing, working
from ..moving.choosing import Whereabouts
from ..store import shelf
from .part import Part


class Migrations(Part):
    """Cases that are moved together."""

    def declare(
        self,
        old: str,
        new: str,
        elements: Mapping[str, str] | None = None,
        script: str = "",
        *,
        by: Actor,
    ) -> Declared:
        """Keep a mapping between two bundles of a process; Refusal where it names what they do not have.

        `elements` gives the new id of an element or flow where it has another one; `script` are lines
        `name = expression` over the data of a case, which may read no personal values.
        """
        deploying.demand_deployer(self.context, by)
        with self.database.reading() as connection:
            now = self._configuration(connection)
            found = declaring.declared(self.context, connection, now, old, new, elements or {}, script)
            key = self.context.shelf.bundle(connection, old).key
        settled(self.context, lambda c: declaring.keep(c, key, found))
        return found

    def mapping(self, digest: str) -> Declared:
        """A mapping that was declared; NotFound where there is none."""
        with self.database.reading() as connection:
            return self.context.shelf.mapping(connection, digest)

    def mappings(self, key: str, *, old: str | None = None, new: str | None = None) -> list[Declared]:
        """The mappings that were declared for a process, from a bundle and to one."""
        with self.database.reading() as connection:
            return shelf.mappings(connection, key, old, new)

    def check_lines(self, old: str, script: str) -> list[Finding]:
        """What is wrong with lines over the data of cases of a bundle; a name that nothing declares is a warning."""
        with self.database.reading() as connection:
            bundle, now = self.context.shelf.bundle(connection, old), self._configuration(connection)
            return declaring.check(self.context, now, bundle, script)

    def open_versions(self, key: str, actor: Actor) -> dict[str, int]:
        """The bundles that open cases of a process have that an actor may see, with the newest version of each."""
        with self.database.reading() as connection:
            return choosing.open_versions(self.context, connection, key, actor)

    def whereabouts(self, key: str, actor: Actor) -> list[Whereabouts]:
        """Where the open cases of a process stand that an actor may see, by their versions, the newest first."""
        with self.database.reading() as connection:
            return choosing.whereabouts(self.context, connection, key, actor)

    def keep_draft(self, files: Mapping[str, bytes | str], *, by: Actor) -> str:
        """Keep the bundle of a draft that nobody has proposed, to be tried; its digest. InvalidDiagram for errors."""
        deploying.demand_deployer(self.context, by)
        with self.database.reading() as connection:
            draft = deploying.checked(self.context, connection, files, self._configuration(connection))
        settled(self.context, lambda c: shelf.store_bundle(c, draft))
        return draft.digest

    def dry_run(
        self,
        bundle: str | Mapping[str, bytes | str],
        *,
        by: Actor,
        mappings: Iterable[str] = (),
        versions: Collection[int] | None = None,
        reason: str = "",
    ) -> Batch:
        """Try the open cases of a process, of all versions or of some, in another one, in memory; workers do it.

        `bundle` is the digest of a version, proposed or deployed, or the files of a draft, which are checked and kept.
        `mappings` are the digests of what was declared, one at most for each version that cases come from.
        """
        deploying.demand_deployer(self.context, by)
        digest = bundle if isinstance(bundle, str) else self.keep_draft(bundle, by=by)

        def begin(connection: Connection) -> Batch:
            new = self.context.shelf.bundle(connection, digest)
            asked = {"mappings": self._mappings(connection, digest, mappings)}
            cases = self._open(connection, new.key, by, digest, versions)
            return rows.start(self.context, connection, working.DRY_RUN, new.key, digest, asked, cases, by, reason)

        return settled(self.context, begin)

    def migrate_all(
        self,
        key: str,
        *,
        by: Actor,
        reason: str,
        to: int | None = None,
        mappings: Iterable[str] = (),
        cases: Collection[CaseId | str] | None = None,
        versions: Collection[int] | None = None,
    ) -> Batch:
        """Move open cases to a version of their process, each by a step of its own; workers do it, `run_due` is one.

        They are those `cases`, or all that the actor may see, of all `versions` or of some. A case that has no place
        there, is suspended, held, over or elsewhere by then is left where it is, and said so.
        """
        deploying.demand_deployer(self.context, by)
        if not reason.strip():
            raise Refusal("Say why the cases are moved.")

        def begin(connection: Connection) -> Batch:
            target = migrating.version_of(connection, key, to, self.context.now())
            given = self._mappings(connection, target.bundle, mappings)
            wanted = self._wanted(connection, target, by, cases, versions)
            olds = {old for old in wanted.values() if old != target.bundle}
            declared = {old: given.get(old) or self._nothing(connection, key, old, target) for old in sorted(olds)}
            asked = {"version": target.version, "mappings": declared}
            return rows.start(
                self.context, connection, working.MIGRATION, key, target.bundle, asked, wanted, by, reason.strip()
            )

        return settled(self.context, begin)

    def _wanted(
        self,
        connection: Connection,
        target: Deployment,
        by: Actor,
        cases: Collection[CaseId | str] | None,
        versions: Collection[int] | None,
    ) -> dict[int, str]:
        """The cases that are to be moved, with the bundle of each."""
        if cases is not None:
            return choosing.chosen_cases(self.context, connection, target.key, by, cases)
        return self._open(connection, target.key, by, target.bundle, versions)

    def _open(
        self, connection: Connection, key: str, by: Actor, but: str, versions: Collection[int] | None
    ) -> dict[int, str]:
        """The open cases that an actor may see, of all versions or of some; not those of the bundle `but`."""
        bundles = None
        if versions is not None:
            bundles = {migrating.version_of(connection, key, one, self.context.now()).bundle for one in versions}
        return choosing.open_cases(self.context, connection, key, by, but=but, bundles=bundles)

    def _nothing(self, connection: Connection, key: str, old: str, target: Deployment) -> str:
        """The mapping that says that nothing is called otherwise."""
        found = Declared(old=old, new=target.bundle)
        declaring.keep(connection, key, found)
        return found.digest

    def _mappings(self, connection: Connection, new: str, digests: Iterable[str]) -> dict[str, str]:
        """Mappings by the bundles that they are from; Refusal where one is to another bundle, or two are from one."""
        found: dict[str, str] = {}
        for digest in digests:
            one = self.context.shelf.mapping(connection, digest)
            if one.new != new or one.old in found:
                raise Refusal("The mapping is for other versions, or there are two for one version.", how="mapping")
            found[one.old] = one.digest
        return found


__all__ = ["Migrations"]
