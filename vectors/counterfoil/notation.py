"""Sections 1 and 2: notation, the one hash, signatures, and the keys that come of a key."""

import base64
import hashlib
import pathlib

from primitives import ed25519_sign, ed25519_verify

DATA = pathlib.Path(__file__).resolve().parents[1] / "data"     # the tables of sections 6 and 10


class Refused(Exception):
    """Something a reader refuses, with the reason's name and what belongs to it."""

    def __init__(self, reason, **details):
        super().__init__(reason)
        self.reason, self.details = reason, details


def require(condition, reason, **details):
    if not condition:
        raise Refused(reason, **details)


# --- 1. Notation --------------------------------------------------------------

def u8(n): return n.to_bytes(1, "big")
def u16(n): return n.to_bytes(2, "big")
def u32(n): return n.to_bytes(4, "big")
def u64(n): return n.to_bytes(8, "big")


def number(data):
    return int.from_bytes(data, "big")


def LP(data):
    """Section 1: the length in front."""
    return u32(len(data)) + data


def pad(data, size):
    """Section 1: zero bytes at the end."""
    assert len(data) <= size
    return data + bytes(size - len(data))


def base64url(data):
    """Section 1: RFC 4648 section 5, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


NO_KEY = b""
NO_SALT = bytes(16)


def H(salt, key, label, message, size):
    """Section 1: the one hash. The salt is the election id."""
    return hashlib.blake2b(message, digest_size=size, key=key, salt=salt,
                           person=pad(label.encode("ascii"), 16)).digest()


def sign(seed, label, digest):
    """Section 1: Sign."""
    return ed25519_sign(seed, pad(label.encode("ascii"), 16) + digest)


def verify(public_key, label, digest, signature):
    """Section 1: the other side of Sign."""
    return ed25519_verify(public_key, pad(label.encode("ascii"), 16) + digest, signature)


# --- 2. Keys ------------------------------------------------------------------

ISSUING_PURPOSES = ("register-signing", "manifest-signing", "voter-numbers", "batch-book")
DESK_PURPOSES = ("receipt-signing", "checkpoint-signing", "passes")
SIGNING_PURPOSES = ("register-signing", "manifest-signing", "receipt-signing",
                    "checkpoint-signing")


def sub_key(election_id, secret, purpose):
    """Section 2: Sub(secret, purpose)."""
    return H(election_id, secret, "cf1.subkey", purpose.encode("ascii"), 32)
