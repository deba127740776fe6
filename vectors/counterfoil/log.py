"""Sections 18 and 19: entries of the log, and their tree."""

import dataclasses
import hashlib

from counterfoil.codes import chain_from_second, pack_number_fits, tag_of_opening, tag_of_trial
from counterfoil.notation import LP, number, pad, require, u8, u32, u64

EVENT_VERSION, EVENT_SIZE, ENTRY_ID_SIZE = 1, 106, 16
NOBODY = bytes(16)

# Type, and which fields it has: pack, voter, batch, count, and how many bytes of detail.
EVENTS = {
    "created": (1, "", 32), "desk-opened": (2, "", 0), "register-loaded": (3, "batch count", 64),
    "batch-activated": (4, "batch count", 0), "ballot-opened": (5, "count", 8),
    "vote-cast": (6, "pack voter", 48), "wrong-answers": (7, "pack", 48), "second-attempt": (8, "pack", 32),
    "post-received": (9, "pack voter", 16), "post-set-aside": (10, "pack", 25),
    "post-annulled": (11, "pack voter", 16), "pack-cancelled": (12, "pack", 1), "pack-unlocked": (13, "pack", 0),
    "batch-reconciled": (14, "batch count", 0), "batch-withdrawn": (15, "batch", 0),
    "ballot-extended": (16, "", 8), "ballot-closed": (17, "", 8), "ballot-final": (18, "", 0),
}
EVENT_NAMES = {number: name for name, (number, _, _) in EVENTS.items()}
REASONS = ("", "lost", "spoiled", "stolen", "undelivered", "moved", "deceased", "duplicate", "mistake", "court", "other")


@dataclasses.dataclass
class Event:
    type: str
    at: int
    pack: int = 0
    voter: bytes = NOBODY
    batch: int = 0
    count: int = 0
    detail: bytes = b""

    def encoded(self):
        """Section 18: the 106 bytes."""
        return (u8(EVENT_VERSION) + u8(EVENTS[self.type][0]) + u64(self.at) + u64(self.pack) + self.voter
                + u32(self.batch) + u32(self.count) + pad(self.detail, 64))


@dataclasses.dataclass
class Note:
    reason: str = ""
    reference: str = ""
    officer: str = ""

    def encoded(self):
        return LP(self.reason.encode()) + LP(self.reference.encode()) + LP(self.officer.encode())


def read_event(data, constant):
    """Section 18: an event, or what a reader refuses."""
    require(len(data) == EVENT_SIZE, "wrong-length")
    require(data[0] == EVENT_VERSION, "unknown-version")
    require(data[1] in EVENT_NAMES, "unknown-type")
    event = Event(EVENT_NAMES[data[1]], number(data[2:10]), number(data[10:18]), data[18:34], number(data[34:38]),
                  number(data[38:42]), data[42:])
    _, has, size = EVENTS[event.type]
    zeros = {"pack": event.pack, "voter": any(event.voter), "batch": event.batch, "count": event.count}
    require(not any(zeros[field] for field in zeros if field not in has.split()), "should-be-zero")
    require(not any(event.detail[size:]), "should-be-zero")
    event.detail = event.detail[:size]
    require("pack" not in has or pack_number_fits(event.pack, constant), "wrong-pack-number")
    if event.type == "post-set-aside":
        require(1 <= event.detail[0] <= 8, "unknown-detail")
    if event.type == "pack-cancelled":
        require(event.detail[0] in (2, 3), "unknown-detail")
    if event.type == "batch-activated":
        require(event.count <= 1, "unknown-detail")
    return event


def tag_shown(event):
    """Section 18: where the value leads by which an entry shows a code, or None where it shows none."""
    match event.type:
        case "vote-cast":
            return tag_of_opening(event.detail[16:])
        case "wrong-answers":
            return tag_of_trial(event.detail[16:])
        case "second-attempt":
            return chain_from_second(event.detail)[-1]


def commitment(entry_id, note):
    """Section 18: the last 48 bytes of a leaf."""
    return hashlib.sha384(pad(b"cf1.logentry", 16) + entry_id + note.encoded()).digest()


def leaf(entry_id, event, note):
    return event + commitment(entry_id, note)


# The tree, RFC 6962, section 2.1: written as the RFC has it, over whole lists.

def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def split(n):
    """The largest power of two smaller than n."""
    return 1 << (n - 1).bit_length() - 1


def tree_root(hashes):
    """RFC 6962, 2.1: MTH, of leaves that are hashed already."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return node_hash(tree_root(hashes[:k]), tree_root(hashes[k:]))


def inclusion_path(index, hashes):
    """RFC 6962, 2.1.1: PATH."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return inclusion_path(index, hashes[:k]) + [tree_root(hashes[k:])]
    return inclusion_path(index - k, hashes[k:]) + [tree_root(hashes[:k])]


def stored_hashes(hashes, index):
    """Section 19: what is kept beside an entry: of its leaf, then of the complete subtrees that end with it."""
    stored, size = [], 1
    while (index + 1) % size == 0:
        stored.append(tree_root(hashes[index + 1 - size:index + 1]))
        size *= 2
    return stored


def root_of_path(index, size, hash, path):
    """What a path leads to, or None where it has not the length that index and size ask for: the way down, then back."""
    turns = []                          # from the root: whether the leaf is on the left
    while size > 1:
        k = split(size)
        turns.append(index < k)
        index, size = (index, k) if index < k else (index - k, size - k)
    if len(turns) != len(path):
        return None
    for on_the_left, sibling in zip(reversed(turns), path):
        hash = node_hash(hash, sibling) if on_the_left else node_hash(sibling, hash)
    return hash
