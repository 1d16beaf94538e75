"""Signatures of checkpoints: Ed25519. A key is given by whoever opens the engine; this reads and writes no file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Signer(Protocol):
    """A key that signs."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes by which everybody can check what it signed."""

    def sign(self, body: bytes) -> bytes:
        """The signature of some bytes: 64 bytes."""


Signing: TypeAlias = Callable[[], Signer]  # the key of now, asked for at every checkpoint, so that it can be changed


@dataclass(frozen=True)
class Ed25519:
    """A private key in memory, of the 32 bytes that it is made from."""

    secret: bytes

    @property
    def public_key(self) -> bytes:
        """The raw public key."""
        return self._private.public_key().public_bytes_raw()

    def sign(self, body: bytes) -> bytes:
        """Sign some bytes; the same bytes always have the same signature."""
        return self._private.sign(body)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)


def fingerprint(public_key: bytes) -> str:
    """What names a public key: its SHA-256 in hexadecimal."""
    return hashlib.sha256(public_key).hexdigest()


def is_signed(public_key: bytes, signature: bytes, body: bytes) -> bool:
    """Whether a signature is that of some bytes by a key; bytes that are no key have signed nothing."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, body)
    except (InvalidSignature, ValueError):
        return False
    return True


__all__ = ["Ed25519", "Signer", "Signing", "fingerprint", "is_signed"]
