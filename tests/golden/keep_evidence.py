"""Keep a bundle of evidence of this release:  python -m tests.golden.keep_evidence FILE

Two cases with personal values, a decision, a document, a seal, a value that was erased, and a legal hold.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import Actor, FixedClock, open_engine
from tests.engine.evidence.bundles import SIGNER, exported, loan

KEEPER = Actor("carl", groups={"custodian", "process_owner"})
START = "2026-03-02T01:00:00+00:00"


def kept() -> bytes:
    """The bytes of the bundle."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/cases.db"
        with open_engine(url, clock=FixedClock(START), signing=lambda: SIGNER) as engine:
            case, other = loan(engine), loan(engine)
            engine.dispose(case.id, "erased", under="DT-10", by=KEEPER, reason="she asks", references=["1.3.2"])
            engine.hold(other.id, by=KEEPER, reason="a lawsuit")
            engine.seal()
            return exported(engine, case, other, personal=True)[0]


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(kept())
