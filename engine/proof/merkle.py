"""Merkle trees as RFC 6962 has them: one hash over many leaves, and the short way from any leaf up to it.

Pure: bytes in, bytes out. What a leaf means is the affair of whoever makes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"  # a leaf can never be taken for a node


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(NODE + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over some leaves; that of none is the hash of nothing."""
    level = [leaf_hash(leaf) for leaf in leaves]
    if not level:
        return hashlib.sha256().digest()
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from a leaf to the root, the lowest first; IndexError where there is no such leaf."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"there is no leaf {index} among {len(leaves)}")
    level, found = [leaf_hash(leaf) for leaf in leaves], list[bytes]()
    while len(level) > 1:
        if (beside := index ^ 1) < len(level):
            found.append(level[beside])
        level, index = _above(level), index // 2
    return found


def root_from(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf and its path lead to; ValueError where the path is no way in a tree of that size."""
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} among {size}")
    found, rest = leaf_hash(leaf), list(path)
    while size > 1:
        if index ^ 1 < size:  # the last of an odd number goes up as it is
            if not rest:
                raise ValueError("the path is too short")
            beside = rest.pop(0)
            found = node_hash(beside, found) if index % 2 else node_hash(found, beside)
        index, size = index // 2, (size + 1) // 2
    if rest:
        raise ValueError("the path is too long")
    return found


def _above(level: Sequence[bytes]) -> list[bytes]:
    """The next level: pairs from the left, which splits at the largest power of two; an odd one goes up as it is."""
    pairs = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


__all__ = ["leaf_hash", "node_hash", "path", "root", "root_from"]
