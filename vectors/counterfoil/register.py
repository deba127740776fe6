"""Section 12: the register."""

import dataclasses
import re

from counterfoil.alphabet import election_constant
from counterfoil.codes import pack_number_fits
from counterfoil.notation import H, NO_KEY, number, pad, require, sign, u8, u64, verify

REGISTER_MAGIC = b"counterfoil register v1\n"
HEADER_SIZE, ROW_SIZE, PAIR_SIZE, SIGNATURE_SIZE = 128, 97, 16, 64
MEMBERS, SPECIMENS, REPLACEMENTS = 1, 2, 3
NORMAL, POST_ONLY, SPECIMEN = 1, 2, 3


@dataclasses.dataclass
class Row:
    lookup_id: bytes
    tag: bytes
    pack: int
    voter_number: bytes
    answer_tag: bytes
    kind: int
    replaces: int = 0

    def bytes(self):
        return (self.lookup_id + self.tag + u64(self.pack) + self.voter_number
                + self.answer_tag + u8(self.kind) + u64(self.replaces))

    @staticmethod
    def read(data):
        return Row(data[:16], data[16:48], number(data[48:56]), data[56:72], data[72:88],
                   data[88], number(data[89:97]))


@dataclasses.dataclass
class Pair:
    """Two packs of one person: the one that they keep, and the one that activation cancels."""
    kept: int
    cancelled: int

    def bytes(self):
        return u64(self.kept) + u64(self.cancelled)

    def place(self):
        return self.cancelled, self.kept

    @staticmethod
    def read(data):
        return Pair(number(data[:8]), number(data[8:16]))


def batch_name_fits(name):
    """Section 12: 1 to 31 bytes, and which."""
    return re.fullmatch(b"[A-Za-z0-9][A-Za-z0-9._-]{0,30}", name) is not None


def unpad_batch_name(field):
    name = field.rstrip(b"\0")
    require(batch_name_fits(name), "bad-batch-name")
    return name.decode("ascii")


def register_digest(election_id, unsigned):
    """Section 12: the digest of all bytes before the signature."""
    return H(election_id, NO_KEY, "cf1.register", unsigned, 64)


def sign_register(election_id, register_seed, unsigned):
    return unsigned + sign(register_seed, "cf1.register", register_digest(election_id, unsigned))


def write_register(election_id, election_digest, register_seed, batch, batch_kind, rows, pairs=()):
    """Section 12: a whole register, its rows and pairs put in order."""
    unsigned = (REGISTER_MAGIC + election_id + election_digest + pad(batch.encode(), 32)
                + u8(batch_kind) + bytes(7) + u64(len(rows)) + u64(len(pairs))
                + b"".join(row.bytes() for row in sorted(rows, key=lambda r: r.lookup_id))
                + b"".join(pair.bytes() for pair in sorted(pairs, key=Pair.place)))
    return sign_register(election_id, register_seed, unsigned)


def read_register(data, election_id, election_digest, register_key):
    """Section 12: batch name, batch kind, rows and pairs, or what a reader refuses."""
    require(data[:24] == REGISTER_MAGIC, "wrong-magic")
    require(len(data) >= HEADER_SIZE, "wrong-length")
    require(data[24:40] == election_id and data[40:72] == election_digest, "other-election")
    count, pair_count = number(data[112:120]), number(data[120:128])
    after_rows = HEADER_SIZE + ROW_SIZE * count
    require(count >= 1 and len(data) == after_rows + PAIR_SIZE * pair_count + SIGNATURE_SIZE, "wrong-length")
    batch, batch_kind = unpad_batch_name(data[72:104]), data[104]
    require(batch_kind in (MEMBERS, SPECIMENS, REPLACEMENTS), "unknown-batch-kind")
    require(not any(data[105:112]), "reserved-not-zero")
    require(batch_kind != SPECIMENS or pair_count == 0, "pairs-of-specimens")
    require(verify(register_key, "cf1.register", register_digest(election_id, data[:-64]),
                   data[-64:]), "wrong-signature")
    rows = [Row.read(data[HEADER_SIZE + ROW_SIZE * i:]) for i in range(count)]
    pairs = [Pair.read(data[after_rows + PAIR_SIZE * i:]) for i in range(pair_count)]
    constant = election_constant(election_id)
    for before, row in zip([None] + rows, rows):
        require(before is None or before.lookup_id < row.lookup_id, "rows-out-of-order")
        require(row.kind in (NORMAL, POST_ONLY, SPECIMEN), "unknown-kind")
        require((row.kind == SPECIMEN) == (batch_kind == SPECIMENS), "kind-in-wrong-batch")
        if batch_kind == REPLACEMENTS:
            require(row.replaces, "replaced-pack-missing")
            require(pack_number_fits(row.replaces, constant), "wrong-pack-number")
        else:
            require(not row.replaces, "replaced-pack-out-of-place")
        require(pack_number_fits(row.pack, constant), "wrong-pack-number")
    for before, pair in zip([None] + pairs, pairs):
        require(before is None or before.place() < pair.place(), "pairs-out-of-order")
        require(pack_number_fits(pair.kept, constant), "wrong-pack-number")
        require(pack_number_fits(pair.cancelled, constant), "wrong-pack-number")
        require(pair.kept != pair.cancelled, "pair-of-one")
    return batch, batch_kind, rows, pairs
