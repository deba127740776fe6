"""Section 17: the pass."""

import base64
import re

from counterfoil.notation import number, pad, require, sub_key, u8, u64
from primitives import xchacha20poly1305_open, xchacha20poly1305_seal

PASS_VERSION, PASS_SIZE = 1, 105


def pass_key(election_id, desk_secret):
    return sub_key(election_id, desk_secret, "passes")


def pass_associated(election_id):
    return pad(b"cf1.deskpass", 16) + election_id


def seal_pass(election_id, desk_secret, nonce, lookup_id, given, expires, spending_secret):
    """Section 17: the 105 bytes."""
    content = lookup_id + u64(given) + u64(expires) + spending_secret
    return u8(PASS_VERSION) + nonce + xchacha20poly1305_seal(
        pass_key(election_id, desk_secret), nonce, content, pass_associated(election_id))


def open_pass(election_id, desk_secret, text):
    """Section 17: look-up id, when it was given, when it expires, spending secret."""
    require(re.fullmatch("[A-Za-z0-9_-]{140}", text), "not-a-pass")
    data = base64.urlsafe_b64decode(text)
    assert len(data) == PASS_SIZE
    require(data[0] == PASS_VERSION, "unknown-version")
    content = xchacha20poly1305_open(pass_key(election_id, desk_secret), data[1:25], data[25:],
                                     pass_associated(election_id))
    require(content is not None, "does-not-open")
    return content[:16], number(content[16:24]), number(content[24:32]), content[32:]
