"""Section 13: the manifest, and the signature beside it."""

import base64
import hashlib

from counterfoil.notation import H, NO_KEY, Refused, require
from counterfoil.register import MEMBERS, REPLACEMENTS, SPECIMENS
from primitives import ed25519_public_key, ed25519_sign, ed25519_verify

BATCH_KINDS = {MEMBERS: "members", SPECIMENS: "specimens", REPLACEMENTS: "replacements"}


def manifest_members(election_id, name, election_digest, batch, batch_kind, packs, post_only, byte_order_mark, separator,
                     columns, files, register):
    """Section 13: the manifest's members, in their order. A column is (name, longest), a file (name, bytes,
    SHA-256, whether it is encrypted, first and last sequence), the register (name, bytes, digest)."""
    return {
        "counterfoil": "manifest 1",
        "election": {"id": election_id.hex(), "name": name, "digest": election_digest.hex()},
        "batch": batch, "kind": BATCH_KINDS[batch_kind], "packs": packs, "postOnly": post_only,
        "encoding": "UTF-8", "byteOrderMark": byte_order_mark, "separator": separator, "lineEnd": "CRLF",
        "columns": [{"name": name, "longest": longest} for name, longest in columns],
        "files": [{"name": name, "bytes": size, "sha256": sha256.hex(), "encryption": "age" if encrypted else "none",
                   "firstSequence": first, "lastSequence": last}
                  for name, size, sha256, encrypted, first, last in files],
        "register": {"name": register[0], "bytes": register[1], "digest": register[2].hex()}}


def manifest_key_id(election_id, public_key):
    """Section 13: the key id of the manifest's key."""
    return H(election_id, NO_KEY, "cf1.manifest", public_key, 8)


def manifest_public_key_text(election_id, public_key, untrusted):
    """Section 13: manifest.pub."""
    box = base64.b64encode(b"Ed" + manifest_key_id(election_id, public_key) + public_key)
    return f"untrusted comment: {untrusted}\n{box.decode()}\n"


def sign_manifest(election_id, seed, data, untrusted, trusted):
    """Section 13: NAME.minisig."""
    key_id = manifest_key_id(election_id, ed25519_public_key(seed))
    s = ed25519_sign(seed, hashlib.blake2b(data).digest())
    g = ed25519_sign(seed, s + trusted.encode())
    return (f"untrusted comment: {untrusted}\n{base64.b64encode(b'ED' + key_id + s).decode()}\n"
            f"trusted comment: {trusted}\n{base64.b64encode(g).decode()}\n")


def _minisign_box(line, size):
    try:
        box = base64.b64decode(line, validate=True)
    except ValueError:
        raise Refused("malformed-signature")
    require(len(box) == size, "malformed-signature")
    return box


def _minisign_comment(line, prefix):
    require(line.startswith(prefix), "malformed-signature")
    return line[len(prefix):]


def verify_manifest(public_key_text, data, signature_text):
    """Section 13: the trusted comment of a signature that holds."""
    lines = public_key_text.split("\n")
    require(len(lines) == 3 and lines[2] == "", "malformed-signature")
    _minisign_comment(lines[0], "untrusted comment: ")
    public = _minisign_box(lines[1], 42)
    require(public[:2] == b"Ed", "malformed-signature")

    lines = signature_text.split("\n")
    require(len(lines) == 5 and lines[4] == "", "malformed-signature")
    _minisign_comment(lines[0], "untrusted comment: ")
    trusted = _minisign_comment(lines[2], "trusted comment: ")
    box, g = _minisign_box(lines[1], 74), _minisign_box(lines[3], 64)
    require(box[:2] in (b"ED", b"Ed"), "malformed-signature")
    require(box[:2] == b"ED", "not-prehashed")
    require(box[2:10] == public[2:10], "other-key")
    s, key = box[10:], public[10:]
    require(ed25519_verify(key, hashlib.blake2b(data).digest(), s), "wrong-signature")
    require(ed25519_verify(key, s + trusted.encode(), g), "wrong-comment-signature")
    return trusted
