"""Section 19: checkpoints, and proofs of an entry."""

import base64
import hashlib
import re

from counterfoil.alphabet import election_constant
from counterfoil.log import (ENTRY_ID_SIZE, EVENT_SIZE, REASONS, Note, leaf, leaf_hash, read_event, root_of_path,
                             tag_shown)
from counterfoil.notation import Refused, number, require
from primitives import ed25519_public_key, ed25519_sign, ed25519_verify

# Signed notes and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.

ED25519_NOTE = b"\x01"
DECIMAL = "0|[1-9][0-9]*"


def base64_text(data):
    return base64.b64encode(data).decode("ascii")


def read_base64(text, size=None):
    """RFC 4648 section 4, with its padding and no stray bits; of `size` bytes, if that is said."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        return None
    return data if base64_text(data) == text and size in (None, len(data)) else None


def log_origin(election_id):
    """Section 19: the origin of checkpoints, and the name of their key."""
    return "counterfoil/" + election_id.hex()


def note_key_hash(name, public_key):
    return hashlib.sha256(name.encode() + b"\n" + ED25519_NOTE + public_key).digest()[:4]


def note_key(name, public_key):
    """Section 19: checkpoint.pub, without its line feed."""
    return f"{name}+{note_key_hash(name, public_key).hex()}+{base64_text(ED25519_NOTE + public_key)}"


def checkpoint_text(election_id, size, root, extensions=()):
    """Section 19: what is signed."""
    return "".join(line + "\n" for line in (log_origin(election_id), str(size), base64_text(root), *extensions))


def sign_note(text, name, seed):
    signature = note_key_hash(name, ed25519_public_key(seed)) + ed25519_sign(seed, text.encode())
    return f"\u2014 {name} {base64_text(signature)}\n"


def sign_checkpoint(election_id, seed, size, root):
    text = checkpoint_text(election_id, size, root)
    return text + "\n" + sign_note(text, log_origin(election_id), seed)


def read_checkpoint(data, election_id, public_key):
    """Section 19: size and root, or why it is none of this log's."""
    require(len(data) <= 1 << 17, "not-a-note")
    try:
        note = data.decode("utf-8")
    except ValueError:
        raise Refused("not-a-note")
    require(not re.search("[\0-\x09\x0b-\x1f]", note), "not-a-note")
    cut = note.rfind("\n\n")
    require(cut >= 0 and note.endswith("\n"), "not-a-note")
    text, signatures = note[:cut + 1], note[cut + 2:].split("\n")[:-1]
    ours = []
    require(signatures, "not-a-note")
    for line in signatures:
        match = re.fullmatch("\u2014 ([^\\s+]+) ([^ ]+)", line)
        signature = match and read_base64(match[2])
        require(signature is not None and len(signature) > 4, "not-a-note")
        if match[1] == log_origin(election_id) and signature[:4] == note_key_hash(match[1], public_key):
            ours.append(signature[4:])
    lines = text.split("\n")[:-1]
    require(len(lines) >= 3 and all(lines), "not-a-checkpoint")
    require(lines[0] == log_origin(election_id), "other-origin")
    require(re.fullmatch(DECIMAL, lines[1], re.ASCII) and int(lines[1]) < 2**63, "not-a-checkpoint")
    root = read_base64(lines[2], 32)
    require(root is not None, "not-a-checkpoint")
    require(ours, "not-signed")
    require(all(ed25519_verify(public_key, text.encode(), s) for s in ours), "wrong-signature")
    return int(lines[1]), root


# Proofs: c2sp.org/tlog-proof.

PROOF_MAGIC = "c2sp.org/tlog-proof@v1"


def extra_data(event, entry_id, note):
    """Section 19: what makes the leaf."""
    return event + entry_id + note.encoded()


def read_extra(data, constant):
    """Section 19: event, entry id and note."""
    require(len(data) >= EVENT_SIZE + ENTRY_ID_SIZE, "wrong-extra")
    event, entry_id, rest = data[:EVENT_SIZE], data[EVENT_SIZE:EVENT_SIZE + ENTRY_ID_SIZE], \
        data[EVENT_SIZE + ENTRY_ID_SIZE:]
    fields = []
    for _ in range(3):
        require(len(rest) >= 4 and len(rest) - 4 >= number(rest[:4]), "wrong-extra")
        size = number(rest[:4])
        fields.append(rest[4:4 + size])
        rest = rest[4 + size:]
    require(not rest, "wrong-extra")
    read = read_event(event, constant)
    try:
        note = Note(*(field.decode("utf-8") for field in fields))
    except ValueError:
        raise Refused("not-utf8")
    require(note.reason in REASONS, "unknown-reason")
    return read, event, entry_id, note


def write_proof(extra, index, path, checkpoint):
    lines = [PROOF_MAGIC, "extra " + base64_text(extra), f"index {index}", *map(base64_text, path), ""]
    return "".join(line + "\n" for line in lines) + checkpoint


def read_proof(data, election_id, public_key):
    """Section 19: the event that is proved, its entry's number, its note, and the size of the log that holds it."""
    require(len(data) <= 1 << 18, "not-a-proof")
    try:
        text = data.decode("utf-8")
    except ValueError:
        raise Refused("not-a-proof")
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    require(gap and lines[0] == PROOF_MAGIC and len(lines) >= 3, "not-a-proof")
    require(lines[1].startswith("extra "), "not-a-proof")
    extra = read_base64(lines[1][6:])
    require(extra is not None, "not-a-proof")
    match = re.fullmatch(f"index ({DECIMAL})", lines[2], re.ASCII)
    require(match and int(match[1]) < 2**63, "not-a-proof")
    path = [read_base64(line, 32) for line in lines[3:]]
    require(None not in path and len(path) <= 64, "not-a-proof")
    size, root = read_checkpoint(checkpoint.encode(), election_id, public_key)
    event, data, entry_id, note = read_extra(extra, election_constant(election_id))
    index = int(match[1])
    require(index < size, "does-not-lead")
    found = root_of_path(index, size, leaf_hash(leaf(entry_id, data, note)), path)
    require(found == root, "does-not-lead")
    return event, index, entry_id, note, size


def hold_against_register(event, rows):
    """Section 19: whether the entry shows the code of its pack, by the rows of a register."""
    tag = tag_shown(event)
    if tag is None:
        return False
    row = next((row for row in rows if row.pack == event.pack), None)
    require(row is not None, "not-in-register")
    require(row.tag == tag, "another-code")
    return True
