"""The tree against RFC 6962: its definition written down a second time, and values known from elsewhere."""

from hashlib import sha256

import pytest

from engine.proof.merkle import path, root, root_from

# The eight entries that implementations of the RFC are commonly tried with, and the roots over the first 0 to 8.
ENTRIES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def defined(leaves):
    """MTH of section 2.1."""
    n = len(leaves)
    if n == 0:
        return sha256(b"").digest()
    if n == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = split(n)
    return sha256(b"\1" + defined(leaves[:k]) + defined(leaves[k:])).digest()


def defined_path(m, leaves):
    """PATH of section 2.1.1."""
    n = len(leaves)
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return [*defined_path(m, leaves[:k]), defined(leaves[k:])]
    return [*defined_path(m - k, leaves[k:]), defined(leaves[:k])]


def split(n):
    """The largest power of two below n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def test_the_known_roots():
    assert [root(ENTRIES[:count]).hex() for count in range(9)] == ROOTS


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_of_a_tree(size):
    leaves = [bytes([n]) * (n % 5) for n in range(size)]
    assert root(leaves) == defined(leaves)
    for index, leaf in enumerate(leaves):
        way = path(leaves, index)
        assert way == defined_path(index, leaves)
        assert root_from(leaf, index, size, way) == root(leaves)


def test_another_leaf_or_another_place_leads_elsewhere():
    leaves = [b"a", b"b", b"c", b"d", b"e"]
    way = path(leaves, 2)
    for leaf, index in ((b"x", 2), (b"c", 3), (b"c", 0)):
        assert root_from(leaf, index, 5, way) != root(leaves)


def test_a_node_is_no_leaf():
    left, right = (sha256(b"\0" + leaf).digest() for leaf in (b"a", b"b"))
    assert root([left + right]) != root([b"a", b"b"])


@pytest.mark.parametrize(("index", "size", "length"), [(0, 0, 0), (3, 3, 2), (-1, 3, 2), (0, 3, 1), (0, 3, 3)])
def test_a_path_that_is_none(index, size, length):
    with pytest.raises(ValueError, match=r"leaf|short|long"):
        root_from(b"a", index, size, [bytes(32)] * length)


def test_a_leaf_that_is_not_there():
    with pytest.raises(IndexError):
        path([b"a"], 1)
