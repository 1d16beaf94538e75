"""What an installation seals with: a key in its instance folder, and the places outside where checkpoints go."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.request import Request, urlopen

from sqlalchemy.engine import make_url

from engine import Engine
from engine.proof.checkpoints import Checkpoint
from engine.proof.documents import Document, Folder, Sink
from engine.proof.signing import Ed25519, Signing, fingerprint
from workflows.outbox.mailer import SmtpMailer
from workflows.outbox.model import EMAIL, Message

from .config import keep_secret

KEY = "seal.key"
FOLDER, MAIL, WEBHOOK = "FUNDCASE_CHECKPOINTS", "FUNDCASE_CHECKPOINT_MAIL", "FUNDCASE_CHECKPOINT_WEBHOOK"
EVERY = "FUNDCASE_SEAL_EVERY"  # minutes
TIMEOUT = 20  # seconds


def signing_of(instance: Path) -> Signing:
    """What gives the key of an installation as it is now; it is made at its first use, readable by nobody else."""
    return lambda: _key_in(instance / KEY)


def _key_in(file: Path) -> Ed25519:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        keep_secret(file, secrets.token_hex(32))
    return Ed25519(bytes.fromhex(file.read_text(encoding="ascii").strip()))


def renew(engine: Engine, instance: Path) -> Checkpoint | None:
    """Let a new key sign from now on; the old one says so in a checkpoint of its own, and is then overwritten.

    Whenever it is killed, it can be run again: a key that was named and is not in use yet is taken up.
    """
    following = instance / f"{KEY}.next"
    made = engine.seal(successor=fingerprint(_key_in(following).public_key))
    if made is not None:
        os.replace(following, instance / KEY)
    return made


def every(environment: Mapping[str, str]) -> timedelta | None:
    """How long it is from one checkpoint to the next, where the environment says so."""
    minutes = environment.get(EVERY, "").strip()
    if minutes and not (minutes.isdecimal() and int(minutes)):
        raise ValueError(f"{EVERY} is a number of minutes")
    return timedelta(minutes=int(minutes)) if minutes else None


def folder_of(database: str, environment: Mapping[str, str]) -> Folder | None:
    """The folder that the environment names, else one beside the file of a SQLite database."""
    if named := environment.get(FOLDER, "").strip():
        return Folder(Path(named))
    url = make_url(database)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Folder(Path(str(url.database)).with_suffix(".checkpoints"))


def sinks_of(database: str, environment: Mapping[str, str], mailer: SmtpMailer | None) -> dict[str, Sink]:
    """The places where checkpoints of an installation go."""
    found: dict[str, Sink] = {}
    if (folder := folder_of(database, environment)) is not None:
        found["folder"] = folder
    if (address := environment.get(MAIL, "").strip()) and mailer is not None:
        found["mail"] = ByMail(mailer=mailer, address=address)
    if url := environment.get(WEBHOOK, "").strip():
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"{WEBHOOK} begins with https://")
        found["webhook"] = ByWebhook(url=url)
    return found


@dataclass(frozen=True, kw_only=True)
class ByMail:
    """An address that gets what is signed; whoever keeps the mail can check every checkpoint in the database by it."""

    mailer: SmtpMailer
    address: str

    def put(self, document: Document) -> None:
        """Send body, signature and public key; the leaves stay at home."""
        made = document.checkpoint
        said = {"body": made.body.decode(), "public_key": made.public_key.hex(), "signature": made.signature.hex()}
        self.mailer.send(
            Message(
                key=f"checkpoint {made.number} {hashlib.sha256(made.body).hexdigest()}",
                case_id="",
                case_number="",
                channel=EMAIL,
                template="checkpoint",
                address=self.address,
                subject=f"Checkpoint {made.number}",
                body=json.dumps(said, indent=1) + "\n",
                created_at=made.at,
                language="en",
            )
        )


@dataclass(frozen=True, kw_only=True)
class ByWebhook:
    """An address that gets the whole file."""

    url: str

    def put(self, document: Document) -> None:
        """Post the file; an answer that is no success is an error."""
        headers = {"Content-Type": "application/json", "X-Checkpoint": document.name}
        with urlopen(Request(self.url, document.to_bytes(), headers, method="POST"), timeout=TIMEOUT):
            return
