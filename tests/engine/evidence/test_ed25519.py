"""Signatures and trees in the program that checks bundles: the vectors of RFC 8032, and the engine's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.evidence.verify import ORDER, PRIME, is_signed, root_from, sha256
from engine.proof import merkle
from engine.proof.signing import Ed25519

# RFC 8032, section 7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc(secret, public, message, signature):
    given_key, text, sealed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert Ed25519(bytes.fromhex(secret)).sign(text) == sealed
    assert is_signed(given_key, text, sealed)
    assert not is_signed(given_key, text + b"\0", sealed)
    assert not is_signed(bytes.fromhex(VECTORS[VECTORS[0][1] == public][1]), text, sealed)
    for place in (0, 31, 32, 63):
        assert not is_signed(given_key, text, sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])


def test_a_signature_has_one_form():
    """An answer past the order of the group, or a point past the prime, is refused though the sums are the same."""
    public, sealed = bytes.fromhex(VECTORS[1][1]), bytes.fromhex(VECTORS[1][3])
    answer = int.from_bytes(sealed[32:], "little") + ORDER
    assert not is_signed(public, b"\x72", sealed[:32] + answer.to_bytes(32, "little"))
    assert not is_signed((PRIME + 1).to_bytes(32, "little"), b"\x72", sealed)
    for wrong in (b"", sealed[:63], sealed + b"\0"):
        assert not is_signed(public, b"\x72", wrong)
    assert not is_signed(public[:31], b"\x72", sealed)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80))
def test_it_agrees_with_the_library_that_signs(secret, text):
    signer = Ed25519(secret)
    assert is_signed(signer.public_key, text, signer.sign(text))


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=40), st.data())
def test_every_way_up_the_tree(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    way, root = merkle.path(leaves, index), merkle.root(leaves)
    leaf = sha256(b"\0" + leaves[index])
    assert root_from(leaf, index, len(leaves), way) == root
    assert root_from(leaf, index, len(leaves), [*way, leaf]) != root
    assert root_from(leaf, index, len(leaves), way[:-1]) != root or not way
    assert root_from(sha256(b"\0other" + leaves[index]), index, len(leaves), way) != root
    assert root_from(leaf, len(leaves), len(leaves), way) is None


def test_a_tree_of_an_absurd_size_is_none():
    assert root_from(bytes(32), 0, 10**99, []) is None and root_from(bytes(32), -1, 1, []) is None
